//! Message waiting, files fetched again, and new phones.

use super::office::{Office, user};
use super::phone::Phone;
use crate::engine::{Order, Output};
use crate::message::{Message, Method, name};

fn subscribe(office: &mut Office, expires: u32) -> Vec<u16> {
    let now = office.now;
    let phone = &mut office.phones[0];
    let request = phone
        .request(Method::Subscribe, "100")
        .with(name::EVENT, "message-summary;id=4")
        .with(name::ACCEPT, "application/simple-message-summary")
        .with(name::EXPIRES, expires.to_string());
    phone.ask(request, now);
    office.pass(1);
    office.phones[0].codes(&Method::Subscribe)
}

fn wait(office: &mut Office, new: u32, old: u32) {
    office.order(Order::Waiting { user: user("100"), new, old });
    office.pass(1);
}

/// What the phone was told: its state and its counts.
fn told(office: &Office, phone: usize) -> Vec<(String, String)> {
    let all = office.phones[phone].asked(&Method::Notify);
    let one = |notify: &&Message| {
        let state = notify.get(name::SUBSCRIPTION_STATE).unwrap_or_default();
        let state = state.split(';').next().unwrap_or_default().to_owned();
        let body = String::from_utf8_lossy(&notify.body).into_owned();
        let counts = body.lines().find_map(|line| line.strip_prefix("Voice-Message: "));
        (state, counts.unwrap_or_default().to_owned())
    };
    all.iter().map(one).collect()
}

fn line(state: &str, counts: &str) -> (String, String) {
    (state.to_owned(), counts.to_owned())
}

#[test]
fn who_subscribes_is_told_at_once_at_every_change_and_at_the_end() {
    let mut office = Office::registered(1);
    assert_eq!(subscribe(&mut office, 120), [401, 200]);
    office.expect(&[Output::Subscribed(user("100"))]);
    let ok = office.phones[0].heard.iter().find(|message| message.code() == Some(200));
    let ok = office.phones[0].heard.iter().rfind(|m| m.code() == Some(200)).or(ok).expect("a 200");
    assert_eq!(ok.get(name::CONTACT), Some("<sip:ivm@10.0.0.1:5060>"), "baresip needs it");
    assert_eq!(ok.get(name::EXPIRES), Some("120"));
    wait(&mut office, 2, 1);
    wait(&mut office, 2, 1);
    wait(&mut office, 0, 3);
    let notify = office.phones[0].asked(&Method::Notify)[1].clone();
    assert_eq!(notify.get(name::EVENT), Some("message-summary;id=4"));
    assert_eq!(notify.content_type(), "application/simple-message-summary");
    assert!(String::from_utf8_lossy(&notify.body).starts_with("Messages-Waiting: yes\r\n"));
    let lines =
        [line("active", "0/0 (0/0)"), line("active", "2/1 (0/0)"), line("active", "0/3 (0/0)")];
    assert_eq!(told(&office, 0), lines);
    office.pass(120);
    assert_eq!(told(&office, 0).last(), Some(&line("terminated", "0/3 (0/0)")));
    office.expect(&[Output::Unsubscribed(user("100"))]);
    office.expect_rest();
}

#[test]
fn a_subscription_is_refreshed_and_ended_by_the_phone() {
    let mut office = Office::registered(1);
    subscribe(&mut office, 60);
    for (expires, state) in [("60", "active"), ("0", "terminated")] {
        office.pass(50);
        let phone = &mut office.phones[0];
        let request = phone.dialog.as_mut().expect("a dialog").request(Method::Subscribe);
        let request =
            request.with(name::EVENT, "message-summary;id=4").with(name::EXPIRES, expires);
        phone.ask(request.with(name::CONTACT, "<sip:100@10.0.0.9:5062>"), office.now);
        office.pass(1);
        assert_eq!(told(&office, 0).last(), Some(&line(state, "0/0 (0/0)")));
    }
    assert_eq!(office.phones[0].codes(&Method::Subscribe), [401, 200, 401, 200, 401, 200]);
    office.expect(&[Output::Subscribed(user("100")), Output::Unsubscribed(user("100"))]);
    office.expect_rest();
}

#[test]
fn only_to_ask_costs_no_subscription() {
    let mut office = Office::registered(1);
    wait(&mut office, 5, 0);
    office.phones[0].heard.clear();
    assert_eq!(subscribe(&mut office, 0), [401, 200]);
    assert_eq!(told(&office, 0), [line("terminated", "5/0 (0/0)")]);
    assert_eq!(office.engine.counts().subscriptions, 0);
}

#[test]
fn a_phone_that_never_subscribes_is_told_all_the_same() {
    let mut office = Office::registered(1);
    wait(&mut office, 1, 0);
    assert_eq!(told(&office, 0), [line("active", "1/0 (0/0)")]);
    assert_eq!(told(&office, 1), []);
    // After a start of its own it is told again, but not when it only refreshes.
    office.phones[0].register(600, office.now);
    office.pass(1);
    assert_eq!(told(&office, 0).len(), 1);
    office.phones[0].register(0, office.now);
    office.pass(1);
    office.phones[0].register(600, office.now);
    office.pass(1);
    assert_eq!(told(&office, 0).len(), 2);
    office.phones[0].code = 481;
    wait(&mut office, 2, 0);
    assert_eq!(told(&office, 0).len(), 3, "it may say that it wants none of this");
}

#[test]
fn a_phone_that_no_longer_knows_its_subscription_has_none() {
    let mut office = Office::registered(1);
    subscribe(&mut office, 600);
    office.phones[0].code = 481;
    wait(&mut office, 1, 0);
    assert_eq!(office.news.last(), Some(&Output::Unsubscribed(user("100"))));
    let mut office = Office::registered(1);
    subscribe(&mut office, 600);
    office.phones[0].is_off = true;
    wait(&mut office, 1, 0);
    office.pass(40);
    assert_eq!(office.news.last(), Some(&Output::Unsubscribed(user("100"))));
}

#[test]
fn a_storm_of_subscriptions_hears_503_and_then_nothing() {
    let mut office = Office::registered(1);
    office.phones[0].secret = "wrong".to_owned();
    for _ in 0..60 {
        let request = office.phones[0].request(Method::Subscribe, "100");
        let request = request.with(name::EVENT, "message-summary");
        office.phones[0].ask(request, office.now);
    }
    office.pass(1);
    let codes = office.phones[0].codes(&Method::Subscribe);
    let count = |code| codes.iter().filter(|known| **known == code).count();
    assert_eq!((count(401), count(503)), (10, 5), "{codes:?}");
    assert!(codes.len() < 30 && office.engine.counts().limited >= 45);
}

#[test]
fn other_packages_and_too_many_subscriptions() {
    let mut office = Office::registered(1);
    let request = office.phones[0].request(Method::Subscribe, "100").with(name::EVENT, "presence");
    office.phones[0].ask(request, office.now);
    office.pass(1);
    assert_eq!(office.phones[0].codes(&Method::Subscribe), [489]);
    for _ in 0..7 {
        subscribe(&mut office, 600);
        office.pass(10);
    }
    assert_eq!(office.engine.counts().subscriptions, 4);
    office.expect(&[Output::Subscribed(user("100"))]);
}

#[test]
fn a_phone_fetches_its_files_again() {
    let mut office = Office::registered(1);
    office.order(Order::Resync(user("100")));
    office.pass(1);
    let notify = office.phones[0].asked(&Method::Notify)[0].clone();
    assert_eq!(notify.get(name::EVENT), Some("check-sync"));
    office.expect(&[Output::Resynced { user: user("100"), is_taken: true }]);
    office.phones[0].code = 401;
    office.order(Order::Resync(user("100")));
    office.pass(1);
    office.expect(&[Output::Resynced { user: user("100"), is_taken: false }]);
    office.order(Order::Resync(user("999")));
    office.expect(&[Output::Resynced { user: user("999"), is_taken: false }]);
}

#[test]
fn a_new_phone_is_told_where_its_files_are() {
    let mut office = Office::new(1);
    let mut phone = Phone::new("MAC%3a00156501aabb", "10.0.0.50:5060", "10.0.0.1:5060");
    let event =
        "ua-profile;profile-type=\"device\";vendor=\"yealink\";model=\"T46S\";version=\"66.84\"";
    let request = phone.request(Method::Subscribe, "MAC%3a00156501aabb");
    phone.ask(request.with(name::EVENT, event).with(name::EXPIRES, "0"), office.now);
    office.phones.push(phone);
    office.pass(1);
    let [Output::Asked { question, source, phone }] = office.news.as_slice() else {
        unreachable!("{:?}", office.news)
    };
    assert_eq!((phone.mac.lower().as_str(), phone.model.as_str()), ("00156501aabb", "T46S"));
    assert_eq!(source.to_string(), "10.0.0.50:5060");
    let url = "https://10.0.0.1/p/0123/".to_owned();
    office.order(Order::Announce { question: *question, url: url.clone() });
    office.pass(1);
    assert_eq!(office.phones[3].codes(&Method::Subscribe), [200]);
    let notify = office.phones[3].asked(&Method::Notify)[0];
    assert_eq!(
        (notify.content_type(), notify.body.as_slice()),
        ("application/url".into(), url.as_bytes())
    );
    assert_eq!(notify.get(name::EVENT), Some("ua-profile"));
    office.expect_rest();
}

#[test]
fn a_question_without_an_order_is_never_answered() {
    let mut office = Office::new(1);
    let mut phone = Phone::new("00156501aabb", "10.0.0.50:5060", "10.0.0.1:5060");
    let request = phone.request(Method::Subscribe, "00156501aabb").with(name::EVENT, "ua-profile");
    phone.ask(request, office.now);
    office.phones.push(phone);
    office.pass(60);
    assert_eq!((office.phones[3].heard.len(), office.sent), (0, 0));
    assert!(office.news.len() <= 4, "asked again, not each time it is repeated");
    office.expect_rest();
}
