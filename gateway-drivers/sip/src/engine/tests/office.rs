//! The server, some phones, and the wire between them.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use machine::{Machine, Moment, Span};
use provision::Vendor;
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use super::phone::{Phone, SDP};
use crate::digest::Secret;
use crate::engine::{Call, Caller, Engine, Input, Order, Output, Reason, Setup};
use crate::manner::Manner;
use crate::message::parse;
use crate::station::{Station, User};
use crate::way::Flow;

pub(super) const SERVER: &str = "10.0.0.1:5060";
/// Everything takes a little time.
const DELAY: Span = Span::from_millis(10);

/// On its way: from, to, stream, bytes.
type Parcel = (SocketAddr, SocketAddr, Option<Flow>, Vec<u8>);

pub(super) struct Office {
    pub(super) engine: Engine,
    pub(super) phones: Vec<Phone>,
    pub(super) now: Moment,
    wire: BTreeMap<(Moment, u64), Parcel>,
    serial: u64,
    rng: ChaCha20Rng,
    /// Of a hundred datagrams, how many are lost.
    pub(super) loss: u64,
    /// What is lost on purpose: how a message begins, and how often.
    pub(super) drops: Vec<(String, usize)>,
    /// What the engine said but for what it sent.
    pub(super) news: Vec<Output>,
    /// What it sent.
    pub(super) sent: usize,
}

pub(super) fn user(name: &str) -> User {
    User::parse(name).expect("a user")
}

pub(super) fn station(name: &str, address: &str) -> (User, Station) {
    let address: SocketAddr = address.parse().expect("an address");
    let secret = Secret::hashed(name, "ivm", &format!("word of {name}"));
    let vendor = Some(Vendor::Yealink);
    (user(name), Station { secret, mac: None, address: Some(address.ip()), vendor })
}

pub(super) const PLACES: [(&str, &str); 3] =
    [("100", "10.0.0.9:5062"), ("101", "10.0.0.10:5062"), ("102", "10.0.0.11:5062")];

impl Office {
    /// With three stations, and phones for them that are on but not registered.
    pub(super) fn new(seed: u64) -> Self {
        let phones = PLACES.iter().map(|(name, at)| Phone::new(name, at, SERVER)).collect();
        let setup = Setup { seed: [7; 32], realm: "ivm".to_owned() };
        let mut office = Self {
            engine: Engine::new(&setup),
            phones,
            now: Moment::from_millis(1_000_000),
            wire: BTreeMap::new(),
            serial: 0,
            rng: ChaCha20Rng::seed_from_u64(seed),
            loss: 0,
            drops: Vec::new(),
            news: Vec::new(),
            sent: 0,
        };
        let stations = PLACES.iter().map(|(name, at)| station(name, at)).collect();
        office.tell(Input::Stations(stations));
        office
    }

    /// All phones are registered, and nothing is lost any more but what is told.
    pub(super) fn registered(seed: u64) -> Self {
        let mut office = Self::new(seed);
        for phone in &mut office.phones {
            phone.register(3_600, office.now);
        }
        office.pass(1);
        assert_eq!(office.news.len(), 3, "{:?}", office.news);
        office.news.clear();
        office
    }

    pub(super) fn tell(&mut self, input: Input) {
        self.engine.handle(input, self.now);
        self.settle();
    }

    pub(super) fn order(&mut self, order: Order) {
        self.tell(Input::Order(order));
    }

    pub(super) fn ring(&mut self, call: u64, name: &str) {
        let from = Caller { name: "Desk \"7\"".to_owned(), number: "200".to_owned() };
        self.order(Order::Ring {
            call: Call(call),
            user: user(name),
            from,
            sdp: SDP.into(),
            manner: Manner::Intercom,
            patience: Span::from_secs(30),
        });
    }

    /// A registered phone and a call that both ends take part in.
    pub(super) fn talking(seed: u64) -> Self {
        let mut office = Self::registered(seed);
        office.ring(1, "100");
        office.pass(1);
        office.phones[0].reply(200, office.now);
        office.pass(1);
        office.expect(&[Output::Ringing(Call(1)), answered(1)]);
        office
    }

    /// Moves what everybody wants to send onto the wire.
    fn settle(&mut self) {
        while let Some(output) = self.engine.poll() {
            match output {
                Output::Send { way, bytes } => {
                    self.sent += 1;
                    self.post((way.local, way.remote, way.flow, bytes));
                }
                other => self.news.push(other),
            }
        }
        let mut parcels = Vec::new();
        for phone in &mut self.phones {
            let way = phone.way;
            for bytes in phone.out.drain(..).filter(|_| !phone.is_off) {
                parcels.push((way.local, way.remote, way.flow, bytes));
            }
        }
        for parcel in parcels {
            self.post(parcel);
        }
    }

    fn post(&mut self, parcel: Parcel) {
        let text = String::from_utf8_lossy(&parcel.3).into_owned();
        for (start, left) in &mut self.drops {
            if *left > 0 && text.starts_with(start.as_str()) {
                *left -= 1;
                return;
            }
        }
        let is_lost = parcel.2.is_none() && self.rng.next_u64() % 100 < self.loss;
        if !is_lost {
            self.serial += 1;
            self.wire.insert((self.now + DELAY, self.serial), parcel);
        }
    }

    fn deliver(&mut self, (from, to, flow, bytes): Parcel) {
        if to == SERVER.parse().expect("an address") {
            let input = match flow {
                Some(flow) => Input::StreamBytes { flow, bytes },
                None => Input::Datagram { bytes, source: from, local: to },
            };
            return self.engine.handle(input, self.now);
        }
        if let Some(phone) = self.phones.iter_mut().find(|phone| phone.way.local == to) {
            phone.hear(&bytes, from, self.now);
        }
    }

    /// Lets so many seconds pass.
    pub(super) fn pass(&mut self, seconds: u64) {
        let end = self.now + Span::from_secs(seconds);
        self.settle();
        loop {
            let wire = self.wire.first_key_value().map(|((at, _), _)| *at);
            let phones = self.phones.iter().filter_map(|phone| phone.transactions.deadline());
            let all = phones.chain(wire).chain(self.engine.deadline());
            let Some(next) = all.min().filter(|next| *next <= end) else { break };
            self.now = self.now.max(next);
            while let Some(entry) = self.wire.first_entry() {
                if entry.key().0 > self.now {
                    break;
                }
                let parcel = entry.remove();
                self.deliver(parcel);
            }
            self.engine.expire(self.now);
            for phone in &mut self.phones {
                phone.expire(self.now);
            }
            self.settle();
        }
        self.now = end;
    }

    /// A datagram from anywhere.
    pub(super) fn throw(&mut self, source: &str, text: &str) {
        assert!(parse(text.as_bytes()).is_ok() || text.contains("broken"), "{text}");
        self.tell(Input::Datagram {
            bytes: text.as_bytes().to_vec(),
            source: source.parse().expect("an address"),
            local: SERVER.parse().expect("an address"),
        });
    }

    /// Exactly this is new.
    pub(super) fn expect(&mut self, news: &[Output]) {
        assert_eq!(std::mem::take(&mut self.news), news);
    }

    /// Nothing is left of calls and transactions.
    pub(super) fn expect_rest(&mut self) {
        self.pass(700);
        let counts = self.engine.counts();
        assert_eq!((counts.calls, counts.transactions, counts.overflows), (0, 0, 0), "{counts:?}");
        assert_eq!((self.engine.legs.len(), self.engine.acks.len()), (0, 0));
        let owners = self.engine.owners.len();
        assert_eq!(owners, counts.subscriptions, "dialogs without an owner");
    }
}

pub(super) fn answered(call: u64) -> Output {
    Output::Answered { call: Call(call), sdp: SDP.into() }
}

pub(super) fn ended(call: u64, reason: Reason) -> Output {
    Output::Ended { call: Call(call), reason }
}
