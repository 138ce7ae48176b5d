//! Too much of everything: tables stay within their bounds, and phones are served meanwhile.

use machine::{Machine as _, Moment, Span};

use super::office::{Office, SERVER, user};
use crate::engine::{Counts, Input, Output};
use crate::message::Method;

fn throw(office: &mut Office, source: &str, text: &str, now: Moment) {
    let source = source.parse().expect("an address");
    let local = SERVER.parse().expect("an address");
    let bytes = text.as_bytes().to_vec();
    office.engine.handle(Input::Datagram { bytes, source, local }, now);
}

fn request(method: &str, n: u32) -> String {
    format!(
        "{method} sip:ivm@10.0.0.1 SIP/2.0\r\nVia: SIP/2.0/UDP 10.0.0.9:5062;branch=z9hG4bK{n}\r\n\
         From: <sip:100@10.0.0.1>;tag=f{n}\r\nTo: <sip:100@10.0.0.1>\r\nCall-ID: {n}\r\n\
         CSeq: 1 {method}\r\nContact: <sip:100@10.0.0.9>\r\nEvent: message-summary\r\n\r\n"
    )
}

const METHODS: [&str; 5] = ["REGISTER", "INVITE", "OPTIONS", "SUBSCRIBE", "DANCE"];

/// A hundred thousand datagrams within a minute, from where `source` says.
fn flood(source: impl Fn(u32) -> String) -> (Office, Counts, usize) {
    let mut office = Office::registered(1);
    let (start, mut answers) = (office.now, 0);
    let mut most = Counts::default();
    for n in 0..100_000_u32 {
        let now = start + Span::from_millis(u64::from(n) * 60 / 100);
        let method = METHODS[(n % 5) as usize];
        throw(&mut office, &source(n), &request(method, n), now);
        office.engine.expire(now);
        while let Some(output) = office.engine.poll() {
            answers += usize::from(matches!(output, Output::Send { .. }));
        }
        if n % 1_000 == 0 {
            let counts = office.engine.counts();
            most.transactions = most.transactions.max(counts.transactions);
            most.sources = most.sources.max(counts.sources);
            office.now = now;
        }
    }
    let counts = office.engine.counts();
    (office, Counts { transactions: most.transactions, sources: most.sources, ..counts }, answers)
}

#[test]
fn one_host_that_floods_is_hardly_read_and_a_phone_registers_meanwhile() {
    let (mut office, counts, answers) = flood(|_| "10.0.0.66:5062".to_owned());
    assert!(counts.limited > 99_000, "{counts:?}");
    assert!(counts.transactions < 300 && answers < 600, "{counts:?}, {answers} answers");
    office.phones[1].heard.clear();
    office.phones[1].register(600, office.now);
    office.pass(2);
    assert_eq!(office.phones[1].codes(&Method::Register), [401, 200]);
}

#[test]
fn a_hundred_thousand_hosts_cost_what_the_bounds_say() {
    let source = |n: u32| format!("10.{}.{}.{}:5062", 1 + n / 62_500, n / 250 % 250, n % 250);
    let (mut office, counts, answers) = flood(source);
    assert!(counts.limited > 90_000, "{counts:?}");
    assert!(counts.sources <= 4_096 && counts.transactions < 4_096, "{counts:?}");
    assert!(answers < 10_000, "{answers}");
    office.phones[1].heard.clear();
    office.phones[1].register(600, office.now);
    office.pass(2);
    assert_eq!(office.phones[1].codes(&Method::Register), [401, 200]);
    office.pass(700);
    assert_eq!(office.engine.counts().transactions, 0, "all is forgotten at last");
}

#[test]
fn a_phone_gone_wild_takes_nothing_from_the_others() {
    let (mut office, counts, answers) = flood(|_| "10.0.0.9:5062".to_owned());
    assert!(counts.limited > 95_000 && counts.transactions < 2_000, "{counts:?}");
    assert!(answers < 6_000, "{answers}");
    assert_eq!((counts.calls, counts.subscriptions, counts.nonces), (0, 0, 3));
    office.phones[1].heard.clear();
    office.phones[1].register(600, office.now);
    office.ring(1, "102");
    office.pass(2);
    assert_eq!(office.phones[1].codes(&Method::Register), [401, 200]);
    assert_eq!(office.phones[2].asked(&Method::Invite).len(), 1);
}

#[test]
fn calls_are_bounded_too() {
    let mut office = Office::registered(1);
    for call in 0..2_000 {
        office.ring(call, "100");
    }
    let counts = office.engine.counts();
    assert_eq!(counts.calls, 1_024);
    let refused = office.news.iter().filter(|news| matches!(news, Output::Ended { .. })).count();
    assert_eq!(refused, 2_000 - 1_024);
    assert!(office.engine.registrar().of(&user("100")).len() == 1);
}
