//! Files that are attached, and places that speech and attachments are written to.

use std::collections::BTreeMap;
use std::fs::{File, OpenOptions};
use std::io::{self, Write};
use std::os::unix::fs::FileExt;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use client_engine::{Command, FileId, Input, SinkId};

use crate::media;

/// The most that is read from a file at once, whatever is asked for.
const MOST: usize = 4 << 20;

/// Open files and sinks of one session.
#[derive(Debug, Default)]
pub struct Files {
    count: u32,
    sources: BTreeMap<FileId, File>,
    sinks: BTreeMap<SinkId, Sink>,
}

#[derive(Debug)]
enum Sink {
    Stdout,
    /// Written beside its place, and moved there when it is whole.
    File {
        file: File,
        part: PathBuf,
        place: PathBuf,
    },
    Failed(String),
}

impl Files {
    /// Opens a file to be attached; the command attaches it to the draft.
    ///
    /// # Errors
    /// It cannot be read, or is none.
    pub fn attach(&mut self, path: &Path) -> io::Result<Command> {
        let file = File::open(path)?;
        let about = file.metadata()?;
        if !about.is_file() {
            return Err(io::Error::new(io::ErrorKind::InvalidInput, "it is no regular file"));
        }
        let name = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
        self.count += 1;
        let id = FileId(self.count);
        self.sources.insert(id, file);
        let media_type = media::type_of(&name).to_owned();
        Ok(Command::Attach { file: id, name, media_type, size: about.len() })
    }

    /// Reads from an attached file.
    #[must_use]
    pub fn read(&self, id: FileId, offset: u64, length: usize) -> Input {
        let read = self.sources.get(&id).ok_or_else(|| io::Error::from(io::ErrorKind::NotFound));
        let data = read.and_then(|file| {
            let mut bytes = vec![0; length.min(MOST)];
            let mut filled = 0;
            while filled < bytes.len() {
                match file.read_at(&mut bytes[filled..], offset + filled as u64)? {
                    0 => break,
                    count => filled += count,
                }
            }
            bytes.truncate(filled);
            Ok(Bytes::from(bytes))
        });
        Input::FileRead { file: id, offset, data: data.map_err(|error| error.to_string()) }
    }

    /// Opens a place to write to; `-` is standard output. What stands there is replaced when the
    /// new file is whole.
    ///
    /// # Errors
    /// It cannot be written.
    pub fn sink(&mut self, place: &Path) -> io::Result<SinkId> {
        self.count += 1;
        let id = SinkId(self.count);
        let sink = if place == Path::new("-") {
            Sink::Stdout
        } else {
            let mut part = place.as_os_str().to_owned();
            part.push(".part");
            let part = PathBuf::from(part);
            let file = OpenOptions::new().write(true).create(true).truncate(true).open(&part)?;
            Sink::File { file, part, place: place.to_owned() }
        };
        self.sinks.insert(id, sink);
        Ok(id)
    }

    /// Writes to a sink. That it failed is told when it is closed.
    pub fn write(&mut self, id: SinkId, data: &[u8]) {
        let Some(sink) = self.sinks.get_mut(&id) else { return };
        let written = match sink {
            Sink::Stdout => io::stdout().write_all(data),
            Sink::File { file, .. } => file.write_all(data),
            Sink::Failed(_) => Ok(()),
        };
        if let Err(error) = written {
            let failed = std::mem::replace(sink, Sink::Failed(error.to_string()));
            discard(&failed);
        }
    }

    /// Finishes a sink: moves the file to its place, or removes what there is of it.
    ///
    /// # Errors
    /// Why it is not there.
    pub fn close(&mut self, id: SinkId, result: Result<(), String>) -> Result<(), String> {
        let sink = self.sinks.remove(&id).ok_or("the sink is closed already")?;
        if let Err(reason) = result {
            discard(&sink);
            return Err(reason);
        }
        let finished = match sink {
            Sink::Stdout => io::stdout().flush(),
            Sink::File { file, part, place } => {
                file.sync_all().and_then(|()| std::fs::rename(&part, &place))
            }
            Sink::Failed(reason) => return Err(reason),
        };
        finished.map_err(|error| error.to_string())
    }
}

fn discard(sink: &Sink) {
    match sink {
        Sink::File { part, .. } => drop(std::fs::remove_file(part)),
        Sink::Stdout | Sink::Failed(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use client_engine::{Command, Input};

    use super::Files;

    // rows 25, 29
    #[test]
    fn an_attached_file_is_read_piece_by_piece() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("plan.PDF");
        std::fs::write(&path, b"0123456789").expect("written");
        let mut files = Files::default();
        let Command::Attach { file, name, media_type, size } =
            files.attach(&path).expect("attached")
        else {
            unreachable!("it attaches")
        };
        assert_eq!((name.as_str(), media_type.as_str(), size), ("plan.PDF", "application/pdf", 10));
        let Input::FileRead { data, .. } = files.read(file, 8, 100) else { unreachable!("read") };
        assert_eq!(&data.expect("readable")[..], b"89");
        assert!(files.attach(folder.path()).is_err());
        assert!(files.attach(&folder.path().join("none")).is_err());
    }

    // rows 31, 32
    #[test]
    fn a_file_appears_in_its_place_when_it_is_whole() {
        let folder = tempfile::tempdir().expect("a folder");
        let place = folder.path().join("out.wav");
        let mut files = Files::default();
        let sink = files.sink(&place).expect("opened");
        files.write(sink, b"half");
        assert!(!place.exists());
        assert_eq!(files.close(sink, Ok(())), Ok(()));
        assert_eq!(std::fs::read(&place).expect("there"), b"half");
        let sink = files.sink(&place).expect("opened");
        files.write(sink, b"other");
        assert_eq!(files.close(sink, Err("cut".to_owned())), Err("cut".to_owned()));
        assert_eq!(std::fs::read(&place).expect("there"), b"half");
        assert_eq!(std::fs::read_dir(folder.path()).expect("there").count(), 1);
        assert!(files.sink(&folder.path().join("none/out.wav")).is_err());
    }
}
