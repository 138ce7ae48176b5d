//! Three people, one of them away: speech and files from terminal to terminal.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use office::appliance::Appliance;
use office::person::{Ivm, Person};
use office::programs::{Running, run};
use office::speech::{likeness, recording};
use office::wait;
use sha2::{Digest, Sha256};

const PATIENCE: Duration = Duration::from_secs(30);

// rows 1, 15, 16, 25, 27, 28, 29, 31, 32, 81
#[test]
fn speech_and_files_reach_three_people_one_of_them_later() {
    let office = Appliance::start();
    let [anna, bob, carl, dora] = ["anna", "bob", "carl", "dora"].map(|name| office.person(name));
    let (bobs, carls) = (bob.listen(), carl.listen());
    let speech = recording("demo-congrats");
    let files = [(anna.path("plan.pdf"), 300_000), (anna.path("note.txt"), 13)];
    for (path, size) in &files {
        let bytes: Vec<u8> = (0..*size as u32).map(|at| (at * 7 % 251) as u8).collect();
        fs::write(path, bytes).expect("written");
    }
    let sent = anna
        .ivm(&["send", "bob", "carl", "dora", "--json", "--file"])
        .and(&[speech.to_str().expect("UTF-8"), "--attach", &files[0].0, "--attach", &files[1].0])
        .succeeds_json();
    assert_eq!(sent["state"], "sent");
    let id = sent["id"].as_str().expect("an id");
    for listener in [&bobs, &carls] {
        let arrived = listener.expect("arrived");
        assert_eq!(arrived["id"], id);
        assert_eq!(arrived["sender_name"], "anna");
        assert_eq!(arrived["message"]["attachments"][0]["name"], "plan.pdf");
    }
    // The third was away, and gets the same message, with the same id, when it comes.
    let list = dora.list(&["inbox", "--unplayed"]);
    assert_eq!(list.len(), 1);
    assert_eq!(list[0]["id"], id);
    for person in [&bob, &carl, &dora] {
        let heard = person.path("heard.wav");
        person.ivm(&["play", id, "--to", &heard]).succeeds();
        let likeness = likeness(&speech, Path::new(&heard));
        assert!(likeness > 0.9, "{}: {likeness}", person.name);
        let folder = person.path("saved");
        person.ivm(&["save", id, &folder]).succeeds();
        for (path, _) in &files {
            let name = Path::new(path).file_name().expect("a name");
            let hash = |path: &Path| Sha256::digest(fs::read(path).expect("readable"));
            assert_eq!(hash(Path::new(path)), hash(&Path::new(&folder).join(name)));
        }
        assert!(person.list(&["inbox", "--unplayed"]).is_empty(), "{}", person.name);
    }
    // The sender is told what has become of it for everybody.
    let told = anna.ivm(&["sent", "--json"]).succeeds_json();
    for recipient in told[0]["recipients"].as_array().expect("recipients") {
        assert!(!recipient["delivered"].is_null() && !recipient["played"].is_null(), "{told}");
    }
}

#[test]
fn what_becomes_of_what_was_sent_beside_a_running_receiver_is_known() {
    let office = Appliance::start();
    let [anna, bob] = ["anna", "bob"].map(|name| office.person(name));
    let annas = anna.listen();
    let speech = recording("hello-world");
    let spoken = speech.to_str().expect("UTF-8");
    // Her receiver is at work before she sends.
    bob.ivm(&["send", "anna", "--file", spoken]).succeeds();
    annas.event("arrived");
    anna.ivm(&["send", "bob", "--file", spoken]).succeeds();
    let told = |what: &str| {
        let told = anna.ivm(&["sent", "--json"]).succeeds_json();
        (!told[0]["recipients"][0][what].is_null()).then_some(())
    };
    assert_eq!(bob.list(&["inbox"]).len(), 1);
    wait::until("it is known to be delivered", PATIENCE, || told("delivered"));
    bob.ivm(&["play", "last", "--to", &bob.path("heard.wav")]).succeeds();
    wait::until("it is known to be heard", PATIENCE, || told("played"));
    drop(annas);
}

// rows 65, 66, 67, 69
#[test]
fn a_live_message_is_heard_as_it_is_spoken_and_stays_as_a_message() {
    let office = Appliance::start();
    let [anna, bob] = ["anna", "bob"].map(|name| office.person(name));
    let bobs = bob.listen();
    let speech = recording("demo-thanks");
    let spoken = speech.to_str().expect("UTF-8");
    let sent = anna.ivm(&["send", "bob", "--live", "--json", "--file", spoken]).succeeds_json();
    assert_eq!(sent["mode"], "live");
    let arriving = bobs.expect("arriving");
    assert_eq!((&arriving["live"], &arriving["id"]), (&true.into(), &sent["id"]));
    assert_eq!(bobs.expect("arrived")["id"], sent["id"]);
    let heard = bob.path("heard.wav");
    bob.ivm(&["play", "last", "--to", &heard]).succeeds();
    assert!(likeness(&speech, Path::new(&heard)) > 0.9);
}

/// A sound card of files: the microphone hears `heard`, what is played is written to `played`.
fn sound_card(person: &Person, heard: &str, played: &str) -> String {
    let card = format!(
        "pcm.silence {{ type null }}\n\
         pcm.!default {{ type file slave.pcm silence format wav file {played}\n\
         infile {heard} }}\nctl.!default {{ type null }}\n"
    );
    let path = person.path("card.conf");
    fs::write(&path, card).expect("written");
    path
}

// rows 9, 10, 14, 20
#[test]
fn what_the_microphone_hears_comes_out_of_the_loudspeaker() {
    let office = Appliance::start();
    let [anna, bob] = ["anna", "bob"].map(|name| office.person(name));
    let speech = recording("demo-thanks");
    let (raw, played) = (anna.path("microphone.raw"), bob.path("loudspeaker.wav"));
    let mut sox = Command::new("sox");
    sox.arg(&speech).args(["-r", "48000", "-c", "1", "-b", "16", &raw]);
    assert!(run(&mut sox, Duration::from_secs(20)).status.success());
    let card = |person: &Person, words: &[&str]| {
        let mut ivm = person.ivm(words);
        ivm.0.env("ALSA_CONFIG_PATH", sound_card(person, &raw, &played));
        ivm
    };
    // Silence behind the speech ends it.
    let sent = card(&anna, &["send", "bob", "--record", "--json"]).succeeds_json();
    assert!(sent["duration_ms"].as_u64().is_some_and(|length| length > 5_000), "{sent}");
    drop(bob.list(&["inbox"]));
    card(&bob, &["play", "last"]).succeeds();
    let likeness = likeness(&speech, Path::new(&played));
    assert!(likeness > 0.7, "noise is removed and the level adjusted: {likeness}");
    assert!(bob.list(&["inbox", "--unplayed"]).is_empty());
}

// row 13
#[test]
fn enter_ends_what_is_spoken() {
    let office = Appliance::start();
    let [anna, bob] = ["anna", "bob"].map(|name| office.person(name));
    let raw = anna.path("microphone.raw");
    let mut sox = Command::new("sox");
    sox.arg(recording("demo-congrats")).args(["-r", "48000", "-c", "1", "-b", "16", &raw]);
    assert!(run(sox.args(["repeat", "5"]), Duration::from_secs(20)).status.success());
    let card = sound_card(&anna, &raw, "/dev/null");
    let mut command = anna.ivm(&["send", "bob", "--record", "--json"]).0;
    command.env("ALSA_CONFIG_PATH", card).stdin(Stdio::piped()).stdout(Stdio::piped());
    let mut child = command.spawn().expect("ivm starts");
    let mut keyboard = child.stdin.take().expect("piped");
    keyboard.write_all(b"\n").expect("typed");
    let output = child.wait_with_output().expect("it ends");
    assert!(output.status.success());
    let sent: serde_json::Value = serde_json::from_slice(&output.stdout).expect("JSON");
    // Three minutes would have been there to be heard.
    assert!(sent["duration_ms"].as_u64().is_some_and(|length| length < 60_000), "{sent}");
    assert_eq!(bob.list(&["inbox"])[0]["id"], sent["id"]);
}

// row 14
#[test]
fn a_silent_microphone_stops_by_itself_and_a_missing_one_says_so() {
    let office = Appliance::start();
    let [anna, bob] = ["anna", "bob"].map(|name| office.person(name));
    let sent = anna.ivm(&["send", "bob", "--record", "--json"]).succeeds_json();
    assert_eq!(sent["state"], "sent");
    assert_eq!(bob.list(&["inbox"]).len(), 1);
    let said = anna.ivm(&["send", "bob", "--record", "--audio", "no_such_card"]).fails(9);
    assert!(said.contains("no_such_card"), "{said}");
    assert_eq!(bob.list(&["inbox"]).len(), 1);
}

#[test]
fn a_pipe_is_sent_while_it_is_still_written() {
    let office = Appliance::start();
    let [anna, bob] = ["anna", "bob"].map(|name| office.person(name));
    let bobs = bob.listen();
    let wav = fs::read(recording("demo-thanks")).expect("readable");
    let mut command = anna.ivm(&["send", "bob", "--live", "--file", "-"]).0;
    let mut child = command.stdin(Stdio::piped()).spawn().expect("ivm starts");
    let mut pipe = child.stdin.take().expect("piped");
    let mut sending = Running(Some(child));
    let (first, rest) = wav.split_at(wav.len() / 2);
    pipe.write_all(first).expect("written");
    pipe.flush().expect("written");
    // It arrives, and is heard, before its end exists.
    assert_eq!(bobs.expect("arriving")["live"], true);
    pipe.write_all(rest).expect("written");
    drop(pipe);
    let ended = wait::until("the end", Duration::from_secs(20), || {
        sending.0.as_mut().and_then(|child| child.try_wait().expect("a child"))
    });
    assert!(ended.success());
    bobs.event("arrived");
}

#[test]
fn waiting_for_delivery_and_for_hearing_ends_when_they_happen() {
    let office = Appliance::start();
    let [anna, bob] = ["anna", "bob"].map(|name| office.person(name));
    let speech = recording("hello-world");
    let file = ["--file", speech.to_str().expect("UTF-8")];
    anna.ivm(&["send", "bob", "--wait", "delivered", "--timeout", "2"]).and(&file).fails(8);
    let bobs = bob.listen();
    anna.ivm(&["send", "bob", "--wait", "delivered"]).and(&file).succeeds();
    let second = bobs.expect("arrived");
    drop(bobs);
    let autoplay = bob.ivm(&["play", second["id"].as_str().expect("an id")]);
    autoplay.succeeds();
    let bobs = Ivm(bob.ivm(&["listen", "--autoplay"]).0);
    let mut listening = Running(Some(quiet(bobs)));
    anna.ivm(&["send", "bob", "--wait", "played", "--timeout", "30"]).and(&file).succeeds();
    listening.end();
}

fn quiet(mut command: Ivm) -> Child {
    let quiet = command.0.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    quiet.spawn().expect("ivm starts")
}
