//! Live messages that a crash has cut: what was said is counted from the portions on disk, and the
//! message is closed behind whatever the server has of it (see `outbox`).

use std::collections::BTreeMap;

use bytes::Bytes;
use machine::Moment;
use message::MessageId;
use message::speech::SPEECH;
use voice::codec::Decoder;
use voice::format::{FRAME_MS, Format};
use voice::pipeline::PortionReader;
use voice::seal::ContentKey;

use crate::Change;
use crate::dispatch::{account_id, voice_id};
use crate::engine::Engine;
use crate::paths::{self, RecordKey};
use crate::records::{DraftProgress, MessageRecord};
use crate::storage::{Reader, StoredPortion, put};

/// Bytes read from the storage at once.
const PAGE: usize = 256 << 10;

/// Messages whose portions are being counted.
#[derive(Default)]
pub(crate) struct Rescue {
    counting: BTreeMap<MessageId, Count>,
}

struct Count {
    said: DraftProgress,
    reader: PortionReader,
    decoder: Decoder,
}

impl Engine {
    /// Counts what there is of a message that was being spoken when an earlier run ended.
    pub(crate) fn rescue(&mut self, message: MessageId) {
        if let Some(count) = self.messages.get(&message).and_then(Count::of) {
            self.rescue.counting.insert(message, count);
            self.count_on(message, 0);
        }
    }

    fn count_on(&mut self, message: MessageId, next: u32) {
        let after = paths::before_portion(message, SPEECH, next);
        let prefix = paths::stream_portions(message, SPEECH);
        self.desk.read(Reader::Rescue(message), prefix, after, PAGE);
    }

    /// A page of the message that is being counted.
    pub(crate) fn on_rescue_page(
        &mut self,
        message: MessageId,
        records: &[(Vec<u8>, Bytes)],
        more: bool,
        now: Moment,
    ) {
        let Some(count) = self.rescue.counting.get_mut(&message) else { return };
        for (key, value) in records {
            if let Some(portion) = StoredPortion::parse(key, value) {
                count.add(&portion);
            }
        }
        let next = count.said.next;
        if more && !records.is_empty() {
            return self.count_on(message, next);
        }
        let Some(Count { said, .. }) = self.rescue.counting.remove(&message) else { return };
        if let Some(record) = self.messages.get_mut(&message) {
            record.duration_ms = said.duration_ms;
            record.waveform = said.peaks.finished();
            self.desk.write(vec![put(RecordKey::Message(message), record)]);
        }
        self.outbox.cut_off(message, said);
        self.desk.changed(Change::Messages);
        self.pump_outbox(now);
    }
}

impl Count {
    fn of(record: &MessageRecord) -> Option<Self> {
        let format = Format::parse(&record.format).ok()?;
        let key = ContentKey::from_bytes(record.key);
        let (message, sender) = (voice_id(record.id), account_id(record.sender));
        let reader = PortionReader::new(format, &key, message, sender);
        let decoder = Decoder::new(&format).ok()?;
        Some(Self { said: DraftProgress::default(), reader, decoder })
    }

    fn add(&mut self, portion: &StoredPortion) {
        // Never below a number that was used, whatever the portion holds.
        self.said.next = portion.sequence.saturating_add(1);
        let read = self.reader.read(portion.sequence, portion.last, &portion.sealed);
        for frame in read.unwrap_or_default() {
            self.said.duration_ms += u64::from(FRAME_MS);
            let sound = self.decoder.decode(&frame).unwrap_or_else(|_| self.decoder.conceal());
            self.said.peaks.push_frame(&sound);
        }
    }
}
