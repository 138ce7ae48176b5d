//! One engine with everything that it needs from the world: the softphone's event loop.
//!
//! A command or a screen asks for the next [`News`] again and again, and looks at the engine's
//! views in between. The loop is not `chassis::drive`, because that gives nobody a look at its
//! machine; it keeps the same order: outputs first, then the next input.

use std::time::Duration;

use chassis::chance;
use chassis::clock::Clock;
use client_engine::{Change, Command, DraftView, Engine, Input, Notice, Output, Setup, SinkId};
use link::Target;
use link::client::Pin;
use machine::Machine;
use tokio::sync::oneshot;

use super::control::{Asked, Control};
use super::files::Files;
use super::line::{Event, Line};
use super::sound::{Heard, Sound};
use crate::exit::{Exit, Trouble};
use crate::store::{Answer, Database, Store};

/// How long the end of a session waits for the server to take the last objects.
const FAREWELL: Duration = Duration::from_secs(3);

/// Something that the person, or a waiting command, may want to know.
#[derive(Debug)]
pub enum News {
    /// The engine tells something.
    Notice(Notice),
    /// A view of the engine has changed.
    Changed(Change),
    /// Microphone or loudspeaker do not work.
    NoSound(String),
    /// A sink has everything, or will not get it.
    Written(SinkId, Result<(), String>),
    /// The line is down, or could not be made.
    LineDown(Trouble),
    /// Another process of this home asks for something.
    Asked(Asked),
    /// The database cannot be read any more: the session is over.
    Broken(Trouble),
}

/// How a session is opened.
pub struct Opening {
    /// The device's database.
    pub database: Database,
    /// Where the server is, and what it is known by; none to stay off-line.
    pub server: Option<(Target, Pin)>,
    /// Take messages for this device? Only one process of a home does.
    pub receive: bool,
    /// The ALSA device.
    pub audio: String,
    /// Where other processes of this home may ask, if this one receives.
    pub control: Option<Control>,
}

/// The running softphone.
pub struct Session {
    engine: Engine,
    clock: Clock,
    store: Store,
    line: Option<Line>,
    /// Microphone and loudspeaker.
    pub sound: Sound,
    /// Files to be attached and places to write to.
    pub files: Files,
    control: Option<Control>,
    /// Other processes that wait until what they asked for is on disk.
    waiting: Vec<oneshot::Sender<()>>,
}

enum Happened {
    Answer(Answer),
    Line(Event),
    Heard(Heard),
    Asked(Asked),
    Due,
}

impl Session {
    /// Starts the engine. It begins by reading its database.
    ///
    /// # Errors
    /// The storage cannot be started.
    pub fn open(opening: Opening, clock: Clock) -> anyhow::Result<Self> {
        let engine = Engine::new(Setup {
            software: concat!("ivm terminal ", env!("CARGO_PKG_VERSION")).to_owned(),
            unix_millis: clock.unix_millis(),
            now: clock.now(),
            seed: chance::seed(),
            receive: opening.receive,
        });
        Ok(Self {
            engine,
            clock,
            store: Store::start(opening.database)?,
            line: opening.server.map(|(target, pin)| Line::new(target, pin)),
            sound: Sound::new(opening.audio),
            files: Files::default(),
            control: opening.control,
            waiting: Vec::new(),
        })
    }

    /// What to show.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The wall clock, unix milliseconds.
    #[must_use]
    pub fn unix_millis(&self) -> u64 {
        self.clock.unix_millis()
    }

    /// The person wants something.
    pub fn command(&mut self, command: Command) {
        self.handle(Input::Command(command));
    }

    /// Does what another process of this home asks for.
    pub fn oblige(&mut self, asked: Asked) {
        if let Some(command) = asked.deed.command(&self.engine.people()) {
            self.command(command);
            self.waiting.push(asked.done);
        }
    }

    /// The next news. Cancel-safe.
    pub async fn next(&mut self) -> News {
        loop {
            while let Some(output) = self.engine.poll() {
                if let Some(news) = self.perform(output) {
                    return news;
                }
            }
            if self.is_stored() {
                for done in self.waiting.drain(..) {
                    // Who has gone away needs no answer.
                    let _told = done.send(());
                }
            }
            let happened = self.happens().await;
            if let Some(news) = self.take(happened) {
                return news;
            }
        }
    }

    /// Is everything on disk that the engine wanted there?
    #[must_use]
    pub fn is_stored(&self) -> bool {
        self.store.unanswered() == 0
    }

    /// Ends the session: what was to be written and sent is out, or it took too long.
    pub async fn close(mut self) {
        let farewell = async {
            let mut parting = false;
            loop {
                while let Some(output) = self.engine.poll() {
                    drop(self.perform(output));
                }
                let open = self.line.as_ref().is_some_and(Line::is_open);
                if self.is_stored() && !open {
                    return;
                }
                if self.is_stored() && !parting {
                    parting = true;
                    self.line.iter_mut().for_each(Line::disconnect);
                }
                let happened = self.happens().await;
                match happened {
                    Happened::Line(Event::Down(_)) => {}
                    other @ (Happened::Answer(_)
                    | Happened::Line(Event::Up(_) | Event::Object(_))
                    | Happened::Heard(_)
                    | Happened::Asked(_)
                    | Happened::Due) => drop(self.take(other)),
                }
            }
        };
        // What is not out by then goes out the next time.
        drop(tokio::time::timeout(FAREWELL, farewell).await);
    }

    async fn happens(&mut self) -> Happened {
        let clock = &self.clock;
        let deadline = self.engine.deadline();
        let due = async {
            match deadline {
                Some(deadline) => clock.sleep_until(deadline).await,
                None => std::future::pending().await,
            }
        };
        let (line, control) = (&mut self.line, &mut self.control);
        let event = async {
            match line {
                Some(line) => line.next().await,
                None => std::future::pending().await,
            }
        };
        let asked = async {
            match control {
                Some(control) => control.next().await,
                None => std::future::pending().await,
            }
        };
        tokio::select! {
            answer = self.store.next() => Happened::Answer(answer),
            event = event => Happened::Line(event),
            heard = self.sound.next() => Happened::Heard(heard),
            asked = asked => Happened::Asked(asked),
            () = due => Happened::Due,
        }
    }

    fn take(&mut self, happened: Happened) -> Option<News> {
        match happened {
            Happened::Answer(Answer::Input(input)) => self.handle(input),
            Happened::Answer(Answer::Broken(reason)) => {
                let text = format!("the database cannot be read: {reason}");
                return Some(News::Broken(Trouble::new(Exit::Failed, text)));
            }
            Happened::Line(Event::Up(binding)) => self.handle(Input::LinkUp(binding)),
            Happened::Line(Event::Object(object)) => self.handle(Input::Object(object)),
            Happened::Line(Event::Down(ended)) => {
                let exit = if ended.wrong_server { Exit::Refused } else { Exit::NoConnection };
                self.handle(Input::LinkDown(ended.reason.clone()));
                return Some(News::LineDown(Trouble::new(exit, ended.reason)));
            }
            Happened::Heard(heard) => return self.hear(heard),
            Happened::Asked(asked) => return Some(News::Asked(asked)),
            Happened::Due => self.engine.expire(self.clock.now()),
        }
        None
    }

    fn hear(&mut self, heard: Heard) -> Option<News> {
        match heard {
            Heard::Samples(samples) => self.handle(Input::Samples(samples)),
            Heard::Position(position_ms) => self.handle(Input::Played { position_ms }),
            Heard::Silent(Ok(())) => {}
            Heard::Ended(result) => {
                self.handle(Input::SamplesEnd);
                let reason = result.err()?;
                // Nothing was said: nothing is kept of it.
                let empty =
                    |draft: &DraftView| draft.duration_ms == 0 && draft.attachments.is_empty();
                if self.engine.draft().as_ref().is_some_and(empty) {
                    self.command(Command::Discard);
                }
                return Some(News::NoSound(reason));
            }
            Heard::Silent(Err(reason)) => {
                self.command(Command::StopPlaying);
                return Some(News::NoSound(reason));
            }
        }
        None
    }

    fn perform(&mut self, output: Output) -> Option<News> {
        match output {
            Output::Connect => self.connect(),
            Output::Disconnect => self.line.iter_mut().for_each(Line::disconnect),
            Output::Transmit(object) => {
                if let Some(line) = &mut self.line {
                    line.transmit(object);
                }
            }
            Output::Store { ticket, writes } => self.store.write(ticket, writes),
            Output::Scan { ticket, prefix, after, limit } => {
                self.store.scan(ticket, prefix, after, limit);
            }
            Output::Microphone { rate } => self.sound.microphone(rate),
            Output::MicrophoneOff => self.sound.microphone_off(),
            Output::Play { samples, rate } => self.sound.play(samples, rate),
            Output::PlayEnd => self.sound.play_end(),
            Output::PlayStop => self.sound.play_stop(),
            Output::WarningTone => self.sound.warn(),
            Output::ReadFile { file, offset, length } => {
                let read = self.files.read(file, offset, length);
                self.handle(read);
            }
            Output::WriteSink { sink, data } => self.files.write(sink, &data),
            Output::CloseSink { sink, result } => {
                return Some(News::Written(sink, self.files.close(sink, result)));
            }
            Output::Changed(change) => return Some(News::Changed(change)),
            Output::Notice(notice) => return Some(News::Notice(notice)),
        }
        None
    }

    /// Without a server the engine waits for a line that never comes up: it works off-line.
    fn connect(&mut self) {
        if let Some(line) = &mut self.line {
            line.connect();
        }
    }

    fn handle(&mut self, input: Input) {
        self.engine.handle(input, self.clock.now());
    }
}
