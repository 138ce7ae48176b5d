//! The TFTP server, and datagrams that anybody on the network may send, to any of its ports and from
//! a few addresses, while the gateway and the kernel answer as they like.
//!
//! A story is a row of datagrams, each behind two bytes: its mood, and its length.

#![no_main]

use std::collections::BTreeSet;
use std::net::{Ipv4Addr, SocketAddrV4};

use bytes::Bytes;
use libfuzzer_sys::fuzz_target;
use machine::{Machine, Moment, Span};
use tftp::engine::{Engine, Found, Input, Output, Port, Question, TransferId};
use tftp::packet::{Packet, Wire};
use tftp::path::Wanted;

const OURS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 1);
/// An input that makes so many outputs has found a loop.
const TOO_MANY: usize = 20_000;

/// The server, and what is open.
struct Server {
    engine: Engine,
    now: Moment,
    open: BTreeSet<TransferId>,
    last: Option<TransferId>,
    asked: Vec<Question>,
}

impl Server {
    fn handle(&mut self, input: Input, mood: u8) {
        self.engine.handle(input, self.now);
        self.settle(mood);
    }

    fn settle(&mut self, mood: u8) {
        let mut outputs = 0;
        while let Some(output) = self.engine.poll() {
            outputs += 1;
            assert!(outputs < TOO_MANY, "the server does not come to rest");
            match output {
                Output::Fetch(question) => self.fetch(question, mood),
                Output::Open(id, ours) => {
                    assert_eq!(ours, OURS);
                    assert!(self.open.insert(id), "a port is opened once");
                    self.last = Some(id);
                    if mood % 32 == 31 {
                        self.engine.handle(Input::Unopened(id), self.now);
                    }
                }
                Output::Send { from, wire, .. } => self.sent(from, &wire),
                Output::Close(id) => {
                    self.open.remove(&id);
                }
                Output::Report(report) => assert!(report.name.len() <= 255),
            }
        }
        assert!(self.open.len() <= self.engine.transfers(), "a port is left open");
    }

    fn fetch(&mut self, question: Question, mood: u8) {
        let id = question.id;
        let found = match mood / 32 {
            0 => return self.asked.push(question),
            1 => Found::Absent,
            2 => Found::Busy,
            _ => Found::File((0..u16::from(mood) * 20).map(|at| at.to_le_bytes()[0]).collect()),
        };
        self.engine.handle(Input::Found(id, found), self.now);
    }

    fn sent(&self, from: Port, wire: &Wire) {
        if let Port::Of(id) = from {
            assert!(self.open.contains(&id), "nothing is sent from a port that is not open");
        }
        let whole = wire.parts().concat();
        assert!(whole.len() <= 1_432);
        let packet = Packet::parse(&whole).expect("our own packets are sound");
        assert!(matches!(packet, Packet::Data { .. } | Packet::Error { .. } | Packet::Agreed(_)));
    }

    fn wait(&mut self, span: Span, mood: u8) {
        self.now = self.now + span;
        if self.engine.deadline().is_some_and(|due| due <= self.now) {
            self.engine.expire(self.now);
            self.settle(mood);
            let due = self.engine.deadline();
            assert!(due.is_none_or(|due| due > self.now), "what was due is done");
        }
    }
}

fuzz_target!(|bytes: &[u8]| {
    if let Ok(packet) = Packet::parse(bytes) {
        let written = packet.write();
        assert_eq!(Packet::parse(&written), Ok(packet));
    }
    let _ = Wanted::parse(bytes);
    let (engine, now) = (Engine::default(), Moment::from_millis(1_000));
    let mut server = Server { engine, now, open: BTreeSet::new(), last: None, asked: Vec::new() };
    let mut rest = bytes;
    for _ in 0..300 {
        let Some(([mood, len], tail)) = rest.split_first_chunk() else { break };
        let (datagram, tail) = tail.split_at(tail.len().min(usize::from(*len)));
        rest = tail;
        let from =
            SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, 2 + mood % 2), 2_000 + u16::from(mood % 3));
        let to = match server.last.filter(|_| mood % 8 < 6) {
            Some(id) if !datagram.starts_with(&[0, 1]) => Port::Of(id),
            _ => Port::Listening { ours: OURS },
        };
        let bytes = Bytes::copy_from_slice(datagram);
        server.handle(Input::Datagram { to, from, bytes }, *mood);
        if mood % 16 == 15
            && let Some(question) = server.asked.pop()
        {
            let found = Found::File(Bytes::from_static(&[7; 700]));
            server.handle(Input::Found(question.id, found), *mood);
        }
        server.wait(Span::from_millis(u64::from(*mood) * u64::from(*mood)), *mood);
    }
    for _ in 0..20 {
        server.wait(Span::from_secs(10), 0);
    }
    assert_eq!((server.engine.transfers(), server.open.len()), (0, 0), "all comes to an end");
});
