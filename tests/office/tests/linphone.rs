//! A telephone of another kind: linphone, from the account in the file that it fetched to speech.

use std::path::Path;
use std::time::Duration;

use office::linphone::Linphone;
use office::site::Site;
use office::speech::{found_in, likeness, recording};
use office::telephone::{PATIENCE, Telephone, padded, trimmed};
use office::wait;

/// Seconds of silence before the speech, while the telephone is told what it can do, and behind.
const BEFORE: f32 = 3.0;
const BEHIND: f32 = 60.0;
/// The speech and a moment.
const SPEECH: Duration = Duration::from_millis(6_500);

// rows 3, 35, 40, 42, 43
#[test]
fn linphone_speaks_and_hears_with_the_account_from_its_file() {
    let mut site = Site::with_telephones();
    let anna = site.person("anna");
    let phone = Telephone::start(&mut site);
    let said = site.appliance.folder().join("said.wav");
    padded(&recording("demo-thanks"), BEFORE, BEHIND, &said);
    let mut desk = Linphone::start(&site, &phone, &said);
    let listener = anna.listen();
    desk.dial("101");
    desk.until("Media streams established", 1);
    wait::pause(Duration::from_millis(500));
    desk.types("#");
    wait::pause(Duration::from_secs_f32(BEFORE) + SPEECH);
    desk.types("terminate");
    let arrived = listener.expect("arrived");
    drop(listener);
    let (id, file) = (arrived["id"].as_str().expect("an id"), anna.path("heard.wav"));
    anna.ivm(&["play", id, "--to", &file]).succeeds();
    let likeness = likeness(&trimmed(&said), &trimmed(Path::new(&file)));
    assert!(likeness > 0.8, "{likeness}");
    // And the other way: what came while nobody lifted is heard by dialling.
    let speech = recording("vm-intro");
    anna.ivm(&["send", "phone-201", "--file", speech.to_str().expect("UTF-8")]).succeeds();
    let is = |what: &str| {
        let told = anna.ivm(&["sent", "--json"]).succeeds_json();
        (!told[0]["recipients"][0][what].is_null()).then_some(())
    };
    wait::until("the telephone has it", PATIENCE, || is("delivered"));
    desk.dial("100");
    desk.until("Media streams established", 2);
    wait::until("it was played", PATIENCE, || is("played"));
    desk.types("quit");
    desk.until("Terminating", 1);
    let likeness = found_in(&desk.heard(), &speech);
    assert!(likeness > 0.8, "{likeness}");
}
