//! Where each record stands in the storage.
//!
//! ```text
//! record/account                          AccountRecord
//! record/draft, record/draft-progress     DraftRecord, DraftProgress
//! record/message/ID                       MessageRecord
//! record/partial/ID                       PartialRecord, while a message arrives
//! record/person/GUID                      PersonRecord
//! record/send/ID                          the body of `send`, until the server has the message
//! portion/ID/STREAM (2)/SEQUENCE (4)      last flag (1 byte), sealed bytes
//! ```
//!
//! All that starts with `record/` is small and read at the start; portions are read in pages.

use message::{Guid, MessageId};

/// How the key of every small record starts.
pub(crate) const RECORDS: &[u8] = b"record/";
/// How the key of every portion starts.
pub(crate) const PORTIONS: &[u8] = b"portion/";
/// The account.
pub(crate) const ACCOUNT: &[u8] = b"record/account";
/// The draft's head.
pub(crate) const DRAFT: &[u8] = b"record/draft";
/// How far the draft's speech is. Starts like [`DRAFT`], so that both are deleted together.
pub(crate) const DRAFT_PROGRESS: &[u8] = b"record/draft-progress";
/// How the key of every message starts.
pub(crate) const MESSAGE: &[u8] = b"record/message/";
const PARTIAL: &[u8] = b"record/partial/";
const PERSON: &[u8] = b"record/person/";
const SEND: &[u8] = b"record/send/";

/// What a key of a small record says about its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordKey {
    /// The account.
    Account,
    /// The draft's head.
    Draft,
    /// How far the draft's speech is.
    DraftProgress,
    /// A message.
    Message(MessageId),
    /// A message that arrives.
    Partial(MessageId),
    /// A person.
    Person(Guid),
    /// The body of `send`.
    Send(MessageId),
}

impl RecordKey {
    /// Reads a key; none for what an earlier or later version keeps.
    pub(crate) fn parse(key: &[u8]) -> Option<Self> {
        match key {
            ACCOUNT => Some(Self::Account),
            DRAFT => Some(Self::Draft),
            DRAFT_PROGRESS => Some(Self::DraftProgress),
            _ => Self::parse_numbered(key),
        }
    }

    fn parse_numbered(key: &[u8]) -> Option<Self> {
        let id = |prefix| <[u8; 16]>::try_from(key.strip_prefix::<[u8]>(prefix)?).ok();
        None.or_else(|| id(MESSAGE).map(|id| Self::Message(MessageId::from_bytes(id))))
            .or_else(|| id(PARTIAL).map(|id| Self::Partial(MessageId::from_bytes(id))))
            .or_else(|| id(PERSON).map(|id| Self::Person(Guid::from_bytes(id))))
            .or_else(|| id(SEND).map(|id| Self::Send(MessageId::from_bytes(id))))
    }

    /// The key in the storage.
    pub(crate) fn bytes(self) -> Vec<u8> {
        match self {
            Self::Account => ACCOUNT.to_vec(),
            Self::Draft => DRAFT.to_vec(),
            Self::DraftProgress => DRAFT_PROGRESS.to_vec(),
            Self::Message(id) => [MESSAGE, id.bytes()].concat(),
            Self::Partial(id) => [PARTIAL, id.bytes()].concat(),
            Self::Person(guid) => [PERSON, guid.bytes()].concat(),
            Self::Send(id) => [SEND, id.bytes()].concat(),
        }
    }
}

/// How the keys of all portions of a message start.
pub(crate) fn message_portions(message: MessageId) -> Vec<u8> {
    [PORTIONS, message.bytes(), b"/"].concat()
}

/// How the keys of all portions of a stream start.
pub(crate) fn stream_portions(message: MessageId, stream: u16) -> Vec<u8> {
    [PORTIONS, message.bytes(), b"/", &stream.to_be_bytes(), b"/"].concat()
}

/// The key of a portion.
pub(crate) fn portion(message: MessageId, stream: u16, sequence: u32) -> Vec<u8> {
    [&stream_portions(message, stream)[..], &sequence.to_be_bytes()].concat()
}

/// The key behind which portion `sequence` comes first; none for the beginning.
pub(crate) fn before_portion(message: MessageId, stream: u16, sequence: u32) -> Option<Vec<u8>> {
    Some(portion(message, stream, sequence.checked_sub(1)?))
}

/// The sequence at the end of a portion's key.
pub(crate) fn sequence_of(key: &[u8]) -> Option<u32> {
    key.last_chunk::<4>().map(|bytes| u32::from_be_bytes(*bytes))
}

/// The stream in a portion's key.
pub(crate) fn stream_of(key: &[u8]) -> u16 {
    let at = PORTIONS.len() + 17;
    key.get(at..at + 2).map_or(u16::MAX, |bytes| u16::from_be_bytes([bytes[0], bytes[1]]))
}

#[cfg(test)]
mod tests {
    use message::{Guid, MessageId};

    use super::{RecordKey, before_portion, portion, sequence_of, stream_of};

    #[test]
    fn a_key_says_what_it_holds() {
        let id = MessageId::from_bytes([b'/'; 16]);
        for key in [
            RecordKey::Account,
            RecordKey::Draft,
            RecordKey::DraftProgress,
            RecordKey::Message(id),
            RecordKey::Partial(id),
            RecordKey::Person(Guid::from_bytes([0; 16])),
            RecordKey::Send(id),
        ] {
            assert_eq!(RecordKey::parse(&key.bytes()), Some(key));
        }
        assert_eq!(RecordKey::parse(b"record/message/short"), None);
    }

    #[test]
    fn portions_stand_in_the_order_of_their_numbers() {
        let id = MessageId::from_bytes([1; 16]);
        assert!(portion(id, 0, 255) < portion(id, 0, 256));
        assert!(portion(id, 0, u32::MAX) < portion(id, 1, 0));
        assert_eq!(sequence_of(&portion(id, 3, 77)), Some(77));
        assert_eq!(stream_of(&portion(id, 3, 77)), 3);
        assert_eq!(before_portion(id, 0, 0), None);
        assert_eq!(before_portion(id, 0, 5), Some(portion(id, 0, 4)));
    }
}
