//! Playing: portions are opened, decoded and handed to the shell's player, some seconds ahead of
//! what is heard.
//!
//! A message that is being spoken plays by itself while the person is there and nothing else
//! plays: its portions go to the player as they come, behind a small buffer against jitter.

use std::collections::VecDeque;

use bytes::Bytes;
use machine::{Moment, Span};
use message::people::Status;
use message::speech::{Portion, SPEECH};
use message::{Guid, MessageId};
use voice::codec::Decoder;
use voice::format::{FRAME_MS, Format};
use voice::pipeline::PortionReader;
use voice::seal::ContentKey;

use crate::composer::Phase;
use crate::dispatch::{account_id, voice_id};
use crate::engine::{Engine, Timer};
use crate::records::{MessageRecord, PieceRecord};
use crate::storage::{Reader, StoredPortion};
use crate::{Change, Direction, MessageState, Output, paths};

/// How far ahead of what is heard the shell is given sound, milliseconds.
const AHEAD_MS: u64 = 4_000;
/// Bytes read from the storage at once.
const PAGE: usize = 16 << 10;
/// Sound that is held back at the start of a live message, milliseconds.
const JITTER_MS: u64 = 120;
/// Frames decoded before the place where playing begins, so that the codec has settled.
const SETTLE_FRAMES: u64 = 4;
/// Frames made up for a gap: half a second at most.
const MOST_CONCEALED: u32 = 25;
/// After this long without a word from the shell's player a message counts as played out.
const PATIENCE: Span = Span::from_secs(5);
/// How often playing is looked after.
const LOOK_AFTER: Span = Span::from_millis(500);
/// The player's count and ours may differ by so much at the end, milliseconds.
const SLACK_MS: u64 = 60;

/// The speech of one message, being played.
pub(crate) struct Tune {
    message: MessageId,
    rate: u32,
    reader: PortionReader,
    decoder: Decoder,
    next: u32,
    skip: u64,
    reading: bool,
    ended: bool,
}

impl Tune {
    /// A message that is here, or arrives.
    pub(crate) fn of_record(record: &MessageRecord) -> Option<Self> {
        let format = Format::parse(&record.format).ok()?;
        Self::new(record.id, format, &record.key, record.sender)
    }

    /// A piece of a draft.
    pub(crate) fn of_piece(piece: &PieceRecord, sender: Guid) -> Option<Self> {
        Self::new(piece.id, Format::SPEECH, &piece.key, sender)
    }

    fn new(message: MessageId, format: Format, key: &[u8; 32], sender: Guid) -> Option<Self> {
        let key = ContentKey::from_bytes(*key);
        Some(Self {
            message,
            rate: format.rate(),
            reader: PortionReader::new(format, &key, voice_id(message), account_id(sender)),
            decoder: Decoder::new(&format).ok()?,
            next: 0,
            skip: 0,
            reading: false,
            ended: false,
        })
    }

    /// The samples of a portion; none if it was played before or does not open.
    pub(crate) fn decode(&mut self, sequence: u32, last: bool, sealed: &[u8]) -> Vec<f32> {
        let Some(missing) = sequence.checked_sub(self.next) else { return Vec::new() };
        let Ok(frames) = self.reader.read(sequence, last, sealed) else { return Vec::new() };
        self.next = sequence.saturating_add(1);
        self.ended = last;
        let mut samples = Vec::new();
        for _ in 0..missing.min(MOST_CONCEALED) {
            samples.extend(self.decoder.conceal());
        }
        for frame in &frames {
            if self.skip > SETTLE_FRAMES {
                self.skip -= 1;
                continue;
            }
            let heard = self.decoder.decode(frame).unwrap_or_else(|_| self.decoder.conceal());
            if self.skip > 0 {
                self.skip -= 1;
            } else {
                samples.extend(heard);
            }
        }
        samples
    }
}

/// What plays.
#[derive(Default)]
pub(crate) struct Player {
    tunes: VecDeque<Tune>,
    shown: MessageId,
    number: u64,
    from_ms: u64,
    given_ms: u64,
    heard_ms: u64,
    started: Moment,
    held: Option<Vec<f32>>,
    rate: u32,
    end_told: bool,
    playing: bool,
}

impl Player {
    /// What is playing, and where it is.
    pub(crate) fn position(&self) -> Option<(MessageId, u64)> {
        self.playing.then_some((self.shown, self.from_ms + self.heard_ms))
    }

    /// Does this message play?
    pub(crate) fn is_playing(&self, message: MessageId) -> bool {
        self.playing && self.shown == message
    }

    /// Stops; tells whether something played.
    pub(crate) fn stop(&mut self) -> bool {
        let was = self.playing;
        *self = Self { number: self.number + 1, ..Self::default() };
        was
    }
}

impl Engine {
    /// Plays a message from a place.
    pub(crate) fn play(&mut self, message: MessageId, from_ms: u64, now: Moment) {
        let record = self
            .messages
            .get(&message)
            .filter(|record| !record.hidden && record.state != MessageState::Unreadable);
        let Some(mut tune) = record.and_then(Tune::of_record) else {
            return self.desk.refuse("there is nothing to play");
        };
        tune.skip = from_ms / u64::from(FRAME_MS);
        self.begin_playing(vec![tune], message, from_ms, now);
    }

    /// Plays pieces one behind the other, as one.
    pub(crate) fn play_tunes(&mut self, tunes: Vec<Tune>, now: Moment) {
        if let Some(shown) = tunes.last().map(|tune| tune.message) {
            self.begin_playing(tunes, shown, 0, now);
        }
    }

    fn begin_playing(&mut self, tunes: Vec<Tune>, shown: MessageId, from_ms: u64, now: Moment) {
        let speaking = self.draft.as_ref().map(|draft| &draft.phase);
        if matches!(speaking, Some(Phase::Speaking(_))) {
            return self.desk.refuse("stop speaking first");
        }
        self.stop_playing();
        let player = &mut self.player;
        player.tunes = tunes.into();
        (player.shown, player.from_ms, player.started) = (shown, from_ms, now);
        player.playing = true;
        self.desk.changed(Change::Playing);
        self.pump_player(now);
    }

    /// Gives the shell more to play.
    pub(crate) fn pump_player(&mut self, now: Moment) {
        let player = &mut self.player;
        if !player.playing {
            return;
        }
        self.timers.set(Timer::Player, now + LOOK_AFTER);
        while player.tunes.front().is_some_and(|tune| tune.ended) {
            player.tunes.pop_front();
        }
        let heard = player.heard_ms.max(now.since(player.started).millis());
        if player.given_ms >= heard + AHEAD_MS {
            return;
        }
        match player.tunes.front_mut() {
            Some(tune) if tune.reading => {}
            Some(tune) => {
                tune.reading = true;
                let (message, next) = (tune.message, tune.next);
                let after = paths::before_portion(message, SPEECH, next);
                let prefix = paths::stream_portions(message, SPEECH);
                self.desk.read(Reader::Player(self.player.number), prefix, after, PAGE);
            }
            None => self.play_end(),
        }
    }

    /// A page of the message that plays.
    pub(crate) fn on_player_page(
        &mut self,
        number: u64,
        records: &[(Vec<u8>, Bytes)],
        more: bool,
        now: Moment,
    ) {
        if number != self.player.number {
            return;
        }
        if let Some(tune) = self.player.tunes.front_mut() {
            tune.reading = false;
        }
        let before = self.player.tunes.front().map(|tune| tune.next);
        for (key, value) in records {
            if let Some(portion) = StoredPortion::parse(key, value) {
                self.feed(portion.sequence, portion.last, &portion.sealed, now);
            }
        }
        let Some(tune) = self.player.tunes.front_mut() else { return };
        let waits = !tune.ended && self.inbox.arriving.contains_key(&tune.message);
        let stuck = before == Some(tune.next);
        if !more && !waits || more && stuck {
            // All there is: a message that was cut, or a piece of a draft.
            tune.ended = true;
        }
        if !waits || more {
            self.pump_player(now);
        }
    }

    /// Hands the samples of a portion to the shell.
    fn feed(&mut self, sequence: u32, last: bool, sealed: &[u8], now: Moment) {
        let player = &mut self.player;
        let Some(tune) = player.tunes.front_mut() else { return };
        let samples = tune.decode(sequence, last, sealed);
        (player.rate, player.playing) = (tune.rate, true);
        if samples.is_empty() && !tune.ended {
            return;
        }
        if player.given_ms == 0 {
            player.started = now;
        }
        player.given_ms += samples.len() as u64 * 1000 / u64::from(tune.rate.max(1));
        let enough = player.given_ms >= JITTER_MS || tune.ended;
        let samples = match player.held.take() {
            Some(mut held) => {
                held.extend(samples);
                if !enough {
                    player.held = Some(held);
                    return;
                }
                held
            }
            None => samples,
        };
        if !samples.is_empty() {
            self.desk.output(Output::Play { samples, rate: self.player.rate });
        }
    }

    /// A portion that just arrived: for the ears at once, if it is next.
    pub(crate) fn offer_live(&mut self, portion: &Portion<'_>, now: Moment) {
        if portion.stream != SPEECH {
            return;
        }
        let id = portion.message;
        self.dictate(portion, now);
        if !self.player.playing && portion.sequence == 0 && self.plays_by_itself(id) {
            let Some(tune) = self.messages.get(&id).and_then(Tune::of_record) else { return };
            self.begin_listening(tune, id, now);
        }
        let next = self.player.tunes.front();
        let fits = next.is_some_and(|tune| {
            tune.message == id && !tune.reading && tune.next == portion.sequence
        });
        if fits {
            self.feed(portion.sequence, portion.last, portion.data, now);
            self.after_live(now);
        }
    }

    fn begin_listening(&mut self, tune: Tune, id: MessageId, now: Moment) {
        self.player.stop();
        let player = &mut self.player;
        player.tunes.push_back(tune);
        (player.shown, player.started, player.playing) = (id, now, true);
        player.held = Some(Vec::new());
        self.timers.set(Timer::Player, now + LOOK_AFTER);
        self.desk.changed(Change::Playing);
    }

    fn after_live(&mut self, now: Moment) {
        if self.player.tunes.front().is_some_and(|tune| tune.ended) {
            self.pump_player(now);
        }
    }

    fn plays_by_itself(&self, message: MessageId) -> bool {
        let there = self.account.as_ref().is_some_and(|me| me.status == Status::Online);
        let speaking = self.draft.as_ref().map(|draft| &draft.phase);
        let live = self.inbox.arriving.get(&message).is_some_and(|arriving| arriving.live);
        let received = self
            .messages
            .get(&message)
            .is_some_and(|record| record.direction == Direction::Received && !record.hidden);
        self.autoplay && there && live && received && !matches!(speaking, Some(Phase::Speaking(_)))
    }

    /// More of a message is on disk: perhaps the player waits for it.
    pub(crate) fn on_received_durable(&mut self, message: MessageId, now: Moment) {
        let front = self.player.tunes.front();
        let waits = front.is_some_and(|tune| tune.message == message && !tune.reading);
        let behind = front.map(|tune| tune.next) < self.next_of(message);
        if waits && behind {
            self.pump_player(now);
        }
    }

    fn next_of(&self, message: MessageId) -> Option<u32> {
        let arriving = self.inbox.arriving.get(&message)?;
        arriving.partial.streams.first().map(|speech| speech.next)
    }

    fn play_end(&mut self) {
        let player = &mut self.player;
        if player.given_ms == 0 {
            return self.played_out();
        }
        if !player.end_told {
            player.end_told = true;
            self.desk.output(Output::PlayEnd);
        }
    }

    /// The shell's player tells how far it is.
    pub(crate) fn on_played(&mut self, position_ms: u64, now: Moment) {
        // More than was given is a report about what played before.
        if !self.player.playing || position_ms > self.player.given_ms + SLACK_MS {
            return;
        }
        let player = &mut self.player;
        player.heard_ms = position_ms.min(player.given_ms).max(player.heard_ms);
        self.desk.changed(Change::Playing);
        if player.end_told && player.heard_ms + SLACK_MS >= player.given_ms {
            self.played_out();
        } else {
            self.pump_player(now);
        }
    }

    /// Looks after playing: a player that says nothing is believed to play.
    pub(crate) fn on_player_timer(&mut self, now: Moment) {
        let player = &self.player;
        let out = Span::from_millis(player.given_ms + PATIENCE.millis());
        if player.end_told && now.since(player.started) > out {
            self.played_out();
        } else {
            self.pump_player(now);
        }
    }

    fn played_out(&mut self) {
        let message = self.player.shown;
        self.player.stop();
        self.timers.cancel(&Timer::Player);
        self.mark_played(message);
        self.desk.changed(Change::Playing);
    }
}
