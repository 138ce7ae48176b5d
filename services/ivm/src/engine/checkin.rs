//! Check-in (row 95): a device says what it has after being away, and goes on from there.

use message::speech::{Cancel, CheckIn, Discard, Partial};
use message::{ErrorCode, Guid, MessageId, Object};

use super::Engine;
use super::conn::ConnId;
use super::pump::Delivery;
use super::route::{Served, read, refusal};
use super::tickets::{Asker, Then};
use crate::record::{CheckedIn, MessageRecord, Query, Receiving};

/// Messages of each sort in one check-in.
const MOST: usize = 256;

impl Engine {
    /// What a device has. The store is asked about all of it at once.
    pub(super) fn check_in(&mut self, conn: ConnId, object: &Object) -> Served {
        let check_in: CheckIn = read(object)?;
        let (person, _) = self.person(conn)?;
        let lists = [check_in.sending.len(), check_in.receiving.len(), check_in.watching.len()];
        if lists.into_iter().any(|length| length > MOST) {
            return refusal(ErrorCode::TooMany, "at most 256 messages of each sort");
        }
        let query = Query::CheckIn {
            person,
            sending: check_in.sending.clone(),
            receiving: check_in.receiving.iter().map(|partial| partial.message).collect(),
            watching: check_in.watching.clone(),
        };
        let asker = Asker { conn, header: object.header };
        self.load(query, Then::CheckedIn { asker, check_in: Box::new(check_in) });
        Ok(())
    }

    /// The store has told: progress, receipts, what goes on, yes, and then what waits.
    pub(super) fn checked_in(&mut self, asker: Asker, check_in: &CheckIn, mut found: CheckedIn) {
        let conn = asker.conn;
        let Ok((person, _)) = self.person(conn) else { return };
        for message in &check_in.sending {
            let at = found.sending.iter().position(|record| record.id == *message);
            let record = at.map(|at| found.sending.swap_remove(at));
            self.tell_sender(conn, person, *message, record);
        }
        for receipt in &found.receipts {
            let object = Object::of(self.fresh_id(conn), receipt);
            self.send(conn, object);
        }
        if let Some(peer) = self.conns.get_mut(&conn) {
            peer.pump.started = true;
            peer.pump.more = true;
            peer.pump.after = None;
        }
        for (partial, (message, receiving)) in check_in.receiving.iter().zip(found.receiving) {
            self.go_on(conn, person, partial, message, receiving);
        }
        self.accepted(asker);
        self.catch_live(conn);
    }

    /// Goes on with a message that the device has in part.
    fn go_on(
        &mut self,
        conn: ConnId,
        person: Guid,
        partial: &Partial,
        message: MessageId,
        receiving: Receiving,
    ) {
        let has = positions(partial);
        if self.incoming.contains_key(&message) {
            self.follow_live(conn, message, Some(has));
            return;
        }
        match receiving {
            Receiving::Complete { place, streams } => {
                let Some(peer) = self.conns.get_mut(&conn) else { return };
                if !peer.pump.knows(place, message) {
                    let mut delivery = Delivery::new(place, streams);
                    delivery.next = has;
                    delivery.next.resize(usize::from(streams), 0);
                    delivery.enveloped = true;
                    peer.pump.active.insert(message, delivery);
                }
            }
            Receiving::Incomplete(record) => {
                self.resume_for(conn, *record, has);
            }
            Receiving::Discarded => {
                let object = Object::of(self.fresh_id(conn), &Discard { message });
                self.send(conn, object.addressed(person, person));
            }
            Receiving::Gone => {
                let object = Object::of(self.fresh_id(conn), &Cancel { message });
                self.send(conn, object);
            }
        }
    }

    /// A device goes on with a message that its sender has not finished.
    fn resume_for(&mut self, conn: ConnId, record: MessageRecord, has: Vec<u32>) {
        let message = record.id;
        self.remember(record);
        self.follow_live(conn, message, Some(has));
        self.announce(message);
    }
}

/// The first missing portion of each stream, as the device says.
fn positions(partial: &Partial) -> Vec<u32> {
    let streams = partial.streams.iter().map(|reached| usize::from(reached.stream) + 1);
    let mut has = vec![0; streams.max().unwrap_or(0).min(message::speech::MAX_ATTACHMENTS + 1)];
    for reached in &partial.streams {
        if let Some(next) = has.get_mut(usize::from(reached.stream)) {
            *next = reached.next;
        }
    }
    has
}
