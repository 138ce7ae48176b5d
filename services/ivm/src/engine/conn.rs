//! One connection as the engine sees it: the connection object, what the socket knows of the
//! peer, its topics, and its coming and going.

use std::collections::BTreeSet;

use machine::{Moment, Span};
use message::people::Topic;
use message::{
    Action, Connection, ErrorCode, Guid, Keepalive, Limits as QueueLimits, MessageId, Object,
    ObjectId, ObjectIds, Queue, Refusal, Rights, State,
};

use super::login::Stage;
use super::pump::Pump;
use super::{Engine, Output, Timer};

/// The number of a connection, never used twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ConnId(pub u64);

/// What a local service may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Duty {
    /// Everything.
    All,
    /// Ask how the server is and who there is.
    Look,
    /// Make and remove telephones' accounts, and be their client.
    Stations,
}

/// What the socket knows of a peer; nothing of it was said by the peer.
#[derive(Clone, Debug)]
pub struct Caller {
    /// Where it calls from; blank on a Unix socket.
    pub address: String,
    /// The TLS exporter; none on a Unix socket.
    pub exporter: Option<[u8; 32]>,
    /// What it may do.
    pub rights: Rights,
}

/// What a proof on this connection must be bound to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Binding {
    /// Nothing: the machine's own socket.
    None,
    /// The TLS exporter.
    Exporter([u8; 32]),
    /// The hash of the page's origin.
    Origin([u8; 32]),
}

/// One connection.
pub(super) struct Conn {
    pub(super) connection: Connection,
    pub(super) ids: ObjectIds,
    pub(super) binding: Binding,
    pub(super) address: String,
    pub(super) stage: Stage,
    pub(super) topics: BTreeSet<Topic>,
    pub(super) pump: Pump,
    /// Bytes handed to the shell and not yet known to be written.
    pub(super) in_flight: usize,
    /// The ping that waits for its answer.
    pub(super) ping: Option<ObjectId>,
    /// The GUID of a local service that has said who it is.
    pub(super) service: Option<Guid>,
    /// What it may do as a local service.
    pub(super) duty: Duty,
    /// Messages that the store is asked about because portions of them came unannounced.
    pub(super) asking: BTreeSet<MessageId>,
}

impl Conn {
    /// Is it a logged-in client that takes messages?
    pub(super) fn takes_messages(&self) -> bool {
        self.connection.state() == State::Open && self.topics.contains(&Topic::Messages)
    }

    /// Is it a local service?
    pub(super) fn is_privileged(&self) -> bool {
        self.connection.rights() == Rights::Service
    }

    /// Bytes that wait for its socket, here and in the shell.
    pub(super) fn backlog(&self) -> usize {
        self.connection.waiting() + self.in_flight
    }
}

impl Engine {
    /// A peer has connected: it is let in, or told that there are too many.
    pub(super) fn accept(&mut self, conn: ConnId, caller: Caller) {
        let base = ObjectId::new(self.unix_start, &mut self.rng);
        let patience = Span::from_millis(u64::from(self.parameters.ping_ms));
        let queue = Queue::new(QueueLimits::default());
        let stranger = caller.rights == Rights::Client;
        let crowded = self.is_crowded(&caller.address, stranger);
        let peer = Conn {
            connection: Connection::new(caller.rights, queue, patience, self.now),
            ids: ObjectIds::new(base),
            binding: caller.exporter.map_or(Binding::None, Binding::Exporter),
            address: caller.address,
            stage: Stage::Greeting,
            topics: BTreeSet::new(),
            pump: Pump::default(),
            in_flight: 0,
            ping: None,
            service: None,
            duty: Duty::All,
            asking: BTreeSet::new(),
        };
        self.conns.insert(conn, peer);
        if self.draining {
            self.drop_conn(conn, ErrorCode::GoingDown, "the server is going down");
        } else if crowded {
            self.drop_conn(conn, ErrorCode::TooMany, "too many connections");
        } else if stranger {
            self.timers.set(Timer::Login(conn), self.now + self.limits.login);
        }
    }

    /// This local service may do so much.
    pub(super) fn set_duty(&mut self, conn: ConnId, duty: Duty) {
        if let Some(peer) = self.conns.get_mut(&conn) {
            peer.duty = duty;
        }
    }

    /// Are there too many connections already, for a further one from this address?
    pub(super) fn is_crowded(&self, address: &str, stranger: bool) -> bool {
        let count = |wanted: &dyn Fn(&Conn) -> bool| {
            self.conns.values().filter(|peer| wanted(peer)).count()
        };
        let unknown = |peer: &Conn| peer.connection.state() < State::Open;
        let strangers = || count(&unknown);
        let from_there =
            || count(&|peer| !address.is_empty() && peer.address == address && unknown(peer));
        self.conns.len() >= self.limits.connections
            || stranger && strangers() >= self.limits.strangers
            || from_there() >= self.limits.per_address
    }

    /// Something was written to the socket: more may follow.
    pub(super) fn written(&mut self, conn: ConnId, bytes: usize) {
        if let Some(peer) = self.conns.get_mut(&conn) {
            peer.in_flight = peer.in_flight.saturating_sub(bytes);
            self.dirty.insert(conn);
        }
    }

    /// Closes a connection and says why.
    pub(super) fn drop_conn(&mut self, conn: ConnId, code: ErrorCode, text: &str) {
        self.drop_with(conn, &Refusal::new(code, text));
    }

    /// Closes a connection and says why.
    pub(super) fn drop_with(&mut self, conn: ConnId, refusal: &Refusal) {
        if self.conns.contains_key(&conn) {
            let object = Object::dropped(self.fresh_id(conn), refusal);
            self.outputs.push_back(Output::Send { conn, object });
            self.close_conn(conn);
        }
    }

    /// Closes a connection once what waits for it is written.
    pub(super) fn close_conn(&mut self, conn: ConnId) {
        if self.conns.contains_key(&conn) {
            self.outputs.push_back(Output::Close { conn });
            self.forget_conn(conn);
        }
    }

    /// A connection is over; what hangs on it is taken apart.
    pub(super) fn forget_conn(&mut self, conn: ConnId) {
        let Some(peer) = self.conns.remove(&conn) else { return };
        self.timers.cancel(&Timer::Login(conn));
        self.timers.cancel(&Timer::Keepalive(conn));
        for message in peer.pump.active.keys() {
            self.unfollow(conn, *message);
        }
        self.sender_gone(conn);
        self.person_left(conn, peer.connection.peer());
    }

    /// Is the peer awake? It is asked, or given up.
    pub(super) fn keepalive(&mut self, conn: ConnId) {
        let Some(peer) = self.conns.get_mut(&conn) else { return };
        match peer.connection.keepalive(self.now) {
            Keepalive::Fine => {}
            Keepalive::Ping => {
                let id = peer.ids.fresh(self.now);
                peer.ping = Some(id);
                self.send(conn, Object::bare(Action::Ping, id));
            }
            Keepalive::Dead => {
                self.drop_conn(conn, ErrorCode::Silent, "this connection was silent for too long");
                return;
            }
        }
        self.watch(conn);
    }

    /// Sets the deadline of a connection's silence. It is not moved by every object: when it
    /// comes, the connection knows how long the silence really was.
    pub(super) fn watch(&mut self, conn: ConnId) {
        if let Some(peer) = self.conns.get(&conn) {
            let at: Moment = peer.connection.keepalive_at();
            self.timers.set(Timer::Keepalive(conn), at.max(self.now + Span::from_millis(1)));
        }
    }
}
