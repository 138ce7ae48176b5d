//! Going back to an older version whose data a newer one has migrated: the copy that was made
//! before the update takes the place of what this version cannot read. What the newer one left is
//! kept beside it, in `newer`.

use std::fs;
use std::io;
use std::path::Path;

use chassis::durable;
use log::warn;

use super::{Step, give};
use crate::book::Record;
use crate::shell_deed::{BEFORE_UPDATE, Grounds, SERVICES, VERSION, is_database, user_version};

/// Where that is kept, below the state directory.
const NEWER: &str = "newer";

/// Takes back what this version cannot read, if the copy is of this very version.
pub(super) fn take(grounds: &Grounds, step: Step<'_>) -> anyhow::Result<()> {
    let state = &grounds.layout.state;
    let kept = state.join(BEFORE_UPDATE);
    let version = fs::read_to_string(kept.join(VERSION)).unwrap_or_default();
    if version != grounds.version {
        return Ok(());
    }
    for (service, _) in SERVICES {
        let entries = match fs::read_dir(kept.join(service)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let name = entry?.file_name();
            let (here, copy) = (state.join(service).join(&name), kept.join(service).join(&name));
            if is_beyond(&here, &copy)? {
                step()?;
                warn!(file:% = here.display(); "a newer version changed it: its copy takes its place");
                put_back(grounds, service, &here, &copy, step)?;
            }
        }
    }
    Ok(())
}

/// Has a newer version changed it so that this one cannot read it?
fn is_beyond(here: &Path, copy: &Path) -> anyhow::Result<bool> {
    if !copy.is_file() {
        return Ok(false);
    }
    if is_database(copy) {
        // None at all: a power cut between the two steps below.
        return Ok(!here.exists() || user_version(here)? > user_version(copy)?);
    }
    let is_settings = copy.file_name().is_some_and(|name| name == "settings.json");
    let reads =
        |path: &Path| fs::read_to_string(path).is_ok_and(|text| Record::from_json(&text).is_ok());
    Ok(is_settings && !reads(here) && reads(copy))
}

fn put_back(
    grounds: &Grounds,
    service: &str,
    here: &Path,
    copy: &Path,
    step: Step<'_>,
) -> anyhow::Result<()> {
    let newer = grounds.layout.state.join(NEWER).join(service);
    fs::create_dir_all(&newer)?;
    // The write-ahead log first: behind the old database it would be taken for its own.
    for end in ["-wal", "-shm", ""] {
        let mut from = here.as_os_str().to_owned();
        from.push(end);
        let mut name = here.file_name().unwrap_or_default().to_owned();
        name.push(end);
        step()?;
        match fs::rename(&from, newer.join(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            Ok(()) | Err(_) => {}
        }
    }
    step()?;
    durable::write(here, &fs::read(copy)?, 0o600)?;
    give(&grounds.layout.state.join(service), grounds.owner(service))?;
    Ok(())
}
