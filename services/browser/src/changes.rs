//! Which messages differ from those that were shown last, so that a long list costs nothing
//! while one message grows.

use std::collections::BTreeMap;

use client_engine::MessageView;
use message::MessageId;
use serde::Serialize;

use crate::view::{MessageWords, json, message};

/// The messages as they were shown last.
#[derive(Default)]
pub(crate) struct Shown {
    messages: BTreeMap<MessageId, MessageView>,
}

#[derive(Serialize)]
struct ChangesWords<'a> {
    order: Vec<String>,
    changed: Vec<MessageWords<'a>>,
}

impl Shown {
    /// The order of all messages, and those that are new or look different now, as JSON.
    pub(crate) fn update(&mut self, views: Vec<MessageView>) -> String {
        let changed = views.iter().filter(|view| self.messages.get(&view.id) != Some(view));
        let words = json(&ChangesWords {
            order: views.iter().map(|view| view.id.to_string()).collect(),
            changed: changed.map(message).collect(),
        });
        self.messages = views.into_iter().map(|view| (view.id, view)).collect();
        words
    }
}

#[cfg(test)]
mod tests {
    use client_engine::{Direction, MessageState, MessageView};
    use message::speech::Mode;
    use message::{Guid, MessageId, Priority};

    use super::Shown;

    fn view(number: u8, duration_ms: u64) -> MessageView {
        MessageView {
            id: MessageId::from_bytes([number; 16]),
            direction: Direction::Received,
            state: MessageState::Arriving,
            sender: Guid::BLANK,
            sender_display: "Anna".into(),
            recipients: Vec::new(),
            mode: Mode::Live,
            priority: Priority::Normal,
            created: 5,
            duration_ms,
            waveform: Vec::new(),
            attachments: Vec::new(),
            deliveries: Vec::new(),
            reply_to: None,
            sealed: true,
        }
    }

    // rows 10, 28
    #[test]
    fn only_what_changed_is_told_again() {
        let mut shown = Shown::default();
        let first = shown.update(vec![view(2, 60), view(1, 900)]);
        assert_eq!(first.matches("sender_display").count(), 2);
        let second = shown.update(vec![view(2, 120), view(1, 900)]);
        assert_eq!(second.matches("sender_display").count(), 1);
        assert!(second.contains(r#""duration_ms":120"#), "{second}");
        let third = shown.update(vec![view(1, 900)]);
        assert_eq!(third, r#"{"order":["01010101-0101-0101-0101-010101010101"],"changed":[]}"#);
    }
}
