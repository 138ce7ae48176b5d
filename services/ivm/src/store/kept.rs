//! Damaged databases that are kept beside the one in use: `ivm.sqlite.damaged-1` with its log, as
//! SQLite expects to find them, and what came of the salvage in words.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use chassis::durable::sync_directory;

/// So many are kept.
const MOST: usize = 2;
/// What belongs to a database, beside itself.
const PARTS: [&str; 2] = ["-wal", "-shm"];

/// `path` with something behind its name.
pub(super) fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// The damaged database with this number.
pub(super) fn damaged(path: &Path, number: u32) -> PathBuf {
    with(path, &format!(".damaged-{number}"))
}

/// The words about it.
pub(super) fn report(path: &Path, number: u32) -> PathBuf {
    with(&damaged(path, number), ".txt")
}

/// The numbers of those that are kept, the oldest first.
///
/// # Errors
/// The file system's.
pub(super) fn all(path: &Path) -> io::Result<Vec<u32>> {
    let mut numbers = numbers(path)?;
    numbers.retain(|number| damaged(path, *number).exists());
    Ok(numbers)
}

/// Every number of which anything is there.
fn numbers(path: &Path) -> io::Result<Vec<u32>> {
    let begin = format!("{}.damaged-", path.file_name().unwrap_or_default().to_string_lossy());
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let mut found = Vec::new();
    for entry in fs::read_dir(folder.unwrap_or(Path::new(".")))? {
        let name = entry?.file_name().to_string_lossy().into_owned();
        let number = name.strip_prefix(&begin).and_then(|rest| rest.split(['-', '.']).next());
        found.extend(number.and_then(|number| number.parse::<u32>().ok()));
    }
    found.sort_unstable();
    found.dedup();
    Ok(found)
}

/// Gives the damaged database a second name, last of all what it is known by. Nothing of it is
/// copied, so that it takes no room.
///
/// # Errors
/// The file system's.
pub(super) fn keep(path: &Path, words: &str) -> io::Result<u32> {
    let number = numbers(path)?.last().map_or(1, |number| number.saturating_add(1));
    let kept = damaged(path, number);
    for part in PARTS {
        let from = with(path, part);
        if from.exists() {
            fs::hard_link(from, with(&kept, part))?;
        }
    }
    chassis::durable::write(&report(path, number), words.as_bytes(), 0o640)?;
    fs::hard_link(path, &kept)?;
    sync_directory(path)?;
    Ok(number)
}

/// Takes the log away from the name that the new database will have.
///
/// # Errors
/// The file system's.
pub(super) fn take_log_away(path: &Path) -> io::Result<()> {
    for part in PARTS {
        remove(&with(path, part))?;
    }
    sync_directory(path)
}

/// Puts everything back where an exchange was not finished, so that it begins anew from the
/// damaged files as they were; and removes those that are too many.
///
/// # Errors
/// The file system's.
pub(super) fn tidy(path: &Path) -> io::Result<()> {
    let in_use = fs::metadata(path).map(|about| (about.dev(), about.ino())).ok();
    for number in numbers(path)? {
        let kept = damaged(path, number);
        let about = fs::metadata(&kept).map(|about| (about.dev(), about.ino())).ok();
        if about.is_some() && about == in_use {
            put_back(path, &kept)?;
            discard(path, number)?;
        } else if about.is_none() {
            discard(path, number)?;
        }
    }
    let kept = all(path)?;
    let surplus = kept.len().saturating_sub(MOST);
    for number in kept.into_iter().take(surplus) {
        discard(path, number)?;
    }
    Ok(())
}

fn put_back(path: &Path, kept: &Path) -> io::Result<()> {
    let log = with(path, "-wal");
    let kept_log = with(kept, "-wal");
    if !log.exists() && kept_log.exists() {
        fs::hard_link(kept_log, log)?;
    }
    sync_directory(path)
}

/// Removes one that is kept; what it is known by goes first.
///
/// # Errors
/// The file system's.
pub(super) fn discard(path: &Path, number: u32) -> io::Result<()> {
    let kept = damaged(path, number);
    remove(&kept)?;
    sync_directory(path)?;
    for part in PARTS {
        remove(&with(&kept, part))?;
    }
    remove(&report(path, number))
}

/// Removes a file; one that is gone already is no error.
///
/// # Errors
/// The file system's.
pub(super) fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
