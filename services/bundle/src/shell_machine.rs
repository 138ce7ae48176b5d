//! What the machine itself runs of `appliance`: root's deeds, the steps before the services start,
//! and whether this version is well.

mod checks;
mod device;
mod self_message;

use std::io::{Write as _, stdin, stdout};
use std::path::Path;

use anyhow::{Context as _, bail, ensure};
use chassis::layout::{Layout, Ports};
use log::{info, warn};
use system::deed::Request;
use system::shell_deed::{Grounds, act, mark_good, serve};
use system::shell_early;

use crate::appliance::Health;
use crate::shell_appliance::runtime;

/// How often a start is looked at before it has failed: one that is only slow is no reason to go
/// back. All of them end within the unit's time.
const ATTEMPTS: u32 = 3;

/// `appliance deed`: one request on the standard input, for the settings keeper.
///
/// # Errors
/// Nothing was asked.
pub(crate) fn deed() -> anyhow::Result<()> {
    serve(&Grounds::of(Layout::installed()), stdin(), stdout())
}

/// `appliance early`: what a start does before the services.
///
/// # Errors
/// A restore or a reset could not be finished.
pub(crate) fn early() -> anyhow::Result<()> {
    finish_last_run(&Layout::installed())
}

/// Takes up a backup or does a reset that waits; no service may run.
pub(crate) fn finish_last_run(layout: &Layout) -> anyhow::Result<()> {
    shell_early::finish(&Grounds::of(layout.clone()), &mut || Ok(()))
}

/// `appliance health`: the check, and each step on the standard output.
///
/// # Errors
/// The appliance is not well.
pub(crate) fn health(arguments: &Health) -> anyhow::Result<()> {
    let layout = match &arguments.state {
        Some(state) => under(state)?,
        None => Layout::installed(),
    };
    let findings = runtime()?.block_on(checks::check(&layout));
    let text = if arguments.json { findings.to_json() } else { findings.to_words() };
    stdout().lock().write_all(text.as_bytes()).context("cannot print")?;
    ensure!(findings.trouble().is_none(), "the appliance is not well");
    Ok(())
}

fn under(state: &Path) -> anyhow::Result<Layout> {
    let state = std::path::absolute(state).context("the state directory")?;
    Ok(Layout::under(&state, Ports::default()))
}

/// `appliance confirm`: at the end of a start. A version that is well is good from now on; one
/// that is not goes back, or lets what a backup brought go back.
///
/// # Errors
/// The appliance is not well: the boot loader's other slot comes next, if this one is on trial.
pub(crate) fn confirm() -> anyhow::Result<()> {
    let layout = Layout::installed();
    let mut findings = runtime()?.block_on(checks::check(&layout));
    for _ in 1..ATTEMPTS {
        let Some(trouble) = findings.trouble() else { break };
        warn!(trouble:%; "this version is not well yet");
        findings = runtime()?.block_on(checks::check_later(&layout));
    }
    let Some(trouble) = findings.trouble() else {
        info!(steps:% = findings.to_words().trim_end(); "this version is well");
        return well(&layout);
    };
    warn!(trouble:%; "this version is not well");
    let grounds = Grounds::of(layout.clone());
    if shell_early::give_up_restore(&layout)? {
        warn!("it may be the backup that was taken up: the appliance starts with what was before");
        act(&grounds, Request::Restart, &mut |_| {})?;
    }
    bail!("this version is not well: {trouble}")
}

fn well(layout: &Layout) -> anyhow::Result<()> {
    let grounds = Grounds::of(layout.clone());
    let has_slots = !system::shell_update::running_slot().is_empty();
    if has_slots {
        // The boot loader counts the starts of a slot until it hears this, so it is said each time.
        mark_good(&grounds).context("the boot loader could not be told")?;
    }
    shell_early::confirm(layout)
}
