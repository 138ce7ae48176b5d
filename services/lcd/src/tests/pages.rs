//! The ring, page by page.

use message::system::Health;
use settings::{Language, Settings};

use super::golden::Album;
use super::person::{Person, health};
use crate::keypad::Key;
use crate::panel::Input;
use crate::screen::Size;
use crate::world::Known;

fn look_around(name: &'static str, size: Size, language: Language) {
    let mut album = Album::new(name);
    let mut person = Person::in_the_office(size, language);
    let first = person.row(0);
    let mut count = 0;
    loop {
        album.add(if count == 0 { "the first page" } else { "down" }, &person);
        person.press(Key::Down);
        count += 1;
        assert!(count < 100, "the ring closes");
        let title: String = first.chars().take(3).collect();
        if person.row(0).starts_with(&title) && !person.row(0).ends_with(['↑', '↕']) {
            break;
        }
    }
    assert!(count >= 10, "all pages were seen");
    album.close();
}

#[test]
fn who_presses_only_down_sees_everything() {
    look_around("pages-english", Size::LARGE, Language::English);
    look_around("pages-german", Size::LARGE, Language::Deutsch);
    look_around("pages-small", Size::SMALL, Language::English);
    look_around("pages-small-german", Size::SMALL, Language::Deutsch);
}

#[test]
fn the_ring_goes_both_ways_and_back_goes_home() {
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    person.press(Key::Left);
    assert!(person.row(0).starts_with("Factory reset"), "{}", person.screen);
    person.press(Key::Right);
    assert!(person.row(0).starts_with("ivm"), "{}", person.screen);
    person.press_times(Key::Right, 3);
    person.press(Key::Back);
    assert!(person.row(0).starts_with("ivm"), "{}", person.screen);
}

#[test]
fn a_key_that_stays_down_scrolls_to_the_end_of_the_page_and_no_further() {
    let mut person = Person::in_the_office(Size::SMALL, Language::English);
    person.turn_to("On-line");
    person.hold(Key::Down, 10_000);
    person.let_go();
    assert!(person.row(0).starts_with("On-line"), "{}", person.screen);
    assert!(person.sees("Zoe Müller"), "{}", person.screen);
}

#[test]
fn the_language_is_chosen_from_the_ring() {
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    person.turn_to("Language");
    person.press_all(&[Key::Ok, Key::Down, Key::Ok]);
    let chosen = person.proposed().map(|settings| settings.language);
    assert_eq!(chosen, Some(Language::Deutsch));
}

#[test]
fn a_machine_that_is_not_ours_is_not_changed() {
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    let settings = Settings::default();
    let known = Known { revision: 1, settings, pending: None, is_managed: false };
    person.hear(Input::Settings(Box::new(known)));
    person.hear(Input::Health(Box::new(Health { slot: String::new(), ..health() })));
    for _ in 0..12 {
        assert!(!person.sees("Restart") && !person.sees("Factory"), "{}", person.screen);
        person.press(Key::Right);
    }
}
