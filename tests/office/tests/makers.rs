//! Telephones of seven makers: each is plugged in, finds its files in its maker's order, registers
//! with what they say, and speaks.

use std::path::Path;
use std::thread;
use std::time::Duration;

use office::maker::ALL;
use office::site::Site;
use office::speech::{likeness, recording};
use office::telephone::{Answers, PATIENCE, Telephone, padded, trimmed};
use office::wait;

/// Seconds of silence before the speech, while a telephone is told what it can do.
const BEFORE: f32 = 3.0;
/// And behind it, until it hangs up.
const BEHIND: f32 = 60.0;
/// The speech and a moment.
const SPEECH: Duration = Duration::from_millis(6_500);

// rows 3, 35, 40, 42, 43, 111, 112
#[test]
fn seven_makers_telephones_begin_in_their_own_order_and_speak() {
    let mut site = Site::with_telephones();
    let anna = site.person("anna");
    let said = site.appliance.folder().join("said.wav");
    padded(&recording("demo-thanks"), BEFORE, BEHIND, &said);
    let telephones = ALL.map(|maker| Telephone::of_maker(&mut site, &maker));
    thread::scope(|scope| {
        for telephone in &telephones {
            scope.spawn(|| {
                let desk = telephone.speak(&site, &said, Answers::ByHand);
                desk.dial("101");
                desk.until("CALL_ESTABLISHED", 1);
                wait::pause(Duration::from_millis(500));
                desk.press('#');
                wait::pause(Duration::from_secs_f32(BEFORE) + SPEECH);
                desk.hang_up();
                desk.until("CALL_CLOSED", 1);
            });
        }
    });
    let messages = wait::until("all have spoken", PATIENCE, || {
        let messages = anna.list(&["inbox"]);
        (messages.len() == ALL.len()).then_some(messages)
    });
    for (telephone, maker) in telephones.iter().zip(ALL) {
        let sender = format!("phone-{}", telephone.user);
        let found = messages.iter().find(|message| message["sender"]["name"] == sender.as_str());
        let id = found.and_then(|message| message["id"].as_str());
        let Some(id) = id else { unreachable!("{sender} has sent none of {messages:?}") };
        let heard = anna.path(&format!("{sender}.wav"));
        anna.ivm(&["play", id, "--to", &heard]).succeeds();
        let likeness = likeness(&trimmed(&said), &trimmed(Path::new(&heard)));
        println!("{}: {likeness:.3}", maker.name);
        assert!(likeness > 0.8, "{}: {likeness}", maker.name);
    }
}
