//! An office's first morning: telephones of several makers are plugged in, nobody types anything at
//! them, and people with browsers speak with them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use office::begin::Hop;
use office::maker::{GRANDSTREAM, Maker, SNOM, YEALINK};
use office::programs::{program, run};
use office::site::Site;
use office::speech::recording;
use office::telephone::{Answers, Desk, Telephone, padded};
use office::wait;
use serde_json::json;

/// Chromium, with speech in real time.
const BROWSER: Duration = Duration::from_secs(240);
/// Seconds of silence before what a telephone says, while it is told what it can do.
const BEFORE: f32 = 3.0;
/// The same for one that is a microphone, which is told less.
const BEFORE_DICTATION: f32 = 1.5;
/// And behind it.
const BEHIND: f32 = 60.0;
const APPLIANCE: &str = "192.168.50.1";

fn print(maker: &Maker, hops: &[Hop]) {
    println!("{}", maker.name);
    for Hop { what, result, took, ours } in hops {
        let ours = ours.map(|ours| format!("{:.1}", ours.as_secs_f32() * 1e3)).unwrap_or_default();
        println!("  {:>8.1} ms, waited {ours:>6}  {what}: {result}", took.as_secs_f32() * 1e3);
    }
    let took: Duration = hops.iter().map(|hop| hop.took).sum();
    // DHCP is counted whole: how much of it is the client's does not show.
    let ours: Duration = hops.iter().map(|hop| hop.ours.unwrap_or(hop.took)).sum();
    let (took, ours) = (took.as_secs_f32(), ours.as_secs_f32());
    println!("  account after {took:.2} s, of which the appliance took {ours:.2} s at most");
}

/// What a telephone says.
fn said(site: &Site, before: f32) -> PathBuf {
    let said = site.appliance.folder().join(format!("said-after-{before}.wav"));
    padded(&recording("demo-thanks"), before, BEHIND, &said);
    said
}

// rows 1, 3, 35, 40, 42, 43, 44, 45, 47, 48, 49, 65, 69, 111, 112
#[test]
fn from_power_on_to_speech_between_telephones_and_browsers_every_way_there_is() {
    let mut site = Site::with_telephones();
    let [anna, ben] = ["anna", "ben"].map(|name| site.appliance.invite(name));
    let power_on = wait::now();
    let begun = [(YEALINK, "Reception"), (GRANDSTREAM, "Annas desk"), (SNOM, "Workshop")];
    let telephones = begun.map(|(maker, name)| {
        let telephone = Telephone::of_maker(&mut site, &maker);
        print(&maker, &telephone.hops);
        // Where it stands is what the administrator calls it; nothing of it waits for that.
        site.control(&["phone", "name", &telephone.host.mac(), name]);
        telephone
    });
    let [loud, own, other] = &telephones;
    site.control(&["phone", "speak-up", &loud.host.mac(), "true"]);
    site.control(&["phone", "assign", &own.host.mac(), "anna"]);
    let (said, dictated) = (said(&site, BEFORE), said(&site, BEFORE_DICTATION));
    let ways = [
        (Answers::ByItself, said.as_path()),
        (Answers::ByHand, &dictated),
        (Answers::ByHand, &said),
    ];
    let desks = in_service(&site, &telephones, &ways);
    println!("all in service {:.1} s after power-on", power_on.elapsed().as_secs_f32());
    let computer = site.lan.host([0x02, 0x00, 0x5e]);
    computer.set_address("192.168.50.60/24");
    let homes = [("loud", 0), ("own", 1), ("other", 2)];
    let homes: serde_json::Map<_, _> = homes
        .into_iter()
        .map(|(name, at)| (name.to_owned(), json!(desks[at].home().display().to_string())))
        .collect();
    // Who enters a namespace is at its root.
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../browser/desks/speech.js");
    let within = computer.within();
    let (first, rest) = within.split_first().expect("a command");
    let mut node = Command::new(first);
    node.args(rest).args(["node", "--test"]).arg(script);
    node.env("IVM_OFFICE_HTTPS", format!("https://{APPLIANCE}"));
    node.env("IVM_OFFICE_INVITATIONS", json!({ "anna": anna, "ben": ben }).to_string());
    node.env("IVM_OFFICE_CODE", site.appliance.code());
    node.env("IVM_OFFICE_DESKS", serde_json::Value::Object(homes).to_string());
    node.env("IVM_OFFICE_SAID", recording("demo-thanks"));
    node.env("IVM_OFFICE_SAID_MS", "9000");
    node.env("IVM_OFFICE_BEGAN_MS", power_on.elapsed().as_millis().to_string());
    node.env("IVM_EXECUTABLES", program("ivm").parent().expect("a folder"));
    let output = run(&mut node, BROWSER);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    println!("{said}");
    assert!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    assert_eq!((own.user.as_str(), other.user.as_str()), ("202", "203"));
}

/// Each of them registers, all at once.
fn in_service(site: &Site, telephones: &[Telephone], ways: &[(Answers, &Path)]) -> Vec<Desk> {
    thread::scope(|scope| {
        let starts = telephones.iter().zip(ways);
        let starting: Vec<_> = starts
            .map(|(telephone, (answers, said))| {
                scope.spawn(|| telephone.speak(site, said, *answers))
            })
            .collect();
        starting.into_iter().map(|one| one.join().expect("in service")).collect()
    })
}
