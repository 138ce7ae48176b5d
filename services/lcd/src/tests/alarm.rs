//! Alarms and the light.

use machine::Machine;
use message::system::Gravity;
use settings::{Language, Panel, Settings};

use super::golden::Album;
use super::person::{Person, alarmed, health, settings};
use crate::keypad::Key;
use crate::panel::Input;
use crate::screen::Size;

fn explain(name: &'static str, size: Size) {
    let mut album = Album::new(name);
    let mut person = Person::in_the_office(size, Language::English);
    person.press(Key::Right);
    person.wait(300_000);
    assert!(!person.screen.light);
    person.hear(alarmed(Gravity::Critical));
    album.add("an alarm wakes the panel", &person);
    person.wait(800);
    album.add("it blinks", &person);
    person.press(Key::Ok);
    album.add("OK", &person);
    person.press(Key::Down);
    album.add("down", &person);
    person.press(Key::Ok);
    album.add("read", &person);
    person.wait(300_000);
    album.add("later", &person);
    person.hear(Input::Health(Box::new(health())));
    album.add("over", &person);
    album.close();
}

#[test]
fn an_alarm_lights_up_blinks_and_explains_itself() {
    explain("alarm", Size::LARGE);
    explain("alarm-small", Size::SMALL);
}

#[test]
fn a_warning_keeps_the_light_on_until_it_is_read_and_a_notice_does_not() {
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    person.hear(alarmed(Gravity::Warning));
    person.wait(1_000_000);
    assert!(person.screen.light && person.screen.lamp);
    person.press_all(&[Key::Ok, Key::Back]);
    person.wait(1_000_000);
    assert!(!person.screen.light && person.screen.lamp, "the lamp stays while it lasts");

    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    person.hear(alarmed(Gravity::Notice));
    assert!(!person.screen.lamp);
    person.press(Key::Ok);
    assert!(person.sees("The disk is almost"), "{}", person.screen);
}

#[test]
fn an_alarm_that_is_read_does_not_ring_again_unless_it_comes_anew() {
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    person.hear(alarmed(Gravity::Critical));
    person.press_all(&[Key::Ok, Key::Ok]);
    person.hear(alarmed(Gravity::Critical));
    assert!(person.row(0).starts_with("ivm"), "{}", person.screen);
    person.hear(Input::Health(Box::new(health())));
    person.hear(alarmed(Gravity::Critical));
    assert!(person.row(0).starts_with('♫'), "{}", person.screen);
}

#[test]
fn an_alarm_does_not_take_the_page_away_from_who_works() {
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    person.turn_to("Network");
    person.press_all(&[Key::Ok, Key::Down, Key::Ok]);
    person.hear(alarmed(Gravity::Critical));
    assert!(person.sees("192.168.001.023") && person.screen.lamp, "{}", person.screen);
}

#[test]
fn the_light_goes_off_and_the_first_key_only_wakes() {
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    person.turn_to("Network");
    person.press(Key::Ok);
    person.wait(119_000);
    assert!(person.screen.light);
    person.wait(1_000);
    assert!(!person.screen.light, "two minutes after the last key");
    assert!(person.row(0).starts_with("ivm"), "half-made changes are forgotten");
    assert_eq!(person.panel.deadline(), None, "nothing to do in the dark");
    person.hold(Key::Right, 2_000);
    person.let_go();
    assert!(person.screen.light && person.row(0).starts_with("ivm"), "{}", person.screen);
    person.press(Key::Right);
    assert!(person.row(0).starts_with("On-line"), "{}", person.screen);
}

#[test]
fn the_light_stays_on_where_that_is_wanted() {
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    let panel = Panel { dim_after_s: 0, ..Panel::default() };
    person.hear(settings(Settings { panel, ..Settings::default() }));
    person.wait(10_000_000);
    assert!(person.screen.light);
}

#[test]
fn alarms_that_are_known_speak_german() {
    let mut person = Person::in_the_office(Size::LARGE, Language::Deutsch);
    person.hear(alarmed(Gravity::Warning));
    assert!(person.row(0).starts_with("♫Der Speicher ist"), "{}", person.screen);
}
