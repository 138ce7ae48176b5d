//! Out of the box: the panel's wizard, the first run in a browser, a spoken message; and what the
//! start costs.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use anyhow::{Context, ensure};
use boot::scan::station;
use boot::unit::{START, Unit};
use boot::{image, panel, telephone};
use office::programs::{program, run};
use office::wait;
use qemu::keys::Key;
use qemu::switch::shell::{Running, Station};
use serde_json::Value;

/// The browser's part: real speech in real time, on an emulated machine.
const BROWSER: Duration = Duration::from_secs(600);

// rows 1, 8, 73, 110, 111, 113, 114
#[test]
#[ignore = "boots the image: .ci/stage boots"]
fn from_the_panel_to_a_spoken_message() -> anyhow::Result<()> {
    let began = wait::now();
    let folder = tempfile::tempdir()?;
    let socket = folder.path().join("switch");
    let _switch = Running::start(&socket)?;
    let mut unit = Unit::delivered(|options| options.switches.push(socket.clone()))?;
    unit.machine.wait_for_panel("Language", START)?;
    let panel_s = began.elapsed().as_secs_f32();
    let first_run = panel::wizard(&mut unit.machine)?;
    ensure!(first_run.address.starts_with("https://10.0.2."), "{first_run:?}");
    unit.wait_for_answer()?;
    unit.wait_for_start()?;
    figures(&mut unit, panel_s)?;
    first_run_in_a_browser(&unit, &first_run)?;
    unit.machine.wait_for_panel("On-line", START)?;
    a_telephone_is_let_in(&mut unit, &mut station(&socket)?)
}

/// Somebody plugs a telephone in, and lets it in at the panel.
fn a_telephone_is_let_in(unit: &mut Unit, station: &mut Station) -> anyhow::Result<()> {
    // The test's own switch is behind a second card, which nobody has set up.
    unit.guest(
        "for card in /sys/class/net/*; do grep -q 52:54:00:69:01:01 $card/address || continue; \
         ip link set ${card##*/} up && ip address add 192.0.2.1/24 dev ${card##*/}; done",
    )?;
    unit.machine.wait("the panel asks about a telephone", START, |machine| {
        station.send(&telephone::discover()).ok()?;
        wait::pause(Duration::from_secs(1));
        machine.panel().picture().shows("To approve").then_some(())
    })?;
    panel::press(&mut unit.machine, Key::Ok, "→? Yealink 0A1F")?;
    panel::press(&mut unit.machine, Key::Ok, "OK: approve")?;
    panel::press(&mut unit.machine, Key::Ok, "It is not in")?;
    let known: Value = serde_json::from_str(&unit.guest("appliancectl --json phone list")?)?;
    let phone = &known["phones"][0];
    ensure!(phone["trust"] == "approved" && phone["mac"] == "00:15:65:ab:0a:1f", "{known}");
    Ok(())
}

fn first_run_in_a_browser(unit: &Unit, told: &panel::FirstRun) -> anyhow::Result<()> {
    let project = Path::new(env!("CARGO_MANIFEST_DIR")).join("../..");
    let ivm = program("ivm");
    let mut node = Command::new("node");
    node.current_dir(project.join("tests/browser")).args(["--test", "booted/first-run.js"]);
    node.env("IVM_BOOTED_HTTPS", format!("127.0.0.1:{}", unit.port(443)?));
    node.env("IVM_BOOTED_OBJECTS", unit.server()?);
    node.env("IVM_BOOTED_CODE", &told.code).env("IVM_BOOTED_FINGERPRINT", &told.fingerprint);
    node.env("IVM_EXECUTABLES", ivm.parent().context("a folder")?);
    let output = run(&mut node, BROWSER);
    let said = String::from_utf8_lossy(&output.stdout).into_owned();
    ensure!(output.status.success(), "{said}\n{}", String::from_utf8_lossy(&output.stderr));
    Ok(())
}

/// Prints what a start takes: seconds, each unit's part, the size of the root, memory at rest.
fn figures(unit: &mut Unit, panel_s: f32) -> anyhow::Result<()> {
    let all = unit.guest("systemd-analyze | head -n 1")?;
    let reached = unit.guest("systemd-analyze | tail -n 1")?;
    let units = unit.guest("systemd-analyze blame --no-pager | head -n 25")?;
    let memory = unit.guest("cat /proc/meminfo")?;
    let (available, total) = (kilobytes(&memory, "MemAvailable")?, kilobytes(&memory, "MemTotal")?);
    let root = image::results()?.join("image-development/manifest.json");
    let manifest: Value = serde_json::from_slice(&std::fs::read(root)?)?;
    let security =
        unit.guest("systemd-analyze security --no-pager | grep '^ivm-[a-z]*.service'")?;
    println!("{security}");
    let accelerator = unit.machine.options().accelerator.argument();
    println!("all services ready {:.1} s after the kernel began ({accelerator})", ready(unit)?);
    println!("{all}\n{reached}\nthe panel asks for the language after {panel_s:.1} s");
    println!("memory in use {} MB of {} MB", (total - available) / 1000, total / 1000);
    println!("root {} bytes\n{units}", manifest["sizes"]["root.squashfs"]);
    ensure!(!all.is_empty() && total > available);
    Ok(())
}

/// When the last of the services said that it was ready: seconds since the kernel began.
fn ready(unit: &mut Unit) -> anyhow::Result<f64> {
    let told = unit.guest(
        "systemctl show --property ActiveEnterTimestampMonotonic --value \
         ivm-system ivm-ivm ivm-admin ivm-lcd ivm-dhcp ivm-tftp ivm-gateway",
    )?;
    let moments = told.split_whitespace().map(str::parse::<u32>);
    let last = moments.collect::<Result<Vec<u32>, _>>()?.into_iter().max();
    Ok(f64::from(last.context("no service is ready")?) / 1e6)
}

/// A row of `/proc/meminfo`: `MemTotal:         468152 kB`.
fn kilobytes(memory: &str, name: &str) -> anyhow::Result<u64> {
    let row = memory.lines().find(|row| row.starts_with(name)).context("no such row")?;
    let number = row.split_whitespace().nth(1).context("no number")?;
    Ok(number.parse()?)
}
