//! What a start does before any service runs: finishes a factory reset, and takes up a backup that
//! was checked. Every step can be the last one before a power cut: the next start goes on from
//! what it finds.
//!
//! ```text
//! reset                  a word: `keep` (people, messages, authority) or `all`
//! restore.part           being unpacked: rubbish at a start
//! restore.new/SERVICE    whole and checked: goes where SERVICE is
//! restore.old/SERVICE    what was there; goes when the appliance is well with the new one
//! restore.back           the appliance was not well: what is in restore.old goes back
//! ```

mod ways_back;

use std::fs;
use std::io;
use std::os::unix::fs::lchown;
use std::path::Path;

use anyhow::{Context as _, bail};
use chassis::durable;
use chassis::layout::Layout;
use log::{info, warn};

use crate::shell_deed::{Grounds, SERVICES, clear};
use crate::shell_update;

pub(crate) const RESTORE_PART: &str = "restore.part";
pub(crate) const RESTORE_NEW: &str = "restore.new";
const RESTORE_OLD: &str = "restore.old";
const RESTORE_BACK: &str = "restore.back";
const RESTORE_BAD: &str = "restore.bad";
const RESET: &str = "reset";
/// What a reset that keeps messages leaves in the settings keeper's directory: clients know the
/// appliance by it.
const AUTHORITY: &str = "authority";

/// Called before each step; an error ends the work there, as a power cut would.
pub type Step<'a> = &'a mut dyn FnMut() -> io::Result<()>;

/// Does what is to be done before the services start. The caller makes sure that none runs.
///
/// # Errors
/// The file system's; the next start tries again.
pub fn finish(grounds: &Grounds, step: Step<'_>) -> anyhow::Result<()> {
    let state = grounds.layout.state.as_path();
    if let Some(word) = read(&state.join(RESET))? {
        reset(grounds, &word, step).context("the factory reset")?;
    }
    for rubbish in [RESTORE_PART, "backup.tmp", "before-update.part"] {
        step()?;
        clear(&state.join(rubbish))?;
    }
    if state.join(RESTORE_BACK).exists() {
        take_back(state, step).context("going back to what was before the backup")?;
    }
    if state.join(RESTORE_NEW).exists() {
        take_up(grounds, step).context("taking up the backup")?;
    }
    ways_back::take(grounds, step).context("going back to the data of this version")
}

fn read(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

/// Asks the next start for a factory reset.
pub(crate) fn ask_for_reset(layout: &Layout, keep_messages: bool) -> anyhow::Result<()> {
    let word = if keep_messages { "keep" } else { "all" };
    durable::write(&layout.state.join(RESET), word.as_bytes(), 0o600)
        .context("the reset cannot be noted")
}

fn reset(grounds: &Grounds, word: &str, step: Step<'_>) -> anyhow::Result<()> {
    let state = &grounds.layout.state;
    let keeps = match word.trim() {
        "keep" => true,
        "all" => false,
        other => bail!("an unknown kind of reset: {other}"),
    };
    info!(keeps; "the appliance is reset");
    for rest in [RESTORE_NEW, RESTORE_OLD, RESTORE_BACK, RESTORE_BAD, "before-update", "newer"] {
        step()?;
        remove(&state.join(rest))?;
    }
    for (service, _) in SERVICES {
        let folder = state.join(service);
        match service {
            "ivm" if keeps => {}
            "system" if keeps => empty(&folder, Some(AUTHORITY), step)?,
            _ => empty(&folder, None, step)?,
        }
    }
    empty(&grounds.layout.exchange, None, step)?;
    step()?;
    shell_update::forget(&grounds.layout)?;
    // Last of all: whatever happens before, the next start begins again.
    step()?;
    remove(&state.join(RESET))?;
    durable::sync_directory(&state.join(RESET))?;
    Ok(())
}

/// Removes what is in a folder, but not the folder: it belongs to its service.
fn empty(folder: &Path, except: Option<&str>, step: Step<'_>) -> anyhow::Result<()> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if except.is_none_or(|except| entry.file_name() != except) {
            step()?;
            remove(&entry.path())?;
        }
    }
    Ok(())
}

/// Removes a file or a folder, not what a link leads to; none is no error.
fn remove(path: &Path) -> io::Result<()> {
    match fs::symlink_metadata(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(()),
        Err(error) => Err(error),
        Ok(about) if about.is_dir() => fs::remove_dir_all(path),
        Ok(_) => fs::remove_file(path),
    }
}

fn take_up(grounds: &Grounds, step: Step<'_>) -> anyhow::Result<()> {
    let state = &grounds.layout.state;
    let (new, old) = (state.join(RESTORE_NEW), state.join(RESTORE_OLD));
    for (service, _) in SERVICES {
        let (from, here, kept) = (new.join(service), state.join(service), old.join(service));
        if !from.exists() {
            continue;
        }
        step()?;
        give(&from, grounds.owner(service))?;
        if here.exists() {
            fs::create_dir_all(&old)?;
            step()?;
            // Left by a restore before this one that was never confirmed.
            clear(&kept)?;
            step()?;
            fs::rename(&here, &kept)?;
        }
        step()?;
        fs::rename(&from, &here)?;
        durable::sync_directory(&here)?;
        info!(service; "what the backup holds is in its place");
    }
    step()?;
    clear(&new)?;
    durable::sync_directory(&new)?;
    Ok(())
}

/// Lets a folder and all in it belong to its service.
fn give(folder: &Path, owner: Option<(nix::unistd::Uid, nix::unistd::Gid)>) -> io::Result<()> {
    let Some((user, group)) = owner else { return Ok(()) };
    lchown(folder, Some(user.as_raw()), Some(group.as_raw()))?;
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            give(&entry.path(), owner)?;
        } else {
            lchown(entry.path(), Some(user.as_raw()), Some(group.as_raw()))?;
        }
    }
    Ok(())
}

fn take_back(state: &Path, step: Step<'_>) -> anyhow::Result<()> {
    let (old, bad) = (state.join(RESTORE_OLD), state.join(RESTORE_BAD));
    warn!("the appliance was not well with the backup: what was before comes back");
    for (service, _) in SERVICES {
        let (from, here) = (old.join(service), state.join(service));
        if !from.exists() {
            continue;
        }
        if here.exists() {
            fs::create_dir_all(&bad)?;
            step()?;
            clear(&bad.join(service))?;
            step()?;
            fs::rename(&here, bad.join(service))?;
        }
        step()?;
        fs::rename(&from, &here)?;
    }
    for done in [RESTORE_BAD, RESTORE_OLD, RESTORE_BACK] {
        step()?;
        remove(&state.join(done))?;
    }
    durable::sync_directory(&old)?;
    Ok(())
}

/// Does a checked backup wait for the next start?
pub(crate) fn restore_waits(layout: &Layout) -> bool {
    layout.state.join(RESTORE_NEW).exists()
}

/// The appliance is well: what was kept for the way back may go.
///
/// # Errors
/// The file system's.
pub fn confirm(layout: &Layout) -> anyhow::Result<()> {
    clear(&layout.state.join(RESTORE_OLD))?;
    shell_update::confirm(layout)?;
    Ok(())
}

/// The appliance is not well: if that may be a backup's doing, the next start goes back. Tells
/// whether it does.
///
/// # Errors
/// The file system's.
pub fn give_up_restore(layout: &Layout) -> anyhow::Result<bool> {
    let may_be = layout.state.join(RESTORE_OLD).exists();
    if may_be {
        durable::write(&layout.state.join(RESTORE_BACK), b"", 0o600)?;
    }
    Ok(may_be)
}
