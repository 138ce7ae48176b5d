//! Speech and attachments written out (rows 28, 32): read in pages, opened, handed to a sink.

use std::collections::BTreeMap;

use bytes::Bytes;
use message::MessageId;
use message::speech::SPEECH;
use voice::codec::Decoder;
use voice::file::{ogg, wav};
use voice::format::{FRAME_MS, Format};
use voice::pipeline::{AttachmentOpener, PortionReader};
use voice::seal::ContentKey;

use crate::dispatch::{account_id, voice_id};
use crate::engine::Engine;
use crate::records::MessageRecord;
use crate::storage::{Reader, StoredPortion};
use crate::{MessageState, Output, SinkId, paths};

/// Bytes read from the storage at once.
const PAGE: usize = 256 << 10;
/// Bytes of a WAV header, and where its two lengths stand.
const WAV_HEADER: usize = 44;

enum Kind {
    /// Decoded; so many samples are still to come.
    Wav { reader: PortionReader, decoder: Box<Decoder>, samples_left: u64 },
    /// The very frames, to be put in pages of Ogg at the end. They are small.
    Ogg { reader: PortionReader, format: Format, frames: Vec<Vec<u8>> },
    /// A file.
    File { opener: AttachmentOpener },
}

struct Pouring {
    message: MessageId,
    stream: u16,
    next: u32,
    kind: Kind,
}

/// What is being written out.
#[derive(Default)]
pub(crate) struct Sinks {
    going: BTreeMap<SinkId, Pouring>,
}

impl Engine {
    /// Writes the speech of a message to a sink.
    pub(crate) fn export(&mut self, message: MessageId, sink: SinkId, as_ogg: bool) {
        let begun = self.whole_record(message).and_then(|record| speech_of(record, as_ogg));
        match begun {
            Ok((pouring, head)) => {
                if let Some(head) = head {
                    self.desk.output(Output::WriteSink { sink, data: head });
                }
                self.pour(sink, pouring);
            }
            Err(why) => self.desk.output(Output::CloseSink { sink, result: Err(why) }),
        }
    }

    /// Writes an attachment to a sink.
    pub(crate) fn save(&mut self, message: MessageId, attachment: usize, sink: SinkId) {
        let begun = self.whole_record(message).and_then(|record| file_of(record, attachment));
        match begun {
            Ok(pouring) => self.pour(sink, pouring),
            Err(why) => self.desk.output(Output::CloseSink { sink, result: Err(why) }),
        }
    }

    fn whole_record(&self, message: MessageId) -> Result<&MessageRecord, String> {
        let record = self.messages.get(&message).filter(|record| !record.hidden);
        let record = record.ok_or("no such message")?;
        match record.state {
            MessageState::Arriving => Err("the message is not here yet".to_owned()),
            MessageState::Unreadable => Err("the message cannot be opened".to_owned()),
            MessageState::Unplayed
            | MessageState::Played
            | MessageState::Cut
            | MessageState::Sending
            | MessageState::Sent
            | MessageState::Failed => Ok(record),
        }
    }

    fn pour(&mut self, sink: SinkId, pouring: Pouring) {
        let prefix = paths::stream_portions(pouring.message, pouring.stream);
        let after = paths::before_portion(pouring.message, pouring.stream, pouring.next);
        self.sinks.going.insert(sink, pouring);
        self.desk.read(Reader::Sink(sink), prefix, after, PAGE);
    }

    /// A page for a sink.
    pub(crate) fn on_sink_page(&mut self, sink: SinkId, records: &[(Vec<u8>, Bytes)], more: bool) {
        let Some(mut pouring) = self.sinks.going.remove(&sink) else { return };
        let mut last = false;
        for (key, value) in records {
            let Some(portion) = StoredPortion::parse(key, value) else { continue };
            pouring.next = portion.sequence.saturating_add(1);
            last = portion.last;
            match pouring.kind.open(&portion) {
                Ok(data) if data.is_empty() => {}
                Ok(data) => self.desk.output(Output::WriteSink { sink, data: Bytes::from(data) }),
                Err(why) => {
                    return self.desk.output(Output::CloseSink { sink, result: Err(why) });
                }
            }
        }
        if more && !last && !records.is_empty() {
            return self.pour(sink, pouring);
        }
        let result = pouring.kind.end(last).map(|rest| {
            if !rest.is_empty() {
                self.desk.output(Output::WriteSink { sink, data: Bytes::from(rest) });
            }
        });
        self.desk.output(Output::CloseSink { sink, result });
    }
}

impl Kind {
    fn open(&mut self, portion: &StoredPortion) -> Result<Vec<u8>, String> {
        let StoredPortion { sequence, last, sealed } = portion;
        match self {
            Self::Wav { reader, decoder, samples_left } => {
                let frames = reader.read(*sequence, *last, sealed).map_err(|e| e.to_string())?;
                let mut samples = Vec::new();
                for frame in &frames {
                    samples.extend(decoder.decode(frame).unwrap_or_else(|_| decoder.conceal()));
                }
                let most = usize::try_from(*samples_left).unwrap_or(usize::MAX);
                samples.truncate(most);
                *samples_left -= samples.len() as u64;
                // Behind the header are just the samples.
                Ok(wav::write(FRAME_MS, &samples).split_off(WAV_HEADER))
            }
            Self::Ogg { reader, format: _, frames } => {
                frames.extend(reader.read(*sequence, *last, sealed).map_err(|e| e.to_string())?);
                Ok(Vec::new())
            }
            Self::File { opener } => {
                opener.open(*sequence, *last, sealed).map_err(|error| error.to_string())
            }
        }
    }

    /// What stands at the end.
    fn end(self, last: bool) -> Result<Vec<u8>, String> {
        match self {
            // The header has promised so many.
            Self::Wav { samples_left, .. } => {
                Ok(vec![0; usize::try_from(samples_left.saturating_mul(2)).unwrap_or_default()])
            }
            Self::Ogg { format, frames, .. } => {
                ogg::write(&format, &frames).map_err(|error| error.to_string())
            }
            Self::File { .. } if last => Ok(Vec::new()),
            Self::File { .. } => Err("the end of the attachment is missing".to_owned()),
        }
    }
}

fn speech_of(record: &MessageRecord, as_ogg: bool) -> Result<(Pouring, Option<Bytes>), String> {
    let format = Format::parse(&record.format).map_err(|error| error.to_string())?;
    let key = ContentKey::from_bytes(record.key);
    let (message, sender) = (voice_id(record.id), account_id(record.sender));
    let reader = PortionReader::new(format, &key, message, sender);
    let (kind, head) = if as_ogg {
        (Kind::Ogg { reader, format, frames: Vec::new() }, None)
    } else {
        let decoder = Box::new(Decoder::new(&format).map_err(|error| error.to_string())?);
        let samples_left = record.duration_ms * u64::from(format.rate()) / 1000;
        let head = wav_header(format.rate(), samples_left)?;
        (Kind::Wav { reader, decoder, samples_left }, Some(head))
    };
    Ok((Pouring { message: record.id, stream: SPEECH, next: 0, kind }, head))
}

fn file_of(record: &MessageRecord, attachment: usize) -> Result<Pouring, String> {
    if attachment >= record.files.len() {
        return Err("no such attachment".to_owned());
    }
    let stream = u16::try_from(attachment + 1).map_err(|_| "no such attachment")?;
    let key = ContentKey::from_bytes(record.key);
    let (message, sender) = (voice_id(record.id), account_id(record.sender));
    let opener =
        AttachmentOpener::new(&key, message, sender, stream).map_err(|error| error.to_string())?;
    Ok(Pouring { message: record.id, stream, next: 0, kind: Kind::File { opener } })
}

/// The header of a WAV file of so many samples, which come later.
fn wav_header(rate: u32, samples: u64) -> Result<Bytes, String> {
    let mut header = wav::write(rate, &[]);
    let data = samples.checked_mul(2).and_then(|bytes| u32::try_from(bytes).ok());
    let all = data.and_then(|data| data.checked_add(36));
    let (Some(data), Some(all)) = (data, all) else {
        return Err("the message is too long for a WAV file".to_owned());
    };
    for (at, length) in [(4, all), (WAV_HEADER - 4, data)] {
        header.get_mut(at..at + 4).ok_or("no header")?.copy_from_slice(&length.to_le_bytes());
    }
    Ok(Bytes::from(header))
}
