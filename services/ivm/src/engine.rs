//! The IVM server's engine (404 of Fig. 4) as a pure machine: objects and the store's answers in,
//! objects and writes out. Sockets, files and clocks are the shell's.
//!
//! ```text
//! accepted -> log-in -> open -> draining -> closed          one connection (`conn`, `login`)
//! looked up -> incoming -> complete | cut                   one message (`intake`, `incoming`)
//! waiting -> active -> unacknowledged -> taken              one delivery (`pump`, `delivery`)
//! ```
//!
//! Nothing is acknowledged before the store has said that it is on disk: whoever waits for that is
//! kept in `pending` under the ticket of the batch, see `tickets`.

mod admin;
mod attempts;
mod checkin;
mod conn;
mod delivery;
mod ending;
mod enrol;
mod incoming;
mod intake;
mod keeping;
mod login;
mod people;
mod portions;
mod presence;
mod proof;
mod pump;
mod receipts;
mod relay;
mod roster;
mod route;
mod stations;
mod tickets;

use std::collections::{BTreeMap, BTreeSet, VecDeque};

use machine::{Machine, Moment, Timers};
use message::people::Parameters;
use message::{ErrorCode, Guid, MessageId, Object, ObjectId, Refusal};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::limits::Limits;
use crate::record::{Answer, Fault, Instant, Number, Outcome, Query, Snapshot, Ticket, Write};

use attempts::Attempts;
use conn::Conn;
pub use conn::{Caller, ConnId, Duty};
use incoming::Incoming;
use intake::Looking;
use people::People;
use tickets::Then;

/// What the engine is told once, at its start.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Its bounds.
    pub limits: Limits,
    /// The office's choices.
    pub parameters: Parameters,
    /// Version of the program, for the status.
    pub version: String,
    /// SHA-256 of the server's certificate, for the status.
    pub fingerprint: Vec<u8>,
    /// The wall clock at [`Moment::START`], unix milliseconds.
    pub unix_start: u64,
    /// Fresh randomness.
    pub seed: [u8; 32],
}

/// What can happen to the engine.
#[derive(Debug)]
pub enum Input {
    /// A peer has connected.
    Accepted {
        /// The connection, never used before.
        conn: ConnId,
        /// What the socket knows of the peer.
        caller: Caller,
    },
    /// A local service that may not do everything.
    Duty {
        /// Its connection, just accepted.
        conn: ConnId,
        /// What it may do.
        duty: Duty,
    },
    /// An object came.
    Object {
        /// From which connection.
        conn: ConnId,
        /// The object.
        object: Object,
    },
    /// Bytes came that are no object; the connection cannot go on.
    Broken {
        /// Which connection.
        conn: ConnId,
        /// Why.
        refusal: Refusal,
    },
    /// Bytes were written to a connection's socket.
    Written {
        /// Which connection.
        conn: ConnId,
        /// How many, headers included.
        bytes: usize,
    },
    /// A connection is over.
    Closed {
        /// Which.
        conn: ConnId,
    },
    /// A batch was carried out, or not; in the order of the batches.
    Committed {
        /// Which batch.
        ticket: Ticket,
        /// What each of its writes came to.
        result: Result<Vec<Outcome>, Fault>,
    },
    /// A query was answered.
    Answered {
        /// Which query.
        ticket: Ticket,
        /// The answer.
        answer: Result<Answer, Fault>,
    },
    /// The wall clock, told now and then because it may be set.
    Wall {
        /// Unix milliseconds.
        unix_millis: u64,
    },
    /// How much of the disk is free.
    Space {
        /// Bytes.
        free: u64,
    },
    /// The office's choices have changed.
    Parameters(Parameters),
    /// Say that the server is going down, then close everything.
    Drain,
}

/// What the engine wants done.
#[derive(Debug)]
pub enum Output {
    /// Write an object to a connection.
    Send {
        /// Which connection.
        conn: ConnId,
        /// The object.
        object: Object,
    },
    /// The peer has logged in: it may send objects of full length from now on.
    Admitted {
        /// Which connection.
        conn: ConnId,
    },
    /// Close a connection once what was sent is written.
    Close {
        /// Which.
        conn: ConnId,
    },
    /// Carry out a batch, all or nothing.
    Commit {
        /// Its number.
        ticket: Ticket,
        /// The writes.
        writes: Vec<Write>,
    },
    /// Answer a query.
    Load {
        /// Its number.
        ticket: Ticket,
        /// The query.
        query: Query,
    },
    /// Everything is closed and on disk.
    Drained,
}

/// Deadlines of the engine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Timer {
    Login(ConnId),
    Keepalive(ConnId),
    Progress(MessageId),
    Presence,
    Sweep,
    Grace,
}

/// The engine.
pub struct Engine {
    limits: Limits,
    parameters: Parameters,
    version: String,
    fingerprint: Vec<u8>,
    server: Guid,
    secret: [u8; 32],
    unix_start: u64,
    /// The server's age at [`Moment::START`].
    age_start: u64,
    now: Moment,
    rng: ChaCha20Rng,
    conns: BTreeMap<ConnId, Conn>,
    people: People,
    looking: BTreeMap<MessageId, Looking>,
    incoming: BTreeMap<MessageId, Incoming>,
    next: Number,
    pending: BTreeMap<Ticket, Then>,
    tickets: u64,
    timers: Timers<Timer>,
    outputs: VecDeque<Output>,
    dirty: BTreeSet<ConnId>,
    attempts: Attempts,
    changed: BTreeSet<Guid>,
    accepted: u64,
    delivered: u64,
    disk_full: bool,
    draining: bool,
}

impl Engine {
    /// An engine over what the store has kept.
    #[must_use]
    pub fn new(setup: Setup, snapshot: Snapshot) -> Self {
        let mut timers = Timers::new();
        timers.set(Timer::Sweep, Moment::START + setup.limits.sweep);
        Self {
            limits: setup.limits,
            parameters: setup.parameters.clamped(),
            version: setup.version,
            fingerprint: setup.fingerprint,
            server: snapshot.server,
            secret: snapshot.secret,
            unix_start: setup.unix_start,
            age_start: snapshot.age,
            now: Moment::START,
            rng: ChaCha20Rng::from_seed(setup.seed),
            conns: BTreeMap::new(),
            people: People::new(snapshot.accounts, &snapshot.unfinished),
            looking: BTreeMap::new(),
            incoming: BTreeMap::new(),
            next: snapshot.next,
            pending: BTreeMap::new(),
            tickets: 0,
            timers,
            outputs: VecDeque::new(),
            dirty: BTreeSet::new(),
            attempts: Attempts::default(),
            changed: BTreeSet::new(),
            accepted: 0,
            delivered: 0,
            disk_full: false,
            draining: false,
        }
    }

    /// The wall clock now, unix milliseconds: shown to people and kept, never used for order.
    fn unix_now(&self) -> u64 {
        self.unix_start.saturating_add(self.now.millis())
    }

    /// Now, by the wall clock and by the server's own age.
    fn instant(&self) -> Instant {
        let age = self.age_start.saturating_add(self.now.millis());
        Instant { unix: self.unix_now(), age }
    }

    /// Queues an object for a connection; one that reads too slowly is closed.
    fn send(&mut self, conn: ConnId, object: Object) {
        let Some(peer) = self.conns.get_mut(&conn) else { return };
        if peer.connection.send(object).is_ok() {
            self.dirty.insert(conn);
        } else {
            self.drop_conn(conn, ErrorCode::TooSlow, "this connection reads too slowly");
        }
    }

    /// A fresh id for an object to this connection.
    fn fresh_id(&mut self, conn: ConnId) -> ObjectId {
        let now = self.now;
        self.conns.get_mut(&conn).map_or(ObjectId::BLANK, |peer| peer.ids.fresh(now))
    }

    /// Moves what waits for touched connections towards their sockets, as far as they keep up.
    fn flush(&mut self) {
        while let Some(conn) = self.dirty.pop_first() {
            self.pump(conn);
            let window = self.limits.window;
            let Some(peer) = self.conns.get_mut(&conn) else { continue };
            while peer.in_flight < window {
                let Some(object) = peer.connection.take() else { break };
                peer.in_flight += object.wire_len();
                self.outputs.push_back(Output::Send { conn, object });
            }
        }
    }

    fn wall(&mut self, unix_millis: u64) {
        self.unix_start = unix_millis.saturating_sub(self.now.millis());
    }
}

impl Machine for Engine {
    type Input = Input;
    type Output = Output;

    fn handle(&mut self, input: Input, now: Moment) {
        self.now = self.now.max(now);
        match input {
            Input::Accepted { conn, caller } => self.accept(conn, caller),
            Input::Duty { conn, duty } => self.set_duty(conn, duty),
            Input::Object { conn, object } => self.object(conn, &object),
            Input::Broken { conn, refusal } => self.drop_with(conn, &refusal),
            Input::Written { conn, bytes } => self.written(conn, bytes),
            Input::Closed { conn } => self.forget_conn(conn),
            Input::Committed { ticket, result } => self.committed(ticket, result),
            Input::Answered { ticket, answer } => self.answered(ticket, answer),
            Input::Wall { unix_millis } => self.wall(unix_millis),
            Input::Space { free } => self.space(free),
            Input::Parameters(parameters) => self.set_parameters(parameters),
            Input::Drain => self.drain(),
        }
        self.flush();
    }

    fn expire(&mut self, now: Moment) {
        self.now = self.now.max(now);
        while let Some(timer) = self.timers.expired(self.now) {
            match timer {
                Timer::Login(conn) => self.login_timed_out(conn),
                Timer::Keepalive(conn) => self.keepalive(conn),
                Timer::Progress(message) => self.progress(message),
                Timer::Presence => self.publish_presence(),
                Timer::Sweep => self.sweep(),
                Timer::Grace => self.close_all(),
            }
        }
        self.flush();
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn deadline(&self) -> Option<Moment> {
        self.timers.next()
    }
}
