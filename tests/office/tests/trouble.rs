//! A full disk, a clock that is set back, servers that are killed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use office::appliance::Appliance;
use office::person::Listener;
use office::programs::program;
use office::speech::recording;
use office::torture::Torture;
use office::wait;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};

fn hello() -> String {
    recording("hello-world").display().to_string()
}

/// Nothing that could be compressed.
fn noise(length: usize) -> Vec<u8> {
    let mut bytes = vec![0; length];
    ChaCha8Rng::seed_from_u64(7).fill_bytes(&mut bytes);
    bytes
}

/// What runs its arguments with a small file system of its own at a place, in a mount namespace
/// that only they see. All of it is replaced by the program in the end: the process is the same.
fn small_disk(place: &str, megabytes: u32) -> Vec<String> {
    let root = nix::unistd::geteuid().is_root();
    let user: &[&str] = if root { &[] } else { &["--map-root-user"] };
    let mount = format!("mount -t tmpfs -o size={megabytes}m tmpfs {place} && exec \"$@\"");
    let words = [&["unshare"], user, &["--mount", "sh", "-c", &mount, "sh"]].concat();
    words.into_iter().map(str::to_owned).collect()
}

#[test]
fn a_full_disk_refuses_messages_and_loses_none() {
    let office = Appliance::start_with(small_disk("STATE", 120), Vec::new());
    let pid = office.pid().expect("it runs");
    let state = PathBuf::from(format!("/proc/{pid}/root{}", office.state().display()));
    let [anna, bob] = ["anna", "bob"].map(|name| office.person_in(name, &state));
    let hello = hello();
    let send = ["send", "bob", "--timeout", "3", "--file", &hello];
    anna.ivm(&send).succeeds();
    // Somebody else's file takes nearly all: what is sent now is refused, and kept.
    let filler = state.join("filler");
    fs::write(&filler, vec![0; 100 << 20]).expect("written");
    let said = wait::until("the full disk", Duration::from_secs(60), || {
        let ended = anna.ivm(&send).ends();
        (ended.code != Some(0)).then_some((ended.code, ended.trouble))
    });
    assert_eq!(said.0, Some(8), "{said:?}");
    // The rest of it, too: not one byte can be written any more. The server still answers.
    drop(fs::write(state.join("more"), vec![0; 120 << 20]));
    assert_eq!(anna.list(&["contacts"]).len(), 1);
    let (big, bytes) = (anna.path("big.bin"), noise(8 << 20));
    fs::write(&big, &bytes).expect("written");
    anna.ivm(&send).and(&["--attach", &big]).fails(8);
    assert_eq!(bob.list(&["contacts"]).len(), 1);
    // With room again all that waited goes out, and all that was acknowledged is there.
    fs::remove_file(state.join("more")).expect("removed");
    fs::remove_file(&filler).expect("removed");
    wait::until("room again", Duration::from_secs(60), || {
        (anna.ivm(&["flush", "--timeout", "20"]).ends().code == Some(0)).then_some(())
    });
    let sent = anna.list(&["sent"]);
    assert!(sent.len() >= 3 && sent.iter().all(|message| message["state"] == "sent"), "{sent:?}");
    let list = bob.list(&["inbox"]);
    assert_eq!(list.len(), sent.len());
    let big =
        list.iter().find(|message| !message["attachments"][0].is_null()).expect("the big one");
    let folder = bob.path("saved");
    bob.ivm(&["save", big["id"].as_str().expect("an id"), &folder]).succeeds();
    let saved = fs::read(Path::new(&folder).join("big.bin")).expect("saved");
    assert!(saved == bytes);
}

// rows 26, 33
#[test]
fn a_recipient_whose_disk_is_full_acknowledges_nothing_that_it_cannot_keep() {
    let office = Appliance::start();
    let [anna, bob] = ["anna", "bob"].map(|name| office.person(name));
    // The device is copied onto a small disk, and listens there.
    let small = bob.path("small");
    fs::create_dir(&small).expect("made");
    let wrapper = small_disk(&small, 2);
    let copy = format!("cp -a {}/. {small} && exec \"$@\"", bob.home().display());
    let mut command = Command::new(&wrapper[0]);
    command.args(&wrapper[1..]).args(["sh", "-c", &copy, "sh"]);
    command.arg(program("ivm")).args(["--home", &small, "listen"]);
    let listener = Listener::start(&mut command);
    listener.event("online");
    let big = anna.path("big.bin");
    let bytes = noise(4 << 20);
    fs::write(&big, &bytes).expect("written");
    anna.ivm(&["send", "bob", "--file", &hello(), "--attach", &big]).succeeds();
    listener.event("storage failed");
    let sent = anna.list(&["sent"]);
    assert!(sent[0]["recipients"][0]["delivered"].is_null(), "{sent:?}");
    drop(listener);
    // The same device with room enough gets all of it.
    let list = bob.list(&["inbox"]);
    assert_eq!((list.len(), &list[0]["id"]), (1, &sent[0]["id"]));
    bob.ivm(&["save", "last", &bob.path("saved")]).succeeds();
    let saved = Path::new(&bob.path("saved")).join("big.bin");
    assert!(fs::read(saved).expect("saved") == bytes);
    assert!(!anna.list(&["sent"])[0]["recipients"][0]["delivered"].is_null());
}

#[test]
fn a_clock_that_is_set_back_neither_stops_nor_mixes_anything() {
    let folder = tempfile::tempdir().expect("a folder");
    let time = folder.path().join("time");
    fs::write(&time, "+0").expect("written");
    let library = "/usr/lib/x86_64-linux-gnu/faketime/libfaketimeMT.so.1";
    let library = library.replace("x86_64", std::env::consts::ARCH);
    assert!(fs::exists(&library).unwrap_or(false), "{library} is missing: install faketime");
    let environment = [
        ("LD_PRELOAD", library.as_str()),
        ("FAKETIME_TIMESTAMP_FILE", time.to_str().expect("UTF-8")),
        ("FAKETIME_NO_CACHE", "1"),
        ("FAKETIME_DONT_FAKE_MONOTONIC", "1"),
    ];
    let environment = environment.map(|(name, value)| (name.to_owned(), value.to_owned()));
    let office = Appliance::start_with(Vec::new(), environment.into());
    let [anna, bob] = ["anna", "bob"].map(|name| office.person(name));
    let bobs = bob.listen();
    let mut sent = Vec::new();
    for offset in ["+0", "-2d", "-400d", "+3d", "+0"] {
        fs::write(&time, offset).expect("written");
        let message = anna.ivm(&["send", "bob", "--json", "--file", &hello()]).succeeds_json();
        assert_eq!(bobs.expect("arrived")["id"], message["id"], "{offset}");
        sent.push(message["id"].clone());
    }
    // Who was away gets them in the order in which they came, whatever the clock said.
    let list = bob.list(&["inbox"]);
    assert_eq!(list.len(), sent.len());
    let told = anna.list(&["sent"]);
    assert!(told.iter().all(|message| !message["recipients"][0]["delivered"].is_null()));
}

#[test]
fn a_few_kills_lose_nothing_and_show_nothing_twice() {
    let counts = Torture::new(6, 1).run();
    assert_eq!((counts.lost, counts.twice), (0, 0), "{counts:?}");
    assert!(counts.acknowledged > 0, "{counts:?}");
}

/// `KILLS=100 cargo nextest run -p office --run-ignored only torture`; `SEED` repeats a run.
#[test]
#[ignore = "takes seconds for each kill: make torture"]
fn torture() {
    let number = |name: &str, usual: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
    };
    let (kills, seed) = (number("KILLS", 100), number("SEED", u64::from(std::process::id())));
    let counts = Torture::new(u32::try_from(kills).unwrap_or(u32::MAX), seed).run();
    eprintln!("seed {seed}: {counts}");
    assert_eq!((counts.lost, counts.twice), (0, 0), "seed {seed}: {counts}");
}
