//! Damage and shortage: a full disk, damaged files and blocks, a wrong clock, a panel that is away.

use std::time::Duration;

use anyhow::{Context, ensure};
use boot::panel;
use boot::unit::{START, Unit};
use office::speech::recording;
use qemu::bus::Fault;
use qemu::keys::Key;
use serde_json::Value;

/// How long an alarm may take to be seen.
const SEEN: Duration = Duration::from_secs(90);

/// Waits until the alarm is on, and gives its words.
fn alarm(unit: &mut Unit, name: &str) -> anyhow::Result<String> {
    let api = unit.meet()?;
    unit.machine.wait(&format!("the alarm {name}"), SEEN, |_| {
        let health = api.get("/health").ok()?;
        let found = health["alarms"].as_array()?.iter().find(|alarm| alarm["name"] == name)?;
        let (words, advice) = (found["words"].as_str()?, found["advice"].as_str()?);
        Some(format!("{words} {advice}"))
    })
}

fn silent(unit: &mut Unit, name: &str) -> anyhow::Result<()> {
    let api = unit.meet()?;
    unit.machine.wait(&format!("the alarm {name} ends"), SEEN, |_| {
        let health = api.get("/health").ok()?;
        let alarms = health["alarms"].as_array()?;
        (!alarms.iter().any(|alarm| alarm["name"] == name)).then_some(())
    })
}

#[test]
#[ignore = "boots the image: .ci/stage boots"]
fn on_a_full_disk_nothing_is_acknowledged_and_everybody_is_told() -> anyhow::Result<()> {
    let mut unit = Unit::set_up()?;
    let [anna, bo] = [unit.person("anna")?, unit.person("bo")?];
    panel::wizard(&mut unit.machine).ok();
    let speech = recording("vm-goodbye").display().to_string();
    let send = ["send", "bo", "--record", "--file", speech.as_str(), "--json"];
    let before = anna.ivm(&send).succeeds_json();
    unit.guest(
        "free=$(df -k --output=avail /var | tail -n 1); fallocate -l $((free - 64))K /var/fill; \
         dd if=/dev/zero of=/var/fill2 bs=4k 2>/dev/null; sync; df -k --output=avail /var | tail -n 1",
    )?;
    let words = alarm(&mut unit, "disk-full")?;
    println!("{words}");
    unit.machine.wait("the lamp", SEEN, |machine| machine.panel().picture().alarm.then_some(()))?;
    let refused = anna.ivm(&send).and(&["--timeout", "20"]).ends();
    println!("exit {:?}: {}", refused.code, refused.trouble);
    ensure!(refused.code != Some(0), "acknowledged on a full disk");
    unit.guest("rm -f /var/fill /var/fill2; sync")?;
    silent(&mut unit, "disk-full")?;
    // The message server looks at the disk at its own times.
    let after = unit.machine.wait("messages are taken again", SEEN, |_| {
        let told = anna.ivm(&send).and(&["--timeout", "20"]).ends();
        let sent: Value = serde_json::from_slice(&told.printed).unwrap_or_default();
        (told.code == Some(0)).then_some(sent)
    })?;
    let inbox = bo.list(&["inbox"]);
    for sent in [&before, &after] {
        ensure!(inbox.iter().any(|message| message["id"] == sent["id"]), "{sent} is lost");
    }
    Ok(())
}

// rows 74
#[test]
#[ignore = "boots the image: .ci/stage boots"]
fn damaged_settings_come_back_from_the_copy_and_it_says_so() -> anyhow::Result<()> {
    let mut unit = Unit::set_up()?;
    let api = unit.meet()?;
    api.change(&[("/office/keep_days", 60.into())])?;
    api.change(&[("/office/silence_s", 5.into())])?;
    unit.guest(
        "systemctl stop ivm-system; for file in /var/lib/ivm/system/settings.json; do \
         test -s $file && dd if=/dev/urandom of=$file bs=64 count=1 conv=notrunc; done; \
         systemctl start ivm-system && systemctl is-active ivm-system",
    )?;
    let words = alarm(&mut unit, "settings-restored")?;
    println!("{words}");
    let settings = api.get("/settings")?;
    ensure!(settings["settings"]["office"]["keep_days"] == 60, "{settings}");
    Ok(())
}

#[test]
#[ignore = "boots the image: .ci/stage boots"]
fn a_damaged_page_of_the_database_costs_no_other_page() -> anyhow::Result<()> {
    let mut unit = Unit::set_up()?;
    let [anna, bo] = [unit.person("anna")?, unit.person("bo")?];
    let speech = recording("vm-goodbye").display().to_string();
    let send = ["send", "bo", "--record", "--file", speech.as_str(), "--json"];
    let sent: Vec<Value> = (0..3).map(|_| anna.ivm(&send).succeeds_json()).collect();
    unit.guest(
        "systemctl stop ivm-ivm; db=$(find /var/lib/ivm/ivm -name ivm.sqlite); \
         dd if=/dev/urandom of=$db bs=16k seek=$(($(stat -c %s $db) / 16384 - 1)) count=1 \
         conv=notrunc 2>&1; systemctl start ivm-ivm && systemctl is-active ivm-ivm",
    )?;
    let log = unit.guest("journalctl -q -b -u ivm-ivm -p warning --no-pager -o cat | tail -n 5")?;
    println!("{log}");
    ensure!(log.contains("damaged"), "nobody is told: {log}");
    let inbox = bo.list(&["inbox"]);
    let here = sent.iter().filter(|one| inbox.iter().any(|message| message["id"] == one["id"]));
    println!("{} of {} messages are there", here.count(), sent.len());
    let after = anna.ivm(&send).succeeds_json();
    ensure!(bo.list(&["inbox"]).iter().any(|message| message["id"] == after["id"]));
    Ok(())
}

#[test]
#[ignore = "boots the image: .ci/stage boots"]
fn with_a_wrong_clock_it_starts_and_messages_go() -> anyhow::Result<()> {
    let mut unit = Unit::delivered(|options| {
        options.clock = Some("1999-12-31T23:59:00".to_owned());
    })?;
    unit.wait_for_start()?;
    let told = unit.guest("appliancectl --json setup")?;
    let told: Value = serde_json::from_str(&told)?;
    unit.meet()?.set_up(told["code"].as_str().context("no code")?)?;
    let year = unit.guest("date +%Y")?;
    ensure!(year.trim().parse::<u32>()? >= 2026, "the clock is before the image: {year}");
    let [anna, bo] = [unit.person("anna")?, unit.person("bo")?];
    let speech = recording("vm-goodbye").display().to_string();
    let sent = anna.ivm(&["send", "bo", "--record", "--file", &speech, "--json"]).succeeds_json();
    ensure!(bo.list(&["inbox"]).iter().any(|message| message["id"] == sent["id"]));
    Ok(())
}

// rows 110
#[test]
#[ignore = "boots the image: .ci/stage boots"]
fn a_panel_that_is_away_or_garbled_stops_nothing_and_shows_the_truth_again() -> anyhow::Result<()> {
    let mut unit = Unit::started()?;
    let api = unit.meet()?;
    let restarts = "systemctl show -p NRestarts --value ivm-lcd";
    unit.machine.unplug_panel();
    qemu::wait::pause(Duration::from_secs(5));
    ensure!(api.answers(), "the pages are gone with the panel");
    unit.machine.plug_panel()?;
    unit.machine.wait_for_panel("Language", START)?;
    panel::press(&mut unit.machine, Key::Down, "→Deutsch")?;
    for fault in [Fault::Nack, Fault::Garble { one_in: 20, seed: 7 }] {
        unit.machine.panel().set_fault(fault);
        qemu::wait::pause(Duration::from_secs(12));
        ensure!(api.answers(), "the pages are gone with the panel");
        unit.machine.panel().set_fault(Fault::None);
        unit.machine.wait_for_panel("Language/Sprache", SEEN)?;
    }
    let count = unit.guest(restarts)?;
    println!("the panel's service was started again {} times", count.trim());
    ensure!(count.trim() == "0", "{count}");
    panel::press_until(&mut unit.machine, Key::Up, "→English")?;
    panel::wizard(&mut unit.machine)?;
    Ok(())
}
