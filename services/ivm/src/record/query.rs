//! Questions to the store, and their answers.

use bytes::Bytes;
use message::speech::{Envelope, Receipt};
use message::{Guid, MessageId, Priority};

use super::{MessageRecord, Number};

/// A question to the store; it never changes anything.
#[derive(Clone, Debug)]
pub enum Query {
    /// Is there such a message? [`Answer::Message`].
    Message {
        /// Which.
        id: MessageId,
    },
    /// What a device may know after being away. [`Answer::CheckIn`].
    CheckIn {
        /// Whose device.
        person: Guid,
        /// Messages that it is sending.
        sending: Vec<MessageId>,
        /// Messages that it has received in part.
        receiving: Vec<MessageId>,
        /// Messages whose receipts it waits for.
        watching: Vec<MessageId>,
    },
    /// Complete messages that the device has not taken, in the order of delivery.
    /// [`Answer::Waiting`].
    Waiting {
        /// Whose.
        person: Guid,
        /// For which device.
        device: Guid,
        /// Only those behind this place.
        after: Option<Place>,
        /// At most so many.
        limit: u32,
    },
    /// The next portions of one message for one person. [`Answer::Page`].
    Page {
        /// The message.
        number: Number,
        /// For whom.
        person: Guid,
        /// Is the envelope wanted too?
        envelope: bool,
        /// The first portion wanted of each stream; 0 for those that are not named.
        from: Vec<u32>,
        /// About so many bytes.
        budget: usize,
    },
    /// Messages whose time may be over. [`Answer::Aged`].
    Aged {
        /// Incomplete ones that arrived before this age of the server.
        incomplete_before: u64,
        /// Copies that all devices have, delivered before.
        delivered_before: u64,
        /// Copies that arrived before.
        arrived_before: u64,
        /// At most so many of each.
        limit: u32,
    },
    /// Counts. [`Answer::Totals`].
    Totals,
}

/// Where a message stands in the order of delivery: the urgent first, then as they arrived.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Place {
    /// 0 high, 1 normal, 2 low.
    pub rank: u8,
    /// In the order of arrival.
    pub number: Number,
}

impl Place {
    /// The place of a message of this priority.
    #[must_use]
    pub fn new(priority: Priority, number: Number) -> Self {
        let rank = match priority {
            Priority::High => 0,
            Priority::Normal | Priority::Unknown => 1,
            Priority::Low => 2,
        };
        Self { rank, number }
    }
}

/// The answer to a [`Query`].
#[derive(Clone, Debug)]
pub enum Answer {
    /// The message with this id.
    Message(Option<Box<MessageRecord>>),
    /// What a device may know after being away.
    CheckIn(Box<CheckedIn>),
    /// Complete messages that wait, in the order of delivery.
    Waiting(Vec<(Place, MessageId)>),
    /// A part of a message; `None` if the person has no such message any more.
    Page(Option<Box<Page>>),
    /// Messages whose time may be over.
    Aged(Aged),
    /// Counts.
    Totals(Totals),
}

/// The answer to [`Query::CheckIn`].
#[derive(Clone, Debug, Default)]
pub struct CheckedIn {
    /// The messages that this person sends, as far as they are kept.
    pub sending: Vec<MessageRecord>,
    /// What became of those it receives, in the order of the question.
    pub receiving: Vec<(MessageId, Receiving)>,
    /// The receipts so far.
    pub receipts: Vec<Receipt>,
}

/// What became of a message that a device has in part.
#[derive(Clone, Debug)]
pub enum Receiving {
    /// It is complete; it goes on.
    Complete {
        /// Where it stands.
        place: Place,
        /// Its streams.
        streams: u16,
    },
    /// Its sender has not finished it; it goes on when the sender does.
    Incomplete(Box<MessageRecord>),
    /// This person discarded it on another device.
    Discarded,
    /// It was cut, or is not kept any more.
    Gone,
}

/// A part of a message on its way to a device.
#[derive(Clone, Debug)]
pub struct Page {
    /// The envelope, if it was asked for.
    pub envelope: Option<Envelope>,
    /// Who sent it.
    pub sender: Guid,
    /// How urgent it is.
    pub priority: Priority,
    /// Portions in order: bodies of portion objects as they came.
    pub portions: Vec<StoredPortion>,
    /// Is the message complete, and nothing of it behind these portions?
    pub end: bool,
}

/// One portion out of the store.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredPortion {
    /// The stream.
    pub stream: u16,
    /// Its number in the stream.
    pub sequence: u32,
    /// Is it the last of its stream?
    pub last: bool,
    /// The body of the portion object.
    pub body: Bytes,
}

/// The answer to [`Query::Aged`].
#[derive(Clone, Debug, Default)]
pub struct Aged {
    /// Incomplete messages.
    pub incomplete: Vec<(Number, MessageId)>,
    /// Copies to be dropped.
    pub copies: Vec<(Number, Guid)>,
}

/// The answer to [`Query::Totals`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Totals {
    /// Messages of which something is kept.
    pub messages: u64,
    /// Their bytes.
    pub bytes: u64,
}
