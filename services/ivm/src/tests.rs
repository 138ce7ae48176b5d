//! The engine with its real store, without sockets: the other side of the protocol, played.

mod admin;
mod afterwards;
mod delivering;
mod durable;
mod killed;
mod living;
mod login;
mod people;
mod sending;
mod stations;
mod wire;

use std::collections::{BTreeMap, BTreeSet};

use bytes::Bytes;
use machine::{Machine, Moment, Span};
use message::admin::{AddPerson, Invited};
use message::login::{
    BindingKind, Challenge, Cost, Credentials, Enrol, Hello, Proof, TokenHello, Welcome,
    auth_message,
};
use message::people::{Parameters, Subscription, Topic};
use message::speech::{
    CheckIn, Envelope, Happened, Mode, Portion, Progress, Receipt, Recipient, Send, Sending,
};
use message::{Body, ErrorCode, Guid, Kind, MessageId, Object, ObjectId, Refusal, Rights};
use tempfile::TempDir;
use voice::account::derive::{Costs, LoginKey, derive};
use voice::account::proof::Verifier;

use crate::engine::{Caller, ConnId, Engine, Input, Output, Setup};
use crate::limits::Limits;
use crate::record::{Fault, Ticket, Write};
use crate::store::{Birth, Store};

const START: u64 = 1_700_000_000_000;
const SALT: [u8; 16] = [3; 16];
const COST: Cost = Cost { memory_kib: 8 * 1024, passes: 1, lanes: 1 };
const EXPORTER: [u8; 32] = [9; 32];

/// An engine, its store and the peers' ends of its connections.
struct Office {
    engine: Engine,
    store: Option<Store>,
    folder: TempDir,
    limits: Limits,
    parameters: Parameters,
    now: Moment,
    unix_start: u64,
    inboxes: BTreeMap<ConnId, Vec<Object>>,
    closed: BTreeSet<ConnId>,
    /// Connections that read nothing.
    stalled: BTreeSet<ConnId>,
    /// Batches are held, as by a slow disk.
    slow_disk: bool,
    held: Vec<(Ticket, Vec<Write>)>,
    /// Answers are held, as by a busy store; they were read at once.
    slow_answers: bool,
    answers: Vec<Input>,
    /// What the disk says to every batch.
    fault: Option<Fault>,
    numbers: u8,
    connections: u64,
    drained: bool,
}

/// A logged-in device.
#[derive(Clone, Debug)]
struct Device {
    conn: ConnId,
    account: Guid,
    device: Guid,
    token: [u8; 32],
}

impl Office {
    fn new() -> Self {
        Self::with(Limits::default(), Parameters::default())
    }

    fn with(limits: Limits, parameters: Parameters) -> Self {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (engine, store) = open(&folder, limits, parameters, START);
        Self {
            engine,
            store: Some(store),
            folder,
            limits,
            parameters,
            now: Moment::START,
            unix_start: START,
            inboxes: BTreeMap::new(),
            closed: BTreeSet::new(),
            stalled: BTreeSet::new(),
            slow_disk: false,
            held: Vec::new(),
            slow_answers: false,
            answers: Vec::new(),
            fault: None,
            numbers: 0,
            connections: 0,
            drained: false,
        }
    }

    /// The process is killed and starts again: only what is on disk is left.
    fn restart(&mut self) {
        self.held.clear();
        self.inboxes.clear();
        self.stalled.clear();
        self.store = None;
        self.unix_start += self.now.millis();
        self.now = Moment::START;
        let (engine, store) = open(&self.folder, self.limits, self.parameters, self.unix_start);
        (self.engine, self.store) = (engine, Some(store));
    }

    fn input(&mut self, input: Input) {
        self.engine.handle(input, self.now);
        self.settle();
    }

    fn settle(&mut self) {
        while let Some(output) = self.engine.poll() {
            self.perform(output);
        }
    }

    fn perform(&mut self, output: Output) {
        match output {
            Output::Send { conn, object } => {
                let bytes = object.wire_len();
                let object = Object::parse(&Bytes::from(object.to_bytes())).expect("well-formed");
                self.inboxes.entry(conn).or_default().push(object);
                if !self.stalled.contains(&conn) {
                    self.engine.handle(Input::Written { conn, bytes }, self.now);
                }
            }
            Output::Admitted { .. } => {}
            Output::Close { conn } => {
                self.closed.insert(conn);
            }
            Output::Commit { ticket, writes } if self.slow_disk => {
                self.held.push((ticket, writes));
            }
            Output::Commit { ticket, writes } => self.write(ticket, &[writes]),
            Output::Load { ticket, query } => {
                let store = self.store.as_ref().expect("open");
                let answer = store.asker.answer(&query);
                let input = Input::Answered { ticket, answer };
                if self.slow_answers {
                    self.answers.push(input);
                } else {
                    self.engine.handle(input, self.now);
                }
            }
            Output::Drained => self.drained = true,
        }
    }

    /// The busy store has caught up.
    fn answer_all(&mut self) {
        self.slow_answers = false;
        for input in std::mem::take(&mut self.answers) {
            self.input(input);
        }
    }

    fn write(&mut self, ticket: Ticket, batches: &[Vec<Write>]) {
        let results = match &self.fault {
            Some(fault) => vec![Err(fault.clone())],
            None => self.store.as_mut().expect("open").writer.commit(batches),
        };
        for result in results {
            self.engine.handle(Input::Committed { ticket, result }, self.now);
        }
    }

    /// The slow disk has caught up.
    fn catch_up(&mut self) {
        self.slow_disk = false;
        for (ticket, writes) in std::mem::take(&mut self.held) {
            self.write(ticket, &[writes]);
            self.settle();
        }
    }

    fn pass(&mut self, span: Span) {
        let end = self.now + span;
        while let Some(due) = self.engine.deadline().filter(|due| *due <= end) {
            self.now = self.now.max(due);
            self.engine.expire(self.now);
            self.settle();
        }
        self.now = end;
    }

    fn connect_as(&mut self, rights: Rights, address: &str) -> ConnId {
        self.connections += 1;
        let conn = ConnId(self.connections);
        let exporter = (rights == Rights::Client).then_some(EXPORTER);
        let caller = Caller { address: address.to_owned(), exporter, rights };
        self.inboxes.insert(conn, Vec::new());
        self.input(Input::Accepted { conn, caller });
        conn
    }

    fn connect(&mut self) -> ConnId {
        self.connect_as(Rights::Client, "192.0.2.1")
    }

    fn connect_service(&mut self) -> ConnId {
        self.connect_as(Rights::Service, "")
    }

    fn id(&mut self) -> ObjectId {
        self.numbers = self.numbers.wrapping_add(1);
        ObjectId::from_bytes([self.numbers; 16])
    }

    /// Sends a body and does not look at the answer.
    fn tell<'b, B: Body<'b>>(&mut self, conn: ConnId, body: &B) -> ObjectId {
        let id = self.id();
        self.input(Input::Object { conn, object: Object::of(id, body) });
        id
    }

    /// Sends a body and takes its answer out of the inbox.
    fn ask<'b, B: Body<'b>>(&mut self, conn: ConnId, body: &B) -> Object {
        let id = self.tell(conn, body);
        self.answer_to(conn, id).expect("every request is answered")
    }

    fn ask_object(&mut self, conn: ConnId, object: Object) -> Object {
        let id = object.header.id;
        self.input(Input::Object { conn, object });
        self.answer_to(conn, id).expect("every request is answered")
    }

    fn answer_to(&mut self, conn: ConnId, id: ObjectId) -> Option<Object> {
        let inbox = self.inboxes.get_mut(&conn)?;
        let at =
            inbox.iter().position(|object| object.header.id == id && object.header.flags.answer)?;
        Some(inbox.remove(at))
    }

    /// Takes everything out of an inbox.
    fn take(&mut self, conn: ConnId) -> Vec<Object> {
        self.inboxes.get_mut(&conn).map(std::mem::take).unwrap_or_default()
    }

    /// Takes all objects of one kind out of an inbox.
    fn take_kind(&mut self, conn: ConnId, kind: Kind) -> Vec<Object> {
        let (wanted, rest) =
            self.take(conn).into_iter().partition(|object| object.header.kind == kind);
        self.inboxes.insert(conn, rest);
        wanted
    }

    fn envelopes(&mut self, conn: ConnId) -> Vec<Envelope> {
        let objects = self.take_kind(conn, Kind::Envelope);
        objects.iter().map(|object| object.read().expect("an envelope")).collect()
    }

    /// Stream, number and content of the portions that came.
    fn portions(&mut self, conn: ConnId) -> Vec<(u16, u32, Vec<u8>)> {
        let objects = self.take_kind(conn, Kind::Portion);
        let read = |object: &Object| {
            let portion: Portion<'_> = object.read().expect("a portion");
            (portion.stream, portion.sequence, portion.data.to_vec())
        };
        objects.iter().map(read).collect()
    }

    fn progress(&mut self, conn: ConnId) -> Vec<Progress> {
        let objects = self.take_kind(conn, Kind::Progress);
        objects.iter().map(|object| object.read().expect("progress")).collect()
    }

    fn receipts(&mut self, conn: ConnId) -> Vec<Receipt> {
        let objects = self.take_kind(conn, Kind::Receipt);
        objects.iter().map(|object| object.read().expect("a receipt")).collect()
    }

    /// Makes an account that is not enrolled.
    fn invite(&mut self, name: &str) -> Invited {
        let admin = self.connect_service();
        let call = AddPerson { name: name.to_owned(), display: name.to_uppercase() };
        let answer = self.ask(admin, &call);
        self.input(Input::Closed { conn: admin });
        answer.read().expect("an invitation")
    }

    /// Makes an account whose password is its name.
    fn person(&mut self, name: &str) -> Guid {
        let invited = self.invite(name);
        let conn = self.connect();
        let enrol = Enrol { code: invited.code, credentials: credentials(name) };
        assert!(is_yes(&self.ask(conn, &enrol)));
        self.input(Input::Closed { conn });
        invited.guid
    }

    /// Logs a new device in with its password.
    fn log_in(&mut self, name: &str) -> Device {
        let conn = self.connect();
        let welcome: Welcome = self.prove(conn, name, None).read().expect("welcome");
        let token = welcome.token.expect("a token after a password");
        Device { conn, account: welcome.account, device: welcome.device, token }
    }

    /// Hello and proof; the answer to the proof.
    fn prove(&mut self, conn: ConnId, name: &str, device: Option<Guid>) -> Object {
        let hello = hello(name, device);
        let id = self.id();
        let hello = Object::of(id, &hello);
        let challenge = self.ask_object(conn, hello.clone());
        let kind = BindingKind::Exporter;
        let message = auth_message(&hello.body, &challenge.body, kind, &EXPORTER);
        let challenge: Challenge = challenge.read().expect("a challenge");
        let proof = login_key(name, challenge.salt).prove(&message);
        self.ask(conn, &Proof { binding: kind, proof: proof.0 })
    }

    /// A device that comes back with its token.
    fn come_back(&mut self, device: &Device) -> Device {
        let conn = self.connect();
        let hello =
            TokenHello { device: device.device, token: device.token, software: "test".into() };
        let welcome: Welcome = self.ask(conn, &hello).read().expect("welcome");
        assert_eq!(welcome.account, device.account);
        Device { conn, ..device.clone() }
    }

    /// Subscribes to everything and checks in with nothing.
    fn attend(&mut self, device: &Device) {
        self.attend_with(device, &CheckIn::default());
    }

    fn attend_with(&mut self, device: &Device, check_in: &CheckIn) {
        let topics = vec![Topic::People, Topic::Messages, Topic::Receipts];
        assert!(is_yes(&self.ask(device.conn, &Subscription { topics })));
        assert!(is_yes(&self.ask(device.conn, check_in)));
    }

    /// A person with one device that attends.
    fn present(&mut self, name: &str) -> Device {
        self.person(name);
        let device = self.log_in(name);
        self.attend(&device);
        self.take(device.conn);
        device
    }

    /// As [`Office::attend`], while the store is busy: only the check-in is answered.
    fn attend_slowly(&mut self, device: &Device) {
        let topics = vec![Topic::Messages];
        self.ask(device.conn, &Subscription { topics });
        self.tell(device.conn, &CheckIn::default());
        for input in std::mem::take(&mut self.answers) {
            self.input(input);
        }
    }

    fn leave(&mut self, device: &Device) {
        self.input(Input::Closed { conn: device.conn });
    }

    /// Opens a message.
    fn open(&mut self, from: &Device, number: u8, mode: Mode, to: &[Guid]) -> Object {
        let send = send(number, mode, to);
        self.ask(from.conn, &send)
    }

    fn portion(&mut self, from: &Device, number: u8, sequence: u32, last: bool) {
        self.portion_of(from, number, (0, sequence, last), &[number, sequence as u8]);
    }

    fn portion_of(
        &mut self,
        from: &Device,
        number: u8,
        (stream, sequence, last): (u16, u32, bool),
        data: &[u8],
    ) {
        let message = message_id(number);
        self.tell(from.conn, &Portion { message, stream, sequence, last, data });
    }

    /// Sends a whole message of so many portions.
    fn speak(&mut self, from: &Device, number: u8, mode: Mode, to: &[Guid], portions: u32) {
        let sending: Sending = self.open(from, number, mode, to).read().expect("sending");
        assert_eq!(sending.message, message_id(number));
        for sequence in 0..portions {
            self.portion(from, number, sequence, sequence + 1 == portions);
        }
    }

    fn acknowledge(&mut self, device: &Device, number: u8, happened: Happened) -> Object {
        let message = message_id(number);
        self.ask(device.conn, &Receipt { message, happened, person: Guid::BLANK, time: 0 })
    }
}

fn open(
    folder: &TempDir,
    limits: Limits,
    parameters: Parameters,
    unix_start: u64,
) -> (Engine, Store) {
    let birth = Birth { server: Guid::from_bytes([0x5e; 16]), secret: [7; 32] };
    let (database, blobs) = (folder.path().join("ivm.sqlite"), folder.path().join("blobs"));
    let (store, snapshot) = Store::open(&database, &blobs, birth).expect("opens");
    let setup = Setup {
        limits,
        parameters,
        version: "1".into(),
        fingerprint: vec![1; 32],
        unix_start,
        seed: [unix_start as u8; 32],
    };
    (Engine::new(setup, snapshot), store)
}

fn message_id(number: u8) -> MessageId {
    MessageId::from_bytes([number; 16])
}

fn hello(name: &str, device: Option<Guid>) -> Hello {
    Hello {
        account: name.to_owned(),
        nonce: [1; 32],
        device,
        device_name: "a device".into(),
        software: "test".into(),
    }
}

fn login_key(password: &str, salt: [u8; 16]) -> LoginKey {
    let costs = Costs::new(COST.memory_kib, COST.passes, COST.lanes).expect("within bounds");
    derive(password, &salt, &costs).expect("enough memory").0
}

fn credentials(password: &str) -> Credentials {
    let verifier = Verifier::new(&login_key(password, SALT));
    Credentials {
        salt: SALT,
        cost: COST,
        stored_key: verifier.stored_key,
        server_key: verifier.server_key,
        public_key: [password.len() as u8; 32],
        sealed_key: vec![1; 60],
        recovery_key: vec![2; 76],
    }
}

fn send(number: u8, mode: Mode, to: &[Guid]) -> Send {
    let recipients =
        to.iter().map(|person| Recipient { person: *person, wrapped: vec![number; 80] });
    Send {
        message: message_id(number),
        mode,
        format: vec![1, 2, 3],
        recipients: recipients.collect(),
        own: vec![number; 80],
        attachments: Vec::new(),
        created: 42,
        reply_to: None,
    }
}

fn is_yes(object: &Object) -> bool {
    object.header.kind == Kind::None && object.header.flags.answer && !object.header.flags.refused
}

fn code(object: &Object) -> ErrorCode {
    object.read::<Refusal>().expect("a refusal").code
}

fn sha256(bytes: &[u8]) -> [u8; 32] {
    use sha2::Digest as _;
    sha2::Sha256::digest(bytes).into()
}

fn numbers(portions: &[(u16, u32, Vec<u8>)]) -> Vec<u32> {
    portions.iter().map(|(_, sequence, _)| *sequence).collect()
}
