//! The pages of a database file as they lie on the disk, without SQLite: the file, and over it
//! what the write-ahead log holds of them. How large a page is says the program, not the file: its
//! head may be what is damaged.

use std::collections::BTreeMap;
use std::fs::File;
use std::os::unix::fs::FileExt as _;
use std::path::Path;

use super::log_file::{self, LogFile};
use super::schema::PAGE;

/// The page with this byte in it is never used: SQLite locks it.
const LOCK_BYTE: u64 = 1 << 30;

/// A file of pages. Nothing is read ahead; nothing is ever written.
pub(super) struct Pages {
    file: File,
    log: Option<File>,
    /// Where the newest copy of a page is in the log.
    newer: BTreeMap<u32, u64>,
    count: u32,
}

impl Pages {
    /// Opens a database file with its log. However damaged they are, this works.
    ///
    /// # Errors
    /// The file is not there, or may not be read.
    pub(super) fn open(path: &Path) -> std::io::Result<Self> {
        let file = File::open(path)?;
        let length = file.metadata()?.len();
        let (log, found) = match log_file::open(path)? {
            Some(log) => {
                let found = log_file::read(&log);
                (Some(log), found)
            }
            None => (None, LogFile::default()),
        };
        let in_file = u32::try_from(length.div_ceil(PAGE as u64)).unwrap_or(u32::MAX);
        let count = found.pages.unwrap_or(in_file);
        Ok(Self { file, log, newer: found.newer, count })
    }

    /// How many pages there are, readable or not. The first is 1.
    pub(super) fn count(&self) -> u32 {
        self.count
    }

    /// The bytes of a page; `None` if the disk does not give them.
    pub(super) fn page(&self, number: u32) -> Option<Vec<u8>> {
        if number == 0 || number > self.count {
            return None;
        }
        let mut page = vec![0; PAGE];
        let in_log = self.newer.get(&number).zip(self.log.as_ref());
        if let Some((at, log)) = in_log
            && log.read_exact_at(&mut page, *at).is_ok()
        {
            return Some(page);
        }
        let at = u64::from(number - 1) * PAGE as u64;
        self.file.read_exact_at(&mut page, at).ok()?;
        Some(page)
    }
}

/// Is it the page that is never used?
pub(super) fn is_lock(number: u32) -> bool {
    u64::from(number) == LOCK_BYTE / PAGE as u64 + 1
}

/// A big-endian number in a page.
pub(super) fn u32_at(page: &[u8], at: usize) -> Option<u32> {
    let bytes = page.get(at..at.checked_add(4)?)?;
    bytes.try_into().ok().map(u32::from_be_bytes)
}

/// A short big-endian number in a page.
pub(super) fn u16_at(page: &[u8], at: usize) -> Option<usize> {
    let bytes = page.get(at..at.checked_add(2)?)?;
    bytes.try_into().ok().map(|bytes| usize::from(u16::from_be_bytes(bytes)))
}
