//! A damaged database must not keep the pages from starting: it is kept beside, and what can be read
//! of it is put into a new one.
//!
//! Administrators, tokens, the audit record and the numbers are read row by row from both ends of
//! their tables, as far as that goes; log-ins begin anew. Where no administrator can be read, the
//! appliance waits for its first run again, and that takes the one-time code on the panel: a
//! damaged disk opens nothing to anybody who is not at the machine.

use std::fs::File;
use std::path::Path;

use anyhow::Context as _;
use chassis::kept;
use rusqlite::config::DbConfig;
use rusqlite::types::Value;
use rusqlite::{Connection, Error, ErrorCode, Result, params_from_iter};

use super::Store;

/// A table: its columns, its key, and which of its rows can be used.
struct Table {
    name: &'static str,
    columns: &'static str,
    key: [&'static str; 2],
    usable: &'static str,
}

const TABLES: [Table; 4] = [
    Table {
        name: "administrator",
        columns: "name, role, salt, memory_kib, passes, hash, made",
        key: ["name", "name DESC"],
        usable: "length(salt) = 16 AND length(hash) = 32",
    },
    Table {
        name: "token",
        columns: "name, hash, role, made, expires, used",
        key: ["name", "name DESC"],
        usable: "length(hash) = 32",
    },
    Table {
        name: "audit",
        columns: "number, at, who, role, origin, deed, target, outcome",
        key: ["number", "number DESC"],
        usable: "number > 0",
    },
    Table {
        name: "sample",
        columns: "span, at, accepted, delivered, online, people, waiting, messages, bytes, \
                  disk_total, disk_free",
        key: ["span, at", "span DESC, at DESC"],
        usable: "span > 0",
    },
];

impl Store {
    /// Opens the database at `path`, and makes it where there is none. One that is damaged is kept
    /// beside it, and a new one begins with what can be read.
    ///
    /// # Errors
    /// The disk is full or broken.
    pub(crate) fn open_or_salvage(path: &Path) -> anyhow::Result<Self> {
        kept::tidy(path).context("looking for what a salvage has left")?;
        let why = match Self::open_sound(path) {
            Ok(store) => return Ok(store),
            Err(error) if is_damage(&error) => error,
            Err(error) => return Err(error.into()),
        };
        log::error!(error:% = why; "the database is damaged; what can be read is put into a new one");
        let words = salvage(path).context("the database is damaged, and no new one can be made")?;
        log::error!("{words}");
        Ok(Self::open_sound(path)?)
    }

    fn open_sound(path: &Path) -> Result<Self> {
        look(path)?;
        let store = Self::open(path)?;
        for administrator in store.administrators()? {
            store.administrator(&administrator.who.name)?;
        }
        Ok(store)
    }
}

/// Looks through the database. It is small: the numbers of some years are less than a megabyte.
fn look(path: &Path) -> Result<()> {
    let database = only_to_read(path)?;
    let verdict: String = database.query_row("PRAGMA quick_check(1)", [], |row| row.get(0))?;
    if verdict == "ok" { Ok(()) } else { Err(corrupt(verdict)) }
}

fn corrupt(verdict: String) -> Error {
    Error::SqliteFailure(rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_CORRUPT), Some(verdict))
}

/// Opens a database without changing anything of it or of its log.
fn only_to_read(path: &Path) -> Result<Connection> {
    let database = Connection::open(path)?;
    database.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    database.pragma_update(None, "query_only", true)?;
    Ok(database)
}

fn is_damage(error: &Error) -> bool {
    match error {
        Error::SqliteFailure(failure, _) => matches!(
            failure.code,
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase | ErrorCode::SystemIoFailure
        ),
        Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..)
        | Error::Utf8Error(..) => true,
        _ => false,
    }
}

fn salvage(path: &Path) -> anyhow::Result<String> {
    let new = kept::new(path);
    let fresh = Store::open(&new)?.database;
    let mut counts = [0; TABLES.len()];
    match only_to_read(path) {
        Ok(damaged) => {
            for (count, table) in counts.iter_mut().zip(&TABLES) {
                *count = copy(&damaged, &fresh, table)?;
            }
        }
        Err(error) => log::warn!(error:%; "the damaged database cannot be opened"),
    }
    // One file, without a log, that takes the name.
    fresh.pragma_update(None, "journal_mode", "DELETE")?;
    drop(fresh);
    File::open(&new)?.sync_all()?;
    let words = words(counts);
    kept::keep(path, &words)?;
    kept::take_log_away(path)?;
    kept::take_place(path)?;
    kept::tidy(path)?;
    Ok(words)
}

/// Copies the rows that can be read, from the first on and from the last back.
fn copy(from: &Connection, to: &Connection, table: &Table) -> Result<usize> {
    let Table { name, columns, key, usable } = table;
    let width = columns.split(',').count();
    let places = vec!["?"; width].join(", ");
    let mut insert =
        to.prepare(&format!("INSERT OR IGNORE INTO {name} ({columns}) VALUES ({places})"))?;
    let copying = to.unchecked_transaction()?;
    let mut count = 0;
    for order in key {
        let sql = format!("SELECT {columns} FROM {name} WHERE {usable} ORDER BY {order}");
        let Ok(mut statement) = from.prepare(&sql) else { break };
        let Ok(mut rows) = statement.query([]) else { break };
        let is_whole = loop {
            match rows.next() {
                Ok(None) => break true,
                Err(_) => break false,
                Ok(Some(row)) => {
                    let values: Result<Vec<Value>> = (0..width).map(|at| row.get(at)).collect();
                    let Ok(values) = values else { continue };
                    match insert.execute(params_from_iter(values)) {
                        Ok(added) => count += added,
                        // What does not fit into the table was no row of it.
                        Err(error) if is_misfit(&error) => {}
                        Err(error) => return Err(error),
                    }
                }
            }
        };
        if is_whole {
            break;
        }
    }
    copying.commit()?;
    Ok(count)
}

fn is_misfit(error: &Error) -> bool {
    let misfits = [ErrorCode::ConstraintViolation, ErrorCode::TypeMismatch];
    error.sqlite_error_code().is_some_and(|code| misfits.contains(&code))
}

fn words([administrators, tokens, deeds, numbers]: [usize; TABLES.len()]) -> String {
    let mut words = format!(
        "The disk had damaged the database of the pages. Saved: administrators: {administrators}; \
         tokens: {tokens}; lines of the record: {deeds}; numbers of the history: {numbers}.",
    );
    if administrators == 0 {
        words.push_str(
            " No administrator is left: the first run has to be done again, with the code on the \
             panel.",
        );
    }
    words
}

#[cfg(test)]
mod tests;
