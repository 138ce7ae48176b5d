//! The keeper: one change of the settings after the other, each written down, applied, and kept or
//! taken back.
//!
//! ```text
//! propose -> check -> write down -> apply --------> in force          (harmless, or final)
//!              |          |           |  `--------> on trial --60 s--> take back
//!           refuse     refuse      put back           |  `- revert --> take back
//!                                     `-> refuse      `- confirm ----> in force
//! ```
//!
//! A change that goes on trial may cut off who made it, so it is answered as soon as it is written
//! down, and applied a moment later, when the answer has left the machine.
//!
//! What is on trial is written down as such: whoever finds it so at a start takes it back.

mod change;

use std::collections::{BTreeSet, VecDeque};

use machine::{Machine, Moment, Span};
use message::system::{Alarm, AskSettings, Confirm, Pending, Propose, Revert, Snapshot};
use message::{ErrorCode, Header, Refusal};
use settings::{Parts, Settings};

use crate::alarm;
use crate::book::Record;
use crate::rights::Role;
use change::{Change, Purpose};

/// A change on trial is taken back after so long.
const TRIAL: Span = Span::from_secs(60);
/// So long an answer may take to leave the machine before its network changes.
const LEAVE: Span = Span::from_millis(700);
/// So many may confirm or take back before the trial has begun.
const EARLY: usize = 64;
/// What could not be applied at a start is tried again after so long.
const AGAIN: Span = Span::from_secs(30);

/// A question of a peer: where the answer goes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Asked {
    /// The connection.
    pub conn: u64,
    /// Of the question.
    pub header: Header,
    /// Who asks.
    pub role: Role,
}

/// What can be asked.
#[derive(Clone, Debug)]
pub enum Call {
    /// For the settings in force.
    Ask(AskSettings),
    /// To change them.
    Propose(Propose),
    /// To keep what is on trial.
    Confirm(Confirm),
    /// To take it back.
    Revert(Revert),
}

/// What can happen.
#[derive(Clone, Debug)]
pub enum Input {
    /// A peer asks.
    Call(Asked, Call),
    /// A connection is gone.
    Gone(u64),
    /// What was to be written is on disk, or why it is not.
    Stored(Result<(), String>),
    /// What was to be applied is in force, or why it is not.
    Applied(Result<(), String>),
}

/// What is to be done.
#[derive(Clone, Debug)]
pub enum Output {
    /// Answer a question.
    Answer(Asked, Result<Snapshot, Refusal>),
    /// Tell a watcher.
    Post(u64, Snapshot),
    /// Write this down in place of what is there, which is to be kept beside it if it is good.
    Store {
        /// What to write.
        record: Box<Record>,
        /// Is what it takes the place of good?
        keeps_old: bool,
    },
    /// Let the machine be so.
    Apply(Parts, Box<Settings>),
    /// These of the keeper's alarms are on now.
    Alarms(Vec<Alarm>),
}

#[derive(Debug)]
enum Work {
    Idle,
    Trial {
        until: Moment,
    },
    Storing(Change),
    /// Written down and answered; it is applied at that moment.
    Leaving(Change, Moment),
    Applying(Change),
    /// Writing down again what was before, since it could not be applied.
    PuttingBack(Change, String),
    /// The same, applying.
    Undoing(Change, String),
}

/// The keeper.
#[derive(Debug)]
pub struct Keeper {
    record: Record,
    is_managed: bool,
    work: Work,
    /// Confirmed or taken back before the trial has begun.
    early: VecDeque<(Asked, Call)>,
    again: Option<Moment>,
    watchers: BTreeSet<u64>,
    alarms: Vec<Alarm>,
    outputs: VecDeque<Output>,
}

impl Keeper {
    /// A keeper of what was found on disk; `restored` says why it is not what was written last.
    #[must_use]
    pub fn new(record: Record, restored: Option<String>, is_managed: bool) -> Self {
        let mut keeper = Self {
            record,
            is_managed,
            work: Work::Idle,
            early: VecDeque::new(),
            again: None,
            watchers: BTreeSet::new(),
            alarms: restored.map(|why| alarm::restored(&why)).into_iter().collect(),
            outputs: VecDeque::new(),
        };
        if keeper.record.before.is_some() {
            keeper.raise(alarm::taken_back());
            keeper.take_back(None, Parts::ALL);
        } else {
            keeper.start();
        }
        keeper.tell_alarms();
        keeper
    }

    /// The settings in force.
    #[must_use]
    pub const fn settings(&self) -> &Settings {
        &self.record.settings
    }

    fn start(&mut self) {
        let change = Change::of(&self.record, self.record.clone(), Parts::ALL, Purpose::Start);
        self.apply(change);
    }

    fn call(&mut self, asked: Asked, call: Call, now: Moment) {
        match call {
            Call::Ask(AskSettings { watch }) => {
                if watch {
                    self.watchers.insert(asked.conn);
                }
                self.answer(asked, now);
            }
            Call::Propose(proposal) => match self.check(&asked, &proposal) {
                Ok(change) => self.store(change),
                Err(refusal) => self.refuse(asked, refusal),
            },
            Call::Confirm(Confirm { revision }) | Call::Revert(Revert { revision })
                if self.begins_trial(revision) =>
            {
                self.ask_later(asked, call);
            }
            Call::Confirm(Confirm { revision }) => match self.on_trial(revision) {
                Ok(()) => {
                    let after = Record { before: None, ..self.record.clone() };
                    let parts = Parts::default();
                    let change = Change::of(&self.record, after, parts, Purpose::Confirm);
                    self.store(change.for_peer(asked));
                }
                Err(refusal) => self.refuse(asked, refusal),
            },
            Call::Revert(Revert { revision }) => match self.on_trial(revision) {
                Ok(()) => self.take_back(Some(asked), self.trial_parts()),
                Err(refusal) => self.refuse(asked, refusal),
            },
        }
    }

    fn check(&self, asked: &Asked, proposal: &Propose) -> Result<Change, Refusal> {
        let refuse = |code, words: &str| Err(Refusal::new(code, words));
        match self.work {
            Work::Idle => {}
            Work::Trial { .. } => {
                let words = "Another change waits to be confirmed or taken back.";
                return refuse(ErrorCode::Conflict, words);
            }
            Work::Storing(_)
            | Work::Leaving(..)
            | Work::Applying(_)
            | Work::PuttingBack(..)
            | Work::Undoing(..) => {
                return refuse(ErrorCode::Conflict, "Another change is under way.");
            }
        }
        if proposal.base != self.record.revision {
            let words = "Somebody else has changed the settings meanwhile; look at them again.";
            return refuse(ErrorCode::Conflict, words);
        }
        let settings = Settings::from_json(&proposal.settings)
            .map_err(|error| Refusal::new(ErrorCode::Invalid, error.to_string()))?;
        let faults: Vec<String> = settings.faults().iter().map(ToString::to_string).collect();
        if !faults.is_empty() {
            return refuse(ErrorCode::Invalid, &faults.join("\n"));
        }
        let parts = Parts::between(&self.record.settings, &settings);
        let is_final = proposal.is_final && asked.role.is_at_the_machine();
        let is_trial = parts.is_risky() && !is_final;
        let before = is_trial.then(|| self.record.settings.clone());
        let after = Record { revision: self.record.revision + 1, settings, before };
        Ok(Change::of(&self.record, after, parts, Purpose::Propose).for_peer(*asked))
    }

    /// Keeps a question until the trial has begun.
    fn ask_later(&mut self, asked: Asked, call: Call) {
        if self.early.len() < EARLY {
            return self.early.push_back((asked, call));
        }
        let words = "Too many ask at once; ask again.";
        self.refuse(asked, Refusal::new(ErrorCode::Conflict, words));
    }

    /// Is this change written down as one on trial, and not applied yet?
    fn begins_trial(&self, revision: u64) -> bool {
        let begins = matches!(self.work, Work::Leaving(..) | Work::Applying(_));
        begins && self.record.before.is_some() && self.record.revision == revision
    }

    fn on_trial(&self, revision: u64) -> Result<(), Refusal> {
        let is_on_trial = matches!(self.work, Work::Trial { .. });
        if is_on_trial && self.record.revision == revision {
            return Ok(());
        }
        let words = "This change is not on trial: it was confirmed or taken back already.";
        Err(Refusal::new(ErrorCode::Conflict, words))
    }

    fn trial_parts(&self) -> Parts {
        let before = self.record.before.as_ref().unwrap_or(&self.record.settings);
        Parts::between(&self.record.settings, before)
    }

    fn take_back(&mut self, asked: Option<Asked>, parts: Parts) {
        let settings = self.record.before.clone().unwrap_or_else(|| self.record.settings.clone());
        let after = Record { revision: self.record.revision + 1, settings, before: None };
        let change = Change::of(&self.record, after, parts, Purpose::TakeBack);
        self.store(Change { asked, ..change });
    }

    fn store(&mut self, change: Change) {
        let keeps_old = self.record.before.is_none();
        self.outputs.push_back(Output::Store { record: Box::new(change.after.clone()), keeps_old });
        self.work = Work::Storing(change);
    }

    fn leave(&mut self, change: Change, now: Moment) {
        let unasked = Change { asked: None, ..change.clone() };
        self.work = Work::Leaving(unasked, now + LEAVE);
        self.answer_change(&change, now);
    }

    fn apply(&mut self, change: Change) {
        let settings = Box::new(change.after.settings.clone());
        self.outputs.push_back(Output::Apply(change.parts, settings));
        self.work = Work::Applying(change);
    }

    fn stored(&mut self, result: Result<(), String>, now: Moment) {
        match std::mem::replace(&mut self.work, Work::Idle) {
            Work::Storing(change) => match result {
                Ok(()) => {
                    self.record = change.after.clone();
                    if self.record.before.is_some() {
                        self.leave(change, now);
                    } else {
                        self.apply(change);
                    }
                }
                // The next start takes it back again; what counts now is that it is not in force.
                Err(_) if change.purpose == Purpose::TakeBack => {
                    self.record = change.after.clone();
                    self.apply(change);
                }
                Err(words) => {
                    if change.purpose == Purpose::Confirm {
                        self.work = Work::Trial { until: now + TRIAL };
                    }
                    self.refuse_change(&change, ErrorCode::DiskFull, &words);
                }
            },
            Work::PuttingBack(change, words) => {
                let settings = Box::new(self.record.settings.clone());
                self.outputs.push_back(Output::Apply(change.parts, settings));
                self.work = Work::Undoing(change, words);
            }
            other => self.work = other,
        }
    }

    fn applied(&mut self, result: Result<(), String>, now: Moment) {
        match std::mem::replace(&mut self.work, Work::Idle) {
            Work::Applying(change) => match result {
                Ok(()) => self.finish(&change, now),
                Err(words) if change.purpose == Purpose::Propose => {
                    let revision = self.record.revision + 1;
                    self.record = Record { revision, ..change.before.clone() };
                    let record = Box::new(self.record.clone());
                    self.outputs.push_back(Output::Store { record, keeps_old: false });
                    self.work = Work::PuttingBack(change, words);
                }
                Err(words) => {
                    self.not_applied(&words, now);
                    self.answer_change(&change, now);
                }
            },
            Work::Undoing(change, words) => {
                if let Err(words) = result {
                    self.not_applied(&words, now);
                }
                if change.asked.is_none() {
                    self.raise(alarm::not_made(&words));
                }
                self.refuse_change(&change, ErrorCode::Internal, &words);
                self.post(now);
                self.answer_early(now);
            }
            other => self.work = other,
        }
    }

    /// What was asked before the trial had begun.
    fn answer_early(&mut self, now: Moment) {
        for (asked, call) in std::mem::take(&mut self.early) {
            self.call(asked, call, now);
        }
    }

    fn finish(&mut self, change: &Change, now: Moment) {
        if self.record.before.is_some() {
            self.work = Work::Trial { until: now + TRIAL };
        }
        if change.parts == Parts::ALL {
            self.again = None;
            self.lower(alarm::NOT_APPLIED);
        }
        if change.purpose == Purpose::Propose || change.purpose == Purpose::Confirm {
            self.lower(alarm::TAKEN_BACK);
            self.lower(alarm::NOT_MADE);
            self.lower(alarm::RESTORED);
        }
        self.answer_change(change, now);
        self.answer_early(now);
    }

    fn not_applied(&mut self, words: &str, now: Moment) {
        self.raise(alarm::not_applied(words));
        self.again = Some(now + AGAIN);
    }

    fn snapshot(&self, now: Moment) -> Snapshot {
        let Record { revision, settings, .. } = &self.record;
        let pending = match self.work {
            Work::Trial { until } => {
                Some(Pending { revision: *revision, left_ms: until.since(now).millis() })
            }
            Work::Leaving(..) | Work::Applying(_) if self.record.before.is_some() => {
                Some(Pending { revision: *revision, left_ms: TRIAL.millis() })
            }
            Work::Idle
            | Work::Storing(_)
            | Work::Leaving(..)
            | Work::Applying(_)
            | Work::PuttingBack(..)
            | Work::Undoing(..) => None,
        };
        let (revision, settings) = (*revision, settings.to_json());
        Snapshot { revision, settings, pending, managed: self.is_managed }
    }

    fn answer(&mut self, asked: Asked, now: Moment) {
        let snapshot = self.snapshot(now);
        self.outputs.push_back(Output::Answer(asked, Ok(snapshot)));
    }

    fn answer_change(&mut self, change: &Change, now: Moment) {
        if let Some(asked) = change.asked {
            self.answer(asked, now);
        }
        self.post(now);
    }

    fn post(&mut self, now: Moment) {
        let snapshot = self.snapshot(now);
        let posts = self.watchers.iter().map(|conn| Output::Post(*conn, snapshot.clone()));
        self.outputs.extend(posts);
    }

    fn refuse(&mut self, asked: Asked, refusal: Refusal) {
        self.outputs.push_back(Output::Answer(asked, Err(refusal)));
    }

    fn refuse_change(&mut self, change: &Change, code: ErrorCode, words: &str) {
        if let Some(asked) = change.asked {
            let words = format!("The change was not made: {words}");
            self.refuse(asked, Refusal::new(code, words));
        }
    }

    fn raise(&mut self, alarm: Alarm) {
        self.lower(&alarm.name);
        self.alarms.push(alarm);
        self.tell_alarms();
    }

    fn lower(&mut self, name: &str) {
        let before = self.alarms.len();
        self.alarms.retain(|alarm| alarm.name != name);
        if self.alarms.len() != before {
            self.tell_alarms();
        }
    }

    fn tell_alarms(&mut self) {
        self.outputs.push_back(Output::Alarms(self.alarms.clone()));
    }
}

impl Machine for Keeper {
    type Input = Input;
    type Output = Output;

    fn handle(&mut self, input: Input, now: Moment) {
        match input {
            Input::Call(asked, call) => self.call(asked, call, now),
            Input::Gone(conn) => {
                self.watchers.remove(&conn);
            }
            Input::Stored(result) => self.stored(result, now),
            Input::Applied(result) => self.applied(result, now),
        }
    }

    fn expire(&mut self, now: Moment) {
        if let Work::Trial { until } = self.work
            && until <= now
        {
            self.raise(alarm::taken_back());
            self.take_back(None, self.trial_parts());
        }
        if let Work::Leaving(change, at) = &self.work
            && *at <= now
        {
            self.apply(change.clone());
        }
        if self.again.is_some_and(|again| again <= now) && matches!(self.work, Work::Idle) {
            self.again = None;
            self.start();
        }
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn deadline(&self) -> Option<Moment> {
        match &self.work {
            Work::Trial { until } => Some(*until),
            Work::Leaving(_, at) => Some(*at),
            Work::Idle => self.again,
            Work::Storing(_) | Work::Applying(_) | Work::PuttingBack(..) | Work::Undoing(..) => {
                None
            }
        }
    }
}

#[cfg(test)]
mod tests;
