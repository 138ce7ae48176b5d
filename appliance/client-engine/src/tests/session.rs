//! The link as the server sees it.

use message::login::{GoingDown, Welcome};
use message::people::Topic;
use message::speech::{CheckIn, Mode};
use message::{Action, ErrorCode, Kind, Object, ObjectId, Refusal};

use super::bench::{ANNA, BEN, Bench, Letter, welcome};
use crate::{Binding, Command, Input, Link, Notice, Wish};

fn disconnects(bench: &Bench) -> usize {
    bench.deeds.iter().filter(|deed| *deed == "Disconnect").count()
}

fn connects(bench: &Bench) -> usize {
    bench.deeds.iter().filter(|deed| *deed == "Connect").count()
}

// rows 86, 88, 95
#[test]
fn a_known_device_comes_by_its_token_subscribes_and_checks_in() {
    let mut bench = Bench::known();
    assert_eq!(bench.notices, [Notice::Ready { known: true }]);
    assert_eq!(bench.engine.link(), Link::Connecting);
    bench.tell(Input::LinkUp(Binding::None));
    let hello = bench.take(Kind::TokenHello);
    bench.tell(Input::Object(Object::answer(&hello.header, &welcome(ANNA))));
    let topics: message::people::Subscription =
        bench.accept(Kind::Subscription).read().expect("topics");
    assert_eq!(topics.topics, [Topic::People, Topic::Receipts, Topic::Messages]);
    assert_eq!(bench.engine.link(), Link::Connecting);
    bench.accept(Kind::CheckIn);
    assert_eq!(bench.engine.link(), Link::Online);
}

#[test]
fn a_revoked_token_logs_the_device_out_and_keeps_its_messages() {
    let mut bench = Bench::online();
    Letter::new(30, Mode::Record, 60).bring(&mut bench);
    bench.tell(Input::LinkDown("lost".to_owned()));
    bench.run(3_000);
    bench.tell(Input::LinkUp(Binding::None));
    let hello = bench.take(Kind::TokenHello);
    let refusal = Refusal::new(ErrorCode::Credentials, "the token is revoked");
    bench.tell(Input::Object(Object::refused(&hello.header, &refusal)));
    assert!(bench.notices.contains(&Notice::LoggedOut));
    bench.tell(Input::LinkDown("closed".to_owned()));
    bench.run(600_000);
    assert_eq!(bench.engine.link(), Link::LoggedOut);
    assert_eq!(bench.engine.messages().len(), 1);
    assert_eq!(connects(&bench), 2, "it does not try again");
}

// row 91
#[test]
fn a_silent_server_is_asked_twice_and_then_left() {
    let mut bench = Bench::online();
    bench.sent.clear();
    bench.run(20_000);
    assert_eq!(bench.sent.len(), 1);
    assert_eq!(bench.sent[0].header.action, Action::Ping);
    bench.run(20_000);
    assert_eq!(bench.sent.len(), 2);
    assert_eq!(disconnects(&bench), 0);
    bench.run(20_000);
    assert_eq!(disconnects(&bench), 1);
    bench.run(10_000);
    assert_eq!(connects(&bench), 2, "and the link is made again");
}

// row 91
#[test]
fn a_ping_is_answered() {
    let mut bench = Bench::online();
    bench.sent.clear();
    let ping = Object::bare(Action::Ping, ObjectId::from_bytes([8; 16]));
    bench.tell(Input::Object(ping.clone()));
    assert_eq!(bench.sent[0].header.id, ping.header.id);
    assert!(bench.sent[0].header.flags.answer);
}

#[test]
fn the_pauses_between_attempts_grow_to_a_minute() {
    let mut bench = Bench::online();
    let mut pauses = Vec::new();
    for _ in 0..10 {
        bench.tell(Input::LinkDown("no way".to_owned()));
        let (before, since) = (connects(&bench), bench.now);
        while connects(&bench) == before {
            bench.run(100);
        }
        pauses.push(bench.now.since(since).millis());
    }
    assert!((1_000..=1_400).contains(&pauses[0]), "{pauses:?}");
    assert!((2_000..=2_700).contains(&pauses[1]), "{pauses:?}");
    assert!((59_000..=60_100).contains(&pauses[9]), "{pauses:?}");
}

#[test]
fn the_next_attempt_can_be_made_at_once() {
    let mut bench = Bench::online();
    bench.tell(Input::LinkDown("no way".to_owned()));
    let before = connects(&bench);
    bench.tell(Input::Command(Command::TryAgain));
    bench.run(1);
    assert_eq!(connects(&bench), before + 1);
    bench.tell(Input::Command(Command::TryAgain));
    bench.run(1);
    assert_eq!(connects(&bench), before + 1, "one attempt at a time");
}

// row 94
#[test]
fn after_going_down_the_server_names_the_pause() {
    let mut bench = Bench::online();
    bench.event(&GoingDown { grace_ms: 100, retry_ms: 5_000 });
    assert!(bench.notices.contains(&Notice::ServerGoingDown));
    bench.tell(Input::LinkDown("closed".to_owned()));
    bench.run(4_900);
    assert_eq!(connects(&bench), 1);
    bench.run(5_200);
    assert_eq!(connects(&bench), 2);
}

// row 92
#[test]
fn a_dropped_client_closes_and_comes_back() {
    let mut bench = Bench::online();
    let why = Refusal::new(ErrorCode::TooSlow, "this connection reads too slowly");
    bench.tell(Input::Object(Object::dropped(ObjectId::from_bytes([8; 16]), &why)));
    assert_eq!(disconnects(&bench), 1);
    bench.tell(Input::LinkDown("closed".to_owned()));
    bench.run(2_000);
    assert_eq!(connects(&bench), 2);
}

#[test]
fn a_link_that_is_wanted_closed_counts_as_closed_after_a_while() {
    let mut bench = Bench::online();
    let why = Refusal::new(ErrorCode::TooSlow, "too slow");
    bench.tell(Input::Object(Object::dropped(ObjectId::from_bytes([8; 16]), &why)));
    bench.run(10_000);
    assert_eq!(connects(&bench), 2, "though the shell never said so");
}

// row 95
#[test]
fn a_half_received_message_is_named_at_check_in() {
    let mut bench = Bench::online();
    let letter = Letter::new(31, Mode::Record, 300);
    bench.event(&letter.envelope);
    bench.event(&letter.portion(0));
    bench.event(&letter.portion(1));
    bench.event(&letter.portion(3));
    let disk = bench.disk.clone();
    let mut bench = Bench::over(disk);
    bench.tell(Input::LinkUp(Binding::None));
    let hello = bench.take(Kind::TokenHello);
    bench.tell(Input::Object(Object::answer(&hello.header, &welcome(ANNA))));
    let check_in: CheckIn = bench.accept(Kind::CheckIn).read().expect("a check-in");
    assert_eq!(check_in.receiving.len(), 1);
    assert_eq!(check_in.receiving[0].message, letter.id());
    assert_eq!(check_in.receiving[0].streams[0].next, 2);
}

#[test]
fn a_gap_leads_to_a_fresh_link() {
    let mut bench = Bench::online();
    let letter = Letter::new(32, Mode::Record, 300);
    bench.event(&letter.envelope);
    bench.event(&letter.portion(1));
    bench.run(2_900);
    assert_eq!(disconnects(&bench), 0);
    bench.run(200);
    assert_eq!(disconnects(&bench), 1);
}

#[test]
fn commands_that_come_too_early_wait() {
    let mut bench = Bench::known();
    bench.tell(Input::Command(Command::SetStatus(message::people::Status::Away)));
    bench.come_online();
    assert_eq!(bench.count(Kind::SetStatus), 1);
    assert!(bench.notices.iter().all(|notice| !matches!(notice, Notice::Refused(_))));
}

#[test]
fn parameters_of_the_office_are_kept_within_their_ranges() {
    let mut bench = Bench::known();
    bench.tell(Input::LinkUp(Binding::None));
    let hello = bench.take(Kind::TokenHello);
    let mut strange: Welcome = welcome(ANNA);
    strange.parameters.portion_ms = 0;
    strange.parameters.ping_ms = 0;
    strange.parameters.silence_ms = u32::MAX;
    bench.tell(Input::Object(Object::answer(&hello.header, &strange)));
    let kept = bench.engine.parameters();
    assert_eq!((kept.portion_ms, kept.ping_ms, kept.silence_ms), (20, 1_000, 30_000));
}

#[test]
fn nobody_can_be_spoken_to_who_is_not_on_the_roster() {
    let mut bench = Bench::online();
    let talk = |recipients| {
        Command::Talk(crate::Talk {
            recipients,
            wish: Wish::Record,
            priority: Default::default(),
            reply_to: None,
            source: crate::Source::Microphone { rate: 16_000 },
        })
    };
    for nobody in [vec![], vec![ANNA], vec![BEN, message::Guid::from_bytes([66; 16])]] {
        bench.tell(Input::Command(talk(nobody)));
        assert!(bench.engine.draft().is_none());
    }
    bench.tell(Input::Command(talk(vec![BEN, BEN, ANNA])));
    assert_eq!(bench.engine.draft().expect("it records").recipients, [BEN]);
}
