//! What comes twice, late, from somebody else or not at all.

use std::net::SocketAddrV4;

use bytes::Bytes;
use machine::{Machine as _, Span};

use super::{Found, Input, LISTENING, Office, PHONE, Port, STRANGER, Said, read};
use crate::packet::{Code, Packet};

fn ms(milliseconds: u64) -> Span {
    Span::from_millis(milliseconds)
}

#[test]
fn an_acknowledgement_that_comes_twice_is_answered_once() {
    let mut office = Office::new(&[("a.cfg", &[7; 2_000])]);
    office.say(LISTENING, PHONE, &read("a.cfg", &[]));
    assert_eq!(office.ack(1), [Said::Block(2, 512)]);
    assert_eq!(office.ack(1), []);
    assert_eq!(office.ack(0), []);
    assert_eq!(office.wait(ms(999)), [], "and brings nothing forward");
    assert_eq!(office.wait(ms(1)), [Said::Block(2, 512)]);
}

#[test]
fn in_a_window_it_tells_of_a_gap_unless_the_true_one_follows() {
    let mut office = Office::new(&[("fw.bin", &[7; 80])]);
    office.say(LISTENING, PHONE, &read("fw.bin", &[("blksize", "8"), ("windowsize", "2")]));
    let (first, second) =
        ([Said::Block(1, 8), Said::Block(2, 8)], [Said::Block(3, 8), Said::Block(4, 8)]);
    assert_eq!(office.ack(0), first);
    assert_eq!(office.ack(0), []);
    assert_eq!(office.wait(ms(50)), first, "the first block was lost");
    assert_eq!(office.ack(0), []);
    assert_eq!(office.wait(ms(50)), [], "a gap is believed once");
    assert_eq!(office.ack(2), second);
    assert_eq!(office.ack(2), [], "the network doubled it");
    assert_eq!(office.ack(4), [Said::Block(5, 8), Said::Block(6, 8)]);
    assert_eq!(office.wait(ms(999)), []);
}

#[test]
fn what_is_not_answered_is_sent_five_times_more_each_time_later() {
    let mut office = Office::new(&[("a.cfg", &[7; 2_000])]);
    office.say(LISTENING, PHONE, &read("a.cfg", &[]));
    for wait in [1, 2, 4, 8, 8] {
        assert_eq!(office.wait(ms(wait * 1_000 - 1)), []);
        assert_eq!(office.wait(ms(1)), [Said::Block(1, 512)], "after {wait} s");
    }
    assert_eq!(office.wait(ms(7_999)), []);
    assert!(office.reports.is_empty());
    assert_eq!(office.wait(ms(1)), []);
    assert_eq!(office.faults(), ["the phone does not answer any more"]);
    assert!(office.open.is_empty() && office.engine.deadline().is_none());
}

#[test]
fn an_answer_makes_the_patience_new() {
    let mut office = Office::new(&[("a.cfg", &[7; 2_000])]);
    office.say(LISTENING, PHONE, &read("a.cfg", &[]));
    office.wait(ms(7_000));
    office.ack(1);
    assert_eq!(office.wait(ms(1_000)), [Said::Block(2, 512)]);
}

#[test]
fn an_agreed_time_out_is_kept_as_far_as_there_is_time() {
    for (asked, every) in [("1", 1), ("3", 3), ("10", 10), ("255", 10)] {
        let mut office = Office::new(&[("a.cfg", &[7; 2_000])]);
        let said = office.say(LISTENING, PHONE, &read("a.cfg", &[("timeout", asked)]));
        assert_eq!(said, [Said::Agreed(format!("timeout={asked}"))]);
        for _ in 0..5 {
            assert_eq!(office.wait(ms(every * 1_000 - 1)), []);
            assert_eq!(office.wait(ms(1)).len(), 1, "every {every} s");
        }
        office.wait(ms(every * 1_000));
        assert_eq!((office.reports.len(), office.engine.transfers()), (1, 0));
        assert!(office.now.millis() <= 61_000);
    }
}

#[test]
fn after_a_minute_it_is_over_whatever_has_arrived() {
    let mut office = Office::new(&[("a.cfg", &[7; 200_000])]);
    office.say(LISTENING, PHONE, &read("a.cfg", &[]));
    for number in 1..=66 {
        assert_eq!(office.ack(number).len(), 1);
        assert_eq!(office.wait(ms(900)), []);
    }
    assert_eq!(office.wait(ms(600)), [Said::Block(67, 512), Said::Error(Code::Undefined)]);
    assert_eq!(office.faults(), ["it took too long"]);
    assert!(office.open.is_empty());
}

#[test]
fn a_client_that_breaks_off_is_let_go_at_once() {
    let mut office = Office::new(&[("a.cfg", &[7; 2_000])]);
    office.say(LISTENING, PHONE, &read("a.cfg", &[("tsize", "0")]));
    let port = office.port();
    let error = Packet::Error { code: Code::Choices, words: b"too\x1b big" };
    assert_eq!(office.say(port, PHONE, &error), []);
    assert_eq!(office.faults(), ["the phone broke off: 8 too big"]);
    assert!(office.open.is_empty() && office.engine.deadline().is_none());
    let said = office.say(LISTENING, PHONE, &read("a.cfg", &[]));
    assert_eq!(said, [Said::Block(1, 512)], "and may come again from the same port");
}

#[test]
fn a_client_that_breaks_off_before_there_is_an_answer_gets_none() {
    let mut office = Office::new(&[("a.cfg", b"x")]);
    office.is_stuck = true;
    office.say(LISTENING, PHONE, &read("a.cfg", &[]));
    office.say(LISTENING, PHONE, &Packet::Error { code: Code::Undefined, words: b"" });
    let id = office.asked[0].id;
    office.handle(Input::Found(id, Found::File(Bytes::from_static(b"x"))));
    assert!(office.sent.is_empty() && office.reports.is_empty() && office.open.is_empty());
}

#[test]
fn a_stranger_on_a_transfer_s_port_hears_so_and_changes_nothing() {
    let mut office = Office::new(&[("a.cfg", &[7; 2_000])]);
    office.say(LISTENING, PHONE, &read("a.cfg", &[]));
    let port = office.port();
    let other_port = SocketAddrV4::new(*PHONE.ip(), PHONE.port() + 1);
    for who in [STRANGER, other_port] {
        assert_eq!(office.say(port, who, &Packet::Ack(1)), [Said::Error(Code::UnknownTransfer)]);
        assert_eq!(office.sent[0].1, who);
        let error = Packet::Error { code: Code::Undefined, words: b"stop" };
        assert_eq!(office.say(port, who, &error), [], "an error is never answered");
    }
    assert_eq!(office.ack(1), [Said::Block(2, 512)]);
}

#[test]
fn a_request_that_comes_twice_makes_one_transfer() {
    let mut office = Office::new(&[("a.cfg", &[7; 2_000])]);
    office.is_stuck = true;
    let asked = read("a.cfg", &[]);
    office.say(LISTENING, PHONE, &asked);
    office.say(LISTENING, PHONE, &asked);
    assert_eq!(office.asked.len(), 1, "the gateway is asked already");
    let id = office.asked[0].id;
    office.handle(Input::Found(id, Found::File(vec![7; 2_000].into())));
    assert_eq!(office.port(), Port::Of(id));
    assert_eq!(office.say(LISTENING, PHONE, &asked), [Said::Block(1, 512)], "it may be lost");
    assert_eq!(office.port(), Port::Of(id));
    office.ack(1);
    assert_eq!(office.say(LISTENING, PHONE, &asked), [], "the network has doubled it");
    assert_eq!(office.ack(2), [Said::Block(3, 512)]);
    office.wait(ms(1_000));
    office.say(LISTENING, PHONE, &asked);
    assert_eq!(office.asked.len(), 2, "after a second it is meant");
    assert_eq!(office.faults(), ["the phone asked anew"]);
}

#[test]
fn another_request_from_the_same_port_takes_the_place_of_the_first() {
    let mut office = Office::new(&[("a.cfg", &[7; 2_000]), ("b.cfg", &[8; 100])]);
    office.say(LISTENING, PHONE, &read("a.cfg", &[]));
    let old = office.port();
    office.ack(1);
    assert_eq!(office.say(LISTENING, PHONE, &read("b.cfg", &[])), [Said::Block(1, 100)]);
    assert_ne!(office.port(), old);
    assert_eq!(office.say(old, PHONE, &Packet::Ack(2)), []);
    office.ack(1);
    assert_eq!(office.faults(), ["the phone asked anew", ""]);
    assert_eq!((office.engine.transfers(), office.engine.shelf.total()), (0, 0));
}
