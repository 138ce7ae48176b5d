//! Receipts, discarding and cancelling: what becomes of a message after it was sent.

use message::people::Topic;
use message::speech::{Cancel, Discard, Happened, Receipt};
use message::{ErrorCode, Guid, MessageId, Object, Refusal};

use super::Engine;
use super::conn::ConnId;
use super::route::{Served, read, refusal};
use super::tickets::{Asker, Then};
use crate::record::{DiscardOutcome, MessageRecord, Outcome, Query, ReceiptOutcome, Stage, Write};

impl Engine {
    /// A device has a message, or its person has heard it.
    pub(super) fn receipt(&mut self, conn: ConnId, object: &Object) -> Served {
        let said: Receipt = read(object)?;
        let (person, device) = self.person(conn)?;
        let (delivered, played) = match said.happened {
            Happened::Delivered => (true, false),
            Happened::Played => (false, true),
        };
        if delivered {
            self.settle(person, device, said.message);
        }
        let (message, at) = (said.message, self.instant());
        let receipt = Receipt { person, time: at.unix, ..said };
        let write = Write::Receipt { message, person, device, delivered, played, at };
        let asker = Asker { conn, header: object.header };
        self.commit(vec![write], Then::Receipt { asker, receipt });
        Ok(())
    }

    /// A device has a message: none of its connections is sent it any more.
    fn settle(&mut self, person: Guid, device: Guid, message: MessageId) {
        let Some(account) = self.people.get(person) else { return };
        for conn in &account.conns {
            let Some(peer) = self.conns.get_mut(conn) else { continue };
            if peer.connection.device() == device {
                peer.pump.settle(message);
                self.dirty.insert(*conn);
            }
        }
    }

    /// The receipt is on disk: the sender is told, and of "played" the person's other devices.
    pub(super) fn receipted(&mut self, asker: Asker, receipt: Receipt, outcomes: Vec<Outcome>) {
        let Some(Outcome::Receipt(Some(outcome))) = outcomes.into_iter().next() else {
            let unknown = Refusal::new(ErrorCode::UnknownMessage, "there is no such message");
            self.refuse(asker, &unknown);
            return;
        };
        self.accepted(asker);
        let ReceiptOutcome { sender, own, first_delivered, first_played, bytes } = outcome;
        if first_delivered && !own {
            self.delivered += 1;
            self.waits_no_more(receipt.person, bytes);
        }
        if (first_delivered || first_played) && !own {
            self.tell(sender, Topic::Receipts, None, &receipt);
        }
        if first_played {
            self.tell(receipt.person, Topic::Messages, Some(asker.conn), &receipt);
        }
    }

    /// Sends a receipt to the connections of a person but one.
    fn tell(&mut self, guid: Guid, topic: Topic, but: Option<ConnId>, receipt: &Receipt) {
        let Some(account) = self.people.get(guid) else { return };
        for conn in self.listeners(account, topic) {
            if Some(conn) != but {
                let object = Object::of(self.fresh_id(conn), receipt);
                self.send(conn, object);
            }
        }
    }

    fn waits_no_more(&mut self, guid: Guid, bytes: u64) {
        if let Some(person) = self.people.get_mut(guid) {
            person.waiting = person.waiting.saturating_sub(1);
            person.waiting_bytes = person.waiting_bytes.saturating_sub(bytes);
        }
    }

    /// A person wants a message no more, on no device.
    pub(super) fn discard(&mut self, conn: ConnId, object: &Object) -> Served {
        let Discard { message } = read(object)?;
        let (person, _) = self.person(conn)?;
        let asker = Asker { conn, header: object.header };
        let writes = vec![Write::Discard { message, person }];
        self.commit(writes, Then::Discarded { asker, person, message });
        Ok(())
    }

    /// The copy is discarded: the person's other devices are told.
    pub(super) fn discarded(
        &mut self,
        asker: Asker,
        person: Guid,
        message: MessageId,
        outcomes: Vec<Outcome>,
    ) {
        let Some(Outcome::Discarded(Some(outcome))) = outcomes.into_iter().next() else {
            let unknown = Refusal::new(ErrorCode::UnknownMessage, "there is no such message");
            self.refuse(asker, &unknown);
            return;
        };
        self.accepted(asker);
        self.copy_closed(person, &outcome);
        if let Some(incoming) = self.incoming.get_mut(&message) {
            for copy in &mut incoming.record.recipients {
                copy.closed |= copy.person == person;
            }
        }
        if let Some(account) = self.people.get_mut(person) {
            account.incoming.remove(&message);
        }
        let Some(account) = self.people.get(person) else { return };
        let conns: Vec<ConnId> = account.conns.iter().copied().collect();
        for conn in conns {
            self.unfollow(conn, message);
            let Some(peer) = self.conns.get_mut(&conn) else { continue };
            peer.pump.forget(message);
            if conn != asker.conn && peer.takes_messages() {
                let object = Object::of(peer.ids.fresh(self.now), &Discard { message });
                self.send(conn, object);
            }
        }
    }

    fn copy_closed(&mut self, person: Guid, outcome: &DiscardOutcome) {
        if outcome.waited {
            self.waits_no_more(person, outcome.bytes);
        }
    }

    /// Copies of these people are expired; their senders are told nothing.
    pub(super) fn expired(&mut self, people: &[Guid], outcomes: &[Outcome]) {
        for (person, outcome) in people.iter().zip(outcomes) {
            if let Outcome::Discarded(Some(outcome)) = outcome {
                self.copy_closed(*person, outcome);
            }
        }
    }

    /// The sender will never finish a message.
    pub(super) fn cancel(&mut self, conn: ConnId, object: &Object) -> Served {
        let Cancel { message } = read(object)?;
        let (person, _) = self.person(conn)?;
        let asker = Asker { conn, header: object.header };
        match self.incoming.get(&message) {
            Some(incoming) if incoming.record.sender != person => unknown(),
            Some(_) => {
                self.cut(message, Some(asker));
                Ok(())
            }
            None => {
                let query = Query::Message { id: message };
                self.load(query, Then::CancelLooked { asker, message });
                Ok(())
            }
        }
    }

    /// The store knows whether it has the message that is to be cancelled.
    pub(super) fn cancel_looked(
        &mut self,
        asker: Asker,
        message: MessageId,
        found: Option<Box<MessageRecord>>,
    ) {
        let Ok((person, _)) = self.person(asker.conn) else { return };
        if self.incoming.get(&message).is_some_and(|known| known.record.sender == person) {
            self.cut(message, Some(asker));
            return;
        }
        let result = match found.filter(|record| record.sender == person) {
            Some(record) if record.stage == Stage::Incomplete => {
                self.resume(*record, None);
                self.cut(message, Some(asker));
                Ok(())
            }
            Some(record) if record.stage == Stage::Complete => {
                refusal(ErrorCode::Conflict, "the message is complete already")
            }
            Some(_) => {
                self.accepted(asker);
                Ok(())
            }
            None => unknown(),
        };
        if let Err(refusal) = result {
            self.refuse(asker, &refusal);
        }
    }
}

fn unknown() -> Served {
    refusal(ErrorCode::UnknownMessage, "there is no such message of yours")
}
