//! A look at the engine: all that the screen shows, and in which order.

use client_engine::{Direction, DraftView, Engine, Link, MessageState, MessageView, PersonView};
use jiff::tz::TimeZone;
use message::{Guid, MessageId};

/// All that the screen shows of the engine.
#[derive(Clone, Debug)]
pub struct Views {
    /// How the client stands with its server.
    pub link: Link,
    /// The person.
    pub me: Option<PersonView>,
    /// Everybody else.
    pub people: Vec<PersonView>,
    /// Messages in the order of the list: the unheard first, then the newest.
    pub messages: Vec<MessageView>,
    /// The message that is being made.
    pub draft: Option<DraftView>,
    /// What is playing, and where it is in milliseconds.
    pub playing: Option<(MessageId, u64)>,
    /// The wall clock, unix milliseconds.
    pub today: u64,
    /// The person's time zone.
    pub zone: TimeZone,
}

/// Which messages are listed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Filter {
    /// All.
    #[default]
    All,
    /// Received.
    Received,
    /// Sent.
    Sent,
}

impl Filter {
    /// The next one.
    pub(super) fn next(self) -> Self {
        match self {
            Self::All => Self::Received,
            Self::Received => Self::Sent,
            Self::Sent => Self::All,
        }
    }

    /// What the pane is called.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::All => "Messages",
            Self::Received => "Inbox",
            Self::Sent => "Sent",
        }
    }

    fn shows(self, direction: Direction) -> bool {
        match self {
            Self::All => true,
            Self::Received => direction == Direction::Received,
            Self::Sent => direction == Direction::Sent,
        }
    }
}

impl Views {
    /// A look at the engine now.
    #[must_use]
    pub fn of(engine: &Engine, filter: Filter, today: u64, zone: &TimeZone) -> Self {
        let mut messages = engine.messages();
        messages.retain(|message| filter.shows(message.direction));
        // The sort is stable: within both halves the newest stays first.
        messages.sort_by_key(|message| !is_unheard(message));
        Self {
            link: engine.link(),
            me: engine.me(),
            people: engine.people(),
            messages,
            draft: engine.draft(),
            playing: engine.playing(),
            today,
            zone: zone.clone(),
        }
    }

    /// How many messages were not heard yet.
    #[must_use]
    pub fn unheard(&self) -> usize {
        self.messages.iter().filter(|message| is_unheard(message)).count()
    }

    /// The names of people, as people read them.
    #[must_use]
    pub fn names(&self, guids: &[Guid]) -> String {
        let name = |guid: &Guid| {
            let person = self.people.iter().find(|person| person.guid == *guid);
            person.map_or_else(|| "?".to_owned(), |person| crate::words::clean(&person.display))
        };
        guids.iter().map(name).collect::<Vec<_>>().join(", ")
    }
}

/// Is it new to the person?
pub(super) fn is_unheard(message: &MessageView) -> bool {
    match message.state {
        MessageState::Arriving | MessageState::Unplayed => true,
        MessageState::Played
        | MessageState::Unreadable
        | MessageState::Cut
        | MessageState::Sending
        | MessageState::Sent
        | MessageState::Failed => false,
    }
}
