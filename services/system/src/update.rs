//! What is remembered of an update until it is known what came of it.

use message::system::{Alarm, Gravity};
use serde::{Deserialize, Serialize};

/// Written before the other slot is; it stays until the next update, for a version that was well may
/// still be damaged on its disk.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Note {
    /// The slot that ran then.
    pub from_slot: String,
    /// The version that ran then.
    pub from_version: String,
    /// The version that was put into the other slot.
    pub to_version: String,
    /// The start of the machine in which that was (`boot_id` of the kernel).
    pub boot: String,
    /// When, unix milliseconds.
    pub unix_ms: u64,
    /// Is the bundle in its slot as a whole?
    pub is_written: bool,
    /// Has the new version been found well?
    #[serde(default)]
    pub is_confirmed: bool,
}

impl Note {
    /// What there is to say about it, for who runs in this slot and this start of the machine.
    #[must_use]
    pub fn alarm(&self, slot: &str, boot: &str) -> Option<Alarm> {
        if !self.is_written || slot != self.from_slot {
            return None;
        }
        let Self { from_version, to_version, .. } = self;
        let (name, gravity, words, advice) = if boot == self.boot {
            (
                "update-waiting",
                Gravity::Notice,
                format!("Version {to_version} is ready."),
                "Restart the appliance to start it.",
            )
        } else if self.is_confirmed {
            (
                "version-damaged",
                Gravity::Warning,
                format!(
                    "Version {to_version} could no longer be started, so version {from_version} runs again."
                ),
                "Its part of the disk may be damaged. Install the update again; if this comes back, \
                 make a backup and replace the disk.",
            )
        } else {
            (
                "update-failed",
                Gravity::Warning,
                format!(
                    "Version {to_version} did not start well, so version {from_version} runs again."
                ),
                "Nothing is lost. Get the diagnostics, and try the update again or a later one.",
            )
        };
        Some(Alarm {
            name: name.to_owned(),
            gravity,
            words,
            advice: advice.to_owned(),
            since: self.unix_ms,
        })
    }
}

/// That a stick holds updates.
#[must_use]
pub fn on_stick(file: &str, unix_ms: u64) -> Alarm {
    Alarm {
        name: "update-on-stick".to_owned(),
        gravity: Gravity::Notice,
        words: format!("The stick holds an update: {file}."),
        advice: "Start the update at the panel or in the pages; its signature is checked."
            .to_owned(),
        since: unix_ms,
    }
}

/// That a backup waits for the next start.
#[must_use]
pub fn restore_waits(unix_ms: u64) -> Alarm {
    Alarm {
        name: "restore-waiting".to_owned(),
        gravity: Gravity::Notice,
        words: "A backup was checked and waits for the next start.".to_owned(),
        advice: "Restart the appliance to take it up.".to_owned(),
        since: unix_ms,
    }
}

/// Is it the name of an update, as the builder calls them?
#[must_use]
pub fn is_update(name: &str) -> bool {
    name.starts_with("ivm-appliance") && name.ends_with(".raucb") && crate::deed::is_file_name(name)
}

#[cfg(test)]
mod tests {
    use super::{Note, is_update};

    #[test]
    fn an_update_waits_fails_or_is_nothing_to_speak_of() {
        let note = Note {
            from_slot: "A".into(),
            from_version: "0.1.0".into(),
            to_version: "0.2.0".into(),
            boot: "one".into(),
            unix_ms: 1,
            is_written: true,
            is_confirmed: false,
        };
        let name = |slot: &str, boot: &str| note.alarm(slot, boot).map(|alarm| alarm.name);
        assert_eq!(name("A", "one").as_deref(), Some("update-waiting"));
        assert_eq!(name("A", "two").as_deref(), Some("update-failed"));
        assert_eq!(name("B", "two"), None);
        assert_eq!(Note { is_written: false, ..note.clone() }.alarm("A", "two"), None);
        let note = Note { is_confirmed: true, ..note };
        assert_eq!(note.alarm("A", "three").expect("told").name, "version-damaged");
        assert_eq!(note.alarm("B", "three"), None);
    }

    #[test]
    fn a_note_of_an_older_version_is_read() {
        let text = r#"{"from_slot":"A","from_version":"0.1.0","to_version":"0.2.0","boot":"one","unix_ms":1,"is_written":true}"#;
        let note: Note = serde_json::from_str(text).expect("a note");
        assert!(!note.is_confirmed);
    }

    #[test]
    fn only_files_that_look_like_updates_are_offered() {
        assert!(is_update("ivm-appliance.raucb") && is_update("ivm-appliance-0.2.0.raucb"));
        assert!(!is_update("holiday.jpg") && !is_update("ivm-appliance/../x.raucb"));
    }
}
