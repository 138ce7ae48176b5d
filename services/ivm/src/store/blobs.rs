//! Large portions as files, named by the SHA-256 of what they hold.
//!
//! A file is whole and on disk before the row that names it is committed: it is written under
//! another name, synced, renamed, and its folder is synced. What no row names is rubbish.

use std::collections::BTreeSet;
use std::fs::{self, File};
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

/// The name of a file: the SHA-256 of its content.
pub(super) type Name = [u8; 32];

/// The folder of the files: `ab/cdef..` below it.
#[derive(Clone, Debug)]
pub(super) struct Blobs {
    root: PathBuf,
}

impl Blobs {
    /// Opens, or makes, the folder.
    pub(super) fn open(root: PathBuf) -> io::Result<Self> {
        fs::create_dir_all(&root)?;
        for entry in fs::read_dir(&root)? {
            let entry = entry?;
            if entry.file_name().to_string_lossy().ends_with(".part") {
                fs::remove_file(entry.path())?;
            }
        }
        Ok(Self { root })
    }

    /// Writes a file; it is on disk on return, but its folder may not be: see [`Blobs::sync`].
    pub(super) fn put(&self, content: &[u8], folders: &mut BTreeSet<PathBuf>) -> io::Result<Name> {
        let name: Name = Sha256::digest(content).into();
        let path = self.path(&name);
        let folder = path.parent().map_or_else(|| self.root.clone(), Path::to_path_buf);
        if !folder.is_dir() {
            fs::create_dir_all(&folder)?;
            folders.insert(self.root.clone());
        }
        let partial = self.root.join(format!("{}.part", hex(&name)));
        let mut file = File::create(&partial)?;
        let written = file.write_all(content).and_then(|()| file.sync_data());
        if let Err(error) = written.and_then(|()| fs::rename(&partial, &path)) {
            // The first error says more than what becomes of the remains.
            let _ = fs::remove_file(&partial);
            return Err(error);
        }
        folders.insert(folder);
        Ok(name)
    }

    /// Makes the names in these folders durable.
    pub(super) fn sync(&self, folders: &BTreeSet<PathBuf>) -> io::Result<()> {
        for folder in folders {
            File::open(folder)?.sync_all()?;
        }
        Ok(())
    }

    /// Is there any file?
    pub(super) fn hold_any(&self) -> io::Result<bool> {
        for folder in fs::read_dir(&self.root)? {
            let folder = folder?;
            if folder.file_type()?.is_dir() && fs::read_dir(folder.path())?.next().is_some() {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Is there a file of this name?
    pub(super) fn holds(&self, name: &Name) -> bool {
        self.path(name).is_file()
    }

    /// Reads a file whole and checks it against its name.
    pub(super) fn get(&self, name: &Name) -> io::Result<Vec<u8>> {
        let mut content = Vec::new();
        // No portion is longer than an object.
        let limit = message::MAX_BODY as u64 + 1;
        File::open(self.path(name))?.take(limit).read_to_end(&mut content)?;
        let found: Name = Sha256::digest(&content).into();
        if found == *name {
            Ok(content)
        } else {
            let text = format!("file {} does not hold what its name says", hex(name));
            Err(io::Error::new(io::ErrorKind::InvalidData, text))
        }
    }

    /// Removes a file; one that is gone already is no error.
    pub(super) fn remove(&self, name: &Name) -> io::Result<()> {
        match fs::remove_file(self.path(name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    /// Removes every file that is not `wanted`; tells how many.
    pub(super) fn sweep(
        &self,
        mut wanted: impl FnMut(&Name) -> io::Result<bool>,
    ) -> io::Result<usize> {
        let mut removed = 0;
        for folder in fs::read_dir(&self.root)? {
            let folder = folder?;
            if !folder.file_type()?.is_dir() {
                continue;
            }
            for file in fs::read_dir(folder.path())? {
                let file = file?;
                let text = format!("{}{}", name_of(&folder), name_of(&file));
                let keep = match parse(&text) {
                    Some(name) => wanted(&name)?,
                    None => true,
                };
                if !keep {
                    fs::remove_file(file.path())?;
                    removed += 1;
                }
            }
        }
        Ok(removed)
    }

    fn path(&self, name: &Name) -> PathBuf {
        let name = hex(name);
        self.root.join(&name[..2]).join(&name[2..])
    }
}

fn name_of(entry: &fs::DirEntry) -> String {
    entry.file_name().to_string_lossy().into_owned()
}

fn hex(name: &Name) -> String {
    name.iter().map(|byte| format!("{byte:02x}")).collect()
}

fn parse(text: &str) -> Option<Name> {
    let mut name = [0; 32];
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    for (at, byte) in name.iter_mut().enumerate() {
        *byte = u8::from_str_radix(&text[2 * at..2 * at + 2], 16).ok()?;
    }
    Some(name)
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;

    use super::Blobs;

    #[test]
    fn a_file_reads_back_and_a_damaged_one_is_noticed() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let blobs = Blobs::open(folder.path().join("blobs")).expect("opens");
        let mut folders = BTreeSet::new();
        let name = blobs.put(b"speech", &mut folders).expect("writes");
        blobs.sync(&folders).expect("syncs");
        assert_eq!(blobs.get(&name).expect("reads"), b"speech");
        fs::write(blobs.path(&name), b"noise!").expect("writes");
        assert!(blobs.get(&name).is_err());
        blobs.remove(&name).expect("removes");
        blobs.remove(&name).expect("is gone already");
    }

    #[test]
    fn what_no_row_names_is_swept() {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let blobs = Blobs::open(folder.path().to_path_buf()).expect("opens");
        let mut folders = BTreeSet::new();
        let kept = blobs.put(b"kept", &mut folders).expect("writes");
        let rubbish = blobs.put(b"rubbish", &mut folders).expect("writes");
        assert_eq!(blobs.sweep(|name| Ok(*name == kept)).expect("sweeps"), 1);
        assert!(blobs.get(&kept).is_ok());
        assert!(blobs.get(&rubbish).is_err());
    }
}
