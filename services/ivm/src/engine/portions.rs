//! Portions (rows 65-69, 95): taken in order, forwarded at once to those who follow, put on disk,
//! and told to the sender when they are there.
//!
//! The body of a portion object is never written anew: recipients and the disk get the bytes as
//! they came, under another header.

use bytes::Bytes;
use message::speech::{MAX_PORTION, Portion, Progress, Reached};
use message::{
    Action, ErrorCode, Flags, Guid, Header, Kind, MessageId, Object, ObjectId, Priority,
};

use super::conn::ConnId;
use super::incoming::{Incoming, Verdict};
use super::intake::stream_priority;
use super::route::{Served, read, refusal};
use super::tickets::Then;
use super::{Engine, Timer};
use crate::record::{MessageRecord, Query, Stage, Write};

/// Questions to the store for messages of which portions came unannounced, for one connection.
const MOST_ASKED: usize = 16;

impl Engine {
    /// A portion came.
    pub(super) fn portion(&mut self, conn: ConnId, object: &Object) -> Served {
        let portion: Portion<'_> = read(object)?;
        let (person, _) = self.person(conn)?;
        if portion.data.len() > MAX_PORTION {
            return refusal(ErrorCode::TooLarge, "a portion has at most 256 KiB");
        }
        let message = portion.message;
        if self.hold(conn, message, object) {
            return Ok(());
        }
        let Some(incoming) = self.incoming.get_mut(&message) else {
            self.ask(conn, message);
            return Ok(());
        };
        if incoming.record.sender != person {
            return refusal(ErrorCode::UnknownMessage, "this is not your message");
        }
        incoming.sender = Some(conn);
        if incoming.cutting || self.disk_full {
            return Ok(());
        }
        match incoming.judge(portion.stream, portion.sequence) {
            Verdict::NoStream => {
                return refusal(ErrorCode::Invalid, "the message has no such stream");
            }
            Verdict::Known => {}
            Verdict::Gap if incoming.told_gap => {}
            Verdict::Gap => {
                incoming.told_gap = true;
                self.send_progress_of(message);
            }
            Verdict::Next => return self.take_portion(object, &portion),
        }
        Ok(())
    }

    fn take_portion(&mut self, object: &Object, portion: &Portion<'_>) -> Served {
        let message = portion.message;
        let (stream, sequence, last) = (portion.stream, portion.sequence, portion.last);
        let at = self.instant();
        let Some(incoming) = self.incoming.get_mut(&message) else { return Ok(()) };
        let bytes = incoming.record.bytes + object.body.len() as u64;
        let Some(sender) = self.people.get_mut(incoming.record.sender) else { return Ok(()) };
        sender.begun(message, bytes);
        if bytes > self.limits.message_bytes
            || sender.unfinished_bytes > self.parameters.quota_bytes
        {
            self.cut(message, None);
            return refusal(ErrorCode::TooLarge, "the message is too long");
        }
        incoming.told_gap = false;
        let body = object.body.clone();
        let complete = incoming.take(stream, last, body.clone());
        incoming.writing += 1;
        let record = &incoming.record;
        let (number, streams, bytes) = (record.number, record.stream_count(), record.bytes);
        let epoch = incoming.epoch;
        let mut writes =
            vec![Write::Portion { number, stream, sequence, last, body: body.clone() }];
        if complete {
            writes.push(Write::Complete { number, streams, bytes, at });
        }
        self.commit(writes, Then::Stored { message, epoch, stream, complete });
        self.forward(message, stream, sequence, &body);
        Ok(())
    }

    /// Sends a portion to everyone who is waiting for just this one. Who is behind catches up.
    fn forward(&mut self, message: MessageId, stream: u16, sequence: u32, body: &Bytes) {
        let Some(incoming) = self.incoming.get(&message) else { return };
        let (source, priority) = (incoming.record.sender, incoming.record.priority);
        for conn in &incoming.followers {
            let Some(peer) = self.conns.get_mut(conn) else { continue };
            let Some(delivery) = peer.pump.active.get_mut(&message) else { continue };
            let Some(next) = delivery.next.get_mut(usize::from(stream)) else { continue };
            if !delivery.enveloped || *next != sequence {
                continue;
            }
            let header = portion_header(source, priority, stream, body.len());
            let mut object = Object { header, body: body.clone() };
            object.header.id = peer.ids.fresh(self.now);
            object.header.destination = peer.connection.peer();
            if peer.connection.send_live(object) {
                *next += 1;
            }
            self.dirty.insert(*conn);
        }
    }

    /// The store is asked about a message of which a portion came that nobody has announced.
    fn ask(&mut self, conn: ConnId, message: MessageId) {
        let Some(peer) = self.conns.get_mut(&conn) else { return };
        if peer.asking.len() < MOST_ASKED && peer.asking.insert(message) {
            self.load(Query::Message { id: message }, Then::Asked { conn, message });
        }
    }

    /// The store knows whether it has the message of which a portion came.
    pub(super) fn asked(
        &mut self,
        conn: ConnId,
        message: MessageId,
        found: Option<Box<MessageRecord>>,
    ) {
        let Some(peer) = self.conns.get_mut(&conn) else { return };
        peer.asking.remove(&message);
        let person = peer.connection.peer();
        self.tell_sender(conn, person, message, found.map(|record| *record));
    }

    /// Tells a sender how far its message is, and takes an unfinished one up again.
    pub(super) fn tell_sender(
        &mut self,
        conn: ConnId,
        person: Guid,
        message: MessageId,
        found: Option<MessageRecord>,
    ) {
        if let Some(incoming) = self.incoming.get_mut(&message)
            && incoming.record.sender == person
        {
            incoming.sender = Some(conn);
            self.send_progress_of(message);
            return;
        }
        match found.filter(|record| record.sender == person) {
            Some(record) if record.stage == Stage::Complete => {
                self.send_progress(conn, message, true, record.streams, true);
            }
            Some(record) if record.stage == Stage::Incomplete => {
                self.resume(record, Some(conn));
                self.send_progress_of(message);
            }
            Some(_) | None => self.send_progress(conn, message, false, Vec::new(), false),
        }
    }

    /// The message is opened on disk.
    pub(super) fn opened(&mut self, message: MessageId, epoch: u32) {
        if let Some(incoming) = self.incoming.get_mut(&message)
            && incoming.epoch == epoch
        {
            incoming.writing = incoming.writing.saturating_sub(1);
        }
        self.evict_idle(message);
    }

    /// The message could not be opened: it was never there.
    pub(super) fn not_opened(&mut self, message: MessageId, epoch: u32) {
        if self.incoming.get(&message).is_none_or(|incoming| incoming.epoch != epoch) {
            return;
        }
        let Some(incoming) = self.conclude(message) else { return };
        self.abandon(&incoming);
        if let Some(conn) = incoming.sender {
            self.send_progress(conn, message, false, Vec::new(), false);
        }
    }

    /// A portion is on disk, and perhaps the whole message.
    pub(super) fn stored(&mut self, message: MessageId, epoch: u32, stream: u16, complete: bool) {
        let (keep, keep_bytes) = (self.limits.recent, self.limits.recent_bytes);
        let Some(incoming) = self.incoming.get_mut(&message) else { return };
        if incoming.epoch != epoch {
            return;
        }
        incoming.writing = incoming.writing.saturating_sub(1);
        incoming.stored(stream, keep, keep_bytes);
        if complete {
            self.completed(message);
            return;
        }
        let due = incoming.next_progress(self.limits.progress);
        if due <= self.now {
            self.progress(message);
        } else if self.timers.get(&Timer::Progress(message)).is_none() {
            self.timers.set(Timer::Progress(message), due);
        }
        self.evict_idle(message);
    }

    /// A portion could not be kept: it was never taken, nor were those behind it.
    pub(super) fn not_stored(&mut self, message: MessageId, epoch: u32) {
        let disk_full = self.disk_full;
        let Some(incoming) = self.incoming.get_mut(&message) else { return };
        if incoming.epoch != epoch {
            return;
        }
        incoming.roll_back();
        incoming.writing = 0;
        if !disk_full {
            self.send_progress_of(message);
        }
        self.evict_idle(message);
    }

    /// Tells the sender how far its message is on disk.
    pub(super) fn progress(&mut self, message: MessageId) {
        self.timers.cancel(&Timer::Progress(message));
        self.send_progress_of(message);
    }

    /// Tells the sender how far its message is on disk.
    pub(super) fn send_progress_of(&mut self, message: MessageId) {
        let now = self.now;
        let Some(incoming) = self.incoming.get_mut(&message) else { return };
        let Some(conn) = incoming.sender else { return };
        incoming.told = Some(now);
        let (streams, stored) = (incoming.reached(), incoming.is_stored());
        self.send_progress(conn, message, true, streams, stored);
    }

    /// Tells a sender how far a message is on disk.
    pub(super) fn send_progress(
        &mut self,
        conn: ConnId,
        message: MessageId,
        known: bool,
        streams: Vec<Reached>,
        stored: bool,
    ) {
        let progress = Progress { message, known, streams, stored };
        let object = Object::of(self.fresh_id(conn), &progress);
        self.send(conn, object);
    }

    /// How much of the disk is free. When there is room again, senders are told where to go on.
    pub(super) fn space(&mut self, free: u64) {
        let wanted = if self.disk_full { self.limits.free_again } else { self.limits.free_least };
        let was_full = std::mem::replace(&mut self.disk_full, free < wanted);
        if was_full != self.disk_full {
            log::warn!(free, full = self.disk_full; "space on the disk");
        }
        if was_full && !self.disk_full {
            let waiting: Vec<MessageId> = self.incoming.keys().copied().collect();
            for message in waiting {
                self.send_progress_of(message);
            }
        }
    }
}

/// The header of a portion on its way to a recipient; id and destination are filled in for each.
pub(super) fn portion_header(
    source: Guid,
    priority: Priority,
    stream: u16,
    length: usize,
) -> Header {
    Header {
        action: Action::Client,
        priority: stream_priority(priority, stream),
        flags: Flags::NONE,
        kind: Kind::Portion,
        id: ObjectId::BLANK,
        source,
        destination: Guid::BLANK,
        length: u32::try_from(length).expect("a body is at most 1 MiB"),
    }
}

impl Engine {
    /// Drops what those who follow a message know of it.
    pub(super) fn abandon(&mut self, incoming: &Incoming) {
        for conn in &incoming.followers {
            if let Some(peer) = self.conns.get_mut(conn) {
                peer.pump.forget(incoming.record.id);
            }
        }
    }
}
