//! Addresses: from the panel for good, from a web page on trial, and none at all.

use std::time::Duration;

use anyhow::ensure;
use boot::panel;
use boot::unit::Unit;
use qemu::keys::Key;
use serde_json::json;

/// How long an address may take to change.
const CHANGE: Duration = Duration::from_secs(60);
/// A change on trial, and a minute of a slow machine.
const TRIAL: Duration = Duration::from_secs(150);

// rows 110
#[test]
#[ignore = "boots the image: .ci/stage boots"]
fn an_address_from_the_panel_is_answered_at_for_good() -> anyhow::Result<()> {
    let mut unit = Unit::started()?;
    panel::wizard(&mut unit.machine)?;
    let before = unit.wait_for_answer()?;
    panel::set_address(&mut unit.machine, [10, 0, 2, 40])?;
    let port = unit.reach("10.0.2.40", 443)?;
    let now = before.at(port);
    unit.machine.wait("the new address answers", CHANGE, |_| now.answers().then_some(()))?;
    unit.machine.wait_for_panel("10.0.2.40", CHANGE)?;
    ensure!(!before.answers(), "the old address answers still");
    // Who changed it stands in front of the appliance: nothing takes it back, a restart neither.
    qemu::wait::pause(Duration::from_secs(65));
    ensure!(now.answers(), "the change was taken back");
    let kept = unit.guest("appliancectl --json settings show")?;
    ensure!(kept.contains("10.0.2.40"), "{kept}");
    Ok(())
}

// rows 113
#[test]
#[ignore = "boots the image: .ci/stage boots"]
fn a_wrong_address_from_a_web_page_takes_itself_back() -> anyhow::Result<()> {
    let mut unit = Unit::set_up()?;
    let api = unit.meet()?;
    let fixed = json!({ "method": "static", "address": "10.9.9.9", "prefix": 24, "gateway": null });
    let answer = api.change(&[("/network/ipv4", fixed)])?;
    ensure!(answer["pending"]["revert_in_s"].is_number() || answer["pending"].is_object());
    unit.machine.wait("the wrong address", CHANGE, |_| (!api.answers()).then_some(()))?;
    let began = office::wait::now();
    unit.machine.wait("the old address is back", TRIAL, |_| api.answers().then_some(()))?;
    println!("back after {:.0} s", began.elapsed().as_secs_f32());
    let settings = api.get("/settings")?;
    ensure!(settings["settings"]["network"]["ipv4"]["method"] == "dhcp", "{settings}");
    ensure!(settings["pending"].is_null(), "{settings}");
    Ok(())
}

#[test]
#[ignore = "boots the image: .ci/stage boots"]
fn without_a_network_it_starts_and_says_so_and_goes_on_with_the_cable() -> anyhow::Result<()> {
    let mut unit = Unit::set_up()?;
    let api = unit.meet()?;
    unit.machine.set_link(0, false)?;
    unit.machine.wait_for_panel("no cable", CHANGE)?;
    unit.machine
        .wait("the lamp", CHANGE, |machine| machine.panel().picture().alarm.then_some(()))?;
    panel::press(&mut unit.machine, Key::Ok, "No cable")?;
    panel::press(&mut unit.machine, Key::Ok, "Alarms")?;
    unit.machine.set_link(0, true)?;
    unit.machine.wait("the pages answer again", CHANGE, |_| api.answers().then_some(()))?;
    unit.machine.wait("the lamp goes out", CHANGE, |machine| {
        (!machine.panel().picture().alarm).then_some(())
    })
}
