//! What an administrator has to know of the database, told to the settings keeper: it shows it on
//! the pages, on the panel and to `appliancectl`.

use std::path::Path;

use chassis::kept::{Told, told};
use message::system::{Alarm, Gravity, RaiseAlarm};

/// The alarm about a database that was damaged, as long as it is on.
///
/// It ends by itself, a week after the salvage. The keeper forgets it with our connection, so that
/// a backup that is restored takes it away.
pub(super) fn of_database(path: &Path) -> Option<RaiseAlarm> {
    let found = told(path)
        .inspect_err(|error| log::warn!(error:%; "what came of the salvage cannot be read"));
    let Told { words, since, until } = found.ok()??;
    let advice = "Look whether people and messages are there, and invite again who is shut out; \
                  restore a backup if too much is missing. Then make a backup: the disk may be \
                  failing. This stays here for a week.";
    let (name, advice) = ("database-damaged".to_owned(), advice.to_owned());
    let alarm = Alarm { name, gravity: Gravity::Critical, words, advice, since };
    Some(RaiseAlarm { alarm, until })
}

#[cfg(test)]
mod tests {
    use super::of_database;

    #[test]
    fn a_database_that_never_was_damaged_raises_nothing_and_one_that_was_its_words() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("ivm.sqlite");
        assert_eq!(of_database(&path), None);
        std::fs::write(folder.path().join("ivm.sqlite.damaged-2"), "").expect("writable");
        std::fs::write(folder.path().join("ivm.sqlite.damaged-2.txt"), "Saved: 2 people.")
            .expect("writable");
        let raise = of_database(&path).expect("there is something");
        assert_eq!(raise.alarm.words, "Saved: 2 people.");
        assert!(raise.until > raise.alarm.since && raise.alarm.since > 0);
    }
}
