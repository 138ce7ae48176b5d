//! The server for telephones, as a machine: bytes and orders in, bytes and news out.
//!
//! ```text
//! bytes -> limits -> message -> transactions -> who is it? -> register | subscribe | call
//!
//! a call of ours:   ringing --2xx--> talking --BYE, order, silence--> over
//!                      \--refused, cancelled, no answer--------------> over
//! a phone's call:   asked --order: answer--> talking ...
//!                      \--order: refuse, CANCEL, no order------------> over
//! ```

mod admit;
mod change;
mod dispatch;
mod flow;
mod incoming;
mod orders;
mod profile;
mod register;
mod ring;
mod send;
mod stage;
mod subscribe;
mod talk;
#[cfg(test)]
mod tests;
mod types;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::{IpAddr, SocketAddr};

use machine::{Machine, Moment, Span, Timers};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

use crate::dialog;
use crate::digest::Guard;
use crate::event::Waiting;
use crate::limit::{Bucket, Limits, Rate};
use crate::message::parse;
use crate::registrar::Registrar;
use crate::station::{Station, User};
use crate::transaction::{Event, Transactions};
use crate::way::{Flow, Way, canonical};

use admit::Ears;
use dispatch::Arrival;
use flow::Connection;
use ring::{Leg, LegId};
use stage::Session;
use subscribe::{Subscription, SubscriptionId};
pub use types::{
    Call, Caller, Counts, Digit, Gone, Input, Order, Output, Question, Reason, Setup, Why,
};

/// What a phone may send: its start costs a dozen messages, a call a dozen more.
const PHONE: Rate = Rate { burst: 100, pause: Span::from_millis(50) };
/// What somebody unknown may send, and all of them together: new phones asking for their files.
const STRANGER: Rate = Rate { burst: 20, pause: Span::from_millis(500) };
const STRANGERS: Rate = Rate { burst: 200, pause: Span::from_millis(20) };
/// The same thing is told to the administrator once in this time.
const TOLD: Rate = Rate { burst: 1, pause: Span::from_secs(60) };

/// What waits for its time.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// A stream that may be of no use.
    Flow(Flow),
    /// A call that nobody answers.
    Patience(Call),
    /// Is the phone still there?
    Probe(Call),
    /// The phone said how long it may be silent.
    Session(Call),
    /// An order for a change of the session is owed.
    Owed(Call),
    /// A cancelled leg of a call.
    Leg(LegId),
    /// A subscription.
    Subscription(SubscriptionId),
    /// An `ACK` that may be wanted again.
    Ack(AckKey),
    /// A new phone's question.
    Question(Question),
}

/// An acknowledged 2xx: conversation, our tag, the phone's tag.
type AckKey = (String, String, String);

/// Why we asked something.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Purpose {
    Invite(LegId),
    Probe(Call),
    Notify(SubscriptionId),
    Resync(User),
    /// The answer changes nothing.
    Courtesy,
}

/// Who has a dialog.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Owner {
    Call(Call),
    Subscription(SubscriptionId),
}

/// The server for telephones.
#[derive(Debug)]
pub struct Engine {
    rng: ChaCha20Rng,
    serial: u64,
    transactions: Transactions<Purpose>,
    guard: Guard,
    stations: BTreeMap<User, Station>,
    known: BTreeSet<IpAddr>,
    ears: BTreeMap<User, Ears>,
    registrar: Registrar,
    flows: BTreeMap<Flow, Connection>,
    calls: BTreeMap<Call, Session>,
    legs: BTreeMap<LegId, Leg>,
    owners: BTreeMap<dialog::Key, Owner>,
    acks: BTreeMap<AckKey, (Way, Vec<u8>)>,
    subscriptions: BTreeMap<SubscriptionId, Subscription>,
    waiting: BTreeMap<User, Waiting>,
    questions: BTreeMap<Question, Arrival>,
    timers: Timers<Due>,
    phones: Limits,
    strangers: Limits,
    all_strangers: Bucket,
    subscribing: Limits,
    resisting: Limits,
    told: BTreeMap<Why, Limits>,
    counts: Counts,
    outputs: VecDeque<Output>,
}

impl Engine {
    /// A server that knows nobody yet.
    #[must_use]
    pub fn new(setup: &Setup) -> Self {
        let mut rng = ChaCha20Rng::from_seed(setup.seed);
        let mut key = [0; 32];
        rng.fill_bytes(&mut key);
        Self {
            rng,
            serial: 0,
            transactions: Transactions::default(),
            guard: Guard::new(&setup.realm, key),
            stations: BTreeMap::new(),
            known: BTreeSet::new(),
            ears: BTreeMap::new(),
            registrar: Registrar::default(),
            flows: BTreeMap::new(),
            calls: BTreeMap::new(),
            legs: BTreeMap::new(),
            owners: BTreeMap::new(),
            acks: BTreeMap::new(),
            subscriptions: BTreeMap::new(),
            waiting: BTreeMap::new(),
            questions: BTreeMap::new(),
            timers: Timers::new(),
            phones: Limits::new(PHONE),
            strangers: Limits::new(STRANGER),
            all_strangers: Bucket::new(),
            subscribing: Limits::new(subscribe::RATE),
            resisting: Limits::new(subscribe::RESISTANCE),
            told: BTreeMap::new(),
            counts: Counts::default(),
            outputs: VecDeque::new(),
        }
    }

    /// What was not served, and how much there is of everything.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let (asked, served) = self.transactions.len();
        Counts {
            overflows: self.counts.overflows + self.transactions.overflows(),
            transactions: asked + served,
            calls: self.calls.len(),
            subscriptions: self.subscriptions.len(),
            flows: self.flows.len(),
            nonces: self.guard.kept(),
            sources: self.phones.sources() + self.strangers.sources(),
            buffered: self.flows.values().map(Connection::held).sum(),
            ..self.counts
        }
    }

    /// Where the users' phones are.
    #[must_use]
    pub fn registrar(&self) -> &Registrar {
        &self.registrar
    }

    /// Takes a datagram. Who floods us is not even read.
    fn datagram(&mut self, bytes: &[u8], source: SocketAddr, local: SocketAddr, now: Moment) {
        // Phones keep the way through a router open by empty lines or a zero.
        if bytes.iter().all(|byte| matches!(byte, b'\r' | b'\n' | 0)) {
            return;
        }
        if !self.admits(source.ip(), now) {
            return;
        }
        match parse(bytes) {
            Ok(message) => self.message(Way::udp(local, source), message, now),
            Err(_) => self.counts.garbage += 1,
        }
    }

    /// May this host say one more thing?
    fn admits(&mut self, source: IpAddr, now: Moment) -> bool {
        let is_admitted = if self.known.contains(&canonical(source)) {
            self.phones.take(source, now)
        } else {
            self.strangers.take(source, now) && self.all_strangers.take(STRANGERS, now)
        };
        self.counts.limited += u64::from(!is_admitted);
        is_admitted
    }

    /// Acts on all that the transactions have to say.
    fn pump(&mut self, now: Moment) {
        while let Some(event) = self.transactions.poll() {
            match event {
                Event::Send(way, bytes) => self.outputs.push_back(Output::Send { way, bytes }),
                Event::Request(key, way, request, seen) => {
                    self.asked(Arrival { key, way, request, seen }, now);
                }
                Event::Ack(request, seen) => self.acknowledged(&request, &seen, now),
                Event::Response { purpose, way, request, response } => {
                    self.answered(purpose, way, &request, &response, now);
                }
                Event::TimedOut(purpose) => self.unanswered(purpose, now),
                Event::Unacknowledged(key) => self.unacknowledged(&key, now),
            }
        }
    }

    /// Tells the administrator that somebody was refused, but not again and again.
    fn tell(&mut self, source: SocketAddr, user: String, why: Why, now: Moment) {
        self.counts.refused += 1;
        let told = self.told.entry(why).or_insert_with(|| Limits::new(TOLD));
        if told.take(source.ip(), now) {
            self.outputs.push_back(Output::Refused { source, user, why });
        }
    }

    fn due(&mut self, due: Due, now: Moment) {
        match due {
            Due::Flow(flow) => self.flow_due(flow, now),
            Due::Patience(call) => self.patience_over(call, now),
            Due::Probe(call) => self.probe(call, now),
            Due::Session(call) => self.silence_over(call, now),
            Due::Owed(call) => self.change_refused(call, 500, now),
            Due::Leg(leg) => self.leg_given_up(leg),
            Due::Subscription(id) => self.subscription_over(id, "timeout", now),
            Due::Ack(key) => drop(self.acks.remove(&key)),
            Due::Question(question) => self.question_over(question),
        }
    }
}

impl Machine for Engine {
    type Input = Input;
    type Output = Output;

    fn handle(&mut self, input: Input, now: Moment) {
        match input {
            Input::Datagram { bytes, source, local } => {
                self.datagram(&bytes, source, local, now);
            }
            Input::StreamOpened { flow, transport, source, local } => {
                self.opened(flow, transport, source, local, now);
            }
            Input::StreamBytes { flow, bytes } => self.stream(flow, &bytes, now),
            Input::StreamClosed(flow) => self.closed(flow, now),
            Input::Stations(stations) => self.stations(stations, now),
            Input::Order(order) => self.order(order, now),
        }
        self.pump(now);
    }

    fn expire(&mut self, now: Moment) {
        self.transactions.expire(now);
        self.pump(now);
        while let Some((user, binding)) = self.registrar.expired(now) {
            self.gone(user, binding, Gone::Expired);
        }
        while let Some(due) = self.timers.expired(now) {
            self.due(due, now);
            self.pump(now);
        }
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn deadline(&self) -> Option<Moment> {
        let all = [self.transactions.deadline(), self.registrar.deadline(), self.timers.next()];
        all.into_iter().flatten().min()
    }
}
