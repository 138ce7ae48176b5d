//! The network's files, the host name, the firewall.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::Path;

use anyhow::Context as _;
use chassis::durable;
use nix::unistd::sethostname;

use super::grounds::Grounds;
use super::program;
use crate::deed::{NETWORK_PREFIX, Outcome};

const FOLDER: &str = "run/systemd/network";
/// What `ivm-firewall.service` loads instead of the image's own rules.
const RULES: &str = "run/ivm/firewall.nft";
const SECONDS: u32 = 60;

pub(super) fn arrange(
    grounds: &Grounds,
    files: &BTreeMap<String, String>,
) -> anyhow::Result<Outcome> {
    let folder = grounds.at(FOLDER);
    if put_files(&folder, files)? {
        program::run(SECONDS, &["networkctl", "reload"])?;
        reconfigure()?;
    }
    Ok(Outcome::default())
}

/// Puts these files in the place of ours; tells whether any was another one.
fn put_files(folder: &Path, files: &BTreeMap<String, String>) -> anyhow::Result<bool> {
    fs::create_dir_all(folder)?;
    let mut is_changed = false;
    for (name, text) in files {
        let path = folder.join(name);
        if fs::read_to_string(&path).ok().as_ref() != Some(text) {
            durable::write(&path, text.as_bytes(), 0o644)
                .with_context(|| format!("cannot write {}", path.display()))?;
            is_changed = true;
        }
    }
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        if name.starts_with(NETWORK_PREFIX) && !files.contains_key(&name) {
            fs::remove_file(entry.path())?;
            is_changed = true;
        }
    }
    Ok(is_changed)
}

/// A reload alone leaves interfaces as they are that match the same file as before.
fn reconfigure() -> anyhow::Result<()> {
    let links = program::run(SECONDS, &["networkctl", "list", "--no-legend", "--no-pager"])?;
    for link in links.lines() {
        let mut words = link.split_whitespace();
        let (number, name) = (words.next(), words.next());
        if let (Some(number), Some(name)) = (number, name)
            && name != "lo"
            && number.parse::<u32>().is_ok()
            && let Err(error) = program::run(SECONDS, &["networkctl", "reconfigure", name])
        {
            log::warn!(interface = name, error:% = format!("{error:#}"); "not reconfigured");
        }
    }
    Ok(())
}

pub(super) fn name(name: &str) -> anyhow::Result<Outcome> {
    sethostname(name).context("the host name cannot be set")?;
    Ok(Outcome::default())
}

pub(super) fn firewall(grounds: &Grounds, rules: &str) -> anyhow::Result<Outcome> {
    program::feed(SECONDS, &["nft", "--check", "--file", "-"], rules)
        .context("these rules are not right")?;
    let path = grounds.at(RULES);
    let before = match fs::read(&path) {
        Ok(before) => Some(before),
        Err(error) if error.kind() == io::ErrorKind::NotFound => None,
        Err(error) => return Err(error.into()),
    };
    durable::write(&path, rules.as_bytes(), 0o600)?;
    if let Err(error) = program::feed(SECONDS, &["nft", "--file", "-"], rules) {
        // nft loads all or nothing: the old rules are in force, so the file has to be the old one.
        match before {
            Some(before) => durable::write(&path, &before, 0o600)?,
            None => fs::remove_file(&path)?,
        }
        return Err(error.context("the rules cannot be loaded"));
    }
    Ok(Outcome::default())
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;
    use std::fs;

    use super::put_files;

    #[test]
    fn our_files_are_replaced_and_those_of_others_stay() {
        let folder = tempfile::tempdir().expect("a temp dir");
        let path = |name: &str| folder.path().join(name);
        fs::write(path("10-ivm-old.network"), "old").expect("written");
        fs::write(path("80-other.network"), "other").expect("written");
        let files = BTreeMap::from([("10-ivm-a.network".to_owned(), "[Match]\n".to_owned())]);
        assert!(put_files(folder.path(), &files).expect("put"));
        assert!(!put_files(folder.path(), &files).expect("put again: nothing changes"));
        assert!(path("10-ivm-a.network").exists() && path("80-other.network").exists());
        assert!(!path("10-ivm-old.network").exists());
    }
}
