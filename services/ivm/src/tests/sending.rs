//! Sending: progress, repetition, conflict, gaps, quota, bounds.

use message::people::Parameters;
use message::speech::{
    Cancel, CheckIn, Fate, Mode, Progress, Reached, Recipient, RecipientFate, Sealed, Sending,
};
use message::{ErrorCode, Guid};

use super::{Office, code, is_yes, message_id, send};
use crate::limits::Limits;
use crate::record::Fault;

// rows 1, 81
#[test]
fn nothing_is_acknowledged_before_it_is_on_disk() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    office.slow_disk = true;
    office.speak(&anna, 1, Mode::Record, &[bert], 2);
    assert!(office.progress(anna.conn).iter().all(|progress| !progress.stored));
    office.catch_up();
    let last = office.progress(anna.conn).pop().expect("progress");
    assert!(last.stored && last.known);
    assert_eq!(last.streams, [Reached { stream: 0, next: 2, complete: true }]);
}

// rows 81, 82, ruling e
#[test]
fn each_recipient_has_its_own_fate() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.present("bert").account;
    let carl = office.person("carl");
    let nobody = Guid::from_bytes([0xaa; 16]);
    let sending: Sending =
        office.open(&anna, 1, Mode::Live, &[bert, carl, nobody]).read().expect("sending");
    let fates = [(bert, Fate::Live), (carl, Fate::Stored), (nobody, Fate::Unknown)];
    assert_eq!(sending.fates, fates.map(|(person, fate)| RecipientFate { person, fate }));
}

#[test]
fn a_message_for_nobody_is_refused() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let answer = office.open(&anna, 1, Mode::Live, &[Guid::from_bytes([0xaa; 16])]);
    assert_eq!(code(&answer), ErrorCode::UnknownPerson);
    assert_eq!(code(&office.open(&anna, 1, Mode::Live, &[])), ErrorCode::Invalid);
}

// row 96
#[test]
fn the_same_id_with_another_content_or_sender_is_a_conflict() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.present("bert");
    office.open(&anna, 1, Mode::Record, &[bert.account]);
    let answer = office.open(&bert, 1, Mode::Record, &[anna.account]);
    assert_eq!(code(&answer), ErrorCode::Conflict);
    let answer = office.open(&anna, 1, Mode::Live, &[bert.account]);
    assert_eq!(code(&answer), ErrorCode::Conflict);
    office.restart();
    let anna = office.come_back(&anna);
    let answer = office.open(&anna, 1, Mode::Live, &[bert.account]);
    assert_eq!(code(&answer), ErrorCode::Conflict, "after a restart too");
    let answer = office.open(&anna, 1, Mode::Record, &[bert.account]);
    assert!(answer.read::<Sending>().is_ok(), "but a repetition is taken");
}

#[test]
fn a_complete_message_answers_a_repetition_with_progress() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    office.speak(&anna, 1, Mode::Record, &[bert], 2);
    office.take(anna.conn);
    office.speak(&anna, 1, Mode::Record, &[bert], 2);
    let progress = office.progress(anna.conn);
    assert!(!progress.is_empty() && progress.iter().all(|progress| progress.stored));
}

// row 95
#[test]
fn a_gap_is_answered_once_and_what_is_there_is_ignored() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    office.open(&anna, 1, Mode::Record, &[bert]);
    office.portion(&anna, 1, 0, false);
    office.take(anna.conn);
    office.portion(&anna, 1, 0, false);
    assert_eq!(office.progress(anna.conn), []);
    office.portion(&anna, 1, 5, false);
    office.portion(&anna, 1, 6, false);
    let streams = vec![Reached { stream: 0, next: 1, complete: false }];
    let expected = Progress { message: message_id(1), known: true, streams, stored: false };
    assert_eq!(office.progress(anna.conn), [expected]);
    office.portion(&anna, 1, 1, true);
    assert!(office.progress(anna.conn)[0].stored);
}

#[test]
fn progress_comes_at_most_every_quarter_of_a_second() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    office.open(&anna, 1, Mode::Record, &[bert]);
    for sequence in 0..10 {
        office.portion(&anna, 1, sequence, false);
    }
    assert_eq!(office.progress(anna.conn).len(), 1);
    office.pass(office.limits.progress);
    let later = office.progress(anna.conn);
    assert_eq!(later.len(), 1);
    assert_eq!(later[0].streams[0].next, 10);
}

// row 95
#[test]
fn a_sender_goes_on_where_the_disk_is() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    office.open(&anna, 1, Mode::Record, &[bert]);
    office.portion(&anna, 1, 0, false);
    office.portion(&anna, 1, 1, false);
    office.restart();
    let anna = office.come_back(&anna);
    let sending = vec![message_id(1), message_id(2)];
    office.attend_with(&anna, &CheckIn { sending, ..CheckIn::default() });
    let progress = office.progress(anna.conn);
    assert_eq!(progress[0].streams, [Reached { stream: 0, next: 2, complete: false }]);
    assert!(!progress[1].known, "what was never sent must be sent");
    office.portion(&anna, 1, 2, true);
    assert!(office.progress(anna.conn)[0].stored);
}

#[test]
fn a_portion_of_an_unknown_message_is_answered_by_not_known() {
    let mut office = Office::new();
    let anna = office.present("anna");
    office.portion(&anna, 7, 0, false);
    let progress = office.progress(anna.conn);
    assert!(!progress[0].known && !progress[0].stored);
}

#[test]
fn a_portion_of_another_persons_message_is_refused() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    office.open(&anna, 1, Mode::Record, &[bert.account]);
    office.portion(&bert, 1, 0, true);
    let refusal = office.take(bert.conn).pop().expect("a refusal");
    assert_eq!(code(&refusal), ErrorCode::UnknownMessage);
}

// ruling g
#[test]
fn who_has_used_up_the_quota_gets_no_more() {
    let parameters = Parameters { quota_bytes: 1 << 20, ..Parameters::default() };
    let mut office = Office::with(Limits::default(), parameters);
    let anna = office.present("anna");
    let (bert, carl) = (office.person("bert"), office.person("carl"));
    for number in [1, 2] {
        office.open(&anna, number, Mode::Record, &[bert]);
        for sequence in 0..3 {
            let last = sequence == 2;
            office.portion_of(&anna, number, (0, sequence, last), &vec![0; 250_000]);
        }
    }
    let answer = office.open(&anna, 6, Mode::Record, &[bert]);
    assert_eq!(code(&answer), ErrorCode::Quota);
    let sending: Sending =
        office.open(&anna, 3, Mode::Record, &[bert, carl]).read().expect("sending");
    assert_eq!(sending.fates[0].fate, Fate::Full);
    office.restart();
    let anna = office.come_back(&anna);
    assert_eq!(code(&office.open(&anna, 4, Mode::Record, &[bert])), ErrorCode::Quota);
    let bert = office.log_in("bert");
    office.attend(&bert);
    assert!(is_yes(&office.acknowledge(&bert, 1, message::speech::Happened::Delivered)));
    assert!(office.open(&anna, 5, Mode::Record, &[bert.account]).read::<Sending>().is_ok());
}

#[test]
fn a_message_out_of_its_bounds_is_refused() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    let good = send(1, Mode::Record, &[bert]);
    let many = (0..=1000u16).map(|number| {
        let mut guid = [1; 16];
        guid[..2].copy_from_slice(&number.to_be_bytes());
        Recipient { person: Guid::from_bytes(guid), wrapped: vec![0; 80] }
    });
    let mut crowded = good.clone();
    crowded.recipients = many.collect();
    assert_eq!(code(&office.ask(anna.conn, &crowded)), ErrorCode::TooMany);
    let mut twice = good.clone();
    twice.recipients.push(twice.recipients[0].clone());
    assert_eq!(code(&office.ask(anna.conn, &twice)), ErrorCode::Invalid);
    let mut attached = good.clone();
    attached.attachments = vec![Sealed(vec![0; 5_000])];
    assert_eq!(code(&office.ask(anna.conn, &attached)), ErrorCode::TooLarge);
    let mut wrapped = good;
    wrapped.own = vec![0; 300];
    assert_eq!(code(&office.ask(anna.conn, &wrapped)), ErrorCode::TooLarge);
}

#[test]
fn nobody_opens_messages_without_end() {
    let limits = Limits { sending: 3, ..Limits::default() };
    let mut office = Office::with(limits, Parameters::default());
    let anna = office.present("anna");
    let bert = office.person("bert");
    for number in 1..=3 {
        assert!(office.open(&anna, number, Mode::Record, &[bert]).read::<Sending>().is_ok());
    }
    assert_eq!(code(&office.open(&anna, 4, Mode::Record, &[bert])), ErrorCode::TooMany);
    office.leave(&anna);
    let anna = office.come_back(&anna);
    assert_eq!(code(&office.open(&anna, 4, Mode::Record, &[bert])), ErrorCode::TooMany);
    office.restart();
    let anna = office.come_back(&anna);
    assert_eq!(code(&office.open(&anna, 4, Mode::Record, &[bert])), ErrorCode::TooMany);
    office.speak(&anna, 1, Mode::Record, &[bert], 1);
    office.open(&anna, 2, Mode::Record, &[bert]);
    assert!(is_yes(&office.ask(anna.conn, &Cancel { message: message_id(2) })));
    for number in [4, 5] {
        assert!(office.open(&anna, number, Mode::Record, &[bert]).read::<Sending>().is_ok());
    }
    assert_eq!(code(&office.open(&anna, 6, Mode::Record, &[bert])), ErrorCode::TooMany);
}

#[test]
fn unfinished_messages_have_a_quota_too() {
    let parameters = Parameters { quota_bytes: 1 << 20, ..Parameters::default() };
    let mut office = Office::with(Limits::default(), parameters);
    let anna = office.present("anna");
    let bert = office.person("bert");
    for number in 1..=2 {
        office.open(&anna, number, Mode::Record, &[bert]);
        for sequence in 0..2 {
            office.portion_of(&anna, number, (0, sequence, false), &vec![0; 250_000]);
        }
    }
    office.take(anna.conn);
    office.portion_of(&anna, 2, (0, 2, false), &vec![0; 250_000]);
    let refusal = office.take(anna.conn).pop().expect("a refusal");
    assert_eq!(code(&refusal), ErrorCode::TooLarge);
}

#[test]
fn a_message_that_grows_too_long_is_cut() {
    let limits = Limits { message_bytes: 1_000, ..Limits::default() };
    let mut office = Office::with(limits, Parameters::default());
    let anna = office.present("anna");
    let bert = office.person("bert");
    office.open(&anna, 1, Mode::Record, &[bert]);
    office.portion_of(&anna, 1, (0, 0, false), &[0; 800]);
    office.portion_of(&anna, 1, (0, 1, false), &[0; 800]);
    let refusal = office.take(anna.conn).pop().expect("a refusal");
    assert_eq!(code(&refusal), ErrorCode::TooLarge);
    let answer = office.open(&anna, 1, Mode::Record, &[bert]);
    assert_eq!(code(&answer), ErrorCode::Expired);
}

#[test]
fn a_full_disk_refuses_new_messages_and_loses_none() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    office.open(&anna, 1, Mode::Record, &[bert]);
    office.portion(&anna, 1, 0, false);
    office.fault = Some(Fault::Full);
    office.portion(&anna, 1, 1, false);
    office.portion(&anna, 1, 2, true);
    assert_eq!(code(&office.open(&anna, 2, Mode::Record, &[bert])), ErrorCode::DiskFull);
    office.take(anna.conn);
    office.fault = None;
    office.input(crate::Input::Space { free: 1 << 30 });
    let progress = office.progress(anna.conn);
    assert_eq!(progress[0].streams, [Reached { stream: 0, next: 1, complete: false }]);
    office.portion(&anna, 1, 1, false);
    office.portion(&anna, 1, 2, true);
    assert!(office.progress(anna.conn).pop().expect("progress").stored);
    assert!(office.open(&anna, 2, Mode::Record, &[bert]).read::<Sending>().is_ok());
}

#[test]
fn little_free_space_is_noticed_before_the_disk_is_full() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    office.input(crate::Input::Space { free: 1 << 20 });
    assert_eq!(code(&office.open(&anna, 1, Mode::Record, &[bert])), ErrorCode::DiskFull);
    office.input(crate::Input::Space { free: 1 << 30 });
    assert!(office.open(&anna, 1, Mode::Record, &[bert]).read::<Sending>().is_ok());
}
