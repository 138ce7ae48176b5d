//! The database of a sender: beside the home's own, with a copy of account and people, so that a
//! sender and the receiver never write the same records.
//!
//! ```text
//! made -> (sends) -> merged into the home's database and removed
//!            \-> left behind: off-line, or killed -> taken over by the next sender or receiver
//! ```

use std::fs::File;
use std::io;
use std::os::unix::fs::OpenOptionsExt;
use std::path::{Path, PathBuf};

use anyhow::Context;
use client_engine::Write;

use super::control;
use super::home::Home;
use crate::deed::Deed;
use crate::exit::{Exit, Trouble};
use crate::store::Database;

/// Senders that can work at once with one home.
const MOST: u32 = 64;
/// Records that a sender needs a copy of.
const IDENTITY: [&[u8]; 2] = [b"record/account", b"record/person/"];
/// Records that a sender leaves behind.
const SENT: [&[u8]; 3] = [b"record/message/", b"record/send/", b"portion/"];
/// Keys of people that the sender saw first.
const PINS: [&[u8]; 1] = [b"record/person/"];
/// How the keys of a draft start: what somebody was speaking when the sender died is lost.
const DRAFT: &[u8] = b"record/draft";

/// The database of a sender. While this lives, it is nobody else's.
#[derive(Debug)]
pub struct Side {
    path: PathBuf,
    main: PathBuf,
    _lock: File,
}

impl Side {
    /// Takes over one that was left behind, or makes a new one.
    ///
    /// # Errors
    /// It cannot be made, or there are too many.
    pub fn open(home: &Home) -> anyhow::Result<Self> {
        for number in 0..MOST {
            let Some(side) = Self::lock(home, number)? else { continue };
            if side.path.exists() {
                side.drop_draft()?;
            }
            Database::open(&side.main)?.copy_to(&side.path, &IDENTITY, false)?;
            return Ok(side);
        }
        Err(Trouble::new(Exit::Failed, "too many processes send with this home").into())
    }

    /// Brings into the home's database what senders left behind. Only for the receiver, before it
    /// reads the database.
    ///
    /// # Errors
    /// It cannot be copied.
    pub fn adopt(home: &Home) -> anyhow::Result<()> {
        for number in 0..MOST {
            if !file(home, number, "db").exists() {
                continue;
            }
            if let Some(side) = Self::lock(home, number)?.filter(|side| side.path.exists()) {
                side.drop_draft()?;
                side.merge()?;
            }
        }
        Ok(())
    }

    /// Was something left behind by a sender that is gone?
    #[must_use]
    pub fn is_left(home: &Home) -> bool {
        (0..MOST).any(|number| {
            file(home, number, "db").exists() && matches!(Self::lock(home, number), Ok(Some(_)))
        })
    }

    /// Opens it.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn database(&self) -> anyhow::Result<Database> {
        Database::open(&self.path)
    }

    /// Copies what was sent to the home's database, and removes this one.
    ///
    /// # Errors
    /// It cannot be copied or removed.
    pub fn merge(self) -> anyhow::Result<()> {
        let database = self.database()?;
        database.copy_to(&self.main, &SENT, false)?;
        database.copy_to(&self.main, &PINS, true)?;
        drop(database);
        // Where nobody receives, nobody has to be told.
        if let Some(home) = self.main.parent() {
            drop(control::ask(home, &Deed::Adopt));
        }
        // The database goes last: beside a new one an old journal would come to life again.
        for end in ["-wal", "-shm", ""] {
            let mut path = self.path.clone().into_os_string();
            path.push(end);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != io::ErrorKind::NotFound => {
                    return Err(error).context("cannot remove the sender's database");
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }

    fn lock(home: &Home, number: u32) -> anyhow::Result<Option<Self>> {
        let path = file(home, number, "lock");
        let lock = File::options()
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        if lock.try_lock().is_err() {
            return Ok(None);
        }
        let (path, main) = (file(home, number, "db"), home.main());
        Ok(Some(Self { path, main, _lock: lock }))
    }

    fn drop_draft(&self) -> anyhow::Result<()> {
        let gone = [Write::DeletePrefix(DRAFT.to_vec())];
        self.database()?.write(&gone).context("cannot clear the sender's database")
    }
}

fn file(home: &Home, number: u32, end: &str) -> PathBuf {
    home.path().join(Path::new(&format!("sender-{number}.{end}")))
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use client_engine::Write;

    use super::Side;
    use crate::shell::home::Home;

    fn put(key: &[u8]) -> Write {
        Write::Put(key.to_vec(), Bytes::from_static(b"x"))
    }

    fn keys(home: &Home) -> Vec<Vec<u8>> {
        let page = home.database().expect("opened").scan(b"", None, 999).expect("readable");
        page.records.into_iter().map(|(key, _)| key).collect()
    }

    #[test]
    fn what_a_sender_leaves_behind_is_taken_over_once_it_is_gone() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = Home::open(Some(folder.path().to_owned())).expect("opened");
        let main = [put(b"record/account"), put(b"record/message/old")];
        home.database().expect("opened").write(&main).expect("written");
        let side = Side::open(&home).expect("made");
        let mut database = side.database().expect("opened");
        assert_eq!(database.scan(b"", None, 999).expect("readable").records.len(), 1);
        let sent = [put(b"record/message/new"), put(b"record/draft"), put(b"portion/new/0")];
        database.write(&sent).expect("written");
        Side::adopt(&home).expect("nothing to adopt");
        assert!(!Side::is_left(&home), "it is still at work");
        assert_eq!(keys(&home).len(), 2);
        drop((side, database));
        assert!(Side::is_left(&home));
        Side::adopt(&home).expect("adopted");
        assert!(!Side::is_left(&home));
        let all: [&[u8]; 4] =
            [b"portion/new/0", b"record/account", b"record/message/new", b"record/message/old"];
        assert_eq!(keys(&home), all);
    }
}
