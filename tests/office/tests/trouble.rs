//! A full disk, a clock that is set back, servers that are killed.

use std::fs;
use std::path::Path;
use std::time::Duration;

use office::appliance::Appliance;
use office::speech::recording;
use office::torture::Torture;
use office::wait;

fn hello() -> String {
    recording("hello-world").display().to_string()
}

fn words(text: &str) -> Vec<String> {
    text.split_whitespace().map(str::to_owned).collect()
}

#[test]
fn a_full_disk_refuses_messages_and_loses_none() {
    // A file system of its own, small, in a mount namespace that only this server sees.
    let root = nix::unistd::geteuid().is_root();
    let unshare = if root { "unshare --mount" } else { "unshare --map-root-user --mount" };
    let mut wrapper = words(unshare);
    let mount = "mount -t tmpfs -o size=12m tmpfs STATE && exec \"$@\"";
    wrapper.extend(["sh".to_owned(), "-c".to_owned(), mount.to_owned(), "sh".to_owned()]);
    let office = Appliance::start_with(wrapper, Vec::new());
    let pid = office.pid().expect("it runs");
    // `unshare` and `sh` replace themselves, so that the process is the server.
    let state = format!("/proc/{pid}/root{}", office.state().display());
    let [anna, bob] = ["anna", "bob"].map(|name| office.person_in(name, Path::new(&state)));
    anna.ivm(&["send", "bob", "--file", &hello()]).succeeds();
    let big = anna.path("big.bin");
    fs::write(&big, vec![7; 16 << 20]).expect("written");
    let send = ["send", "bob", "--timeout", "20", "--file", &hello(), "--attach", &big];
    let ended = anna.ivm(&send).ends();
    assert!(!matches!(ended.code, Some(0)), "16 MB do not fit into 12 MB");
    // The disk is as good as full, by somebody else's file.
    let filler = format!("{state}/filler");
    drop(fs::write(&filler, vec![0; 12 << 20]));
    let ended = anna.ivm(&["send", "bob", "--timeout", "5", "--file", &hello()]).ends();
    assert!(!matches!(ended.code, Some(0)), "nothing fits any more: {}", ended.trouble);
    fs::remove_file(&filler).expect("removed");
    // With room again what waited goes out, and what was acknowledged is there.
    wait::until("room again", Duration::from_secs(60), || {
        let sent = anna.ivm(&["send", "bob", "--timeout", "10", "--file", &hello()]).ends();
        (sent.code == Some(0)).then_some(())
    });
    let list = bob.list(&["inbox"]);
    assert!(list.len() >= 2, "{list:?}");
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
