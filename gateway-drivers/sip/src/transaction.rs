//! Requests and their answers (RFC 3261, section 17; RFC 6026): what was lost is sent again, what
//! comes again is answered from memory.
//!
//! ```text
//! we ask:  INVITE   calling -1xx-> proceeding -2xx-> accepted, 32 s
//!                      \-------------\--------3xx..6xx-> completed (ACK), 32 s
//!          other    calling -1xx-> proceeding -final-> completed, 5 s
//! asked:   INVITE   proceeding -2xx-> accepted until ACK, 32 s
//!                      \--3xx..6xx-> completed -ACK-> confirmed, 5 s
//!          other    proceeding -final-> completed, 32 s
//! ```
//!
//! A 2xx is repeated here until its ACK is reported, too, though RFC 3261 leaves that to the core
//! (section 13.3.1.4): so there is one place for everything that is sent again.

mod client;
mod key;
mod server;
#[cfg(test)]
mod tests;

use std::collections::{BTreeMap, VecDeque};

use machine::{Moment, Span, Timers};

use crate::message::{Essentials, Message};
use crate::way::{Flow, Way};

use client::Client;
pub(crate) use key::COOKIE;
pub use key::{ClientKey, ServerKey};
use server::Server;

/// A guess at the time of a round trip; the first pause before something is sent again.
pub const T1: Span = Span::from_millis(500);
/// The longest pause before something is sent again.
pub const T2: Span = Span::from_secs(4);
/// How long a message may wander in the network.
pub const T4: Span = Span::from_secs(5);
/// 64 T1: how long an answer is waited for, and how long the other end may ask again.
pub const GIVE_UP: Span = Span::from_secs(32);
/// Nothing lives longer: a phone rings three minutes, and the core gives up before.
const LIFE: Span = Span::from_secs(600);
/// Transactions on each side at most; an office with a thousand phones that all register within
/// the same half minute needs two thousand.
pub const MOST: usize = 4_096;
/// Bytes of remembered answers at most.
const REMEMBERED_MOST: usize = 8 * 1024 * 1024;

/// What happened that others should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event<P> {
    /// To be sent.
    Send(Way, Vec<u8>),
    /// A request that was not seen before; it wants an answer.
    Request(ServerKey, Way, Message, Essentials),
    /// An `ACK` that ends no transaction: it belongs to a 2xx.
    Ack(Message, Essentials),
    /// An answer to what we asked: provisional, final, or one more 2xx to an `INVITE`.
    Response {
        /// Why we asked.
        purpose: P,
        /// The way.
        way: Way,
        /// What we asked.
        request: Message,
        /// The answer.
        response: Message,
    },
    /// There was no answer.
    TimedOut(P),
    /// Our 2xx was never acknowledged.
    Unacknowledged(ServerKey),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Clock {
    Repeat,
    End,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    Client(ClientKey, Clock),
    Server(ServerKey, Clock),
}

/// All transactions. `P` is why something was asked, and comes back with its answer.
#[derive(Debug)]
pub struct Transactions<P> {
    clients: BTreeMap<ClientKey, Client<P>>,
    servers: BTreeMap<ServerKey, Server>,
    timers: Timers<Due>,
    events: VecDeque<Event<P>>,
    /// Bytes of all remembered answers.
    remembered: usize,
    overflows: u64,
}

impl<P> Default for Transactions<P> {
    fn default() -> Self {
        Self {
            clients: BTreeMap::new(),
            servers: BTreeMap::new(),
            timers: Timers::new(),
            events: VecDeque::new(),
            remembered: 0,
            overflows: 0,
        }
    }
}

impl<P: Clone> Transactions<P> {
    /// What happened next; to be called until it is `None`.
    pub fn poll(&mut self) -> Option<Event<P>> {
        self.events.pop_front()
    }

    /// When [`Transactions::expire`] is due.
    #[must_use]
    pub fn deadline(&self) -> Option<Moment> {
        self.timers.next()
    }

    /// Transactions that there are: what we asked, and what we are asked.
    #[must_use]
    pub fn len(&self) -> (usize, usize) {
        (self.clients.len(), self.servers.len())
    }

    /// Is there none?
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.clients.is_empty() && self.servers.is_empty()
    }

    /// How often there was no room for one more.
    #[must_use]
    pub fn overflows(&self) -> u64 {
        self.overflows
    }

    /// Takes a message that came.
    pub fn receive(&mut self, way: Way, message: Message, essentials: Essentials, now: Moment) {
        match message.code() {
            Some(code) => self.response(&way, message, &essentials, code, now),
            None => self.request(way, message, essentials, now),
        }
    }

    /// Acts on all that is due.
    pub fn expire(&mut self, now: Moment) {
        while let Some(due) = self.timers.expired(now) {
            match due {
                Due::Client(key, Clock::Repeat) => self.repeat_request(key, now),
                Due::Client(key, Clock::End) => self.end_client(&key),
                Due::Server(key, Clock::Repeat) => self.repeat_response(key, now),
                Due::Server(key, Clock::End) => self.end_server(&key),
            }
        }
    }

    /// A stream is no more: nothing that was asked on it will be answered.
    pub fn lost(&mut self, flow: Flow) {
        let of_flow = |way: &Way| way.flow == Some(flow);
        let clients = self.clients.iter().filter(|(_, client)| of_flow(&client.way));
        let clients: Vec<ClientKey> = clients.map(|(key, _)| key.clone()).collect();
        for key in clients {
            self.end_client(&key);
        }
        let servers = self.servers.iter().filter(|(_, server)| of_flow(&server.way));
        let servers: Vec<ServerKey> = servers.map(|(key, _)| key.clone()).collect();
        for key in servers {
            self.end_server(&key);
        }
    }
}
