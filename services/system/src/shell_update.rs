//! The note about an update, and what the next start of the machine says about it.

use std::fs;
use std::io;
use std::path::PathBuf;

use anyhow::Context as _;
use chassis::durable;
use chassis::layout::Layout;
use message::system::Alarm;

use crate::deed::slots;
use crate::shell_early;
use crate::update::{self, Note};

fn path(layout: &Layout) -> PathBuf {
    layout.state.join("update.json")
}

/// Keeps the note; everybody may read it.
pub(crate) fn keep(layout: &Layout, note: &Note) -> anyhow::Result<()> {
    let text = serde_json::to_vec(note)?;
    durable::write(&path(layout), &text, 0o644).context("the note about the update")
}

/// Removes the note, if there is one.
pub(crate) fn forget(layout: &Layout) -> io::Result<()> {
    match fs::remove_file(path(layout)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

fn note(layout: &Layout) -> Option<Note> {
    serde_json::from_str(&fs::read_to_string(path(layout)).ok()?).ok()
}

/// The slot that runs, `A` or `B`; empty where there are none.
#[must_use]
pub fn running_slot() -> String {
    let line = fs::read_to_string("/proc/cmdline").unwrap_or_default();
    slots::running(&line).unwrap_or_default().to_owned()
}

/// The kernel's name for this start of the machine.
pub(crate) fn boot() -> String {
    let text = fs::read_to_string("/proc/sys/kernel/random/boot_id").unwrap_or_default();
    text.trim().to_owned()
}

/// Updates on a stick, by the names that `Job::Update` takes.
#[must_use]
pub fn updates_on_stick(layout: &Layout) -> Vec<String> {
    let entries = fs::read_dir(layout.runtime.join("stick"));
    let mut names: Vec<String> = entries
        .into_iter()
        .flatten()
        .filter_map(Result::ok)
        .map(|entry| entry.file_name().to_string_lossy().into_owned())
        .filter(|name| update::is_update(name))
        .map(|name| format!("{}{name}", crate::deed::ON_STICK))
        .collect();
    names.sort();
    names.truncate(8);
    names
}

/// What waits or went wrong: for the alarms of the health.
#[must_use]
pub fn alarms(layout: &Layout, unix_ms: u64) -> Vec<Alarm> {
    let (slot, boot) = (running_slot(), boot());
    let update = note(layout).and_then(|note| note.alarm(&slot, &boot));
    let restore = shell_early::restore_waits(layout).then(|| update::restore_waits(unix_ms));
    let stick = updates_on_stick(layout).pop().map(|file| update::on_stick(&file, unix_ms));
    update.into_iter().chain(restore).chain(stick).collect()
}

/// This version is well, and so is the update that brought it.
pub(crate) fn confirm(layout: &Layout) -> anyhow::Result<()> {
    let slot = running_slot();
    match note(layout) {
        Some(note) if note.from_slot != slot && !note.is_confirmed => {
            keep(layout, &Note { is_confirmed: true, ..note })
        }
        Some(_) | None => Ok(()),
    }
}
