//! Who is approved, for how long, and what is on disk before anybody is told.

use std::net::Ipv4Addr;

use message::ErrorCode;
use message::station::{Hop, OrderPhone, PhoneOrder, Step, Trust};
use provision::Mac;

use super::{Answer, Desk, Scene};
use crate::question::Question;
use crate::stations::{Alarm, Input};

const NOBODY: Mac = Mac([0; 6]);

#[test]
fn a_phone_that_nobody_has_approved_gets_a_file_without_credentials() {
    let mut scene = Scene::new();
    for desk in [Desk::yealink(20), Desk::grandstream(21), Desk::cisco(22)] {
        scene.boot(&desk);
        let file = scene.get(desk.get_own(&scene)).expect("a file");
        assert!(file.contains("awaiting approval"), "{file}");
        let phone = scene.phone(desk.mac).expect("known");
        assert_eq!((phone.trust, phone.number.as_str()), (Trust::Awaiting, ""));
        assert_eq!(scene.menu(desk.mac), Err(ErrorCode::NotFound));
        assert!(scene.disk[&desk.mac].secret.is_none() && scene.lines.is_empty());
    }
}

#[test]
fn an_approved_phone_has_ten_minutes_to_fetch_its_secrets() {
    for desk in [Desk::yealink(20), Desk::grandstream(21), Desk::cisco(22)] {
        for (after, gets_them) in [(0, true), (599, true), (600, false), (6_000, false)] {
            let mut scene = Scene::new();
            scene.boot(&desk);
            scene.approve(&desk);
            scene.pass(after);
            assert_eq!(scene.fetches(&desk), gets_them, "{after} {desk:?}");
        }
    }
}

#[test]
fn the_file_of_an_approved_phone_holds_its_number_and_both_its_passwords() {
    let mut scene = Scene::new();
    let desk = Desk::grandstream(20);
    scene.boot(&desk);
    scene.approve(&desk);
    scene.order(desk.mac, PhoneOrder::Name { name: "Reception".into() }).expect("named");
    let file = scene.get(desk.get_own(&scene)).expect("a file");
    let menu = scene.menu(desk.mac).expect("a password");
    let secret = scene.secret(&desk).expect("a line");
    for value in ["<P35>201</P35>", "<P3>Reception</P3>", "192.168.77.1:5060", &menu, &secret] {
        assert!(file.contains(value), "{value}: {file}");
    }
    assert!(!secret.contains(['"', '$']) && !menu.contains(['"', '$']));
    assert_ne!(secret, menu);
}

#[test]
fn after_a_power_cut_phones_get_the_same_secrets_again() {
    let mut scene = Scene::new();
    let desks = [Desk::yealink(20), Desk::grandstream(21)];
    let mut secrets = Vec::new();
    for desk in &desks {
        scene.boot(desk);
        scene.approve(desk);
        assert!(scene.fetches(desk));
        secrets.push(scene.secret(desk));
    }
    scene.pass(86_400);
    let mut scene = scene.restart();
    for (desk, secret) in desks.iter().zip(secrets) {
        scene.boot(desk);
        assert!(scene.fetches(desk), "{desk:?}");
        assert_eq!(scene.secret(desk), secret, "they are not made anew");
    }
}

#[test]
fn a_restart_closes_the_ten_minutes_of_who_has_fetched_nothing() {
    let mut scene = Scene::new();
    let desk = Desk::yealink(20);
    scene.boot(&desk);
    scene.approve(&desk);
    let mut scene = scene.restart();
    assert!(!scene.fetches(&desk));
    scene.approve(&desk);
    assert!(scene.fetches(&desk));
}

#[test]
fn another_approval_and_a_resync_make_new_secrets_and_tell_the_phone() {
    for order in [PhoneOrder::Approve, PhoneOrder::Resync] {
        for desk in [Desk::yealink(20), Desk::grandstream(21), Desk::cisco(22)] {
            let mut scene = Scene::new();
            scene.boot(&desk);
            scene.approve(&desk);
            assert!(scene.fetches(&desk));
            let (before, menu) = (scene.secret(&desk), scene.menu(desk.mac));
            scene.pass(3_600);
            scene.resyncs.clear();
            scene.order(desk.mac, order.clone()).expect("done");
            assert_eq!(scene.resyncs, [desk.mac]);
            assert_ne!(scene.secret(&desk), before);
            assert_eq!(scene.menu(desk.mac), menu, "who knows it still knows it");
            assert!(scene.fetches(&desk), "{order:?}");
            scene.order(desk.mac, order.clone()).expect("done");
            scene.pass(601);
            assert!(!scene.fetches(&desk), "the old ones count for nothing: {order:?}");
        }
    }
    let mut scene = Scene::new();
    let desk = Desk::yealink(20);
    scene.boot(&desk);
    assert_eq!(scene.order(desk.mac, PhoneOrder::Resync).err(), Some(ErrorCode::Conflict));
}

#[test]
fn a_refused_phone_gets_nothing_and_its_line_is_gone() {
    let mut scene = Scene::new();
    let desk = Desk::yealink(20);
    scene.boot(&desk);
    scene.approve(&desk);
    assert!(scene.fetches(&desk));
    let before = scene.token(desk.mac);
    scene.order(desk.mac, PhoneOrder::Refuse).expect("refused");
    assert_eq!(scene.get(desk.get_own(&scene)), Err(ErrorCode::NotFound));
    assert!(scene.lines.is_empty() && scene.folders().is_empty());
    assert!(scene.disk[&desk.mac].secret.is_none());
    scene.approve(&desk);
    assert_ne!(scene.token(desk.mac), before, "its old address is nobody's any more");
    assert!(scene.fetches(&desk));
}

#[test]
fn while_all_are_approved_new_phones_are_and_others_are_not() {
    let mut scene = Scene::new();
    let (old, new, late) = (Desk::yealink(20), Desk::yealink(21), Desk::yealink(22));
    scene.boot(&old);
    let all = |seconds| PhoneOrder::ApproveAll { seconds };
    let phones = scene.order(NOBODY, all(300)).expect("open");
    assert_eq!(phones.open_until, scene.wall() + 300_000);
    scene.pass(299);
    scene.boot(&old);
    scene.boot(&new);
    assert!(scene.fetches(&new) && !scene.fetches(&old), "who waits was not approved by that");
    scene.pass(1);
    scene.boot(&late);
    assert!(!scene.fetches(&late));
    assert_eq!(scene.phones().open_until, 0);
    // It can be ended before.
    scene.order(NOBODY, all(3_600)).expect("open");
    scene.order(NOBODY, all(0)).expect("closed");
    let later = Desk::yealink(23);
    scene.boot(&later);
    assert_eq!(scene.phone(later.mac).map(|phone| phone.trust), Some(Trust::Awaiting));
}

#[test]
fn all_are_approved_for_at_most_an_hour_and_only_all() {
    let mut scene = Scene::new();
    let desk = Desk::yealink(20);
    scene.boot(&desk);
    let all = |seconds| PhoneOrder::ApproveAll { seconds };
    assert_eq!(scene.order(NOBODY, all(3_601)).err(), Some(ErrorCode::Invalid));
    assert_eq!(scene.order(desk.mac, all(60)).err(), Some(ErrorCode::Invalid));
    assert_eq!(scene.order(NOBODY, PhoneOrder::Approve).err(), Some(ErrorCode::NotFound));
    assert_eq!(scene.phones().open_until, 0);
}

#[test]
fn what_has_no_files_is_approved_by_hand_only() {
    let mut scene = Scene::new();
    scene.order(NOBODY, PhoneOrder::ApproveAll { seconds: 60 }).expect("open");
    let desk = Desk::new([0x02, 0, 0, 0, 0, 1], "Nortel-SIP-Phone-A", 30);
    scene.boot(&desk);
    let phone = scene.phone(desk.mac).expect("known");
    assert_eq!((phone.trust, phone.vendor.as_str()), (Trust::Awaiting, "Nortel-SIP-Phone-A"));
    scene.approve(&desk);
    assert_eq!(scene.phone(desk.mac).map(|phone| phone.number), Some("201".to_owned()));
    // Whatever it says now, it has been set up by hand.
    assert_eq!(scene.get(desk.get(&scene, "SEP020000000001.cnf.xml")), Err(ErrorCode::NotFound));
}

#[test]
fn nothing_is_approved_before_it_is_on_disk() {
    let mut scene = Scene::new();
    let desk = Desk::grandstream(20);
    scene.boot(&desk);
    scene.disk_works = None;
    let order = OrderPhone { mac: desk.mac.0, order: PhoneOrder::Approve };
    let ticket = scene.put(Question::Order(order), None, 1);
    assert!(!scene.answers.contains_key(&ticket) && scene.lines.is_empty());
    let file = scene.put_get(desk.get_own(&scene));
    assert!(!scene.answers.contains_key(&file));
    scene.disk_does(true);
    let Some(Answer::File(file)) = scene.answers.remove(&file) else {
        assert_eq!(0, 1, "no file");
        return;
    };
    assert!(String::from_utf8_lossy(&file.bytes).contains("awaiting approval"));
    assert!(matches!(scene.answers.remove(&ticket), Some(Answer::Phones(_))));
    assert_eq!(scene.lines.len(), 1);
    assert!(scene.fetches(&desk));
}

#[test]
fn what_cannot_be_stored_is_refused_and_undone() {
    let mut scene = Scene::new();
    let (desk, other) = (Desk::grandstream(20), Desk::grandstream(21));
    scene.boot(&desk);
    scene.boot(&other);
    scene.approve(&other);
    let before = (scene.phones().phones, scene.lines.clone());
    scene.disk_works = Some(false);
    let orders = [
        PhoneOrder::Approve,
        PhoneOrder::Name { name: "x".into() },
        PhoneOrder::Replace { old: other.mac.0 },
        PhoneOrder::Forget,
    ];
    for order in orders {
        assert_eq!(
            scene.order(desk.mac, order.clone()).err(),
            Some(ErrorCode::Internal),
            "{order:?}"
        );
        assert_eq!((scene.phones().phones, scene.lines.clone()), before, "{order:?}");
        assert!(!scene.fetches(&desk));
    }
    assert_eq!(scene.get(other.get_own(&scene)), Err(ErrorCode::Internal), "it would be delivered");
    assert!(scene.alarms.contains(&Alarm::Unstored("full".to_owned())));
    scene.disk_works = Some(true);
    assert!(scene.fetches(&other));
    scene.approve(&desk);
    assert!(scene.fetches(&desk));
}

#[test]
fn a_second_decision_waits_with_the_first_and_falls_with_it() {
    let mut scene = Scene::new();
    let desk = Desk::yealink(20);
    scene.boot(&desk);
    scene.disk_works = None;
    let orders = [PhoneOrder::Approve, PhoneOrder::SpeakUp { yes: true }];
    let put = |order: PhoneOrder| Question::Order(OrderPhone { mac: desk.mac.0, order });
    let tickets = orders.map(|order| scene.put(put(order), None, 1));
    assert!(scene.answers.is_empty());
    scene.disk_does(false);
    for ticket in tickets {
        assert!(matches!(scene.answers.remove(&ticket), Some(Answer::No(_))));
    }
    let phone = scene.phone(desk.mac).expect("known");
    assert_eq!((phone.trust, phone.speaks_up), (Trust::Awaiting, false));
}

#[test]
fn many_decisions_share_a_commit() {
    let mut scene = Scene::new();
    let desks: Vec<Desk> = (20..60).map(Desk::yealink).collect();
    for desk in &desks {
        scene.boot(desk);
    }
    scene.disk_works = None;
    scene.commits = 0;
    for desk in &desks {
        let order = OrderPhone { mac: desk.mac.0, order: PhoneOrder::Approve };
        scene.put(Question::Order(order), None, 1);
    }
    scene.disk_does(true);
    assert_eq!(scene.commits, 2, "the first, and all that came meanwhile");
    assert_eq!(scene.lines.len(), 40);
}

#[test]
fn a_new_phone_that_asks_by_multicast_is_told_its_folder_and_awaits_approval() {
    let mut scene = Scene::new();
    let hop = |mac, class: &str| Hop {
        mac,
        step: Step::Announce,
        at: 0,
        address: 0,
        class: class.as_bytes().to_vec(),
        wishes: Vec::new(),
        words: String::new(),
    };
    let snom = [0x00, 0x04, 0x13, 1, 2, 3];
    let ours = Ipv4Addr::new(10, 0, 0, 1);
    let said = hop(snom, "ua-profile;vendor=\"snom\";model=\"snomD785\"");
    scene.give(Input::Announced { question: 7, hop: said, ours });
    let [(7, url)] = scene.announced.as_slice() else {
        unreachable!("one answer: {:?}", scene.announced)
    };
    assert!(
        url.starts_with("http://10.0.0.1:8080/p/") && url.ends_with("/snomD785-000413010203.htm"),
        "{url}"
    );
    assert_eq!(
        url.len(),
        "http://10.0.0.1:8080/p//snomD785-000413010203.htm".len() + 32,
        "a token"
    );
    let computer = hop([2, 0, 0, 0, 0, 1], "ua-profile;vendor=\"nobody\"");
    scene.give(Input::Announced { question: 8, hop: computer, ours });
    assert_eq!(scene.announced.len(), 1, "who is no known phone is told nothing");
}
