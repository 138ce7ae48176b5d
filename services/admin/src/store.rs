//! The service's own database: administrators, log-ins, tokens, the audit record and numbers over
//! time. Decides nothing.

mod administrators;
mod records;
mod salvage;
mod tokens;

use std::path::Path;

use rusqlite::{Connection, Result};

pub(crate) use administrators::Administrator;
pub(crate) use tokens::TokenRecord;

/// The steps from an empty database to this version; `user_version` counts those done. A step that
/// has shipped is never changed. The first versions did not count, so that the first step has to
/// leave alone what is there.
const STEPS: [&str; 2] = [
    "
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
    ) STRICT, WITHOUT ROWID;",
    "
    ALTER TABLE administrator RENAME TO only_administrator;
    CREATE TABLE administrator (
        name TEXT PRIMARY KEY,
        role TEXT NOT NULL,
        salt BLOB NOT NULL,
        memory_kib INTEGER NOT NULL,
        passes INTEGER NOT NULL,
        hash BLOB NOT NULL,
        made INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    INSERT INTO administrator
        SELECT 'admin', 'administrator', salt, memory_kib, passes, hash, 0 FROM only_administrator;
    DROP TABLE only_administrator;
    DROP TABLE session;
    CREATE TABLE session (
        token BLOB PRIMARY KEY,
        name TEXT NOT NULL REFERENCES administrator ON DELETE CASCADE,
        made INTEGER NOT NULL,
        used INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX session_of ON session (name);
    CREATE TABLE token (
        name TEXT PRIMARY KEY,
        hash BLOB NOT NULL UNIQUE,
        role TEXT NOT NULL,
        made INTEGER NOT NULL,
        expires INTEGER NOT NULL,
        used INTEGER NOT NULL
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE audit (
        number INTEGER PRIMARY KEY AUTOINCREMENT,
        at INTEGER NOT NULL,
        who TEXT NOT NULL,
        role TEXT NOT NULL,
        origin TEXT NOT NULL,
        deed TEXT NOT NULL,
        target TEXT NOT NULL,
        outcome TEXT NOT NULL
    ) STRICT;
    CREATE TABLE sample (
        span INTEGER NOT NULL,
        at INTEGER NOT NULL,
        accepted INTEGER NOT NULL,
        delivered INTEGER NOT NULL,
        online INTEGER NOT NULL,
        people INTEGER NOT NULL,
        waiting INTEGER NOT NULL,
        messages INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        disk_total INTEGER NOT NULL,
        disk_free INTEGER NOT NULL,
        PRIMARY KEY (span, at)
    ) STRICT, WITHOUT ROWID;",
];

/// The open database.
#[derive(Debug)]
pub(crate) struct Store {
    database: Connection,
}

impl Store {
    /// Opens the database at `path`, and makes it where there is none.
    pub(crate) fn open(path: &Path) -> Result<Self> {
        let mut database = Connection::open(path)?;
        database.pragma_update(None, "journal_mode", "WAL")?;
        database.pragma_update(None, "synchronous", "FULL")?;
        database.pragma_update(None, "foreign_keys", true)?;
        migrate(&mut database)?;
        Ok(Self { database })
    }
}

fn migrate(database: &mut Connection) -> Result<()> {
    let done: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let done = usize::try_from(done).unwrap_or(0);
    for (at, step) in STEPS.iter().enumerate().skip(done) {
        let transaction = database.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", integer(at as u64 + 1))?;
        transaction.commit()?;
    }
    Ok(())
}

/// `SQLite` has signed integers only; a time beyond them is not met in this universe.
fn integer(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn count(integer: i64) -> u64 {
    u64::try_from(integer).unwrap_or(0)
}

#[cfg(test)]
mod tests;
