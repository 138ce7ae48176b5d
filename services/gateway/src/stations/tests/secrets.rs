//! Attempts to get a phone's secrets without being that phone.

use std::net::Ipv4Addr;

use message::ErrorCode;
use message::station::{PhoneOrder, Step, Via};
use provision::Mac;

use super::{Desk, Get, Scene};
use crate::stations::Alarm;

/// An office with an approved phone whose ten minutes are not over, and a device of somebody else.
fn office(desk: &Desk) -> (Scene, Desk) {
    let mut scene = Scene::new();
    let thief = Desk::yealink(66);
    scene.boot(desk);
    scene.boot(&thief);
    scene.approve(desk);
    (scene, thief)
}

fn all() -> [Desk; 3] {
    [Desk::yealink(20), Desk::grandstream(21), Desk::cisco(22)]
}

#[test]
fn the_name_the_lease_and_the_card_have_to_be_one_phone_s() {
    for desk in all() {
        let (mut scene, thief) = office(&desk);
        let right = desk.get_own(&scene);
        let elsewhere = Ipv4Addr::new(192, 168, 77, 99);
        let wrong: [(&str, Get); 6] = [
            ("from the thief's address", Get { asker: thief.address, ..right.clone() }),
            ("from an address that nobody has", Get { asker: elsewhere, ..right.clone() }),
            ("with the thief's card", Get { neighbour: Some(thief.mac), ..right.clone() }),
            ("from behind a router", Get { neighbour: None, ..right.clone() }),
            ("with the card of a group", Get { neighbour: Some(Mac([0xff; 6])), ..right.clone() }),
            (
                "as the thief",
                Get { asker: thief.address, neighbour: Some(thief.mac), ..right.clone() },
            ),
        ];
        for (how, get) in wrong {
            assert_eq!(scene.get(get), Err(ErrorCode::NotFound), "{how} {desk:?}");
        }
        let file = scene.get(right);
        assert!(scene.has_secrets(&desk, &file), "and in the right way it gets them");
    }
}

#[test]
fn a_lease_that_has_gone_to_another_card_or_was_given_back_proves_nothing() {
    for desk in all() {
        let (mut scene, _) = office(&desk);
        let computer = Desk::new([0x02, 0, 0, 0, 0, 9], "MSFT 5.0", desk.address.octets()[3]);
        scene.hop(&computer, Step::Ack, "");
        assert_eq!(scene.get(desk.get_own(&scene)), Err(ErrorCode::NotFound), "{desk:?}");
        scene.boot(&desk);
        scene.hop(&desk, Step::Release, "");
        assert_eq!(scene.get(desk.get_own(&scene)), Err(ErrorCode::NotFound), "{desk:?}");
        let line = scene.lines.iter().find(|line| line.mac == desk.mac).expect("a line");
        assert_eq!(line.address, None, "and it may register from nowhere");
        scene.boot(&desk);
        assert!(scene.fetches(&desk));
        let line = scene.lines.iter().find(|line| line.mac == desk.mac).expect("a line");
        assert_eq!(line.address, Some(desk.address));
    }
}

#[test]
fn a_phone_that_says_where_it_is_has_no_lease_by_that() {
    let mut scene = Scene::new();
    let desk = Desk::grandstream(20);
    scene.hop(&desk, Step::Announce, "");
    scene.approve(&desk);
    assert!(!scene.fetches(&desk));
    let file = scene.get(desk.get_own(&scene));
    assert_eq!(file, Err(ErrorCode::NotFound));
    scene.hop(&desk, Step::Inform, "");
    assert!(scene.fetches(&desk), "its address from elsewhere counts when the DHCP server says so");
}

#[test]
fn a_wrong_token_is_no_folder_at_all() {
    for desk in all() {
        let (mut scene, thief) = office(&desk);
        let right = desk.get_own(&scene);
        let longer = format!("{}0", right.token);
        let other = scene.token(thief.mac);
        for token in ["0", &"0".repeat(32), &right.token[..31], &longer, &other] {
            let get = Get { token: token.to_owned(), ..right.clone() };
            assert_eq!(scene.get(get.clone()), Err(ErrorCode::NotFound), "{desk:?}");
            let shared = Get { name: b"dialplan.xml".to_vec(), ..get };
            assert_eq!(scene.get(shared), Err(ErrorCode::NotFound), "{desk:?}");
        }
        let unknown = Desk::yealink(77);
        let get = Get { token: "0".repeat(32), ..unknown.get_own(&scene) };
        assert_eq!(scene.get(get), Err(ErrorCode::NotFound));
        assert!(scene.phone(unknown.mac).is_none());
    }
}

#[test]
fn without_its_token_only_a_phone_that_can_carry_none_gets_secrets() {
    for desk in all() {
        let (mut scene, _) = office(&desk);
        let get = Get { token: String::new(), ..desk.get_own(&scene) };
        let file = scene.get(get.clone());
        let can_carry = desk.class != Desk::cisco(0).class;
        assert_eq!(scene.has_secrets(&desk, &file), !can_carry, "{desk:?}");
        if !can_carry {
            continue;
        }
        assert!(file.expect("led to its folder").contains(&scene.token(desk.mac)));
        assert!(scene.fetches(&desk));
        assert_eq!(scene.get(get), Err(ErrorCode::NotFound), "what it has is not wiped out");
    }
}

#[test]
fn over_http_a_phone_that_can_do_better_is_led_to_https() {
    let mut scene = Scene::new();
    let desk = Desk::yealink(20);
    scene.boot(&desk);
    assert!(!scene.folders()[&desk.mac].1, "it does not know our certificate yet");
    let clear = |scene: &Scene| Get { via: Via::Http, ..desk.get_own(scene) };
    let tftp = |scene: &Scene| Get { via: Via::Tftp, token: String::new(), ..desk.get_own(scene) };
    let folder = format!("https://192.168.77.1:8443/p/{}/", scene.token(desk.mac));
    for get in [clear(&scene), tftp(&scene)] {
        let file = scene.get(get).expect("its first file");
        assert!(file.contains(&folder), "{file}");
        assert!(file.contains("http://192.168.77.1:8080/appliance-ca.crt"), "{file}");
    }
    assert!(scene.folders()[&desk.mac].1, "from now on it is told to come by HTTPS");
    scene.approve(&desk);
    for get in [clear(&scene), tftp(&scene)] {
        let file = scene.get(get);
        assert!(!scene.has_secrets(&desk, &file));
        assert!(file.expect("and again").contains(&folder));
    }
    assert!(scene.fetches(&desk));
    for get in [clear(&scene), tftp(&scene)] {
        assert_eq!(scene.get(get), Err(ErrorCode::NotFound), "it keeps what it has");
    }
}

#[test]
fn over_http_a_phone_that_cannot_do_better_gets_its_secrets_with_its_token() {
    let mut scene = Scene::new();
    let desk = Desk::grandstream(20);
    scene.boot(&desk);
    scene.approve(&desk);
    let file = scene.get(Get { via: Via::Http, ..desk.get_own(&scene) });
    assert!(scene.has_secrets(&desk, &file));
    let file = file.expect("a file");
    assert!(file.contains(&format!("192.168.77.1:8080/p/{}", scene.token(desk.mac))), "{file}");
    assert!(!scene.folders()[&desk.mac].1);
}

#[test]
fn a_phone_that_lost_our_certificate_is_told_to_come_by_http_again() {
    let mut scene = Scene::new();
    let desk = Desk::yealink(20);
    scene.boot(&desk);
    scene.approve(&desk);
    assert!(scene.fetches(&desk));
    assert!(scene.folders()[&desk.mac].1);
    // It was reset: it starts, and cannot come by HTTPS.
    scene.pass(3_600);
    scene.boot(&desk);
    assert!(scene.folders()[&desk.mac].1);
    scene.pass(120);
    scene.boot(&desk);
    assert!(!scene.folders()[&desk.mac].1);
    let file = scene.get(Get { via: Via::Http, ..desk.get_own(&scene) });
    assert!(!scene.has_secrets(&desk, &file));
    assert!(file.expect("its first file").contains("appliance-ca.crt"));
    assert!(scene.folders()[&desk.mac].1);
    assert!(scene.fetches(&desk), "and it gets back what was its own");
}

#[test]
fn a_renewed_lease_is_no_start() {
    let mut scene = Scene::new();
    let desk = Desk::yealink(20);
    scene.boot(&desk);
    scene.approve(&desk);
    assert!(scene.fetches(&desk));
    for _ in 0..3 {
        scene.pass(3_600);
        scene.hop(&desk, Step::Ack, "");
    }
    assert!(scene.folders()[&desk.mac].1);
    scene.boot(&desk);
    assert!(scene.folders()[&desk.mac].1);
}

#[test]
fn a_phone_that_can_carry_no_token_has_one_fetch_for_each_approval() {
    let mut scene = Scene::new();
    let desk = Desk::cisco(20);
    scene.boot(&desk);
    scene.approve(&desk);
    let get = Get { via: Via::Tftp, token: String::new(), ..desk.get_own(&scene) };
    let fetches = |scene: &mut Scene| {
        let file = scene.get(get.clone());
        // What it has is not wiped out by a file without secrets.
        assert!(scene.has_secrets(&desk, &file) || file == Err(ErrorCode::NotFound));
        file.is_ok()
    };
    assert!(fetches(&mut scene));
    scene.sent(&desk, &desk.own(), "it timed out");
    assert!(fetches(&mut scene), "what did not reach it was no fetch");
    scene.pass(2);
    assert!(fetches(&mut scene), "the question was lost on the way, and is repeated");
    scene.sent(&desk, "dialplan.xml", "");
    assert!(fetches(&mut scene), "that was another file");
    scene.sent(&desk, &desk.own(), "");
    assert!(!fetches(&mut scene), "it has arrived");
    scene.sent(&desk, &desk.own(), "too late to say so");
    assert!(!fetches(&mut scene));
    scene.pass(3_600);
    assert!(!fetches(&mut scene));
    scene.order(desk.mac, PhoneOrder::Resync).expect("done");
    assert!(fetches(&mut scene));
    scene.pass(60);
    assert!(!fetches(&mut scene), "nobody repeats a question after a minute");
}

#[test]
fn an_approved_phone_cannot_be_talked_down_to_a_weaker_vendor() {
    let mut scene = Scene::new();
    let desk = Desk::yealink(20);
    scene.boot(&desk);
    scene.approve(&desk);
    for class in [Desk::cisco(0).class, "Grandstream GXP1628"] {
        let liar = Desk { class, ..desk.clone() };
        scene.boot(&liar);
        assert_eq!(scene.phone(desk.mac).map(|phone| phone.vendor), Some("Yealink".to_owned()));
    }
    let agent = "Grandstream Model HW GXP1628 SW 1.0.4.138".to_owned();
    let name = format!("cfg{}.xml", desk.mac.lower()).into_bytes();
    let get = Get { name, agent, via: Via::Http, ..desk.get_own(&scene) };
    assert_eq!(scene.get(get), Err(ErrorCode::NotFound));
    let name = format!("SEP{}.cnf.xml", desk.mac.upper()).into_bytes();
    let get = Get { name, via: Via::Tftp, token: String::new(), ..desk.get_own(&scene) };
    assert_eq!(scene.get(get), Err(ErrorCode::NotFound));
    // Who looks at it and approves it again believes it.
    scene.approve(&desk);
    let vendor = scene.phone(desk.mac).map(|phone| phone.vendor);
    assert_eq!(vendor, Some("Grandstream".to_owned()));
}

#[test]
fn what_a_phone_says_may_raise_what_it_has_to_show() {
    let mut scene = Scene::new();
    // Known by its wish for option 150 alone.
    let desk = Desk { class: "", ..Desk::cisco(20) };
    scene.boot(&desk);
    scene.approve(&desk);
    let phone = scene.phone(desk.mac).expect("known");
    assert_eq!(phone.vendor, "Cisco enterprise");
    let said = Desk { class: "Cisco Systems, Inc. IP Phone CP-8841-3PCC\0", ..desk.clone() };
    scene.boot(&said);
    scene.boot(&desk);
    let phone = scene.phone(desk.mac).expect("known");
    assert_eq!((phone.vendor.as_str(), phone.model.as_str()), ("Cisco MPP", "8841"));
    let name = format!("{}.xml", desk.mac.lower()).into_bytes();
    let file = scene.get(Get { name: name.clone(), via: Via::Http, ..desk.get_own(&scene) });
    assert!(file.is_ok() && !scene.has_secrets(&desk, &file));
    let file = scene.get(Get { name, ..desk.get_own(&scene) });
    assert!(scene.has_secrets(&desk, &file));
}

#[test]
fn a_certificate_of_another_phone_is_no_way_in() {
    let mut scene = Scene::new();
    let desk = Desk::grandstream(20);
    scene.boot(&desk);
    scene.approve(&desk);
    let with = |name: &str| Some(name.to_owned());
    let right = desk.get_own(&scene);
    for name in ["CP-7841-SEP0015651234AA", "00:15:65:12:34:aa", "0015651234aa"] {
        let get = Get { certified: with(name), ..right.clone() };
        assert_eq!(scene.get(get), Err(ErrorCode::NotFound), "{name}");
    }
    for name in [desk.mac.upper(), desk.mac.to_string(), "Some maker".to_owned(), "é".to_owned()] {
        let file = scene.get(Get { certified: with(&name), ..right.clone() });
        assert!(scene.has_secrets(&desk, &file), "{name}");
    }
}

#[test]
fn a_stranger_is_told_of_and_not_too_often() {
    let desk = Desk::yealink(20);
    let (mut scene, thief) = office(&desk);
    let get = Get { asker: thief.address, neighbour: Some(thief.mac), ..desk.get_own(&scene) };
    for _ in 0..50 {
        assert!(scene.get(get.clone()).is_err());
    }
    let alarm = Alarm::Stranger { mac: desk.mac, asker: thief.address };
    assert_eq!(scene.alarms, [alarm.clone(), alarm.clone(), alarm.clone()]);
    let told = scene.steps(&desk).pop().expect("a step");
    assert_eq!(told.0, Step::FileFailed);
    assert!(told.1.contains("192.168.77.66 asked for this phone's files"), "{}", told.1);
    scene.pass(60);
    assert!(scene.get(get).is_err());
    assert_eq!(scene.alarms.len(), 4);
}

#[test]
fn who_is_not_where_dhcp_has_put_it_is_not_told_a_token() {
    let mut scene = Scene::new();
    let desk = Desk::yealink(20);
    scene.hop(&desk, Step::Discover, "");
    let get = Get { token: String::new(), via: Via::Http, ..desk.get_own(&scene) };
    let file = scene.get(get).expect("it waits for approval, and may say so");
    assert!(file.contains("awaiting approval") && !file.contains(&scene.token(desk.mac)));
    assert!(file.contains("https://192.168.77.1:8443/p/\n"), "{file}");
    assert!(!scene.folders()[&desk.mac].1);
}

// row 36
#[test]
fn a_page_with_people_s_names_is_shown_to_that_telephone_alone() {
    let desk = Desk::yealink(20);
    let (mut scene, thief) = office(&desk);
    let menu = |get: Get| Get { name: b"ivm-menu.xml".to_vec(), ..get };
    let right = menu(desk.get_own(&scene));
    let shown = scene.get(right.clone()).expect("a page");
    assert!(shown.starts_with("ivm-menu.xml in https://192.168.77.1:8443/p/"), "{shown}");
    let wrong = [
        Get { token: "0".repeat(32), ..right.clone() },
        Get { token: String::new(), ..right.clone() },
        Get { asker: thief.address, ..right.clone() },
        Get { asker: thief.address, neighbour: Some(thief.mac), ..right.clone() },
        Get { neighbour: None, ..right.clone() },
        Get { name: b"ivm-secrets.xml".to_vec(), ..right.clone() },
    ];
    for get in wrong {
        assert_eq!(scene.get(get), Err(ErrorCode::NotFound));
    }
    scene.order(desk.mac, PhoneOrder::Refuse).expect("refused");
    assert_eq!(scene.get(right), Err(ErrorCode::NotFound));
    // A Grandstream's screen has no such pages.
    let other = Desk::grandstream(21);
    let (mut scene, _) = office(&other);
    assert_eq!(scene.get(menu(other.get_own(&scene))), Err(ErrorCode::NotFound));
}
