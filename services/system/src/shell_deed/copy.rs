//! Consistent copies of what the services keep, made while they run.

use std::fs::{self, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt as _, OpenOptionsExt as _, chown};
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context as _, ensure};
use nix::sys::statvfs::statvfs;
use nix::unistd::syncfs;
use rusqlite::{Connection, OpenFlags};

use super::grounds::{Grounds, SERVICES};

/// The name of the folder with large portions of messages.
pub(super) const BLOBS: &str = "blobs";
/// What is left free on the disk, whatever is copied.
pub(super) const RESERVE: u64 = 32 << 20;
/// A service may hold its database for so long.
const PATIENCE: Duration = Duration::from_secs(15);
/// Folders below a service's own.
const DEEPEST: usize = 4;

/// Opens a plain file for reading, not what a link leads to.
pub(super) fn open_plain(path: &Path) -> anyhow::Result<File> {
    let flags = nix::libc::O_NOFOLLOW | nix::libc::O_NONBLOCK | nix::libc::O_CLOEXEC;
    let file = OpenOptions::new().read(true).custom_flags(flags).open(path);
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let file = file.with_context(|| format!("there is no file {name}"))?;
    ensure!(file.metadata()?.is_file(), "{name} is no plain file");
    Ok(file)
}

/// A folder for root alone.
pub(super) fn make_folder(path: &Path) -> io::Result<()> {
    fs::DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Removes a folder with all that is in it; one that is not there is no error.
pub(crate) fn clear(path: &Path) -> io::Result<()> {
    match fs::remove_dir_all(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Bytes that may still be written where `path` is.
pub(super) fn room(path: &Path) -> anyhow::Result<u64> {
    let about = statvfs(path)?;
    Ok((about.blocks_available() * about.fragment_size()).saturating_sub(RESERVE))
}

/// Everything that was written where `path` is, is on disk.
pub(super) fn settle(path: &Path) -> anyhow::Result<()> {
    syncfs(File::open(path)?).context("the disk does not take it")?;
    Ok(())
}

/// The plain files below a folder, by their paths from there, in order. Of what is only there
/// while a service runs, nothing; of folders named `except`, nothing either.
pub(super) fn files(folder: &Path, except: Option<&str>) -> anyhow::Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut folders = vec![(PathBuf::new(), 0)];
    while let Some((below, depth)) = folders.pop() {
        let entries = match fs::read_dir(folder.join(&below)) {
            // A service that never ran has none.
            Err(error) if error.kind() == io::ErrorKind::NotFound => continue,
            entries => entries?,
        };
        for entry in entries {
            let entry = entry?;
            let name = entry.file_name().to_string_lossy().into_owned();
            let path = below.join(&name);
            // A file may go while we look.
            let Ok(kind) = entry.file_type() else { continue };
            if kind.is_dir() && depth < DEEPEST && Some(name.as_str()) != except {
                folders.push((path, depth + 1));
            } else if kind.is_file() && !is_passing(&name) {
                found.push(path);
            }
        }
    }
    found.sort();
    Ok(found)
}

fn is_passing(name: &str) -> bool {
    let ends = ["-wal", "-shm", "-journal", ".new", ".part", ".tmp", ".lock", ".look"];
    // A damaged database that is kept is of use on this disk only.
    name == "lock" || name.contains(".damaged-") || ends.iter().any(|end| name.ends_with(end))
}

/// Copies a service's files but its blobs; a database as it is at one moment.
pub(super) fn service(from: &Path, to: &Path) -> anyhow::Result<()> {
    for path in files(from, Some(BLOBS))? {
        let (source, target) = (from.join(&path), to.join(&path));
        if let Some(parent) = target.parent() {
            make_folder(parent)?;
        }
        let copied = if is_database(&path) {
            database(&source, &target)
        } else {
            fs::copy(&source, &target).map(|_| ()).map_err(Into::into)
        };
        copied.with_context(|| format!("copying {}", path.display()))?;
    }
    Ok(())
}

pub(crate) fn is_database(path: &Path) -> bool {
    path.extension().is_some_and(|extension| extension == "sqlite")
}

fn database(from: &Path, to: &Path) -> anyhow::Result<()> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(from, flags)?;
    database.busy_timeout(PATIENCE)?;
    let to = to.to_str().context("a path that is no text")?;
    database.execute("VACUUM INTO ?1", [to])?;
    Ok(())
}

/// How far a database was migrated.
pub(crate) fn user_version(path: &Path) -> anyhow::Result<i64> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let database = Connection::open_with_flags(path, flags)?;
    database.busy_timeout(PATIENCE)?;
    Ok(database.pragma_query_value(None, "user_version", |row| row.get(0))?)
}

/// Bytes of files.
pub(super) fn size(folder: &Path, files: &[PathBuf]) -> u64 {
    let sizes = files.iter().filter_map(|path| fs::metadata(folder.join(path)).ok());
    sizes.map(|about| about.len()).sum()
}

/// Keeps a copy of all data but messages' portions, of this version, for the way back.
pub(super) fn before_update(grounds: &Grounds) -> anyhow::Result<()> {
    let state = &grounds.layout.state;
    let (kept, fresh) = (state.join(BEFORE_UPDATE), state.join("before-update.part"));
    clear(&fresh)?;
    let mut needed = 0;
    for (service, _) in SERVICES {
        let from = state.join(service);
        needed += size(&from, &files(&from, Some(BLOBS))?);
    }
    ensure!(needed < room(state)?, "the disk is too full");
    make_folder(&fresh)?;
    for (name, _) in SERVICES {
        service(&state.join(name), &fresh.join(name))?;
    }
    fs::write(fresh.join(VERSION), &grounds.version)?;
    settle(&fresh)?;
    clear(&kept)?;
    fs::rename(&fresh, &kept)?;
    Ok(())
}

/// The copy that is made before an update, below the state directory.
pub(crate) const BEFORE_UPDATE: &str = "before-update";
/// The version that made it.
pub(crate) const VERSION: &str = "version";

/// A new file for the exchange directory, to be read by whoever may look there. It has its name
/// only when it is whole.
pub(super) struct Handover {
    pub(super) file: File,
    fresh: PathBuf,
    path: PathBuf,
}

impl Handover {
    pub(super) fn begin(grounds: &Grounds, name: &str) -> anyhow::Result<Self> {
        let exchange = &grounds.layout.exchange;
        let (path, fresh) = (exchange.join(name), exchange.join(format!(".{name}.part")));
        match fs::remove_file(&fresh) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
            Ok(()) | Err(_) => {}
        }
        let file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&fresh)?;
        Ok(Self { file, fresh, path })
    }

    pub(super) fn end(self, grounds: &Grounds) -> anyhow::Result<()> {
        use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
        if grounds.is_managed() {
            let about = fs::metadata(&grounds.layout.exchange)?;
            chown(&self.fresh, Some(about.uid()), Some(about.gid()))?;
            self.file.set_permissions(fs::Permissions::from_mode(0o660))?;
        }
        self.file.sync_all()?;
        fs::rename(&self.fresh, &self.path)?;
        chassis::durable::sync_directory(&self.path)?;
        Ok(())
    }

    pub(super) fn give_up(self) {
        if let Err(error) = fs::remove_file(&self.fresh) {
            log::warn!(error:%; "an unfinished file stays in the exchange directory");
        }
    }
}
