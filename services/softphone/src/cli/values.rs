//! Words that stand for a value.

use clap::ValueEnum;
use message::Priority;
use message::people::Status;

/// How urgent a message is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Urgency {
    /// Before all others.
    High,
    /// As most.
    Normal,
    /// After all others.
    Low,
}

impl Urgency {
    /// As the wire has it.
    #[must_use]
    pub fn priority(self) -> Priority {
        match self {
            Self::High => Priority::High,
            Self::Normal => Priority::Normal,
            Self::Low => Priority::Low,
        }
    }
}

/// What to wait for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, ValueEnum)]
pub enum Wait {
    /// On the server's disk.
    Stored,
    /// On a device of every recipient.
    Delivered,
    /// Heard by every recipient.
    Played,
}

/// A status that a person can choose.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Presence {
    /// There.
    Online,
    /// Away.
    Away,
    /// Do not disturb.
    Dnd,
}

impl Presence {
    /// As the wire has it.
    #[must_use]
    pub fn status(self) -> Status {
        match self {
            Self::Online => Status::Online,
            Self::Away => Status::Away,
            Self::Dnd => Status::Dnd,
        }
    }
}
