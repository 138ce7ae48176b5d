//! Reads vector files and checks this crate against them. It stands apart from the tests so that
//! a build for the browser can run it too.

use std::collections::BTreeMap;

use voice::account::derive::{Costs, derive};
use voice::account::lock::{recover, unlock};
use voice::account::proof::{Proof, ServerSignature, Verifier};
use voice::account::recovery::RecoveryCode;
use voice::format::Format;
use voice::ids::{AccountId, MessageId};
use voice::pipeline::PortionPlayer;
use voice::seal::ContentKey;
use voice::seal::keys::{PrivateKey, PublicKey};
use voice::seal::meta::MetaSeal;
use voice::seal::safety::SafetyNumber;
use voice::seal::stream::{PortionOpener, PortionSealer, StreamContext};
use voice::seal::wrap::{WrapContext, Wrapped, unwrap};
use voice::waveform::waveform;

/// One vector: names and values, under its kind.
struct Vector {
    kind: String,
    fields: BTreeMap<String, String>,
}

impl Vector {
    fn text(&self, name: &str) -> &str {
        self.fields.get(name).unwrap_or_else(|| fail(&format!("{}: no {name}", self.kind)))
    }

    fn bytes(&self, name: &str) -> Vec<u8> {
        unhex(self.text(name))
    }

    fn array<const N: usize>(&self, name: &str) -> [u8; N] {
        self.bytes(name).try_into().unwrap_or_else(|_| fail(&format!("{name} is not {N} bytes")))
    }

    fn number(&self, name: &str) -> u32 {
        self.text(name).parse().unwrap_or_else(|_| fail(&format!("{name} is no number")))
    }

    fn message(&self) -> MessageId {
        MessageId(self.array("message"))
    }

    fn sender(&self) -> AccountId {
        AccountId(self.array("sender"))
    }

    fn content_key(&self) -> ContentKey {
        ContentKey::from_bytes(self.array("content key"))
    }
}

#[expect(clippy::panic, reason = "a vector that does not hold ends the check")]
fn fail<T>(what: &str) -> T {
    panic!("{what}")
}

/// Vectors are lines of `name: value` under a line `[kind]`; `#` begins a comment.
fn read(text: &str) -> Vec<Vector> {
    let mut vectors: Vec<Vector> = Vec::new();
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with('#')) {
        if let Some(kind) = line.strip_prefix('[').and_then(|line| line.strip_suffix(']')) {
            vectors.push(Vector { kind: kind.to_owned(), fields: BTreeMap::new() });
        } else if let (Some((name, value)), Some(vector)) =
            (line.split_once(": "), vectors.last_mut())
        {
            vector.fields.insert(name.to_owned(), value.to_owned());
        }
    }
    assert!(!vectors.is_empty(), "no vectors");
    vectors
}

fn unhex(text: &str) -> Vec<u8> {
    text.as_bytes()
        .chunks(2)
        .map(|pair| {
            let pair = std::str::from_utf8(pair).unwrap_or("");
            u8::from_str_radix(pair, 16).unwrap_or_else(|_| fail(&format!("{text} is not hex")))
        })
        .collect()
}

/// Check a file of sealing vectors.
pub(crate) fn seal(text: &str) {
    for vector in read(text) {
        match vector.kind.as_str() {
            "stream" => stream(&vector),
            "meta" => meta(&vector),
            "wrap" => wrap(&vector),
            "safety" => safety(&vector),
            other => fail(&format!("unknown kind {other}")),
        }
    }
}

fn stream(vector: &Vector) {
    let (message, sender) = (vector.message(), vector.sender());
    let context = match vector.number("stream") {
        0 => {
            let format = Format::parse(&vector.bytes("format")).expect("a known format");
            StreamContext::audio(message, sender, &format)
        }
        number => StreamContext::attachment(message, sender, number as u16).expect("not zero"),
    };
    let (seq, last) = (vector.number("seq"), vector.number("last") == 1);
    let (plaintext, sealed) = (vector.bytes("plaintext"), vector.bytes("sealed"));
    let opener = PortionOpener::new(&vector.content_key(), &context);
    assert_eq!(opener.open(seq, last, &sealed).as_ref(), Ok(&plaintext));
    let mut sealer = PortionSealer::new(&vector.content_key(), &context);
    assert_eq!(sealer.seal(seq, last, &plaintext), Ok(sealed));
}

fn meta(vector: &Vector) {
    let meta = MetaSeal::new(&vector.content_key(), vector.message(), vector.sender());
    let opened = meta.open(vector.number("slot") as u16, &vector.bytes("sealed"));
    assert_eq!(opened, Ok(vector.bytes("plaintext")));
}

fn wrap(vector: &Vector) {
    let sender = PrivateKey::from_bytes(&vector.array("sender private"));
    let recipient = PrivateKey::from_bytes(&vector.array("recipient private"));
    assert_eq!(sender.public().0, vector.array("sender public"));
    assert_eq!(recipient.public().0, vector.array("recipient public"));
    let context = WrapContext {
        message: vector.message(),
        sender: vector.sender(),
        recipient: AccountId(vector.array("recipient")),
    };
    let wrapped = Wrapped::parse(&vector.bytes("wrapped")).expect("eighty bytes");
    let opened = unwrap(&wrapped, &recipient, &sender.public(), &context).expect("it opens");
    assert_eq!(opened.as_bytes(), vector.content_key().as_bytes());
}

fn safety(vector: &Vector) {
    let account = |name: &str| AccountId(vector.array(name));
    let key = |name: &str| PublicKey(vector.array(name));
    let number = SafetyNumber::new(
        (&account("one"), &key("one public")),
        (&account("two"), &key("two public")),
    );
    assert_eq!(number.to_string(), vector.text("number"));
}

/// Check a file of log-in vectors.
pub(crate) fn account(text: &str) {
    for vector in read(text) {
        let account = AccountId(vector.array("account"));
        let locked = vector.bytes("locked");
        let private = match vector.kind.as_str() {
            "password" => {
                let costs = Costs::new(
                    vector.number("memory KiB"),
                    vector.number("passes"),
                    vector.number("lanes"),
                );
                let costs = costs.expect("in bounds");
                let (login, wrap) =
                    derive(vector.text("password"), &vector.bytes("salt"), &costs).expect("keys");
                let verifier = Verifier::new(&login);
                assert_eq!(verifier.stored_key, vector.array("stored key"));
                assert_eq!(verifier.server_key, vector.array("server key"));
                let auth = vector.bytes("auth message");
                let proof = Proof(vector.array("proof"));
                assert_eq!(login.prove(&auth), proof);
                assert!(verifier.accepts(&auth, &proof));
                let signature = ServerSignature(vector.array("server signature"));
                assert_eq!(login.check_server(&auth, &signature), Ok(()));
                unlock(&locked, &wrap, &account)
            }
            "recovery" => {
                let code = RecoveryCode::parse(vector.text("code")).expect("a code");
                recover(&locked, &code, &account)
            }
            other => fail(&format!("unknown kind {other}")),
        };
        assert_eq!(*private.expect("it opens").to_bytes(), vector.array("private"));
    }
}

/// Check a file of whole messages: they open, decode, and look as they should.
pub(crate) fn audio(text: &str) {
    for vector in read(text) {
        let format = Format::parse(&vector.bytes("format")).expect("a known format");
        let mut player =
            PortionPlayer::new(format, &vector.content_key(), vector.message(), vector.sender())
                .expect("a player");
        let mut samples = Vec::new();
        let count = vector.number("portions");
        for seq in 0..count {
            let sealed = vector.bytes(&format!("portion {seq}"));
            samples.extend(player.push(seq, seq + 1 == count, &sealed).expect("it opens"));
        }
        assert!(player.is_finished());
        assert_eq!(samples.len() as u32, vector.number("samples"));
        let bars = vector.bytes("bars");
        for (bar, expected) in waveform(&samples, bars.len()).iter().zip(&bars) {
            // Decoders of floating point may differ in the last bits, not in what is seen.
            assert!(bar.abs_diff(*expected) <= 2, "{format:?}: {bar} for {expected}");
        }
    }
}
