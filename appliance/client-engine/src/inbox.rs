//! Messages that arrive: unwrapped, every portion opened and then kept, told when they are whole.
//!
//! ```text
//! envelope -> arriving -> (every stream complete, on disk) -> unplayed: notice, receipt
//!         \          \--> cut, unreadable
//!          \--> waits for its sender's key
//! ```
//!
//! A message that is here already is never shown again: the server is only told once more that it
//! is here.

use std::collections::BTreeMap;

use machine::{Moment, Span};
use message::speech::{Cancel, Envelope, MAX_ATTACHMENTS, MAX_RECIPIENTS, Mode, Partial, Reached};
use message::{Guid, MessageId, Object};
use voice::format::Format;
use voice::seal::meta::MetaSeal;
use voice::seal::wrap::{Wrapped, unwrap};
use voice::seal::{ContentKey, keys::PublicKey};

use crate::arriving::Arriving;
use crate::dispatch::{account_id, voice_id, wrap_context};
use crate::engine::{Engine, Timer};
use crate::paths::RecordKey;
use crate::records::{DeliveryRecord, FileRecord, MessageRecord, Owed, PartialRecord};
use crate::roster::clean;
use crate::storage::{Durable, delete, delete_portions, put};
use crate::{Change, Direction, MessageState, Notice};

/// Messages that may arrive at the same time.
const MOST_ARRIVING: usize = 256;
/// Messages that are kept at all; who has more must delete some first.
const MOST_MESSAGES: usize = 100_000;
/// How long a gap may stay before the server is told what is missing.
const GAP: Span = Span::from_secs(3);

/// A live message that the server took longer ago is not being spoken any more.
const FRESH_MS: u64 = 2_000;

/// What arrives.
#[derive(Default)]
pub(crate) struct Inbox {
    /// Each message that is not whole.
    pub(crate) arriving: BTreeMap<MessageId, Arriving>,
    /// Messages of which the server must not be told yet, and how many writes they wait for.
    unsettled: BTreeMap<MessageId, u32>,
}

impl Inbox {
    /// Something is to be on disk before the server is told of the message.
    pub(crate) fn unsettle(&mut self, message: MessageId) {
        *self.unsettled.entry(message).or_default() += 1;
    }

    /// It is on disk.
    pub(crate) fn settle(&mut self, message: MessageId) {
        if let Some(count) = self.unsettled.get_mut(&message) {
            *count -= 1;
            if *count == 0 {
                self.unsettled.remove(&message);
            }
        }
    }

    /// Is something still to be written?
    pub(crate) fn is_unsettled(&self, message: MessageId) -> bool {
        self.unsettled.contains_key(&message)
    }

    /// What is here of each message that is not whole.
    pub(crate) fn check_in(&self) -> Vec<Partial> {
        let partial = |(message, arriving): (&MessageId, &Arriving)| Partial {
            message: *message,
            streams: arriving.begun(),
        };
        self.arriving.iter().map(partial).collect()
    }
}

impl Engine {
    /// A message begins.
    pub(crate) fn on_envelope(&mut self, object: &Object, now: Moment) {
        let Ok(envelope) = object.read::<Envelope>() else { return };
        let id = envelope.message;
        if let Some(record) = self.messages.get_mut(&id) {
            let whole = !self.inbox.arriving.contains_key(&id) && !record.awaits_key;
            if whole && !record.owed.delivered {
                record.owed.delivered = true;
                self.pump_owed(now);
            }
            return;
        }
        if self.inbox.arriving.len() >= MOST_ARRIVING
            || self.messages.len() >= MOST_MESSAGES
            || self.desk.storage.is_far_behind()
        {
            return;
        }
        let trusted = self.meet_key(envelope.sender, &envelope.sender_display, envelope.sender_key);
        if !trusted {
            return self.keep_closed(&envelope, "the key of its sender has changed", true);
        }
        match self.open_envelope(&envelope) {
            Ok((mut record, mut arriving)) => {
                record.hidden = self.is_dictated(&record);
                self.begin_dictation(&record);
                let age = self.server_time(now).saturating_sub(envelope.taken);
                arriving.live = record.mode == Mode::Live && age < FRESH_MS;
                self.begin_arriving(record, arriving);
            }
            Err(why) => self.keep_closed(&envelope, &why, false),
        }
    }

    fn open_envelope(&self, envelope: &Envelope) -> Result<(MessageRecord, Arriving), String> {
        if envelope.recipients.len() > MAX_RECIPIENTS
            || envelope.attachments.len() > MAX_ATTACHMENTS
        {
            return Err("it has more recipients or attachments than allowed".to_owned());
        }
        let format = Format::parse(&envelope.format).map_err(|error| error.to_string())?;
        let private = self.private.as_ref().ok_or("nobody is logged in")?;
        let context = wrap_context(envelope.message, envelope.sender, self.own_guid());
        let sender_key = PublicKey(envelope.sender_key);
        let key = Wrapped::parse(&envelope.wrapped)
            .and_then(|wrapped| unwrap(&wrapped, private, &sender_key, &context))
            .map_err(|error| error.to_string())?;
        let files = open_files(envelope, &key)?;
        let mut record = self.received(envelope);
        record.key = *key.as_bytes();
        record.files = files;
        let partial = PartialRecord {
            streams: (0..=record.files.len())
                .map(|stream| Reached {
                    stream: u16::try_from(stream).unwrap_or(u16::MAX),
                    next: 0,
                    complete: false,
                })
                .collect(),
            done: vec![0; record.files.len()],
            frames: 0,
            peaks: Default::default(),
        };
        let arriving =
            Arriving::new(format, &key, &record, partial).ok_or("it cannot be decoded here")?;
        Ok((record, arriving))
    }

    fn received(&self, envelope: &Envelope) -> MessageRecord {
        let own = envelope.sender == self.own_guid();
        let delivery =
            |person: &Guid| DeliveryRecord { person: *person, delivered: None, played: None };
        let recipients = envelope.recipients.iter().take(MAX_RECIPIENTS);
        let known = self.roster.get(envelope.sender).map(|known| known.display.clone());
        MessageRecord {
            id: envelope.message,
            direction: if own { Direction::Sent } else { Direction::Received },
            state: MessageState::Arriving,
            sender: envelope.sender,
            sender_display: known
                .filter(|display| !display.is_empty())
                .unwrap_or_else(|| clean(&envelope.sender_display)),
            deliveries: if own { recipients.clone().map(delivery).collect() } else { Vec::new() },
            sealed: recipients
                .clone()
                .chain([&envelope.sender])
                .all(|person| self.roster.is_sealed(*person)),
            recipients: recipients.copied().collect(),
            mode: envelope.mode,
            priority: envelope.urgency().number(),
            created: envelope.created,
            order: envelope.taken,
            duration_ms: 0,
            waveform: Vec::new(),
            files: Vec::new(),
            reply_to: envelope.reply_to,
            key: [0; 32],
            format: envelope.format.iter().copied().take(64).collect(),
            owed: Owed::default(),
            hidden: false,
            awaits_key: false,
            ends: Vec::new(),
        }
    }

    fn begin_arriving(&mut self, record: MessageRecord, arriving: Arriving) {
        let id = record.id;
        self.desk.write(vec![
            put(RecordKey::Message(id), &record),
            put(RecordKey::Partial(id), &arriving.partial),
        ]);
        if record.direction == Direction::Received && !record.hidden {
            let (sender, live) = (record.sender, arriving.live);
            self.desk.notice(Notice::Arriving { message: id, sender, live });
        }
        self.messages.insert(id, record);
        self.inbox.arriving.insert(id, arriving);
        self.desk.changed(Change::Messages);
    }

    /// A message that cannot be opened is kept as such, so that it is told of once only.
    fn keep_closed(&mut self, envelope: &Envelope, why: &str, awaits_key: bool) {
        let mut record = self.received(envelope);
        record.state = MessageState::Unreadable;
        record.awaits_key = awaits_key;
        record.owed.delivered = !awaits_key;
        let id = record.id;
        self.owe(id, vec![put(RecordKey::Message(id), &record)]);
        self.messages.insert(id, record);
        self.desk.notice(Notice::Unreadable { message: id, reason: why.to_owned() });
        self.desk.changed(Change::Messages);
    }

    /// A portion of a message that arrives.
    pub(crate) fn on_portion(&mut self, object: &Object, now: Moment) {
        let Ok(portion) = object.read::<message::speech::Portion<'_>>() else { return };
        let id = portion.message;
        let Some(arriving) = self.inbox.arriving.get_mut(&id) else { return };
        if self.desk.storage.is_far_behind() {
            // The disk does not keep up: what is missing is asked for when it does.
            self.timers.set(Timer::Gap, now + GAP);
            return;
        }
        match arriving.take(&portion) {
            Ok(None) => {
                if arriving.is_gap(&portion) && self.timers.get(&Timer::Gap).is_none() {
                    self.timers.set(Timer::Gap, now + GAP);
                }
            }
            Ok(Some(mut writes)) => {
                let whole = arriving.is_whole();
                writes.push(put(RecordKey::Partial(id), &arriving.partial));
                self.desk.write_then(writes, Durable::Received(id));
                self.offer_live(&portion, now);
                if whole {
                    self.message_whole(id);
                }
                self.desk.changed(Change::Messages);
            }
            Err(why) => self.spoiled(id, &why),
        }
    }

    /// Something is missing: on a fresh link the server goes on at what is not here.
    pub(crate) fn on_gap(&mut self, now: Moment) {
        if self.session.checked_in && !self.inbox.arriving.is_empty() {
            self.disconnect(now);
        }
    }

    fn message_whole(&mut self, id: MessageId) {
        let Some(arriving) = self.inbox.arriving.remove(&id) else { return };
        let Some(record) = self.messages.get_mut(&id) else { return };
        record.state = match record.direction {
            Direction::Received if arriving.heard => MessageState::Played,
            Direction::Received => MessageState::Unplayed,
            Direction::Sent => MessageState::Sent,
        };
        record.duration_ms = arriving.duration_ms();
        record.waveform = arriving.partial.peaks.finished();
        record.owed.delivered = true;
        record.owed.played = arriving.heard;
        let writes = vec![put(RecordKey::Message(id), record), delete(RecordKey::Partial(id))];
        self.inbox.unsettle(id);
        self.desk.write_then(writes, Durable::Arrived(id));
    }

    /// A message is whole and on disk: now it is here (row 27), and the server may know.
    pub(crate) fn on_arrived(&mut self, id: MessageId, now: Moment) {
        self.inbox.settle(id);
        let Some(record) = self.messages.get(&id) else { return };
        if record.direction == Direction::Received && !record.hidden {
            let sender = record.sender;
            self.desk.notice(Notice::Arrived { message: id, sender });
        }
        if self.is_dictated(record) {
            return self.hide(id, true);
        }
        self.desk.changed(Change::Messages);
        self.pump_owed(now);
    }

    /// A portion that does not open: forged, or damaged. What came is of no use.
    fn spoiled(&mut self, id: MessageId, why: &str) {
        self.inbox.arriving.remove(&id);
        let Some(record) = self.messages.get_mut(&id) else { return };
        record.state = MessageState::Unreadable;
        record.owed.delivered = true;
        let writes = vec![
            put(RecordKey::Message(id), record),
            delete(RecordKey::Partial(id)),
            delete_portions(id),
        ];
        self.owe(id, writes);
        if self.player.is_playing(id) {
            self.stop_playing();
        }
        self.desk.notice(Notice::Unreadable { message: id, reason: why.to_owned() });
        self.desk.changed(Change::Messages);
    }

    /// The sender will never finish it: what came is kept.
    pub(crate) fn on_cancel(&mut self, object: &Object, now: Moment) {
        let Ok(Cancel { message: id }) = object.read() else { return };
        let Some(arriving) = self.inbox.arriving.remove(&id) else { return };
        self.dictation_cut(id, now);
        let is_dictated = self.messages.get(&id).is_some_and(|record| self.is_dictated(record));
        if arriving.partial.frames == 0 || is_dictated {
            return self.hide(id, is_dictated);
        }
        let Some(record) = self.messages.get_mut(&id) else { return };
        record.state = MessageState::Cut;
        record.duration_ms = arriving.duration_ms();
        record.waveform = arriving.partial.peaks.finished();
        record.owed.delivered = true;
        let writes = vec![put(RecordKey::Message(id), record), delete(RecordKey::Partial(id))];
        self.owe(id, writes);
        self.desk.changed(Change::Messages);
        self.pump_player(now);
    }

    /// The key of a person is trusted: what waited for it comes again.
    pub(crate) fn on_trusted(&mut self, person: Guid, now: Moment) {
        let waiting = self.messages.values();
        let waiting = waiting.filter(|record| record.awaits_key && record.sender == person);
        let waiting: Vec<MessageId> = waiting.map(|record| record.id).collect();
        if waiting.is_empty() {
            return;
        }
        for id in waiting {
            self.messages.remove(&id);
            self.desk.write(vec![delete(RecordKey::Message(id))]);
        }
        self.desk.changed(Change::Messages);
        // A fresh link: the server begins its deliveries again.
        self.disconnect(now);
    }

    /// A message of an earlier run that was not whole.
    pub(crate) fn restore_arriving(&mut self, id: MessageId, partial: PartialRecord) {
        let Some(record) = self.messages.get(&id) else { return };
        let Ok(format) = Format::parse(&record.format) else { return };
        let key = ContentKey::from_bytes(record.key);
        if let Some(arriving) = Arriving::new(format, &key, record, partial) {
            self.inbox.arriving.insert(id, arriving);
        }
    }
}

fn open_files(envelope: &Envelope, key: &ContentKey) -> Result<Vec<FileRecord>, String> {
    let seal = MetaSeal::new(key, voice_id(envelope.message), account_id(envelope.sender));
    let open = |(slot, sealed): (u16, &message::speech::Sealed)| {
        let about = seal.open(slot, &sealed.0).map_err(|error| error.to_string())?;
        let about: FileRecord = minicbor::decode(&about)
            .map_err(|_| "the description of an attachment cannot be read".to_owned())?;
        Ok(FileRecord {
            name: crate::files::clean_file_name(&about.name),
            media_type: clean(&about.media_type),
            size: about.size,
        })
    };
    (1u16..).zip(&envelope.attachments).map(open).collect()
}
