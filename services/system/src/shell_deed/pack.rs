//! Making a backup: copies of everything, then one sealed file of them.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, BufWriter, Read as _, Write};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, bail, ensure};
use chassis::chance;
use chassis::clock::Clock;
use rusqlite::Connection;
use time::OffsetDateTime;
use time::macros::format_description;

use super::copy::{self, BLOBS, Handover};
use super::grounds::{Grounds, SERVICES};
use crate::backup::archive::{BLOCK, Entry};
use crate::backup::stream::Sealer;
use crate::backup::{Header, MANIFEST, Manifest};
use crate::deed::{Outcome, Passphrase, Report};

/// Where the copies are while a backup is made, below the state directory.
pub(super) const COPIES: &str = "backup.tmp";
/// Portions may go while a copy of the database is made; a copy that misses one is made again.
const ATTEMPTS: u32 = 8;
/// Of 100: copies are made before that.
const COPIED: u8 = 30;

pub(super) fn pack(
    grounds: &Grounds,
    passphrase: &Passphrase,
    with_messages: bool,
    tell: &mut dyn FnMut(Report),
) -> anyhow::Result<Outcome> {
    let copies = grounds.layout.state.join(COPIES);
    copy::clear(&copies)?;
    let made = make(grounds, &copies, passphrase, with_messages, tell);
    copy::clear(&copies)?;
    let name = made?;
    Ok(Outcome { file: Some(name), ..Outcome::of("The backup is made.") })
}

fn make(
    grounds: &Grounds,
    copies: &Path,
    passphrase: &Passphrase,
    with_messages: bool,
    tell: &mut dyn FnMut(Report),
) -> anyhow::Result<String> {
    let mut say = |percent: u8, words: &str| {
        tell(Report::Progress { percent, words: words.to_owned() });
    };
    say(1, "The data is copied.");
    gather(grounds, copies, with_messages)?;
    say(COPIED, "The backup is sealed.");
    let files = copy::files(copies, None)?;
    let bytes = copy::size(copies, &files);
    ensure!(bytes < copy::room(&grounds.layout.exchange)?, "There is no room for a backup.");
    let made = Clock::start().unix_millis();
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = host.trim().to_owned();
    let manifest = Manifest { program: grounds.version.clone(), made, with_messages, host };
    let name = file_name(&manifest);
    let handover = Handover::begin(grounds, &name)?;
    let mut progress = |done: u64| {
        let part = done.saturating_mul(u64::from(99 - COPIED)) / bytes.max(1);
        say(COPIED + u8::try_from(part).unwrap_or(0).min(99 - COPIED), "The backup is sealed.");
    };
    match seal(&handover.file, copies, &files, &manifest, passphrase, &mut progress) {
        Ok(()) => handover.end(grounds).map(|()| name),
        Err(error) => {
            handover.give_up();
            Err(error)
        }
    }
}

fn file_name(manifest: &Manifest) -> String {
    let seconds = i64::try_from(manifest.made / 1000).unwrap_or(0);
    let time = OffsetDateTime::from_unix_timestamp(seconds).unwrap_or(OffsetDateTime::UNIX_EPOCH);
    let format = format_description!("[year][month][day]-[hour][minute][second]");
    let time = time.format(format).unwrap_or_default();
    let host = settings::HostName::parse(&manifest.host).unwrap_or_default();
    format!("{}-{time}.ivmbackup", host.as_str())
}

/// Copies everything into `copies`, so that it belongs together.
fn gather(grounds: &Grounds, copies: &Path, with_messages: bool) -> anyhow::Result<()> {
    let state = &grounds.layout.state;
    let mut needed = 0;
    for (service, _) in SERVICES {
        let from = state.join(service);
        needed += copy::size(&from, &copy::files(&from, Some(BLOBS))?);
    }
    ensure!(needed < copy::room(state)?, "There is no room for a backup.");
    copy::make_folder(copies)?;
    for (service, _) in SERVICES.iter().filter(|(service, _)| *service != "ivm") {
        copy::service(&state.join(service), &copies.join(service))?;
    }
    let (from, to) = (state.join("ivm"), copies.join("ivm"));
    if !with_messages {
        copy::service(&from, &to)?;
        return without_messages(&to);
    }
    for _ in 0..ATTEMPTS {
        copy::clear(&to)?;
        link_portions(&from.join(BLOBS), &to.join(BLOBS))?;
        copy::service(&from, &to)?;
        link_portions(&from.join(BLOBS), &to.join(BLOBS))?;
        if is_complete(&to)? {
            return Ok(());
        }
    }
    bail!("The messages change too fast for a backup: try again when it is quieter.")
}

/// Takes the messages out of a copy; people, keys and contacts stay.
fn without_messages(copy: &Path) -> anyhow::Result<()> {
    let path = copy.join("ivm.sqlite");
    if !path.exists() {
        return Ok(());
    }
    let database = Connection::open(&path)?;
    database.pragma_update(None, "foreign_keys", true)?;
    database
        .execute_batch("DELETE FROM portion; DELETE FROM message; VACUUM;")
        .context("leaving the messages out")
}

/// Gives every portion's file a second name in `to`: they are written once, so the name is enough.
fn link_portions(from: &Path, to: &Path) -> anyhow::Result<()> {
    for path in copy::files(from, None)? {
        let target = to.join(&path);
        if let Some(parent) = target.parent() {
            copy::make_folder(parent)?;
        }
        match fs::hard_link(from.join(&path), &target) {
            Err(error)
                if !matches!(
                    error.kind(),
                    io::ErrorKind::AlreadyExists | io::ErrorKind::NotFound
                ) =>
            {
                return Err(error).context("keeping a portion of a message");
            }
            // There from before, or gone with its message.
            Ok(()) | Err(_) => {}
        }
    }
    Ok(())
}

/// Is every file there that the copy of the database names?
fn is_complete(copy: &Path) -> anyhow::Result<bool> {
    let path = copy.join("ivm.sqlite");
    if !path.exists() {
        return Ok(true);
    }
    let database = Connection::open(&path)?;
    let mut rows =
        database.prepare("SELECT DISTINCT lower(hex(file)) FROM portion WHERE file IS NOT NULL")?;
    let named: BTreeSet<PathBuf> = rows
        .query_map([], |row| row.get::<_, String>(0))?
        .map(|name| name.map(|name| Path::new(&name[..2]).join(&name[2..])))
        .collect::<Result<_, _>>()?;
    Ok(named.iter().all(|path| copy.join(BLOBS).join(path).exists()))
}

fn seal(
    file: &File,
    copies: &Path,
    files: &[PathBuf],
    manifest: &Manifest,
    passphrase: &Passphrase,
    progress: &mut dyn FnMut(u64),
) -> anyhow::Result<()> {
    let header = Header::generate(&mut chance::rng());
    let mut out = Sealer::begin(&header, passphrase.bytes(), BufWriter::new(file))?;
    let about = serde_json::to_vec(manifest)?;
    let seconds = manifest.made / 1000;
    add(&mut out, MANIFEST, about.len() as u64, seconds, &mut about.as_slice())?;
    let mut done = 0;
    for path in files {
        let mut from = copy::open_plain(&copies.join(path))?;
        let size = from.metadata()?.len();
        let name = path.to_str().context("a file whose name is no text")?;
        add(&mut out, name, size, seconds, &mut from)?;
        done += size;
        progress(done);
    }
    out.write_all(&[0; 2 * BLOCK])?;
    out.end()?.flush().context("the backup cannot be written")
}

/// Adds a file to an archive.
pub(super) fn add(
    out: &mut impl Write,
    path: &str,
    size: u64,
    seconds: u64,
    from: &mut impl io::Read,
) -> anyhow::Result<()> {
    let entry = Entry::new(path, size).with_context(|| format!("{path} cannot be packed"))?;
    out.write_all(&entry.to_header(seconds))?;
    let copied = io::copy(&mut from.take(size), out)?;
    ensure!(copied == size, "{path} became shorter");
    out.write_all(&vec![0; entry.padding()])?;
    Ok(())
}
