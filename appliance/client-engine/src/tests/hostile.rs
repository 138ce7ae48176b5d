//! A server, or a sender, that means no good.

use std::collections::BTreeMap;

use bytes::Bytes;
use message::login::{Challenge, Cost};
use message::speech::{Envelope, Happened, Mode, Receipt};
use message::{Action, ErrorCode, Flags, Guid, Header, Kind, MessageId, Object, ObjectId, Refusal};
use proptest::collection::{btree_map, vec};
use proptest::prelude::{Strategy, any};
use proptest::sample::select;
use proptest::{prop_assert, proptest};

use super::bench::{ANNA, BEN, Bench, Letter, SERVER, private, roster, welcome};
use crate::{Binding, Command, Input, MessageState, Notice, Password, Trust};

fn unreadable(bench: &Bench) -> usize {
    bench.notices.iter().filter(|notice| matches!(notice, Notice::Unreadable { .. })).count()
}

fn delivered(bench: &mut Bench, id: MessageId) {
    let receipt: Receipt = bench.accept(Kind::Receipt).read().expect("a receipt");
    assert_eq!((receipt.message, receipt.happened), (id, Happened::Delivered));
}

#[test]
fn a_server_that_answers_for_another_account_is_left() {
    let mut bench = Bench::known();
    bench.tell(Input::LinkUp(Binding::None));
    let hello = bench.take(Kind::TokenHello);
    bench.tell(Input::Object(Object::answer(&hello.header, &welcome(BEN))));
    assert_eq!(bench.deeds.last().map(String::as_str), Some("Disconnect"));
    assert_eq!(bench.count(Kind::Subscription), 0);
}

// ruling f
#[test]
fn a_server_that_does_not_know_the_password_is_found_out() {
    let mut bench = Bench::over(BTreeMap::new());
    bench.tell(Input::Command(Command::LogIn {
        name: "anna".to_owned(),
        password: Password::new("the password".to_owned()),
        device_name: "desk".to_owned(),
    }));
    bench.tell(Input::LinkUp(Binding::Origin("https://ivm.test".to_owned())));
    let hello = bench.take(Kind::Hello);
    let cost = Cost { memory_kib: 8 * 1024, passes: 1, lanes: 1 };
    let challenge = Challenge { salt: [1; 16], cost, nonce: [2; 32], server: SERVER };
    bench.tell(Input::Object(Object::answer(&hello.header, &challenge)));
    let proof = bench.take(Kind::Proof);
    let mut forged = welcome(ANNA);
    forged.signature = Some([3; 32]);
    forged.sealed_key = Some(vec![0; 60]);
    forged.token = Some([4; 32]);
    bench.tell(Input::Object(Object::answer(&proof.header, &forged)));
    assert!(bench.notices.iter().any(|notice| matches!(notice, Notice::LogInFailed(_))));
    assert!(bench.engine.me().is_none());
    assert!(bench.disk.is_empty());
}

#[test]
fn a_server_cannot_stall_the_client_with_costs() {
    let mut bench = Bench::over(BTreeMap::new());
    bench.tell(Input::Command(Command::LogIn {
        name: "anna".to_owned(),
        password: Password::new("the password".to_owned()),
        device_name: "desk".to_owned(),
    }));
    bench.tell(Input::LinkUp(Binding::None));
    let hello = bench.take(Kind::Hello);
    let cost = Cost { memory_kib: u32::MAX, passes: u32::MAX, lanes: u32::MAX };
    let challenge = Challenge { salt: [1; 16], cost, nonce: [2; 32], server: SERVER };
    bench.tell(Input::Object(Object::answer(&hello.header, &challenge)));
    assert_eq!(bench.count(Kind::Proof), 0);
    assert!(bench.notices.iter().any(|notice| matches!(notice, Notice::LogInFailed(_))));
}

// row 61
#[test]
fn a_message_that_its_sender_did_not_make_is_not_believed() {
    let mut bench = Bench::online();
    let mut letter = Letter::new(20, Mode::Record, 100);
    letter.envelope.wrapped[40] ^= 1;
    letter.bring(&mut bench);
    delivered(&mut bench, letter.id());
    letter.bring(&mut bench);
    delivered(&mut bench, letter.id());
    assert_eq!(unreadable(&bench), 1, "told once");
    let view = bench.engine.message(letter.id()).expect("it is shown as what it is");
    assert_eq!(view.state, MessageState::Unreadable);
}

// rows 26, 61
#[test]
fn a_portion_that_was_changed_spoils_the_message() {
    let mut bench = Bench::online();
    let mut letter = Letter::new(21, Mode::Record, 300);
    letter.portions[2].bytes[5] ^= 1;
    letter.bring(&mut bench);
    assert_eq!(unreadable(&bench), 1);
    assert!(bench.disk.keys().all(|key| !key.starts_with(b"portion/")));
    bench.tell(Input::Command(Command::Play { message: letter.id(), from_ms: 0 }));
    assert_eq!(bench.played_ms, 0);
}

// row 61
#[test]
fn a_message_cut_off_by_the_server_is_not_whole() {
    let mut bench = Bench::online();
    let mut letter = Letter::new(22, Mode::Record, 300);
    letter.portions.pop();
    let end = letter.portions.len() - 1;
    letter.portions[end].last = true;
    letter.bring(&mut bench);
    assert_eq!(unreadable(&bench), 1, "the last portion says that it is the last, and is not");
}

#[test]
fn a_message_that_is_here_is_not_shown_again() {
    let mut bench = Bench::online();
    let letter = Letter::new(23, Mode::Record, 300);
    for _ in 0..3 {
        letter.bring(&mut bench);
        delivered(&mut bench, letter.id());
    }
    let arrived = bench.notices.iter().filter(|n| matches!(n, Notice::Arrived { .. })).count();
    assert_eq!(arrived, 1);
    assert_eq!(bench.engine.messages().len(), 1);
}

#[test]
fn another_key_for_a_known_person_is_not_used() {
    let mut bench = Bench::online();
    bench.event(&roster([77; 32]));
    assert_eq!(bench.engine.people()[0].trust, Trust::Changed);
    let changed = Notice::KeyChanged(BEN);
    assert_eq!(bench.notices.iter().filter(|notice| **notice == changed).count(), 1);
    bench.event(&roster(private(BEN).public().0));
    assert_eq!(bench.engine.people()[0].trust, Trust::Pinned, "the old key is back");
}

#[test]
fn messages_that_never_end_are_bounded() {
    let mut bench = Bench::online();
    let letter = Letter::new(24, Mode::Record, 60);
    for number in 0..1_000u32 {
        let mut bytes = [1; 16];
        bytes[..4].copy_from_slice(&number.to_be_bytes());
        let message = MessageId::from_bytes(bytes);
        bench.event(&Envelope { message, ..letter.envelope.clone() });
    }
    // Each is wrapped for another id, and so cannot be opened: none of them stays open.
    let open = bench.engine.messages();
    assert!(open.iter().all(|view| view.state == MessageState::Unreadable));
}

#[test]
fn a_storage_that_does_not_keep_up_stops_the_flood() {
    let mut bench = Bench::online();
    bench.disk_works = false;
    let letter = Letter::new(25, Mode::Record, 30_000);
    letter.bring(&mut bench);
    assert_eq!(bench.count(Kind::Receipt), 0, "nothing is acknowledged that is not on disk");
    assert!(bench.notices.iter().all(|notice| !matches!(notice, Notice::Arrived { .. })));
    bench.mend_disk();
    delivered(&mut bench, letter.id());
}

#[test]
fn refusals_of_nothing_are_ignored() {
    let mut bench = Bench::online();
    let asked = Object::bare(Action::Post, ObjectId::from_bytes([1; 16]));
    let refusal = Refusal::new(ErrorCode::Forged, "never asked");
    let before = bench.notices.len();
    bench.tell(Input::Object(Object::refused(&asked.header, &refusal)));
    assert_eq!(bench.notices.len(), before);
}

fn any_object() -> impl Strategy<Value = Object> {
    let kinds = select(Kind::ALL.to_vec());
    let actions = select(Action::ALL.to_vec());
    let flags = select(vec![Flags::NONE, Flags::ANSWER, Flags::REFUSED]);
    (actions, kinds, flags, any::<[u8; 16]>(), vec(any::<u8>(), 0..200)).prop_map(
        |(action, kind, flags, id, body)| Object {
            header: Header {
                action: kind.action().unwrap_or(action),
                priority: Default::default(),
                flags,
                kind,
                id: ObjectId::from_bytes(id),
                source: Guid::BLANK,
                destination: Guid::BLANK,
                length: body.len() as u32,
            },
            body: Bytes::from(body),
        },
    )
}

proptest! {
    #[test]
    fn nothing_that_comes_over_the_wire_breaks_the_client(objects in vec(any_object(), 1..60)) {
        let mut bench = Bench::online();
        for object in objects {
            bench.tell(Input::Object(object));
        }
        let letter = Letter::new(26, Mode::Record, 60);
        if bench.deeds.iter().all(|deed| deed != "Disconnect") {
            letter.bring(&mut bench);
            prop_assert!(bench.engine.message(letter.id()).is_some());
        }
    }

    #[test]
    fn nothing_that_stands_in_the_storage_breaks_the_client(
        records in btree_map(0..12usize, vec(any::<u8>(), 0..64), 0..12)
    ) {
        let names = [
            "account", "draft", "draft-progress", "message/0123456789abcdef",
            "partial/0123456789abcdef", "person/0123456789abcdef", "send/0123456789abcdef",
            "message/", "x", "draft-", "partial/1", "account/2",
        ];
        let disk = records.into_iter().map(|(at, value)| {
            ([b"record/", names[at].as_bytes()].concat(), Bytes::from(value))
        });
        let bench = Bench::over(disk.collect());
        let ready = |notice: &Notice| matches!(notice, Notice::Ready { .. });
        prop_assert!(bench.notices.iter().any(ready));
    }
}
