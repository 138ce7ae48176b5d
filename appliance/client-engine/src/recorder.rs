//! The recorder: from the microphone through the signal chain to sealed portions on disk.
//!
//! ```text
//! samples -> chain (noise, gain) -> codec -> seal -> storage          a draft, or
//!                                                 -> storage and link  a live message
//! ```
//!
//! Every portion is written as it is made, together with how far the speech is, so that a crash
//! loses one buffer at most. In record mode a portion holds a second, in live mode what the
//! office's parameters say. A speech of the longest length goes on as a second message.

use machine::{Moment, Span};
use message::MessageId;
use message::speech::SPEECH;
use voice::chain::{Chain, Frame, Mode as ChainMode};
use voice::codec::Quality;
use voice::format::Format;
use voice::ids;
use voice::pipeline::{PortionMaker, SealedPortion};
use voice::seal::ContentKey;

use crate::composer::{Draft, Phase};
use crate::engine::Engine;
use crate::paths::RecordKey;
use crate::records::{DraftProgress, EarlierRecord, PieceRecord, SourceRecord};
use crate::storage::{Durable, put, put_portion};
use crate::{Change, Notice, Output};

/// One portion of record mode, milliseconds: what a crash may lose.
const RECORD_PORTION_MS: u32 = 1_000;
/// How often the level is shown.
const LEVEL_EVERY: Span = Span::from_millis(100);

/// A run of speech, from opening the microphone to closing it.
pub(crate) struct Take {
    chain: Chain,
    maker: PortionMaker,
    source: SourceRecord,
    /// Milliseconds of the piece before this run.
    before_ms: u64,
    warned: bool,
    level_told: Moment,
}

impl Take {
    /// Milliseconds of the piece so far.
    pub(crate) fn duration_ms(&self) -> u64 {
        self.before_ms + self.maker.duration_ms()
    }
}

impl Engine {
    /// Opens the microphone for a piece of which `said` is there already.
    pub(crate) fn open_take(
        &mut self,
        piece: &PieceRecord,
        said: &DraftProgress,
        live: bool,
        source: SourceRecord,
        now: Moment,
    ) -> Result<Box<Take>, String> {
        let mode = if source.file { ChainMode::PassThrough } else { ChainMode::Clean };
        let chain = Chain::new(source.rate, Format::SPEECH.rate(), mode);
        let chain = chain.map_err(|error| error.to_string())?;
        let maker = self.new_maker(piece, live)?.starting_at(said.next);
        if source.station.is_none() {
            self.desk.output(Output::Microphone { rate: source.rate });
        }
        let before_ms = said.duration_ms;
        Ok(Box::new(Take { chain, maker, source, before_ms, warned: false, level_told: now }))
    }

    fn new_maker(&self, piece: &PieceRecord, live: bool) -> Result<PortionMaker, String> {
        PortionMaker::new(
            Format::SPEECH,
            Quality::SPEECH,
            &ContentKey::from_bytes(piece.key),
            ids::MessageId(*piece.id.bytes()),
            ids::AccountId(*self.own_guid().bytes()),
            if live { self.parameters.portion_ms } else { RECORD_PORTION_MS },
        )
        .map_err(|error| error.to_string())
    }

    /// Closes the microphone, if it is open; what was said is kept as it is.
    pub(crate) fn close_microphone(&mut self, now: Moment) {
        let Some(Draft { phase: Phase::Speaking(take), .. }) = &self.draft else { return };
        match take.source.station {
            Some(_) => self.dismiss_station(now),
            None => self.desk.output(Output::MicrophoneOff),
        }
    }

    /// Samples from the microphone.
    pub(crate) fn on_samples(&mut self, mut samples: Vec<f32>, now: Moment) {
        let silence_ms = self.parameters.silence_ms;
        let Some(take) = self.take_mut() else { return };
        samples.truncate(take.source.rate as usize);
        let mut frames = Vec::new();
        take.chain.push(&samples, &mut frames);
        let silent = !take.source.file && take.chain.silent_ms() >= silence_ms;
        let show = now.since(take.level_told) >= LEVEL_EVERY;
        if show {
            take.level_told = now;
        }
        self.say(&frames, now);
        if show {
            self.desk.changed(Change::Level);
        }
        if silent {
            self.desk.notice(Notice::StoppedBySilence);
            self.stop_talking(now);
        }
    }

    fn take_mut(&mut self) -> Option<&mut Take> {
        match &mut self.draft.as_mut()?.phase {
            Phase::Speaking(take) => Some(take),
            Phase::Finishing | Phase::Ready => None,
        }
    }

    /// Codes, seals and keeps finished frames.
    fn say(&mut self, frames: &[Frame], now: Moment) {
        for frame in frames {
            let Some(draft) = &mut self.draft else { return };
            let Phase::Speaking(take) = &mut draft.phase else { return };
            draft.said.peaks.push_frame(&frame.samples);
            draft.level_dbfs = frame.level.peak_dbfs.max(-90.0);
            match take.maker.push(&frame.samples) {
                Ok(portions) => self.keep_portions(portions, now),
                Err(error) => {
                    self.desk.refuse(error.to_string());
                    return self.end_take(now);
                }
            }
            self.mind_length(now);
        }
    }

    /// Writes portions of the draft, and sends them if it is live.
    fn keep_portions(&mut self, portions: Vec<SealedPortion>, now: Moment) {
        let Some(draft) = self.draft.as_mut().filter(|_| !portions.is_empty()) else { return };
        let (id, live) = (draft.record.piece.id, draft.record.live);
        if let Phase::Speaking(take) = &draft.phase {
            draft.said.duration_ms = take.duration_ms();
        }
        let mut writes = Vec::new();
        for portion in &portions {
            draft.said.next = portion.seq + 1;
            writes.push(put_portion(id, SPEECH, portion.seq, portion.last, &portion.bytes));
        }
        writes.push(put(RecordKey::DraftProgress, &draft.said));
        self.desk.write_then(writes, Durable::Said(id));
        if live {
            self.send_live(id, &portions, now);
        }
    }

    /// Warns before the longest length, and goes on as a second message at it.
    fn mind_length(&mut self, now: Moment) {
        let longest = u64::from(self.parameters.longest_ms);
        let warning = longest.saturating_sub(u64::from(self.parameters.warning_ms));
        let Some(take) = self.take_mut() else { return };
        let duration = take.duration_ms();
        if duration >= warning && !take.warned {
            take.warned = true;
            self.desk.output(Output::WarningTone);
        }
        if duration >= longest {
            self.continue_as_next(now);
        }
    }

    fn continue_as_next(&mut self, now: Moment) {
        let Some(finished) = self.close_piece(now) else { return };
        let next = self.new_piece(now);
        let id = next.id;
        let Some(draft) = &mut self.draft else { return };
        if !draft.record.live {
            let piece = std::mem::replace(&mut draft.record.piece, next);
            let said = std::mem::take(&mut draft.said);
            draft.record.earlier.push(EarlierRecord { piece, said });
        } else {
            draft.record.piece = next;
            draft.said = DraftProgress::default();
            // A key that changed in the middle: the rest is a draft, and can be sent later.
            let live = self.open_live(now).is_ok();
            if let Some(draft) = &mut self.draft {
                draft.record.live = live;
            }
        }
        self.begin_piece(now);
        self.desk.notice(Notice::Continued { finished, next: id });
    }

    /// The live message is finished here; what follows is a draft (row 71).
    pub(crate) fn switch_to_record(&mut self, now: Moment) {
        let speaking_live = self
            .draft
            .as_ref()
            .is_some_and(|draft| draft.record.live && matches!(draft.phase, Phase::Speaking(_)));
        if !speaking_live {
            return self.desk.refuse("nothing is being said live");
        }
        if self.close_piece(now).is_none() {
            return;
        }
        let next = self.new_piece(now);
        if let Some(draft) = &mut self.draft {
            draft.record.piece = next;
            draft.record.live = false;
            draft.said = DraftProgress::default();
        }
        self.begin_piece(now);
    }

    /// Brings out what the codec holds of the present piece, and ends it.
    fn close_piece(&mut self, now: Moment) -> Option<MessageId> {
        let draft = self.draft.as_mut()?;
        let (id, live) = (draft.record.piece.id, draft.record.live);
        let Phase::Speaking(take) = &mut draft.phase else { return None };
        let made = take.maker.pause();
        match made {
            Ok(portions) => self.keep_portions(portions, now),
            Err(error) => self.desk.refuse(error.to_string()),
        }
        if live {
            self.end_live(now);
        }
        Some(id)
    }

    /// A fresh maker for the piece that the draft names now; the microphone stays open.
    fn begin_piece(&mut self, now: Moment) {
        let Some(draft) = &self.draft else { return };
        let (piece, live) = (draft.record.piece.clone(), draft.record.live);
        let maker = self.new_maker(&piece, live);
        match (maker, self.take_mut()) {
            (Ok(maker), Some(take)) => {
                take.maker = maker;
                take.before_ms = 0;
                take.warned = false;
            }
            (Err(why), _) => {
                self.desk.refuse(why);
                self.end_take(now);
            }
            (Ok(_), None) => {}
        }
        self.write_draft();
        self.desk.changed(Change::Draft);
    }

    /// Stops speaking: what is held back comes out, a live message goes, a recorded one is ready
    /// as soon as it is on disk (row 21).
    pub(crate) fn stop_talking(&mut self, now: Moment) {
        let Some(take) = self.take_mut() else { return };
        let mut frames = Vec::new();
        take.chain.flush(&mut frames);
        self.say(&frames, now);
        self.end_take(now);
    }

    fn end_take(&mut self, now: Moment) {
        self.close_microphone(now);
        let Some(id) = self.close_piece(now) else { return };
        let Some(draft) = &mut self.draft else { return };
        draft.phase = Phase::Finishing;
        if draft.record.live {
            self.draft = None;
            self.desk.write(vec![crate::storage::delete(RecordKey::Draft)]);
        } else {
            self.desk.write_then(Vec::new(), Durable::DraftReady(id));
        }
        self.desk.changed(Change::Draft);
    }
}
