//! The client's engine, logged in, and told anything by a server that is not a friend: any object
//! at any time, answers that were not asked for, links that break, a person who commands meanwhile.

#![no_main]

mod script;

use std::collections::BTreeMap;
use std::ops::Bound;
use std::sync::OnceLock;

use bytes::Bytes;
use client_engine::{Binding, Command, Engine, Input, Output, Password, Setup, Write};
use libfuzzer_sys::fuzz_target;
use machine::{Machine, Moment, Span};
use message::login::{BindingKind, Challenge, Cost, Hello, Welcome, auth_message};
use message::people::Parameters;
use message::{Action, Flags, Guid, Header, Kind, MessageId, Object};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use voice::account::derive::{Costs, derive};
use voice::account::lock::lock;
use voice::account::proof::Verifier;
use voice::ids::AccountId;
use voice::seal::keys::PrivateKey;

type Disk = BTreeMap<Vec<u8>, Bytes>;

const PASSWORD: &str = "correct horse battery";
const ACCOUNT: [u8; 16] = [0x99; 16];
/// A script that makes so many outputs has found a loop.
const TOO_MANY: usize = 200_000;

/// A device with its storage, and the server's end of its link.
struct Device {
    engine: Engine,
    disk: Disk,
    now: Moment,
    linked: bool,
    /// Requests that were not answered.
    asked: Vec<Object>,
    outputs: usize,
}

impl Device {
    fn new(disk: Disk) -> Self {
        let now = Moment::START;
        let software = "fuzz".to_owned();
        let unix_millis = 1_700_000_000_000;
        let setup = Setup { software, unix_millis, now, seed: [7; 32], receive: true };
        let engine = Engine::new(setup);
        let mut device = Self { engine, disk, now, linked: false, asked: Vec::new(), outputs: 0 };
        device.settle();
        device
    }

    fn input(&mut self, input: Input) {
        self.engine.handle(input, self.now);
        self.settle();
    }

    fn pass(&mut self, span: Span) {
        self.now = self.now + span;
        self.engine.expire(self.now);
        self.settle();
    }

    fn settle(&mut self) {
        while let Some(output) = self.engine.poll() {
            self.outputs += 1;
            assert!(self.outputs < TOO_MANY, "the engine does not come to rest");
            let answer = match output {
                Output::Connect => {
                    self.linked = true;
                    Input::LinkUp(Binding::Exporter([9; 32]))
                }
                Output::Disconnect => {
                    self.linked = false;
                    Input::LinkDown("as asked for".to_owned())
                }
                Output::Transmit(object) => {
                    self.asked.push(object);
                    continue;
                }
                Output::Store { ticket, writes } => {
                    writes.into_iter().for_each(|write| self.write(write));
                    Input::Stored(ticket)
                }
                Output::Scan { ticket, prefix, after, limit: _ } => {
                    Input::Scanned { ticket, records: self.scan(&prefix, after), more: false }
                }
                Output::ReadFile { file, offset, .. } => {
                    Input::FileRead { file, offset, data: Ok(Bytes::new()) }
                }
                _ => continue,
            };
            self.engine.handle(answer, self.now);
        }
    }

    fn write(&mut self, write: Write) {
        match write {
            Write::Put(key, value) => {
                self.disk.insert(key, value);
            }
            Write::DeletePrefix(prefix) => self.disk.retain(|key, _| !key.starts_with(&prefix)),
        }
    }

    fn scan(&self, prefix: &[u8], after: Option<Vec<u8>>) -> Vec<(Vec<u8>, Bytes)> {
        let start = after.map_or(Bound::Included(prefix.to_vec()), Bound::Excluded);
        let range = self.disk.range((start, Bound::Unbounded));
        let found = range.take_while(|(key, _)| key.starts_with(prefix));
        found.map(|(key, value)| (key.clone(), value.clone())).collect()
    }

    /// The request of this kind that was made last.
    fn take_asked(&mut self, kind: Kind) -> Option<Object> {
        let at = self.asked.iter().rposition(|object| object.header.kind == kind)?;
        Some(self.asked.remove(at))
    }

    /// Answers a log-in by token, as a good server does.
    fn admit(&mut self) {
        if let Some(asked) = self.take_asked(Kind::TokenHello) {
            self.input(Input::Object(Object::answer(&asked.header, &welcome())));
        }
    }

    /// Says yes to whatever waits for it.
    fn say_yes(&mut self) {
        for asked in std::mem::take(&mut self.asked) {
            if asked.header.kind != Kind::TokenHello && asked.header.action != Action::Ping {
                self.input(Input::Object(Object::accepted(&asked.header)));
            }
        }
    }
}

fn welcome() -> Welcome {
    let private = PrivateKey::from_bytes(&[0x41; 32]);
    Welcome {
        signature: None,
        account: Guid::from_bytes(ACCOUNT),
        device: Guid::from_bytes([0x22; 16]),
        name: "alice".to_owned(),
        display: "Alice".to_owned(),
        public_key: private.public().0,
        sealed_key: None,
        token: None,
        time: 1_700_000_000_000,
        parameters: Parameters::default(),
        server: Guid::from_bytes([0x55; 16]),
    }
}

/// What a device keeps after a log-in by password; made once.
fn logged_in() -> Disk {
    static DISK: OnceLock<Disk> = OnceLock::new();
    DISK.get_or_init(|| {
        let mut device = Device::new(Disk::new());
        device.input(Input::Command(Command::LogIn {
            name: "alice".to_owned(),
            password: Password::new(PASSWORD.to_owned()),
            device_name: "desk".to_owned(),
        }));
        let hello = device.take_asked(Kind::Hello).expect("log-in begins with a hello");
        hello.read::<Hello>().expect("a hello of its own");
        let cost = Cost { memory_kib: 8_192, passes: 1, lanes: 1 };
        let challenge =
            Challenge { salt: [3; 16], cost, nonce: [4; 32], server: Guid::from_bytes([0x55; 16]) };
        let challenge = Object::answer(&hello.header, &challenge);
        device.input(Input::Object(challenge.clone()));
        let proof = device.take_asked(Kind::Proof).expect("then comes the proof");
        let costs = Costs::new(8_192, 1, 1).expect("within bounds");
        let (login, wrap) = derive(PASSWORD, &[3; 16], &costs).expect("memory for a hash");
        let kind = BindingKind::Exporter;
        let message = auth_message(&hello.body, &challenge.body, kind, &[9; 32]);
        let private = PrivateKey::from_bytes(&[0x41; 32]);
        let mut rng = ChaCha20Rng::from_seed([1; 32]);
        let full = Welcome {
            signature: Some(Verifier::new(&login).sign(&message).0),
            sealed_key: Some(lock(&private, &wrap, &AccountId(ACCOUNT), &mut rng)),
            token: Some([0x77; 32]),
            ..welcome()
        };
        device.input(Input::Object(Object::answer(&proof.header, &full)));
        device.disk
    })
    .clone()
}

fn command(number: u8) -> Command {
    let message = MessageId::from_bytes([number; 16]);
    match number % 5 {
        0 => Command::Play { message, from_ms: u64::from(number) },
        1 => Command::StopPlaying,
        2 => Command::MarkPlayed(message),
        3 => Command::TrustKey(Guid::from_bytes([number; 16])),
        _ => Command::Cancel(message),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut device = Device::new(logged_in());
    assert!(device.linked, "a device that knows its account connects");
    device.admit();
    let subscribes = device.asked.iter().any(|object| object.header.kind == Kind::Subscription);
    assert!(subscribes, "the log-in was taken for good");
    for (count, step) in script::steps(bytes).into_iter().take(200).enumerate() {
        match step.what % 8 {
            0..=2 => {
                let object = script::object(step.number, Flags::NONE, count as u8, step.bytes);
                device.input(Input::Object(object));
            }
            3 | 4 => {
                let flags = if step.what % 8 == 3 { Flags::ANSWER } else { Flags::REFUSED };
                let mut object = script::object(step.number, flags, 0, step.bytes);
                if let Some(asked) = device.asked.pop() {
                    let Header { id, action, .. } = asked.header;
                    object.header = Header { id, action, ..object.header };
                }
                device.input(Input::Object(object));
            }
            5 => device.say_yes(),
            6 => {
                device.pass(Span::from_millis(u64::from(step.number) * 500));
                device.admit();
            }
            _ if device.linked && step.number > 200 => {
                device.linked = false;
                device.input(Input::LinkDown("it broke".to_owned()));
            }
            _ => device.input(Input::Command(command(step.number))),
        }
    }
});
