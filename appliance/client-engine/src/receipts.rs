//! What the server is told of messages (delivered, played, deleted) until it says yes, and what
//! it tells of those sent.

use machine::Moment;
use message::speech::{Discard, Happened, Receipt};
use message::{Guid, MessageId, Object};

use crate::engine::Engine;
use crate::paths::RecordKey;
use crate::records::{MessageRecord, Owed};
use crate::session::Request;
use crate::storage::{Durable, delete, delete_portions, put};
use crate::{Change, Direction, MessageState, Notice, Write};

/// Questions that may be open at the same time.
const MOST_ASKED: usize = 64;

impl Engine {
    /// Tells the server what it has not confirmed.
    pub(crate) fn pump_owed(&mut self, now: Moment) {
        if !self.session.checked_in {
            return;
        }
        let owing: Vec<(MessageId, Owed)> = self
            .messages
            .values()
            .filter(|record| record.owed.any() && !self.inbox.is_unsettled(record.id))
            .map(|record| (record.id, record.owed))
            .take(MOST_ASKED)
            .collect();
        for (message, owed) in owing {
            if self.session.asking() >= MOST_ASKED {
                return;
            }
            let receipt = |happened| Receipt { message, happened, person: Guid::BLANK, time: 0 };
            let delivered = Request::Delivered(message);
            if owed.delivered && !self.session.is_asking(&delivered) {
                self.ask(&receipt(Happened::Delivered), delivered, now);
            }
            let played = Request::Played(message);
            if owed.played && !self.session.is_asking(&played) {
                self.ask(&receipt(Happened::Played), played, now);
            }
            let discard = Request::Discard(message);
            if owed.discard && !self.session.is_asking(&discard) {
                self.ask(&Discard { message }, discard, now);
            }
        }
    }

    /// Writes what the server is to be told of a message; it is told when it is on disk.
    pub(crate) fn owe(&mut self, message: MessageId, writes: Vec<Write>) {
        self.inbox.unsettle(message);
        self.desk.write_then(writes, Durable::Owed(message));
    }

    /// It is on disk.
    pub(crate) fn on_owed_durable(&mut self, message: MessageId, now: Moment) {
        self.inbox.settle(message);
        self.pump_owed(now);
    }

    /// The server knows that the message is here; what it refuses it will not ask for either.
    pub(crate) fn on_delivered_taken(&mut self, message: MessageId, now: Moment) {
        self.settle(message, |owed| owed.delivered = false, now);
    }

    /// The server knows that it was heard.
    pub(crate) fn on_played_taken(&mut self, message: MessageId, now: Moment) {
        self.settle(message, |owed| owed.played = false, now);
    }

    /// The server has deleted it everywhere.
    pub(crate) fn on_discard_taken(&mut self, message: MessageId, now: Moment) {
        self.settle(message, |owed| *owed = Owed::default(), now);
    }

    fn settle(&mut self, message: MessageId, done: impl Fn(&mut Owed), now: Moment) {
        if let Some(record) = self.messages.get_mut(&message) {
            done(&mut record.owed);
            let gone = record.hidden && !record.owed.any();
            let key = RecordKey::Message(message);
            let write = if gone { delete(key) } else { put(key, record) };
            self.desk.write(vec![write]);
            if gone {
                self.messages.remove(&message);
            }
        }
        self.pump_owed(now);
    }

    /// A receipt from the server: for a message of this person's, or from another of its devices.
    pub(crate) fn on_receipt(&mut self, object: &Object) {
        let Ok(receipt) = object.read::<Receipt>() else { return };
        let own = self.own_guid();
        let Some(record) = self.messages.get_mut(&receipt.message) else { return };
        if record.direction == Direction::Received {
            if receipt.person == own
                && receipt.happened == Happened::Played
                && record.state == MessageState::Unplayed
            {
                record.state = MessageState::Played;
                self.desk.write(vec![put(RecordKey::Message(receipt.message), record)]);
                self.desk.changed(Change::Messages);
            }
            return;
        }
        let Some(told) = note_receipt(record, &receipt) else { return };
        self.desk.write(vec![put(RecordKey::Message(receipt.message), record)]);
        self.desk.notice(told);
        self.desk.changed(Change::Messages);
    }

    /// Sent messages whose receipts are not all here, the newest first.
    pub(crate) fn watched(&self, most: usize) -> Vec<MessageId> {
        let open = |record: &&MessageRecord| {
            record.direction == Direction::Sent
                && matches!(record.state, MessageState::Sent | MessageState::Sending)
                && record.deliveries.iter().any(|delivery| delivery.played.is_none())
        };
        self.messages.values().rev().filter(open).map(|record| record.id).take(most).collect()
    }

    /// The person has heard a message.
    pub(crate) fn mark_played(&mut self, message: MessageId) {
        if let Some(arriving) = self.inbox.arriving.get_mut(&message) {
            arriving.heard = true;
        }
        let Some(record) = self.messages.get_mut(&message) else { return };
        if record.state == MessageState::Unplayed && record.direction == Direction::Received {
            record.state = MessageState::Played;
            record.owed.played = true;
            let write = put(RecordKey::Message(message), record);
            self.owe(message, vec![write]);
            self.desk.changed(Change::Messages);
        }
    }

    /// Deletes a message, here or everywhere.
    pub(crate) fn delete_message(&mut self, message: MessageId, everywhere: bool, now: Moment) {
        let shown = self.messages.get(&message).is_some_and(|record| !record.hidden);
        if !shown {
            return self.desk.refuse("no such message");
        }
        if self.draft.as_ref().is_some_and(|draft| draft.record.piece.id == message) {
            return self.desk.refuse("the message is being spoken");
        }
        if self.outbox.remove(message) {
            self.cancel_at_server(message, now);
        }
        self.hide(message, everywhere);
    }

    /// Another device of this person has deleted it.
    pub(crate) fn on_discard(&mut self, object: &Object) {
        if let Ok(Discard { message }) = object.read()
            && self.messages.contains_key(&message)
        {
            self.hide(message, false);
        }
    }

    /// Forgets a message, but for its id while the server may still bring it again.
    pub(crate) fn hide(&mut self, message: MessageId, everywhere: bool) {
        if self.player.is_playing(message) {
            self.stop_playing();
        }
        let arriving = self.inbox.arriving.remove(&message).is_some();
        let Some(record) = self.messages.get_mut(&message) else { return };
        record.hidden = true;
        record.owed.played = false;
        record.owed.delivered |= arriving || record.awaits_key;
        record.owed.discard = everywhere;
        record.key = [0; 32];
        let key = RecordKey::Message(message);
        let record_write = if record.owed.any() { put(key, record) } else { delete(key) };
        let gone = !record.owed.any();
        let writes = vec![
            record_write,
            delete(RecordKey::Partial(message)),
            delete(RecordKey::Send(message)),
            delete_portions(message),
        ];
        self.owe(message, writes);
        if gone {
            self.messages.remove(&message);
        }
        self.desk.changed(Change::Messages);
    }
}

/// Notes a receipt at its recipient; what it tells, if it is news.
fn note_receipt(record: &mut MessageRecord, receipt: &Receipt) -> Option<Notice> {
    let (message, person) = (receipt.message, receipt.person);
    let delivery = record.deliveries.iter_mut().find(|delivery| delivery.person == person)?;
    let place = match receipt.happened {
        Happened::Delivered => &mut delivery.delivered,
        Happened::Played => &mut delivery.played,
    };
    if place.is_some() {
        return None;
    }
    *place = Some(receipt.time);
    Some(match receipt.happened {
        Happened::Delivered => Notice::Delivered { message, person },
        Happened::Played => Notice::Played { message, person },
    })
}
