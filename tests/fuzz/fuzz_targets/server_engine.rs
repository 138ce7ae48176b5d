//! The server's engine, asked for anything by two people who are logged in, by a stranger and by
//! a service of the machine, in any order, with connections that break and a disk that fills up.
//!
//! The store is played: it keeps nothing, and says so.

#![no_main]

mod script;

use ivm::record::{
    AccountRecord, Aged, Answer, CheckedIn, DeviceRecord, Number, Outcome, Query, Receiving,
    Snapshot, Totals, Write,
};
use ivm::{Caller, ConnId, Engine, Input, Limits, Output, Setup};
use libfuzzer_sys::fuzz_target;
use machine::{Machine, Moment, Span};
use message::login::{Cost, Credentials, TokenHello};
use message::people::{Parameters, Status, Subscription, Topic};
use message::speech::CheckIn;
use message::{Flags, Guid, Object, ObjectId, Rights};
use sha2::{Digest, Sha256};

const TOKEN: [u8; 32] = [0x77; 32];
/// A script that makes so many outputs has found a loop.
const TOO_MANY: usize = 200_000;

/// Two people, as the vectors know them.
const PEOPLE: [u8; 2] = [0x01, 0x02];

struct Office {
    engine: Engine,
    now: Moment,
    conns: [ConnId; 4],
    next: u64,
    outputs: usize,
    admitted: usize,
}

impl Office {
    fn new() -> Self {
        let setup = Setup {
            limits: Limits::default(),
            parameters: Parameters::default(),
            version: "0".to_owned(),
            fingerprint: vec![0; 32],
            unix_start: 1_700_000_000_000,
            seed: [5; 32],
        };
        let snapshot = Snapshot {
            server: Guid::from_bytes([0x55; 16]),
            secret: [6; 32],
            accounts: PEOPLE.map(account).to_vec(),
            next: Number(1),
            age: 0,
            unfinished: Vec::new(),
        };
        let engine = Engine::new(setup, snapshot);
        let (now, conns) = (Moment::START, [ConnId(0); 4]);
        let mut office = Self { engine, now, conns, next: 0, outputs: 0, admitted: 0 };
        for place in 0..4 {
            office.connect(place);
        }
        office
    }

    /// A new connection in this place: two people, a stranger, a service.
    fn connect(&mut self, place: usize) {
        let conn = ConnId(self.next);
        self.next += 1;
        self.conns[place] = conn;
        let rights = if place == 3 { Rights::Service } else { Rights::Client };
        let caller = Caller { address: "192.0.2.7".to_owned(), exporter: Some([9; 32]), rights };
        self.input(Input::Accepted { conn, caller });
        let Some(person) = PEOPLE.get(place) else { return };
        let id = ObjectId::from_bytes([9; 16]);
        let device = Guid::from_bytes([0x20 | person; 16]);
        let token = TokenHello { device, token: TOKEN, software: "fuzz".to_owned() };
        let topics = vec![Topic::People, Topic::Messages, Topic::Receipts];
        for object in [
            Object::of(id, &token),
            Object::of(id, &Subscription { topics }),
            Object::of(id, &CheckIn::default()),
        ] {
            self.input(Input::Object { conn, object });
        }
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
                Output::Send { conn, object } => Input::Written { conn, bytes: object.wire_len() },
                Output::Close { conn } => Input::Closed { conn },
                Output::Commit { ticket, writes } => {
                    let outcomes = writes.iter().map(outcome).collect();
                    Input::Committed { ticket, result: Ok(outcomes) }
                }
                Output::Load { ticket, query } => {
                    Input::Answered { ticket, answer: Ok(answer(&query)) }
                }
                Output::Admitted { .. } => {
                    self.admitted += 1;
                    continue;
                }
                Output::Drained => continue,
            };
            self.engine.handle(answer, self.now);
        }
    }
}

fn account(byte: u8) -> AccountRecord {
    let guid = Guid::from_bytes([byte; 16]);
    let device = DeviceRecord {
        guid: Guid::from_bytes([0x20 | byte; 16]),
        account: guid,
        name: "desk".to_owned(),
        token: Sha256::digest(TOKEN).into(),
        seen: 0,
    };
    let credentials = Credentials {
        salt: [3; 16],
        cost: Cost { memory_kib: 8_192, passes: 1, lanes: 1 },
        stored_key: [4; 32],
        server_key: [4; 32],
        public_key: [0xaa; 32],
        sealed_key: vec![1; 60],
        recovery_key: vec![1; 76],
    };
    AccountRecord {
        guid,
        name: if byte == PEOPLE[0] { "bob" } else { "alice" }.to_owned(),
        display: "Somebody".to_owned(),
        status: Status::Online,
        credentials: Some(credentials),
        invitation: None,
        contacts: Vec::new(),
        devices: vec![device],
        waiting: 0,
        waiting_bytes: 0,
        disabled: false,
        quota: None,
        station: None,
    }
}

fn outcome(write: &Write) -> Outcome {
    match write {
        Write::Receipt { .. } => Outcome::Receipt(None),
        Write::Discard { .. } | Write::Expire { .. } => Outcome::Discarded(None),
        _ => Outcome::Done,
    }
}

fn answer(query: &Query) -> Answer {
    match query {
        Query::Message { .. } => Answer::Message(None),
        Query::CheckIn { receiving, .. } => {
            let gone = receiving.iter().map(|message| (*message, Receiving::Gone)).collect();
            Answer::CheckIn(Box::new(CheckedIn { receiving: gone, ..CheckedIn::default() }))
        }
        Query::Waiting { .. } => Answer::Waiting(Vec::new()),
        Query::Page { .. } => Answer::Page(None),
        Query::Aged { .. } => Answer::Aged(Aged::default()),
        Query::Totals => Answer::Totals(Totals::default()),
    }
}

fuzz_target!(|bytes: &[u8]| {
    let mut office = Office::new();
    assert_eq!(office.admitted, PEOPLE.len(), "both people are logged in");
    for (count, step) in script::steps(bytes).into_iter().take(200).enumerate() {
        match step.what % 8 {
            place @ 0..=3 => {
                let conn = office.conns[usize::from(place)];
                let object = script::object(step.number, Flags::NONE, count as u8, step.bytes);
                office.input(Input::Object { conn, object });
            }
            4 => office.pass(Span::from_millis(u64::from(step.number) * 100)),
            5 => {
                let place = usize::from(step.number % 4);
                office.input(Input::Closed { conn: office.conns[place] });
                office.connect(place);
            }
            6 => office.input(Input::Space { free: u64::from(step.number) << 20 }),
            _ => office.pass(Span::from_secs(u64::from(step.number) * 600)),
        }
    }
    office.input(Input::Drain);
    office.pass(Span::from_secs(10));
});
