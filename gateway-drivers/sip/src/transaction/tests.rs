//! Two ends of transactions on a wire that loses what the test says.

use machine::{Moment, Span};

use super::{Event, GIVE_UP, MOST, ServerKey, Transactions};
use crate::message::{Message, Method, name, parse};
use crate::way::{Flow, Transport, Way};

const HERE: &str = "10.0.0.1:5060";
const THERE: &str = "10.0.0.9:5062";

fn way(is_udp: bool) -> Way {
    let (local, remote) = (HERE.parse().expect("here"), THERE.parse().expect("there"));
    let way = Way::udp(local, remote);
    let stream = Way { transport: Transport::Tcp, flow: Some(Flow(1)), ..way };
    if is_udp { way } else { stream }
}

fn back(is_udp: bool) -> Way {
    let way = way(is_udp);
    Way { local: way.remote, remote: way.local, ..way }
}

fn request(method: Method, branch: &str) -> Message {
    let cseq = format!("7 {method}");
    Message::request(method, "sip:100@10.0.0.9:5062")
        .with(name::VIA, format!("SIP/2.0/UDP {HERE};branch={branch};rport"))
        .with(name::FROM, "<sip:ivm@10.0.0.1>;tag=a")
        .with(name::TO, "<sip:100@10.0.0.1>")
        .with(name::CALL_ID, "c")
        .with(name::CSEQ, cseq)
}

/// One end, with what came out of it.
#[derive(Default)]
struct End {
    transactions: Transactions<u8>,
    sent: Vec<Message>,
    events: Vec<Event<u8>>,
}

impl End {
    fn settle(&mut self) {
        while let Some(event) = self.transactions.poll() {
            match event {
                Event::Send(_, bytes) => self.sent.push(parse(&bytes).expect("sound")),
                other => self.events.push(other),
            }
        }
    }

    fn hear(&mut self, way: Way, message: &Message, now: Moment) {
        let seen = message.essentials().expect("whole");
        self.transactions.receive(way, message.clone(), seen, now);
        self.settle();
    }

    fn ask(&mut self, message: Message, way: Way, now: Moment) -> bool {
        let is_asked = self.transactions.ask(message, way, 1, now).is_some();
        self.settle();
        is_asked
    }

    fn answer(&mut self, code: u16, now: Moment) {
        let (key, message) = self.last();
        let response = Message::response(&message, code).tagged("b");
        self.transactions.answer(&key, &response, now);
        self.settle();
    }

    fn last(&self) -> (ServerKey, Message) {
        let mut requests = self.events.iter().rev().filter_map(|event| {
            let Event::Request(key, _, message, _) = event else { return None };
            Some((key.clone(), message.clone()))
        });
        requests.next().expect("a request")
    }

    /// Lets time pass; returns when something was sent, in milliseconds.
    fn pass(&mut self, from: Moment, span: Span) -> Vec<u64> {
        let mut at = Vec::new();
        while let Some(next) = self.transactions.deadline().filter(|next| *next <= from + span) {
            let before = self.sent.len();
            self.transactions.expire(next);
            self.settle();
            at.extend(std::iter::repeat_n(next.millis(), self.sent.len() - before));
        }
        at
    }
}

fn at(millis: u64) -> Moment {
    Moment::from_millis(millis)
}

#[test]
fn an_invite_is_repeated_twice_as_late_each_time_and_then_given_up() {
    let mut end = End::default();
    assert!(end.ask(request(Method::Invite, "z9hG4bK1"), way(true), at(0)));
    let sent = end.pass(at(0), Span::from_secs(60));
    assert_eq!(sent, [500, 1_500, 3_500, 7_500, 15_500, 31_500]);
    assert_eq!(end.events, [Event::TimedOut(1)]);
    assert!(end.transactions.is_empty() && end.transactions.deadline().is_none());
}

#[test]
fn another_request_is_repeated_every_four_seconds_at_last() {
    let mut end = End::default();
    assert!(end.ask(request(Method::Notify, "z9hG4bK1"), way(true), at(0)));
    let sent = end.pass(at(0), Span::from_secs(60));
    let expected = [500, 1_500, 3_500, 7_500, 11_500, 15_500, 19_500, 23_500, 27_500, 31_500];
    assert_eq!(
        (sent.as_slice(), end.events.as_slice()),
        (&expected[..], &[Event::TimedOut(1)][..])
    );
}

#[test]
fn nothing_is_repeated_on_a_stream_and_a_broken_one_answers_nothing() {
    let mut end = End::default();
    assert!(end.ask(request(Method::Invite, "z9hG4bK1"), way(false), at(0)));
    assert!(end.ask(request(Method::Bye, "z9hG4bK2"), way(false), at(0)));
    assert_eq!(end.pass(at(0), Span::from_secs(20)), [0_u64; 0]);
    end.transactions.lost(Flow(2));
    end.transactions.lost(Flow(1));
    end.settle();
    assert_eq!(end.events, [Event::TimedOut(1), Event::TimedOut(1)]);
    assert!(end.transactions.is_empty());
}

#[test]
fn a_refusal_is_acknowledged_as_often_as_it_comes_and_told_once() {
    let mut end = End::default();
    let invite = request(Method::Invite, "z9hG4bK1");
    end.ask(invite.clone(), way(true), at(0));
    let busy = Message::response(&invite, 486).tagged("b");
    for n in 0..3 {
        end.hear(way(true), &busy, at(100 + n));
    }
    let acks: Vec<&Message> =
        end.sent.iter().filter(|message| message.method() == Some(&Method::Ack)).collect();
    assert_eq!((acks.len(), end.events.len()), (3, 1));
    assert_eq!(acks[0].get(name::VIA), invite.get(name::VIA));
    assert_eq!(acks[0].get(name::CSEQ), Some("7 ACK"));
    assert_eq!(acks[0].get(name::TO), Some("<sip:100@10.0.0.1>;tag=b"));
    end.pass(at(100), GIVE_UP);
    assert!(end.transactions.is_empty());
}

#[test]
fn every_2xx_is_told_and_a_late_refusal_is_not() {
    let mut end = End::default();
    let invite = request(Method::Invite, "z9hG4bK1");
    end.ask(invite.clone(), way(true), at(0));
    end.hear(way(true), &Message::response(&invite, 180).tagged("b"), at(10));
    assert_eq!(end.pass(at(10), Span::from_secs(100)), [0_u64; 0], "it rings on");
    for tag in ["b", "b", "c"] {
        end.hear(way(true), &Message::response(&invite, 200).tagged(tag), at(100_000));
    }
    end.hear(way(true), &Message::response(&invite, 486).tagged("b"), at(100_001));
    assert_eq!(end.events.len(), 4);
}

#[test]
fn an_answer_of_somebody_else_is_none() {
    let mut end = End::default();
    let bye = request(Method::Bye, "z9hG4bK1");
    end.ask(bye.clone(), way(true), at(0));
    let elsewhere = Way { remote: "10.0.0.66:5062".parse().expect("an address"), ..way(true) };
    end.hear(elsewhere, &Message::response(&bye, 200), at(1));
    end.hear(way(true), &Message::response(&request(Method::Bye, "z9hG4bK2"), 200), at(1));
    assert_eq!(end.events, []);
    end.hear(way(true), &Message::response(&bye, 200), at(1));
    assert_eq!(end.events.len(), 1);
}

#[test]
fn what_is_asked_again_is_answered_from_memory() {
    let mut end = End::default();
    let bye = request(Method::Bye, "z9hG4bK1");
    for n in 0..3 {
        end.hear(back(true), &bye, at(n));
    }
    assert_eq!((end.events.len(), end.sent.len()), (1, 0));
    end.answer(200, at(10));
    end.answer(500, at(11));
    end.hear(back(true), &bye, at(20_000));
    assert_eq!(end.sent.iter().map(Message::code).collect::<Vec<_>>(), [Some(200); 2]);
    end.pass(at(20_000), GIVE_UP);
    assert!(end.transactions.is_empty());
    assert_eq!(end.transactions.remembered, 0);
}

#[test]
fn a_refused_invite_is_repeated_until_its_ack() {
    let mut end = End::default();
    let invite = request(Method::Invite, "z9hG4bK1");
    end.hear(back(true), &invite, at(0));
    end.answer(100, at(0));
    end.hear(back(true), &invite, at(400));
    end.answer(486, at(1_000));
    assert_eq!(end.pass(at(1_000), Span::from_secs(4)), [1_500, 2_500, 4_500]);
    let ack = request(Method::Ack, "z9hG4bK1");
    end.hear(back(true), &ack, at(5_000));
    assert_eq!(end.pass(at(5_000), Span::from_secs(60)), [0_u64; 0]);
    let told = end.events.iter().filter(|event| matches!(event, Event::Request(..))).count();
    assert_eq!((told, end.events.len()), (1, 1), "its ACK is nobody's business");
    assert!(end.transactions.is_empty());
}

#[test]
fn a_2xx_is_repeated_until_its_ack_is_reported_on_streams_too() {
    for is_udp in [true, false] {
        let mut end = End::default();
        end.hear(back(is_udp), &request(Method::Invite, "z9hG4bK1"), at(0));
        end.answer(200, at(0));
        assert_eq!(end.pass(at(0), Span::from_secs(3)), [500, 1_500]);
        end.hear(back(is_udp), &request(Method::Ack, "z9hG4bKother"), at(3_000));
        assert!(matches!(end.events.last(), Some(Event::Ack(..))));
        let (key, _) = end.last();
        end.transactions.acknowledged(&key);
        assert_eq!(end.pass(at(3_000), Span::from_secs(60)), [0_u64; 0]);
        assert!(end.transactions.is_empty());
        assert!(!end.events.iter().any(|event| matches!(event, Event::Unacknowledged(_))));
    }
}

#[test]
fn a_2xx_without_ack_is_told_once() {
    let mut end = End::default();
    end.hear(back(true), &request(Method::Invite, "z9hG4bK1"), at(0));
    end.answer(200, at(0));
    let sent = end.pass(at(0), Span::from_secs(60));
    assert_eq!(sent.first().zip(sent.last()), Some((&500, &31_500)));
    let (key, _) = end.last();
    assert_eq!(end.events.last(), Some(&Event::Unacknowledged(key)));
}

#[test]
fn phones_older_than_branches_are_told_apart_by_all_the_rest() {
    let mut end = End::default();
    let old = |call_id: &str, branch: &str| {
        let mut message = request(Method::Bye, branch);
        for header in &mut message.headers {
            if header.name == name::CALL_ID {
                header.value = call_id.to_owned();
            }
        }
        message
    };
    for (call_id, branch) in [("c", "1"), ("c", "1"), ("d", "1"), ("c", "z9hG4bK"), ("c", "2")] {
        end.hear(back(true), &old(call_id, branch), at(0));
    }
    assert_eq!(end.events.len(), 4);
    let other = Way { remote: "10.0.0.66:5062".parse().expect("an address"), ..back(true) };
    end.hear(other, &old("c", "1"), at(0));
    assert_eq!(end.events.len(), 5, "one host is never taken for another");
}

#[test]
fn an_answer_goes_where_the_request_came_from_and_nowhere_else() {
    let mut end = End::default();
    let mut bye = request(Method::Bye, "z9hG4bK1");
    bye.headers[0].value = "SIP/2.0/UDP 10.9.9.9:5099;branch=z9hG4bK1;maddr=10.9.9.9".to_owned();
    end.transactions.receive(back(true), bye.clone(), bye.essentials().expect("whole"), at(0));
    let Some(Event::Request(key, _, message, _)) = end.transactions.poll() else {
        unreachable!("a request")
    };
    end.transactions.answer(&key, &Message::response(&message, 200), at(0));
    let Some(Event::Send(way, _)) = end.transactions.poll() else { unreachable!("an answer") };
    assert_eq!(way.remote.to_string(), "10.0.0.1:5099", "the port it named, but its own host");
}

#[test]
fn tables_are_bounded_and_empty_themselves() {
    let mut end = End::default();
    for n in 0..2 * MOST {
        end.hear(back(true), &request(Method::Options, &format!("z9hG4bK{n}")), at(0));
        end.ask(request(Method::Options, &format!("z9hG4bK{n}")), way(false), at(0));
    }
    assert_eq!(end.transactions.len(), (MOST, MOST));
    assert_eq!(end.transactions.overflows(), 2 * MOST as u64);
    end.pass(at(0), Span::from_secs(601));
    assert!(end.transactions.is_empty() && end.transactions.deadline().is_none());
}
