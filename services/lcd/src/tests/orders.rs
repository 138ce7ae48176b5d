//! What ends the machine: asked twice.

use message::system::{Alarm, Deed, Gravity, Health, Job, JobState, Stage};
use settings::Language;

use super::golden::Album;
use super::person::{Person, health};
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

#[test]
fn an_update_on_a_stick_is_written_with_its_progress() {
    let mut album = Album::new("update");
    let mut person = Person::in_the_office(Size::LARGE, Language::English);
    let file = "stick/ivm-appliance-0.2.0.raucb".to_owned();
    person.hear(stick(&file));
    person.turn_to("Version");
    album.add("a stick holds an update", &person);
    person.press(Key::Ok);
    person.hold(Key::Ok, 3_100);
    person.let_go();
    assert_eq!(person.outputs, [Output::Begin(Job::Update { file })]);
    person.hear(Input::Answer(Ok(())));
    let words = "Writing to the other slot.".to_owned();
    let job =
        JobState { number: 1, percent: 42, stage: Stage::Running, words, ..JobState::default() };
    person.hear(Input::Job(Box::new(job.clone())));
    album.add("it is being written", &person);
    let words = "Restart to start version 0.2.0.".to_owned();
    let done = JobState { percent: 100, stage: Stage::Done, words, ..job.clone() };
    person.hear(Input::Job(Box::new(done)));
    album.add("done", &person);
    person.press(Key::Ok);
    album.close();

    let mut person = Person::in_the_office(Size::LARGE, Language::Deutsch);
    person.hear(stick("stick/ivm-appliance-0.2.0.raucb"));
    person.turn_to("Version");
    person.press(Key::Ok);
    person.hold(Key::Ok, 3_100);
    person.let_go();
    person.hear(Input::Answer(Ok(())));
    let words = "the signature is not good".to_owned();
    person.hear(Input::Job(Box::new(JobState { stage: Stage::Failed, words, ..job })));
    assert!(person.sees("Nicht erledigt") && person.sees("the signature is not"));
}

fn stick(file: &str) -> Input {
    let alarm = Alarm {
        name: "update-on-stick".to_owned(),
        gravity: Gravity::Notice,
        words: format!("The stick holds an update: {file}."),
        advice: String::new(),
        since: 1,
    };
    Input::Health(Box::new(Health { alarms: vec![alarm], ..health() }))
}
