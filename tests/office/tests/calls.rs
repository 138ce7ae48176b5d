//! A desk telephone alone: it speaks to people, hears what came for it, and its lamp is lit.

use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use office::person::Person;
use office::site::Site;
use office::speech::{found_in, likeness, recording};
use office::telephone::{Answers, Desk, PATIENCE, Telephone, padded, trimmed};
use office::wait;
use serde_json::Value;

/// Seconds of silence before the speech: so long the telephone listens first.
const BEFORE: f32 = 3.0;
/// And behind it: a telephone hangs up when it has nothing more to say.
const BEHIND: f32 = 60.0;
/// Anna is the first person: her number is the first one.
const ANNA: &str = "101";
/// Where one's own messages are heard.
const INBOX: &str = "100";

/// What a telephone says in each of its calls.
fn said(site: &Site, before: f32) -> PathBuf {
    let said = site.appliance.folder().join("said.wav");
    padded(&recording("demo-thanks"), before, BEHIND, &said);
    said
}

fn pause(seconds: f32) {
    thread::park_timeout(Duration::from_secs_f32(seconds));
}

/// Dials, and skips the greeting.
fn begin(desk: &Desk, number: &str, call: usize) {
    desk.dial(number);
    desk.until("CALL_ESTABLISHED", call);
    pause(0.5);
    desk.press('#');
}

fn newest(person: &Person) -> Value {
    let unplayed = person.list(&["inbox", "--unplayed"]);
    unplayed.into_iter().next().expect("a message")
}

/// How alike the newest message is to what was said.
fn fidelity(person: &Person, said: &Path) -> f32 {
    let (message, file) = (newest(person), person.path("heard.wav"));
    let id = message["id"].as_str().expect("an id");
    person.ivm(&["play", id, "--to", &file]).succeeds();
    likeness(&trimmed(said), &trimmed(Path::new(&file)))
}

// rows 3, 35, 36, 38, 40, 41, 42, 43
#[test]
fn what_is_said_into_a_telephone_is_sent_by_hanging_up_or_by_a_key() {
    let mut site = Site::with_telephones();
    let anna = site.person("anna");
    let listener = anna.listen();
    let phone = Telephone::start(&mut site);
    let said = said(&site, BEFORE);
    let desk = phone.speak(&site, &said, Answers::ByHand);
    begin(&desk, ANNA, 1);
    pause(BEFORE + 5.0);
    desk.hang_up();
    assert_eq!(listener.expect("arrived")["sender_name"], "phone-201");
    let likeness = fidelity(&anna, &said);
    assert!(likeness > 0.8, "{likeness}");
    // By keys: stop, and send; then the appliance hangs up.
    begin(&desk, ANNA, 2);
    pause(BEFORE + 5.0);
    desk.press('#');
    pause(2.0);
    desk.press('#');
    listener.event("arrived");
    desk.until("CALL_CLOSED", 2);
    let likeness = fidelity(&anna, &said);
    assert!(likeness > 0.8, "{likeness}");
    // Nobody has that number.
    desk.dial("777");
    desk.until("CALL_CLOSED", 3);
    assert!(desk.events().contains("404"), "{}", desk.events());
    assert!(anna.list(&["inbox", "--unplayed"]).is_empty());
}

// rows 16, 28, 35, 43, 81
#[test]
fn what_came_while_a_telephone_was_away_lights_its_lamp_and_is_heard_by_dialling() {
    let mut site = Site::with_telephones();
    let anna = site.person("anna");
    let phone = Telephone::start(&mut site);
    let said = said(&site, BEFORE);
    wait::until("the telephone can be spoken to", PATIENCE, || {
        let people = anna.list(&["contacts"]);
        people.iter().any(|one| one["name"] == "phone-201" && one["sealed"] == false).then_some(())
    });
    let speech = recording("vm-intro");
    let spoken = speech.to_str().expect("UTF-8");
    anna.ivm(&["send", "phone-201", "--file", spoken]).succeeds();
    let desk = phone.speak(&site, &said, Answers::ByHand);
    wait::until("its lamp is lit", PATIENCE, || {
        desk.events().contains("Messages-Waiting: yes").then_some(())
    });
    desk.dial(INBOX);
    desk.until_over();
    let heard = desk.heard().pop().expect("a recording of the call");
    let likeness = found_in(&heard, &speech);
    assert!(likeness > 0.8, "{likeness}");
    wait::until("its lamp is dark", PATIENCE, || {
        let events = desk.events();
        let (_, last) = events.rsplit_once("Messages-Waiting: ")?;
        last.starts_with("no").then_some(())
    });
    wait::until("its sender is told that it was heard", PATIENCE, || {
        let told = anna.ivm(&["sent", "--json"]).succeeds_json();
        (!told[0]["recipients"][0]["played"].is_null()).then_some(())
    });
}

// rows 65, 69, 70
#[test]
fn what_is_spoken_live_comes_out_of_a_telephone_that_may_speak_up() {
    let mut site = Site::with_telephones();
    let anna = site.person("anna");
    let phone = Telephone::start(&mut site);
    let said = said(&site, BEFORE);
    site.control(&["phone", "speak-up", &phone.host.mac(), "true"]);
    let desk = phone.speak(&site, &said, Answers::ByItself);
    let speech = recording("vm-intro");
    let spoken = speech.to_str().expect("UTF-8");
    anna.ivm(&["send", "phone-201", "--live", "--file", spoken]).succeeds();
    desk.until_over();
    let heard = desk.heard().pop().expect("a recording of the call");
    let likeness = found_in(&heard, &speech);
    assert!(likeness > 0.8, "{likeness}");
}

#[test]
fn what_a_telephone_said_before_it_vanished_is_kept_and_offered() {
    let mut site = Site::with_telephones();
    let anna = site.person("anna");
    let listener = anna.listen();
    let phone = Telephone::start(&mut site);
    let said = said(&site, BEFORE);
    let desk = phone.speak(&site, &said, Answers::ByHand);
    begin(&desk, ANNA, 1);
    pause(BEFORE + 3.0);
    desk.vanish();
    wait::until("the call is over", PATIENCE, || {
        site.appliance.logged().contains("a telephone has vanished").then_some(())
    });
    assert!(anna.list(&["inbox"]).is_empty(), "nobody has said that it is to be sent");
    let desk = phone.speak(&site, &said, Answers::ByHand);
    desk.dial(INBOX);
    desk.until("CALL_ESTABLISHED", 1);
    // First it is said that there is something, and then what can be done with it.
    pause(5.0);
    desk.press('#');
    listener.event("arrived");
    let likeness = fidelity(&anna, &said);
    assert!(likeness > 0.4, "its first part: {likeness}");
}

// rows 44, 45, 46, 47, 48, 49, 51
#[test]
fn a_telephone_is_the_microphone_of_its_owner_s_client() {
    let mut site = Site::with_telephones();
    let [anna, ben] = ["anna", "ben"].map(|name| site.person(name));
    let phone = Telephone::start(&mut site);
    site.control(&["phone", "assign", &phone.host.mac(), "anna"]);
    let said = said(&site, 1.5);
    // Nobody is at the desk yet: who wants to speak is told so.
    wait::until("the telephone is known", PATIENCE, || {
        let people = anna.list(&["contacts"]);
        people.iter().any(|one| one["name"] == "phone-201").then_some(())
    });
    let trouble = anna.ivm(&["send", "ben", "--telephone"]).fails(1);
    assert!(trouble.contains("telephone"), "{trouble}");
    let trouble = ben.ivm(&["send", "anna", "--telephone"]).ends().trouble;
    assert!(trouble.contains("no telephone is yours"), "{trouble}");
    let listener = ben.listen();
    let desk = phone.speak(&site, &said, Answers::ByHand);
    let speaking = anna.clone();
    let speaking = thread::spawn(move || {
        speaking.ivm(&["send", "ben", "--record", "--telephone", "--json"]).succeeds_json()
    });
    desk.until("CALL_INCOMING", 1);
    desk.lift();
    desk.until("CALL_ESTABLISHED", 1);
    pause(6.5);
    desk.hang_up();
    let sent = speaking.join().expect("sent");
    assert_eq!(sent["state"], "sent", "{sent}");
    let arrived = listener.expect("arrived");
    assert_eq!((&arrived["sender_name"], &arrived["id"]), (&"anna".into(), &sent["id"]));
    let likeness = fidelity(&ben, &said);
    assert!(likeness > 0.8, "{likeness}");
    // What came from the telephone to the client is nowhere any more.
    assert!(anna.list(&["inbox"]).is_empty());
}
