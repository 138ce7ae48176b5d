//! What a client shows, read from the engine.

use message::people::{Parameters, Status};
use message::{Guid, MessageId, Priority};

use crate::engine::Engine;
use crate::records::{FileRecord, MessageRecord};
use crate::{
    AttachmentView, Delivery, Direction, DraftView, Link, MessageState, MessageView, PersonView,
    Trust,
};

impl Engine {
    /// How the client stands with its server.
    #[must_use]
    pub fn link(&self) -> Link {
        self.link_now()
    }

    /// The person who is logged in.
    #[must_use]
    pub fn me(&self) -> Option<PersonView> {
        let account = self.account.as_ref()?;
        let status = if self.session.checked_in { account.status } else { Status::Offline };
        Some(PersonView {
            guid: account.guid,
            name: account.name.clone(),
            display: account.display.clone(),
            status,
            sealed: true,
            contact: false,
            trust: Trust::Verified,
            owner: None,
            is_own_telephone: false,
        })
    }

    /// Everybody else: contacts first, then by the name that people read.
    #[must_use]
    pub fn people(&self) -> Vec<PersonView> {
        let own = self.own_guid();
        let others = self.roster.listed().filter(|person| person.guid != own);
        let mut views: Vec<PersonView> =
            others.map(|person| self.roster.view(person, own)).collect();
        views.sort_by_cached_key(|view| {
            (!view.contact, view.display.to_lowercase(), view.name.clone(), view.guid)
        });
        views
    }

    /// Every message, the newest first.
    #[must_use]
    pub fn messages(&self) -> Vec<MessageView> {
        let mut records: Vec<&MessageRecord> =
            self.messages.values().filter(|record| !record.hidden).collect();
        records.sort_by_key(|record| std::cmp::Reverse((record.order, record.id)));
        records.into_iter().map(|record| self.message_view(record)).collect()
    }

    /// How many messages have come that nobody has heard, and how many that somebody has.
    #[must_use]
    pub fn waiting(&self) -> (usize, usize) {
        let count = |state| {
            let received = self.messages.values().filter(|record| {
                record.direction == Direction::Received && !record.hidden && record.state == state
            });
            received.count()
        };
        (count(MessageState::Unplayed), count(MessageState::Played))
    }

    /// One message.
    #[must_use]
    pub fn message(&self, message: MessageId) -> Option<MessageView> {
        let record = self.messages.get(&message).filter(|record| !record.hidden)?;
        Some(self.message_view(record))
    }

    /// The message that is being made.
    #[must_use]
    pub fn draft(&self) -> Option<DraftView> {
        let is_ringing = self.is_station_ringing();
        let draft = self.draft.as_ref()?;
        Some(draft.view(is_ringing, |stream| self.files.done(stream)))
    }

    /// What is playing, and where it is in milliseconds.
    #[must_use]
    pub fn playing(&self) -> Option<(MessageId, u64)> {
        self.player.position()
    }

    /// The number that two people compare to know that they hold each other's true keys.
    #[must_use]
    pub fn safety_number(&self, person: Guid) -> Option<String> {
        self.safety_number_of(person)
    }

    /// The office's parameters as last heard.
    #[must_use]
    pub fn parameters(&self) -> Parameters {
        self.parameters
    }

    fn message_view(&self, record: &MessageRecord) -> MessageView {
        let arriving = self.inbox.arriving.get(&record.id);
        let draft = self.draft.as_ref().filter(|draft| draft.record.piece.id == record.id);
        let spoken = draft.map(|draft| draft.said.duration_ms);
        let coming = arriving.map(|arriving| arriving.duration_ms());
        MessageView {
            id: record.id,
            direction: record.direction,
            state: record.state,
            sender: record.sender,
            sender_display: record.sender_display.clone(),
            recipients: record.recipients.clone(),
            mode: record.mode,
            priority: Priority::from_number(record.priority).unwrap_or_default(),
            created: record.created,
            duration_ms: spoken.or(coming).unwrap_or(record.duration_ms),
            waveform: record.waveform.clone(),
            attachments: (0..)
                .zip(&record.files)
                .map(|(index, file)| self.file_view(record, index, file))
                .collect(),
            deliveries: record
                .deliveries
                .iter()
                .map(|delivery| Delivery {
                    person: delivery.person,
                    delivered: delivery.delivered,
                    played: delivery.played,
                })
                .collect(),
            reply_to: record.reply_to,
            sealed: record.sealed,
        }
    }

    fn file_view(&self, record: &MessageRecord, index: usize, file: &FileRecord) -> AttachmentView {
        let arriving = self.inbox.arriving.get(&record.id);
        let came = arriving.and_then(|arriving| arriving.partial.done.get(index).copied());
        let went = match record.state {
            MessageState::Sending => self.share_sent(record.id, index + 1, file.size),
            MessageState::Arriving
            | MessageState::Unplayed
            | MessageState::Played
            | MessageState::Unreadable
            | MessageState::Cut
            | MessageState::Sent
            | MessageState::Failed => None,
        };
        AttachmentView {
            name: file.name.clone(),
            media_type: file.media_type.clone(),
            size: file.size,
            done: came.or(went).unwrap_or(file.size),
        }
    }
}
