//! Who the panel talks with is not there, or not yet.

use settings::{Language, Settings};

use super::person::{Person, settings};
use crate::keypad::Key;
use crate::panel::Input;
use crate::screen::Size;

#[test]
fn before_anything_is_there_it_says_that_it_starts() {
    let mut person = Person::at_new_panel(Size::LARGE, true);
    assert!(person.sees("starting…"), "{}", person.screen);
    person.press_all(&Key::ALL);
    assert!(person.sees("starting…") && person.outputs.is_empty());
    person.hear(settings(Settings::default()));
    assert!(person.row(0).starts_with("ivm") && person.sees("Messages: starting…"));
}

#[test]
fn who_goes_away_is_named_and_the_rest_goes_on() {
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    person.hear(Input::SystemAway);
    assert!(person.sees("Settings: starting…") && person.sees("192.168.1.23"));
    person.hear(Input::Office(None));
    assert!(person.sees("Messages: starting…"), "{}", person.screen);
    for title in ["On-line", "Messages", "Network", "Services"] {
        person.turn_to(title);
    }
    person.press(Key::Back);
    person.hear(settings(Settings::default()));
    assert!(!person.sees("Settings: starting…"), "{}", person.screen);
}

#[test]
fn a_service_that_ends_says_so() {
    let mut person = Person::in_the_office(Size::LARGE, Language::Deutsch);
    person.hear(Input::Ending);
    assert!(person.sees("Bitte warten…"), "{}", person.screen);
}
