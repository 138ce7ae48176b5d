//! What an administrator reads about a phone that does not work.

use message::station::{PhoneOrder, Step, Via};

use super::{Desk, Get, Scene};
use crate::stations::Input;

#[test]
fn each_step_that_fails_has_its_sentence() {
    let mut scene = Scene::new();
    let desk = Desk::yealink(20);
    scene.hop(&desk, Step::Discover, "");
    assert_eq!(scene.trouble(&desk), "It awaits approval.");
    scene.pass(15);
    scene.hop(&desk, Step::Discover, "");
    scene.pass(15);
    assert_eq!(scene.trouble(&desk), "It looks for an address, and no DHCP server answers it.");
    scene.hop(&desk, Step::Offer, "");
    scene.pass(21);
    assert_eq!(scene.trouble(&desk), "It was offered an address, and did not take it.");
    scene.hop(&desk, Step::Nak, "the pool is used up");
    let words = "DHCP has refused it an address: the pool is used up.";
    assert_eq!(scene.trouble(&desk), words);
    scene.boot(&desk);
    assert_eq!(scene.trouble(&desk), "It awaits approval.");
    scene.approve(&desk);
    assert_eq!(scene.trouble(&desk), "");
    scene.pass(61);
    assert_eq!(scene.trouble(&desk), "It has an address but asked for no file.");
    scene.get(desk.get(&scene, "y000000000066.cfg")).expect_err("it can do without");
    assert_eq!(scene.trouble(&desk), "");
    scene.pass(61);
    let words = "It asked for y000000000066.cfg, and not for its own file yet.";
    assert_eq!(scene.trouble(&desk), words);
    scene.get(Get { via: Via::Http, ..desk.get_own(&scene) }).expect("its first file");
    let words = "It asked for 001565123414.cfg by HTTP, and was told to use HTTPS.";
    assert_eq!(scene.trouble(&desk), words);
    assert!(scene.fetches(&desk));
    scene.sent(&desk, &desk.own(), "the connection broke");
    let words = "001565123414.cfg did not reach it: the connection broke.";
    assert_eq!(scene.trouble(&desk), words);
    assert!(scene.fetches(&desk));
    scene.sent(&desk, &desk.own(), "");
    assert_eq!(scene.trouble(&desk), "");
    scene.pass(185);
    let words = "It asked for 001565123414.cfg and got it, but has not registered for 3 minutes.";
    assert_eq!(scene.trouble(&desk), words);
}

#[test]
fn a_line_that_was_refused_or_went_away_is_told_before_all_else() {
    let mut scene = Scene::new();
    let desk = Desk::yealink(20);
    scene.boot(&desk);
    scene.approve(&desk);
    assert!(scene.fetches(&desk));
    let number = || "201".to_owned();
    let words = "it came from 192.168.77.99".to_owned();
    let address = desk.address;
    scene.give(Input::RegisterFailed { number: number(), words, address });
    assert_eq!(scene.trouble(&desk), "Its line was refused: it came from 192.168.77.99.");
    scene.give(Input::Registered { number: number(), agent: String::new(), address });
    scene.pass(86_400);
    assert_eq!(scene.trouble(&desk), "");
    scene.give(Input::Unregistered { number: number() });
    assert_eq!(scene.trouble(&desk), "");
    scene.pass(7_300);
    assert_eq!(scene.trouble(&desk), "Its line has been out of service for 2 hours.");
}

#[test]
fn who_missed_his_ten_minutes_is_to_be_approved_again() {
    let mut scene = Scene::new();
    let (mute, late) = (Desk::yealink(20), Desk::yealink(21));
    for desk in [&mute, &late] {
        scene.boot(desk);
        scene.approve(desk);
    }
    scene.pass(601);
    let over = " Its ten minutes are over: approve it again.";
    let words = format!("It has an address but asked for no file.{over}");
    assert_eq!(scene.trouble(&mute), words);
    let file = scene.get(late.get_own(&scene)).expect("a file that says so");
    assert!(file.contains("approve again"), "{file}");
    let words = "It asked for 001565123415.cfg when its ten minutes were over: approve it again.";
    assert_eq!(scene.trouble(&late), words);
    let mut scene = scene.restart();
    let words = "It did not fetch its secrets within ten minutes: approve it again.";
    assert_eq!(scene.trouble(&mute), words);
    scene.approve(&mute);
    assert_eq!(scene.trouble(&mute), "");
}

#[test]
fn a_phone_that_does_not_show_what_it_has_to_is_told_of() {
    let mut scene = Scene::new();
    let desk = Desk::grandstream(20);
    scene.boot(&desk);
    scene.approve(&desk);
    let get = Get { token: String::new(), ..desk.get_own(&scene) };
    scene.get(get).expect("led to its folder");
    let words = "It asked for cfg000b82123414.xml without the token of its address.";
    assert_eq!(scene.trouble(&desk), words);
    let asker = std::net::Ipv4Addr::new(192, 168, 77, 99);
    scene.get(Get { asker, ..desk.get_own(&scene) }).expect_err("not at home");
    let words = "It asked for cfg000b82123414.xml from 192.168.77.99, which is not the address \
                 that DHCP gave to it.";
    assert_eq!(scene.trouble(&desk), words);
    let cisco = Desk::cisco(21);
    scene.boot(&cisco);
    scene.approve(&cisco);
    assert!(scene.fetches(&cisco));
    scene.sent(&cisco, &cisco.own(), "");
    assert!(!scene.fetches(&cisco));
    let words = "It asked for SEP001E7A123415.cnf.xml once more, which takes a resync.";
    assert_eq!(scene.trouble(&cisco), words);
    let other = Desk::new([0x02, 0, 0, 0, 0, 1], "Nortel-SIP-Phone-A", 30);
    scene.boot(&other);
    let words = "It awaits approval. We have no files for it: set it up by hand.";
    assert_eq!(scene.trouble(&other), words);
    scene.approve(&other);
    assert_eq!(scene.trouble(&other), "We have no files for it: set it up by hand.");
    scene.order(other.mac, PhoneOrder::Refuse).expect("refused");
    assert_eq!(scene.trouble(&other), "");
}

#[test]
fn a_timeline_tells_the_way_in_its_order() {
    let mut scene = Scene::new();
    let desk = Desk::yealink(20);
    scene.boot(&desk);
    scene.approve(&desk);
    scene.get(desk.get(&scene, "001565123414.boot")).expect_err("none");
    assert!(scene.fetches(&desk));
    scene.sent(&desk, &desk.own(), "");
    let (agent, address) = ("Yealink SIP-T46S".to_owned(), desk.address);
    scene.give(Input::Registered { number: "201".to_owned(), agent, address });
    let steps = scene.steps(&desk);
    let step = |step: Step, words: &str| (step, words.to_owned());
    let expected = [
        step(Step::Discover, ""),
        step(Step::Offer, ""),
        step(Step::Ack, ""),
        step(Step::NoFile, "001565123414.boot"),
        step(Step::File, "001565123414.cfg"),
        step(Step::Register, "Yealink SIP-T46S"),
    ];
    assert_eq!(steps, expected);
    let last = scene.phone(desk.mac).and_then(|phone| phone.last).expect("a step");
    assert_eq!((last.step, last.at), (Step::Register, scene.wall()));
}

#[test]
fn a_clock_that_is_set_makes_no_trouble() {
    let mut scene = Scene::new();
    let desk = Desk::grandstream(20);
    scene.boot(&desk);
    scene.approve(&desk);
    for years in [0, 40 * 365 * 86_400_000, 1] {
        scene.give(Input::Wall(years));
        assert_eq!(scene.trouble(&desk), "");
        assert!(scene.fetches(&desk), "its ten minutes are not over");
    }
}
