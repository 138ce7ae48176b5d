//! Telephones at the panel: who is plugged in shows up, and is let in with three keys.

use message::station::{Hop, Phone, PhoneOrder, Phones, Step, Trust};
use settings::{Language, Panel, Settings};

use super::golden::Album;
use super::person::{Person, WALL, settings};
use crate::keypad::Key;
use crate::panel::{Input, Output};
use crate::screen::Size;

const NEW: [u8; 6] = [0, 0x15, 0x65, 0xab, 0x0a, 0x1f];

fn phone(last: u8, name: &str, trust: Trust, is_registered: bool) -> Phone {
    Phone {
        mac: [0, 0x15, 0x65, 0xab, 0x0a, last],
        vendor: "Yealink".to_owned(),
        model: "T46S".to_owned(),
        name: name.to_owned(),
        trust,
        address: 0xc0a8_0120,
        is_registered,
        number: "2001".to_owned(),
        person: String::new(),
        speaks_up: false,
        last: None,
        trouble: String::new(),
        since: 1,
    }
}

pub(super) fn newcomer() -> Phone {
    let trouble = "It awaits approval.".to_owned();
    Phone { number: String::new(), trouble, ..phone(0x1f, "", Trust::Awaiting, false) }
}

pub(super) fn phones(phones: Vec<Phone>, open_until: u64) -> Input {
    Input::Phones(Some(Box::new(Phones { phones, open_until, numbers: Vec::new() })))
}

pub(super) fn known() -> Vec<Phone> {
    let trouble = "y0.cfg did not reach it: it broke off.".to_owned();
    vec![
        phone(0x01, "Zoë", Trust::Approved, true),
        Phone { trouble, ..phone(0x02, "Werkstatt", Trust::Approved, false) },
        phone(0x03, "Ann", Trust::Approved, true),
    ]
}

fn hop(step: Step, after: u64, address: u32, words: &str) -> Hop {
    let (class, wishes, words) = (Vec::new(), Vec::new(), words.to_owned());
    Hop { mac: NEW, step, at: WALL + after, address, class, wishes, words }
}

/// From the first page to the one where it can be let in.
fn at_the_newcomer(size: Size, language: Language, album: &mut Album) -> Person {
    let mut person = Person::in_the_office(size, language);
    person.hear(phones(known(), 0));
    let mut all = known();
    all.push(newcomer());
    person.hear(phones(all, 0));
    album.add("somebody has plugged one in", &person);
    person.press(Key::Ok);
    album.add("OK", &person);
    person.press(Key::Ok);
    assert_eq!(person.outputs, [Output::AskTimeline(NEW)]);
    let hops = vec![
        hop(Step::Discover, 0, 0, ""),
        hop(Step::Offer, 400, 0xc0a8_0120, ""),
        hop(Step::Ack, 500, 0xc0a8_0120, ""),
        hop(Step::NoFile, 61_000, 0, "y000000000066.boot"),
    ];
    person.hear(Input::Timeline(NEW, hops));
    album.add("OK", &person);
    person
}

// rows 110, 114
#[test]
fn a_telephone_that_is_plugged_in_is_let_in_with_three_keys() {
    let scenes = [
        ("telephones-english", Size::LARGE, Language::English),
        ("telephones-german", Size::LARGE, Language::Deutsch),
        ("telephones-small", Size::SMALL, Language::English),
        ("telephones-small-german", Size::SMALL, Language::Deutsch),
    ];
    for (name, size, language) in scenes {
        let mut album = Album::new(name);
        let mut person = at_the_newcomer(size, language, &mut album);
        person.press_times(Key::Down, 20);
        album.add("down to the end", &person);
        person.press_times(Key::Up, 20);
        person.press(Key::Ok);
        assert_eq!(person.outputs.last(), Some(&Output::Decide(NEW, PhoneOrder::Approve)));
        person.hear(Input::Answer(Ok(())));
        let mut all = known();
        all.push(Phone { mac: NEW, ..phone(0x1f, "", Trust::Approved, true) });
        person.hear(phones(all, 0));
        album.add("OK, and a moment later", &person);
        let asked = person.outputs.iter().filter(|one| **one == Output::AskTimeline(NEW)).count();
        assert_eq!(asked, 2, "its way is asked for again when it goes on");
        person.press(Key::Ok);
        assert_eq!(person.outputs.len(), 3, "who is in service is not let in again");
        person.press_all(&[Key::Back, Key::Up, Key::Up, Key::Up, Key::Up]);
        album.add("back, to the first of the list", &person);
        person.press_all(&[Key::Ok]);
        album.add("OK", &person);
        album.close();
    }
}

#[test]
fn every_new_telephone_is_let_in_for_five_minutes_and_no_longer() {
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    person.hear(phones(Vec::new(), 0));
    person.turn_to("Telephones");
    assert!(person.sees("No telephone is here"), "{}", person.screen);
    person.press_all(&[Key::Ok, Key::Ok]);
    let all = |seconds| Output::Decide([0; 6], PhoneOrder::ApproveAll { seconds });
    assert_eq!(person.outputs, [all(300)]);
    person.hear(Input::Answer(Ok(())));
    person.hear(phones(Vec::new(), WALL + 299_000));
    assert!(person.sees("No new ones") && person.sees("5 min"), "{}", person.screen);
    person.press(Key::Ok);
    assert_eq!(person.outputs, [all(300), all(0)]);
    person.hear(Input::Answer(Err("the gateway does not answer".to_owned())));
    assert!(person.sees("Not done"), "{}", person.screen);
}

#[test]
fn the_list_follows_the_telephone_that_is_chosen() {
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    person.hear(phones(known(), 0));
    person.turn_to("Telephones");
    person.press_all(&[Key::Ok, Key::Down]);
    assert!(person.sees("→Ann"), "{}", person.screen);
    let mut all = known();
    all.push(newcomer());
    person.hear(phones(all, 0));
    assert!(person.sees("→Ann"), "{}", person.screen);
    person.press(Key::Ok);
    person.hear(Input::Phones(None));
    assert!(person.sees("starting…"), "{}", person.screen);
    person.hear(phones(Vec::new(), 0));
    assert!(person.sees("It was forgotten."), "{}", person.screen);
    person.press(Key::Ok);
    assert!(person.sees("→All new"), "{}", person.screen);
    person.hear(Input::Phones(None));
    person.press_all(&[Key::Back]);
    assert!(person.row(0).starts_with("ivm"), "{}", person.screen);
}

#[test]
fn a_panel_that_may_change_nothing_lets_nobody_in() {
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    let panel = Panel { may_change: false, ..Panel::default() };
    person.hear(settings(Settings { panel, ..Settings::default() }));
    person.hear(phones(known(), 0));
    person.hear(phones(vec![newcomer()], 0));
    assert!(person.row(0).starts_with("ivm"), "it does not ask: {}", person.screen);
    person.turn_to("Telephones");
    person.press_all(&[Key::Ok, Key::Ok]);
    assert!(!person.sees("OK:"), "{}", person.screen);
    person.press_all(&[Key::Ok, Key::Back, Key::Down, Key::Ok]);
    assert!(person.outputs.iter().all(|one| *one == Output::AskTimeline(NEW)));
}
