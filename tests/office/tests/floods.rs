//! Telephones' lines while others flood them: who guesses passwords, who subscribes without end,
//! and who is no telephone at all.

use std::fs;
use std::path::{Path, PathBuf};
use std::time::Duration;

use office::lan::Host;
use office::programs::Running;
use office::site::Site;
use office::speech::recording;
use office::telephone::{Answers, PATIENCE, Telephone, padded};
use office::wait;

/// So many messages from each, and so many in a second.
const MESSAGES: &str = "20000";
const RATE: &str = "1000";
/// What the appliance may need more than before, at most: tables have bounds.
const MORE_KIB: u64 = 48 << 10;
/// Nobody has leased it.
const STRANGER: &str = "192.168.50.77";

/// The file with what SIPp says.
fn scenario(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("sipp").join(format!("{name}.xml"))
}

/// Messages from a host in the name of a telephone. What SIPp tells of it is in the log.
fn pour(host: &Host, user: &str, name: &str, log: &Path) -> Running {
    let (scenario, here) = (scenario(name), host.addresses().remove(0));
    let scenario = scenario.to_str().expect("UTF-8");
    let what = ["sipp", "-sf", scenario, "-s", user, "-i", &here, "-p", "5070"];
    let how = ["-m", MESSAGES, "-r", RATE, "-l", MESSAGES];
    let alone = ["-nostdin", "-default_behaviors", "none"];
    host.start_telling(&[&what[..], &how, &alone, &["192.168.50.1:5060"]].concat(), log)
}

/// Waits for its end; SIPp says 1 where not all was answered as it wished.
fn ends(mut flood: Running, log: &Path) {
    let child = flood.0.as_mut().expect("it was started");
    let ended = wait::until("the end of a flood", PATIENCE, || child.try_wait().ok().flatten());
    let said = fs::read_to_string(log).unwrap_or_default();
    let tail: Vec<&str> = said.lines().rev().take(60).collect();
    assert!(matches!(ended.code(), Some(0 | 1)), "{ended}: {tail:#?}");
    assert!(said.contains(&format!("{MESSAGES} ")), "not all was sent: {tail:#?}");
}

/// The memory of the appliance's process: the most since it was last forgotten, in KiB.
fn peak(pid: u32) -> u64 {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).expect("it lives");
    let line = status.lines().find(|line| line.starts_with("VmHWM:")).expect("its peak");
    line.split_whitespace().nth(1).and_then(|word| word.parse().ok()).expect("a number")
}

fn forget_peak(pid: u32) {
    fs::write(format!("/proc/{pid}/clear_refs"), "5").expect("forgotten");
}

#[test]
fn a_telephone_stays_in_service_and_speaks_while_others_flood_the_lines() {
    let mut site = Site::with_telephones();
    let anna = site.person("anna");
    let listener = anna.listen();
    let phone = Telephone::start(&mut site);
    let neighbour = Telephone::start(&mut site);
    let stranger = site.lan.host([0x02, 0x00, 0x5e]);
    stranger.set_address(&format!("{STRANGER}/24"));
    let said = site.appliance.folder().join("said.wav");
    padded(&recording("demo-thanks"), 1.0, 60.0, &said);
    let desk = phone.speak(&site, &said, Answers::ByHand);
    let pid = site.appliance.pid().expect("it runs");
    forget_peak(pid);
    let before = peak(pid);
    let log = |name: &str| site.appliance.folder().join(format!("sipp-{name}.log"));
    let floods = [
        (&neighbour.host, &neighbour.user, "register", log("guesses")),
        (&stranger, &phone.user, "subscribe", log("subscriptions")),
    ];
    let floods = floods.map(|(host, user, name, log)| (pour(host, user, name, &log), log));
    // Meanwhile it calls, and is heard.
    desk.dial("101");
    desk.until("CALL_ESTABLISHED", 1);
    wait::pause(Duration::from_secs(8));
    desk.hang_up();
    listener.event("arrived");
    for (flood, log) in floods {
        ends(flood, &log);
    }
    let more = peak(pid).saturating_sub(before);
    println!("{more} KiB more at the height of the floods");
    assert!(more < MORE_KIB, "{more} KiB more than {before}");
    assert!(phone.is_registered(&site), "{}", site.appliance.logged());
    assert!(!neighbour.is_registered(&site), "a guess was right");
}
