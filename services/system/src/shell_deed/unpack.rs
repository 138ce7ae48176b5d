//! Restoring: the whole backup is checked and unpacked beside the data, which stays as it is. The
//! next start takes it up (`shell_early`).

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufReader, Read, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use rusqlite::{Connection, OpenFlags};

use super::copy;
use super::grounds::{Grounds, SERVICES};
use crate::backup::archive::{BLOCK, Entry};
use crate::backup::stream::{Opener, unreadable};
use crate::backup::{MANIFEST, Manifest, Unreadable};
use crate::book::Record;
use crate::deed::bundle::compare;
use crate::deed::{Outcome, Passphrase, Report};
use crate::shell_early::{RESTORE_NEW, RESTORE_PART};

/// Files in a backup: a message of a minute is a few.
const MOST_FILES: u64 = 4_000_000;
/// Bytes of the manifest.
const MOST_MANIFEST: u64 = 64 << 10;

pub(super) fn unpack(
    grounds: &Grounds,
    file: &str,
    passphrase: &Passphrase,
    tell: &mut dyn FnMut(Report),
) -> anyhow::Result<Outcome> {
    let state = &grounds.layout.state;
    let part = state.join(RESTORE_PART);
    copy::clear(&part)?;
    let from = copy::open_plain(&grounds.layout.exchange.join(file))?;
    let result = take_in(grounds, from, &part, passphrase, tell);
    let manifest = match result {
        Ok(manifest) => manifest,
        Err(error) => {
            copy::clear(&part)?;
            return Err(in_words(error));
        }
    };
    copy::settle(&part)?;
    let new = state.join(RESTORE_NEW);
    copy::clear(&new)?;
    fs::rename(&part, &new)?;
    chassis::durable::sync_directory(&new)?;
    let messages = if manifest.with_messages { "with its messages" } else { "without messages" };
    let words = format!(
        "The backup is whole, {messages}, and waits for the next start. Nothing was changed yet."
    );
    Ok(Outcome::of(words))
}

/// What is wrong with the file goes before where it was noticed.
fn in_words(error: anyhow::Error) -> anyhow::Error {
    let found = error.chain().find_map(|cause| {
        let inner = cause.downcast_ref::<io::Error>().and_then(unreadable);
        inner.or_else(|| cause.downcast_ref::<Unreadable>().copied())
    });
    found.map_or(error, Into::into)
}

fn take_in(
    grounds: &Grounds,
    file: File,
    part: &Path,
    passphrase: &Passphrase,
    tell: &mut dyn FnMut(Report),
) -> anyhow::Result<Manifest> {
    let mut say = |percent: u8| {
        tell(Report::Progress { percent, words: "The backup is checked.".to_owned() });
    };
    say(1);
    let whole = file.metadata()?.len();
    let mut opener = Opener::begin(passphrase.bytes(), BufReader::new(file))?;
    let manifest = manifest(&mut opener, &grounds.version)?;
    let room = copy::room(&grounds.layout.state)?;
    ensure!(whole < room, "There is no room on the disk to unpack the backup.");
    copy::make_folder(part)?;
    let (mut files, mut bytes) = (0, 0);
    while let Some(entry) = next(&mut opener)? {
        (files, bytes) = (files + 1, bytes + entry.size);
        ensure!(files <= MOST_FILES, Unreadable::Inside);
        ensure!(bytes < room, "There is no room on the disk to unpack the backup.");
        put(&mut opener, &entry, part)?;
        say(u8::try_from(bytes.saturating_mul(90) / whole.max(1)).unwrap_or(90).min(90));
    }
    end(&mut opener)?;
    check(part)?;
    Ok(manifest)
}

fn manifest(from: &mut impl Read, version: &str) -> anyhow::Result<Manifest> {
    let entry = next(from)?.filter(|entry| entry.path == MANIFEST && entry.size < MOST_MANIFEST);
    let entry = entry.ok_or(Unreadable::Inside)?;
    let mut text = Vec::new();
    from.take(entry.size).read_to_end(&mut text)?;
    skip(from, entry.padding())?;
    let manifest: Manifest = serde_json::from_slice(&text).map_err(|_| Unreadable::Inside)?;
    if compare(&manifest.program, version).is_gt() {
        let found = manifest.program;
        bail!(
            "This backup was made by version {found}, and version {version} runs here: update \
             this appliance first."
        );
    }
    Ok(manifest)
}

/// The next file's header; `None` at the end.
fn next(from: &mut impl Read) -> anyhow::Result<Option<Entry>> {
    let mut header = [0; BLOCK];
    from.read_exact(&mut header).map_err(|error| match error.kind() {
        io::ErrorKind::UnexpectedEof => io::Error::other(Unreadable::Inside),
        _ => error,
    })?;
    Ok(Entry::parse(&header)?)
}

fn skip(from: &mut impl Read, count: usize) -> anyhow::Result<()> {
    io::copy(&mut from.take(count as u64), &mut io::sink())?;
    Ok(())
}

fn put(from: &mut impl Read, entry: &Entry, part: &Path) -> anyhow::Result<()> {
    let service = entry.path.split('/').next().unwrap_or_default();
    let is_ours = SERVICES.iter().any(|(name, _)| *name == service);
    ensure!(is_ours && entry.path.contains('/'), Unreadable::Inside);
    let path = part.join(&entry.path);
    if let Some(parent) = path.parent() {
        copy::make_folder(parent)?;
    }
    let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&path);
    // The same path twice, or a file where a folder is.
    let mut file = file.map_err(|error| match error.kind() {
        io::ErrorKind::AlreadyExists => io::Error::other(Unreadable::Inside),
        _ => error,
    })?;
    let copied = io::copy(&mut from.take(entry.size), &mut file)?;
    ensure!(copied == entry.size, Unreadable::Inside);
    file.flush()?;
    skip(from, entry.padding())
}

/// Reads to the very end, so that the last segment was opened, too.
fn end(from: &mut impl Read) -> anyhow::Result<()> {
    let mut rest = Vec::new();
    from.take(BLOCK as u64 + 1).read_to_end(&mut rest)?;
    ensure!(rest.len() == BLOCK && rest.iter().all(|byte| *byte == 0), Unreadable::Inside);
    Ok(())
}

/// Are databases whole, and settings such that this version reads them?
fn check(part: &Path) -> anyhow::Result<()> {
    let files: Vec<PathBuf> = copy::files(part, Some(copy::BLOBS))?;
    for path in files.iter().filter(|path| copy::is_database(path)) {
        let name = path.display();
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = Connection::open_with_flags(part.join(path), flags)
            .with_context(|| format!("the backup's {name} is damaged"))?;
        let found: String = database
            .pragma_query_value(None, "quick_check", |row| row.get(0))
            .with_context(|| format!("the backup's {name} is damaged"))?;
        ensure!(found == "ok", "the backup's {name} is damaged: {found}");
    }
    let settings = part.join("system/settings.json");
    if settings.exists() {
        Record::from_json(&fs::read_to_string(settings)?).context("the backup's settings")?;
    }
    Ok(())
}
