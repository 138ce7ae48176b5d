//! What the server, and what others, cannot know.

mod stranger;

use std::fs;
use std::path::Path;

use office::appliance::Appliance;
use office::person::Person;
use office::search::{contains, files_with};
use office::speech::recording;
use softphone::store::Database;

use stranger::Stranger;

/// A tone pattern that no chance makes: three sines with beats, as 16-bit WAV.
fn marker_tones(path: &str) -> Vec<u8> {
    let sample = |at: u32| {
        let time = f64::from(at) / 8000.0;
        let tone = |hertz: f64| (time * hertz * std::f64::consts::TAU).sin();
        ((tone(437.0) + tone(911.0) + tone(1733.0)) * 8000.0) as i16
    };
    let data: Vec<u8> = (0..24_000).flat_map(|at| sample(at).to_le_bytes()).collect();
    let mut wav = Vec::from(*b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0");
    wav.extend(8000u32.to_le_bytes());
    wav.extend([0x80, 0x3e, 0, 0, 2, 0, 16, 0]);
    wav.extend(*b"data");
    wav.extend((data.len() as u32).to_le_bytes());
    wav.extend(&data);
    fs::write(path, wav).expect("written");
    data
}

// rows 61, 62, 80
#[test]
fn the_server_keeps_no_speech_no_file_and_no_password_that_it_can_read() {
    let office = Appliance::start();
    let [bartholomew, bob] = ["bartholomew", "bob"].map(|name| office.person(name));
    let (tones, secret) = (bartholomew.path("tones.wav"), bartholomew.path("secret.txt"));
    let samples = marker_tones(&tones);
    let marker = "the marker in this file is 4711-0815-4242 and nothing else\n".repeat(50);
    fs::write(&secret, &marker).expect("written");
    let id = bartholomew
        .ivm(&["send", "bob", "--json", "--file", &tones, "--attach", &secret])
        .succeeds_json()["id"]
        .clone();
    let id = id.as_str().expect("an id");
    // It waits on the server's disk now. What is compared with comes from the recipient's end.
    let kept = office.folder().join("kept");
    copy_folder(office.state(), &kept);
    let (wav, ogg, saved) = (bob.path("heard.wav"), bob.path("heard.ogg"), bob.path("saved"));
    drop(bob.list(&["inbox"]));
    bob.ivm(&["play", id, "--to", &wav]).succeeds();
    bob.ivm(&["play", id, "--to", &ogg]).succeeds();
    bob.ivm(&["save", id, &saved]).succeeds();
    let (wav, ogg) = (fs::read(&wav).expect("there"), fs::read(&ogg).expect("there"));
    let file = fs::read(Path::new(&saved).join("secret.txt")).expect("there");
    assert!(contains(&file, b"4711-0815-4242"), "the recipient can read it");
    let size: u64 = office::search::files(&kept)
        .iter()
        .filter_map(|path| fs::metadata(path).ok())
        .map(|about| about.len())
        .sum();
    assert!(size > ogg.len() as u64 / 2, "the server has something");
    let pieces: [(&str, &[u8]); 8] = [
        ("samples as they were recorded", &samples[8000..8064]),
        ("samples as they are heard", &wav[20_000..20_064]),
        ("compressed speech", &ogg[ogg.len() / 2..ogg.len() / 2 + 24]),
        ("compressed speech", &ogg[ogg.len() / 4..ogg.len() / 4 + 24]),
        ("the file", b"4711-0815-4242"),
        ("the file's name", b"secret.txt"),
        ("a password", b"secret staple of"),
        ("a password", b"staple of bob"),
    ];
    for (what, piece) in pieces {
        for folder in [kept.as_path(), office.state()] {
            assert_eq!(files_with(folder, piece), Vec::<std::path::PathBuf>::new(), "{what}");
        }
        assert!(!contains(office.logged().as_bytes(), piece), "{what} in the journal");
    }
    // The search finds what is there: the name of the account.
    assert!(!files_with(office.state(), bartholomew.name.as_bytes()).is_empty());
}

fn copy_folder(from: &Path, to: &Path) {
    fs::create_dir_all(to).expect("made");
    for (number, file) in office::search::files(from).into_iter().enumerate() {
        fs::copy(file, to.join(number.to_string())).expect("copied");
    }
}

fn hello() -> String {
    recording("hello-world").display().to_string()
}

// rows 81, 97
#[test]
fn a_stranger_can_neither_fetch_nor_acknowledge_nor_delete_what_is_not_its_own() {
    let office = Appliance::start();
    let [anna, bob, carl] = ["anna", "bob", "carl"].map(|name| office.person(name));
    let sent = anna.ivm(&["send", "bob", "--json", "--file", &hello()]).succeeds_json();
    let id = sent["id"].as_str().expect("an id");
    // With the proper client there is nothing to see.
    assert!(carl.list(&["inbox"]).is_empty());
    carl.ivm(&["show", id]).fails(6);
    carl.ivm(&["play", id]).fails(6);
    // With a client that asks for it by its id, logged in with carl's own device.
    let mut stranger = Stranger::log_in(&office, &carl);
    let heard = stranger.asks_for(id.parse().expect("an id"));
    assert!(heard.is_empty(), "{heard:?}");
    assert!(stranger.is_refused_receipts_and_deletion(id.parse().expect("an id")));
    // For its recipient it is as it was.
    let list = bob.list(&["inbox"]);
    assert_eq!(list[0]["id"], id);
    bob.ivm(&["play", id, "--to", &bob.path("x.wav")]).succeeds();
    let told = anna.ivm(&["sent", "--json"]).succeeds_json();
    assert_eq!(told[0]["recipients"].as_array().map(Vec::len), Some(1));
}

// row 61
#[test]
fn sealed_records_of_another_device_open_nothing() {
    let office = Appliance::start();
    let [anna, bob, carl] = ["anna", "bob", "carl"].map(|name| office.person(name));
    let sent = anna.ivm(&["send", "bob", "--json", "--file", &hello()]).succeeds_json();
    let id = sent["id"].as_str().expect("an id");
    drop(bob.list(&["inbox"]));
    // Carl gets hold of the sealed portions, but not of the key beside them.
    let database = |person: &Person| person.home().join("ivm.db");
    let bobs = Database::open(&database(&bob)).expect("opened");
    assert!(!bobs.scan(b"portion/", None, 1).expect("readable").records.is_empty());
    bobs.copy_to(&database(&carl), &[b"portion/"], false).expect("copied");
    carl.ivm(&["play", id, "--to", &carl.path("x.wav")]).fails(6);
    assert!(!Path::new(&carl.path("x.wav")).exists());
}
