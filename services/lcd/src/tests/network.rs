//! The address, changed at the panel.

use message::lease::{Doing, Foreign, Leases};
use message::system::{Interface, Pending};
use settings::{Ipv4, Language, Panel, Settings};

use super::golden::Album;
use super::person::{Person, fixed, health, known, settings};
use crate::keypad::Key;
use crate::panel::{Input, Output};
use crate::screen::Size;

fn at_the_form(language: Language, ipv4: Ipv4) -> Person {
    let mut person = Person::in_the_office(Size::LARGE, language);
    let mut changed = Settings { language, ..Settings::default() };
    changed.network.ipv4 = ipv4;
    person.hear(settings(changed));
    person.turn_to(if language == Language::English { "Network" } else { "Netzwerk" });
    person.press(Key::Ok);
    person
}

fn change(name: &'static str, size: Size, language: Language) {
    let mut album = Album::new(name);
    let mut person = Person::in_the_office(size, language);
    person.turn_to(if language == Language::English { "Network" } else { "Netzwerk" });
    album.add("the page", &person);
    person.press(Key::Ok);
    album.add("OK", &person);
    person.press(Key::Down);
    album.add("down", &person);
    person.press(Key::Ok);
    album.add("OK: the address that DHCP gave", &person);
    person.press_times(Key::Right, 10);
    person.press_times(Key::Up, 3);
    album.add("ten times right, three times up", &person);
    person.press(Key::Ok);
    album.add("OK", &person);
    person.press(Key::Ok);
    album.add("OK", &person);
    person.press_times(Key::Right, 8);
    person.press(Key::Up);
    person.press(Key::Ok);
    album.add("a gateway in another network", &person);
    person.press(Key::Ok);
    person.press(Key::Down);
    person.press(Key::Ok);
    album.add("made good", &person);
    person.press(Key::Ok);
    album.add("OK", &person);
    person.press(Key::Ok);
    album.add("OK: it is being saved", &person);
    let proposed = person.proposed().expect("a proposal").clone();
    assert_eq!(proposed.network.ipv4, fixed([192, 168, 1, 53], 24, [192, 168, 1, 1]));
    person.hear(settings(proposed));
    person.hear(Input::Answer(Ok(())));
    album.add("saved", &person);
    let mut health = health();
    health.interfaces[0].addresses = vec!["192.168.1.53/24".to_owned()];
    person.hear(Input::Health(Box::new(health)));
    album.add("the new address is in force", &person);
    person.press(Key::Ok);
    album.add("OK", &person);
    album.close();
}

// row 110
#[test]
fn the_address_is_changed_digit_by_digit() {
    change("network-english", Size::LARGE, Language::English);
    change("network-german", Size::LARGE, Language::Deutsch);
    change("network-small", Size::SMALL, Language::English);
}

#[test]
fn back_goes_back_question_by_question_and_nothing_changes() {
    let mut person = at_the_form(Language::English, fixed([10, 0, 0, 9], 8, [10, 0, 0, 1]));
    assert!(person.sees("→Fixed address"), "{}", person.screen);
    person.press_times(Key::Ok, 5);
    assert!(person.sees("Apply this?") && person.sees("10.0.0.9/8"), "{}", person.screen);
    person.press_times(Key::Back, 5);
    assert!(person.sees("→Fixed address"), "{}", person.screen);
    person.press(Key::Back);
    assert!(person.row(0).starts_with("Network"));
    assert_eq!(person.proposed(), None);
}

#[test]
fn an_address_that_cannot_work_is_explained_and_asked_for_again() {
    for (language, words) in
        [(Language::English, "is the network itself"), (Language::Deutsch, "Diese Adresse kann")]
    {
        let mut person = at_the_form(language, fixed([10, 0, 0, 0], 8, [10, 0, 0, 1]));
        person.press_times(Key::Ok, 3);
        let all: String = (0..4).map(|row| person.row(row) + " ").collect();
        let all = all.split_whitespace().collect::<Vec<_>>().join(" ");
        assert!(all.contains(words), "{}", person.screen);
        person.press(Key::Ok);
        assert!(person.sees("010.000.000.000") && person.screen.cursor == Some((1, 0)));
    }
}

#[test]
fn a_refusal_is_shown_and_the_form_stays() {
    let mut person = at_the_form(Language::English, Ipv4::Dhcp);
    person.press(Key::Down);
    person.press_times(Key::Ok, 6);
    assert!(person.proposed().is_some());
    person.hear(Input::Answer(Err("another change was faster".to_owned())));
    assert!(person.sees("Not done") && person.sees("another change was"), "{}", person.screen);
    person.press(Key::Ok);
    assert!(person.sees("Apply this?"), "{}", person.screen);
}

#[test]
fn a_panel_that_may_not_change_anything_shows_and_does_not_ask() {
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    let panel = Panel { may_change: false, ..Panel::default() };
    person.hear(settings(Settings { panel, ..Settings::default() }));
    for _ in 0..12 {
        assert!(!person.sees("Restart") && !person.sees("OK: change"), "{}", person.screen);
        person.press(Key::Ok);
        assert!(!person.sees("Fixed address"), "{}", person.screen);
        person.press(Key::Right);
    }
    assert_eq!(person.outputs, []);
}

#[test]
fn a_change_on_trial_is_kept_or_taken_back_at_the_panel() {
    let mut album = Album::new("trial");
    let pending = Some(Pending { revision: 9, left_ms: 43_000 });
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    person.hear(known(Settings::default(), pending));
    album.add("a web page has changed the network", &person);
    person.press(Key::Ok);
    album.add("OK", &person);
    person.press(Key::Ok);
    assert_eq!(person.outputs, [Output::Confirm(9)]);
    person.hear(settings(Settings::default()));
    person.hear(Input::Answer(Ok(())));
    album.add("kept", &person);
    album.close();

    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    person.hear(known(Settings::default(), pending));
    person.press_all(&[Key::Ok, Key::Down, Key::Ok]);
    assert_eq!(person.outputs, [Output::Revert(9)]);
}

#[test]
fn what_is_in_the_way_of_an_address_is_said() {
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    let with = |has_carrier| {
        let mut health = health();
        let name = "enp1s0".to_owned();
        let interface = Interface { name, mac: String::new(), has_carrier, addresses: vec![] };
        health.interfaces = vec![interface];
        Input::Health(Box::new(health))
    };
    person.hear(with(false));
    assert!(person.sees("no cable"), "{}", person.screen);
    person.hear(with(true));
    assert!(person.sees("asking DHCP…"), "{}", person.screen);
}

// row 110
#[test]
fn the_panel_shows_what_the_dhcp_server_does_and_has_it_look_again() {
    let mut album = Album::new("addresses");
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    let leases = |doing, foreign| {
        let other = Foreign { address: 0xc0a8_05fe, at: 0 };
        let foreign = if foreign { vec![other] } else { Vec::new() };
        let leases = Leases { doing, foreign, pool: 100, used: 7, ..Leases::default() };
        Input::Leases(Some(Box::new(leases)))
    };
    person.hear(leases(Doing::Giving, false));
    person.turn_to("Addresses");
    album.add("it gives addresses", &person);
    person.press(Key::Ok);
    assert_eq!(person.outputs, [], "there is nothing to do");
    person.hear(leases(Doing::StoodDown, true));
    album.add("another server was heard", &person);
    person.press(Key::Ok);
    assert_eq!(person.outputs, [Output::Search]);
    album.add("OK", &person);
    person.hear(leases(Doing::Giving, true));
    person.hear(Input::Answer(Ok(())));
    album.add("nobody answered", &person);
    person.hear(Input::Leases(None));
    assert!(!person.row(0).starts_with("Addresses"), "the page goes with the server");
    album.close();
}
