//! Files that are there after a power cut, whole or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::{OpenOptionsExt, PermissionsExt};
use std::path::{Path, PathBuf};

/// Puts `bytes` in the file at `path`, in place of what was there, with the permissions `mode`.
/// When this returns, the file is on disk; if the power goes before, the old one is.
///
/// The mode is the file's from its first byte on, so that nobody reads a key too early. Only one
/// process may write the same path at a time.
///
/// # Errors
/// The file system's.
pub fn write(path: &Path, bytes: &[u8], mode: u32) -> io::Result<()> {
    let fresh = beside(path);
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let mut file = OpenOptions::new().write(true).create_new(true).mode(mode).open(&fresh)?;
    file.set_permissions(fs::Permissions::from_mode(mode))?;
    file.write_all(bytes)?;
    file.sync_all()?;
    fs::rename(&fresh, path)?;
    sync_directory(path)
}

/// Makes the names in the directory of `path` last: after a file in it was made, moved or removed.
///
/// # Errors
/// The file system's.
pub fn sync_directory(path: &Path) -> io::Result<()> {
    let parent = path.parent().filter(|parent| !parent.as_os_str().is_empty());
    File::open(parent.unwrap_or(Path::new(".")))?.sync_all()
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::PermissionsExt;

    use super::write;

    #[test]
    fn a_file_is_replaced_and_nothing_is_left_beside_it() {
        let directory = tempfile::tempdir().expect("a temp dir");
        let path = directory.path().join("key");
        fs::write(directory.path().join("key.new"), "of a crash").expect("writable");
        write(&path, b"one", 0o600).expect("writable");
        write(&path, b"two", 0o600).expect("writable");
        assert_eq!(fs::read(&path).expect("readable"), b"two");
        let mode = fs::metadata(&path).expect("there").permissions().mode();
        assert_eq!(mode & 0o777, 0o600);
        assert_eq!(fs::read_dir(directory.path()).expect("readable").count(), 1);
    }
}
