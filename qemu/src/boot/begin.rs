//! From the words of the command line to a machine that runs.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::{READY, say, served, state};
use crate::accelerator::Accelerator;
use crate::cli::{Boot, Start};
use crate::disk::{identity, overlay};
use crate::machine::{Image, Machine, Options, Snapshot};
use crate::picture::Glass;

/// The machine that was asked for.
pub(super) fn machine(words: &Boot) -> anyhow::Result<Machine> {
    let image = match &words.image {
        Some(folder) => Image::at(folder)?,
        None => Image::find()?,
    };
    let state = state(words)?;
    let accelerator = Accelerator::find();
    let name = match accelerator {
        Accelerator::Kvm => "with KVM",
        Accelerator::Tcg => "without KVM, which takes about half a minute longer",
    };
    say(&format!("Booting {name}; disks are in {}.", state.display()))?;
    let mut options = Options::new(image);
    options.memory = words.memory;
    options.forwards.clone_from(&words.forward);
    options.panel = !words.no_panel;
    options.glass = if words.small { Glass::G16X2 } else { Glass::G20X4 };
    options.accelerator = accelerator;
    options.apart = true;
    match words.mode {
        Start::Snapshot => return from_snapshot(words, options, &state),
        Start::Uefi => options = options.uefi(&variables(words, &state)?)?,
        Start::Direct => {}
    }
    options.disk = kept_disk(words, &options.image, &state)?;
    Machine::start(options)
}

fn variables(words: &Boot, state: &Path) -> anyhow::Result<PathBuf> {
    let file = state.join("variables.fd");
    if words.fresh && file.exists() {
        fs::remove_file(&file)?;
    }
    Ok(file)
}

/// The overlay of the last boot, or a fresh one. Over another image it is worthless: an image that
/// was built again starts afresh.
fn kept_disk(words: &Boot, image: &Image, state: &Path) -> anyhow::Result<Option<PathBuf>> {
    let below = image.disk();
    if !below.exists() {
        return Ok(None);
    }
    let disk = words.disk.clone().unwrap_or_else(|| state.join("disk.qcow2"));
    let belongs = disk.with_extension("of");
    let now = identity(&below)?;
    let same = fs::read_to_string(&belongs).is_ok_and(|before| before == now);
    if disk.exists() && same && !words.fresh {
        return Ok(Some(disk));
    }
    if disk.exists() && !words.fresh {
        say("The image is another one than at the last boot: it starts afresh.")?;
    }
    overlay(&below, "raw", &disk)?;
    fs::write(&belongs, now).with_context(|| format!("cannot write {}", belongs.display()))?;
    Ok(Some(disk))
}

/// Goes on from the saved state; makes it first if there is none of this image and these options.
fn from_snapshot(words: &Boot, mut options: Options, state: &Path) -> anyhow::Result<Machine> {
    let panel = options.panel;
    options.panel = false;
    let below = options.image.disk();
    let built = if below.exists() { identity(&below)? } else { "none".to_owned() };
    let made_of = format!("{built} {} {:?}", options.memory, options.accelerator);
    let (saved, base) = (state.join("machine.state"), state.join("machine.qcow2"));
    let belongs = state.join("machine.of");
    let same = fs::read_to_string(&belongs).is_ok_and(|before| before == made_of);
    let disk = below.exists().then(|| base.clone());
    let snapshot = if same && saved.exists() && !words.fresh {
        Snapshot::open(options, saved, disk)
    } else {
        say("There is no snapshot of this image yet: it boots once, and is saved.")?;
        if below.exists() {
            options = options.fresh_disk(&base)?;
        }
        let mut machine = Machine::start(options)?;
        served(&mut machine)?;
        let snapshot = machine.save(&saved, READY)?;
        fs::write(&belongs, made_of)?;
        snapshot
    };
    let mut machine = snapshot.go_on(&state.join("machine-now.qcow2"))?;
    if panel {
        machine.plug_panel()?;
    }
    Ok(machine)
}
