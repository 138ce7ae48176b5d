//! The service's own database: the administrator's verifier and the log-ins. Decides nothing.

use std::path::Path;

use rusqlite::{Connection, OptionalExtension, Result, params};

use crate::password::Verifier;
use crate::session::Session;

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS administrator (
        id INTEGER PRIMARY KEY CHECK (id = 1),
        salt BLOB NOT NULL,
        memory_kib INTEGER NOT NULL,
        passes INTEGER NOT NULL,
        hash BLOB NOT NULL
    ) STRICT;
    CREATE TABLE IF NOT EXISTS session (
        token BLOB PRIMARY KEY,
        made INTEGER NOT NULL,
        used INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;";

/// The open database.
#[derive(Debug)]
pub(crate) struct Store {
    database: Connection,
}

impl Store {
    /// Opens the database at `path`, and makes it where there is none.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        Self::prepare(Connection::open(path)?)
    }

    fn prepare(database: Connection) -> Result<Self> {
        database.pragma_update(None, "journal_mode", "WAL")?;
        database.pragma_update(None, "synchronous", "FULL")?;
        database.execute_batch(SCHEMA)?;
        Ok(Self { database })
    }

    /// The verifier of the administrator's password, once it is set.
    pub(crate) fn verifier(&self) -> Result<Option<Verifier>> {
        let sql = "SELECT salt, memory_kib, passes, hash FROM administrator";
        self.database
            .query_row(sql, [], |row| {
                Ok(Verifier {
                    salt: row.get(0)?,
                    memory_kib: row.get(1)?,
                    passes: row.get(2)?,
                    hash: row.get(3)?,
                })
            })
            .optional()
    }

    /// Puts another verifier in the place of the one before, and ends every session.
    pub(crate) fn set_verifier(&mut self, verifier: &Verifier) -> Result<()> {
        let transaction = self.database.transaction()?;
        let sql = "INSERT OR REPLACE INTO administrator VALUES (1, ?1, ?2, ?3, ?4)";
        let Verifier { salt, memory_kib, passes, hash } = verifier;
        transaction.execute(sql, params![salt, memory_kib, passes, hash])?;
        transaction.execute("DELETE FROM session", [])?;
        transaction.commit()
    }

    /// Keeps a session under the hash of its token.
    pub(crate) fn add_session(&self, token: &[u8; 32], session: Session) -> Result<()> {
        let (made, used) = (as_integer(session.made), as_integer(session.used));
        let sql = "INSERT OR REPLACE INTO session VALUES (?1, ?2, ?3)";
        self.database.execute(sql, params![token, made, used]).map(drop)
    }

    /// The session under this hash.
    pub(crate) fn session(&self, token: &[u8; 32]) -> Result<Option<Session>> {
        let sql = "SELECT made, used FROM session WHERE token = ?1";
        self.database
            .query_row(sql, params![token], |row| {
                Ok(Session { made: as_millis(row.get(0)?), used: as_millis(row.get(1)?) })
            })
            .optional()
    }

    /// Notes when a session was used.
    pub(crate) fn touch_session(&self, token: &[u8; 32], used: u64) -> Result<()> {
        let sql = "UPDATE session SET used = ?2 WHERE token = ?1";
        self.database.execute(sql, params![token, as_integer(used)]).map(drop)
    }

    /// Ends a session.
    pub(crate) fn remove_session(&self, token: &[u8; 32]) -> Result<()> {
        self.database.execute("DELETE FROM session WHERE token = ?1", params![token]).map(drop)
    }

    /// Ends the sessions that were last used before `limit`.
    pub(crate) fn remove_sessions_before(&self, limit: u64) -> Result<()> {
        let sql = "DELETE FROM session WHERE used < ?1";
        self.database.execute(sql, params![as_integer(limit)]).map(drop)
    }
}

/// `SQLite` has signed integers only; a time beyond them is not met in this universe.
fn as_integer(millis: u64) -> i64 {
    i64::try_from(millis).unwrap_or(i64::MAX)
}

fn as_millis(integer: i64) -> u64 {
    u64::try_from(integer).unwrap_or(0)
}

#[cfg(test)]
mod tests {
    use super::Store;
    use crate::password::Verifier;
    use crate::session::Session;

    fn verifier(salt: u8) -> Verifier {
        Verifier { salt: [salt; 16], memory_kib: 8, passes: 1, hash: [salt; 32] }
    }

    #[test]
    fn what_was_kept_is_there_after_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("admin.sqlite");
        let session = Session { made: 1, used: 2 };
        let mut store = Store::open(&path).expect("a database");
        assert_eq!(store.verifier().expect("read"), None);
        store.set_verifier(&verifier(1)).expect("written");
        store.add_session(&[7; 32], session).expect("written");
        drop(store);
        let store = Store::open(&path).expect("the database");
        assert_eq!(store.verifier().expect("read"), Some(verifier(1)));
        assert_eq!(store.session(&[7; 32]).expect("read"), Some(session));
        assert_eq!(store.session(&[8; 32]).expect("read"), None);
    }

    #[test]
    fn another_password_ends_every_session() {
        let folder = tempfile::tempdir().expect("a folder");
        let mut store = Store::open(&folder.path().join("a")).expect("a database");
        store.add_session(&[7; 32], Session { made: 1, used: 2 }).expect("written");
        store.set_verifier(&verifier(2)).expect("written");
        assert_eq!(store.session(&[7; 32]).expect("read"), None);
    }

    #[test]
    fn sessions_are_touched_and_removed() {
        let folder = tempfile::tempdir().expect("a folder");
        let store = Store::open(&folder.path().join("a")).expect("a database");
        for token in [[1; 32], [2; 32], [3; 32]] {
            store.add_session(&token, Session { made: 1, used: 1 }).expect("written");
        }
        store.touch_session(&[1; 32], 50).expect("written");
        store.touch_session(&[2; 32], 50).expect("written");
        store.remove_session(&[2; 32]).expect("written");
        store.remove_sessions_before(50).expect("written");
        let left = [[1; 32], [2; 32], [3; 32]].map(|t| store.session(&t).expect("read").is_some());
        assert_eq!(left, [true, false, false]);
    }
}
