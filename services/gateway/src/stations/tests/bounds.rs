//! Nothing grows without bound, whoever makes up phones.

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use machine::Moment;
use message::station::{Hop, Hops, Step, Trust};
use message::{ErrorCode, MAX_BODY, Object, ObjectId};
use provision::{Identity, Mac, Maker};

use super::{Answer, Desk, Scene};
use crate::question::Question;
use crate::stations::{Alarm, Record, Secret, Token};

fn mac(number: u32) -> Mac {
    let [_, a, b, c] = number.to_be_bytes();
    Mac([0x00, 0x15, 0x65, a, b, c])
}

fn record(number: u32, trust: Trust) -> Record {
    let is_approved = trust == Trust::Approved;
    Record {
        mac: mac(number),
        token: Token::of([7; 16]),
        since: 1,
        identity: Identity { vendor: Maker::Other("é".repeat(48)), model: "é".repeat(48) },
        trust,
        name: "é".repeat(64),
        number: is_approved.then_some(4_000_000_000 + number),
        person: "é".repeat(32),
        speaks_up: true,
        address: Some(Ipv4Addr::from(0xffff_0000 + number)),
        secret: Secret::parse("secret").filter(|_| is_approved),
        menu: Secret::parse("menu").filter(|_| is_approved),
        is_delivered: false,
        is_led: true,
    }
}

fn full(approved: u32, others: u32) -> Scene {
    let all = (1..=approved + others).map(|number| {
        let trust = if number <= approved { Trust::Approved } else { Trust::Awaiting };
        (mac(number), record(number, trust))
    });
    Scene::with(all.collect::<BTreeMap<_, _>>(), Moment::START, 1)
}

fn new_phone(scene: &mut Scene, number: u32) {
    let Mac([_, _, _, _, _, last]) = mac(number);
    let desk = Desk { mac: mac(number), ..Desk::yealink(last) };
    scene.hop(&desk, Step::Discover, "");
}

#[test]
fn phones_without_approval_push_out_who_was_silent_for_the_longest() {
    let mut scene = full(10, 500);
    scene.pass(10);
    let quiet = mac(12);
    for number in (11..=510).filter(|number| mac(*number) != quiet) {
        new_phone(&mut scene, number);
    }
    for number in 1_000..1_030 {
        scene.pass(1);
        new_phone(&mut scene, number);
    }
    let phones = scene.phones().phones;
    assert_eq!(phones.len(), 510);
    assert!(scene.phone(quiet).is_none() && scene.phone(mac(1_029)).is_some());
    let approved = phones.iter().filter(|phone| phone.trust == Trust::Approved).count();
    assert_eq!(approved, 10, "nobody who was approved is pushed out");
    assert_eq!(scene.disk.len(), 510);
}

#[test]
fn there_are_at_most_two_thousand_phones() {
    let mut scene = full(1_999, 1);
    new_phone(&mut scene, 5_000);
    assert_eq!(scene.disk.len(), 2_000);
    assert!(scene.phone(mac(5_000)).is_some() && scene.phone(mac(2_000)).is_none());
    let mut scene = full(2_000, 0);
    new_phone(&mut scene, 5_000);
    assert_eq!(scene.disk.len(), 2_000);
    assert_eq!(scene.alarms, [Alarm::Full(mac(5_000))]);
    for number in 5_000..5_060 {
        new_phone(&mut scene, number);
    }
    assert_eq!(scene.alarms.len(), 3, "nobody is told without end");
}

#[test]
fn an_office_comes_at_once_and_made_up_phones_no_faster_than_one_a_second() {
    let mut scene = Scene::new();
    scene.commits = 0;
    for number in 0..1_000 {
        new_phone(&mut scene, number);
    }
    assert_eq!(scene.disk.len(), 256);
    scene.pass(5);
    for number in 0..1_000 {
        new_phone(&mut scene, number);
    }
    assert_eq!(scene.disk.len(), 261);
    assert!(scene.commits <= 261, "what is known already is not written again");
}

#[test]
fn the_list_of_all_phones_fits_into_one_object_at_its_worst() {
    let mut scene = full(1_500, 500);
    for number in 0..300 {
        new_phone(&mut scene, number + 1);
    }
    let Answer::Phones(phones) =
        scene.ask(Question::Phones(message::station::AskPhones { watch: false }), None)
    else {
        assert_eq!(0, 1, "no list");
        return;
    };
    assert_eq!(phones.phones.len(), 2_000);
    let size = Object::of(ObjectId::BLANK, phones.as_ref()).body.len();
    assert!(size <= MAX_BODY, "{size}");
    let folders = scene.folders();
    assert_eq!(folders.len(), 2_000);
}

#[test]
fn too_many_steps_and_steps_that_are_not_seen_are_refused() {
    let mut scene = Scene::new();
    let hop = |step| Hop {
        mac: mac(1).0,
        step,
        at: 0,
        address: 0,
        class: Vec::new(),
        wishes: Vec::new(),
        words: String::new(),
    };
    let mut tell = |hops: Vec<Hop>| match scene.ask(Question::Hops(Hops { hops }), None) {
        Answer::No(refusal) => Some(refusal.code),
        Answer::Yes
        | Answer::Folders(_)
        | Answer::File(_)
        | Answer::Phones(_)
        | Answer::Timeline(_)
        | Answer::Password(_) => None,
    };
    assert_eq!(tell(vec![hop(Step::Discover); 257]), Some(ErrorCode::Invalid));
    for step in [Step::File, Step::NoFile, Step::FileFailed, Step::Register, Step::Unregister] {
        assert_eq!(tell(vec![hop(step)]), Some(ErrorCode::Invalid), "{step:?}");
    }
    assert_eq!(tell(vec![hop(Step::Discover); 256]), None);
    assert_eq!(tell(Vec::new()), None);
}

#[test]
fn computers_and_groups_are_no_phones() {
    let mut scene = Scene::new();
    let computer = Desk::new([0x02, 0, 0, 0, 0, 1], "MSFT 5.0", 9);
    let hop = Hop {
        mac: computer.mac.0,
        step: Step::Discover,
        at: 0,
        address: 0,
        class: computer.class.as_bytes().to_vec(),
        wishes: vec![1, 3, 6],
        words: String::new(),
    };
    let group = Hop { mac: [0x01, 0, 0x5e, 0, 0, 1], class: b"snom320".to_vec(), ..hop.clone() };
    let nobody = Hop { mac: [0; 6], ..group.clone() };
    scene.ask(Question::Hops(Hops { hops: vec![hop, group, nobody] }), None);
    assert!(scene.phones().phones.is_empty() && scene.disk.is_empty());
}
