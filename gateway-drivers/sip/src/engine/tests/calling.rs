//! We call phones.

use super::office::{Office, PLACES, SERVER, answered, ended, user};
use super::phone::{Phone, SDP};
use crate::engine::{Call, Input, Order, Output, Reason};
use crate::message::{Method, name};
use crate::station::Station;

fn methods(office: &Office, phone: usize) -> Vec<String> {
    let heard = office.phones[phone].heard.iter();
    heard.filter_map(|message| message.method()).map(Method::to_string).collect()
}

/// The same user's second phone, at the same address and another port.
fn with_second_phone(office: &mut Office) {
    let mut second = Phone::new("100", "10.0.0.9:5070", SERVER);
    second.register(3_600, office.now);
    office.phones.push(second);
    office.pass(1);
    assert_eq!(office.news.len(), 1);
    office.news.clear();
}

#[test]
fn a_phone_rings_is_answered_and_hangs_up() {
    let mut office = Office::registered(1);
    office.ring(1, "100");
    office.pass(5);
    office.expect(&[Output::Ringing(Call(1))]);
    let invite = office.phones[0].asked(&Method::Invite)[0].clone();
    assert_eq!(invite.target(), Some("sip:100@10.0.0.9:5062"));
    assert_eq!(invite.body, SDP.as_bytes());
    let from = invite.essentials().expect("whole").from;
    assert_eq!(
        (from.display.as_deref(), &*from.uri),
        (Some("Desk \"7\""), "sip:200@10.0.0.1:5060")
    );
    assert!(invite.get(name::CALL_INFO).is_some_and(|info| info.ends_with("answer-after=0")));
    office.phones[0].reply(200, office.now);
    office.pass(1);
    office.expect(&[answered(1)]);
    office.phones[0].within(Method::Bye, "", "", office.now);
    office.pass(1);
    office.expect(&[ended(1, Reason::HungUp)]);
    assert_eq!(office.phones[0].codes(&Method::Bye), [200]);
    assert_eq!(methods(&office, 0), ["INVITE", "ACK"]);
    office.expect_rest();
}

#[test]
fn we_hang_up_and_every_loss_is_made_good() {
    for seed in 0..40 {
        let mut office = Office::registered(seed);
        office.loss = 30;
        office.ring(1, "100");
        office.pass(12);
        if office.phones[0].open.is_empty() {
            continue;
        }
        office.phones[0].reply(200, office.now);
        office.pass(20);
        assert!(office.news.contains(&answered(1)), "seed {seed}: {:?}", office.news);
        office.order(Order::HangUp(Call(1)));
        office.pass(40);
        assert_eq!(office.news.last(), Some(&ended(1, Reason::Released)), "seed {seed}");
        assert_eq!(methods(&office, 0).iter().filter(|m| *m == "BYE").count(), 1, "seed {seed}");
        office.loss = 0;
        office.expect_rest();
    }
}

#[test]
fn a_lost_ack_is_sent_again_with_each_answer_and_the_call_is_told_once() {
    let mut office = Office::registered(1);
    office.ring(1, "100");
    office.pass(1);
    office.drops.push(("ACK".to_owned(), 3));
    office.phones[0].reply(200, office.now);
    office.pass(10);
    office.expect(&[Output::Ringing(Call(1)), answered(1)]);
    assert_eq!(methods(&office, 0), ["INVITE", "ACK"]);
    office.order(Order::HangUp(Call(1)));
    office.pass(1);
    office.expect(&[ended(1, Reason::Released)]);
    office.expect_rest();
}

#[test]
fn a_lost_bye_is_sent_again() {
    let mut office = Office::talking(1);
    office.drops.push(("BYE".to_owned(), 4));
    office.order(Order::HangUp(Call(1)));
    office.expect(&[ended(1, Reason::Released)]);
    office.pass(20);
    assert_eq!(office.phones[0].asked(&Method::Bye).len(), 1);
    office.expect_rest();
}

#[test]
fn a_call_that_is_no_longer_wanted_is_cancelled() {
    let mut office = Office::registered(1);
    office.ring(1, "100");
    office.pass(2);
    office.order(Order::HangUp(Call(1)));
    office.pass(1);
    office.expect(&[Output::Ringing(Call(1)), ended(1, Reason::Released)]);
    assert_eq!(methods(&office, 0), ["INVITE", "CANCEL"]);
    office.expect_rest();
}

#[test]
fn a_call_is_not_cancelled_before_the_phone_has_said_anything() {
    let mut office = Office::registered(1);
    office.phones[0].rings = false;
    office.ring(1, "100");
    office.pass(1);
    office.order(Order::HangUp(Call(1)));
    office.pass(1);
    assert_eq!(methods(&office, 0), ["INVITE"]);
    office.phones[0].reply(180, office.now);
    office.pass(1);
    assert_eq!(methods(&office, 0), ["INVITE", "CANCEL"]);
    office.expect(&[ended(1, Reason::Released)]);
    office.expect_rest();
}

#[test]
fn an_answer_that_crosses_the_cancel_is_acknowledged_and_hung_up() {
    let mut office = Office::registered(1);
    office.ring(1, "100");
    office.pass(1);
    office.drops.push(("CANCEL".to_owned(), 1));
    office.order(Order::HangUp(Call(1)));
    office.phones[0].reply(200, office.now);
    office.drops.push(("ACK".to_owned(), 1));
    office.pass(5);
    office.expect(&[Output::Ringing(Call(1)), ended(1, Reason::Released)]);
    let methods = methods(&office, 0);
    let count = |method: &str| methods.iter().filter(|known| *known == method).count();
    assert_eq!((count("ACK"), count("BYE")), (1, 1), "{methods:?}");
    office.expect_rest();
}

#[test]
fn nobody_answers_in_time() {
    let mut office = Office::registered(1);
    office.ring(1, "100");
    office.pass(31);
    office.expect(&[Output::Ringing(Call(1)), ended(1, Reason::NoAnswer)]);
    assert_eq!(methods(&office, 0), ["INVITE", "CANCEL"]);
    office.expect_rest();
}

#[test]
fn refusals_are_named() {
    for (code, reason) in [
        (486, Reason::Busy),
        (600, Reason::Busy),
        (603, Reason::Declined),
        (480, Reason::NoAnswer),
        (404, Reason::Unreachable),
        (488, Reason::Unacceptable),
        (302, Reason::Forwarded),
        (401, Reason::Failed(401)),
        (407, Reason::Failed(407)),
        (500, Reason::Failed(500)),
    ] {
        let mut office = Office::registered(1);
        office.ring(1, "100");
        office.pass(1);
        office.phones[0].reply(code, office.now);
        office.pass(1);
        office.expect(&[Output::Ringing(Call(1)), ended(1, reason)]);
        office.expect_rest();
    }
}

#[test]
fn a_phone_that_is_off_and_a_user_without_a_phone_are_told_apart() {
    let mut office = Office::registered(1);
    office.phones[0].is_off = true;
    office.ring(1, "100");
    office.pass(33);
    // Its 30 seconds of ringing are over first.
    office.expect(&[ended(1, Reason::NoAnswer)]);
    let patience = machine::Span::from_secs(60);
    office.order(Order::Ring {
        call: Call(2),
        user: user("100"),
        from: Default::default(),
        sdp: SDP.into(),
        manner: crate::manner::Manner::Ring,
        patience,
    });
    office.pass(33);
    office.expect(&[ended(2, Reason::Unreachable)]);
    office.ring(3, "999");
    office.expect(&[ended(3, Reason::NotRegistered)]);
    office.ring(Call::THEIRS, "101");
    office.expect(&[ended(Call::THEIRS, Reason::NoRoom)]);
    office.expect_rest();
}

#[test]
fn all_phones_of_a_user_ring_and_the_first_that_answers_has_the_call() {
    let mut office = Office::registered(1);
    with_second_phone(&mut office);
    office.ring(1, "100");
    office.pass(1);
    office.expect(&[Output::Ringing(Call(1))]);
    office.phones[3].reply(200, office.now);
    office.pass(1);
    office.expect(&[answered(1)]);
    assert_eq!(methods(&office, 0), ["INVITE", "CANCEL"]);
    assert_eq!(methods(&office, 3), ["INVITE", "ACK"]);
    office.order(Order::HangUp(Call(1)));
    office.pass(1);
    assert_eq!(methods(&office, 3), ["INVITE", "ACK", "BYE"]);
    office.expect(&[ended(1, Reason::Released)]);
    office.expect_rest();
}

#[test]
fn two_phones_that_answer_at_once_are_both_acknowledged_and_one_is_hung_up() {
    let mut office = Office::registered(1);
    with_second_phone(&mut office);
    office.ring(1, "100");
    office.pass(1);
    office.phones[0].reply(200, office.now);
    office.phones[3].reply(200, office.now);
    office.pass(1);
    office.expect(&[Output::Ringing(Call(1)), answered(1)]);
    let byes = [0, 3].map(|n| office.phones[n].asked(&Method::Bye).len());
    let acks = [0, 3].map(|n| office.phones[n].asked(&Method::Ack).len());
    assert_eq!((byes.iter().sum::<usize>(), acks), (1, [1, 1]));
    office.order(Order::HangUp(Call(1)));
    office.expect_rest();
}

#[test]
fn a_busy_phone_does_not_end_a_call_while_another_rings_and_a_no_does() {
    let mut office = Office::registered(1);
    with_second_phone(&mut office);
    office.ring(1, "100");
    office.pass(1);
    office.phones[0].reply(486, office.now);
    office.pass(1);
    office.expect(&[Output::Ringing(Call(1))]);
    office.phones[3].reply(404, office.now);
    office.pass(1);
    office.expect(&[ended(1, Reason::Busy)]);
    office.ring(2, "100");
    office.pass(1);
    office.phones[0].reply(603, office.now);
    office.pass(1);
    office.expect(&[Output::Ringing(Call(2)), ended(2, Reason::Declined)]);
    assert_eq!(methods(&office, 3).last().map(String::as_str), Some("CANCEL"));
    office.expect_rest();
}

#[test]
fn a_phone_behind_a_fork_answers_twice_under_two_names() {
    let mut office = Office::registered(1);
    office.ring(1, "100");
    office.pass(1);
    office.phones[0].reply_as(200, "first", office.now);
    office.pass(1);
    office.expect(&[Output::Ringing(Call(1)), answered(1)]);
    // The other branch of the fork: the same answer under another tag.
    let ack = office.phones[0].asked(&Method::Ack)[0].clone();
    let (_, invite, _) = office.phones[0].open[0].clone();
    let other = crate::message::Message::response(&invite, 200)
        .tagged("second")
        .with(name::CONTACT, "<sip:100@10.0.0.9:5062>")
        .with_body("application/sdp", SDP);
    office.throw("10.0.0.9:5062", &String::from_utf8(other.write()).expect("text"));
    office.pass(1);
    office.expect(&[]);
    let bye = office.phones[0].asked(&Method::Bye)[0].essentials().expect("whole");
    assert_eq!(bye.to.tag().as_deref(), Some("second"));
    assert_eq!(ack.essentials().expect("whole").to.tag().as_deref(), Some("first"));
    assert_eq!(office.engine.counts().calls, 1);
    office.order(Order::HangUp(Call(1)));
    office.expect_rest();
}

#[test]
fn an_answer_without_a_session_is_none() {
    let mut office = Office::registered(1);
    office.ring(1, "100");
    office.pass(1);
    let (_, invite, _) = office.phones[0].open[0].clone();
    let empty = crate::message::Message::response(&invite, 200)
        .tagged("empty")
        .with(name::CONTACT, "<sip:100@10.0.0.9:5062>");
    office.throw("10.0.0.9:5062", &String::from_utf8(empty.write()).expect("text"));
    office.pass(1);
    office.expect(&[Output::Ringing(Call(1)), ended(1, Reason::Unacceptable)]);
    assert_eq!(methods(&office, 0), ["INVITE", "ACK", "BYE"]);
}

#[test]
fn a_call_in_use_is_not_rung_again_and_a_station_that_goes_ends_its_calls() {
    let mut office = Office::talking(1);
    office.ring(1, "101");
    office.pass(1);
    office.expect(&[]);
    assert_eq!(methods(&office, 1), [""; 0]);
    let left: std::collections::BTreeMap<_, Station> =
        PLACES[1..].iter().map(|(name, at)| super::office::station(name, at)).collect();
    office.tell(Input::Stations(left));
    office.pass(1);
    assert_eq!(office.news.last(), Some(&ended(1, Reason::NotRegistered)));
    assert_eq!(office.phones[0].asked(&Method::Bye).len(), 1);
}
