//! The settings' file, and the good ones before it.
//!
//! ```text
//! settings.json        what is in force, or on trial
//! settings.1.json ..3  what was in force before, the newest first
//! settings.damaged     what could not be used, for a technician
//! ```

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use chassis::durable;
use log::{error, warn};

use crate::book::{Damaged, Record};

/// The settings in force.
const NAME: &str = "settings.json";
/// What could not be used.
const DAMAGED: &str = "settings.damaged";
/// Good files that are kept.
const KEPT: u8 = 3;
const MODE: u32 = 0o600;

/// The directory with the files.
#[derive(Debug)]
pub(super) struct Files {
    directory: PathBuf,
}

/// What was found at a start.
#[derive(Debug)]
pub(super) struct Found {
    pub(super) record: Record,
    /// Why it is not what was written last.
    pub(super) restored: Option<String>,
}

impl Files {
    /// Reads the settings, or the good ones before them, or begins with the first ones. Damage is
    /// never a reason not to start.
    pub(super) fn open(directory: &Path) -> io::Result<(Self, Found)> {
        fs::create_dir_all(directory)?;
        let files = Self { directory: directory.to_owned() };
        let found = match files.read(NAME) {
            Ok(Some(record)) => Found { record, restored: None },
            // A cut between two renames leaves the good ones without the newest.
            Ok(None) if !files.path(&kept(1)).exists() => {
                Found { record: Record::first(), restored: None }
            }
            Ok(None) => files.restore("The settings were missing"),
            Err(error) => {
                error!(error:%; "the settings cannot be used");
                files.put_aside();
                files.restore("The settings were damaged")
            }
        };
        Ok((files, found))
    }

    fn restore(&self, why: &str) -> Found {
        for number in 1..=KEPT {
            match self.read(&kept(number)) {
                Ok(Some(record)) => {
                    let restored = Some(format!("{why}; those before them are in force."));
                    // A number that nobody has seen: what a watcher knows is out of date.
                    let revision = record.revision + 2;
                    return Found { record: Record { revision, before: None, ..record }, restored };
                }
                Ok(None) => {}
                Err(error) => warn!(number, error:%; "a copy of the settings is damaged too"),
            }
        }
        let restored =
            Some(format!("{why}, and no copy is good; those of a new one are in force."));
        Found { record: Record::first(), restored }
    }

    /// Writes a record, whole or not at all.
    pub(super) fn store(&self, record: &Record, keeps_old: bool) -> io::Result<()> {
        if keeps_old && let Err(error) = self.keep() {
            // Not worth refusing a change for: the file itself is written whole or not at all.
            warn!(error:%; "the settings before the change are not kept");
        }
        durable::write(&self.path(NAME), record.to_json().as_bytes(), MODE)
    }

    /// Copies what is there to the first place of the good ones.
    fn keep(&self) -> io::Result<()> {
        let text = match fs::read(self.path(NAME)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            text => text?,
        };
        for number in (1..KEPT).rev() {
            let (from, to) = (self.path(&kept(number)), self.path(&kept(number + 1)));
            match fs::rename(from, to) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
                Ok(()) | Err(_) => {}
            }
        }
        durable::write(&self.path(&kept(1)), &text, MODE)
    }

    fn put_aside(&self) {
        if let Err(error) = fs::rename(self.path(NAME), self.path(DAMAGED)) {
            warn!(error:%; "the damaged settings cannot be put aside");
        }
    }

    fn read(&self, name: &str) -> Result<Option<Record>, Damaged> {
        match fs::read(self.path(name)) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
            Err(error) => {
                error!(name, error:%; "a file of settings cannot be read");
                Err(Damaged::Changed)
            }
            Ok(bytes) => {
                let text = String::from_utf8(bytes).map_err(|_| Damaged::Changed)?;
                Record::from_json(&text).map(Some)
            }
        }
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.join(name)
    }
}

fn kept(number: u8) -> String {
    format!("settings.{number}.json")
}

#[cfg(test)]
mod tests {
    use std::fs;

    use settings::{Language, Settings};

    use super::{DAMAGED, Files, NAME};
    use crate::book::Record;

    fn record(revision: u64) -> Record {
        let settings = Settings { language: Language::Deutsch, ..Settings::default() };
        Record { revision, settings, before: None }
    }

    #[test]
    fn what_was_stored_is_found_and_three_before_it_are_kept() {
        let folder = tempfile::tempdir().expect("a temp dir");
        let (files, found) = Files::open(folder.path()).expect("readable");
        assert_eq!((found.record, found.restored), (Record::first(), None));
        for revision in 2..=7 {
            files.store(&record(revision), true).expect("writable");
        }
        let (_, found) = Files::open(folder.path()).expect("readable");
        assert_eq!((found.record, found.restored), (record(7), None));
        assert_eq!(fs::read_dir(folder.path()).expect("readable").count(), 4);
    }

    // rows 74
    #[test]
    fn after_any_damage_the_newest_good_settings_are_in_force_and_the_damaged_file_is_kept() {
        let folder = tempfile::tempdir().expect("a temp dir");
        let (files, _) = Files::open(folder.path()).expect("readable");
        for revision in 2..=4 {
            files.store(&record(revision), true).expect("writable");
        }
        let whole = fs::read(folder.path().join(NAME)).expect("there");
        for length in [0, 1, whole.len() / 2] {
            fs::write(folder.path().join(NAME), &whole[..length]).expect("writable");
            let (_, found) = Files::open(folder.path()).expect("it starts");
            assert_eq!(found.record.settings, record(3).settings);
            assert!(found.record.revision > 4 && found.restored.is_some());
            assert_eq!(fs::read(folder.path().join(DAMAGED)).expect("kept"), &whole[..length]);
        }
        for number in 1..=2 {
            fs::write(folder.path().join(format!("settings.{number}.json")), [0xff; 9]).expect("w");
        }
        let (_, found) = Files::open(folder.path()).expect("it starts");
        assert_eq!(found.record, Record::first());
        assert!(found.restored.expect("an alarm").contains("no copy is good"));
    }
}
