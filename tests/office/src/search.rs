//! Looks for bytes in every file of a folder.

use std::fs;
use std::path::{Path, PathBuf};

/// The files below a folder that hold these bytes.
///
/// # Panics
/// There is nothing to look for.
#[must_use]
pub fn files_with(folder: &Path, wanted: &[u8]) -> Vec<PathBuf> {
    assert!(wanted.len() >= 8, "so few bytes are found by chance");
    let holds = |path: &PathBuf| {
        // A file may be gone by now: a journal, a temporary one.
        fs::read(path).is_ok_and(|bytes| contains(&bytes, wanted))
    };
    files(folder).into_iter().filter(holds).collect()
}

/// Every file below a folder.
#[must_use]
pub fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).into_iter().flatten().flatten() {
            match entry.file_type() {
                Ok(kind) if kind.is_dir() => folders.push(entry.path()),
                Ok(kind) if kind.is_file() => found.push(entry.path()),
                Ok(_) | Err(_) => {}
            }
        }
    }
    found
}

/// Do the bytes hold the wanted ones?
#[must_use]
pub fn contains(bytes: &[u8], wanted: &[u8]) -> bool {
    let first = wanted.first().copied();
    let mut rest = bytes;
    while let Some(at) = rest.iter().position(|byte| Some(*byte) == first) {
        rest = &rest[at..];
        if rest.starts_with(wanted) {
            return true;
        }
        rest = &rest[1..];
    }
    false
}
