//! Damaged databases that are kept beside the one in use: `ivm.sqlite.damaged-1` with its log, as
//! SQLite expects to find them, and what came of it in words.
//!
//! Until a new database has the name, the damaged files are there, untouched: whoever finds an
//! exchange that was not finished begins anew from them.

use std::fs;
use std::io;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use crate::durable::{self, sync_directory};

/// An administrator is told of a damaged database for so long.
const TOLD: Duration = Duration::from_secs(7 * 86_400);
/// The longest words that are told, bytes.
const LONGEST: u64 = 3 << 10;
/// So many are kept.
const MOST: usize = 2;
/// What belongs to a database, beside itself.
const PARTS: [&str; 2] = ["-wal", "-shm"];

/// `path` with something behind its name.
#[must_use]
pub fn with(path: &Path, end: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(end);
    PathBuf::from(name)
}

/// The damaged database with this number.
#[must_use]
pub fn damaged(path: &Path, number: u32) -> PathBuf {
    with(path, &format!(".damaged-{number}"))
}

/// The words about it.
#[must_use]
pub fn report(path: &Path, number: u32) -> PathBuf {
    with(&damaged(path, number), ".txt")
}

/// The numbers of those that are kept, the oldest first.
///
/// # Errors
/// The file system's.
pub fn all(path: &Path) -> io::Result<Vec<u32>> {
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
pub fn keep(path: &Path, words: &str) -> io::Result<u32> {
    let number = numbers(path)?.last().map_or(1, |number| number.saturating_add(1));
    let kept = damaged(path, number);
    for part in PARTS {
        let from = with(path, part);
        if from.exists() {
            fs::hard_link(from, with(&kept, part))?;
        }
    }
    durable::write(&report(path, number), words.as_bytes(), 0o640)?;
    fs::hard_link(path, &kept)?;
    sync_directory(path)?;
    Ok(number)
}

/// Takes the log away from the name that the new database will have.
///
/// # Errors
/// The file system's.
pub fn take_log_away(path: &Path) -> io::Result<()> {
    for part in PARTS {
        remove(&with(path, part))?;
    }
    sync_directory(path)
}

/// Where a new database is made, until it has its name.
#[must_use]
pub fn new(path: &Path) -> PathBuf {
    with(path, ".new")
}

/// The new database, whole and on disk, gets its name.
///
/// # Errors
/// The file system's.
pub fn take_place(path: &Path) -> io::Result<()> {
    fs::rename(new(path), path)?;
    sync_directory(path)
}

/// Puts everything back where an exchange was not finished, so that it begins anew from the
/// damaged files as they were; and removes the unfinished new database, and those that are kept
/// and too many.
///
/// # Errors
/// The file system's.
pub fn tidy(path: &Path) -> io::Result<()> {
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
    for end in PARTS.into_iter().chain(["", "-journal"]) {
        remove(&with(&new(path), end))?;
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
pub fn discard(path: &Path, number: u32) -> io::Result<()> {
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
pub fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// What an administrator has to know of the last damaged database, and until when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Told {
    /// In sentences.
    pub words: String,
    /// When it was, unix milliseconds.
    pub since: u64,
    /// It is told until then, unix milliseconds.
    pub until: u64,
}

/// What there is to tell about the database at `path`; `None` where none is kept.
///
/// # Errors
/// The file system's.
pub fn told(path: &Path) -> io::Result<Option<Told>> {
    let Some(newest) = all(path)?.last().map(|number| report(path, *number)) else {
        return Ok(None);
    };
    let about = match fs::metadata(&newest) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        about => about?,
    };
    if about.len() > LONGEST {
        return Ok(None);
    }
    let words = fs::read_to_string(&newest)?.trim().to_owned();
    let millis = |time: SystemTime| {
        let since = time.duration_since(UNIX_EPOCH).unwrap_or_default();
        u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
    };
    let since = about.modified()?;
    Ok(Some(Told { words, since: millis(since), until: millis(since + TOLD) }))
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::{all, damaged, keep, new, take_log_away, take_place, tidy, told, with};

    #[test]
    fn an_exchange_that_is_cut_off_anywhere_begins_anew_from_the_damaged_files() {
        for cut in 0..4 {
            let folder = tempfile::tempdir().expect("a temp dir");
            let path = folder.path().join("a.sqlite");
            fs::write(&path, "damaged").expect("writable");
            fs::write(with(&path, "-wal"), "log").expect("writable");
            fs::write(new(&path), "new").expect("writable");
            if cut > 0 {
                keep(&path, "Something.").expect("is kept");
            }
            if cut > 1 {
                take_log_away(&path).expect("is gone");
            }
            if cut > 2 {
                take_place(&path).expect("is there");
            }
            tidy(&path).expect("is tidied");
            let is_done = cut == 3;
            assert_eq!(
                fs::read(&path).expect("there"),
                if is_done { "new" } else { "damaged" }.as_bytes()
            );
            assert_eq!(with(&path, "-wal").exists(), !is_done);
            assert!(!new(&path).exists());
            let kept = all(&path).expect("readable");
            assert_eq!(kept.len(), usize::from(is_done), "{cut}");
            let told = told(&path).expect("readable");
            assert_eq!(told.map(|told| told.words), is_done.then(|| "Something.".to_owned()));
            if is_done {
                let kept = damaged(&path, 1);
                assert_eq!(fs::read(&kept).expect("is kept"), b"damaged");
                assert_eq!(fs::read(with(&kept, "-wal")).expect("is kept"), b"log");
            }
        }
    }
}
