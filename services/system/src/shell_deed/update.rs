//! Updates: what is in a bundle, putting it into the other slot, and the slots themselves.

use std::fs;
use std::path::PathBuf;

use anyhow::{Context as _, bail};

use super::grounds::Grounds;
use super::{copy, power, program};
use crate::deed::bundle::{Bundle, Unfit, progress};
use crate::deed::{ON_STICK, Outcome, Report, slots};
use crate::shell_update;
use crate::update::Note;

/// Reading and checking a bundle's signature; slow without hardware acceleration.
const INFO_SECONDS: u32 = 300;
/// Writing a slot to a slow stick.
const INSTALL_SECONDS: u32 = 3_000;
const STATUS_SECONDS: u32 = 60;
/// Of 100, before the installer begins.
const BEFORE: u8 = 10;

impl Grounds {
    fn rauc<'a>(&'a self, config: &'a str, words: &[&'a str]) -> Vec<&'a str> {
        let mut all = vec!["rauc", config];
        all.extend_from_slice(words);
        all
    }

    fn rauc_option(&self) -> String {
        format!("--conf={}", self.rauc_config.display())
    }

    /// The hardware that updates have to be for.
    fn compatible(&self) -> anyhow::Result<String> {
        let path = &self.rauc_config;
        let text =
            fs::read_to_string(path).with_context(|| format!("cannot read {}", path.display()))?;
        let line = text.lines().find_map(|line| line.strip_prefix("compatible="));
        line.map(|name| name.trim().to_owned()).context("this appliance takes no updates")
    }
}

/// Where the bundle is: a plain file, not a link.
fn place(grounds: &Grounds, file: &str) -> anyhow::Result<PathBuf> {
    let path = match file.strip_prefix(ON_STICK) {
        Some(name) => grounds.layout.runtime.join("stick").join(name),
        None => grounds.layout.exchange.join(file),
    };
    copy::open_plain(&path)?;
    Ok(path)
}

/// What the bundle is; checked against this machine and the version that runs.
pub(super) fn inspect(grounds: &Grounds, path: &str) -> anyhow::Result<Bundle> {
    let config = grounds.rauc_option();
    let words = grounds.rauc(&config, &["info", "--output-format=json", path]);
    let said = program::hear(INFO_SECONDS, &words)?;
    let bundle = Bundle::from_info(said.succeeded, &said.out, &said.errors)?;
    bundle.check(&grounds.compatible()?, &grounds.version)?;
    Ok(bundle)
}

pub(super) fn install(
    grounds: &Grounds,
    file: &str,
    tell: &mut dyn FnMut(Report),
) -> anyhow::Result<Outcome> {
    let mut say = |percent: u8, words: &str| {
        tell(Report::Progress { percent, words: words.to_owned() });
    };
    say(1, "The update is checked.");
    let path = place(grounds, file)?;
    let path = path.to_str().context(Unfit::Unreadable("its name".to_owned()))?;
    let bundle = inspect(grounds, path)?;
    say(4, "The data is copied, for the way back.");
    copy::before_update(grounds).context("there is no room for a copy of the data")?;
    let mut note = note(grounds, &bundle);
    shell_update::keep(&grounds.layout, &note)?;
    say(BEFORE, "The update is written into the other slot.");
    let config = grounds.rauc_option();
    let words = grounds.rauc(&config, &["install", path]);
    let said = program::follow(INSTALL_SECONDS, &words, |line| {
        if let Some((percent, _)) = progress(line) {
            let span = u32::from(99 - BEFORE) * u32::from(percent) / 100;
            say(
                BEFORE + u8::try_from(span).unwrap_or(0),
                "The update is written into the other slot.",
            );
        }
    })?;
    if !said.succeeded {
        shell_update::forget(&grounds.layout)?;
        let lines = said.out.lines().chain(said.errors.lines());
        let last = lines.filter_map(|line| line.trim().strip_prefix("LastError:")).next_back();
        let last = last.or(said.errors.lines().rev().find(|line| !line.trim().is_empty()));
        bail!("The update could not be written: {}.", reason(last.unwrap_or_default()));
    }
    note.is_written = true;
    shell_update::keep(&grounds.layout, &note)?;
    let words = format!("Version {} is ready: it starts with the next restart.", bundle.version);
    Ok(Outcome { version: Some(bundle.version), ..Outcome::of(words) })
}

/// The installer's last words, and what they mean where they do not say it.
fn reason(said: &str) -> String {
    match said.trim().trim_end_matches('.') {
        "" => "no reason was given".to_owned(),
        // A block whose hash is not the signed one reads as if the disk were damaged.
        said if said.contains("Input/output error") => {
            format!("its file is damaged inside, or the disk is; get the file anew ({said})")
        }
        said => said.to_owned(),
    }
}

fn note(grounds: &Grounds, bundle: &Bundle) -> Note {
    Note {
        from_slot: shell_update::running_slot(),
        from_version: grounds.version.clone(),
        to_version: bundle.version.clone(),
        boot: shell_update::boot(),
        unix_ms: chassis::clock::Clock::start().unix_millis(),
        is_written: false,
        is_confirmed: false,
    }
}

pub(super) fn status(grounds: &Grounds) -> anyhow::Result<Outcome> {
    let config = grounds.rauc_option();
    let words = grounds.rauc(&config, &["status", "--detailed", "--output-format=json"]);
    let text = program::run(STATUS_SECONDS, &words)?;
    let slots = slots::parse(&text).context("the slots cannot be read")?;
    Ok(Outcome { slots: Some(slots), ..Outcome::default() })
}

pub(super) fn start_other(grounds: &Grounds) -> anyhow::Result<Outcome> {
    let slots = status(grounds)?.slots.unwrap_or_default();
    if slots.other_version.is_empty() && !slots.is_other_good {
        bail!("There is no other version to start.");
    }
    let config = grounds.rauc_option();
    program::run(STATUS_SECONDS, &grounds.rauc(&config, &["status", "mark-active", "other"]))?;
    // It is wanted now: no alarm when the other slot runs.
    shell_update::forget(&grounds.layout)?;
    power::restart()
}

/// Tells the boot loader that the running slot is good.
///
/// # Errors
/// The tool's.
pub fn mark_good(grounds: &Grounds) -> anyhow::Result<()> {
    let config = grounds.rauc_option();
    program::run(STATUS_SECONDS, &grounds.rauc(&config, &["status", "mark-good"]))?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::reason;

    #[test]
    fn a_damaged_bundle_is_called_one() {
        let said = "Failed splicing data: Error reading from file: Input/output error.";
        assert!(reason(said).starts_with("its file is damaged inside"));
        assert_eq!(reason(" No space left on device. "), "No space left on device");
        assert_eq!(reason(""), "no reason was given");
    }
}
