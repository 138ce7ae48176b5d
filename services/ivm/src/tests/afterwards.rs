//! What becomes of messages: receipts, discarding, cancelling, ageing.

use message::people::{Parameters, Status};
use message::speech::{Cancel, CheckIn, Discard, Happened, Mode, Partial, Receipt};
use message::{ErrorCode, Guid, Kind};

use super::{Office, code, is_yes, message_id, numbers};
use crate::limits::Limits;

// rows 16, 28
#[test]
fn played_is_told_to_the_sender_and_to_the_persons_other_devices() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    let second = office.log_in("bert");
    office.attend(&second);
    office.speak(&anna, 1, Mode::Live, &[bert.account], 1);
    assert!(is_yes(&office.acknowledge(&bert, 1, Happened::Played)));
    let told: Vec<Receipt> = office.receipts(anna.conn);
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].person, told[0].happened), (bert.account, Happened::Played));
    assert_eq!(office.receipts(second.conn).len(), 1);
    assert_eq!(office.receipts(bert.conn), []);
    office.acknowledge(&second, 1, Happened::Played);
    assert_eq!(office.receipts(anna.conn), [], "heard once is heard");
}

// row 95
#[test]
fn a_sender_who_was_away_is_told_of_the_receipts() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    office.speak(&anna, 1, Mode::Live, &[bert.account], 1);
    office.leave(&anna);
    office.acknowledge(&bert, 1, Happened::Delivered);
    office.acknowledge(&bert, 1, Happened::Played);
    office.restart();
    let anna = office.come_back(&anna);
    office.attend_with(&anna, &CheckIn { watching: vec![message_id(1)], ..CheckIn::default() });
    let happened: Vec<Happened> =
        office.receipts(anna.conn).iter().map(|receipt| receipt.happened).collect();
    assert_eq!(happened, [Happened::Delivered, Happened::Played]);
}

#[test]
fn a_receipt_for_another_persons_message_is_refused() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    let carl = office.present("carl");
    office.speak(&anna, 1, Mode::Live, &[bert.account], 1);
    let answer = office.acknowledge(&carl, 1, Happened::Played);
    assert_eq!(code(&answer), ErrorCode::UnknownMessage);
}

#[test]
fn what_is_discarded_is_gone_from_all_devices_of_the_person() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    let carl = office.person("carl");
    let second = office.log_in("bert");
    office.attend(&second);
    office.speak(&anna, 1, Mode::Live, &[bert.account, carl], 1);
    let message = message_id(1);
    assert!(is_yes(&office.ask(bert.conn, &Discard { message })));
    assert_eq!(office.take_kind(second.conn, Kind::Discard).len(), 1);
    office.leave(&second);
    let second = office.come_back(&second);
    office.attend(&second);
    assert!(office.envelopes(second.conn).is_empty());
    let carl = office.log_in("carl");
    office.attend(&carl);
    assert_eq!(office.envelopes(carl.conn).len(), 1, "but not for the others");
    assert_eq!(code(&office.ask(anna.conn, &Cancel { message })), ErrorCode::Conflict);
}

#[test]
fn a_device_with_a_part_of_a_discarded_message_is_told() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    office.speak(&anna, 1, Mode::Live, &[bert.account], 3);
    office.ask(bert.conn, &Discard { message: message_id(1) });
    let second = office.log_in("bert");
    let part = |number| Partial { message: message_id(number), streams: Vec::new() };
    let receiving = vec![part(1), part(2)];
    office.attend_with(&second, &CheckIn { receiving, ..CheckIn::default() });
    assert_eq!(office.take_kind(second.conn, Kind::Discard).len(), 1);
    assert_eq!(office.take_kind(second.conn, Kind::Cancel).len(), 1, "and of one never heard of");
}

#[test]
fn who_has_begun_to_hear_a_cancelled_message_is_told() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    let carl = office.person("carl");
    office.open(&anna, 1, Mode::Live, &[bert.account, carl]);
    office.portion(&anna, 1, 0, false);
    let message = message_id(1);
    assert_eq!(code(&office.ask(bert.conn, &Cancel { message })), ErrorCode::UnknownMessage);
    assert!(is_yes(&office.ask(anna.conn, &Cancel { message })));
    assert_eq!(office.take_kind(bert.conn, Kind::Cancel).len(), 1);
    let carl = office.log_in("carl");
    office.attend(&carl);
    assert!(office.envelopes(carl.conn).is_empty());
    let answer = office.open(&anna, 1, Mode::Live, &[bert.account, carl.account]);
    assert_eq!(code(&answer), ErrorCode::Expired);
}

#[test]
fn a_live_message_whose_sender_vanished_is_cut_after_a_day() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    office.open(&anna, 1, Mode::Live, &[bert.account]);
    office.portion(&anna, 1, 0, false);
    office.leave(&anna);
    office.leave(&bert);
    office.pass(machine::Span::from_secs(23 * 3600));
    let bert = office.come_back(&bert);
    let receiving = vec![Partial { message: message_id(1), streams: Vec::new() }];
    let check_in = CheckIn { receiving, ..CheckIn::default() };
    office.attend_with(&bert, &check_in);
    assert_eq!(numbers(&office.portions(bert.conn)), [0]);
    office.leave(&bert);
    office.pass(machine::Span::from_secs(2 * 3600));
    let bert = office.come_back(&bert);
    office.attend_with(&bert, &check_in);
    assert_eq!(office.take_kind(bert.conn, Kind::Cancel).len(), 1);
}

// row 81, ruling g
#[test]
fn copies_live_as_long_as_they_should() {
    let limits = Limits { sweep: machine::Span::from_secs(6 * 3600), ..Limits::default() };
    let mut office = Office::with(limits, Parameters::default());
    let anna = office.present("anna");
    let bert = office.present("bert");
    let carl = office.person("carl");
    office.speak(&anna, 1, Mode::Record, &[bert.account, carl], 1);
    office.acknowledge(&bert, 1, Happened::Delivered);
    let day = |days: u64| machine::Span::from_secs(days * 24 * 3600);
    office.leave(&anna);
    office.leave(&bert);
    office.pass(day(6));
    let second = office.log_in("bert");
    office.attend(&second);
    assert_eq!(office.envelopes(second.conn).len(), 1, "kept a week for new devices");
    office.acknowledge(&second, 1, Happened::Delivered);
    office.leave(&second);
    office.pass(day(2));
    let third = office.log_in("bert");
    office.attend(&third);
    assert!(office.envelopes(third.conn).is_empty());
    office.leave(&third);
    office.pass(day(80));
    let late = office.log_in("carl");
    office.attend(&late);
    assert_eq!(office.envelopes(late.conn).len(), 1, "undelivered ones are kept 90 days");
    office.leave(&late);
    office.pass(day(3));
    let late = office.come_back(&late);
    office.attend(&late);
    assert!(office.envelopes(late.conn).is_empty());
}

#[test]
fn who_does_not_subscribe_to_messages_gets_none_and_is_off_line() {
    let mut office = Office::new();
    let anna = office.present("anna");
    office.person("bert");
    let bert = office.log_in("bert");
    assert!(is_yes(&office.ask(bert.conn, &CheckIn::default())));
    office.speak(&anna, 1, Mode::Live, &[bert.account], 1);
    assert_eq!(office.take(bert.conn), []);
    let service = office.connect_service();
    let people: message::admin::People = office
        .ask(service, &message::admin::ListPeople { after: String::new() })
        .read()
        .expect("people");
    assert_eq!(people.people[1].status, Status::Offline);
    assert_eq!((people.people[1].waiting, people.people[0].waiting), (1, 0));
}

#[test]
fn a_message_to_oneself_comes_as_from_anyone() {
    let mut office = Office::new();
    let anna = office.present("anna");
    office.speak(&anna, 1, Mode::Record, &[anna.account], 1);
    let envelope = office.envelopes(anna.conn).pop().expect("an envelope");
    assert!(!envelope.own);
    assert_ne!(envelope.sender, Guid::BLANK);
}

#[test]
fn setting_the_clock_forward_by_decades_expires_nothing() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let guid = office.person("bert");
    office.speak(&anna, 1, Mode::Record, &[guid], 1);
    office.open(&anna, 2, Mode::Record, &[guid]);
    office.portion(&anna, 2, 0, false);
    office.leave(&anna);
    office.input(crate::Input::Wall { unix_millis: super::START + 56 * 365 * 24 * 3_600_000 });
    office.pass(machine::Span::from_secs(3_600));
    let bert = office.log_in("bert");
    office.attend(&bert);
    assert_eq!(office.envelopes(bert.conn).len(), 1);
    let anna = office.come_back(&anna);
    office.portion(&anna, 2, 1, true);
    let known = office.progress(anna.conn).pop().expect("progress").known;
    assert!(known, "what was begun can be finished");
}

#[test]
fn the_age_of_what_is_kept_goes_on_after_a_restart() {
    let limits = Limits { sweep: machine::Span::from_secs(6 * 3600), ..Limits::default() };
    let mut office = Office::with(limits, Parameters::default());
    let anna = office.present("anna");
    let guid = office.person("bert");
    office.speak(&anna, 1, Mode::Record, &[guid], 1);
    office.leave(&anna);
    for _ in 0..4 {
        office.pass(machine::Span::from_secs(23 * 24 * 3600));
        office.restart();
    }
    let bert = office.log_in("bert");
    office.attend(&bert);
    office.pass(machine::Span::from_secs(6 * 3600));
    office.leave(&bert);
    let bert = office.come_back(&bert);
    office.attend(&bert);
    assert!(office.envelopes(bert.conn).is_empty());
}
