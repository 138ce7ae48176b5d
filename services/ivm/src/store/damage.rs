//! Looking for damage, each time the database is opened.
//!
//! Most pages are looked through whole (`quick_check`), the log too. Measured on the machine on
//! which this was written, cold and warm: 1 MB in 10 and 2 ms, 200 MB in 2.1 and 0.3 s, 1 GB in 9.4
//! and 2.1 s. So a database of up to half a gigabyte, which is years of an office, is looked
//! through at every start. In a larger one the portions, which are nearly all of it, are looked
//! through only after an unclean end; everything else always is. Where a run has met damage, there
//! is nothing to look for any more.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use rusqlite::{Connection, Error, ErrorCode, ffi};

use super::blobs::Blobs;
use super::log_file;
use super::schema::is_likely;

/// A database of up to so many bytes is looked through whole at every start.
const WHOLE: u64 = 512 << 20;
/// The tables that are looked through at every start, however large the database is.
const ALWAYS: [&str; 7] =
    ["server", "account", "contact", "device", "message", "recipient", "taken"];

/// The database is damaged.
#[derive(Debug, thiserror::Error)]
#[error("the database is damaged: {0}")]
pub(super) struct Damage(String);

/// Why this error means damage, if it does: what is on the disk is not what was written there.
pub(super) fn in_error(error: &anyhow::Error) -> Option<String> {
    error.chain().find_map(|cause| {
        if let Some(Damage(why)) = cause.downcast_ref() {
            return Some(why.clone());
        }
        let inner = cause.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
        let inner = inner.and_then(|inner| inner.downcast_ref());
        let error = cause.downcast_ref().or(inner).filter(|error| is_damage(error));
        error.map(Error::to_string)
    })
}

/// Does this error of the database mean damage?
pub(super) fn is_damage(error: &Error) -> bool {
    match error {
        Error::SqliteFailure(failure, _) => is_failure(*failure),
        Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..)
        | Error::Utf8Error(..) => true,
        _ => false,
    }
}

/// Does this answer of SQLite mean damage?
pub(super) fn is_failure(failure: ffi::Error) -> bool {
    let reading =
        [ffi::SQLITE_IOERR_READ, ffi::SQLITE_IOERR_SHORT_READ, ffi::SQLITE_IOERR_CORRUPTFS];
    matches!(failure.code, ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase)
        || reading.contains(&failure.extended_code)
}

/// Looks at the files before SQLite touches them: at a log that is damaged, at a database that has
/// become nothing while there are portions, and at what the last run has met.
///
/// # Errors
/// [`Damage`], or a file that cannot be read.
pub(super) fn look_before(path: &Path, blobs: &Blobs) -> anyhow::Result<()> {
    if mark(path).exists() {
        return Err(Damage("it could not be read any more while the server ran".to_owned()).into());
    }
    if let Some(log) = log_file::open(path)?
        && log_file::read(&log).is_damaged
    {
        return Err(Damage("its log is damaged".to_owned()).into());
    }
    let is_empty = fs::metadata(path).is_ok_and(|about| about.len() == 0);
    if is_empty && blobs.hold_any()? {
        return Err(Damage("it has become empty".to_owned()).into());
    }
    Ok(())
}

/// Looks at what an open database says of itself.
///
/// # Errors
/// [`Damage`], or an error of the database that may mean it.
pub(super) fn look_at_version(database: &Connection) -> anyhow::Result<()> {
    if is_likely(database)? {
        Ok(())
    } else {
        Err(Damage("its version cannot be".to_owned()).into())
    }
}

/// Looks through an open database.
///
/// # Errors
/// [`Damage`], or an error of the database that may mean it.
pub(super) fn look(database: &Connection, path: &Path) -> anyhow::Result<()> {
    look_within(WHOLE, database, path)
}

fn look_within(whole: u64, database: &Connection, path: &Path) -> anyhow::Result<()> {
    let is_small = fs::metadata(path)?.len() <= whole;
    let was_unclean = log_file::open(path)?.is_some();
    if is_small || was_unclean {
        return check(database, "PRAGMA quick_check(1)");
    }
    let mut there = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = ?1")?;
    for table in ALWAYS {
        if there.exists([table])? {
            check(database, &format!("PRAGMA quick_check({table})"))?;
        }
    }
    Ok(())
}

fn check(database: &Connection, sql: &str) -> anyhow::Result<()> {
    let verdict: String = database.query_row(sql, [], |row| row.get(0))?;
    if verdict == "ok" {
        return Ok(());
    }
    // What is wrong follows in a line of its own.
    Err(Damage(verdict.replace('\n', " ").trim_matches(['*', ' ']).to_owned()).into())
}

/// Where it is written down that damage was met while the server ran.
fn mark(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".look");
    PathBuf::from(name)
}

/// Writes down that damage was met: the next start salvages what can be read.
pub(super) fn remember(path: &Path) {
    if mark(path).exists() {
        return;
    }
    log::error!("the database is damaged; the next start saves what can be read");
    if let Err(error) = chassis::durable::write(&mark(path), b"", 0o600) {
        log::warn!(error:%; "it could not be written down that the database is damaged");
    }
}

/// The database is a new one.
///
/// # Errors
/// The file system's.
pub(super) fn forget(path: &Path) -> io::Result<()> {
    match fs::remove_file(mark(path)) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use rusqlite::Connection;

    use super::{in_error, look_within};
    use crate::store::pages::Pages;
    use crate::store::roots::{self, Tree};
    use crate::store::salvage::tests::Office;
    use crate::store::schema::PAGE;

    #[test]
    fn in_a_large_database_portions_are_looked_through_after_an_unclean_end_only() {
        for (table, is_seen) in [("message", true), ("account", true), ("portion", false)] {
            let office = Office::new();
            let path = office.path();
            let pages = Pages::open(&path).expect("opens");
            let roots = roots::find(&pages).expect("are found");
            let root = roots.into_iter().find_map(|(number, tree)| match tree {
                Tree::Of(of) if of.name == table => Some(number as usize),
                _ => None,
            });
            office.damage(root.expect("it is there"));
            let database = Connection::open(&path).expect("opens");
            let look = || look_within(PAGE as u64, &database, &path);
            let seen = look().err().and_then(|error| in_error(&error));
            assert_eq!(seen.is_some(), is_seen, "{table}");
            fs::write(office.log(), b"the remains of a power cut").expect("writable");
            assert!(look().is_err(), "{table}");
        }
    }
}
