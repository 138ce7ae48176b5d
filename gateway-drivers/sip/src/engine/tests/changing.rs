//! In the middle of a call.

use machine::Span;

use super::office::{Office, ended};
use super::phone::SDP;
use crate::engine::{Call, Digit, Order, Output, Reason};
use crate::message::{Method, name};

const HOLD: &str = "v=0\r\na=sendonly\r\n";
const KIND: &str = "application/sdp";

fn changed() -> Output {
    Output::Changed { call: Call(1), sdp: HOLD.into() }
}

fn say(office: &mut Office, method: Method, kind: &str, body: &str) -> Vec<u16> {
    office.phones[0].within(method.clone(), kind, body, office.now);
    office.pass(1);
    office.phones[0].codes(&method)
}

#[test]
fn a_call_is_held_by_either_method() {
    for (method, codes) in [(Method::Invite, vec![100, 200]), (Method::Update, vec![200])] {
        let mut office = Office::talking(1);
        say(&mut office, method.clone(), KIND, HOLD);
        office.expect(&[changed()]);
        office.order(Order::Answer { call: Call(1), sdp: SDP.into() });
        office.pass(1);
        assert_eq!(office.phones[0].codes(&method), codes);
        assert_eq!(office.phones[0].heard.last().map(|m| m.body.clone()), Some(SDP.into()));
        office.order(Order::HangUp(Call(1)));
        office.pass(1);
        office.expect(&[ended(1, Reason::Released)]);
        office.expect_rest();
    }
}

#[test]
fn a_change_is_refused_by_order_or_for_lack_of_one_and_the_call_goes_on() {
    let mut office = Office::talking(1);
    say(&mut office, Method::Invite, KIND, HOLD);
    office.order(Order::Refuse { call: Call(1), code: 488 });
    office.pass(1);
    say(&mut office, Method::Update, KIND, HOLD);
    office.pass(15);
    assert_eq!(office.phones[0].codes(&Method::Invite), [100, 488]);
    assert_eq!(office.phones[0].codes(&Method::Update), [500]);
    office.expect(&[changed(), changed()]);
    assert_eq!(office.engine.counts().calls, 1);
}

#[test]
fn two_changes_at_once_are_one_and_a_later() {
    let mut office = Office::talking(1);
    say(&mut office, Method::Invite, KIND, HOLD);
    assert_eq!(say(&mut office, Method::Update, KIND, HOLD), [500]);
    assert!(office.phones[0].heard.iter().any(|m| m.get(name::RETRY_AFTER).is_some()));
    office.expect(&[changed()]);
}

#[test]
fn keys_are_told_however_they_are_written() {
    let mut office = Office::talking(1);
    for (kind, body, digit) in [
        ("application/dtmf-relay", "Signal=5\r\nDuration=160\r\n", Some('5')),
        ("application/dtmf-relay", "signal= #\nduration=160", Some('#')),
        ("application/dtmf-relay", "Signal=11\r\n", Some('#')),
        ("Application/DTMF", "*", Some('*')),
        ("application/dtmf", "d", Some('D')),
        ("application/dtmf-relay", "Signal=hf\r\n", None),
        ("application/dtmf-relay", "Signal=\r\n", None),
        ("application/dtmf", "", None),
    ] {
        say(&mut office, Method::Info, kind, body);
        let digit = digit.and_then(Digit::new);
        let told = digit.map(|digit| Output::Digit { call: Call(1), digit });
        office.expect(told.as_slice());
    }
    let codes = say(&mut office, Method::Info, "application/nonsense", "5");
    assert_eq!((codes.len(), codes.last()), (9, Some(&415)));
}

#[test]
fn what_has_no_place_in_a_call_is_told_so_and_the_call_goes_on() {
    let mut office = Office::talking(1);
    for (method, code) in [
        (Method::Options, 200),
        (Method::Refer, 603),
        (Method::Message, 405),
        (Method::Subscribe, 489),
        (Method::Notify, 481),
        (Method::Prack, 481),
        (Method::Publish, 405),
        (Method::Other("DANCE".to_owned()), 501),
    ] {
        assert_eq!(say(&mut office, method.clone(), "", ""), [code], "{method}");
    }
    let allow = office.phones[0].heard.last().and_then(|message| message.get(name::ALLOW));
    assert!(allow.is_some_and(|allow| allow.contains("INVITE")));
    assert_eq!(office.engine.counts().calls, 1);
    office.expect(&[]);
}

#[test]
fn a_turn_out_of_order_or_of_another_peer_changes_nothing() {
    let mut office = Office::talking(1);
    say(&mut office, Method::Options, "", "");
    let dialog = office.phones[0].dialog.clone().expect("a dialog");
    let mut late = dialog.acknowledgement(1);
    late.start = crate::message::Message::request(Method::Bye, "sip:ivm@10.0.0.1").start;
    let as_bye = |mut message: crate::message::Message, tag: &str| {
        for header in &mut message.headers {
            header.value = header.value.replace("1 ACK", "1 BYE").replace("t100", tag);
        }
        message
    };
    let way = office.phones[0].way;
    for (tag, at, branch) in [
        ("t100", "10.0.0.9:5062", "1"),
        ("other", "10.0.0.9:5062", "2"),
        ("t100", "10.0.0.66:5062", "3"),
    ] {
        let bye = as_bye(late.clone(), tag);
        let bye = crate::engine::send::dressed_as(bye, way, format!("z9hG4bKz{branch}"));
        office.throw(at, &String::from_utf8(bye.write()).expect("text"));
    }
    assert_eq!(office.engine.counts().calls, 1);
    office.expect(&[]);
}

#[test]
fn a_phone_that_vanishes_is_noticed_within_two_minutes() {
    let mut office = Office::talking(1);
    office.pass(300);
    assert!(office.phones[0].asked(&Method::Options).len() >= 4);
    office.expect(&[]);
    office.phones[0].is_off = true;
    office.pass(100);
    office.expect(&[ended(1, Reason::Vanished)]);
}

#[test]
fn a_phone_that_was_off_since_no_longer_knows_the_call() {
    let mut office = Office::talking(1);
    office.phones[0].code = 481;
    office.pass(61);
    office.expect(&[ended(1, Reason::Vanished)]);
    let mut office = Office::talking(1);
    office.phones[0].code = 501;
    office.pass(200);
    office.expect(&[]);
}

/// A phone's call with these headers, answered.
fn call_with(headers: &[(&'static str, &str)]) -> (Office, Vec<u16>) {
    let mut office = Office::registered(1);
    let request = office.phones[0].request(Method::Invite, "*97");
    let request = headers.iter().fold(request, |r, (name, value)| r.with(name, *value));
    office.phones[0].ask(request.with_body(KIND, HOLD), office.now);
    office.pass(1);
    if let Some(Output::Incoming { call, .. }) = office.news.pop() {
        office.order(Order::Answer { call, sdp: SDP.into() });
        office.pass(1);
    }
    let codes = office.phones[0].codes(&Method::Invite);
    (office, codes)
}

#[test]
fn a_phone_that_promises_signs_of_life_is_held_to_it() {
    let timer = [(name::SUPPORTED, "100rel, timer"), (name::SESSION_EXPIRES, "120")];
    let (mut office, _) = call_with(&timer);
    let answer = office.phones[0].heard.last().expect("an answer").clone();
    assert_eq!(answer.get(name::SESSION_EXPIRES), Some("120;refresher=uac"));
    assert_eq!(answer.get(name::REQUIRE), Some("timer"));
    for _ in 0..3 {
        office.pass(100);
        let phone = &mut office.phones[0];
        let update = phone.dialog.as_mut().expect("a dialog").request(Method::Update);
        let update = timer.iter().fold(update, |r, (name, value)| r.with(name, *value));
        phone.ask(update, office.now);
    }
    office.pass(110);
    office.expect(&[]);
    office.pass(11);
    assert!(matches!(office.news[..], [Output::Ended { reason: Reason::Vanished, .. }]));
    assert_eq!(office.phones[0].asked(&Method::Bye).len(), 1);
    office.expect_rest();
}

#[test]
fn signs_of_life_that_are_not_understood_are_not_promised() {
    let (office, _) = call_with(&[(name::SESSION_EXPIRES, "120")]);
    assert_eq!(office.phones[0].heard.last().and_then(|m| m.get(name::SESSION_EXPIRES)), None);
    let ours = [(name::SUPPORTED, "timer"), (name::SESSION_EXPIRES, "120;refresher=uas")];
    let (mut office, _) = call_with(&ours);
    assert_eq!(office.phones[0].heard.last().and_then(|m| m.get(name::SESSION_EXPIRES)), None);
    office.now = office.now + Span::from_secs(1);
    office.pass(400);
    office.expect(&[]);
    let short = [(name::SUPPORTED, "timer"), (name::SESSION_EXPIRES, "20")];
    let (office, codes) = call_with(&short);
    assert_eq!(codes.last(), Some(&422));
    assert_eq!(office.phones[0].heard.last().and_then(|m| m.get(name::MIN_SE)), Some("90"));
}

#[test]
fn what_is_demanded_and_unknown_is_refused() {
    let (office, codes) = call_with(&[(name::REQUIRE, "100rel, timer"), (name::REQUIRE, "x")]);
    assert_eq!(codes, [420]);
    let last = office.phones[0].heard.last().expect("an answer");
    assert_eq!(last.get(name::UNSUPPORTED), Some("100rel, x"));
}
