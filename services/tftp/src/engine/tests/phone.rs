//! A telephone's TFTP client, and a network between it and the server that loses, doubles and
//! delays, as a seed says.

use std::collections::BTreeMap;
use std::net::{Ipv4Addr, SocketAddrV4};

use bytes::Bytes;
use machine::{Machine as _, Moment, Span};
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};

use super::OURS;
use crate::engine::{Engine, Found, Input, Output, Port, Report};
use crate::packet::{Choice, Mode, Packet, Request};

/// A client says again what it said last after so long without an answer.
const AGAIN: Span = Span::from_millis(1_500);
/// It gives up after so many times.
const TRIES: u8 = 12;

/// What a client asks for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Wish {
    pub(super) block: usize,
    pub(super) window: usize,
}

/// A client.
struct Phone {
    wish: Wish,
    block: usize,
    window: usize,
    server: Option<Port>,
    /// The number of the last block that came in its order.
    last: u16,
    in_window: usize,
    file: Vec<u8>,
    is_done: bool,
    /// What was said last, and how often without an answer.
    said: Vec<u8>,
    tries: u8,
    /// Timers before this one count no more.
    timer: u64,
}

/// What can happen to the network.
enum Event {
    ToServer { port: Port, from: SocketAddrV4, bytes: Vec<u8> },
    ToPhone { port: Port, phone: SocketAddrV4, bytes: Vec<u8> },
    Timer { phone: SocketAddrV4, timer: u64 },
}

/// How bad the network is: of a hundred packets, so many.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Weather {
    pub(super) lost: u32,
    pub(super) doubled: u32,
    /// Milliseconds by which one may come later than another.
    pub(super) jitter: u32,
}

/// The server, its clients and what is between them.
pub(super) struct Network {
    engine: Engine,
    file: Bytes,
    phones: BTreeMap<SocketAddrV4, Phone>,
    weather: Weather,
    rng: ChaCha8Rng,
    now: Moment,
    events: BTreeMap<(Moment, u64), Event>,
    order: u64,
    /// Datagrams of the server.
    pub(super) sent: usize,
    pub(super) reports: Vec<Report>,
}

impl Network {
    pub(super) fn new(seed: u64, weather: Weather, file: Vec<u8>) -> Self {
        Self {
            engine: Engine::default(),
            file: file.into(),
            phones: BTreeMap::new(),
            weather,
            rng: ChaCha8Rng::seed_from_u64(seed),
            now: Moment::from_millis(1_000),
            events: BTreeMap::new(),
            order: 0,
            sent: 0,
            reports: Vec::new(),
        }
    }

    /// One more client, which asks at once.
    pub(super) fn phone(&mut self, n: u16, wish: Wish) {
        let [high, low] = n.to_be_bytes();
        let address = SocketAddrV4::new(Ipv4Addr::new(10, 1, high, low), 2_000);
        let (block, window) = (wish.block.to_string(), wish.window.to_string());
        let mut choices = Vec::new();
        if wish.block != 512 {
            choices.push(Choice { name: b"blksize", value: block.as_bytes() });
        }
        if wish.window != 1 {
            choices.push(Choice { name: b"windowsize", value: window.as_bytes() });
        }
        let request = Request { name: b"fw.bin", mode: Mode::Octet, choices };
        let phone = Phone {
            wish,
            block: 512,
            window: 1,
            server: None,
            last: 0,
            in_window: 0,
            file: Vec::new(),
            is_done: false,
            said: Packet::Read(request).write(),
            tries: 0,
            timer: 0,
        };
        self.phones.insert(address, phone);
        self.speak(address);
    }

    /// Runs until nothing happens any more.
    pub(super) fn run(&mut self) {
        loop {
            let next = self.events.first_key_value().map(|((at, _), _)| *at);
            let due = self.engine.deadline();
            let Some(at) = next.into_iter().chain(due).min() else { return };
            self.now = at.max(self.now);
            if due.is_some_and(|due| due <= self.now) {
                self.engine.expire(self.now);
                self.settle();
            } else if let Some((_, event)) = self.events.pop_first() {
                self.happen(event);
            }
        }
    }

    /// How many clients have the file; each that believes so is right.
    pub(super) fn done(&self) -> usize {
        let done: Vec<&Phone> = self.phones.values().filter(|phone| phone.is_done).collect();
        assert!(done.iter().all(|phone| phone.file == self.file), "a client was deceived");
        done.len()
    }

    fn happen(&mut self, event: Event) {
        match event {
            Event::ToServer { port, from, bytes } => {
                let input = Input::Datagram { to: port, from, bytes: bytes.into() };
                self.engine.handle(input, self.now);
                self.settle();
            }
            Event::ToPhone { port, phone, bytes } => {
                let Some(one) = self.phones.get_mut(&phone) else { return };
                if one.hears(port, &bytes) {
                    self.speak(phone);
                }
            }
            Event::Timer { phone, timer } => {
                let Some(one) = self.phones.get_mut(&phone) else { return };
                if one.timer == timer && !one.is_done && one.tries < TRIES {
                    one.tries += 1;
                    self.speak(phone);
                }
            }
        }
    }

    fn settle(&mut self) {
        while let Some(output) = self.engine.poll() {
            match output {
                Output::Fetch(question) => {
                    let found = Found::File(self.file.clone());
                    self.engine.handle(Input::Found(question.id, found), self.now);
                }
                Output::Send { from, to, wire } => {
                    self.sent += 1;
                    let bytes = wire.parts().concat();
                    self.carry(|| Event::ToPhone { port: from, phone: to, bytes: bytes.clone() });
                }
                Output::Report(report) => self.reports.push(report),
                Output::Open(..) | Output::Close(_) => {}
            }
        }
    }

    /// A client says what it has to say.
    fn speak(&mut self, phone: SocketAddrV4) {
        let Some(one) = self.phones.get_mut(&phone) else { return };
        one.timer += 1;
        let timer = Event::Timer { phone, timer: one.timer };
        let port = one.server.unwrap_or(Port::Listening { ours: OURS });
        let bytes = one.said.clone();
        let at = self.now + AGAIN;
        self.at(at, timer);
        self.carry(|| Event::ToServer { port, from: phone, bytes: bytes.clone() });
    }

    fn at(&mut self, at: Moment, event: Event) {
        self.order += 1;
        self.events.insert((at, self.order), event);
    }

    /// Carries a packet, or loses or doubles it.
    fn carry(&mut self, event: impl Fn() -> Event) {
        let Weather { lost, doubled, jitter } = self.weather;
        if self.rng.next_u32() % 100 < lost {
            return;
        }
        let times = if self.rng.next_u32() % 100 < doubled { 2 } else { 1 };
        for _ in 0..times {
            let late = self.rng.next_u32() % (jitter + 1);
            let at = self.now + Span::from_millis(u64::from(1 + late));
            self.at(at, event());
        }
    }
}

impl Phone {
    /// Takes a packet; is there something to say?
    fn hears(&mut self, port: Port, bytes: &[u8]) -> bool {
        if self.server.is_some_and(|server| server != port) {
            return false;
        }
        let Ok(packet) = Packet::parse(bytes) else { return false };
        match packet {
            Packet::Agreed(choices) if self.last == 0 && self.file.is_empty() => {
                assert!(!choices.is_empty());
                (self.block, self.window) = (self.wish.block.min(1_428), self.wish.window.min(16));
                self.begin(port)
            }
            Packet::Data { block, bytes } => {
                self.server = Some(port);
                self.take(block, bytes)
            }
            Packet::Error { .. } => {
                self.tries = TRIES;
                false
            }
            Packet::Agreed(_) | Packet::Read(_) | Packet::Write(_) | Packet::Ack(_) => false,
        }
    }

    fn begin(&mut self, port: Port) -> bool {
        self.server = Some(port);
        self.tries = 0;
        self.said = Packet::Ack(0).write();
        true
    }

    fn take(&mut self, block: u16, bytes: &[u8]) -> bool {
        if block != self.last.wrapping_add(1) || self.is_done {
            // A gap, or its own answer was lost: the server hears what there is.
            self.in_window = 0;
            self.said = Packet::Ack(self.last).write();
            return true;
        }
        self.last = block;
        self.tries = 0;
        self.file.extend_from_slice(bytes);
        self.in_window += 1;
        self.is_done = bytes.len() < self.block;
        let is_full = self.is_done || self.in_window >= self.window;
        if is_full {
            self.in_window = 0;
            self.said = Packet::Ack(self.last).write();
        }
        is_full
    }
}
