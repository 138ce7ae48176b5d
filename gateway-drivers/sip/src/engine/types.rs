//! What goes in and what comes out.

use std::collections::BTreeMap;
use std::net::SocketAddr;

use machine::Span;

use crate::manner::Manner;
use crate::pnp::Phone;
use crate::station::{Station, User};
use crate::way::{Flow, Transport, Way};

/// What is fixed at the start.
#[derive(Clone, Debug)]
pub struct Setup {
    /// All chance comes from here: 32 random bytes, never the same twice.
    pub seed: [u8; 32],
    /// The realm of the telephones' secrets; hashed secrets are bound to it.
    pub realm: String,
}

/// A call. Who orders one chooses its number, below [`Call::THEIRS`]; phones' calls are above.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call(pub u64);

impl Call {
    /// Where the numbers of the phones' own calls begin.
    pub const THEIRS: u64 = 1 << 63;
}

/// A new phone's question for its files.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Question(pub u64);

/// A key of a telephone: one of `0-9 * # A-D`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Digit(char);

impl Digit {
    /// The key of a character.
    #[must_use]
    pub fn new(key: char) -> Option<Self> {
        let key = key.to_ascii_uppercase();
        matches!(key, '0'..='9' | '*' | '#' | 'A'..='D').then_some(Self(key))
    }

    /// Its character.
    #[must_use]
    pub const fn key(self) -> char {
        self.0
    }
}

/// What can happen.
#[derive(Clone, Debug)]
pub enum Input {
    /// A datagram came.
    Datagram {
        /// Its bytes.
        bytes: Vec<u8>,
        /// From where.
        source: SocketAddr,
        /// Our own address on that network: of a multicast, that of the interface.
        local: SocketAddr,
    },
    /// A phone opened a stream.
    StreamOpened {
        /// Its number, never used before.
        flow: Flow,
        /// What it is.
        transport: Transport,
        /// From where.
        source: SocketAddr,
        /// Our own address.
        local: SocketAddr,
    },
    /// A stream brought something.
    StreamBytes {
        /// Which.
        flow: Flow,
        /// What.
        bytes: Vec<u8>,
    },
    /// A stream is no more.
    StreamClosed(Flow),
    /// All telephones that may be here.
    Stations(BTreeMap<User, Station>),
    /// What is to be done.
    Order(Order),
}

/// Who calls, for the phone's display.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Caller {
    /// A name; may be empty.
    pub name: String,
    /// What the phone dials to call back; may be empty.
    pub number: String,
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Order {
    /// Call a user's phones.
    Ring {
        /// The new call.
        call: Call,
        /// Whose phones.
        user: User,
        /// Who calls.
        from: Caller,
        /// Our offer.
        sdp: Vec<u8>,
        /// How they ring.
        manner: Manner,
        /// For how long.
        patience: Span,
    },
    /// A phone's call rings at the other end.
    Ringing(Call),
    /// Answers a phone's call, or its change of one. An offer if the phone made none.
    Answer {
        /// Which.
        call: Call,
        /// Our side of the session.
        sdp: Vec<u8>,
    },
    /// Refuses a phone's call, or its change of one, with a code from 400 to 699.
    Refuse {
        /// Which.
        call: Call,
        /// The code.
        code: u16,
    },
    /// Ends a call in whatever state it is.
    HangUp(Call),
    /// So many messages wait for a user.
    Waiting {
        /// For whom.
        user: User,
        /// Not heard yet.
        new: u32,
        /// Heard.
        old: u32,
    },
    /// Makes a user's phones fetch their files again.
    Resync(User),
    /// Tells a new phone where its files are.
    Announce {
        /// Its question.
        question: Question,
        /// The address.
        url: String,
    },
}

/// Why a place of a user is no longer known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Gone {
    /// The phone said so.
    Unregistered,
    /// It was not refreshed.
    Expired,
    /// A newer one took its place.
    Replaced,
    /// Its stream broke.
    StreamClosed,
    /// The station was taken away, moved or got another secret.
    Withdrawn,
}

/// Why somebody was refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Why {
    /// There is no such station.
    Unknown,
    /// The station speaks from another address than its lease.
    Elsewhere,
    /// Its secret is wrong.
    WrongSecret,
    /// It was wrong too often.
    Throttled,
}

/// Why a call is over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// The phone hung up.
    HungUp,
    /// So it was ordered.
    Released,
    /// The calling phone gave up before there was an answer.
    Cancelled,
    /// It is busy.
    Busy,
    /// Somebody refused it.
    Declined,
    /// Nobody answered in time.
    NoAnswer,
    /// The user has no phone here now.
    NotRegistered,
    /// The phone cannot be reached.
    Unreachable,
    /// The phone sends the caller elsewhere.
    Forwarded,
    /// The two have no way to speak in common.
    Unacceptable,
    /// The phone vanished in the middle.
    Vanished,
    /// There is no room for one more call, or its number was in use.
    NoRoom,
    /// Another failure, with its code.
    Failed(u16),
}

/// What is to be done, and what is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Send it.
    Send {
        /// Which way: on its stream, or as a datagram between its two sockets.
        way: Way,
        /// The bytes.
        bytes: Vec<u8>,
    },
    /// Close a stream; it is forgotten already.
    CloseFlow(Flow),
    /// A user has a phone here that was not known, or is another one now.
    Registered {
        /// Who.
        user: User,
        /// Where.
        contact: String,
        /// What it calls itself.
        agent: String,
        /// How it is reached.
        way: Way,
    },
    /// A user's phone is no longer here.
    Unregistered {
        /// Who.
        user: User,
        /// Where it was.
        contact: String,
        /// Why.
        why: Gone,
        /// Has the user no other phone here now? One that has started anew was here twice.
        is_out: bool,
    },
    /// Somebody was refused: the administrator should know.
    Refused {
        /// From where.
        source: SocketAddr,
        /// Who it said it was.
        user: String,
        /// Why.
        why: Why,
    },
    /// A phone calls; an order is owed.
    Incoming {
        /// The new call.
        call: Call,
        /// Whose phone.
        user: User,
        /// What was dialled.
        to: String,
        /// Its offer; empty if we are to offer.
        sdp: Vec<u8>,
    },
    /// A phone that we call rings.
    Ringing(Call),
    /// Our offer was answered.
    Answered {
        /// In which call.
        call: Call,
        /// How.
        sdp: Vec<u8>,
    },
    /// A phone wants the session changed; an order is owed.
    Changed {
        /// In which call.
        call: Call,
        /// Its offer; empty if we are to offer.
        sdp: Vec<u8>,
    },
    /// A key was pressed.
    Digit {
        /// In which call.
        call: Call,
        /// Which.
        digit: Digit,
    },
    /// A call is over, and its number is free.
    Ended {
        /// Which.
        call: Call,
        /// Why.
        reason: Reason,
    },
    /// A user's phone shows what waits.
    Subscribed(User),
    /// It no longer does.
    Unsubscribed(User),
    /// A new phone wants its files; an order may be given.
    Asked {
        /// Its question.
        question: Question,
        /// Where it is.
        source: SocketAddr,
        /// What it says of itself.
        phone: Phone,
    },
    /// A phone was told to fetch its files.
    Resynced {
        /// Whose.
        user: User,
        /// Did it say that it will?
        is_taken: bool,
    },
}

/// What was not served since the start, and how much there is of everything now.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Messages that were none.
    pub garbage: u64,
    /// Messages beyond somebody's rate.
    pub limited: u64,
    /// Who was refused.
    pub refused: u64,
    /// How often a table was full.
    pub overflows: u64,
    /// Transactions.
    pub transactions: usize,
    /// Calls.
    pub calls: usize,
    /// Subscriptions.
    pub subscriptions: usize,
    /// Streams.
    pub flows: usize,
    /// Answered nonces.
    pub nonces: usize,
    /// Hosts whose rate is kept.
    pub sources: usize,
    /// Bytes of unfinished messages.
    pub buffered: usize,
}
