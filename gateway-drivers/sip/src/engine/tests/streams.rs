//! Phones on TCP and TLS.

use machine::Machine as _;

use super::office::{Office, SERVER, answered, ended, user};
use super::phone::{Phone, SDP};
use crate::engine::{Call, Gone, Input, Order, Output, Reason};
use crate::message::{Method, name};
use crate::way::{Flow, Transport};

fn open(office: &mut Office, flow: u64, source: &str) {
    office.tell(Input::StreamOpened {
        flow: Flow(flow),
        transport: Transport::Tcp,
        source: source.parse().expect("an address"),
        local: SERVER.parse().expect("an address"),
    });
}

fn bytes(office: &mut Office, flow: u64, bytes: &[u8]) {
    office.tell(Input::StreamBytes { flow: Flow(flow), bytes: bytes.to_vec() });
}

/// A phone on a stream from another port than the one it names.
fn office() -> Office {
    let mut office = Office::new(1);
    office.phones[0] = Phone::new("100", "10.0.0.9:40001", SERVER).on_stream(1);
    open(&mut office, 1, "10.0.0.9:40001");
    office.phones[0].register(600, office.now);
    office.pass(1);
    assert!(matches!(office.news[..], [Output::Registered { .. }]), "{:?}", office.news);
    office.news.clear();
    office
}

#[test]
fn a_phone_on_a_stream_is_called_on_it_and_nothing_is_repeated() {
    let mut office = office();
    office.ring(1, "100");
    office.pass(10);
    assert_eq!(office.phones[0].asked(&Method::Invite).len(), 1);
    let invite = office.phones[0].asked(&Method::Invite)[0];
    assert!(invite.get(name::VIA).is_some_and(|via| via.starts_with("SIP/2.0/TCP ")));
    assert_eq!(invite.get(name::CONTACT), Some("<sip:ivm@10.0.0.1:5060;transport=tcp>"));
    office.phones[0].reply(200, office.now);
    office.pass(1);
    office.expect(&[Output::Ringing(Call(1)), answered(1)]);
    office.order(Order::HangUp(Call(1)));
    office.pass(1);
    office.expect(&[ended(1, Reason::Released)]);
    office.expect_rest_of_streams();
}

impl Office {
    fn expect_rest_of_streams(&mut self) {
        self.pass(100);
        let counts = self.engine.counts();
        assert_eq!((counts.calls, counts.transactions), (0, 0), "{counts:?}");
    }
}

#[test]
fn a_broken_stream_takes_its_phone_and_its_call_with_it() {
    let mut office = office();
    office.ring(1, "100");
    office.pass(1);
    office.phones[0].reply(200, office.now);
    office.pass(1);
    office.news.clear();
    office.tell(Input::StreamClosed(Flow(1)));
    let contact = "sip:100@10.0.0.9:40001".to_owned();
    let (why, is_out) = (Gone::StreamClosed, true);
    let gone = Output::Unregistered { user: user("100"), contact, why, is_out };
    office.expect(&[gone, ended(1, Reason::Vanished)]);
    office.ring(2, "100");
    office.expect(&[ended(2, Reason::NotRegistered)]);
    assert_eq!(office.engine.counts().flows, 0);
    office.tell(Input::StreamClosed(Flow(1)));
    bytes(&mut office, 1, b"too late");
    office.expect_rest_of_streams();
}

#[test]
fn a_phone_that_starts_anew_stays_in_service_when_its_first_stream_breaks() {
    let mut office = office();
    office.phones[0] = Phone::new("100", "10.0.0.9:40002", SERVER).on_stream(2);
    open(&mut office, 2, "10.0.0.9:40002");
    office.phones[0].register(600, office.now);
    office.pass(1);
    office.news.clear();
    office.tell(Input::StreamClosed(Flow(1)));
    let contact = "sip:100@10.0.0.9:40001".to_owned();
    let (why, is_out) = (Gone::StreamClosed, false);
    office.expect(&[Output::Unregistered { user: user("100"), contact, why, is_out }]);
    office.ring(1, "100");
    office.pass(1);
    assert_eq!(office.phones[0].asked(&Method::Invite).len(), 1);
}

#[test]
fn a_stream_is_kept_for_a_call_of_a_phone_that_never_registered() {
    let mut office = Office::new(1);
    office.phones[0] = Phone::new("100", "10.0.0.9:40001", SERVER).on_stream(1);
    open(&mut office, 1, "10.0.0.9:40001");
    office.phones[0].call("*97", SDP, office.now);
    office.pass(1);
    let Some(Output::Incoming { call, .. }) = office.news.pop() else { unreachable!("a call") };
    office.order(Order::Answer { call, sdp: SDP.into() });
    office.pass(200);
    office.expect(&[]);
    office.order(Order::HangUp(call));
    office.pass(100);
    office.expect(&[ended(call.0, Reason::Released), Output::CloseFlow(Flow(1))]);
}

#[test]
fn a_ringing_phone_whose_stream_breaks_cannot_be_reached() {
    let mut office = office();
    office.ring(1, "100");
    office.pass(1);
    office.news.clear();
    office.tell(Input::StreamClosed(Flow(1)));
    assert_eq!(office.news.last(), Some(&ended(1, Reason::Unreachable)));
    office.expect_rest_of_streams();
}

#[test]
fn a_ping_is_answered_and_nonsense_closes_the_stream() {
    let mut office = office();
    bytes(&mut office, 1, b"\r\n");
    bytes(&mut office, 1, b"\r\n");
    office.engine.expire(office.now);
    assert_eq!(office.sent, 3, "the answers to REGISTER, and one to the ping");
    bytes(&mut office, 1, b"GET / HTTP/1.1\r\nHost: x\r\n\r\n");
    assert!(office.news.contains(&Output::CloseFlow(Flow(1))));
    assert_eq!(office.engine.counts().flows, 0);
}

#[test]
fn streams_without_a_phone_are_closed_and_too_many_are_not_taken() {
    let mut office = office();
    for flow in 2..30 {
        open(&mut office, flow, "10.0.0.9:40002");
    }
    assert_eq!(office.engine.counts().flows, 8);
    for flow in 100..5_000_u64 {
        let source = format!("10.1.{}.{}:5060", flow / 250, flow % 250);
        open(&mut office, flow, &source);
    }
    assert_eq!(office.engine.counts().flows, 1_024);
    let closed = office.news.iter().filter(|news| matches!(news, Output::CloseFlow(_))).count();
    assert_eq!(closed, 28 - 7 + 4_900 - 1_016);
    office.pass(65);
    assert_eq!(office.engine.counts().flows, 1, "the one with the phone");
}

#[test]
fn half_messages_on_all_streams_cost_bounded_memory() {
    let mut office = Office::new(1);
    for flow in 0..300_u64 {
        open(&mut office, flow, &format!("10.1.{}.{}:5060", flow / 250, flow % 250));
        for _ in 0..20 {
            bytes(&mut office, flow, &[b'a'; 1_000]);
        }
    }
    let counts = office.engine.counts();
    assert!(counts.buffered <= 17_000 * counts.flows.max(1), "{counts:?}");
    assert_eq!(counts.flows, 0, "a head without an end is closed");
}
