//! The first boot.

use machine::Machine;
use settings::{Ipv4, Language, Settings};

use super::golden::Album;
use super::person::{Person, settings, whereabouts};
use crate::keypad::Key;
use crate::panel::{Input, Output};
use crate::screen::Size;

fn walk(name: &'static str, size: Size, language: Language) -> Person {
    let mut album = Album::new(name);
    let mut person = Person::at_new_panel(size, false);
    album.add("switched on", &person);
    person = Person::at_first_boot(size, Language::English);
    album.add("everything is there", &person);
    if language == Language::Deutsch {
        person.press(Key::Down);
        album.add("down", &person);
    }
    person.press(Key::Ok);
    if language == Language::Deutsch {
        album.add("OK: it is being saved", &person);
        person.hear(settings(Settings { language, ..Settings::default() }));
        person.hear(Input::Answer(Ok(())));
    }
    album.add("the network", &person);
    person.press(Key::Ok);
    album.add("OK: DHCP stays", &person);
    for _ in 0..6 {
        person.press(Key::Down);
        album.add("down", &person);
    }
    person.press(Key::Back);
    album.add("back", &person);
    person.hear(Input::Whereabouts(Some(whereabouts(None))));
    album.add("a browser has done the first run", &person);
    person.press(Key::Ok);
    album.add("OK", &person);
    album.close();
    person
}

// rows 110, 114
#[test]
fn the_wizard_leads_from_the_language_to_the_code() {
    let person = walk("wizard-english", Size::LARGE, Language::English);
    assert_eq!(person.proposed(), None, "nothing was changed");
    assert_eq!(person.outputs.first(), Some(&Output::Walked));
}

// rows 110, 114
#[test]
fn the_wizard_speaks_german() {
    let person = walk("wizard-german", Size::LARGE, Language::Deutsch);
    assert_eq!(person.proposed().map(|settings| settings.language), Some(Language::Deutsch));
}

#[test]
fn the_wizard_fits_on_a_small_glass() {
    walk("wizard-small", Size::SMALL, Language::English);
    walk("wizard-small-german", Size::SMALL, Language::Deutsch);
}

// rows 110, 114
#[test]
fn the_wizard_sets_a_fixed_address() {
    let mut person = Person::at_first_boot(Size::LARGE, Language::English);
    person.press_all(&[Key::Ok, Key::Down, Key::Ok]);
    assert!(person.sees("192.168.001.023"), "begins with what DHCP gave:\n{}", person.screen);
    person.press_all(&[Key::Ok, Key::Ok, Key::Ok, Key::Ok, Key::Ok]);
    let proposed = person.proposed().expect("a proposal").clone();
    assert!(matches!(proposed.network.ipv4, Ipv4::Static(_)));
    person.hear(settings(proposed));
    person.hear(Input::Answer(Ok(())));
    assert!(person.sees("7K3M-XQ2W") && person.sees("https://192.168.1.23"), "{}", person.screen);
    assert!(person.outputs.contains(&Output::Walked));
}

#[test]
fn the_code_stays_in_reach_and_the_wizard_does_not_come_twice() {
    let mut person = Person::at_first_boot(Size::LARGE, Language::English);
    person.press_all(&[Key::Ok, Key::Ok, Key::Right, Key::Right]);
    assert!(!person.sees("7K3M-XQ2W"));
    person.wait(200_000);
    assert!(!person.screen.light);
    assert!(person.sees("7K3M-XQ2W"), "who comes back finds the code:\n{}", person.screen);

    let mut person = Person::at_new_panel(Size::LARGE, true);
    person.hear(settings(Settings::default()));
    person.hear(Input::Whereabouts(Some(whereabouts(Some("AAAA-BBBB")))));
    assert!(person.sees("AAAA-BBBB"), "{}", person.screen);
    // The administration starts anew: its file goes and comes back.
    person.hear(Input::Whereabouts(None));
    assert!(person.sees("AAAA-BBBB") && !person.sees("Ready"));
    assert!(person.panel.deadline().is_some());
}

#[test]
fn the_wizard_waits_for_who_goes_away() {
    let mut person = Person::at_first_boot(Size::LARGE, Language::English);
    person.press(Key::Ok);
    person.wait(200_000);
    assert!(!person.screen.light && person.sees("DHCP"), "{}", person.screen);
}
