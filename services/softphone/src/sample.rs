//! People and messages for the tests of this crate.

use client_engine::{Direction, MessageState, MessageView, PersonView, Trust};
use message::people::Status;
use message::speech::Mode;
use message::{Guid, MessageId, Priority};

/// The GUID that these tests give to person `number`.
pub(crate) fn guid(number: u8) -> Guid {
    Guid::from_bytes([number; 16])
}

/// A person who is there.
pub(crate) fn a_person(number: u8, name: &str, display: &str) -> PersonView {
    PersonView {
        guid: guid(number),
        name: name.to_owned(),
        display: display.to_owned(),
        status: Status::Online,
        sealed: true,
        contact: true,
        trust: Trust::Pinned,
        owner: None,
        is_own_telephone: false,
    }
}

/// An unheard message of person 1.
pub(crate) fn a_message(number: u8) -> MessageView {
    MessageView {
        id: MessageId::from_bytes([number; 16]),
        direction: Direction::Received,
        state: MessageState::Unplayed,
        sender: guid(1),
        sender_display: "Anna Berg".to_owned(),
        recipients: vec![guid(2)],
        mode: Mode::Record,
        priority: Priority::Normal,
        created: 1_700_000_000_000,
        duration_ms: 12_300,
        waveform: (0..64).map(|column| column * 4).collect(),
        attachments: Vec::new(),
        deliveries: Vec::new(),
        reply_to: None,
        sealed: true,
    }
}
