//! The folder of this device: who may read it, and which process receives.

use std::fs::{DirBuilder, File, OpenOptions, Permissions, TryLockError};
use std::io::{Read, Write};
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

use anyhow::Context;

use crate::exit::{Exit, Trouble};
use crate::store::Database;

/// The folder that holds account, keys and messages of this device.
#[derive(Clone, Debug)]
pub struct Home(PathBuf);

/// While it lives, this process is the one that receives with this home.
#[derive(Debug)]
pub struct Receiver {
    _file: File,
}

impl Home {
    /// The folder that was asked for, or the usual one; made if it is not there, and closed to
    /// everybody but its owner.
    ///
    /// # Errors
    /// It cannot be made.
    pub fn open(wish: Option<PathBuf>) -> anyhow::Result<Self> {
        let path = wish.map_or_else(usual, Ok)?;
        DirBuilder::new()
            .recursive(true)
            .mode(0o700)
            .create(&path)
            .with_context(|| format!("cannot make the folder {}", path.display()))?;
        std::fs::set_permissions(&path, Permissions::from_mode(0o700))
            .with_context(|| format!("cannot close {} to others", path.display()))?;
        Ok(Self(path))
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.0
    }

    /// Opens its database.
    ///
    /// # Errors
    /// It cannot be opened.
    pub fn database(&self) -> anyhow::Result<Database> {
        Database::open(&self.main())
    }

    /// Where its database is.
    #[must_use]
    pub fn main(&self) -> PathBuf {
        self.0.join("ivm.db")
    }

    /// Takes the receiver's role, or says who has it. The kernel gives it back when the process
    /// ends, however it ends.
    ///
    /// # Errors
    /// Another process has it, or the lock file cannot be written.
    pub fn receive(&self) -> anyhow::Result<Receiver> {
        let path = self.0.join("receiver.lock");
        let mut file = OpenOptions::new()
            .read(true)
            .write(true)
            .create(true)
            .truncate(false)
            .mode(0o600)
            .open(&path)
            .with_context(|| format!("cannot open {}", path.display()))?;
        match file.try_lock() {
            Ok(()) => {
                // Only a hint for people; the lock itself is the kernel's.
                let noted = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
                noted.with_context(|| format!("cannot write {}", path.display()))?;
                Ok(Receiver { _file: file })
            }
            Err(TryLockError::WouldBlock) => {
                let mut pid = String::new();
                file.take(20).read_to_string(&mut pid).context("cannot read the lock file")?;
                let text = format!("another ivm (process {pid}) receives with this home");
                Err(Trouble::new(Exit::Busy, text).into())
            }
            Err(TryLockError::Error(error)) => {
                Err(error).with_context(|| format!("cannot lock {}", path.display()))
            }
        }
    }
}

fn usual() -> anyhow::Result<PathBuf> {
    let absolute =
        |name: &str| std::env::var_os(name).map(PathBuf::from).filter(|path| path.is_absolute());
    absolute("XDG_DATA_HOME")
        .or_else(|| absolute("HOME").map(|home| home.join(".local/share")))
        .map(|data| data.join("ivm"))
        .context("there is neither XDG_DATA_HOME nor HOME: give --home DIR")
}

#[cfg(test)]
mod tests {
    use std::os::unix::fs::PermissionsExt;

    use super::Home;
    use crate::exit::{Exit, Trouble};

    #[test]
    fn a_home_is_closed_to_others_and_has_one_receiver() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("deep/ivm");
        let home = Home::open(Some(path.clone())).expect("opened");
        let mode = std::fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o700);
        let receiver = home.receive().expect("free");
        let refused = home.receive().expect_err("taken");
        let trouble = refused.downcast_ref::<Trouble>().expect("a trouble of ours");
        assert_eq!(trouble.exit, Exit::Busy);
        assert!(trouble.text.contains(&std::process::id().to_string()), "{trouble}");
        drop(receiver);
        drop(home.receive().expect("free again"));
    }
}
