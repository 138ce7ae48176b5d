//! The tables, and how an older database becomes one of this version.
//!
//! | table | one row is | invariant |
//! |---|---|---|
//! | `server` | this server: GUID, secret and age | exactly one row |
//! | `account` | a person, or a telephone and whose it is: name, verifier of the password, sealed keys, invitation, what an administrator decided | `name` is unique; no password, no readable key |
//! | `contact` | a person on another's list | both accounts exist |
//! | `device` | something that can log in | only the SHA-256 of its token is kept |
//! | `message` | a message without its portions | `number` is the order of arrival; `stage` only grows; the row outlives its portions, so that a repetition is recognised |
//! | `recipient` | one person's copy: wrapped key, receipts | `closed` only grows; open copies of complete messages are what may be delivered |
//! | `taken` | a device has a message on its own disk | it is never sent to that device again |
//! | `portion` | a sealed part of a stream: the body of the portion object as it came | without gaps from 0; either `body` or `file` is there |
//!
//! Times are unix milliseconds, ages milliseconds that the server has run since it was made; GUIDs are
//! 16 bytes. A message with stage 1 (complete) has all its
//! portions as long as one copy is open; with stage 2 (cut), or without an open copy, it has none.

use rusqlite::{Connection, Transaction};

/// The steps from an empty database to this version; `user_version` counts those done. A step
/// that has shipped is never changed.
const STEPS: &[&str] = &[
    "
    CREATE TABLE server (
        one INTEGER PRIMARY KEY CHECK (one = 1),
        guid BLOB NOT NULL,
        secret BLOB NOT NULL,
        age INTEGER NOT NULL
    );
    CREATE TABLE account (
        guid BLOB PRIMARY KEY,
        name TEXT NOT NULL UNIQUE,
        display TEXT NOT NULL,
        status INTEGER NOT NULL,
        salt BLOB,
        memory_kib INTEGER,
        passes INTEGER,
        lanes INTEGER,
        stored_key BLOB,
        server_key BLOB,
        public_key BLOB,
        sealed_key BLOB,
        recovery_key BLOB,
        invitation BLOB,
        invitation_expires INTEGER
    ) WITHOUT ROWID;
    CREATE TABLE contact (
        account BLOB NOT NULL REFERENCES account ON DELETE CASCADE,
        contact BLOB NOT NULL REFERENCES account ON DELETE CASCADE,
        PRIMARY KEY (account, contact)
    ) WITHOUT ROWID;
    CREATE INDEX contact_of ON contact (contact);
    CREATE TABLE device (
        guid BLOB PRIMARY KEY,
        account BLOB NOT NULL REFERENCES account ON DELETE CASCADE,
        name TEXT NOT NULL,
        token BLOB NOT NULL,
        seen INTEGER NOT NULL
    ) WITHOUT ROWID;
    CREATE INDEX device_of ON device (account);
    CREATE TABLE message (
        number INTEGER PRIMARY KEY,
        id BLOB NOT NULL UNIQUE,
        sender BLOB NOT NULL,
        device BLOB NOT NULL,
        digest BLOB NOT NULL,
        mode INTEGER NOT NULL,
        priority INTEGER NOT NULL,
        format BLOB NOT NULL,
        attachments BLOB NOT NULL,
        recipients BLOB NOT NULL,
        sender_display TEXT NOT NULL,
        sender_key BLOB NOT NULL,
        created INTEGER NOT NULL,
        taken INTEGER NOT NULL,
        age INTEGER NOT NULL,
        reply_to BLOB,
        stage INTEGER NOT NULL,
        bytes INTEGER NOT NULL,
        purged INTEGER NOT NULL DEFAULT 0
    );
    CREATE INDEX message_incomplete ON message (age) WHERE stage = 0;
    CREATE INDEX message_age ON message (age) WHERE purged = 0;
    CREATE INDEX message_purged ON message (age) WHERE purged = 1;
    CREATE TABLE recipient (
        message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
        person BLOB NOT NULL,
        place INTEGER NOT NULL,
        wrapped BLOB NOT NULL,
        fate INTEGER NOT NULL,
        own INTEGER NOT NULL,
        rank INTEGER NOT NULL,
        closed INTEGER NOT NULL,
        delivered INTEGER,
        delivered_age INTEGER,
        played INTEGER,
        PRIMARY KEY (message, person)
    ) WITHOUT ROWID;
    CREATE INDEX recipient_open ON recipient (person, rank, message) WHERE closed = 0;
    CREATE INDEX recipient_delivered ON recipient (delivered_age) WHERE closed = 0;
    CREATE INDEX recipient_by_message ON recipient (message) WHERE closed = 0;
    CREATE TABLE taken (
        message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
        device BLOB NOT NULL,
        PRIMARY KEY (message, device)
    ) WITHOUT ROWID;
    CREATE TABLE portion (
        message INTEGER NOT NULL REFERENCES message ON DELETE CASCADE,
        stream INTEGER NOT NULL,
        sequence INTEGER NOT NULL,
        last INTEGER NOT NULL,
        body BLOB,
        file BLOB,
        PRIMARY KEY (message, stream, sequence)
    ) WITHOUT ROWID;
    CREATE INDEX portion_file ON portion (file) WHERE file IS NOT NULL;
",
    "
    ALTER TABLE account ADD COLUMN disabled INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE account ADD COLUMN quota INTEGER;
",
    "
    ALTER TABLE account ADD COLUMN station INTEGER NOT NULL DEFAULT 0;
    ALTER TABLE account ADD COLUMN owner BLOB;
",
];

/// No version will ever have more steps.
const MOST_STEPS: i64 = 9_999;
/// Bytes of a page.
pub(super) const PAGE: usize = 16 << 10;
/// Pages of the write-ahead log after which it is folded back into the database.
const CHECKPOINT_PAGES: i64 = 2_000;

/// Sets up a connection that writes: every commit is on the disk when it returns.
pub(super) fn prepare_writer(database: &mut Connection) -> rusqlite::Result<()> {
    prepare_pages(database)?;
    database.pragma_update(None, "journal_mode", "WAL")?;
    database.pragma_update(None, "synchronous", "FULL")?;
    database.pragma_update(None, "foreign_keys", true)?;
    database.pragma_update(None, "wal_autocheckpoint", CHECKPOINT_PAGES)?;
    database.pragma_update(None, "journal_size_limit", 64 << 20)?;
    database.set_prepared_statement_cache_capacity(64);
    migrate(database)
}

/// Makes every table in a new database, without waiting for the disk: what is made is thrown away
/// unless it becomes whole.
pub(super) fn lay_out(database: &mut Connection) -> rusqlite::Result<()> {
    prepare_pages(database)?;
    database.pragma_update(None, "journal_mode", "OFF")?;
    database.pragma_update(None, "synchronous", "OFF")?;
    database.pragma_update(None, "foreign_keys", false)?;
    database.set_prepared_statement_cache_capacity(64);
    migrate(database)
}

/// What counts for a new database only, before its first table is made.
fn prepare_pages(database: &Connection) -> rusqlite::Result<()> {
    // A portion of speech fills a few large pages instead of a long chain of small ones.
    database.pragma_update(None, "page_size", PAGE as i64)?;
    // Space that messages leave goes back to the disk.
    database.pragma_update(None, "auto_vacuum", "INCREMENTAL")
}

/// Sets up a connection that only reads.
pub(super) fn prepare_reader(database: &Connection) -> rusqlite::Result<()> {
    database.pragma_update(None, "query_only", true)?;
    database.busy_timeout(std::time::Duration::from_secs(5))?;
    database.set_prepared_statement_cache_capacity(64);
    Ok(())
}

fn migrate(database: &mut Connection) -> rusqlite::Result<()> {
    let done: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let done = usize::try_from(done).unwrap_or(0);
    for (at, step) in STEPS.iter().enumerate().skip(done) {
        let step_done: Transaction<'_> = database.transaction()?;
        step_done.execute_batch(step)?;
        step_done.pragma_update(None, "user_version", at as i64 + 1)?;
        step_done.commit()?;
    }
    Ok(())
}

/// Is the database of a version that this program does not know?
pub(super) fn is_newer(database: &Connection) -> rusqlite::Result<bool> {
    let done: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0))?;
    Ok(done > STEPS.len() as i64)
}

/// Can what the database says of its version be true?
pub(super) fn is_likely(database: &Connection) -> rusqlite::Result<bool> {
    let done: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let is_empty = !database.prepare("SELECT 1 FROM sqlite_schema")?.exists([])?;
    Ok((done == 0 && is_empty) || (1..=MOST_STEPS).contains(&done))
}
