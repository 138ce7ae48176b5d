//! The server's rules, one by one: a client that says what the test wants, on a virtual clock.

mod limits;
mod phone;
mod repeats;
mod scenes;

use std::collections::{BTreeMap, BTreeSet};
use std::net::{Ipv4Addr, SocketAddrV4};

use bytes::Bytes;
use machine::{Machine as _, Moment, Span};

use super::{Engine, Found, Input, Output, Port, Question, Report, TransferId};
use crate::packet::{Choice, Code, Mode, Packet, Request};

const OURS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
const LISTENING: Port = Port::Listening { ours: OURS };
const PHONE: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 50), 2_001);
const STRANGER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 99), 666);

/// A server and a gateway with some files, and what came of it.
struct Office {
    engine: Engine,
    now: Moment,
    files: BTreeMap<Vec<u8>, Bytes>,
    /// The gateway does not answer.
    is_stuck: bool,
    asked: Vec<Question>,
    sent: Vec<(Port, SocketAddrV4, Vec<u8>)>,
    open: BTreeSet<TransferId>,
    reports: Vec<Report>,
}

impl Office {
    fn new(files: &[(&str, &[u8])]) -> Self {
        let files = files
            .iter()
            .map(|(name, file)| (name.as_bytes().to_vec(), Bytes::copy_from_slice(file)))
            .collect();
        Self {
            engine: Engine::default(),
            now: Moment::from_millis(1_000),
            files,
            is_stuck: false,
            asked: Vec::new(),
            sent: Vec::new(),
            open: BTreeSet::new(),
            reports: Vec::new(),
        }
    }

    fn handle(&mut self, input: Input) {
        self.engine.handle(input, self.now);
        self.settle();
    }

    fn settle(&mut self) {
        while let Some(output) = self.engine.poll() {
            match output {
                Output::Fetch(question) => self.fetch(question),
                Output::Open(id, ours) => {
                    assert_eq!(ours, OURS);
                    assert!(self.open.insert(id), "it is open already");
                }
                Output::Send { from, to, wire } => {
                    if let Port::Of(id) = from {
                        assert!(self.open.contains(&id), "not from a port that is not open");
                    }
                    self.sent.push((from, to, wire.parts().concat()));
                }
                Output::Close(id) => {
                    self.open.remove(&id);
                }
                Output::Report(report) => self.reports.push(report),
            }
        }
    }

    fn fetch(&mut self, question: Question) {
        if !self.is_stuck {
            let file = self.files.get(&question.wanted.name).cloned();
            let found = file.map_or(Found::Absent, Found::File);
            self.engine.handle(Input::Found(question.id, found), self.now);
        }
        self.asked.push(question);
    }

    /// A client says something; what is sent thereupon.
    fn say(&mut self, to: Port, from: SocketAddrV4, packet: &Packet<'_>) -> Vec<Said> {
        self.sent.clear();
        self.handle(Input::Datagram { to, from, bytes: packet.write().into() });
        self.said()
    }

    /// Time passes; what is sent meanwhile.
    fn wait(&mut self, span: Span) -> Vec<Said> {
        self.sent.clear();
        let until = self.now + span;
        while let Some(due) = self.engine.deadline().filter(|due| *due <= until) {
            self.now = due;
            self.engine.expire(due);
            self.settle();
        }
        self.now = until;
        self.said()
    }

    fn said(&self) -> Vec<Said> {
        self.sent.iter().map(|(_, _, bytes)| Said::read(bytes)).collect()
    }

    /// The port from which was spoken last.
    fn port(&self) -> Port {
        self.sent.last().expect("something was sent").0
    }

    fn ack(&mut self, number: u16) -> Vec<Said> {
        let to = self.engine.by_peer.get(&PHONE).copied().map(Port::Of);
        self.say(to.expect("a transfer"), PHONE, &Packet::Ack(number))
    }

    fn faults(&self) -> Vec<&str> {
        self.reports.iter().map(|report| report.fault.as_str()).collect()
    }
}

/// What the server said, in short.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Said {
    /// A block and how long it is.
    Block(u16, usize),
    Error(Code),
    /// The options as `name=value`.
    Agreed(String),
}

impl Said {
    fn read(bytes: &[u8]) -> Self {
        let packet = Packet::parse(bytes).expect("the server's packets are sound");
        match packet {
            Packet::Data { block, bytes } => Self::Block(block, bytes.len()),
            Packet::Error { code, .. } => Self::Error(code),
            Packet::Agreed(choices) => {
                Self::Agreed(choices.iter().map(shown).collect::<Vec<_>>().join(" "))
            }
            Packet::Read(_) | Packet::Write(_) | Packet::Ack(_) => {
                unreachable!("the server sends no such thing")
            }
        }
    }
}

fn shown(choice: &Choice<'_>) -> String {
    let text = |bytes| String::from_utf8_lossy(bytes).into_owned();
    format!("{}={}", text(choice.name), text(choice.value))
}

fn request<'a>(name: &'a str, mode: Mode<'a>, choices: &[(&'a str, &'a str)]) -> Request<'a> {
    let choices = choices
        .iter()
        .map(|(name, value)| Choice { name: name.as_bytes(), value: value.as_bytes() })
        .collect();
    Request { name: name.as_bytes(), mode, choices }
}

fn read<'a>(name: &'a str, choices: &[(&'a str, &'a str)]) -> Packet<'a> {
    Packet::Read(request(name, Mode::Octet, choices))
}

#[test]
fn a_file_is_sent_block_by_block_from_a_port_of_its_own() {
    let mut office = Office::new(&[("a.cfg", &[7; 1_024])]);
    assert_eq!(office.say(LISTENING, PHONE, &read("/a.cfg", &[])), [Said::Block(1, 512)]);
    assert!(matches!(office.port(), Port::Of(_)));
    let question = office.asked.first().expect("the gateway was asked");
    assert_eq!((question.asker, question.ours), (*PHONE.ip(), OURS));
    assert_eq!(
        (question.wanted.name.as_slice(), question.wanted.token.as_str()),
        (&b"a.cfg"[..], "")
    );
    assert_eq!(office.ack(1), [Said::Block(2, 512)]);
    assert_eq!(office.ack(2), [Said::Block(3, 0)], "an empty block ends what fills its blocks");
    assert!(office.reports.is_empty());
    assert_eq!(office.ack(3), []);
    let report = Report { name: b"a.cfg".to_vec(), asker: *PHONE.ip(), fault: String::new() };
    assert_eq!(office.reports, [report]);
    assert!(office.open.is_empty() && office.engine.deadline().is_none());
    assert_eq!((office.engine.transfers(), office.engine.shelf.total()), (0, 0));
}

#[test]
fn options_are_agreed_before_the_first_block() {
    let mut office = Office::new(&[("a.cfg", &[7; 3_000])]);
    let asked = read("a.cfg", &[("tsize", "0"), ("blksize", "1468"), ("x", "1"), ("timeout", "2")]);
    let agreed = [Said::Agreed("tsize=3000 blksize=1428 timeout=2".to_owned())];
    assert_eq!(office.say(LISTENING, PHONE, &asked), agreed);
    assert_eq!(office.ack(1), [], "which block would that be?");
    assert_eq!(office.wait(Span::from_secs(2)), agreed, "it is asked for again");
    assert_eq!(office.ack(0), [Said::Block(1, 1_428)]);
    assert_eq!(office.ack(1), [Said::Block(2, 1_428)]);
    assert_eq!(office.ack(2), [Said::Block(3, 144)]);
    assert_eq!(office.ack(3), []);
    assert_eq!(office.faults(), [""]);
}

#[test]
fn a_telephone_s_folder_is_named_to_the_gateway() {
    let mut office = Office::new(&[("a.cfg", b"x")]);
    let token = "00112233445566778899aabbccddeeff";
    for path in [format!("/p/{token}/a.cfg"), format!("{token}/a.cfg")] {
        let said = office.say(LISTENING, PHONE, &read(&path, &[]));
        assert_eq!(said, [Said::Block(1, 1)]);
        let question = office.asked.pop().expect("the gateway was asked");
        assert_eq!(question.wanted.token, token);
        office.ack(1);
    }
}

#[test]
fn an_absent_file_is_absent_at_once() {
    let mut office = Office::new(&[]);
    let said = office.say(LISTENING, PHONE, &read("b.cfg", &[("tsize", "0")]));
    assert_eq!(said, [Said::Error(Code::NotFound)]);
    assert_eq!((office.asked.len(), office.engine.transfers(), office.open.len()), (1, 0, 0));
    assert!(office.reports.is_empty(), "the gateway knows");
}

#[test]
fn the_gateway_is_not_even_asked_for_what_no_file_is_called() {
    let mut office = Office::new(&[("passwd", b"secret")]);
    let long = "a".repeat(256);
    for path in ["../passwd", "/etc/passwd", "..\\passwd", "a/../passwd", "", "/", &long] {
        let said = office.say(LISTENING, PHONE, &read(path, &[]));
        assert_eq!(said, [Said::Error(Code::NotFound)], "{path}");
        assert!(matches!(office.port(), Port::Of(_)));
    }
    assert!(office.asked.is_empty() && office.open.is_empty());
}

#[test]
fn nothing_is_taken_not_even_a_log() {
    let mut office = Office::new(&[]);
    for name in ["a.cfg", "0004f2010203-boot.log", "0004f2010203-app.log"] {
        let write = Packet::Write(request(name, Mode::Octet, &[("tsize", "9000")]));
        assert_eq!(office.say(LISTENING, PHONE, &write), [Said::Error(Code::Access)]);
    }
    assert_eq!(office.engine.transfers(), 0);
}

#[test]
fn only_octet_and_netascii_are_spoken() {
    let mut office = Office::new(&[("a.cfg", b"x")]);
    for mode in [Mode::Mail, Mode::Other(b"image")] {
        let packet = Packet::Read(request("a.cfg", mode, &[]));
        assert_eq!(office.say(LISTENING, PHONE, &packet), [Said::Error(Code::Illegal)]);
    }
    office.sent.clear();
    let bytes = Bytes::from_static(b"\0\x01a.cfg\0octet");
    office.handle(Input::Datagram { to: LISTENING, from: PHONE, bytes });
    assert_eq!(office.said(), [Said::Error(Code::Illegal)]);
}

#[test]
fn what_nobody_asks_with_is_not_answered() {
    let mut office = Office::new(&[("a.cfg", b"x")]);
    for bytes in [
        &b""[..],
        b"\0",
        b"\0\x03\0\x01x",
        b"\0\x04\0\x01",
        b"\0\x05\0\0x\0",
        b"\0\x06",
        b"\xff\xff",
    ] {
        office.handle(Input::Datagram {
            to: LISTENING,
            from: PHONE,
            bytes: Bytes::copy_from_slice(bytes),
        });
    }
    for from in [
        SocketAddrV4::new(*PHONE.ip(), 0),
        SocketAddrV4::new(Ipv4Addr::BROADCAST, 69),
        SocketAddrV4::new(Ipv4Addr::new(224, 0, 0, 1), 69),
        SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 69),
    ] {
        assert_eq!(office.say(LISTENING, from, &read("a.cfg", &[])), []);
    }
    assert!(office.sent.is_empty());
}

#[test]
fn text_is_sent_as_the_network_s_terminal_wants_it() {
    let mut office = Office::new(&[("a.cfg", b"one\ntwo\r")]);
    let asked = Packet::Read(request("a.cfg", Mode::Netascii, &[("tsize", "0")]));
    assert_eq!(office.say(LISTENING, PHONE, &asked), [Said::Agreed("tsize=10".to_owned())]);
    office.ack(0);
    let (_, _, bytes) = office.sent.last().expect("a block");
    assert_eq!(bytes.as_slice(), b"\0\x03\0\x01one\r\ntwo\r\0");
}

#[test]
fn a_window_goes_on_behind_what_has_arrived() {
    let mut office = Office::new(&[("fw.bin", &[7; 80])]);
    let asked = read("fw.bin", &[("blksize", "8"), ("windowsize", "4")]);
    office.say(LISTENING, PHONE, &asked);
    let blocks = |numbers: std::ops::RangeInclusive<u16>| -> Vec<Said> {
        numbers.map(|number| Said::Block(number, if number == 11 { 0 } else { 8 })).collect()
    };
    assert_eq!(office.ack(0), blocks(1..=4));
    assert_eq!(office.ack(4), blocks(5..=8));
    assert_eq!(office.ack(6), [], "is the seventh lost?");
    assert_eq!(office.wait(Span::from_millis(19)), []);
    assert_eq!(office.wait(Span::from_millis(1)), blocks(7..=10), "it is");
    assert_eq!(office.ack(8), []);
    assert_eq!(office.ack(9), []);
    assert_eq!(office.ack(9), []);
    assert_eq!(office.ack(10), blocks(11..=11));
    assert_eq!(office.ack(11), []);
    assert_eq!(office.faults(), [""]);
}

#[test]
fn an_acknowledgement_of_what_was_never_sent_is_ignored() {
    let mut office = Office::new(&[("fw.bin", &[7; 80])]);
    office.say(LISTENING, PHONE, &read("fw.bin", &[("blksize", "8"), ("windowsize", "2")]));
    office.ack(0);
    for number in [3, 4, 100, 65_535] {
        assert_eq!(office.ack(number), [], "{number}");
    }
    assert_eq!(office.ack(2), [Said::Block(3, 8), Said::Block(4, 8)]);
}

#[test]
fn block_numbers_go_round() {
    let file: Vec<u8> =
        (0..600_000_u32).map(|at| at.to_le_bytes()[usize::from(at % 3 == 0)]).collect();
    let mut office = Office::new(&[("fw.bin", &file)]);
    office.say(LISTENING, PHONE, &read("fw.bin", &[("blksize", "8"), ("windowsize", "16")]));
    let (mut arrived, mut number) = (Vec::new(), 0_u16);
    while office.reports.is_empty() {
        office.ack(number);
        for (_, _, bytes) in &office.sent {
            number = number.wrapping_add(1);
            assert_eq!(bytes[2..4], number.to_be_bytes());
            arrived.extend_from_slice(&bytes[4..]);
        }
    }
    assert_eq!((office.faults(), number), (vec![""], 9_465), "75,001 blocks less 65,536");
    assert!(arrived == file);
}
