//! The draft: spoken, reviewed, spoken again, appended to, addressed, discarded, sent.
//!
//! ```text
//! talk -> recording -> finishing -> ready -> (send) -> outbox
//!      \-> live ------------------------------------> outbox
//! ```

use machine::Moment;
use message::people::Status;
use message::speech::{MAX_RECIPIENTS, SPEECH};
use message::{Guid, MessageId, Priority};
use voice::format::Format;
use voice::seal::ContentKey;

use crate::engine::Engine;
use crate::paths::RecordKey;
use crate::player::Tune;
use crate::recorder::Take;
use crate::records::{DraftProgress, DraftRecord, PieceRecord, SourceRecord};
use crate::storage::{delete, delete_portions, put};
use crate::{
    AttachmentView, Change, DraftState, DraftView, Notice, Output, Source, Talk, Wish, Write, paths,
};

/// What the draft is doing.
pub(crate) enum Phase {
    /// The microphone is open.
    Speaking(Box<Take>),
    /// The last of it is on its way to the disk.
    Finishing,
    /// It may be sent.
    Ready,
}

/// The message that is being made.
pub(crate) struct Draft {
    /// What is kept of it.
    pub(crate) record: DraftRecord,
    /// How far its speech is.
    pub(crate) said: DraftProgress,
    /// What it is doing.
    pub(crate) phase: Phase,
    /// Is it to be sent as soon as everything is there?
    pub(crate) send_wanted: bool,
    /// Level of the microphone.
    pub(crate) level_dbfs: f32,
}

impl Draft {
    /// A draft that lies still.
    pub(crate) fn ready(record: DraftRecord, said: DraftProgress) -> Self {
        Self { record, said, phase: Phase::Ready, send_wanted: false, level_dbfs: -90.0 }
    }

    /// What a client shows of it.
    pub(crate) fn view(&self, is_ringing: bool, done: impl Fn(u16) -> u64) -> DraftView {
        let (state, duration_ms) = match &self.phase {
            Phase::Speaking(_) if is_ringing => (DraftState::Ringing, 0),
            Phase::Speaking(take) if self.record.live => (DraftState::Live, take.duration_ms()),
            Phase::Speaking(take) => (DraftState::Recording, take.duration_ms()),
            Phase::Ready if !self.send_wanted => (DraftState::Ready, self.said.duration_ms),
            Phase::Ready | Phase::Finishing => (DraftState::Finishing, self.said.duration_ms),
        };
        let earlier: u64 = self.record.earlier.iter().map(|piece| piece.said.duration_ms).sum();
        let files = self.record.files.iter().map(|file| AttachmentView {
            name: file.about.name.clone(),
            media_type: file.about.media_type.clone(),
            size: file.about.size,
            done: if file.portions.is_some() { file.about.size } else { done(file.stream) },
        });
        DraftView {
            id: self.record.piece.id,
            state,
            recipients: self.record.recipients.clone(),
            priority: Priority::from_number(self.record.priority).unwrap_or_default(),
            duration_ms: earlier + duration_ms,
            waveform: self.said.peaks.columns().to_vec(),
            attachments: files.collect(),
            level_dbfs: self.level_dbfs,
            telephone: self.record.source.station,
        }
    }
}

impl Engine {
    /// A piece of speech that has not begun.
    pub(crate) fn new_piece(&mut self, now: Moment) -> PieceRecord {
        let key = *ContentKey::generate(&mut self.desk.rng).as_bytes();
        PieceRecord { id: self.desk.message_id(now), key, created: self.desk.wall(now) }
    }

    /// Writes the draft's head.
    pub(crate) fn write_draft(&mut self) {
        if let Some(draft) = &self.draft {
            let head = put(RecordKey::Draft, &draft.record);
            let said = put(RecordKey::DraftProgress, &draft.said);
            self.desk.write(vec![head, said]);
        }
    }

    /// Begins to speak.
    pub(crate) fn talk(&mut self, talk: &Talk, now: Moment) {
        if let Err(why) = self.try_talk(talk, now) {
            self.desk.refuse(why);
        }
    }

    fn try_talk(&mut self, talk: &Talk, now: Moment) -> Result<(), String> {
        if self.account.is_none() {
            return Err("log in first".to_owned());
        }
        let files_only = |draft: &Draft| {
            draft.said.next == 0 && matches!(draft.phase, Phase::Ready) && !draft.send_wanted
        };
        if self.draft.as_ref().is_some_and(|draft| !files_only(draft)) {
            return Err("there is a draft already: send it or discard it first".to_owned());
        }
        let recipients = self.addressable(&talk.recipients)?;
        let live = self.draft.is_none() && self.goes_live(talk.wish, &recipients);
        if talk.wish == Wish::Live && !live {
            return Err("a message with attachments is recorded".to_owned());
        }
        let source = match talk.source {
            Source::Microphone { rate } => SourceRecord { rate, file: false, station: None },
            Source::File { rate } => SourceRecord { rate, file: true, station: None },
            // Its speech is cleaned and ended by silence where it comes in.
            Source::Telephone { station } => {
                SourceRecord { rate: Format::SPEECH.rate(), file: true, station: Some(station) }
            }
        };
        if let Some(station) = source.station {
            self.check_station(station)?;
        }
        let before = self.draft.take();
        let fresh = self.new_piece(now);
        let (piece, files, next_stream) = match before {
            Some(draft) => (draft.record.piece, draft.record.files, draft.record.next_stream),
            None => (fresh, Vec::new(), 1),
        };
        let record = DraftRecord {
            piece,
            live,
            recipients,
            priority: talk.priority.number(),
            reply_to: talk.reply_to,
            source,
            files,
            earlier: Vec::new(),
            next_stream,
        };
        self.draft = Some(Draft::ready(record, DraftProgress::default()));
        let opened = if live { self.open_live(now) } else { Ok(()) };
        let opened = opened.and_then(|()| self.speak_on(now));
        if opened.is_err() {
            self.drop_draft(now);
        }
        opened
    }

    /// Row 70: live if a recipient is on-line, else recorded.
    fn goes_live(&self, wish: Wish, recipients: &[Guid]) -> bool {
        match wish {
            Wish::Live => true,
            Wish::Record => false,
            Wish::Automatic => {
                self.session.checked_in
                    && recipients.iter().any(|person| self.roster.status(*person) == Status::Online)
                    && recipients.iter().all(|person| self.roster.trusted_key(*person).is_some())
            }
        }
    }

    /// Whom a message can be for: people of the roster, each once, not oneself.
    fn addressable(&self, recipients: &[Guid]) -> Result<Vec<Guid>, String> {
        let mut all = recipients.to_vec();
        all.retain(|person| *person != self.own_guid());
        all.sort_unstable();
        all.dedup();
        if all.is_empty() {
            return Err("a message needs a recipient".to_owned());
        }
        if all.len() > MAX_RECIPIENTS {
            return Err(format!("a message has at most {MAX_RECIPIENTS} recipients"));
        }
        if all.iter().any(|person| self.roster.get(*person).is_none_or(|known| !known.listed)) {
            return Err("no such person".to_owned());
        }
        Ok(all)
    }

    /// Opens the microphone for the draft as it is.
    fn speak_on(&mut self, now: Moment) -> Result<(), String> {
        let Some(draft) = &self.draft else { return Ok(()) };
        let (record, said) = (draft.record.clone(), draft.said.clone());
        self.stop_playing();
        let take = self.open_take(&record.piece, &said, record.live, record.source, now)?;
        if let Some(station) = record.source.station {
            self.ring_station(station, record.piece.id, now);
        }
        if let Some(draft) = &mut self.draft {
            draft.phase = Phase::Speaking(take);
        }
        self.write_draft();
        self.desk.changed(Change::Draft);
        Ok(())
    }

    fn ready_draft(&mut self) -> Option<&mut Draft> {
        match &mut self.draft {
            Some(draft) if matches!(draft.phase, Phase::Ready) && !draft.send_wanted => {}
            Some(_) => {
                self.desk.refuse("the draft is not finished yet");
                return None;
            }
            None => {
                self.desk.refuse("there is no draft");
                return None;
            }
        }
        self.draft.as_mut()
    }

    /// Speaks on at the end of the draft.
    pub(crate) fn append(&mut self, now: Moment) {
        if self.ready_draft().is_some()
            && let Err(why) = self.speak_on(now)
        {
            self.desk.refuse(why);
        }
    }

    /// Throws the speech away and speaks again: a new message with a new key, because two
    /// speeches must never be sealed under the same numbers.
    pub(crate) fn re_record(&mut self, now: Moment) {
        let fresh = self.new_piece(now);
        let Some(draft) = self.ready_draft() else { return };
        let old = std::mem::replace(&mut draft.record.piece, fresh);
        draft.said = DraftProgress::default();
        let mut gone: Vec<MessageId> =
            draft.record.earlier.drain(..).map(|earlier| earlier.piece.id).collect();
        gone.push(old.id);
        let homes: Vec<MessageId> = draft.record.files.iter().map(|file| file.home).collect();
        let writes = gone.into_iter().map(|id| {
            if homes.contains(&id) {
                Write::DeletePrefix(paths::stream_portions(id, SPEECH))
            } else {
                delete_portions(id)
            }
        });
        let writes = writes.collect();
        self.desk.write(writes);
        self.write_draft();
        if let Err(why) = self.speak_on(now) {
            self.desk.refuse(why);
        }
    }

    /// Throws the draft away; a live message is given up.
    pub(crate) fn discard(&mut self, now: Moment) {
        if self.draft.is_none() {
            return self.desk.refuse("there is no draft");
        }
        self.close_microphone(now);
        self.drop_draft(now);
    }

    /// Forgets the draft with all its portions.
    fn drop_draft(&mut self, now: Moment) {
        let Some(draft) = self.draft.take() else { return };
        self.stop_playing();
        self.files = Default::default();
        let record = draft.record;
        if record.live {
            self.desk.write(vec![delete(RecordKey::Draft)]);
            self.give_up(record.piece.id, now);
        } else {
            let homes = record.files.iter().map(|file| file.home);
            let pieces = record.earlier.iter().map(|earlier| earlier.piece.id);
            let gone = homes.chain(pieces).chain([record.piece.id]);
            let writes = gone.map(delete_portions).chain([delete(RecordKey::Draft)]).collect();
            self.desk.write(writes);
        }
        self.desk.changed(Change::Draft);
    }

    /// Changes recipients and priority.
    pub(crate) fn readdress(&mut self, recipients: &[Guid], priority: Priority) {
        let recipients = match self.addressable(recipients) {
            Ok(recipients) => recipients,
            Err(why) => return self.desk.refuse(why),
        };
        match &mut self.draft {
            Some(draft) if !draft.record.live && !draft.send_wanted => {
                draft.record.recipients = recipients;
                draft.record.priority = priority.number();
            }
            Some(_) => return self.desk.refuse("the message is on its way already"),
            None => return self.desk.refuse("there is no draft"),
        }
        self.write_draft();
        self.desk.changed(Change::Draft);
    }

    /// Sends the draft, or as soon as all of it is there; a live message is finished.
    pub(crate) fn send(&mut self, now: Moment) {
        let Some(draft) = &self.draft else { return self.desk.refuse("there is no draft") };
        if draft.record.live {
            return self.stop_talking(now);
        }
        let recipients = draft.record.recipients.clone();
        let checked = self.addressable(&recipients).and_then(|all| self.sealable(&all));
        if let Err(why) = checked {
            return self.desk.refuse(why);
        }
        self.stop_talking(now);
        if let Some(draft) = &mut self.draft {
            draft.send_wanted = true;
        }
        self.desk.changed(Change::Draft);
        self.send_if_ready();
    }

    /// Plays the draft.
    pub(crate) fn review(&mut self, now: Moment) {
        let Some(draft) = self.ready_draft() else { return };
        let record = draft.record.clone();
        let pieces = record.earlier.iter().map(|earlier| &earlier.piece).chain([&record.piece]);
        let sender = self.own_guid();
        let tunes = pieces.filter_map(|piece| Tune::of_piece(piece, sender)).collect();
        self.play_tunes(tunes, now);
    }

    /// The draft is on disk.
    pub(crate) fn on_draft_ready(&mut self, piece: MessageId) {
        if let Some(draft) = &mut self.draft
            && draft.record.piece.id == piece
            && matches!(draft.phase, Phase::Finishing)
        {
            draft.phase = Phase::Ready;
            self.desk.changed(Change::Draft);
            self.send_if_ready();
        }
    }

    /// Takes up what an earlier run has left.
    pub(crate) fn restore_draft(&mut self, record: DraftRecord, said: DraftProgress) {
        let mut draft = Draft::ready(record, said);
        if draft.record.live {
            // A message already: it is among those that are being sent.
            self.desk.write(vec![delete(RecordKey::Draft)]);
            return;
        }
        // Their files were open in the run that is gone.
        let half = draft.record.files.iter().filter(|file| file.portions.is_none());
        let half = half.map(|file| paths::stream_portions(file.home, file.stream));
        self.desk.write(half.map(Write::DeletePrefix).collect());
        draft.record.files.retain(|file| file.portions.is_some());
        let empty = draft.said.next == 0
            && draft.record.files.is_empty()
            && draft.record.earlier.is_empty();
        self.draft = Some(draft);
        if empty {
            self.drop_draft(Moment::START);
        } else {
            self.write_draft();
            self.desk.notice(Notice::DraftRestored);
            self.desk.changed(Change::Draft);
        }
    }

    /// Silence at once, if something plays.
    pub(crate) fn stop_playing(&mut self) {
        if self.player.stop() {
            self.desk.output(Output::PlayStop);
            self.desk.changed(Change::Playing);
        }
    }
}
