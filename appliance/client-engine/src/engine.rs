//! The engine itself: takes each input to the part that it concerns.

use machine::{Machine, Moment};
use message::people::Parameters;
use message::{Guid, MessageId};

use crate::{DraftView, Input, Link, MessageView, Output, PersonView};

/// What an engine has to know before it starts.
#[derive(Clone, Debug)]
pub struct Setup {
    /// Name and version of the client program, as the server shall see it.
    pub software: String,
    /// The wall clock at `now`, unix milliseconds.
    pub unix_millis: u64,
    /// The monotonic time.
    pub now: Moment,
    /// Randomness for keys and ids, drawn freshly at every start.
    pub seed: [u8; 32],
}

/// The client's platform: one person's messages, people, draft and link.
pub struct Engine {
    outputs: std::collections::VecDeque<Output>,
    parameters: Parameters,
    link: Link,
}

impl Engine {
    /// An engine that begins by reading its storage.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let Setup { software: _, unix_millis: _, now: _, seed: _ } = setup;
        Self {
            outputs: std::collections::VecDeque::new(),
            parameters: Parameters::default(),
            link: Link::LoggedOut,
        }
    }

    /// How the client stands with its server.
    #[must_use]
    pub fn link(&self) -> Link {
        self.link.clone()
    }

    /// The person who is logged in.
    #[must_use]
    pub fn me(&self) -> Option<PersonView> {
        None
    }

    /// Everybody else: contacts first, then by the name that people read.
    #[must_use]
    pub fn people(&self) -> Vec<PersonView> {
        Vec::new()
    }

    /// Every message, the newest first.
    #[must_use]
    pub fn messages(&self) -> Vec<MessageView> {
        Vec::new()
    }

    /// One message.
    #[must_use]
    pub fn message(&self, message: MessageId) -> Option<MessageView> {
        self.messages().into_iter().find(|view| view.id == message)
    }

    /// The message that is being made.
    #[must_use]
    pub fn draft(&self) -> Option<DraftView> {
        None
    }

    /// What is playing, and where it is in milliseconds.
    #[must_use]
    pub fn playing(&self) -> Option<(MessageId, u64)> {
        None
    }

    /// The number that two people compare to know that they hold each other's true keys.
    #[must_use]
    pub fn safety_number(&self, _person: Guid) -> Option<String> {
        None
    }

    /// The office's parameters as last heard.
    #[must_use]
    pub fn parameters(&self) -> Parameters {
        self.parameters
    }
}

impl Machine for Engine {
    type Input = Input;
    type Output = Output;

    fn handle(&mut self, _input: Input, _now: Moment) {}

    fn expire(&mut self, _now: Moment) {}

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn deadline(&self) -> Option<Moment> {
        None
    }
}
