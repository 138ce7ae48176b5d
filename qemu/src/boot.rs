//! `ivm-qemu boot`: from the image to a panel that can be used.

mod begin;
mod end;

use std::io::{IsTerminal, Write, stdout};
use std::path::PathBuf;
use std::sync::mpsc::Receiver;
use std::thread;
use std::time::Duration;

use anyhow::Context;
use serde_json::json;

use crate::cli::{Boot, HTTP, HTTPS, OBJECTS};
use crate::machine::Machine;
use crate::told::Told;
use crate::view;
use crate::wait::{Deadline, EVERY, pause};
use crate::web::{Controls, Page};

/// How long a boot may take without KVM on a busy machine.
const READY: Duration = Duration::from_secs(300);
/// How long a shut-down in good order may take.
const DOWN: Duration = Duration::from_secs(60);

/// Boots, shows, and shuts down again.
///
/// # Errors
/// There is no image, QEMU does not start, or the guest does not come up.
pub fn boot(words: &Boot) -> anyhow::Result<()> {
    let end = end::signals()?;
    let mut machine = begin::machine(words)?;
    let controls = Controls::of(&machine);
    let page = Page::start(words.page, controls.clone())?;
    let place = format!("The panel in a browser: {}", page.address());
    say(&place)?;
    controls.tell(place);
    let shown = run(words, &mut machine, &controls, &end);
    shut_down(machine, &end)?;
    shown
}

fn run(
    words: &Boot,
    machine: &mut Machine,
    controls: &Controls,
    end: &Receiver<()>,
) -> anyhow::Result<()> {
    if !words.headless && stdout().is_terminal() && !words.no_panel {
        watch(machine, controls)?;
        return view::show(controls, end, || machine.has_ended());
    }
    if ready(machine, end)? {
        summary(machine)?;
        while end.recv_timeout(EVERY).is_err() && !machine.has_ended() {}
    }
    Ok(())
}

/// Looks for the guest beside the view, and tells what is found there.
fn watch(machine: &Machine, controls: &Controls) -> anyhow::Result<()> {
    let (page, objects) = (machine.port(HTTPS), machine.port(OBJECTS));
    let controls = controls.clone();
    thread::Builder::new().name("watch".into()).spawn(move || {
        let Some(port) = page else { return };
        while !end::answers(port) {
            pause(EVERY);
        }
        controls.tell(format!("The appliance: https://127.0.0.1:{port}/"));
        if let Some(port) = objects
            && let Ok(Some(fingerprint)) = end::fingerprint(port)
        {
            controls.tell(format!("Terminals: 127.0.0.1:{port}, fingerprint {fingerprint}"));
        }
    })?;
    Ok(())
}

/// Waits until the guest serves its pages; false if somebody ended it before.
fn ready(machine: &mut Machine, end: &Receiver<()>) -> anyhow::Result<bool> {
    let Some(port) = machine.port(HTTPS).or_else(|| machine.port(HTTP)) else { return Ok(true) };
    let mut told = machine.panel().changes();
    machine.wait("the appliance answers", READY, |machine| {
        let changes = machine.panel().changes();
        if changes != told {
            told = changes;
            // The picture is only for the person who watches.
            let _printed = say(&machine.panel().picture().to_string());
        }
        if end.try_recv().is_ok() {
            return Some(false);
        }
        end::answers(port).then_some(true)
    })
}

/// What a person needs for the first run.
fn summary(machine: &Machine) -> anyhow::Result<()> {
    let mut told = Told::default();
    let patience = Duration::from_secs(10);
    machine.panel().wait(patience, |picture| {
        told.read(picture);
        (told.address.is_some() && told.code.is_some()).then_some(())
    });
    if let Some(port) = machine.port(HTTPS) {
        say(&format!("The appliance:          https://127.0.0.1:{port}/"))?;
    }
    if let Some(port) = machine.port(OBJECTS) {
        say(&format!("Terminals connect to:   127.0.0.1:{port}"))?;
        if let Some(fingerprint) = end::fingerprint(port)? {
            say(&format!("Fingerprint:            {fingerprint}"))?;
        }
    }
    if let Some(address) = told.address {
        say(&format!("Its own address:        {address}"))?;
    }
    match told.code {
        Some(code) => say(&format!("Code on the panel:      {code}"))?,
        None => say("The code is on the panel, once its first questions are answered.")?,
    }
    say("Ctrl-C shuts it down.")
}

/// Presses the power button; who ends it once more cuts the power.
fn shut_down(mut machine: Machine, end: &Receiver<()>) -> anyhow::Result<()> {
    if machine.has_ended() {
        return say("The machine is off.");
    }
    say("Shutting down; this takes a few seconds. Ctrl-C once more cuts the power.")?;
    // Requests from before this moment are the ones that led here.
    while end.try_recv().is_ok() {}
    machine.qmp().execute("system_powerdown", json!({}))?;
    let off = Deadline::after(DOWN).look(|| {
        let cut = end.try_recv().is_ok();
        (cut || machine.has_ended()).then_some(!cut)
    });
    if off != Some(true) {
        say("It is not off yet; the power is cut.")?;
        machine.cut_power().context("QEMU cannot be killed")?;
    }
    Ok(())
}

fn say(line: &str) -> anyhow::Result<()> {
    writeln!(stdout(), "{line}").context("cannot print")
}

/// Waits until a port of the guest is served: for who prepares a snapshot.
fn served(machine: &mut Machine) -> anyhow::Result<()> {
    let port = machine.port(HTTPS).or_else(|| machine.port(HTTP));
    let port = port.context("a snapshot needs `https` or `http` among the ports")?;
    machine.wait("the appliance answers", READY, |_| end::answers(port).then_some(()))
}

/// The user's folder for what outlives a boot.
fn state(words: &Boot) -> anyhow::Result<PathBuf> {
    let folder = match &words.state {
        Some(folder) => folder.clone(),
        None => {
            let usual = std::env::var_os("XDG_STATE_HOME").map(PathBuf::from);
            let home =
                || std::env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state"));
            usual.or_else(home).context("no home; say --state DIR")?.join("ivm-qemu")
        }
    };
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("cannot make {}", folder.display()))?;
    Ok(folder)
}
