//! The settings as they stand on disk: with their revision, with what was before a change on
//! trial, and with a checksum, so that no damage passes for a choice.

use serde::{Deserialize, Serialize};
use serde_json::Value;
use settings::{Settings, Unreadable};

/// What is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Grows by one with every change.
    pub revision: u64,
    /// The settings in force.
    pub settings: Settings,
    /// The change is on trial: what it takes the place of, until it is confirmed.
    pub before: Option<Settings>,
}

/// Why a file of settings is not used.
#[derive(Debug, thiserror::Error)]
pub enum Damaged {
    /// It is not what was written.
    #[error("the file is damaged")]
    Changed,
    /// Its settings cannot be read.
    #[error(transparent)]
    Unreadable(#[from] Unreadable),
    /// Its settings could not work.
    #[error("the settings in it could not work: {0}")]
    Faulty(String),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    check: String,
    revision: u64,
    settings: Value,
    before: Option<Value>,
}

impl Record {
    /// That of an appliance that nobody has set up.
    #[must_use]
    pub fn first() -> Self {
        Self { revision: 1, settings: Settings::default(), before: None }
    }

    /// Reads what [`Record::to_json`] wrote, of this version or an earlier one.
    ///
    /// # Errors
    /// It is not whole, or of a later version.
    pub fn from_json(text: &str) -> Result<Self, Damaged> {
        let file: File = serde_json::from_str(text).map_err(|_| Damaged::Changed)?;
        if file.check != check(file.revision, &file.settings, file.before.as_ref()) {
            return Err(Damaged::Changed);
        }
        let before = file.before.map(|value| read(&value)).transpose()?;
        Ok(Self { revision: file.revision, settings: read(&file.settings)?, before })
    }

    /// Writes it for the disk; people can read it too.
    #[must_use]
    pub fn to_json(&self) -> String {
        let value = |settings: &Settings| {
            serde_json::to_value(settings).expect("settings are plain values")
        };
        let settings = value(&self.settings);
        let before = self.before.as_ref().map(value);
        let check = check(self.revision, &settings, before.as_ref());
        let file = File { check, revision: self.revision, settings, before };
        serde_json::to_string_pretty(&file).expect("values can be written") + "\n"
    }
}

fn read(value: &Value) -> Result<Settings, Damaged> {
    let settings = Settings::from_json(&value.to_string())?;
    match settings.faults().first() {
        Some(fault) => Err(Damaged::Faulty(fault.to_string())),
        None => Ok(settings),
    }
}

/// Over the values, not the layout of the text.
fn check(revision: u64, settings: &Value, before: Option<&Value>) -> String {
    let text = serde_json::to_string(&(revision, settings, before)).expect("plain values");
    format!("{:08x}", crc32c::crc32c(text.as_bytes()))
}

#[cfg(test)]
mod tests {
    use proptest::prelude::{any, proptest};
    use settings::{HostName, Settings};

    use super::Record;

    fn record() -> Record {
        let host = HostName::parse("office-2").expect("a name");
        let settings = Settings { host, ..Settings::default() };
        Record { revision: 7, settings, before: Some(Settings::default()) }
    }

    #[test]
    fn what_is_written_is_read_again() {
        for record in [Record::first(), record()] {
            assert_eq!(Record::from_json(&record.to_json()).expect("our own"), record);
        }
    }

    // rows 74
    #[test]
    fn no_damaged_byte_and_no_lost_end_passes_for_a_choice() {
        let (record, text) = (record(), record().to_json());
        for at in 0..text.trim_end().len() {
            assert!(Record::from_json(&text[..at]).is_err(), "cut at {at}");
            for flip in [0x01, 0x10, 0x20] {
                let mut bytes = text.clone().into_bytes();
                bytes[at] ^= flip;
                if let Ok(read) = Record::from_json(&String::from_utf8_lossy(&bytes)) {
                    assert_eq!(read, record, "byte {at}: only its looks may differ");
                }
            }
        }
    }

    proptest! {
        #[test]
        fn no_text_is_more_than_an_error(text in any::<String>(), at in 0_usize..2_000) {
            let _ = Record::from_json(&text).is_ok();
            let whole = record().to_json();
            let at = at.min(whole.len());
            let _ = Record::from_json(&format!("{}{text}{}", &whole[..at], &whole[at..])).is_ok();
            let _ = Settings::from_json(&text).is_ok();
        }

        #[test]
        fn every_revision_is_kept(revision in any::<u64>()) {
            let record = Record { revision, ..record() };
            assert_eq!(Record::from_json(&record.to_json()).expect("our own"), record);
        }
    }
}
