//! The write-ahead log of a database, read without SQLite: which of its frames are whole, and
//! whether frames are missing between others.
//!
//! A frame is a page with a head, and its checksum goes on from that of the frame before. SQLite
//! reads up to the first frame that is not whole and takes what follows for the remains of a power
//! cut. That is right for the last commit, which nobody was told of; but where two more commits
//! follow a broken frame, what was acknowledged is in them, and the log is damaged.

use std::collections::BTreeMap;
use std::fs::File;
use std::io;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};

use super::pages::u32_at;
use super::schema::PAGE;

/// Bytes before the first frame.
const HEAD: usize = 32;
/// Bytes before the page of a frame.
const FRAME_HEAD: usize = 24;
/// How a log begins; the last bit tells the order of bytes in checksums.
const MAGIC: u32 = 0x377f_0682;
/// So many commits behind a broken frame are no remains of a power cut.
const COMMITS_BEHIND: u32 = 2;

/// What is in a log.
#[derive(Debug, Default)]
pub(super) struct LogFile {
    /// Where the newest copy of each page is.
    pub(super) newer: BTreeMap<u32, u64>,
    /// Pages of the database after the last commit in the log.
    pub(super) pages: Option<u32>,
    /// Something is missing in it that had been acknowledged.
    pub(super) is_damaged: bool,
}

/// The log of a database.
pub(super) fn path_of(database: &Path) -> PathBuf {
    let mut name = database.as_os_str().to_owned();
    name.push("-wal");
    PathBuf::from(name)
}

/// Opens the log of a database, if it has one with something in it.
pub(super) fn open(database: &Path) -> io::Result<Option<File>> {
    match File::open(path_of(database)) {
        Ok(file) => Ok((file.metadata()?.len() > 0).then_some(file)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error),
    }
}

/// Reads a log.
pub(super) fn read(log: &File) -> LogFile {
    let mut head = [0; HEAD];
    let is_read = log.read_exact_at(&mut head, 0).is_ok();
    let head = Head::of(&head)
        .filter(|_| is_read)
        .map_or_else(|| Err(is_read && head.iter().any(|byte| *byte != 0)), Ok);
    let mut frames = Frames::begin(log, head.ok());
    while frames.take_next() {}
    let Frames { whole, salvaged, behind, .. } = frames;
    let is_damaged = behind >= COMMITS_BEHIND || head == Err(true);
    let (newer, pages) = if is_damaged { salvaged } else { whole };
    LogFile { newer, pages, is_damaged }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Head {
    salt: [u8; 8],
    sum: Sum,
    is_big: bool,
}

impl Head {
    fn of(head: &[u8; HEAD]) -> Option<Self> {
        let magic = u32_at(head, 0)?;
        let is_big = magic & 1 == 1;
        let salt = head[16..24].try_into().ok()?;
        let sum = Sum::default().of(&head[..24], is_big);
        let is_ours = magic & !1 == MAGIC && u32_at(head, 8)? == PAGE as u32 && sum.is_at(head, 24);
        is_ours.then_some(Self { salt, sum, is_big })
    }
}

type Found = (BTreeMap<u32, u64>, Option<u32>);

/// Goes through a log, frame by frame.
struct Frames<'a> {
    log: &'a File,
    at: u64,
    is_big: bool,
    /// Of this log's frames; behind them lie older ones. Unknown where the head is damaged.
    salt: Option<[u8; 8]>,
    sum: Option<Sum>,
    is_broken: bool,
    /// Commits behind the first broken frame.
    behind: u32,
    /// Frames of the commit that has not ended yet.
    open: BTreeMap<u32, u64>,
    /// What SQLite would read.
    whole: Found,
    /// What can be read.
    salvaged: Found,
}

impl<'a> Frames<'a> {
    fn begin(log: &'a File, head: Option<Head>) -> Self {
        Self {
            log,
            at: HEAD as u64,
            is_big: head.is_some_and(|head| head.is_big),
            salt: head.map(|head| head.salt),
            sum: head.map(|head| head.sum),
            is_broken: head.is_none(),
            behind: 0,
            open: BTreeMap::new(),
            whole: Found::default(),
            salvaged: Found::default(),
        }
    }

    /// Takes the next frame; false at the end of the file.
    fn take_next(&mut self) -> bool {
        let mut frame = vec![0; FRAME_HEAD + PAGE];
        let (at, length) = (self.at, frame.len() as u64);
        self.at += length;
        if let Err(error) = self.log.read_exact_at(&mut frame, at) {
            // The end of the file, or a place of the disk that cannot be read.
            (self.is_broken, self.sum) = (true, None);
            return error.kind() != io::ErrorKind::UnexpectedEof;
        }
        let (head, page) = frame.split_at(FRAME_HEAD);
        let said = Sum::said(head, 16);
        let is_whole = self.sum.is_some_and(|before| {
            said == Some(before.of(&head[..8], self.is_big).of(page, self.is_big))
        });
        let salt: Option<[u8; 8]> = head[8..16].try_into().ok();
        let is_ours = self.salt.is_none() || self.salt == salt;
        self.sum = said;
        let number = u32_at(head, 0).unwrap_or(0);
        if !is_whole || !is_ours || number == 0 {
            self.is_broken = true;
            return true;
        }
        self.salt = salt;
        self.open.insert(number, at + FRAME_HEAD as u64);
        let pages = u32_at(head, 4).filter(|pages| *pages > 0);
        if pages.is_some() {
            self.commit(pages);
        }
        true
    }

    fn commit(&mut self, pages: Option<u32>) {
        self.salvaged.0.append(&mut self.open);
        self.salvaged.1 = pages;
        if self.is_broken {
            self.behind += 1;
        } else {
            self.whole.clone_from(&self.salvaged);
        }
    }
}

/// The log's checksum.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Sum(u32, u32);

impl Sum {
    fn of(self, bytes: &[u8], is_big: bool) -> Self {
        let number = if is_big { u32::from_be_bytes } else { u32::from_le_bytes };
        let (words, _) = bytes.as_chunks::<4>();
        let (pairs, _) = words.as_chunks::<2>();
        pairs.iter().fold(self, |Self(one, two), [first, second]| {
            let one = one.wrapping_add(number(*first)).wrapping_add(two);
            Self(one, two.wrapping_add(number(*second)).wrapping_add(one))
        })
    }

    fn said(bytes: &[u8], at: usize) -> Option<Self> {
        Some(Self(u32_at(bytes, at)?, u32_at(bytes, at + 4)?))
    }

    fn is_at(self, bytes: &[u8], at: usize) -> bool {
        Self::said(bytes, at) == Some(self)
    }
}
