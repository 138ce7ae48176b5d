//! Delivering: live and stored, resuming, several devices, receipts, discarding, cancelling.

use message::speech::{CheckIn, Happened, Mode, Partial, Reached, Sealed};
use message::{ErrorCode, Priority};

use super::{Office, code, is_yes, message_id, numbers, send};
use crate::engine::Input;
use crate::limits::Limits;
use message::people::{Parameters, Topic, Unsubscription};

// rows 8, 69, 81
#[test]
fn a_live_message_is_heard_before_it_is_finished_and_before_it_is_on_disk() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    office.slow_disk = true;
    office.open(&anna, 1, Mode::Live, &[bert.account]);
    let envelope = office.envelopes(bert.conn).pop().expect("an envelope");
    assert_eq!((envelope.sender, envelope.own), (anna.account, false));
    assert_eq!(envelope.sender_display, "ANNA");
    assert_eq!(envelope.wrapped, vec![1; 80]);
    office.portion(&anna, 1, 0, false);
    assert_eq!(office.portions(bert.conn), [(0, 0, vec![1, 0])]);
    office.portion(&anna, 1, 1, true);
    assert_eq!(office.portions(bert.conn), [(0, 1, vec![1, 1])]);
    office.catch_up();
    assert_eq!(office.take(bert.conn), [], "and nothing comes twice");
}

// rows 84, 96, 97
#[test]
fn what_is_forwarded_bears_its_source_its_destination_and_an_id_of_its_own() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    office.speak(&anna, 1, Mode::Live, &[bert.account], 3);
    let objects = office.take(bert.conn);
    assert_eq!(objects.len(), 4);
    for object in &objects {
        assert_eq!(object.header.source, anna.account);
        assert_eq!(object.header.destination, bert.account);
    }
    let mut ids: Vec<_> = objects.iter().map(|object| object.header.id).collect();
    ids.sort();
    ids.dedup();
    assert_eq!(ids.len(), 4);
}

// rows 51, 57, 64, 81
#[test]
fn a_recorded_message_goes_out_when_it_is_complete() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    office.open(&anna, 1, Mode::Record, &[bert.account]);
    office.portion(&anna, 1, 0, false);
    assert_eq!(office.take(bert.conn), []);
    office.portion(&anna, 1, 1, true);
    assert_eq!(office.envelopes(bert.conn).len(), 1);
    assert_eq!(numbers(&office.portions(bert.conn)), [0, 1]);
}

// rows 51, 57, 81
#[test]
fn who_is_off_line_gets_the_message_on_connecting_even_after_a_restart() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    office.speak(&anna, 1, Mode::Live, &[bert], 3);
    office.restart();
    let bert = office.log_in("bert");
    office.attend(&bert);
    assert_eq!(office.envelopes(bert.conn)[0].message, message_id(1));
    assert_eq!(numbers(&office.portions(bert.conn)), [0, 1, 2]);
}

// rows 1, 43, 75, 90
#[test]
fn a_message_is_delivered_once_to_each_device_and_the_sender_is_told() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    office.speak(&anna, 1, Mode::Live, &[bert.account], 2);
    assert!(is_yes(&office.acknowledge(&bert, 1, Happened::Delivered)));
    let receipt = office.receipts(anna.conn).pop().expect("a receipt");
    assert_eq!((receipt.person, receipt.happened), (bert.account, Happened::Delivered));
    office.take(bert.conn);
    office.leave(&bert);
    let bert = office.come_back(&bert);
    office.attend(&bert);
    assert!(office.envelopes(bert.conn).is_empty());
    assert!(is_yes(&office.acknowledge(&bert, 1, Happened::Delivered)), "again, harmlessly");
    assert_eq!(office.receipts(anna.conn), []);
    let second = office.log_in("bert");
    office.attend(&second);
    assert_eq!(office.envelopes(second.conn).len(), 1, "a new device gets what is kept");
}

#[test]
fn what_was_not_acknowledged_is_sent_again_after_a_break_only() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    office.speak(&anna, 1, Mode::Record, &[bert.account], 2);
    assert_eq!(office.envelopes(bert.conn).len(), 1);
    office.pass(machine::Span::from_secs(15));
    assert!(office.envelopes(bert.conn).is_empty());
    office.leave(&bert);
    let bert = office.come_back(&bert);
    office.attend(&bert);
    assert_eq!(office.envelopes(bert.conn).len(), 1);
}

#[test]
fn the_senders_other_devices_get_a_copy_of_their_own() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let second = office.log_in("anna");
    office.attend(&second);
    office.take(second.conn);
    let bert = office.person("bert");
    office.speak(&anna, 1, Mode::Live, &[bert], 2);
    let copy = office.envelopes(second.conn).pop().expect("an envelope");
    assert!(copy.own);
    assert_eq!(copy.recipients, [bert]);
    assert_eq!(numbers(&office.portions(second.conn)), [0, 1]);
    assert!(office.envelopes(anna.conn).is_empty());
    assert!(is_yes(&office.acknowledge(&second, 1, Happened::Delivered)));
    assert_eq!(office.receipts(anna.conn), [], "one's own copy is no delivery");
    office.leave(&anna);
    let anna = office.come_back(&anna);
    office.attend(&anna);
    assert!(office.envelopes(anna.conn).is_empty());
}

// row 95
#[test]
fn a_device_goes_on_at_the_first_missing_portion() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    office.speak(&anna, 1, Mode::Record, &[bert], 5);
    let bert = office.log_in("bert");
    let streams = vec![Reached { stream: 0, next: 3, complete: false }];
    let receiving = vec![Partial { message: message_id(1), streams }];
    office.attend_with(&bert, &CheckIn { receiving, ..CheckIn::default() });
    assert!(office.envelopes(bert.conn).is_empty());
    assert_eq!(numbers(&office.portions(bert.conn)), [3, 4]);
}

// rows 69, 95
#[test]
fn a_listener_who_drops_out_of_a_live_message_goes_on_where_it_was() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    office.open(&anna, 1, Mode::Live, &[bert.account]);
    for sequence in 0..3 {
        office.portion(&anna, 1, sequence, false);
    }
    office.leave(&bert);
    for sequence in 3..100 {
        office.portion(&anna, 1, sequence, false);
    }
    let bert = office.come_back(&bert);
    let streams = vec![Reached { stream: 0, next: 3, complete: false }];
    let receiving = vec![Partial { message: message_id(1), streams }];
    office.attend_with(&bert, &CheckIn { receiving, ..CheckIn::default() });
    office.portion(&anna, 1, 100, true);
    let expected: Vec<u32> = (3..=100).collect();
    assert_eq!(numbers(&office.portions(bert.conn)), expected);
    assert!(office.envelopes(bert.conn).is_empty());
}

// row 69
#[test]
fn who_comes_late_hears_a_live_message_from_its_beginning() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let guid = office.person("bert");
    office.open(&anna, 1, Mode::Live, &[guid]);
    for sequence in 0..80 {
        office.portion(&anna, 1, sequence, false);
    }
    let bert = office.log_in("bert");
    office.attend(&bert);
    assert_eq!(office.envelopes(bert.conn).len(), 1);
    office.portion(&anna, 1, 80, true);
    assert_eq!(numbers(&office.portions(bert.conn)), (0..=80).collect::<Vec<u32>>());
}

// rows 69, 95
#[test]
fn a_speaker_who_drops_out_goes_on_and_listeners_hear_no_gap() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    office.open(&anna, 1, Mode::Live, &[bert.account]);
    office.portion(&anna, 1, 0, false);
    office.leave(&anna);
    let anna = office.come_back(&anna);
    office.attend_with(&anna, &CheckIn { sending: vec![message_id(1)], ..CheckIn::default() });
    assert_eq!(office.progress(anna.conn)[0].streams[0].next, 1);
    office.portion(&anna, 1, 1, true);
    assert_eq!(office.envelopes(bert.conn).len(), 1);
    assert_eq!(numbers(&office.portions(bert.conn)), [0, 1]);
}

// row 100
#[test]
fn a_slow_reader_misses_live_portions_and_catches_up_from_the_store() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    office.stalled.insert(bert.conn);
    office.open(&anna, 1, Mode::Live, &[bert.account]);
    for sequence in 0..40 {
        office.portion_of(&anna, 1, (0, sequence, sequence == 39), &vec![sequence as u8; 50_000]);
    }
    let seen = office.portions(bert.conn);
    assert!(seen.len() < 40, "{}", seen.len());
    assert!(!office.closed.contains(&bert.conn));
    office.stalled.clear();
    let mut all = seen;
    for _ in 0..4 {
        office.input(Input::Written { conn: bert.conn, bytes: 1 << 20 });
        all.extend(office.portions(bert.conn));
    }
    assert_eq!(numbers(&all), (0..40).collect::<Vec<u32>>());
}

// row 100
#[test]
fn a_reader_that_reads_nothing_is_closed_as_too_slow() {
    let limits = Limits { roster_chunk: 1, ..Limits::default() };
    let mut office = Office::with(limits, Parameters::default());
    let bert = office.present("bert");
    office.stalled.insert(bert.conn);
    for _ in 0..200_000 {
        let ping = message::Object::bare(message::Action::Ping, message::ObjectId::BLANK);
        office.input(Input::Object { conn: bert.conn, object: ping });
        if office.closed.contains(&bert.conn) {
            break;
        }
    }
    assert!(office.closed.contains(&bert.conn));
    let last = office.take(bert.conn).pop().expect("a reason");
    assert_eq!(code(&last), ErrorCode::TooSlow);
}

// rows 100, 101
#[test]
fn the_urgent_comes_first_and_the_rest_in_the_order_of_arrival() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    for (number, priority) in
        [(1, Priority::Low), (2, Priority::Normal), (3, Priority::Unknown), (4, Priority::High)]
    {
        let id = office.id();
        let open = message::Object::of(id, &send(number, Mode::Record, &[bert]));
        office.ask_object(anna.conn, open.with_priority(priority));
        office.portion(&anna, number, 0, true);
    }
    let bert = office.log_in("bert");
    office.attend(&bert);
    let order: Vec<u8> =
        office.envelopes(bert.conn).iter().map(|envelope| envelope.message.bytes()[0]).collect();
    assert_eq!(order, [4, 2, 3, 1]);
}

#[test]
fn more_messages_than_fit_in_memory_all_come() {
    let limits = Limits { known_waiting: 8, unacknowledged: 5, ..Limits::default() };
    let mut office = Office::with(limits, Parameters::default());
    let anna = office.present("anna");
    let bert = office.person("bert");
    for number in 1..=60 {
        office.speak(&anna, number, Mode::Record, &[bert], 1);
    }
    let bert = office.log_in("bert");
    office.attend(&bert);
    for number in 61..=90 {
        office.speak(&anna, number, Mode::Record, &[bert.account], 1);
    }
    let mut came = Vec::new();
    loop {
        let envelopes = office.envelopes(bert.conn);
        if envelopes.is_empty() {
            break;
        }
        assert!(envelopes.len() <= 6, "no more than the device keeps up with");
        for envelope in envelopes {
            let number = envelope.message.bytes()[0];
            came.push(number);
            office.acknowledge(&bert, number, Happened::Delivered);
        }
    }
    assert_eq!(came, (1..=90).collect::<Vec<u8>>());
}

// rows 25, 29
#[test]
fn attachments_follow_the_speech() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    let mut open = send(1, Mode::Record, &[bert]);
    open.attachments = vec![Sealed(vec![1; 40]), Sealed(vec![2; 40])];
    office.ask(anna.conn, &open);
    let large = vec![7; 200_000];
    office.portion_of(&anna, 1, (2, 0, true), &large);
    office.portion_of(&anna, 1, (1, 0, false), &large);
    office.portion_of(&anna, 1, (1, 1, true), &large);
    assert!(office.progress(anna.conn).iter().all(|progress| !progress.stored));
    office.portion_of(&anna, 1, (0, 0, true), &[1]);
    assert!(office.progress(anna.conn).iter().any(|progress| progress.stored));
    office.restart();
    let bert = office.log_in("bert");
    office.attend(&bert);
    assert_eq!(office.envelopes(bert.conn)[0].attachments, open.attachments);
    let came = office.portions(bert.conn);
    let order: Vec<(u16, u32)> = came.iter().map(|(stream, at, _)| (*stream, *at)).collect();
    assert_eq!(order, [(0, 0), (1, 0), (1, 1), (2, 0)]);
    assert!(came[1..].iter().all(|(_, _, data)| *data == large));
}

#[test]
fn a_page_that_was_read_before_the_end_came_is_not_taken_for_the_end() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let guid = office.person("bert");
    office.open(&anna, 1, Mode::Live, &[guid]);
    for sequence in 0..100 {
        office.portion(&anna, 1, sequence, false);
    }
    let bert = office.log_in("bert");
    office.slow_answers = true;
    office.attend_slowly(&bert);
    for sequence in 100..200 {
        office.portion(&anna, 1, sequence, sequence == 199);
    }
    assert!(office.progress(anna.conn).iter().any(|progress| progress.stored));
    office.answer_all();
    assert_eq!(numbers(&office.portions(bert.conn)), (0..200).collect::<Vec<u32>>());
}

// row 89
#[test]
fn who_unsubscribes_from_messages_hears_no_more_of_them() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    office.open(&anna, 1, Mode::Live, &[bert.account]);
    office.portion(&anna, 1, 0, false);
    let topics = vec![Topic::Messages];
    office.ask(bert.conn, &Unsubscription { topics });
    office.take(bert.conn);
    office.portion(&anna, 1, 1, true);
    assert_eq!(office.take_kind(bert.conn, message::Kind::Portion), []);
}
