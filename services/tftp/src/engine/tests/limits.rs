//! What there is too much of, and what the others are worth when it is.

use std::net::{Ipv4Addr, SocketAddrV4};

use bytes::Bytes;
use machine::Span;

use super::{Found, Input, LISTENING, Office, PHONE, Port, STRANGER, Said, read};
use crate::engine::{LARGEST_FILE, TO_ONE, TRANSFERS};
use crate::packet::Code;

#[test]
fn while_the_gateway_is_away_a_client_hears_at_once_that_it_should_try_again() {
    let mut office = Office::new(&[("a.cfg", b"x")]);
    office.is_stuck = true;
    office.say(LISTENING, PHONE, &read("a.cfg", &[]));
    let id = office.asked[0].id;
    office.handle(Input::Found(id, Found::Busy));
    assert_eq!(office.said(), [Said::Error(Code::Undefined)]);
    office.is_stuck = false;
    assert_eq!(office.say(LISTENING, PHONE, &read("a.cfg", &[])), [Said::Block(1, 1)]);
}

#[test]
fn a_gateway_that_thinks_too_long_is_not_waited_for() {
    let mut office = Office::new(&[("a.cfg", b"x")]);
    office.is_stuck = true;
    office.say(LISTENING, PHONE, &read("a.cfg", &[]));
    assert_eq!(office.wait(Span::from_millis(4_999)), []);
    assert_eq!(office.wait(Span::from_millis(1)), [Said::Error(Code::Undefined)]);
    let id = office.asked[0].id;
    office.sent.clear();
    office.handle(Input::Found(id, Found::File(Bytes::from_static(b"x"))));
    assert!(office.sent.is_empty() && office.reports.is_empty() && office.open.is_empty());
}

#[test]
fn who_asks_too_often_is_not_answered_for_a_while() {
    let mut office = Office::new(&[]);
    let asked = read("b.cfg", &[]);
    let mut answers = 0;
    for _ in 0..200 {
        answers += office.say(LISTENING, STRANGER, &asked).len();
    }
    assert_eq!(answers, 50);
    assert_eq!(office.say(LISTENING, PHONE, &asked).len(), 1, "the others are");
    office.wait(Span::from_millis(100));
    answers = 0;
    for _ in 0..200 {
        answers += office.say(LISTENING, STRANGER, &asked).len();
    }
    assert_eq!(answers, 2);
}

#[test]
fn one_address_leaves_room_for_the_others() {
    let mut office = Office::new(&[("a.cfg", &[7; 2_000])]);
    let client = |port| SocketAddrV4::new(*STRANGER.ip(), port);
    for port in 1..=100 {
        office.say(LISTENING, client(port), &read("a.cfg", &[]));
        office.now = office.now + Span::from_millis(50);
    }
    assert_eq!(office.engine.transfers(), TO_ONE);
    assert_eq!(office.said(), [Said::Error(Code::Undefined)]);
    assert_eq!(office.port(), LISTENING);
    assert_eq!(office.say(LISTENING, PHONE, &read("a.cfg", &[])), [Said::Block(1, 512)]);
}

#[test]
fn when_all_places_are_taken_the_next_is_told_so_and_one_that_ends_makes_room() {
    let mut office = Office::new(&[("a.cfg", &[7; 2_000])]);
    for n in 0..=u32::try_from(TRANSFERS).expect("a small number") {
        let client = SocketAddrV4::new(Ipv4Addr::from(0x0a01_0000 + n), 2_000);
        office.say(LISTENING, client, &read("a.cfg", &[]));
    }
    assert_eq!((office.engine.transfers(), office.open.len()), (TRANSFERS, TRANSFERS));
    assert_eq!(office.said(), [Said::Error(Code::Undefined)]);
    assert_eq!(office.engine.shelf.total(), 2_000, "of one file there is one");
    assert_eq!(office.say(LISTENING, PHONE, &read("a.cfg", &[])), [Said::Error(Code::Undefined)]);
    office.wait(Span::from_secs(60));
    assert_eq!((office.engine.transfers(), office.engine.shelf.total()), (0, 0));
    assert_eq!(office.say(LISTENING, PHONE, &read("a.cfg", &[])), [Said::Block(1, 512)]);
}

#[test]
fn a_file_as_large_as_can_be_is_sent_and_a_larger_one_is_not() {
    let mut office = Office::new(&[]);
    for (len, said) in [
        (LARGEST_FILE, Said::Agreed(format!("tsize={LARGEST_FILE}"))),
        (LARGEST_FILE + 1, Said::Error(Code::Undefined)),
    ] {
        office.files.insert(b"fw.bin".to_vec(), Bytes::from(vec![0; len]));
        assert_eq!(office.say(LISTENING, PHONE, &read("fw.bin", &[("tsize", "0")])), [said]);
        office.wait(Span::from_secs(60));
    }
    assert_eq!(office.faults()[1], "it is too large");
}

#[test]
fn what_does_not_fit_beside_the_others_has_to_come_later() {
    let mut office = Office::new(&[]);
    for (n, last) in
        [(1, Said::Block(1, 512)), (2, Said::Block(1, 512)), (3, Said::Error(Code::Undefined))]
    {
        let client = SocketAddrV4::new(Ipv4Addr::new(10, 0, 0, n), 2_000);
        office.files.insert(b"fw.bin".to_vec(), Bytes::from(vec![n; LARGEST_FILE]));
        assert_eq!(office.say(LISTENING, client, &read("fw.bin", &[])), [last]);
    }
}

#[test]
fn where_no_port_is_free_the_answer_comes_from_where_everybody_asks() {
    let mut office = Office::new(&[("a.cfg", &[7; 2_000])]);
    office.say(LISTENING, PHONE, &read("a.cfg", &[]));
    let Port::Of(id) = office.port() else { unreachable!("a transfer has a port of its own") };
    office.sent.clear();
    office.handle(Input::Unopened(id));
    assert_eq!((office.said(), office.port()), (vec![Said::Error(Code::Undefined)], LISTENING));
    assert_eq!(office.faults(), ["no port was free for it"]);
}
