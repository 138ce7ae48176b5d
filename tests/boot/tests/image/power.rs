//! Power cuts: at the first start, and while people speak.

use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use anyhow::{Context, ensure};
use boot::unit::{START, Unit};
use office::person::Person;
use office::speech::recording;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use serde_json::json;

fn chance() -> (u64, ChaCha8Rng) {
    let named = std::env::var("SEED").ok().and_then(|text| text.parse().ok());
    let seed = named.unwrap_or_else(|| u64::from(std::process::id()));
    (seed, ChaCha8Rng::seed_from_u64(seed))
}

#[test]
#[ignore = "boots the image: .ci/stage boots"]
fn a_first_start_that_is_cut_off_is_made_again() -> anyhow::Result<()> {
    let (seed, mut rng) = chance();
    let mut unit = Unit::delivered(|_| ())?;
    for cut in 0..2 {
        let moment = Duration::from_millis(8_000 + rng.next_u64() % 30_000);
        println!("seed {seed}, cut {cut} after {moment:?}");
        qemu::wait::pause(moment);
        unit.cut_power()?;
        unit.power_on()?;
    }
    unit.wait_for_start().with_context(|| format!("seed {seed}"))?;
    unit.machine.wait_for_panel("Language", START)?;
    let code = unit.guest("appliancectl --json setup")?;
    let code: serde_json::Value = serde_json::from_str(&code)?;
    let api = unit.meet()?;
    api.set_up(code["code"].as_str().context("no code")?)?;
    api.post("/people", &json!({ "name": "anna" }))?;
    Ok(())
}

// rows 81
#[test]
#[ignore = "boots the image: .ci/stage boots"]
fn what_was_acknowledged_before_a_power_cut_arrives_after_it() -> anyhow::Result<()> {
    let (seed, mut rng) = chance();
    let mut unit = Unit::set_up()?;
    let [anna, bo] = [unit.person("anna")?, unit.person("bo")?];
    let stop = AtomicBool::new(false);
    let acknowledged = thread::scope(|scope| {
        let speaking = scope.spawn(|| speak_until(&stop, &anna));
        qemu::wait::pause(Duration::from_millis(15_000 + rng.next_u64() % 5_000));
        let cut = unit.cut_power();
        stop.store(true, Ordering::Relaxed);
        cut.map(|()| speaking.join().unwrap_or_default())
    })?;
    ensure!(!acknowledged.is_empty(), "nothing was acknowledged before the cut");
    unit.power_on()?;
    unit.wait_for_answer()?;
    unit.wait_for_start().with_context(|| format!("seed {seed}"))?;
    let here: Vec<String> = bo
        .list(&["inbox"])
        .iter()
        .filter_map(|message| message["id"].as_str().map(str::to_owned))
        .collect();
    println!("seed {seed}: {} acknowledged, {} arrived", acknowledged.len(), here.len());
    let lost: Vec<&String> = acknowledged.iter().filter(|id| !here.contains(id)).collect();
    ensure!(lost.is_empty(), "seed {seed}: lost {lost:?}");
    Ok(())
}

/// One message after the other; the ids of those that the appliance has acknowledged.
fn speak_until(stop: &AtomicBool, anna: &Person) -> Vec<String> {
    let speech = recording("vm-goodbye").display().to_string();
    let words = ["--timeout", "4", "send", "bo", "--record", "--json", "--file", &speech];
    let mut acknowledged = Vec::new();
    while !stop.load(Ordering::Relaxed) {
        let ended = anna.ivm(&words).ends();
        let told: serde_json::Value = serde_json::from_slice(&ended.printed).unwrap_or_default();
        if let (Some(0), Some(id)) = (ended.code, told["id"].as_str()) {
            acknowledged.push(id.to_owned());
        }
    }
    acknowledged
}
