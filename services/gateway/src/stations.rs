//! The station manager: which telephones there are, how far each is trusted, which files it gets,
//! and which line is whose.
//!
//! ```text
//!                     seen                 Approve                    its own file
//!   (unknown) ---------------> awaiting -----------> approved, open ---------------> delivered
//!       ^                        ^  |                     | ten minutes    ^             |
//!       | Forget, or pushed out  |  | Refuse              v                | Approve,    |
//!       +------------------------+  +-----> refused   approved, late ------+ Resync <----+
//! ```
//!
//! Who may have secrets is decided in `files`; everything that is permitted is permitted on the
//! grounds of what is on disk, and answered after it is.

mod carriage;
mod files;
mod keeping;
mod orders;
mod pages;
mod progress;
mod record;
mod room;
mod secret;
mod seen;
mod telling;
#[cfg(test)]
mod tests;
mod timeline;
mod trouble;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::net::Ipv4Addr;
use std::sync::Arc;

use machine::{Machine, Moment};
use message::station::{
    Folders, Hop, Number, PhoneFile, PhoneOrder, PhonePassword, Phones, Step, Timeline as Hops,
};
use message::{ErrorCode, Refusal};
use provision::{Mac, Url, Vendor};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use settings::Language;

pub use record::Record;
pub use secret::{Secret, Token};

use crate::office::Office;
use crate::pages::Page;
use crate::question::Question;
use keeping::{Commit, Deed};
use record::Station;
use room::Bucket;
use telling::Told;

/// What time it is. Time-outs count by the clock that nobody sets.
#[derive(Clone, Copy, Debug, Default)]
struct Time {
    now: Moment,
    unix_ms: u64,
}

/// The number of a question, by which its answer finds back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Ticket(pub u64);

/// What can happen.
#[derive(Debug)]
pub enum Input {
    /// The office has decided.
    Office(Office),
    /// The phones that were on disk at the start.
    Kept(Vec<Record>),
    /// The time of day, unix milliseconds; before the first other input, and every second.
    Wall(u64),
    /// Somebody who may asks something.
    Asked {
        /// The number of the question.
        ticket: Ticket,
        /// The number of the connection.
        conn: u64,
        /// The question.
        question: Question,
        /// Whose card the kernel knows at the address of the phone that asks for a file.
        neighbour: Option<Mac>,
    },
    /// A connection is gone.
    Gone(u64),
    /// What was to be stored is on disk, or not.
    Committed(Result<(), String>),
    /// A line is in service.
    Registered {
        /// Its number.
        number: String,
        /// What the phone calls itself.
        agent: String,
        /// From where.
        address: Ipv4Addr,
    },
    /// A line was refused.
    RegisterFailed {
        /// Its number.
        number: String,
        /// Why.
        words: String,
        /// From where.
        address: Ipv4Addr,
    },
    /// A phone asked by multicast where its files are.
    Announced {
        /// The number of its question.
        question: u64,
        /// What it says of itself: a step [`Step::Announce`].
        hop: Hop,
        /// Our address in its network.
        ours: Ipv4Addr,
    },
    /// A line is out of service.
    Unregistered {
        /// Its number.
        number: String,
    },
    /// What phones dial to speak to people.
    Numbers(Vec<Number>),
}

/// What is to be done.
#[derive(Clone, Debug, PartialEq)]
pub enum Output {
    /// Put it on disk, all of it or nothing, and say so: one at a time.
    Commit(Vec<Write>),
    /// Answer a question.
    Answer(Ticket, Answer),
    /// Tell who watches.
    Tell(u64, News),
    /// These are all lines: who may register, as whom, from where.
    Lines {
        /// The realm of the log-in.
        realm: String,
        /// The lines, by number.
        lines: Vec<Line>,
    },
    /// Make a phone fetch its files again.
    Resync {
        /// The phone.
        mac: Mac,
        /// Its number, under which it may be registered.
        number: String,
        /// Where it is.
        address: Ipv4Addr,
        /// How it is told, see [`provision::resync()`].
        vendor: Vendor,
    },
    /// Tell a phone that asked by multicast where its files are.
    Announce {
        /// The number of its question.
        question: u64,
        /// Where.
        url: String,
    },
    /// Answer a question with a page of a telephone's screen.
    Page {
        /// The question.
        ticket: Ticket,
        /// Whose screen.
        mac: Mac,
        /// Which page.
        page: Page,
        /// Whose words it reads.
        vendor: Vendor,
        /// Where its pages are.
        folder: Url,
        /// In which language.
        language: Language,
    },
    /// The administrator should know.
    Alarm(Alarm),
}

/// What is to be written down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Write {
    /// A phone, in the place of what was known of it.
    Put(Record),
    /// Forget a phone.
    Remove(Mac),
}

/// The answer to a question.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    /// Only yes.
    Yes,
    /// No, and why.
    No(Refusal),
    /// Where phones find their files.
    Folders(Arc<Folders>),
    /// A file.
    File(PhoneFile),
    /// All phones.
    Phones(Arc<Phones>),
    /// What a phone did.
    Timeline(Hops),
    /// The password of a phone's menus.
    Password(PhonePassword),
}

/// What who watches is told.
#[derive(Clone, Debug, PartialEq)]
pub enum News {
    /// Where phones find their files.
    Folders(Arc<Folders>),
    /// All phones.
    Phones(Arc<Phones>),
}

/// A line of the registrar.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// Its number: the user of the log-in.
    pub number: String,
    /// The password of the log-in.
    pub secret: Secret,
    /// Whose it is.
    pub mac: Mac,
    /// The only address from where it may register; none for none.
    pub address: Option<Ipv4Addr>,
    /// What the phone is made by, if we know that.
    pub vendor: Option<Vendor>,
    /// May live messages come out of its speaker by themselves?
    pub speaks_up: bool,
    /// What the administrator calls it; empty for nothing yet.
    pub name: String,
    /// Whose it is; empty for nobody's.
    pub person: String,
}

/// What the administrator should know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Alarm {
    /// Phones cannot be stored: nothing that was decided holds.
    Unstored(String),
    /// There are too many phones; this one is left out.
    Full(Mac),
    /// Somebody else asks for a phone's own files.
    Stranger {
        /// Whose files.
        mac: Mac,
        /// Who asks.
        asker: Ipv4Addr,
    },
}

/// The station manager.
#[derive(Debug)]
pub struct Stations {
    rng: ChaCha20Rng,
    office: Office,
    time: Time,
    /// Every phone, as it is to be.
    stations: BTreeMap<Mac, Station>,
    /// What is on disk: the grounds of every permission.
    kept: BTreeMap<Mac, Record>,
    /// Phones that were forgotten, until that is on disk.
    leaving: BTreeMap<Mac, Station>,
    /// Who has an address; more than phones do not count.
    by_address: BTreeMap<Ipv4Addr, Mac>,
    /// Phones whose record is to be stored.
    dirty: BTreeSet<Mac>,
    /// What is done when they are.
    next: Vec<Deed>,
    doing: Option<Commit>,
    /// Every new phone is approved until then; and the same in unix milliseconds.
    open_until: Option<(Moment, u64)>,
    newcomers: Bucket,
    strangers: Bucket,
    alarms: Bucket,
    told: Told,
    outputs: VecDeque<Output>,
}

impl Stations {
    /// No phones yet. `seed` is what passwords and tokens are made of.
    #[must_use]
    pub fn new(office: Office, seed: [u8; 32]) -> Self {
        Self {
            rng: ChaCha20Rng::from_seed(seed),
            office,
            time: Time::default(),
            stations: BTreeMap::new(),
            kept: BTreeMap::new(),
            leaving: BTreeMap::new(),
            by_address: BTreeMap::new(),
            dirty: BTreeSet::new(),
            next: Vec::new(),
            doing: None,
            open_until: None,
            newcomers: room::NEWCOMERS,
            strangers: room::STRANGERS,
            alarms: room::ALARMS,
            told: Told::default(),
            outputs: VecDeque::new(),
        }
    }

    fn asked(
        &mut self,
        (ticket, conn): (Ticket, u64),
        question: Question,
        neighbour: Option<Mac>,
        now: Moment,
    ) {
        match question {
            Question::Hops(hops) => self.hops(ticket, hops, now),
            Question::Folders(ask) => self.ask_folders(ticket, conn, ask.watch),
            Question::File(ask) => self.ask_file(ticket, &ask, neighbour, now),
            Question::Sent(sent) => self.sent(ticket, &sent),
            Question::Phones(ask) => self.ask_phones(ticket, conn, ask.watch, now),
            Question::Timeline(ask) => {
                let station = self.stations.get(&Mac(ask.mac));
                let hops = station.map(|station| Hops { hops: station.timeline.hops() });
                self.answer(ticket, hops.map_or_else(unknown, Answer::Timeline));
            }
            Question::Order(ask) => self.order(ticket, Mac(ask.mac), ask.order, now),
            Question::Password(ask) => {
                let menu = self.kept.get(&Mac(ask.mac)).and_then(|record| record.menu.as_ref());
                let password = menu.map(|menu| PhonePassword { password: menu.as_str().into() });
                self.answer(ticket, password.map_or_else(unknown, Answer::Password));
            }
        }
    }

    fn order(&mut self, ticket: Ticket, mac: Mac, order: PhoneOrder, now: Moment) {
        match self.carry_out(mac, order, now) {
            Ok(()) => self.after_commit(Deed::AnswerPhones(ticket)),
            Err(refusal) => self.answer(ticket, Answer::No(refusal)),
        }
    }

    fn answer(&mut self, ticket: Ticket, answer: Answer) {
        self.outputs.push_back(Output::Answer(ticket, answer));
    }

    fn by_number(&mut self, number: &str) -> Option<&mut Station> {
        let number: u32 = number.parse().ok()?;
        self.stations.values_mut().find(|station| station.record.number == Some(number))
    }

    /// A step of a phone's line.
    fn line(&mut self, number: &str, line: progress::Line, step: (Step, &str, Option<Ipv4Addr>)) {
        let time = self.time;
        let Some(station) = self.by_number(number) else { return };
        // Who is refused in its name while it is in service is another, or it once more.
        let is_other = matches!(line, progress::Line::Refused { .. })
            && station.progress.line == progress::Line::Registered;
        if !is_other {
            station.progress.line = line;
        }
        station.note(step, time);
        self.told.is_due = true;
    }
}

impl Station {
    /// Adds a step to the timeline.
    fn note(&mut self, (step, words, address): (Step, &str, Option<Ipv4Addr>), time: Time) {
        let hop = Hop {
            mac: self.record.mac.0,
            step,
            at: time.unix_ms,
            address: address.map_or(0, u32::from),
            class: Vec::new(),
            wishes: Vec::new(),
            words: words.to_owned(),
        };
        self.seen = Some(time.now);
        self.timeline.add(timeline::bounded(hop, time.unix_ms));
    }
}

/// There is no such phone.
fn unknown() -> Answer {
    Answer::No(Refusal::new(ErrorCode::NotFound, "There is no such telephone."))
}

impl Machine for Stations {
    type Input = Input;
    type Output = Output;

    fn handle(&mut self, input: Input, now: Moment) {
        self.time.now = now;
        match input {
            Input::Office(office) => {
                self.office = office;
                self.lines_changed();
            }
            Input::Kept(records) => self.keep(records),
            Input::Wall(unix_ms) => {
                self.time.unix_ms = unix_ms;
                self.told.is_due = true;
            }
            Input::Asked { ticket, conn, question, neighbour } => {
                self.asked((ticket, conn), question, neighbour, now);
            }
            Input::Gone(conn) => self.told.gone(conn),
            Input::Committed(result) => self.committed(result, now),
            Input::Registered { number, agent, address } => {
                self.line(
                    &number,
                    progress::Line::Registered,
                    (Step::Register, &agent, Some(address)),
                );
            }
            Input::RegisterFailed { number, words, address } => {
                let line = progress::Line::Refused { words: words.clone() };
                self.line(&number, line, (Step::RegisterFailed, &words, Some(address)));
            }
            Input::Announced { question, hop, ours } => {
                self.announced(question, hop, ours, now);
            }
            Input::Numbers(numbers) => {
                self.told.numbers = numbers;
                self.told.is_due = true;
            }
            Input::Unregistered { number } => {
                let line = progress::Line::Gone { since: now };
                self.line(&number, line, (Step::Unregister, "", None));
            }
        }
        self.tell_phones(now);
    }

    fn expire(&mut self, now: Moment) {
        self.time.now = now;
        if self.open_until.is_some_and(|(until, _)| until <= now) {
            self.open_until = None;
            self.told.is_due = true;
        }
        self.tell_phones(now);
    }

    fn poll(&mut self) -> Option<Output> {
        // What has come meanwhile shares one commit.
        self.outputs.pop_front().or_else(|| self.begin_commit())
    }

    fn deadline(&self) -> Option<Moment> {
        let told = self.told.next();
        self.open_until.map(|(until, _)| until).into_iter().chain(told).min()
    }
}
