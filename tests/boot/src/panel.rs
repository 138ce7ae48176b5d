//! What a person does in front of the panel, who sees only its glass.

use std::time::Duration;

use anyhow::{Context, ensure};
use qemu::keys::Key;
use qemu::machine::Machine;

/// How long the panel may take to answer a key.
const ANSWER: Duration = Duration::from_secs(20);

/// Presses a key until the glass shows this; keys that change nothing by themselves are lists and
/// pages that come to an end.
///
/// # Errors
/// It has not after so many presses as there are pages.
pub fn press_until(machine: &mut Machine, key: Key, wanted: &str) -> anyhow::Result<()> {
    for _ in 0..16 {
        if machine.panel().picture().shows(wanted) {
            return Ok(());
        }
        let changes = machine.panel().changes();
        machine.tap(key)?;
        machine.wait("the panel changes", ANSWER, |machine| {
            (machine.panel().changes() != changes).then_some(())
        })?;
        settle(machine);
    }
    let glass = machine.panel().picture();
    ensure!(glass.shows(wanted), "`{wanted}` is on no page; the last one:\n{glass}");
    Ok(())
}

/// Presses a key, and waits for what it leads to.
///
/// # Errors
/// That does not come.
pub fn press(machine: &mut Machine, key: Key, wanted: &str) -> anyhow::Result<()> {
    machine.tap(key)?;
    machine.wait_for_panel(wanted, ANSWER).with_context(|| format!("after the key {key}"))?;
    settle(machine);
    Ok(())
}

/// Waits until the glass has kept still for a moment: a page is written letter by letter.
fn settle(machine: &Machine) {
    let mut changes = machine.panel().changes();
    for _ in 0..20 {
        let (now, _) = machine.panel().next(changes, Duration::from_millis(400));
        if now == changes {
            return;
        }
        changes = now;
    }
}

/// Goes through the wizard of the first start: language, network by DHCP.
///
/// # Errors
/// A page does not come.
pub fn wizard(machine: &mut Machine) -> anyhow::Result<FirstRun> {
    machine.wait_for_panel("Language", ANSWER)?;
    press(machine, Key::Ok, "Network")?;
    press(machine, Key::Ok, "Code")?;
    read(machine)
}

/// What the page for the first run says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstRun {
    /// `https://` and the address.
    pub address: String,
    /// The one-time code.
    pub code: String,
    /// The fingerprint of the authority, 64 digits.
    pub fingerprint: String,
}

fn read(machine: &mut Machine) -> anyhow::Result<FirstRun> {
    let rows = machine.panel().picture().rows();
    let after = |word: &str| {
        let row = rows.iter().find(|row| row.starts_with(word))?;
        row.split_whitespace().last().map(str::to_owned)
    };
    let address = after("https://").context("no address")?;
    let code = after("Code").context("no code")?;
    let mut lines: Vec<String> = Vec::new();
    for _ in 0..8 {
        let rows = machine.panel().picture().rows();
        for digits in rows.iter().filter_map(|row| digits(row)) {
            // Scrolling shows some of them once more.
            if !lines.contains(&digits) {
                lines.push(digits);
            }
        }
        if lines.len() >= 4 {
            break;
        }
        let changes = machine.panel().changes();
        machine.tap(Key::Down)?;
        machine.wait("the page scrolls", ANSWER, |machine| {
            (machine.panel().changes() != changes).then_some(())
        })?;
        settle(machine);
    }
    let fingerprint = lines.concat();
    ensure!(fingerprint.len() == 64, "the fingerprint is {fingerprint}");
    Ok(FirstRun { address, code, fingerprint })
}

/// A row of four groups of four hexadecimal digits.
fn digits(row: &str) -> Option<String> {
    let groups: Vec<&str> = row.split_whitespace().collect();
    let is_group = |group: &&str| group.len() == 4 && group.chars().all(|c| c.is_ascii_hexdigit());
    (groups.len() == 4 && groups.iter().all(is_group)).then(|| groups.concat())
}

/// Gives the appliance a fixed address, from the page `Network` on.
///
/// # Errors
/// A page does not come.
pub fn set_address(machine: &mut Machine, address: [u8; 4]) -> anyhow::Result<()> {
    press_until(machine, Key::Right, "Network")?;
    press(machine, Key::Ok, "→DHCP")?;
    press(machine, Key::Down, "→Fixed")?;
    press(machine, Key::Ok, "digit")?;
    let wanted = address.map(|number| format!("{number:03}")).join(".");
    for (at, digit) in wanted.chars().enumerate() {
        if digit == '.' {
            continue;
        }
        turn(machine, at, digit)?;
        if at + 1 < wanted.len() {
            machine.tap(Key::Right)?;
            settle(machine);
        }
    }
    press(machine, Key::Ok, "Network bits")?;
    press(machine, Key::Ok, "Gateway")?;
    press(machine, Key::Ok, "DNS")?;
    press(machine, Key::Ok, "Apply this?")?;
    press(machine, Key::Ok, "Saved")
}

/// Turns the digit at the cursor until it is this one.
fn turn(machine: &mut Machine, at: usize, digit: char) -> anyhow::Result<()> {
    for _ in 0..10 {
        let shown = machine.panel().picture().rows().get(1).and_then(|row| row.chars().nth(at));
        let shown = shown.context("no address on the panel")?;
        if shown == digit {
            return Ok(());
        }
        let key = if shown < digit { Key::Up } else { Key::Down };
        let changes = machine.panel().changes();
        machine.tap(key)?;
        machine.wait("the digit turns", ANSWER, |machine| {
            (machine.panel().changes() != changes).then_some(())
        })?;
        settle(machine);
    }
    anyhow::bail!("the digit {at} does not become {digit}:\n{}", machine.panel().picture())
}
