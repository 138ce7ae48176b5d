//! Writes the vector files, from fixed keys and a seeded generator.

use std::fmt::Write as _;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use voice::account::derive::{Costs, derive};
use voice::account::lock::{lock, lock_for_recovery};
use voice::account::proof::Verifier;
use voice::account::recovery::RecoveryCode;
use voice::codec::Quality;
use voice::format::{Codec, Format};
use voice::ids::{AccountId, MessageId};
use voice::pipeline::{PortionMaker, PortionPlayer};
use voice::seal::ContentKey;
use voice::seal::keys::PrivateKey;
use voice::seal::meta::MetaSeal;
use voice::seal::safety::SafetyNumber;
use voice::seal::stream::{PortionSealer, StreamContext};
use voice::seal::wrap::{WrapContext, wrap};
use voice::waveform::waveform;

const MESSAGE: MessageId = MessageId([0x11; 16]);
const SENDER: AccountId = AccountId([0x22; 16]);
const RECIPIENT: AccountId = AccountId([0x33; 16]);

fn key() -> ContentKey {
    ContentKey::from_bytes(std::array::from_fn(|at| at as u8))
}

fn private(first: u8) -> PrivateKey {
    PrivateKey::from_bytes(&std::array::from_fn(|at| first + at as u8))
}

fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A text under construction.
struct Sheet(String);

impl Sheet {
    fn new(comment: &str) -> Sheet {
        Sheet(format!("# {comment}\n# Bytes are in hexadecimal, numbers in decimal.\n"))
    }

    fn kind(&mut self, kind: &str) -> &mut Sheet {
        self.line(&format!("\n[{kind}]"))
    }

    fn hex(&mut self, name: &str, bytes: &[u8]) -> &mut Sheet {
        self.line(&format!("{name}: {}", hex(bytes)))
    }

    fn text(&mut self, name: &str, value: impl std::fmt::Display) -> &mut Sheet {
        self.line(&format!("{name}: {value}"))
    }

    fn whose(&mut self) -> &mut Sheet {
        self.hex("content key", key().as_bytes())
            .hex("message", &MESSAGE.0)
            .hex("sender", &SENDER.0)
    }

    fn line(&mut self, line: &str) -> &mut Sheet {
        writeln!(self.0, "{line}").expect("a string takes all that is written to it");
        self
    }
}

pub(crate) fn seal() -> String {
    let mut sheet = Sheet::new("Sealing: streams, small blobs, wraps, safety numbers.");
    for (number, seq, last, plaintext) in [
        (0, 0, false, &b"\0\0\x03abc"[..]),
        (0, 1, true, b"\0"),
        (0, 70_000, false, b"\0\0\x01x"),
        (1, 0, true, b"\0an attached file"),
        (2, 3, false, b"\0another"),
    ] {
        let format = Format::SPEECH;
        let context = match number {
            0 => StreamContext::audio(MESSAGE, SENDER, &format),
            number => StreamContext::attachment(MESSAGE, SENDER, number).expect("not zero"),
        };
        let mut sealer = PortionSealer::new(&key(), &context);
        let sealed = sealer.seal(seq, last, plaintext).expect("the first");
        sheet.kind("stream").whose().text("stream", number);
        if number == 0 {
            sheet.hex("format", &format.to_bytes());
        }
        sheet
            .text("seq", seq)
            .text("last", u8::from(last))
            .hex("plaintext", plaintext)
            .hex("sealed", &sealed);
    }
    let mut rng = ChaCha20Rng::seed_from_u64(1);
    let meta = MetaSeal::new(&key(), MESSAGE, SENDER);
    for (slot, plaintext) in [(0, "A note"), (1, "plan.pdf")] {
        let sealed = meta.seal(slot, plaintext.as_bytes(), &mut rng);
        sheet.kind("meta").whose().text("slot", slot);
        sheet.hex("plaintext", plaintext.as_bytes()).hex("sealed", &sealed);
    }
    let (alice, bob) = (private(0x40), private(0x80));
    let context = WrapContext { message: MESSAGE, sender: SENDER, recipient: RECIPIENT };
    let wrapped = wrap(&key(), &alice, &bob.public(), &context, &mut rng).expect("sound keys");
    sheet
        .kind("wrap")
        .whose()
        .hex("recipient", &RECIPIENT.0)
        .hex("sender private", alice.to_bytes().as_slice())
        .hex("sender public", &alice.public().0)
        .hex("recipient private", bob.to_bytes().as_slice())
        .hex("recipient public", &bob.public().0)
        .hex("wrapped", &wrapped.to_bytes());
    let number = SafetyNumber::new((&SENDER, &alice.public()), (&RECIPIENT, &bob.public()));
    sheet
        .kind("safety")
        .hex("one", &SENDER.0)
        .hex("one public", &alice.public().0)
        .hex("two", &RECIPIENT.0)
        .hex("two public", &bob.public().0)
        .text("number", number);
    sheet.0
}

pub(crate) fn account() -> String {
    let mut sheet = Sheet::new("Log-in: password, proofs, the sealed account key, recovery.");
    let mut rng = ChaCha20Rng::seed_from_u64(2);
    let (salt, auth) = ([0x44; 16], b"what both sides saw");
    for (password, memory, passes, lanes) in
        [("correct horse", 8192, 1, 1), ("Grüße aus Köln", 16384, 2, 2)]
    {
        let costs = Costs::new(memory, passes, lanes).expect("in bounds");
        let (login, wrap) = derive(password, &salt, &costs).expect("keys");
        let verifier = Verifier::new(&login);
        let locked = lock(&private(0x40), &wrap, &SENDER, &mut rng);
        sheet
            .kind("password")
            .text("password", password)
            .hex("salt", &salt)
            .text("memory KiB", memory)
            .text("passes", passes)
            .text("lanes", lanes)
            .hex("stored key", &verifier.stored_key)
            .hex("server key", &verifier.server_key)
            .hex("auth message", auth)
            .hex("proof", &login.prove(auth).0)
            .hex("server signature", &verifier.sign(auth).0)
            .hex("account", &SENDER.0)
            .hex("private", private(0x40).to_bytes().as_slice())
            .hex("locked", &locked);
    }
    let code = RecoveryCode::generate(&mut rng);
    let locked = lock_for_recovery(&private(0x40), &code, &SENDER, &mut rng);
    sheet
        .kind("recovery")
        .text("code", &code)
        .hex("account", &SENDER.0)
        .hex("private", private(0x40).to_bytes().as_slice())
        .hex("locked", &locked);
    sheet.0
}

pub(crate) fn audio() -> String {
    let mut sheet = Sheet::new("Whole short messages: two tones, sealed in every codec.");
    for (codec, rate) in
        [(Codec::Opus, 16_000), (Codec::Opus, 48_000), (Codec::G722, 16_000), (Codec::Pcm, 8_000)]
    {
        let format = Format::new(codec, rate).expect("possible");
        let sound: Vec<f32> = (0..rate / 4)
            .map(|at| {
                let time = at as f32 / rate as f32;
                let hertz = if time < 0.1 { 440.0 } else { 660.0 };
                0.5 * (time * 12.0).sin() * (time * hertz * std::f32::consts::TAU).sin()
            })
            .collect();
        let mut maker =
            PortionMaker::new(format, Quality::SPEECH, &key(), MESSAGE, SENDER, 60).expect("maker");
        let mut portions = maker.push(&sound).expect("sound");
        portions.extend(maker.finish().expect("sound"));
        let mut player = PortionPlayer::new(format, &key(), MESSAGE, SENDER).expect("player");
        let mut samples = Vec::new();
        sheet.kind("audio").whose().hex("format", &format.to_bytes());
        sheet.text("portions", portions.len());
        for portion in &portions {
            sheet.hex(&format!("portion {}", portion.seq), &portion.bytes);
            samples.extend(player.push(portion.seq, portion.last, &portion.bytes).expect("ours"));
        }
        sheet.text("samples", samples.len()).hex("bars", &waveform(&samples, 24));
    }
    sheet.0
}
