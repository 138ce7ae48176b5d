//! The server for telephones, and datagrams and pieces of streams that a station may send: whole
//! ones, broken ones, and ones that speak of what the server has sent itself, with orders between.
//!
//! Pieces of the input stand between zero bytes. The first byte of a piece says what it is.

#![no_main]

use std::collections::BTreeMap;
use std::net::SocketAddr;

use libfuzzer_sys::fuzz_target;
use machine::{Machine, Moment, Span};
use sip::digest::{Answer, Secret};
use sip::engine::{Call, Caller, Engine, Input, Order, Output, Question, Setup};
use sip::manner::Manner;
use sip::message::{Message, Method, Start, name, parse};
use sip::station::{Station, User};
use sip::way::{Flow, Transport};

/// A message that makes so many outputs has found a loop.
const TOO_MANY: usize = 2_000;
const SECRET: &str = "word";

fn socket(last: u8, port: u16) -> SocketAddr {
    ([10, 0, 0, last], port).into()
}

fn user() -> User {
    User::parse("100").expect("a user")
}

fn stations() -> BTreeMap<User, Station> {
    let secret = Secret::plain(SECRET);
    let (mac, vendor) = (None, Some(provision::Vendor::Yealink));
    let address = Some(socket(9, 0).ip());
    BTreeMap::from([(user(), Station { secret, mac, address, vendor })])
}

struct Desk {
    engine: Engine,
    now: Moment,
    /// What the server said last to whom: the phone knows tags and questions from it.
    heard: Vec<Message>,
    call: Call,
    question: Question,
}

impl Desk {
    fn settle(&mut self) {
        let mut outputs = 0;
        while let Some(output) = self.engine.poll() {
            outputs += 1;
            assert!(outputs < TOO_MANY, "the server does not come to rest");
            if let Output::Send { bytes, .. } = output {
                self.heard.extend(parse(&bytes));
            } else if let Output::Incoming { call, .. } = output {
                self.call = call;
            } else if let Output::Asked { question, .. } = output {
                self.question = question;
            }
        }
        let old = self.heard.len().saturating_sub(16);
        self.heard.drain(..old);
        let counts = self.engine.counts();
        assert!(counts.calls < 1_100 && counts.subscriptions < 5_000, "{counts:?}");
    }

    fn datagram(&mut self, bytes: Vec<u8>, last: u8) {
        let (source, local) = (socket(last, 5_062), socket(1, 5_060));
        self.engine.handle(Input::Datagram { bytes, source, local }, self.now);
        self.settle();
    }

    /// Answers what the server asked, in the phone's name.
    fn answer(&mut self, place: u8, code: u16) {
        let asked = self.heard.iter().filter(|message| message.method().is_some());
        let asked: Vec<&Message> = asked.collect();
        let Some(request) = asked.get(usize::from(place) % asked.len().max(1)) else { return };
        let response = Message::response(request, code)
            .tagged("phone")
            .with(name::CONTACT, "<sip:100@10.0.0.9:5062>")
            .with_body("application/sdp", "v=0\r\n");
        let bytes = response.write();
        self.datagram(bytes, 9);
    }

    /// Asks in the phone's name, with the right secret, and in the dialog that there may be.
    fn ask(&mut self, which: u8, turn: u8) {
        let methods = ["INVITE", "REGISTER", "SUBSCRIBE", "BYE", "UPDATE", "INFO", "CANCEL", "ACK"];
        let method = methods[usize::from(which) % methods.len()];
        let target = "sip:ivm@10.0.0.1";
        let dialog = self.heard.iter().rev().find_map(|message| message.essentials().ok());
        let is_within = which & 0x80 != 0;
        let (from, to, call_id) = match dialog.filter(|_| is_within) {
            Some(seen) if which & 0x40 != 0 => {
                (seen.to.to_string(), seen.from.to_string(), seen.call_id)
            }
            Some(seen) => (seen.from.to_string(), seen.to.to_string(), seen.call_id),
            None => {
                let own = "<sip:100@10.0.0.1>".to_owned();
                (format!("{own};tag=p"), own, format!("c{}", turn / 8))
            }
        };
        let branch = format!("SIP/2.0/UDP 10.0.0.9:5062;rport;branch=z9hG4bK{}", turn / 2);
        let mut request = Message::request(Method::parse(method).expect("a method"), target)
            .with(name::VIA, branch)
            .with(name::FROM, from)
            .with(name::TO, to)
            .with(name::CALL_ID, call_id)
            .with(name::CSEQ, format!("{turn} {method}"))
            .with(name::CONTACT, "<sip:100@10.0.0.9:5062>")
            .with(name::EVENT, "message-summary");
        for (question, proof) in [
            (name::WWW_AUTHENTICATE, name::AUTHORIZATION),
            (name::PROXY_AUTHENTICATE, name::PROXY_AUTHORIZATION),
        ] {
            let questions = self.heard.iter().rev().find_map(|message| message.get(question));
            let who = ("100", SECRET);
            let answer =
                questions.and_then(|text| Answer::to(text, who, (method, target), turn.into()));
            if let Some(answer) = answer {
                request.push(proof, answer.to_string());
            }
        }
        let bytes = request.with_body("application/sdp", "v=0\r\n").write();
        self.datagram(bytes, 9);
    }

    fn order(&mut self, which: u8, n: u8) {
        let (call, sdp) =
            (if n & 1 == 0 { self.call } else { Call(n.into()) }, b"v=0\r\n".to_vec());
        let order = match which % 9 {
            0 | 1 => Order::Ring {
                call: Call(n.into()),
                user: user(),
                from: Caller::default(),
                sdp,
                manner: Manner::Intercom,
                patience: Span::from_secs(n.into()),
            },
            2 => Order::Ringing(call),
            3 => Order::Answer { call, sdp },
            4 => Order::Refuse { call, code: 300 + u16::from(n) * 2 },
            5 => Order::HangUp(call),
            6 => Order::Waiting { user: user(), new: n.into(), old: 0 },
            7 => Order::Resync(user()),
            _ => Order::Announce { question: self.question, url: "http://10.0.0.1/".to_owned() },
        };
        self.engine.handle(Input::Order(order), self.now);
        self.settle();
    }

    fn stream(&mut self, n: u8, bytes: &[u8]) {
        let (flow, transport) = (Flow(u64::from(n % 16)), Transport::Tcp);
        let (source, local) = (socket(9, 40_000), socket(1, 5_060));
        let input = match n % 3 {
            0 => Input::StreamOpened { flow, transport, source, local },
            1 => Input::StreamBytes { flow, bytes: bytes.to_vec() },
            _ if n > 200 => Input::StreamClosed(flow),
            _ => Input::StreamBytes { flow, bytes: bytes.to_vec() },
        };
        self.engine.handle(input, self.now);
        self.settle();
    }

    fn pass(&mut self, span: Span) {
        self.now = self.now + span;
        self.engine.expire(self.now);
        self.settle();
    }
}

fn is_request(bytes: &[u8]) -> bool {
    parse(bytes).is_ok_and(|message| matches!(message.start, Start::Request { .. }))
}

fuzz_target!(|bytes: &[u8]| {
    let setup = Setup { seed: [7; 32], realm: "ivm".to_owned() };
    let (heard, call, question) = (Vec::new(), Call(0), Question(0));
    let now = Moment::from_millis(1_000_000);
    let mut desk = Desk { engine: Engine::new(&setup), now, heard, call, question };
    desk.engine.handle(Input::Stations(stations()), now);
    for piece in bytes.split(|byte| *byte == 0).take(200) {
        let [kind, n, rest @ ..] = piece else { continue };
        match kind % 8 {
            0 => desk.datagram(rest.to_vec(), if is_request(rest) { 9 } else { *n }),
            1 | 2 => desk.ask(*n, rest.first().copied().unwrap_or(1)),
            3 => desk.answer(*n, 100 + u16::from(rest.first().copied().unwrap_or(0)) * 2),
            4 => desk.order(*n, rest.first().copied().unwrap_or(0)),
            5 => desk.stream(*n, rest),
            6 => desk.pass(Span::from_millis(u64::from(*n) * 50)),
            _ => desk.pass(Span::from_secs(u64::from(*n))),
        }
    }
    desk.pass(Span::from_secs(4_000));
    desk.pass(Span::from_secs(4_000));
    assert_eq!(desk.engine.counts().transactions, 0, "nothing waits for ever");
});
