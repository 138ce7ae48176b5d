//! A simulated device: the client's engine, a disk, a microphone, a player, files and sinks.

use std::collections::{BTreeMap, VecDeque};

use bytes::Bytes;
use client_engine::{
    Binding, Change, Command, Engine, FileId, Input, Notice, Output, Setup, SinkId,
};
use ivm::ConnId;
use machine::{Machine, Moment, Span};

use crate::disk::Disk;
use crate::events::{Event, Events};
use crate::player::Player;
use crate::server::WIRE;
use crate::telephone::Telephone;

/// How long a device's disk takes to write.
const WRITE: Span = Span::from_millis(2);
/// How long it takes to read.
const READ: Span = Span::from_millis(1);
/// The length of one piece of sound.
pub(crate) const PIECE_MS: u64 = 20;
/// How often the player reports.
const REPORT: Span = Span::from_millis(100);

/// The number of a device.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct DeviceId(pub usize);

/// When a device is to crash.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kill {
    /// After so many more writes were asked for; the last one is lost.
    BeforeStore(u64),
    /// After so many more writes were carried out; the engine is not told of the last one.
    AfterStore(u64),
    /// After so many more objects were sent.
    AfterObject(u64),
}

/// What was written to a sink.
#[derive(Clone, Debug, Default)]
pub struct Sink {
    /// All of it.
    pub bytes: Vec<u8>,
    /// How it ended, if it has.
    pub end: Option<Result<(), String>>,
}

/// What a device is.
pub(crate) enum Brain {
    /// A client.
    Client(Box<Engine>),
    /// A telephone, whose client is the gateway's.
    Telephone(Box<Telephone>),
}

/// A device and all that survives its crashes.
pub struct Device {
    /// Its number.
    pub id: DeviceId,
    /// What it is, while it runs.
    pub(crate) brain: Option<Brain>,
    /// The number of a telephone.
    number: Option<u64>,
    /// Its storage.
    pub disk: Disk,
    /// Everything that it told, of all its lives.
    pub notices: Vec<Notice>,
    /// What the microphone will hear.
    pub voice: VecDeque<f32>,
    /// The microphone ends with the voice, as a file does.
    pub voice_ends: bool,
    /// Files that can be attached.
    pub files: BTreeMap<FileId, Bytes>,
    /// What was written to each sink, and how it ended.
    pub sinks: BTreeMap<SinkId, Sink>,
    /// When it is to crash.
    pub kill: Option<Kill>,
    /// How many writes it has asked for.
    pub stores: u64,
    /// Tones that warned of the longest length.
    pub warnings: usize,
    /// Changes of the level that were shown.
    pub levels: usize,
    /// Writes fail while this is true.
    pub disk_full: bool,
    /// No network reaches it while this is true.
    pub unplugged: bool,
    pub(crate) life: u64,
    pub(crate) conn: Option<ConnId>,
    pub(crate) rate: Option<u32>,
    pub(crate) listening: u64,
    pub(crate) player: Player,
    pub(crate) reporting: bool,
    pub(crate) dying: bool,
}

impl Device {
    pub(crate) fn new(id: DeviceId) -> Self {
        Self {
            id,
            brain: None,
            number: None,
            disk: Disk::default(),
            notices: Vec::new(),
            voice: VecDeque::new(),
            voice_ends: false,
            files: BTreeMap::new(),
            sinks: BTreeMap::new(),
            kill: None,
            stores: 0,
            warnings: 0,
            levels: 0,
            disk_full: false,
            unplugged: false,
            life: 0,
            conn: None,
            rate: None,
            listening: 0,
            player: Player::default(),
            reporting: false,
            dying: false,
        }
    }

    pub(crate) fn telephone_of(id: DeviceId, number: u64) -> Self {
        Self { number: Some(number), ..Self::new(id) }
    }

    pub(crate) fn start(&mut self, now: Moment) {
        self.life += 1;
        let mut seed = [7; 32];
        seed[..8].copy_from_slice(&(self.id.0 as u64).to_be_bytes());
        seed[8..16].copy_from_slice(&self.life.to_be_bytes());
        let unix_millis = crate::office::UNIX_START + now.millis();
        let setup = Setup { software: "sim 1".to_owned(), unix_millis, now, seed, receive: true };
        self.brain = Some(match self.number {
            Some(number) => Brain::Telephone(Box::new(Telephone::new(number, setup))),
            None => Brain::Client(Box::new(Engine::new(setup))),
        });
        self.dying = false;
    }

    pub(crate) fn stop(&mut self) {
        self.brain = None;
        self.life += 1;
        self.conn = None;
        self.rate = None;
        self.listening += 1;
        self.player.stop();
        self.reporting = false;
        self.kill = None;
        self.dying = false;
    }

    /// The engine of a device that runs.
    ///
    /// # Panics
    /// It does not run.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        match self.brain.as_ref().expect("the scene has not crashed this device") {
            Brain::Client(engine) => engine,
            Brain::Telephone(telephone) => telephone.handset.engine(),
        }
    }

    /// A telephone that runs.
    ///
    /// # Panics
    /// It does not run, or is none.
    #[must_use]
    pub fn telephone(&self) -> &Telephone {
        match &self.brain {
            Some(Brain::Telephone(telephone)) => telephone,
            Some(Brain::Client(_)) | None => unreachable!("this is no telephone that runs"),
        }
    }

    pub(crate) fn telephone_mut(&mut self) -> Option<&mut Telephone> {
        match &mut self.brain {
            Some(Brain::Telephone(telephone)) => Some(telephone),
            Some(Brain::Client(_)) | None => None,
        }
    }

    /// How often a notice was told.
    #[must_use]
    pub fn count(&self, wanted: impl Fn(&Notice) -> bool) -> usize {
        self.notices.iter().filter(|notice| wanted(notice)).count()
    }

    /// Milliseconds that the player has played in all.
    #[must_use]
    pub fn heard_ms(&self) -> u64 {
        self.player.total_ms.round() as u64
    }

    /// When the first sound came out of the player.
    #[must_use]
    pub fn first_sound(&self) -> Option<Moment> {
        self.player.first_sound
    }

    /// The loudest sample that was played.
    #[must_use]
    pub fn loudest(&self) -> f32 {
        self.player.loudest
    }

    pub(crate) fn tell(&mut self, input: Input, now: Moment) {
        match &mut self.brain {
            Some(Brain::Client(engine)) => engine.handle(input, now),
            Some(Brain::Telephone(telephone)) => {
                telephone.tell(gateway::handset::Input::Engine(input), now);
            }
            None => {}
        }
    }

    pub(crate) fn deadline(&self) -> Option<Moment> {
        match self.brain.as_ref()? {
            Brain::Client(engine) => engine.deadline(),
            Brain::Telephone(telephone) => telephone.handset.deadline(),
        }
    }

    pub(crate) fn expire(&mut self, now: Moment) {
        match &mut self.brain {
            Some(Brain::Client(engine)) => engine.expire(now),
            Some(Brain::Telephone(telephone)) => telephone.handset.expire(now),
            None => {}
        }
    }

    fn poll(&mut self, events: &mut Events, now: Moment) -> Option<Output> {
        let own = (self.id, self.life);
        match self.brain.as_mut()? {
            Brain::Client(engine) => engine.poll(),
            Brain::Telephone(telephone) => telephone.poll(own, events, now),
        }
    }

    pub(crate) fn command(&mut self, command: Command, now: Moment) {
        self.tell(Input::Command(command), now);
    }

    /// Carries out what the engine wants. Tells whether it has crashed.
    pub(crate) fn settle(&mut self, events: &mut Events, now: Moment) -> bool {
        while let Some(output) = self.poll(events, now) {
            self.carry_out(output, events, now);
            if self.dying {
                return true;
            }
        }
        false
    }

    fn carry_out(&mut self, output: Output, events: &mut Events, now: Moment) {
        let (id, life) = (self.id, self.life);
        match output {
            Output::Connect => events.plan(now + WIRE, Event::Connected(id, life)),
            Output::Disconnect => {
                if let Some(conn) = self.conn.take() {
                    events.plan(now + WIRE, Event::ServerClosed(conn));
                }
                events.plan(now + WIRE, Event::Closed(id, life));
            }
            Output::Transmit(object) => {
                if let Some(conn) = self.conn {
                    events.plan(now + WIRE, Event::ToServer(conn, object));
                    self.count_down_object();
                }
            }
            Output::Store { ticket, writes } => self.store(ticket, writes, events, now),
            Output::Scan { ticket, prefix, after, limit } => {
                let (records, more) = self.disk.scan(&prefix, after.as_deref(), limit);
                let input = Box::new(Input::Scanned { ticket, records, more });
                events.plan(now + READ, Event::Tell(id, life, input));
            }
            Output::ReadFile { file, offset, length } => {
                let data = self.read_file(file, offset, length);
                let input = Box::new(Input::FileRead { file, offset, data });
                events.plan(now + READ, Event::Tell(id, life, input));
            }
            Output::WriteSink { sink, data } => {
                self.sinks.entry(sink).or_default().bytes.extend_from_slice(&data);
            }
            Output::CloseSink { sink, result } => {
                self.sinks.entry(sink).or_default().end = Some(result);
            }
            Output::Changed(Change::Level) => self.levels += 1,
            Output::Changed(_) => {}
            Output::Notice(notice) => self.notices.push(notice),
            Output::Microphone { .. }
            | Output::MicrophoneOff
            | Output::Play { .. }
            | Output::PlayEnd
            | Output::PlayStop
            | Output::WarningTone => self.sound(output, events, now),
        }
    }

    fn sound(&mut self, output: Output, events: &mut Events, now: Moment) {
        let life = self.life;
        match output {
            Output::Microphone { rate } => {
                self.rate = Some(rate);
                self.listening += 1;
                let at = now + Span::from_millis(PIECE_MS);
                events.plan(at, Event::Hear(self.id, self.listening));
            }
            Output::MicrophoneOff => {
                self.rate = None;
                self.listening += 1;
            }
            Output::Play { samples, rate } => {
                self.player.give(&samples, rate, now);
                if !self.reporting {
                    self.reporting = true;
                    events.plan(now + REPORT, Event::Report(self.id, life));
                }
            }
            Output::PlayEnd => self.player.end(),
            Output::PlayStop => self.player.stop(),
            Output::WarningTone => self.warnings += 1,
            other => unreachable!("{other:?} is no sound"),
        }
    }

    fn store(
        &mut self,
        ticket: client_engine::Ticket,
        writes: Vec<client_engine::Write>,
        events: &mut Events,
        now: Moment,
    ) {
        let (id, life) = (self.id, self.life);
        self.stores += 1;
        if self.disk_full {
            let why = "the disk is full".to_owned();
            let input = Box::new(Input::StoreFailed(ticket, why));
            events.plan(now + WRITE, Event::Tell(id, life, input));
            return;
        }
        match &mut self.kill {
            Some(Kill::BeforeStore(left)) if *left <= 1 => self.dying = true,
            Some(Kill::AfterStore(left)) if *left <= 1 => {
                self.disk.apply(writes);
                self.dying = true;
            }
            other => {
                if let Some(Kill::BeforeStore(left) | Kill::AfterStore(left)) = other {
                    *left -= 1;
                }
                events.plan(now + WRITE, Event::Store(id, life, ticket, writes));
            }
        }
    }

    fn count_down_object(&mut self) {
        if let Some(Kill::AfterObject(left)) = &mut self.kill {
            *left = left.saturating_sub(1);
            self.dying = *left == 0;
        }
    }

    fn read_file(&self, file: FileId, offset: u64, length: usize) -> Result<Bytes, String> {
        let data = self.files.get(&file).ok_or("no such file")?;
        let start = usize::try_from(offset).unwrap_or(usize::MAX).min(data.len());
        Ok(data.slice(start..data.len().min(start + length)))
    }

    /// The next piece that the microphone hears: the voice, then silence.
    pub(crate) fn hear(&mut self) -> Option<(Vec<f32>, bool)> {
        let rate = self.rate?;
        let count = usize::try_from(u64::from(rate) * PIECE_MS / 1000).unwrap_or_default();
        if self.voice.is_empty() && self.voice_ends {
            return Some((Vec::new(), true));
        }
        let take = count.min(self.voice.len());
        let mut piece: Vec<f32> = self.voice.drain(..take).collect();
        piece.resize(count, 0.0);
        Some((piece, false))
    }

    pub(crate) fn report(&mut self, events: &mut Events, now: Moment) {
        self.reporting = false;
        if let Some(position_ms) = self.player.report(now) {
            self.reporting = true;
            events.plan(now + REPORT, Event::Report(self.id, self.life));
            self.tell(Input::Played { position_ms }, now);
        }
    }

    pub(crate) fn binding(&self) -> Binding {
        Binding::Exporter([self.id.0 as u8; 32])
    }
}
