//! Phones call us.

use super::office::{Office, SERVER, ended, user};
use super::phone::{Phone, SDP};
use crate::engine::{Call, Order, Output, Reason};
use crate::message::{Method, name};

const OFFER: &str = "v=0\r\no=- 2 2 IN IP4 10.0.0.10\r\n";

/// A phone has called, and its call waits for an order.
fn asked(seed: u64) -> (Office, Call) {
    let mut office = Office::registered(seed);
    office.phones[1].call("*97", OFFER, office.now);
    office.pass(1);
    let call = incoming(&mut office);
    (office, call)
}

fn incoming(office: &mut Office) -> Call {
    let news = std::mem::take(&mut office.news);
    let [Output::Incoming { call, user: who, to, sdp }] = news.as_slice() else {
        unreachable!("{news:?}")
    };
    assert_eq!((who, to.as_str()), (&user("101"), "*97"));
    assert_eq!(sdp, OFFER.as_bytes());
    *call
}

fn answer(office: &mut Office, call: Call) {
    office.order(Order::Answer { call, sdp: SDP.into() });
    office.pass(1);
}

#[test]
fn a_phone_shows_who_it_is_is_heard_at_once_rings_and_is_answered() {
    let (mut office, call) = asked(1);
    assert_eq!(office.phones[1].codes(&Method::Invite), [407, 100]);
    office.order(Order::Ringing(call));
    office.pass(1);
    answer(&mut office, call);
    assert_eq!(office.phones[1].codes(&Method::Invite), [407, 100, 180, 200]);
    let last = office.phones[1].heard.last().expect("an answer");
    assert_eq!(last.body, SDP.as_bytes());
    assert_eq!(last.get(name::CONTACT), Some("<sip:ivm@10.0.0.1:5060>"));
    let mut of_call = office.phones[1].heard.iter().filter(|m| m.code() == Some(180));
    let ringing = of_call.next_back().and_then(|m| m.essentials().ok()?.to.tag());
    let tag = last.essentials().expect("whole").to.tag();
    assert!(tag.is_some() && tag == ringing, "one call, one tag");
    office.order(Order::HangUp(call));
    office.pass(1);
    office.expect(&[ended(call.0, Reason::Released)]);
    assert_eq!(office.phones[1].asked(&Method::Bye).len(), 1);
    office.expect_rest();
}

#[test]
fn a_phone_hangs_up_and_every_loss_is_made_good() {
    for seed in 0..40 {
        let mut office = Office::registered(seed);
        office.loss = 30;
        office.phones[1].call("*97", OFFER, office.now);
        office.pass(40);
        let Some(Output::Incoming { call, .. }) = office.news.first() else { continue };
        let call = *call;
        assert_eq!(office.news.len(), 1, "seed {seed}: asked once, however often it comes");
        answer(&mut office, call);
        office.pass(30);
        if office.phones[1].dialog.is_none() {
            // It had given up before: every 100 was lost.
            continue;
        }
        office.phones[1].within(Method::Bye, "", "", office.now);
        office.pass(33);
        assert_eq!(office.news.last(), Some(&ended(call.0, Reason::HungUp)), "seed {seed}");
        office.loss = 0;
        office.expect_rest();
    }
}

#[test]
fn a_repeated_invite_is_the_same_call() {
    let mut office = Office::registered(1);
    office.drops.push(("SIP/2.0 100".to_owned(), 3));
    office.phones[1].call("*97", OFFER, office.now);
    office.pass(20);
    incoming(&mut office);
    assert_eq!(office.engine.counts().calls, 1);
}

#[test]
fn a_call_is_refused_or_forgotten() {
    let (mut office, call) = asked(1);
    office.order(Order::Refuse { call, code: 486 });
    office.pass(1);
    assert_eq!(office.phones[1].codes(&Method::Invite), [407, 100, 486]);
    office.expect(&[ended(call.0, Reason::Released)]);
    office.expect_rest();
    let (mut office, call) = asked(1);
    office.pass(181);
    assert_eq!(office.phones[1].codes(&Method::Invite), [407, 100, 480]);
    office.expect(&[ended(call.0, Reason::NoAnswer)]);
    answer(&mut office, call);
    office.expect(&[]);
    office.expect_rest();
}

/// The phone cancels what it asked last.
fn cancel(office: &mut Office) {
    let (key, phone) = (office.now, &mut office.phones[1]);
    let invite = phone.heard.iter().rev().find(|message| message.code() == Some(100));
    let via = invite.and_then(|message| message.get(name::VIA)).expect("a way").to_owned();
    let ringing = invite.expect("an answer").essentials().expect("whole");
    let target = "sip:*97@10.0.0.1";
    let cancel = crate::message::Message::request(Method::Cancel, target)
        .with(name::VIA, via)
        .with(name::FROM, ringing.from.to_string())
        .with(name::TO, "<sip:*97@10.0.0.1>")
        .with(name::CALL_ID, ringing.call_id)
        .with(name::CSEQ, format!("{} CANCEL", ringing.cseq.number));
    phone.transactions.ask(cancel, phone.way, 2, key).expect("room");
    phone.expire(key);
}

#[test]
fn a_phone_gives_up_before_and_after_the_answer() {
    let (mut office, call) = asked(1);
    cancel(&mut office);
    office.pass(1);
    assert_eq!(office.phones[1].codes(&Method::Cancel), [200]);
    assert_eq!(office.phones[1].codes(&Method::Invite), [407, 100, 487]);
    office.expect(&[ended(call.0, Reason::Cancelled)]);
    office.expect_rest();

    let (mut office, call) = asked(1);
    office.drops.push(("SIP/2.0 200".to_owned(), 1));
    office.order(Order::Answer { call, sdp: SDP.into() });
    cancel(&mut office);
    office.pass(2);
    assert_eq!(office.phones[1].codes(&Method::Cancel), [200]);
    assert_eq!(office.phones[1].codes(&Method::Invite), [407, 100, 200], "answered stays answered");
    office.expect(&[]);
    office.phones[1].within(Method::Bye, "", "", office.now);
    office.pass(1);
    office.expect(&[ended(call.0, Reason::HungUp)]);
    office.expect_rest();
}

#[test]
fn a_lost_ack_is_waited_for_and_one_that_never_comes_ends_the_call() {
    let (mut office, call) = asked(1);
    office.drops.push(("ACK".to_owned(), 3));
    answer(&mut office, call);
    office.pass(20);
    office.expect(&[]);
    office.order(Order::HangUp(call));
    office.pass(1);
    office.expect(&[ended(call.0, Reason::Released)]);
    assert_eq!(office.phones[1].asked(&Method::Bye).len(), 1);
    office.expect_rest();

    let (mut office, call) = asked(1);
    office.drops.push(("ACK".to_owned(), 1_000));
    answer(&mut office, call);
    office.pass(40);
    office.expect(&[ended(call.0, Reason::Vanished)]);
    assert_eq!(office.phones[1].asked(&Method::Bye).len(), 1);
    office.expect_rest();
}

#[test]
fn who_hangs_up_before_the_ack_waits_with_the_bye() {
    let (mut office, call) = asked(1);
    office.drops.push(("ACK".to_owned(), 2));
    answer(&mut office, call);
    office.order(Order::HangUp(call));
    office.expect(&[ended(call.0, Reason::Released)]);
    assert_eq!(office.phones[1].asked(&Method::Bye).len(), 0);
    office.pass(10);
    assert_eq!(office.phones[1].asked(&Method::Bye).len(), 1);
    office.expect(&[]);
    office.expect_rest();
}

#[test]
fn a_phone_that_offers_nothing_answers_with_its_ack() {
    let mut office = Office::registered(1);
    let request = office.phones[1].request(Method::Invite, "*97");
    office.phones[1].ask(request, office.now);
    office.pass(1);
    let Some(Output::Incoming { call, sdp, .. }) = office.news.pop() else {
        unreachable!("a call")
    };
    assert!(sdp.is_empty());
    office.drops.push(("ACK".to_owned(), 1_000));
    answer(&mut office, call);
    // The wire took the empty ones of our phone; this one bears the answer.
    let dialog = office.phones[1].dialog.clone().expect("answered");
    let ack = dialog.acknowledgement(2).with_body("application/sdp", OFFER);
    let ack = crate::engine::send::dressed_as(ack, office.phones[1].way, "z9hG4bKlate".into());
    office.throw("10.0.0.10:5062", &String::from_utf8(ack.write()).expect("text"));
    office.expect(&[Output::Answered { call, sdp: OFFER.into() }]);
    office.order(Order::HangUp(call));
    office.expect_rest();
}

#[test]
fn strangers_and_stations_elsewhere_call_nobody() {
    let mut office = Office::registered(1);
    for (name, at) in [("101", "10.0.0.66:5062"), ("999", "10.0.0.10:5062")] {
        let mut phone = Phone::new(name, at, SERVER);
        phone.secret = "word of 101".to_owned();
        phone.call("*97", OFFER, office.now);
        office.phones[1] = phone;
        office.pass(1);
        assert_eq!(office.phones[1].codes(&Method::Invite), [403], "{name} at {at}");
    }
    assert!(office.news.iter().all(|news| matches!(news, Output::Refused { .. })));
    office.expect_rest();
}

#[test]
fn a_phone_has_as_many_calls_as_lines() {
    let mut office = Office::registered(1);
    for _ in 0..6 {
        office.phones[1].call("*97", OFFER, office.now);
        office.pass(1);
    }
    assert_eq!(office.engine.counts().calls, 4);
    let codes = office.phones[1].codes(&Method::Invite);
    assert_eq!(codes.iter().filter(|code| **code == 486).count(), 2);
}
