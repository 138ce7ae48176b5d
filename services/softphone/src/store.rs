//! The device's database: an ordered map from byte strings to byte strings in one SQLite file,
//! and the few settings that the shell itself keeps. It decides nothing.
//!
//! Several processes may have it open: one writes at a time, readers never wait (WAL), and what
//! was answered is on disk (synchronous FULL). Deleted records are overwritten.

mod actor;
mod overlay;

use std::fs::OpenOptions;
use std::os::unix::fs::OpenOptionsExt;
use std::path::Path;
use std::time::Duration;

use anyhow::Context;
use bytes::Bytes;
use client_engine::Write;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

pub use actor::{Answer, Store};
use overlay::Overlay;

/// How long one process waits for another one's write.
const PATIENCE: Duration = Duration::from_secs(20);

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS record (key BLOB PRIMARY KEY NOT NULL, value BLOB NOT NULL) STRICT;
    CREATE TABLE IF NOT EXISTS setting (name TEXT PRIMARY KEY NOT NULL, value TEXT NOT NULL) STRICT;
";

/// One answer to a scan.
#[derive(Debug, PartialEq, Eq)]
pub struct Page {
    /// Keys in ascending order, with values.
    pub records: Vec<(Vec<u8>, Bytes)>,
    /// Are there more behind the last key?
    pub more: bool,
}

/// The open database.
pub struct Database {
    connection: Connection,
    overlay: Option<Overlay>,
}

impl Database {
    /// Opens the database at `path`, or makes it, readable for its owner only.
    ///
    /// # Errors
    /// It cannot be opened, made, or is none.
    pub fn open(path: &Path) -> anyhow::Result<Self> {
        OpenOptions::new()
            .append(true)
            .create(true)
            .mode(0o600)
            .open(path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        let connection = Connection::open(path)
            .with_context(|| format!("cannot open the database {}", path.display()))?;
        connection.busy_timeout(PATIENCE)?;
        connection.pragma_update(None, "journal_mode", "WAL")?;
        connection.pragma_update(None, "synchronous", "FULL")?;
        connection.pragma_update(None, "secure_delete", "ON")?;
        connection
            .execute_batch(SCHEMA)
            .with_context(|| format!("cannot use the database {}", path.display()))?;
        Ok(Self { connection, overlay: None })
    }

    /// From here on writes are seen by this process, but never kept.
    #[must_use]
    pub fn only_looking(self) -> Self {
        Self { overlay: Some(Overlay::default()), ..self }
    }

    /// Copies every record whose key starts with one of `prefixes` from this database to another;
    /// with `keep` a record that is there already stays as it is.
    ///
    /// # Errors
    /// A disk is full, or broken.
    pub fn copy_to(&self, path: &Path, prefixes: &[&[u8]], keep: bool) -> anyhow::Result<()> {
        let other = path.to_str().context("the folder's name is not UTF-8")?;
        // Makes the other database, with its tables, if it is not there.
        drop(Self::open(path)?);
        self.connection.execute("ATTACH DATABASE ?1 AS other", [other])?;
        let copied = self.copy_attached(prefixes, keep);
        self.connection.execute("DETACH DATABASE other", [])?;
        copied.with_context(|| format!("cannot copy into {}", path.display()))
    }

    fn copy_attached(&self, prefixes: &[&[u8]], keep: bool) -> rusqlite::Result<()> {
        let conflict = if keep { "IGNORE" } else { "REPLACE" };
        let copy = format!(
            "INSERT OR {conflict} INTO other.record (key, value) \
             SELECT key, value FROM main.record WHERE key >= ?1 AND key < ?2"
        );
        let transaction = self.connection.unchecked_transaction()?;
        for prefix in prefixes {
            let end = behind(prefix).unwrap_or_else(|| vec![u8::MAX; 64]);
            transaction.execute(&copy, params![prefix, end])?;
        }
        transaction.commit()
    }

    /// Carries out all writes in order, or none.
    ///
    /// # Errors
    /// The disk is full, or broken.
    pub fn write<'a>(
        &mut self,
        writes: impl IntoIterator<Item = &'a Write>,
    ) -> rusqlite::Result<()> {
        if let Some(overlay) = &mut self.overlay {
            writes.into_iter().for_each(|write| overlay.write(write));
            return Ok(());
        }
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for write in writes {
            match write {
                Write::Put(key, value) => transaction
                    .prepare_cached("INSERT OR REPLACE INTO record (key, value) VALUES (?1, ?2)")?
                    .execute(params![key, &value[..]])?,
                Write::DeletePrefix(prefix) => match behind(prefix) {
                    Some(end) => transaction
                        .prepare_cached("DELETE FROM record WHERE key >= ?1 AND key < ?2")?
                        .execute(params![prefix, end])?,
                    None => transaction
                        .prepare_cached("DELETE FROM record WHERE key >= ?1")?
                        .execute(params![prefix])?,
                },
            };
        }
        transaction.commit()
    }

    /// The records whose keys start with `prefix` and stand behind `after`, until their values
    /// have `limit` bytes together, but at least one.
    ///
    /// # Errors
    /// The disk is broken.
    pub fn scan(
        &self,
        prefix: &[u8],
        after: Option<&[u8]>,
        limit: usize,
    ) -> rusqlite::Result<Page> {
        let mut statement = self
            .connection
            .prepare_cached("SELECT key, value FROM record WHERE key >= ?1 ORDER BY key")?;
        let from = after.map_or(prefix, |after| after.max(prefix));
        let mut rows = statement.query(params![from])?;
        let mut page = Page { records: Vec::new(), more: false };
        let mut size = 0;
        while let Some(row) = rows.next()? {
            let key = row.get_ref(0)?.as_blob()?;
            if after == Some(key) {
                continue;
            }
            if !key.starts_with(prefix) {
                break;
            }
            let value = row.get_ref(1)?.as_blob()?;
            if !page.records.is_empty() && size + value.len() > limit {
                page.more = true;
                break;
            }
            size += value.len();
            page.records.push((key.to_vec(), Bytes::copy_from_slice(value)));
        }
        match &self.overlay {
            Some(overlay) => Ok(overlay.over(page, prefix, after)),
            None => Ok(page),
        }
    }

    /// A setting of the shell.
    ///
    /// # Errors
    /// The disk is broken.
    pub fn setting(&self, name: &str) -> rusqlite::Result<Option<String>> {
        self.connection
            .query_row("SELECT value FROM setting WHERE name = ?1", [name], |row| row.get(0))
            .optional()
    }

    /// Sets settings of the shell, all or none.
    ///
    /// # Errors
    /// The disk is full, or broken.
    pub fn set(&mut self, settings: &[(&str, &str)]) -> rusqlite::Result<()> {
        let transaction =
            self.connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for (name, value) in settings {
            transaction.execute(
                "INSERT OR REPLACE INTO setting (name, value) VALUES (?1, ?2)",
                [name, value],
            )?;
        }
        transaction.commit()
    }
}

/// The first key behind all that start with `prefix`; none if nothing can be.
fn behind(prefix: &[u8]) -> Option<Vec<u8>> {
    let last = prefix.iter().rposition(|byte| *byte != u8::MAX)?;
    let mut end = prefix[..=last].to_vec();
    end[last] += 1;
    Some(end)
}

#[cfg(test)]
mod tests;
