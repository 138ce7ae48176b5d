//! What a telephone says: recorded words, digits, tones.

use media::tone::Tone;

/// Recorded words. Each is a file of that name in every language.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Clip {
    /// Before a message is spoken.
    Speak,
    /// What can be done with a message that was spoken.
    Review,
    /// A message of an earlier call waits to be sent.
    Unsent,
    /// It was sent.
    Sent,
    /// It was deleted.
    Deleted,
    /// It cannot be sent.
    NotSent,
    /// Nothing works at the moment.
    Trouble,
    /// There are no messages at all.
    NoMessages,
    /// There are no new ones; the old ones follow.
    NoNew,
    /// One new message.
    OneNew,
    /// So many ..
    YouHave,
    /// .. new messages.
    NewMessages,
    /// Whose message it is; a number follows.
    From,
    /// What can be done with a message that was heard.
    Heard,
    /// There are no more.
    NoMore,
    /// A digit.
    Digit(u8),
}

impl Clip {
    /// Every clip.
    pub const ALL: [Self; 25] = [
        Self::Speak,
        Self::Review,
        Self::Unsent,
        Self::Sent,
        Self::Deleted,
        Self::NotSent,
        Self::Trouble,
        Self::NoMessages,
        Self::NoNew,
        Self::OneNew,
        Self::YouHave,
        Self::NewMessages,
        Self::From,
        Self::Heard,
        Self::NoMore,
        Self::Digit(0),
        Self::Digit(1),
        Self::Digit(2),
        Self::Digit(3),
        Self::Digit(4),
        Self::Digit(5),
        Self::Digit(6),
        Self::Digit(7),
        Self::Digit(8),
        Self::Digit(9),
    ];

    /// The name of its file, without `.wav`.
    #[must_use]
    pub fn name(self) -> String {
        match self {
            Self::Speak => "speak".to_owned(),
            Self::Review => "review".to_owned(),
            Self::Unsent => "unsent".to_owned(),
            Self::Sent => "sent".to_owned(),
            Self::Deleted => "deleted".to_owned(),
            Self::NotSent => "not-sent".to_owned(),
            Self::Trouble => "trouble".to_owned(),
            Self::NoMessages => "no-messages".to_owned(),
            Self::NoNew => "no-new".to_owned(),
            Self::OneNew => "one-new".to_owned(),
            Self::YouHave => "you-have".to_owned(),
            Self::NewMessages => "new-messages".to_owned(),
            Self::From => "from".to_owned(),
            Self::Heard => "heard".to_owned(),
            Self::NoMore => "no-more".to_owned(),
            Self::Digit(digit) => digit.to_string(),
        }
    }
}

/// One thing that is said.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Phrase {
    /// Words.
    Clip(Clip),
    /// A tone.
    Tone(Tone),
}

/// A number, digit by digit.
pub(super) fn digits(number: u32) -> Vec<Phrase> {
    let all = number.to_string();
    all.bytes().map(|digit| Phrase::Clip(Clip::Digit(digit - b'0'))).collect()
}
