//! The machine that most tests go on from: booted once for all of them, by whichever comes first,
//! and kept until the image is built anew.

use std::fs::{self, File};
use std::path::{Path, PathBuf};

use anyhow::Context;
use qemu::disk::identity;
use qemu::machine::{Machine, Options, Snapshot};

use crate::image;
use crate::unit::{START, options};

/// A machine that goes on from there, with a disk of its own, and the options that it is made of.
///
/// # Errors
/// The image does not start.
pub fn go_on(disk: &Path) -> anyhow::Result<(Machine, Options)> {
    let folder = image::results()?.join("boot-base");
    fs::create_dir_all(&folder)?;
    // Each test is a process: the first one boots, the others wait.
    let lock = File::create(folder.join("lock"))?;
    lock.lock()?;
    let snapshot = saved(&folder)?;
    drop(lock);
    let mut machine = snapshot.go_on(disk)?;
    machine.plug_panel()?;
    machine.wait_for_panel("Language", START)?;
    let options = machine.options().clone();
    Ok((machine, options))
}

fn saved(folder: &Path) -> anyhow::Result<Snapshot> {
    let files = Files::of(folder);
    let mut options = options()?;
    options.panel = false;
    let made_of = format!("{} {:?}", identity(&options.image.disk())?, options.accelerator);
    if fs::read_to_string(&files.belongs).is_ok_and(|before| before == made_of) {
        options = options.uefi(&files.variables)?;
        return Ok(Snapshot::open(options, files.state, Some(files.disk)));
    }
    for file in [&files.belongs, &files.variables, &files.disk, &files.state] {
        if file.exists() {
            fs::remove_file(file)?;
        }
    }
    let options = options.fresh_disk(&files.disk)?.uefi(&files.variables)?;
    let mut machine = Machine::start(options)?;
    let state = machine.shell("systemctl is-system-running --wait", START)?.text;
    if state.trim() != "running" {
        let failed = "systemctl --failed --no-legend; journalctl -q -p warning -o cat | tail";
        let said = machine.shell(failed, START)?.text;
        anyhow::bail!("the image does not start well: {state}\n{said}");
    }
    machine.shell("sync", START)?.good()?;
    let snapshot = machine.save(&files.state, START).context("the machine cannot be saved")?;
    fs::write(&files.belongs, made_of)?;
    Ok(snapshot)
}

struct Files {
    belongs: PathBuf,
    variables: PathBuf,
    disk: PathBuf,
    state: PathBuf,
}

impl Files {
    fn of(folder: &Path) -> Self {
        Self {
            belongs: folder.join("of"),
            variables: folder.join("variables.fd"),
            disk: folder.join("disk.qcow2"),
            state: folder.join("state"),
        }
    }
}
