//! Several devices of one person.

use client_engine::{Command, Direction, MessageState, Notice};
use sim::Office;

use crate::acts::{arrived, play, received, send, state, until_arrived, view};

// rows 27, 81
#[test]
fn both_devices_get_a_message_and_learn_that_it_was_heard() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let desk = office.further_device("ben");
    let to = [office.guid(ben)];
    let id = send(&mut office, anna, &to, 800);
    until_arrived(&mut office, ben, id);
    until_arrived(&mut office, desk, id);
    play(&mut office, ben, id);
    office.run(500);
    assert_eq!(state(&office, desk, id), MessageState::Played);
    assert_eq!(office[desk].heard_ms(), 0);
}

#[test]
fn what_is_sent_from_one_device_is_on_the_other() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let laptop = office.further_device("anna");
    let to = [office.guid(ben)];
    let id = send(&mut office, anna, &to, 800);
    until_arrived(&mut office, ben, id);
    office.run(1_000);
    let copy = view(&office, laptop, id);
    assert_eq!((copy.direction, copy.state), (Direction::Sent, MessageState::Sent));
    assert_eq!(arrived(&office, laptop, id), 0, "one's own message is no news");
    play(&mut office, laptop, id);
    assert!(office[laptop].heard_ms() >= 700);
}

// row 34
#[test]
fn a_message_that_is_deleted_everywhere_is_gone_everywhere() {
    let mut office = Office::new();
    let (anna, ben) = (office.person("anna"), office.person("ben"));
    let desk = office.further_device("ben");
    let to = [office.guid(ben)];
    let (here, everywhere) = (send(&mut office, anna, &to, 500), send(&mut office, anna, &to, 500));
    for id in [here, everywhere] {
        until_arrived(&mut office, ben, id);
        until_arrived(&mut office, desk, id);
    }
    office.command(ben, Command::Delete { message: here, everywhere: false });
    office.command(ben, Command::Delete { message: everywhere, everywhere: true });
    office.run(1_000);
    assert!(received(&office, ben).is_empty());
    let left: Vec<_> = received(&office, desk).iter().map(|message| message.id).collect();
    assert_eq!(left, [here]);
    assert_eq!(office[ben].disk.count(b"portion/"), 0);
    assert_eq!(office[ben].disk.count(b"record/message"), 0);
    office.sever(ben);
    office.until_online(ben);
    assert_eq!(office[ben].count(|notice| matches!(notice, Notice::Arrived { .. })), 2);
}
