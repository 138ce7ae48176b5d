//! Files of a draft (rows 25, 29, 30): read in pieces, sealed as they come, kept as portions.
//!
//! One file is read at a time, and the next piece is asked for when the last one is on disk. A
//! file is sealed for the place that it had when it was attached. If that is not its place any
//! more when the draft is sent (another file was taken off, or the speech was recorded anew), it
//! is sealed once more for its final place. What was sealed before never leaves the device.

use std::collections::BTreeMap;

use bytes::Bytes;
use machine::Moment;
use message::speech::MAX_ATTACHMENTS;
use message::{Guid, MessageId, Priority};
use voice::pipeline::{AttachmentOpener, AttachmentSealer, SealedPortion};
use voice::seal::ContentKey;

use crate::composer::{Draft, Phase};
use crate::dispatch::{account_id, voice_id};
use crate::engine::Engine;
use crate::paths::RecordKey;
use crate::records::{DraftFile, DraftProgress, DraftRecord, FileRecord, SourceRecord};
use crate::storage::{Durable, Reader, StoredPortion, put, put_portion};
use crate::{Change, FileId, Output, Write, paths};

/// Bytes read from a file at once.
const PIECE: usize = 256 << 10;
/// The rate of the microphone for a draft that began with a file.
const USUAL_RATE: u32 = 48_000;

/// Work on the files of the draft.
#[derive(Default)]
pub(crate) struct Files {
    /// Files that are not read to their end, by their stream.
    open: BTreeMap<u16, FileId>,
    reading: Option<Intake>,
    moving: Option<Move>,
}

impl Files {
    /// Bytes of a file that are here.
    pub(crate) fn done(&self, stream: u16) -> u64 {
        let reading = self.reading.as_ref().filter(|reading| reading.stream == stream);
        reading.map_or(0, |reading| reading.offset)
    }
}

/// The file that is being read.
struct Intake {
    file: FileId,
    home: MessageId,
    stream: u16,
    offset: u64,
    most: u64,
    sealer: Option<AttachmentSealer>,
    portions: u32,
    ended: bool,
}

/// The file that is being sealed for its final place.
struct Move {
    index: usize,
    opener: AttachmentOpener,
    sealer: Option<AttachmentSealer>,
    from: (MessageId, u16),
    to: (MessageId, u16),
    next: u32,
    made: u32,
}

impl Engine {
    /// Attaches a file to the draft, or begins a draft with it.
    pub(crate) fn attach(
        &mut self,
        file: FileId,
        name: &str,
        media_type: &str,
        size: u64,
        now: Moment,
    ) {
        if let Err(why) = self.try_attach(file, name, media_type, size, now) {
            self.desk.refuse(why);
        }
    }

    fn try_attach(
        &mut self,
        file: FileId,
        name: &str,
        media_type: &str,
        size: u64,
        now: Moment,
    ) -> Result<(), String> {
        if self.account.is_none() {
            return Err("log in first".to_owned());
        }
        if size > self.parameters.quota_bytes {
            return Err(format!("{name} is larger than a message may be"));
        }
        if self.draft.is_none() {
            self.begin_with_file(now);
        }
        let Some(draft) = &mut self.draft else { return Ok(()) };
        if draft.record.live || draft.send_wanted {
            return Err("the message is on its way already".to_owned());
        }
        if draft.record.files.len() >= MAX_ATTACHMENTS {
            return Err(format!("a message has at most {MAX_ATTACHMENTS} attachments"));
        }
        let stream = draft.record.next_stream;
        draft.record.next_stream = stream.checked_add(1).ok_or("too many attachments")?;
        let (name, media_type) = (clean_file_name(name), crate::roster::clean(media_type));
        draft.record.files.push(DraftFile {
            about: FileRecord { name, media_type, size },
            home: draft.record.piece.id,
            key: draft.record.piece.key,
            stream,
            portions: None,
        });
        self.files.open.insert(stream, file);
        self.write_draft();
        self.desk.changed(Change::Draft);
        self.read_on();
        Ok(())
    }

    fn begin_with_file(&mut self, now: Moment) {
        let record = DraftRecord {
            piece: self.new_piece(now),
            live: false,
            recipients: Vec::new(),
            priority: Priority::Normal.number(),
            reply_to: None,
            source: SourceRecord { rate: USUAL_RATE, file: false, station: None },
            files: Vec::new(),
            earlier: Vec::new(),
            next_stream: 1,
        };
        self.draft = Some(Draft::ready(record, DraftProgress::default()));
    }

    /// Takes a file off the draft.
    pub(crate) fn detach(&mut self, index: usize) {
        let Some(draft) = &mut self.draft else { return self.desk.refuse("there is no draft") };
        if draft.send_wanted || index >= draft.record.files.len() {
            return self.desk.refuse("there is no such attachment to take off");
        }
        let gone = draft.record.files.remove(index);
        let rest = paths::stream_portions(gone.home, gone.stream);
        self.desk.write(vec![Write::DeletePrefix(rest)]);
        self.files.open.remove(&gone.stream);
        if self.files.reading.as_ref().is_some_and(|reading| reading.stream == gone.stream) {
            self.files.reading = None;
        }
        self.write_draft();
        self.desk.changed(Change::Draft);
        self.read_on();
    }

    /// Asks for the next piece of the file that is being read, or of the next file.
    fn read_on(&mut self) {
        if self.files.reading.is_some() {
            return;
        }
        let Some((&stream, &file)) = self.files.open.first_key_value() else { return };
        let sender = self.own_guid();
        let about = self.draft.as_ref().and_then(|draft| {
            draft.record.files.iter().find(|about| about.stream == stream).cloned()
        });
        let intake = about.and_then(|about| {
            let sealer = Some(sealer_of(about.home, &about.key, sender, stream)?);
            let (home, most) = (about.home, about.about.size.max(PIECE as u64));
            let (offset, portions, ended) = (0, 0, false);
            Some(Intake { file, home, stream, offset, most, sealer, portions, ended })
        });
        if intake.is_none() {
            self.files.open.remove(&stream);
        }
        self.files.reading = intake;
        self.ask_piece();
    }

    fn ask_piece(&mut self) {
        if let Some(reading) = &self.files.reading {
            let (file, offset) = (reading.file, reading.offset);
            self.desk.output(Output::ReadFile { file, offset, length: PIECE });
        }
    }

    /// A piece of a file.
    pub(crate) fn on_file_read(&mut self, file: FileId, offset: u64, data: Result<Bytes, String>) {
        let wanted = |reading: &&mut Intake| reading.file == file && reading.offset == offset;
        let Some(reading) = self.files.reading.as_mut().filter(wanted) else { return };
        if reading.ended {
            return;
        }
        let sealed = data.and_then(|data| reading.seal(&data));
        match sealed {
            Ok(portions) => {
                let (home, stream) = (reading.home, reading.stream);
                let writes = portions.iter().map(|portion| {
                    put_portion(home, stream, portion.seq, portion.last, &portion.bytes)
                });
                self.desk.write_then(writes.collect(), Durable::FileRead);
                self.desk.changed(Change::Draft);
            }
            Err(why) => self.drop_file(&why),
        }
    }

    /// The piece is on disk: on to the next one.
    pub(crate) fn on_file_durable(&mut self) {
        let Some(reading) = &self.files.reading else { return self.read_on() };
        if !reading.ended {
            return self.ask_piece();
        }
        let (stream, size, portions) = (reading.stream, reading.offset, reading.portions);
        self.files.reading = None;
        self.files.open.remove(&stream);
        if let Some(draft) = &mut self.draft
            && let Some(file) = draft.record.files.iter_mut().find(|file| file.stream == stream)
        {
            file.about.size = size;
            file.portions = Some(portions);
            self.write_draft();
            self.desk.changed(Change::Draft);
        }
        self.read_on();
        self.send_if_ready();
    }

    fn drop_file(&mut self, why: &str) {
        let Some(reading) = self.files.reading.take() else { return };
        self.files.open.remove(&reading.stream);
        let rest = paths::stream_portions(reading.home, reading.stream);
        self.desk.write(vec![Write::DeletePrefix(rest)]);
        if let Some(draft) = &mut self.draft {
            let mut files = draft.record.files.iter();
            if let Some(index) = files.position(|file| file.stream == reading.stream) {
                let gone = draft.record.files.remove(index);
                // Not without the file: the person decides anew.
                draft.send_wanted = false;
                self.desk.refuse(format!("{} cannot be attached: {why}", gone.about.name));
            }
        }
        self.write_draft();
        self.desk.changed(Change::Draft);
        self.read_on();
        self.send_if_ready();
    }

    /// Brings the files to their final places. Tells whether there is still something to do.
    pub(crate) fn settle_files(&mut self) -> bool {
        let Some(draft) = &self.draft else { return false };
        if !self.files.open.is_empty() || self.files.moving.is_some() {
            return true;
        }
        let piece = draft.record.piece.clone();
        let misplaced = draft
            .record
            .files
            .iter()
            .zip(1u16..)
            .position(|(file, stream)| file.home != piece.id || file.stream != stream);
        let Some(index) = misplaced else { return false };
        let file = draft.record.files[index].clone();
        let stream = u16::try_from(index + 1).unwrap_or(u16::MAX);
        let sender = self.own_guid();
        let opener = opener_of(file.home, &file.key, sender, file.stream);
        let sealer = sealer_of(piece.id, &piece.key, sender, stream);
        if let (Some(opener), Some(sealer)) = (opener, sealer) {
            let (from, to) = ((file.home, file.stream), (piece.id, stream));
            let sealer = Some(sealer);
            self.files.moving = Some(Move { index, opener, sealer, from, to, next: 0, made: 0 });
            self.move_on();
        }
        true
    }

    fn move_on(&mut self) {
        let Some(moving) = &self.files.moving else { return };
        let (home, stream) = moving.from;
        let after = paths::before_portion(home, stream, moving.next);
        self.desk.read(Reader::Move, paths::stream_portions(home, stream), after, PIECE);
    }

    /// Portions of the file that is being moved.
    pub(crate) fn on_move_page(&mut self, records: &[(Vec<u8>, Bytes)]) {
        let Some(moving) = &mut self.files.moving else { return };
        match moving.seal(records) {
            Ok(writes) => self.desk.write_then(writes, Durable::FileMoved),
            Err(why) => {
                self.files.moving = None;
                if let Some(draft) = &mut self.draft {
                    draft.send_wanted = false;
                }
                self.desk.refuse(format!("an attachment is damaged: {why}"));
                self.desk.changed(Change::Draft);
            }
        }
    }

    /// They are on disk in their new place.
    pub(crate) fn on_move_durable(&mut self) {
        let Some(moving) = &self.files.moving else { return };
        if moving.sealer.is_some() {
            return self.move_on();
        }
        let (index, from, to, made) = (moving.index, moving.from, moving.to, moving.made);
        self.files.moving = None;
        let Some(draft) = &mut self.draft else { return };
        let (id, key) = (draft.record.piece.id, draft.record.piece.key);
        if let Some(file) = draft.record.files.get_mut(index) {
            (file.home, file.key, file.stream, file.portions) = (id, key, to.1, Some(made));
        }
        let head = put(RecordKey::Draft, &draft.record);
        let old = Write::DeletePrefix(paths::stream_portions(from.0, from.1));
        self.desk.write(vec![head, old]);
        if matches!(draft.phase, Phase::Ready) {
            self.send_if_ready();
        }
    }
}

impl Intake {
    /// Seals a piece; one that is shorter than was asked for is the last.
    fn seal(&mut self, data: &[u8]) -> Result<Vec<SealedPortion>, String> {
        self.offset += data.len() as u64;
        if self.offset > self.most {
            return Err("it has grown while it was read".to_owned());
        }
        let portions = seal_on(&mut self.sealer, data, data.len() < PIECE)?;
        self.ended = self.sealer.is_none();
        self.portions += u32::try_from(portions.len()).unwrap_or_default();
        Ok(portions)
    }
}

impl Move {
    fn seal(&mut self, records: &[(Vec<u8>, Bytes)]) -> Result<Vec<Write>, String> {
        let mut writes = Vec::new();
        let mut sealed = Vec::new();
        let before = self.next;
        for (key, value) in records {
            let portion = StoredPortion::parse(key, value).filter(|p| p.sequence == self.next);
            let portion = portion.ok_or("a part is missing")?;
            let bytes = self
                .opener
                .open(portion.sequence, portion.last, &portion.sealed)
                .map_err(|error| error.to_string())?;
            self.next += 1;
            sealed.extend(seal_on(&mut self.sealer, &bytes, portion.last)?);
        }
        if self.next == before {
            return Err("a part is missing".to_owned());
        }
        for portion in sealed {
            self.made = portion.seq + 1;
            let (home, stream) = self.to;
            writes.push(put_portion(home, stream, portion.seq, portion.last, &portion.bytes));
        }
        Ok(writes)
    }
}

/// Seals more of a file, and with its end the last portion; the sealer is gone then.
fn seal_on(
    sealer: &mut Option<AttachmentSealer>,
    data: &[u8],
    last: bool,
) -> Result<Vec<SealedPortion>, String> {
    let Some(going) = sealer else { return Ok(Vec::new()) };
    let mut portions = going.push(data).map_err(|error| error.to_string())?;
    if last && let Some(ending) = sealer.take() {
        portions.push(ending.finish().map_err(|error| error.to_string())?);
    }
    Ok(portions)
}

fn sealer_of(home: MessageId, key: &[u8; 32], sender: Guid, s: u16) -> Option<AttachmentSealer> {
    let content = ContentKey::from_bytes(*key);
    AttachmentSealer::new(&content, voice_id(home), account_id(sender), s).ok()
}

fn opener_of(home: MessageId, key: &[u8; 32], sender: Guid, s: u16) -> Option<AttachmentOpener> {
    let content = ContentKey::from_bytes(*key);
    AttachmentOpener::new(&content, voice_id(home), account_id(sender), s).ok()
}

/// A file name without folders, control characters and tricks.
pub(crate) fn clean_file_name(name: &str) -> String {
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let name: String = name
        .chars()
        .filter(|c| {
            !c.is_control()
                && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
        })
        .take(200)
        .collect();
    let name = name.trim().trim_start_matches('.').to_owned();
    if name.is_empty() { "attachment".to_owned() } else { name }
}

#[cfg(test)]
mod tests {
    use super::clean_file_name;

    #[test]
    fn a_file_name_leads_nowhere() {
        assert_eq!(clean_file_name("../../etc/passwd"), "passwd");
        assert_eq!(clean_file_name("C:\\windows\\cmd.exe"), "cmd.exe");
        assert_eq!(clean_file_name("..\u{0}"), "attachment");
        assert_eq!(clean_file_name(".bashrc"), "bashrc");
        assert_eq!(clean_file_name("plan\u{202e}gpj.exe"), "plangpj.exe");
    }
}
