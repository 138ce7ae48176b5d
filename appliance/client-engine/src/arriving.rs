//! One message on its way in: each portion is opened where it stands, and counted.

use message::MAX_BODY;
use message::speech::{MAX_PORTION, Portion, Reached, SPEECH};
use voice::codec::Decoder;
use voice::format::{FRAME_MS, Format};
use voice::pipeline::{AttachmentOpener, PortionReader};
use voice::seal::ContentKey;

use crate::Write;
use crate::dispatch::{account_id, voice_id};
use crate::records::{MessageRecord, PartialRecord};
use crate::storage::put_portion;

/// The most speech in one message: five hours, more than any office allows.
const MOST_FRAMES: u64 = 5 * 3600 * 50;
const _: () = assert!(MAX_PORTION < MAX_BODY, "a portion fits an object");

/// A message that is not whole yet.
pub(crate) struct Arriving {
    /// How far it is; kept with every portion.
    pub(crate) partial: PartialRecord,
    /// Is it being spoken right now?
    pub(crate) live: bool,
    /// Was it heard to its end while the rest still came?
    pub(crate) heard: bool,
    sizes: Vec<u64>,
    reader: PortionReader,
    decoder: Decoder,
    openers: Vec<AttachmentOpener>,
}

impl Arriving {
    /// A message of which `partial` is here; none if this program cannot decode it.
    pub(crate) fn new(
        format: Format,
        key: &ContentKey,
        record: &MessageRecord,
        partial: PartialRecord,
    ) -> Option<Self> {
        let (message, sender) = (voice_id(record.id), account_id(record.sender));
        let numbers = (1u16..).take(record.files.len());
        let openers =
            numbers.map(|number| AttachmentOpener::new(key, message, sender, number).ok());
        let whole = partial.streams.len() == record.files.len() + 1
            && partial.done.len() == record.files.len();
        whole.then_some(())?;
        Some(Self {
            partial,
            live: false,
            heard: false,
            sizes: record.files.iter().map(|file| file.size).collect(),
            reader: PortionReader::new(format, key, message, sender),
            decoder: Decoder::new(&format).ok()?,
            openers: openers.collect::<Option<_>>()?,
        })
    }

    /// Each stream of which there is something.
    pub(crate) fn begun(&self) -> Vec<Reached> {
        self.partial.streams.iter().copied().filter(|stream| stream.next > 0).collect()
    }

    /// Is everything here?
    pub(crate) fn is_whole(&self) -> bool {
        self.partial.streams.iter().all(|stream| stream.complete)
    }

    /// Milliseconds of speech so far.
    pub(crate) fn duration_ms(&self) -> u64 {
        self.partial.frames * u64::from(FRAME_MS)
    }

    /// Does the portion stand behind one that is missing?
    pub(crate) fn is_gap(&self, portion: &Portion<'_>) -> bool {
        let stream = self.partial.streams.get(usize::from(portion.stream));
        stream.is_some_and(|stream| portion.sequence > stream.next && !stream.complete)
    }

    /// Takes the next portion of a stream; what is not the next is left alone.
    pub(crate) fn take(&mut self, portion: &Portion<'_>) -> Result<Option<Vec<Write>>, String> {
        let Some(stream) = self.partial.streams.get(usize::from(portion.stream)) else {
            return Ok(None);
        };
        if stream.complete || portion.sequence != stream.next {
            return Ok(None);
        }
        if portion.data.len() > MAX_PORTION {
            return Err("a portion is too large".to_owned());
        }
        if portion.stream == SPEECH {
            self.hear(portion)?;
        } else {
            self.open_file(portion)?;
        }
        let Some(stream) = self.partial.streams.get_mut(usize::from(portion.stream)) else {
            return Ok(None);
        };
        stream.next = stream.next.saturating_add(1);
        stream.complete = portion.last;
        let Portion { message, stream, sequence, last, data } = *portion;
        Ok(Some(vec![put_portion(message, stream, sequence, last, data)]))
    }

    fn hear(&mut self, portion: &Portion<'_>) -> Result<(), String> {
        let frames = self
            .reader
            .read(portion.sequence, portion.last, portion.data)
            .map_err(|error| error.to_string())?;
        self.partial.frames += frames.len() as u64;
        if self.partial.frames > MOST_FRAMES {
            return Err("its speech is too long".to_owned());
        }
        for frame in &frames {
            let samples = self.decoder.decode(frame).unwrap_or_else(|_| self.decoder.conceal());
            self.partial.peaks.push_frame(&samples);
        }
        Ok(())
    }

    fn open_file(&mut self, portion: &Portion<'_>) -> Result<(), String> {
        let index = usize::from(portion.stream).saturating_sub(1);
        let (Some(opener), Some(done), Some(size)) =
            (self.openers.get(index), self.partial.done.get_mut(index), self.sizes.get(index))
        else {
            return Ok(());
        };
        let bytes = opener
            .open(portion.sequence, portion.last, portion.data)
            .map_err(|error| error.to_string())?;
        *done += bytes.len() as u64;
        if *done > *size || (portion.last && *done != *size) {
            return Err("an attachment is not as long as it was said to be".to_owned());
        }
        Ok(())
    }
}
