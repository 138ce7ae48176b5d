//! The store: one file database, one thread that writes it, two that read it.
//!
//! It decides nothing. See `schema` for the tables and their invariants.

mod accounts;
mod apply;
mod blobs;
mod cells;
mod damage;
mod gather;
mod log_file;
mod mend;
mod message;
mod pages;
mod read;
mod report;
mod roots;
mod salvage;
mod schema;
mod tables;
mod trees;
mod write;

use std::io;
use std::path::Path;

use ::message::Guid;
use anyhow::{Context as _, bail};
use chassis::kept;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension as _, params};

use crate::record::{Number, Snapshot};
use blobs::Blobs;
use schema::{is_newer, prepare_writer};
use write::is_named;

pub use read::Reader;
pub use write::{Committed, Writer};

/// What a new server is given once: its GUID and its secret.
#[derive(Clone, Copy, Debug)]
pub struct Birth {
    /// Its GUID.
    pub server: Guid,
    /// Its secret.
    pub secret: [u8; 32],
}

/// An open store: the writer, and what makes readers.
pub struct Store {
    /// The one writer.
    pub writer: Writer,
    /// A reader for short questions.
    pub asker: Reader,
    /// A reader for pages of messages.
    pub pager: Reader,
}

impl Store {
    /// Opens, or makes, the database at `path` and the folder of large portions, and tells what
    /// the engine has to know.
    ///
    /// It is looked through for damage (see `damage`). If there is some, what can still be read is
    /// put into a new database, and the damaged one is kept beside it (see `salvage`).
    ///
    /// # Errors
    /// Database or folder cannot be used, or are of a later version; the database is damaged and
    /// there is no room for a new one.
    pub fn open(path: &Path, blobs: &Path, birth: Birth) -> anyhow::Result<(Self, Snapshot)> {
        kept::tidy(path).context("looking for what a salvage has left")?;
        let blobs = Blobs::open(blobs.to_owned()).context("opening the folder of portions")?;
        let opened = Self::open_sound(path, blobs.clone(), birth);
        let Some(why) = opened.as_ref().err().and_then(damage::in_error) else { return opened };
        log::error!(why:%; "the database is damaged; what can be read is put into a new one");
        let saved = salvage::salvage(path, &blobs, birth, &mut || Ok(()))?;
        log::error!("{}", saved.words());
        Self::open_sound(path, blobs, birth)
    }

    fn open_sound(path: &Path, blobs: Blobs, birth: Birth) -> anyhow::Result<(Self, Snapshot)> {
        damage::look_before(path, &blobs)?;
        let mut database = Connection::open(path)
            .with_context(|| format!("opening the database {}", path.display()))?;
        // Whatever is found: a damaged file is not written to.
        database.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
        damage::look_at_version(&database).context("reading the version of the database")?;
        if is_newer(&database).context("reading the version of the database")? {
            bail!("the database is of a later version of this program");
        }
        damage::look(&database, path).context("looking through the database")?;
        prepare_writer(&mut database).context("preparing the database")?;
        let (server, secret, age) =
            identity(&database, birth).context("reading the server's name")?;
        let asker = Reader::open(path, blobs.clone()).context("opening the database to read")?;
        let pager = Reader::open(path, blobs.clone()).context("opening the database to read")?;
        let accounts = asker.accounts().context("reading the accounts")?;
        let next = next_number(&database).context("reading the newest message")?;
        let unfinished = asker.unfinished().context("reading unfinished messages")?;
        let removed = blobs
            .sweep(|name| is_named(&database, name).map_err(io::Error::other))
            .context("removing portions that nothing names")?;
        if removed > 0 {
            log::info!(removed; "removed files that no message names");
        }
        database.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false)?;
        let writer = Writer { path: path.to_owned(), database, blobs };
        let snapshot = Snapshot { server, secret, accounts, next, age, unfinished };
        Ok((Self { writer, asker, pager }, snapshot))
    }
}

fn identity(database: &Connection, birth: Birth) -> rusqlite::Result<(Guid, [u8; 32], u64)> {
    database.execute(
        "INSERT OR IGNORE INTO server (one, guid, secret, age) VALUES (1, ?1, ?2, 0)",
        params![birth.server.bytes(), birth.secret],
    )?;
    database.query_row("SELECT guid, secret, age FROM server", [], |row| {
        Ok((Guid::from_bytes(row.get(0)?), row.get(1)?, row.get::<_, i64>(2)?.unsigned_abs()))
    })
}

fn next_number(database: &Connection) -> rusqlite::Result<Number> {
    let newest: Option<i64> = database
        .query_row("SELECT max(number) FROM message", [], |row| row.get(0))
        .optional()?
        .flatten();
    Ok(Number(newest.map_or(1, |newest| newest.unsigned_abs() + 1)))
}
