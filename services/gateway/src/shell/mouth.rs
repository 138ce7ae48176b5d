//! One telephone at work: its handset, the client's storage and connection, and the call that it is
//! in. It decides nothing.

mod speaking;

use std::net::Ipv4Addr;
use std::path::PathBuf;
use std::sync::Arc;

use chassis::chance;
use chassis::clock::Clock;
use client_engine::{PersonView, Setup as EngineSetup};
use log::warn;
use machine::{Machine as _, Moment, Span};
use media::offer::Secrecy;
use message::Guid;
use message::station::PhoneFile;
use provision::screen::show;
use tokio::sync::{mpsc, oneshot, watch};

use super::calls::{Order, Why};
use super::exchange::Sheet;
use super::speech::{self, Ports, Speech};
use super::wire::{self, Wire};
use crate::directory::Directory;
use crate::handset::{Call, End, Handset, Input, No, Output, Setup};
use crate::pages::{Contents, screen};
use crate::speaker::{self, Speaker, Words};
use crate::store::clients::{Answers, Clients};

use speaking::Rung;

/// The exchange is told who there is at most so often.
const PAUSE: Span = Span::from_secs(3);

/// What comes to a telephone.
#[derive(Debug)]
pub(super) enum Event {
    /// Who has which number.
    Directory(Arc<Directory>),
    /// Where it is, and whether live messages may come out of its speaker by themselves.
    Place { address: Option<Ipv4Addr>, speaks_up: bool },
    /// Its line is in service, or no longer.
    Service(bool),
    /// A code for its account, or why there is none.
    Invited(Result<String, String>),
    /// It calls.
    Incoming { call: u64, to: String, sdp: Vec<u8> },
    /// Our offer was answered.
    Answered { call: u64, sdp: Vec<u8> },
    /// It wants something else.
    Changed { call: u64, sdp: Vec<u8> },
    /// A key, told beside the speech.
    Key { call: u64, key: char },
    /// It takes no such offer, and the call is over.
    Unacceptable(u64),
    /// A call is over.
    Ended { call: u64, end: End },
    /// It wants a page for its screen.
    Page { sheet: Sheet, answer: oneshot::Sender<Option<PhoneFile>> },
}

/// What a telephone wants of the exchange.
#[derive(Debug)]
pub(super) enum Wish {
    /// Something about its calls.
    Call(Order),
    /// A code for its account.
    Invite,
    /// These people are on its list.
    People(Vec<Someone>),
}

/// Somebody on a telephone's list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Someone {
    pub(super) guid: Guid,
    pub(super) name: String,
    pub(super) display: String,
    pub(super) is_phone: bool,
}

/// What a telephone is made of.
pub(super) struct Parts {
    pub(super) number: u32,
    pub(super) first_call: u64,
    pub(super) clock: Clock,
    pub(super) clients: Clients,
    pub(super) socket: PathBuf,
    pub(super) words: watch::Receiver<Arc<Words>>,
    pub(super) ports: (u16, u16),
    pub(super) wishes: mpsc::Sender<(u32, Wish)>,
}

/// A call that nobody can be heard in yet, or the one that is on.
enum Line {
    Idle,
    Coming { call: u64, ports: Box<Ports>, offer: Option<Vec<u8>> },
    On { call: u64, speech: Box<Speech> },
}

/// The telephone.
pub(super) struct Mouth {
    parts: Parts,
    handset: Handset,
    wire: Wire,
    answers: Answers,
    answered: mpsc::UnboundedReceiver<client_engine::Input>,
    speaker: Speaker,
    is_listening: bool,
    address: Option<Ipv4Addr>,
    /// Is the telephone there? Its client is on-line as long as it is.
    is_there: bool,
    /// The engine wants a connection.
    is_wanted: bool,
    /// What the exchange was told of people, and when.
    told: (Vec<Someone>, Moment),
    /// People have changed since.
    is_due: bool,
    line: Line,
    /// How it is offered speech: as it spoke last.
    secrecy: Secrecy,
    /// What it rings for, as long as it has not been offered both.
    rung: Option<Rung>,
}

impl Mouth {
    pub(super) fn new(parts: Parts) -> Self {
        let clock = &parts.clock;
        let engine = EngineSetup {
            software: concat!("ivm telephone ", env!("CARGO_PKG_VERSION")).to_owned(),
            unix_millis: clock.unix_millis(),
            now: clock.now(),
            seed: chance::seed(),
            receive: true,
        };
        let device = format!("telephone {}", parts.number);
        let first_call = parts.first_call;
        let setup = Setup { engine, seed: chance::seed(), device, first_call };
        let (answers, answered) = mpsc::unbounded_channel();
        let words = parts.words.borrow().clone();
        Self {
            handset: Handset::new(setup),
            wire: Wire::new(parts.socket.clone()),
            answers,
            answered,
            speaker: Speaker::new(words),
            is_listening: false,
            address: None,
            is_there: false,
            is_wanted: false,
            told: (Vec::new(), Moment::START),
            is_due: false,
            line: Line::Idle,
            secrecy: Secrecy::default(),
            rung: None,
            parts,
        }
    }

    /// Works until nobody sends events any more.
    pub(super) async fn run(mut self, mut events: mpsc::Receiver<Event>) {
        loop {
            while let Some(output) = self.handset.poll() {
                self.perform(output).await;
            }
            self.tell_people().await;
            self.part();
            let told = self.is_due.then_some(self.told.1 + PAUSE);
            let deadline = self.handset.deadline().into_iter().chain(told).min();
            let clock = &self.parts.clock;
            let due = async {
                match deadline {
                    Some(deadline) => clock.sleep_until(deadline).await,
                    None => std::future::pending().await,
                }
            };
            let line = &mut self.line;
            let heard = async {
                match line {
                    Line::On { speech, .. } => speech.next().await,
                    Line::Idle | Line::Coming { .. } => std::future::pending().await,
                }
            };
            tokio::select! {
                event = events.recv() => match event {
                    Some(event) => self.take(event).await,
                    None => return,
                },
                Some(input) = self.answered.recv() => self.engine(input),
                event = self.wire.next() => self.carried(event),
                event = heard => self.heard(event).await,
                () = due => self.handset.expire(self.parts.clock.now()),
            }
        }
    }

    fn handle(&mut self, input: Input) {
        self.handset.handle(input, self.parts.clock.now());
    }

    fn engine(&mut self, input: client_engine::Input) {
        self.handle(Input::Engine(input));
    }

    fn carried(&mut self, event: wire::Event) {
        self.engine(match event {
            wire::Event::Up(binding) => client_engine::Input::LinkUp(binding),
            wire::Event::Object(object) => client_engine::Input::Object(object),
            wire::Event::Down(why) => client_engine::Input::LinkDown(why),
        });
    }

    async fn heard(&mut self, event: speech::Event) {
        match event {
            speech::Event::Lost => self.lost().await,
            speech::Event::Key(key) => self.handle(Input::Key(key)),
            speech::Event::Heard(samples) => {
                if self.is_listening {
                    let samples = samples.iter().map(|s| f32::from(*s) / 32_768.0).collect();
                    self.engine(client_engine::Input::Samples(samples));
                }
                if let (Some(frame), Line::On { speech, .. }) =
                    (self.speaker.frame(), &mut self.line)
                {
                    speech.say(frame);
                }
                while let Some(event) = self.speaker.poll() {
                    match event {
                        speaker::Event::Said => self.handle(Input::Said),
                        speaker::Event::Played(position_ms) => {
                            self.engine(client_engine::Input::Played { position_ms });
                        }
                    }
                }
            }
        }
    }

    /// The telephone is gone, in the middle of a call.
    async fn lost(&mut self) {
        let Line::On { call, .. } = &self.line else { return };
        let call = *call;
        warn!(number = self.parts.number; "a telephone has vanished");
        self.hang_up();
        self.order(Order::HangUp(call)).await;
        self.handle(Input::Ended { call: Call(call), end: End::Lost });
    }

    async fn take(&mut self, event: Event) {
        match event {
            Event::Directory(directory) => self.handle(Input::Directory(directory)),
            Event::Place { address, speaks_up } => {
                self.address = address;
                self.handle(Input::SpeaksUp(speaks_up));
            }
            Event::Service(is_there) => self.in_service(is_there),
            Event::Invited(code) => self.handle(Input::Invited(code)),
            Event::Incoming { call, to, sdp } => self.incoming(call, to, sdp).await,
            Event::Answered { call, sdp } => self.concluded(call, &sdp).await,
            Event::Changed { call, sdp } => self.changed(call, &sdp).await,
            Event::Key { call, key } if self.is_on(call) => self.handle(Input::Key(key)),
            Event::Key { .. } => {}
            // Who has gone away needs no answer.
            Event::Page { sheet, answer } => drop(answer.send(self.page(&sheet))),
            Event::Unacceptable(call) => self.refused(call).await,
            Event::Ended { call, end } => {
                if self.is_on(call) {
                    self.hang_up();
                }
                self.handle(Input::Ended { call: Call(call), end });
            }
        }
    }

    fn page(&self, sheet: &Sheet) -> Option<PhoneFile> {
        let contents = Contents {
            people: &self.handset.engine().people(),
            messages: &self.handset.inbox(),
            directory: self.handset.directory(),
            folder: &sheet.folder,
            language: sheet.language,
            now: self.parts.clock.unix_millis(),
        };
        let page = show(sheet.vendor, &screen(sheet.page, &contents))?;
        Some(PhoneFile { bytes: page.text.into_bytes(), media: page.media.to_owned() })
    }

    fn is_on(&self, call: u64) -> bool {
        match &self.line {
            Line::Idle => false,
            Line::Coming { call: own, .. } | Line::On { call: own, .. } => *own == call,
        }
    }

    fn hang_up(&mut self) {
        self.speaker.say(&[]);
        self.speaker.play_stop();
        if let Line::On { speech, .. } = std::mem::replace(&mut self.line, Line::Idle) {
            speech.end();
        }
    }

    async fn order(&self, order: Order) {
        self.wish(Wish::Call(order)).await;
    }

    async fn wish(&self, wish: Wish) {
        // The exchange is gone only when the service ends.
        drop(self.parts.wishes.send((self.parts.number, wish)).await);
    }

    async fn perform(&mut self, output: Output) {
        match output {
            Output::Engine(output) => self.perform_engine(output).await,
            Output::Invite => self.wish(Wish::Invite).await,
            Output::Answer(Call(call)) => self.answer(call).await,
            Output::Refuse(Call(call), no) => {
                if self.is_on(call) {
                    self.line = Line::Idle;
                }
                let why = match no {
                    No::Nobody => Why::Nobody,
                    No::Busy => Why::Busy,
                    No::NotYet => Why::NotYet,
                };
                self.order(Order::Refuse(call, why)).await;
            }
            Output::HangUp(Call(call)) => {
                self.rung = None;
                self.order(Order::HangUp(call)).await;
            }
            Output::Ring { call: Call(call), bell, name, number } => {
                self.ring(call, Rung { bell, name, number }).await;
            }
            Output::Say(phrases) => self.speaker.say(&phrases),
            Output::Waiting { new, old } => {
                self.order(Order::Waiting { new, old }).await;
            }
            Output::People => self.is_due = true,
        }
    }

    /// Tells the exchange who there is, if that has changed, and not too often: a whole office
    /// comes and goes in the morning.
    async fn tell_people(&mut self) {
        let now = self.parts.clock.now();
        let (before, at) = &self.told;
        if !self.is_due || (!before.is_empty() && now < *at + PAUSE) {
            return;
        }
        self.is_due = false;
        let engine = self.handset.engine();
        let own = engine.me().map(|me| PersonView { sealed: false, ..me });
        let all = own.into_iter().chain(engine.people());
        let people: Vec<Someone> = all
            .map(|person| Someone {
                guid: person.guid,
                is_phone: !person.sealed,
                name: person.name,
                display: person.display,
            })
            .collect();
        let is_news = people != *before;
        self.told = (people.clone(), now);
        if is_news {
            self.wish(Wish::People(people)).await;
        }
    }

    /// Its line is in service, or no longer: what comes meanwhile waits at the server.
    fn in_service(&mut self, is_there: bool) {
        self.is_there = is_there;
        if is_there {
            if std::mem::take(&mut self.is_wanted) {
                self.wire.connect();
            }
            let again = client_engine::Command::TryAgain;
            self.engine(client_engine::Input::Command(again));
        } else {
            self.part();
        }
    }

    /// Without its telephone its client is off-line, but to enter its account.
    fn may_connect(&self) -> bool {
        self.is_there || self.handset.is_entering() || self.handset.engine().me().is_none()
    }

    fn part(&mut self) {
        if !self.may_connect() && self.wire.is_open() {
            self.wire.close();
            let why = "the telephone is not in service".to_owned();
            self.engine(client_engine::Input::LinkDown(why));
        }
    }

    async fn perform_engine(&mut self, output: client_engine::Output) {
        use client_engine::Output as Deed;
        match output {
            Deed::Connect if self.may_connect() => self.wire.connect(),
            Deed::Connect => self.is_wanted = true,
            Deed::Disconnect => {
                self.is_wanted = false;
                self.wire.close();
                self.engine(client_engine::Input::LinkDown("closed".to_owned()));
            }
            Deed::Transmit(object) => self.wire.transmit(object),
            Deed::Store { ticket, writes } => {
                self.parts.clients.write(self.parts.number, ticket, writes, &self.answers).await;
            }
            Deed::Scan { ticket, prefix, after, limit } => {
                let range = (prefix, after, limit);
                self.parts.clients.scan(self.parts.number, ticket, range, &self.answers).await;
            }
            Deed::Microphone { .. } => self.is_listening = true,
            Deed::MicrophoneOff => self.is_listening = false,
            Deed::Play { samples, rate } => self.speaker.play(&samples, rate),
            Deed::PlayEnd => self.speaker.play_end(),
            Deed::PlayStop => self.speaker.play_stop(),
            Deed::WarningTone => self.speaker.tone(media::tone::Tone::Warning),
            Deed::ReadFile { file, offset, .. } => {
                let data = Err("a telephone has no files".to_owned());
                self.engine(client_engine::Input::FileRead { file, offset, data });
            }
            // A telephone saves nothing.
            Deed::WriteSink { .. } | Deed::CloseSink { .. } => {}
            Deed::Changed(_) | Deed::Notice(_) => {}
        }
    }
}
