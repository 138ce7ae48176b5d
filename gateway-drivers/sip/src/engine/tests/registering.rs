//! Telephones register, and others do not.

use std::collections::BTreeMap;

use super::office::{Office, SERVER, station, user};
use super::phone::Phone;
use crate::digest::Algorithm;
use crate::engine::{Gone, Input, Output, Why};
use crate::message::{Method, name};

fn register(office: &mut Office, phone: usize, expires: u32) -> Vec<u16> {
    let now = office.now;
    office.phones[phone].heard.clear();
    office.phones[phone].register(expires, now);
    office.pass(40);
    office.phones[phone].codes(&Method::Register)
}

#[test]
fn a_phone_registers_with_either_algorithm() {
    for algorithm in Algorithm::ALL {
        let mut office = Office::new(1);
        office.phones[0].algorithm = algorithm;
        assert_eq!(register(&mut office, 0, 600), [401, 200], "{algorithm:?}");
        let Some(Output::Registered { user: who, contact, way, .. }) = office.news.first() else {
            unreachable!("{:?}", office.news)
        };
        assert_eq!((who, contact.as_str()), (&user("100"), "sip:100@10.0.0.9:5062"));
        assert_eq!(
            (way.local.to_string(), way.remote.to_string()),
            (SERVER.into(), "10.0.0.9:5062".into())
        );
        let last = office.phones[0].heard.last().expect("an answer");
        assert_eq!(last.get(name::CONTACT), Some("<sip:100@10.0.0.9:5062>;expires=600"));
        assert_eq!(register(&mut office, 0, 600), [401, 200]);
        assert_eq!(office.news.len(), 1, "a refresh is no news");
    }
}

#[test]
fn a_phone_that_is_confused_by_two_questions_is_asked_one() {
    let mut office = Office::new(1);
    office.phones[0].is_old = true;
    office.phones[0].algorithm = Algorithm::Md5;
    assert_eq!(register(&mut office, 0, 600), [401]);
    assert_eq!(register(&mut office, 0, 600), [401, 200]);
    office.phones[0].call("*97", "v=0", office.now);
    office.pass(1);
    assert_eq!(office.phones[0].codes(&Method::Invite), [407, 100], "and so it stays");
    // Others that are asked twice in a row have not given up.
    for _ in 0..3 {
        office.phones[1].register(600, office.now);
    }
    office.pass(1);
    assert_eq!(office.phones[1].codes(&Method::Register), [401, 401, 401, 200, 200, 200]);
}

#[test]
fn a_phone_registers_on_a_wire_that_loses_a_third() {
    for seed in 0..20 {
        let mut office = Office::new(seed);
        office.loss = 33;
        assert_eq!(register(&mut office, 0, 600), [401, 200], "seed {seed}");
        assert_eq!(office.news.len(), 1);
    }
}

#[test]
fn the_right_secret_from_the_wrong_place_is_refused_and_told() {
    let mut office = Office::new(1);
    let source = "10.0.0.66:5062";
    office.phones[0] = Phone::new("100", source, SERVER);
    assert_eq!(register(&mut office, 0, 600), [403]);
    let source = source.parse().expect("an address");
    let refused = Output::Refused { source, user: "100".to_owned(), why: Why::Elsewhere };
    office.expect(&[refused]);
    assert_eq!(register(&mut office, 0, 600), [403]);
    office.expect(&[]);
    office.pass(60);
    assert_eq!(register(&mut office, 0, 600), [403]);
    assert_eq!(office.news.len(), 1, "told once in a minute");
}

#[test]
fn who_is_no_station_learns_nothing_and_one_without_a_lease_is_nowhere() {
    let mut office = Office::new(1);
    office.phones[0].user = "999".to_owned();
    assert_eq!(register(&mut office, 0, 600), [403], "as the one from the wrong place hears");
    assert!(matches!(office.news[0], Output::Refused { why: Why::Unknown, .. }));
    let (name, mut lost) = station("101", "10.0.0.10:5062");
    lost.address = None;
    office.tell(Input::Stations(BTreeMap::from([(name, lost)])));
    assert_eq!(register(&mut office, 1, 600), [403]);
}

#[test]
fn a_wrong_secret_is_refused_twenty_times_and_weighed_five_times() {
    let mut office = Office::new(1);
    office.phones[0].secret = "guess".to_owned();
    for _ in 0..20 {
        let now = office.now;
        office.phones[0].register(600, now);
        office.pass(0);
    }
    office.pass(30);
    let codes = office.phones[0].codes(&Method::Register);
    assert_eq!((codes.len(), codes.iter().filter(|code| **code == 403).count()), (40, 20));
    let why: Vec<&Output> = office.news.iter().collect();
    assert_eq!(why.len(), 2, "{why:?}");
    assert!(matches!(why[0], Output::Refused { why: Why::WrongSecret, .. }));
    assert!(matches!(why[1], Output::Refused { why: Why::Throttled, .. }));
    office.phones[0].secret = "word of 100".to_owned();
    office.pass(100);
    assert_eq!(register(&mut office, 0, 600), [401, 200], "the right one is heard again");
}

#[test]
fn a_captured_registration_registers_nobody_again() {
    let mut office = Office::new(1);
    register(&mut office, 0, 600);
    let proof = {
        let phone = &mut office.phones[0];
        let nonce = phone.heard[0].get(name::WWW_AUTHENTICATE).expect("a question").to_owned();
        let asked = ("REGISTER", "sip:10.0.0.1");
        let who = ("100", "word of 100");
        crate::digest::Answer::to(&nonce, who, asked, 1).expect("sound").to_string()
    };
    let now = office.now;
    let phone = &mut office.phones[0];
    phone.heard.clear();
    phone.secret = "forgotten".to_owned();
    let replay = phone.request(Method::Register, "100").with(name::AUTHORIZATION, proof);
    phone.ask(replay, now);
    office.pass(1);
    let first = &office.phones[0].heard[0];
    assert_eq!(first.code(), Some(401));
    assert!(
        first.get(name::WWW_AUTHENTICATE).is_some_and(|question| question.contains("stale=true"))
    );
}

#[test]
fn a_registration_ends_by_time_by_wish_and_by_decree() {
    let mut office = Office::new(1);
    let contact = |host: &str| format!("sip:{host}:5062");
    register(&mut office, 1, 600);
    register(&mut office, 2, 600);
    register(&mut office, 0, 60);
    office.news.clear();
    office.pass(30);
    let gone = |name: &str, host: &str, why| Output::Unregistered {
        user: user(name),
        contact: contact(host),
        why,
        is_out: true,
    };
    office.expect(&[gone("100", "100@10.0.0.9", Gone::Expired)]);
    assert_eq!(register(&mut office, 1, 0), [401, 200]);
    office.expect(&[gone("101", "101@10.0.0.10", Gone::Unregistered)]);
    let moved = BTreeMap::from([station("102", "10.0.0.77:5062")]);
    office.tell(Input::Stations(moved));
    office.expect(&[gone("102", "102@10.0.0.11", Gone::Withdrawn)]);
    assert_eq!(register(&mut office, 2, 600), [403]);
}
