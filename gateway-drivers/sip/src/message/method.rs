//! What a request wants.

use std::fmt;

/// The method of a request; the case of its letters counts (RFC 3261, section 7.1).
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Method {
    /// A session is wanted.
    Invite,
    /// The final answer to an `INVITE` has come.
    Ack,
    /// The session is over.
    Bye,
    /// The request is no longer wanted.
    Cancel,
    /// Here I am.
    Register,
    /// What can you do? Are you there?
    Options,
    /// Something within a session, such as a digit (RFC 6086).
    Info,
    /// The session changes before or after it is answered (RFC 3311).
    Update,
    /// Tell me when something changes (RFC 6665).
    Subscribe,
    /// It has changed.
    Notify,
    /// Call somebody else (RFC 3515).
    Refer,
    /// A text (RFC 3428).
    Message,
    /// A provisional answer has come (RFC 3262).
    Prack,
    /// State for others (RFC 3903).
    Publish,
    /// Another one.
    Other(String),
}

impl Method {
    const KNOWN: [(Self, &str); 14] = [
        (Self::Invite, "INVITE"),
        (Self::Ack, "ACK"),
        (Self::Bye, "BYE"),
        (Self::Cancel, "CANCEL"),
        (Self::Register, "REGISTER"),
        (Self::Options, "OPTIONS"),
        (Self::Info, "INFO"),
        (Self::Update, "UPDATE"),
        (Self::Subscribe, "SUBSCRIBE"),
        (Self::Notify, "NOTIFY"),
        (Self::Refer, "REFER"),
        (Self::Message, "MESSAGE"),
        (Self::Prack, "PRACK"),
        (Self::Publish, "PUBLISH"),
    ];

    /// The method that a token is; none if it is no token.
    #[must_use]
    pub fn parse(token: &str) -> Option<Self> {
        let known = Self::KNOWN.into_iter().find(|(_, word)| *word == token);
        let other = || super::value::is_token(token).then(|| Self::Other(token.to_owned()));
        known.map(|(method, _)| method).or_else(other)
    }

    /// As it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        match self {
            Self::Invite => "INVITE",
            Self::Ack => "ACK",
            Self::Bye => "BYE",
            Self::Cancel => "CANCEL",
            Self::Register => "REGISTER",
            Self::Options => "OPTIONS",
            Self::Info => "INFO",
            Self::Update => "UPDATE",
            Self::Subscribe => "SUBSCRIBE",
            Self::Notify => "NOTIFY",
            Self::Refer => "REFER",
            Self::Message => "MESSAGE",
            Self::Prack => "PRACK",
            Self::Publish => "PUBLISH",
            Self::Other(token) => token,
        }
    }
}

impl fmt::Display for Method {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
