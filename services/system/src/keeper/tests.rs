//! Scenes of changes: kept, taken back, refused, put back, on a full disk, over a restart.

use machine::{Machine, Moment, Span};
use message::system::{AskSettings, Confirm, Propose, Revert, Snapshot};
use message::{ErrorCode, Flags, Guid, Header, Kind, ObjectId, Priority, Refusal};
use settings::{Admission, Language, Parts, Settings};

use super::{Asked, Call, EARLY, Input, Keeper, LEAVE, Output};
use crate::book::Record;
use crate::rights::Role;

/// A keeper with a disk and a machine under it.
struct House {
    keeper: Keeper,
    now: Moment,
    disk: Record,
    machine: Settings,
    is_disk_full: bool,
    is_machine_stuck: bool,
    answers: Vec<Result<Snapshot, Refusal>>,
    posts: Vec<Snapshot>,
    alarms: Vec<String>,
}

impl House {
    fn open(record: Record) -> Self {
        let mut house = Self {
            keeper: Keeper::new(record.clone(), None, true),
            now: Moment::from_millis(5_000),
            machine: Settings::default(),
            disk: record,
            is_disk_full: false,
            is_machine_stuck: false,
            answers: Vec::new(),
            posts: Vec::new(),
            alarms: Vec::new(),
        };
        house.settle();
        house
    }

    fn settle(&mut self) {
        while let Some(output) = self.keeper.poll() {
            let input = match output {
                Output::Answer(_, answer) => {
                    self.answers.push(answer);
                    continue;
                }
                Output::Post(_, snapshot) => {
                    self.posts.push(snapshot);
                    continue;
                }
                Output::Alarms(alarms) => {
                    self.alarms = alarms.into_iter().map(|alarm| alarm.name).collect();
                    continue;
                }
                Output::Store { .. } if self.is_disk_full => {
                    Input::Stored(Err("No space left on device".to_owned()))
                }
                Output::Store { record, keeps_old } => {
                    assert!(!keeps_old || self.disk.before.is_none(), "a trial is not kept");
                    self.disk = *record;
                    Input::Stored(Ok(()))
                }
                Output::Apply(parts, _) if self.is_machine_stuck && parts != Parts::default() => {
                    Input::Applied(Err("there is no such interface".to_owned()))
                }
                Output::Apply(parts, settings) => {
                    if parts != Parts::default() {
                        self.machine = *settings;
                    }
                    Input::Applied(Ok(()))
                }
            };
            self.keeper.handle(input, self.now);
        }
    }

    /// Asks, and does not wait for the answer.
    fn ask(&mut self, role: Role, call: Call) {
        let header = Header {
            action: Kind::AskSettings.action().expect("a post"),
            priority: Priority::Normal,
            flags: Flags::NONE,
            kind: Kind::AskSettings,
            id: ObjectId::BLANK,
            source: Guid::BLANK,
            destination: Guid::BLANK,
            length: 0,
        };
        self.keeper.handle(Input::Call(Asked { conn: 1, header, role }, call), self.now);
        self.settle();
    }

    fn call(&mut self, role: Role, call: Call) -> Result<Snapshot, Refusal> {
        self.ask(role, call);
        if self.answers.is_empty() {
            self.pass(LEAVE);
        }
        self.answers.pop().expect("every question is answered")
    }

    fn propose(&mut self, role: Role, settings: &Settings) -> Result<Snapshot, Refusal> {
        let (base, is_final) = (self.disk.revision, role != Role::Pages);
        let proposal = Propose { base, settings: settings.to_json(), is_final };
        self.call(role, Call::Propose(proposal))
    }

    fn pass(&mut self, span: Span) {
        self.now = self.now + span;
        if self.keeper.deadline().is_some_and(|deadline| deadline <= self.now) {
            self.keeper.expire(self.now);
        }
        self.settle();
    }
}

fn risky() -> Settings {
    let mut settings = Settings::default();
    settings.firewall.objects = Admission::Nowhere;
    settings
}

fn harmless() -> Settings {
    Settings { language: Language::Deutsch, ..Settings::default() }
}

fn code(result: Result<Snapshot, Refusal>) -> ErrorCode {
    result.expect_err("it is refused").code
}

#[test]
fn a_harmless_change_is_in_force_at_once_and_everybody_hears_of_it() {
    let mut house = House::open(Record::first());
    house.call(Role::Worker, Call::Ask(AskSettings { watch: true })).expect("told");
    let snapshot = house.propose(Role::Pages, &harmless()).expect("taken");
    assert_eq!((snapshot.revision, snapshot.pending), (2, None));
    assert_eq!(house.posts.last(), Some(&snapshot));
    assert_eq!(house.disk, Record { revision: 2, settings: harmless(), before: None });
    house.keeper.handle(Input::Gone(1), house.now);
    let told = house.posts.len();
    house.propose(Role::Pages, &Settings::default()).expect("taken");
    assert_eq!(house.posts.len(), told, "who is gone is told nothing");
}

#[test]
fn a_change_that_may_cut_off_is_taken_back_after_a_minute() {
    let mut house = House::open(Record::first());
    let snapshot = house.propose(Role::Pages, &risky()).expect("on trial");
    let pending = snapshot.pending.expect("on trial");
    assert_eq!((pending.revision, pending.left_ms), (2, 60_000));
    assert_eq!(house.machine, Settings::default(), "the answer has to leave the machine first");
    house.pass(LEAVE);
    assert_eq!((&house.machine, &house.disk.before), (&risky(), &Some(Settings::default())));
    house.pass(Span::from_secs(59));
    assert_eq!(house.machine, risky());
    house.pass(Span::from_secs(1));
    assert_eq!(house.machine, Settings::default());
    assert_eq!(house.disk, Record { revision: 3, ..Record::first() });
    assert_eq!(house.alarms, ["unconfirmed-change"]);
    assert_eq!(
        code(house.call(Role::Pages, Call::Confirm(Confirm { revision: 2 }))),
        ErrorCode::Conflict
    );
    house.propose(Role::Pages, &harmless()).expect("taken");
    assert!(house.alarms.is_empty(), "the next change shows that somebody has looked");
}

#[test]
fn a_confirmed_change_stays_and_a_reverted_one_goes_at_once() {
    let mut house = House::open(Record::first());
    house.propose(Role::Pages, &risky()).expect("on trial");
    let wrong = house.call(Role::Pages, Call::Confirm(Confirm { revision: 1 }));
    assert_eq!(code(wrong), ErrorCode::Conflict);
    house.call(Role::Pages, Call::Confirm(Confirm { revision: 2 })).expect("kept");
    house.pass(Span::from_secs(600));
    assert_eq!((&house.machine, house.disk.revision), (&risky(), 2));
    assert_eq!(house.disk.before, None);
    house.propose(Role::Pages, &Settings::default()).expect("on trial");
    house.call(Role::Panel, Call::Revert(Revert { revision: 3 })).expect("taken back");
    assert_eq!((&house.machine, house.disk.revision), (&risky(), 4));
    assert!(house.alarms.is_empty());
}

#[test]
fn only_at_the_machine_is_a_change_final() {
    let mut house = House::open(Record::first());
    assert_eq!(house.propose(Role::Panel, &risky()).expect("taken").pending, None);
    let (base, settings) = (house.disk.revision, Settings::default().to_json());
    let sly = Propose { base, settings, is_final: true };
    let snapshot = house.call(Role::Pages, Call::Propose(sly)).expect("on trial");
    assert!(snapshot.pending.is_some());
}

#[test]
fn two_changes_do_not_meet() {
    let mut house = House::open(Record::first());
    let late = Propose { base: 9, settings: harmless().to_json(), is_final: false };
    assert_eq!(code(house.call(Role::Pages, Call::Propose(late))), ErrorCode::Conflict);
    house.propose(Role::Pages, &risky()).expect("on trial");
    assert_eq!(code(house.propose(Role::Pages, &harmless())), ErrorCode::Conflict);
}

#[test]
fn what_could_not_work_is_refused_with_every_fault() {
    let mut house = House::open(Record::first());
    let mut settings = harmless();
    settings.office.keep_days = 0;
    settings.panel.dim_after_s = 1;
    let refusal = house.propose(Role::Panel, &settings).expect_err("two faults");
    assert_eq!(refusal.code, ErrorCode::Invalid);
    assert!(refusal.text.contains("office.keep_days") && refusal.text.contains("panel."));
    let rubbish = Propose { base: 1, settings: "{".to_owned(), is_final: false };
    assert_eq!(code(house.call(Role::Pages, Call::Propose(rubbish))), ErrorCode::Invalid);
    assert_eq!(house.disk, Record::first());
}

// rows 74
#[test]
fn on_a_full_disk_nothing_changes() {
    let mut house = House::open(Record::first());
    house.is_disk_full = true;
    let refusal = house.propose(Role::Panel, &risky()).expect_err("the disk is full");
    assert_eq!(refusal.code, ErrorCode::DiskFull);
    assert!(refusal.text.contains("No space left"));
    assert_eq!((&house.machine, &house.disk), (&Settings::default(), &Record::first()));
    house.is_disk_full = false;
    house.propose(Role::Pages, &risky()).expect("on trial");
    house.pass(LEAVE);
    assert_eq!(house.machine, risky());
    house.is_disk_full = true;
    house.pass(Span::from_secs(60));
    assert_eq!(house.machine, Settings::default(), "what cuts off goes, disk or no disk");
    house.is_disk_full = false;
    let house = House::open(house.disk);
    assert_eq!((house.disk.revision, house.disk.before), (3, None));
}

#[test]
fn what_cannot_be_applied_is_put_back_and_refused_with_the_reason() {
    let mut house = House::open(Record::first());
    house.is_machine_stuck = true;
    let refusal = house.propose(Role::Panel, &risky()).expect_err("it cannot be applied");
    assert!(refusal.text.contains("no such interface"), "{}", refusal.text);
    assert_eq!(house.disk, Record { revision: 3, ..Record::first() });
    assert_eq!(house.alarms, ["settings-not-applied"], "not even the old ones");
    house.is_machine_stuck = false;
    house.pass(Span::from_secs(30));
    assert!(house.alarms.is_empty());
}

#[test]
fn what_cannot_be_applied_after_its_answer_is_put_back_and_told_as_an_alarm() {
    let mut house = House::open(Record::first());
    house.propose(Role::Pages, &risky()).expect("on trial");
    house.is_machine_stuck = true;
    house.pass(LEAVE);
    assert_eq!(house.disk, Record { revision: 3, ..Record::first() });
    assert!(house.alarms.contains(&"change-not-made".to_owned()), "{:?}", house.alarms);
    house.is_machine_stuck = false;
    house.pass(Span::from_secs(30));
    house.propose(Role::Pages, &harmless()).expect("and everything goes on");
    assert!(house.alarms.is_empty(), "{:?}", house.alarms);
}

#[test]
fn a_change_is_confirmed_before_its_trial_has_begun() {
    let mut house = House::open(Record::first());
    house.propose(Role::Pages, &risky()).expect("on trial");
    let kept = house.call(Role::Pages, Call::Confirm(Confirm { revision: 2 })).expect("kept");
    assert_eq!((kept.pending, &house.machine), (None, &risky()));
}

#[test]
fn only_so_many_may_ask_before_a_trial_has_begun() {
    let mut house = House::open(Record::first());
    house.propose(Role::Pages, &risky()).expect("on trial");
    for _ in 0..EARLY + 3 {
        house.ask(Role::Pages, Call::Confirm(Confirm { revision: 2 }));
    }
    let refused: Vec<ErrorCode> = house.answers.drain(..).map(code).collect();
    assert_eq!(refused, [ErrorCode::Conflict; 3]);
    house.pass(LEAVE);
    assert_eq!(house.answers.len(), EARLY, "each of the others is answered");
    assert_eq!(house.machine, risky());
}

// rows 74
#[test]
fn a_restart_in_the_middle_takes_back_what_nobody_confirmed() {
    let mut house = House::open(Record::first());
    house.propose(Role::Pages, &risky()).expect("on trial");
    let house = House::open(house.disk);
    assert_eq!(house.machine, Settings::default());
    assert_eq!(house.disk, Record { revision: 3, ..Record::first() });
    assert_eq!(house.alarms, ["unconfirmed-change"]);
}

#[test]
fn a_start_that_cannot_apply_tries_again() {
    let mut house = House::open(Record::first());
    house.is_machine_stuck = true;
    let mut house = House { keeper: Keeper::new(house.disk.clone(), None, true), ..house };
    house.settle();
    assert_eq!(house.alarms, ["settings-not-applied"]);
    house.pass(Span::from_secs(30));
    house.is_machine_stuck = false;
    house.pass(Span::from_secs(30));
    assert!(house.alarms.is_empty());
    house.propose(Role::Pages, &harmless()).expect("and everything goes on");
}
