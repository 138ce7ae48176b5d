//! What ends the machine: asked twice.

use message::system::Deed;
use settings::Language;

use super::golden::Album;
use super::person::Person;
use crate::keypad::Key;
use crate::panel::{Input, Output};
use crate::screen::Size;

#[test]
fn a_reset_needs_a_choice_and_a_key_held_for_three_seconds() {
    let mut album = Album::new("reset");
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    person.turn_to("Factory reset");
    album.add("the page", &person);
    person.press(Key::Ok);
    album.add("OK", &person);
    person.press_all(&[Key::Down, Key::Ok]);
    album.add("down, OK", &person);
    person.hold(Key::Ok, 1_600);
    album.add("OK held for a while", &person);
    person.let_go();
    album.add("let go too early", &person);
    assert_eq!(person.outputs, []);
    person.hold(Key::Ok, 3_000);
    assert_eq!(person.outputs, [], "the contacts settle first");
    person.wait(31);
    assert_eq!(person.outputs, [Output::Order(Deed::FactoryReset { keep_messages: false })]);
    album.add("held to the end", &person);
    person.wait(5_000);
    person.let_go();
    assert_eq!(person.outputs.len(), 1, "once");
    person.hear(Input::Answer(Ok(())));
    person.hear(Input::Ending);
    album.add("while the machine ends", &person);
    album.close();
}

#[test]
fn every_order_has_its_page() {
    let orders = [
        ("Restart", "Neustart", Deed::Restart),
        ("Switch off", "Ausschalten", Deed::Shutdown),
        ("Version", "Version", Deed::StartOtherSlot),
    ];
    for (english, german, deed) in orders {
        for (language, title) in [(Language::English, english), (Language::Deutsch, german)] {
            let mut person = Person::in_the_office(Size::LARGE, language);
            person.turn_to(title);
            person.press(Key::Ok);
            person.hold(Key::Ok, 3_100);
            assert_eq!(person.outputs, [Output::Order(deed)]);
        }
    }
}

#[test]
fn an_order_that_is_refused_says_why_and_asks_anew() {
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    person.turn_to("Restart");
    person.press(Key::Ok);
    person.hold(Key::Ok, 3_100);
    person.hear(Input::Answer(Err("an update is being written".to_owned())));
    assert!(person.sees("Not done"), "{}", person.screen);
    person.wait(10_000);
    assert_eq!(person.outputs.len(), 1, "the key that is still down orders nothing");
    person.let_go();
    person.press(Key::Ok);
    assert!(person.row(0).starts_with("Restart"), "{}", person.screen);
}
