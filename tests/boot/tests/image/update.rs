//! Updates: the other slot, its trial, and the way back.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use boot::api::Api;
use boot::image::bundle;
use boot::unit::Unit;
use office::person::Person;
use office::speech::recording;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use serde_json::{Value, json};

/// How long writing the other slot may take.
const WRITE: Duration = Duration::from_secs(300);
/// Two starts of the new version and one of the old one.
const WAY_BACK: Duration = Duration::from_secs(600);

fn upload(api: &Api, file: &Path) -> anyhow::Result<String> {
    let told = api.upload("/update/bundle", file)?.good()?;
    Ok(told["file"].as_str().context("no file")?.to_owned())
}

/// Uploads and writes; the update waits for a restart then.
fn install(unit: &mut Unit, name: &str) -> anyhow::Result<()> {
    let api = unit.meet()?;
    let file = upload(&api, &bundle(name)?)?;
    api.post("/update", &json!({ "file": file }))?;
    let job = finished(unit, &api)?;
    ensure!(job["stage"] == "done", "{job}");
    Ok(())
}

fn finished(unit: &mut Unit, api: &Api) -> anyhow::Result<Value> {
    unit.machine.wait("the job ends", WRITE, |_| {
        let job = api.get("/job").ok()?;
        matches!(job["stage"].as_str(), Some("done" | "failed")).then_some(job)
    })
}

/// On a busy machine a part of the appliance may not answer in time: then it is asked again.
fn restart(unit: &mut Unit) -> anyhow::Result<()> {
    let api = unit.meet()?;
    unit.machine.wait("the restart is accepted", WAY_BACK, |_| {
        api.post("/orders", &json!({ "order": "restart" })).ok()
    })?;
    Ok(())
}

/// Waits until this version runs, and has been confirmed or has been before.
fn runs(unit: &mut Unit, version: &str, slot: &str) -> anyhow::Result<Value> {
    let api = unit.meet()?;
    let what = format!("version {version} in slot {slot}");
    let health = unit.machine.wait(&what, WAY_BACK, |_| {
        let health = api.get("/health").ok()?;
        (health["version"] == version && health["slot"] == slot).then_some(health)
    })?;
    unit.wait_for_start()?;
    Ok(health)
}

fn speak(from: &Person, to: &str) -> anyhow::Result<String> {
    let speech = recording("vm-goodbye").display().to_string();
    let sent = from
        .ivm(&["send", to, "--file", &speech, "--record", "--wait", "stored", "--json"])
        .succeeds_json();
    let id = sent["id"].as_str().context("no id")?;
    Ok(id.to_owned())
}

fn has(person: &Person, id: &str) -> bool {
    person.list(&["inbox"]).iter().any(|message| message["id"] == id)
}

#[test]
#[ignore = "boots the image: .ci/stage boots"]
fn a_good_update_is_confirmed_and_a_bad_one_goes_back_by_itself() -> anyhow::Result<()> {
    let mut unit = Unit::set_up()?;
    let [anna, bo] = [unit.person("anna")?, unit.person("bo")?];
    let before = speak(&anna, "bo")?;
    install(&mut unit, "good")?;
    restart(&mut unit)?;
    let health = runs(&mut unit, "0.2.0", "B")?;
    ensure!(alarm(&health, "update-waiting").is_none(), "{health}");
    let between = speak(&anna, "bo")?;
    ensure!(has(&bo, &before) && has(&bo, &between), "messages are lost");

    install(&mut unit, "broken")?;
    restart(&mut unit)?;
    // It starts in A, and nothing in it works.
    unit.machine.wait_for_line("slot A", WAY_BACK)?;
    let health = runs(&mut unit, "0.2.0", "B")?;
    let told = alarm(&health, "update-failed").context("nobody is told")?;
    println!("{told}");
    ensure!(has(&bo, &before) && has(&bo, &between), "messages are lost");
    let after = speak(&bo, "anna")?;
    ensure!(has(&anna, &after));
    Ok(())
}

fn alarm(health: &Value, name: &str) -> Option<String> {
    let alarms = health["alarms"].as_array()?;
    let found = alarms.iter().find(|alarm| alarm["name"] == name)?;
    found["words"].as_str().map(str::to_owned)
}

#[test]
#[ignore = "boots the image: .ci/stage boots"]
fn what_is_no_good_bundle_is_refused_in_its_own_words() -> anyhow::Result<()> {
    let mut unit = Unit::set_up()?;
    let api = unit.meet()?;
    let good = std::fs::read(bundle("good")?)?;
    let mut cases = vec![("cut off", good[..good.len() / 2].to_vec(), "not a whole update file")];
    let mut forged = good.clone();
    let middle = forged.len() / 2;
    forged[middle] ^= 1;
    cases.push(("changed inside", forged, "damaged inside"));
    let mut signed_wrongly = good.clone();
    let near_the_end = signed_wrongly.len() - 600;
    signed_wrongly[near_the_end] ^= 1;
    cases.push(("wrongly signed", signed_wrongly, "not signed by"));
    cases.push(("no bundle", b"hello".to_vec(), "not a whole update file"));
    for (name, wanted) in [("foreign", "for other hardware"), ("older", "is older (0.0.9)")] {
        cases.push((name, std::fs::read(bundle(name)?)?, wanted));
    }
    for (name, bytes, wanted) in cases {
        let file = unit.folder().join("bundle");
        std::fs::write(&file, bytes)?;
        let answer = api.upload("/update/bundle", &file)?;
        let words = match answer.value["file"].as_str() {
            None => answer.value["detail"].to_string(),
            Some(file) => {
                let asked = api.call("POST", "/update", Some(&json!({ "file": file })))?;
                if asked.status >= 400 {
                    asked.value["detail"].to_string()
                } else {
                    let job = finished(&mut unit, &api)?;
                    ensure!(job["stage"] == "failed", "{name} is taken: {job}");
                    job["words"].to_string()
                }
            }
        };
        println!("{name}: {words}");
        ensure!(words.contains(wanted), "{name}: {words}");
    }
    let health = api.get("/health")?;
    ensure!(health["slot"] == "A" && health["version"] == "0.1.0", "{health}");
    ensure!(alarm(&health, "update-waiting").is_none(), "{health}");
    Ok(())
}

/// The disk decays below a version that has long been well.
#[test]
#[ignore = "boots the image: .ci/stage boots"]
fn a_damaged_block_of_the_root_starts_the_other_slot_which_says_so() -> anyhow::Result<()> {
    let mut unit = Unit::set_up()?;
    let [anna, bo] = [unit.person("anna")?, unit.person("bo")?];
    let before = speak(&anna, "bo")?;
    install(&mut unit, "good")?;
    restart(&mut unit)?;
    runs(&mut unit, "0.2.0", "B")?;
    // What the kernel keeps in memory does not count: the blocks themselves are gone.
    unit.guest(
        "dd if=/dev/urandom of=/dev/disk/by-partlabel/root-b bs=1M seek=1 count=40 oflag=direct \
         conv=notrunc 2>&1; sync",
    )?;
    unit.cut_power()?;
    unit.power_on()?;
    unit.machine.wait_for_line("slot B", WAY_BACK)?;
    unit.machine.wait_for_line("slot A", WAY_BACK)?;
    let health = runs(&mut unit, "0.1.0", "A")?;
    let told = alarm(&health, "version-damaged").context("nobody is told")?;
    println!("{told}");
    ensure!(has(&bo, &before), "a message is lost");
    let after = speak(&bo, "anna")?;
    ensure!(has(&anna, &after));
    Ok(())
}

/// `CUTS=20 .ci/stage boots` makes as many; `SEED` repeats a run. One appliance goes through all of
/// them, and keeps every message that it has ever acknowledged.
#[test]
#[ignore = "boots the image: .ci/stage boots"]
fn power_cuts_at_any_moment_of_an_update_leave_something_good() -> anyhow::Result<()> {
    let number = |name: &str, usual: u64| {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(usual)
    };
    let (cuts, seed) = (number("CUTS", 2), number("SEED", u64::from(std::process::id())));
    let mut rng = ChaCha8Rng::seed_from_u64(seed);
    let mut unit = Unit::set_up()?;
    let [anna, bo] = [unit.person("anna")?, unit.person("bo")?];
    let mut acknowledged = Vec::new();
    for cut in 0..cuts {
        // From the first byte written until the new version has long been started.
        let moment = Duration::from_millis(rng.next_u64() % 90_000);
        let said = || format!("seed {seed}, cut {cut} after {moment:?}");
        acknowledged.push(speak(&anna, "bo").with_context(said)?);
        let health = cut_an_update_off(&mut unit, moment).with_context(said)?;
        println!("{}: version {} in slot {}", said(), health["version"], health["slot"]);
        for message in &acknowledged {
            ensure!(has(&bo, message), "{}: {message} is lost", said());
        }
        let back = speak(&bo, "anna").with_context(said)?;
        ensure!(has(&anna, &back), "{}: no message arrives any more", said());
    }
    Ok(())
}

/// Tells how the appliance is afterwards.
fn cut_an_update_off(unit: &mut Unit, moment: Duration) -> anyhow::Result<Value> {
    let api = unit.meet()?;
    let file = upload(&api, &bundle("good")?)?;
    let end = office::wait::now() + moment;
    api.post("/update", &json!({ "file": file }))?;
    let mut has_restarted = false;
    while office::wait::now() < end {
        qemu::wait::pause(Duration::from_millis(50));
        if !has_restarted && api.get("/job").is_ok_and(|job| job["stage"] == "done") {
            has_restarted = true;
            restart(unit)?;
        }
    }
    unit.cut_power()?;
    unit.power_on()?;
    let api = unit.wait_for_answer()?;
    unit.wait_for_start()?;
    api.get("/health")
}
