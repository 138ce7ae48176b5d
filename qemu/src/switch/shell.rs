//! The switch at its socket: a thread for each cable, and a station for tests.

use std::collections::BTreeMap;
use std::io::{self, ErrorKind, Read, Write};
use std::net::Shutdown;
use std::os::unix::net::{UnixListener, UnixStream};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use super::{Frames, Port, Switch, framed};
use crate::wait::Deadline;

/// Bytes that are read at once.
const CHUNK: usize = 64 * 1024;
/// A station that takes nothing for so long is disconnected, and does not hold up the others.
const SLOW: Duration = Duration::from_secs(2);

/// A running switch; it ends when it is dropped.
#[derive(Debug)]
pub struct Running {
    path: PathBuf,
    inside: Arc<Mutex<Inside>>,
}

#[derive(Debug, Default)]
struct Inside {
    switch: Switch,
    cables: BTreeMap<Port, UnixStream>,
    next: Port,
    ended: bool,
}

impl Running {
    /// A switch at a socket, which is made.
    ///
    /// # Errors
    /// The socket cannot be made.
    pub fn start(path: &Path) -> io::Result<Self> {
        let listener = UnixListener::bind(path)?;
        let inside = Arc::new(Mutex::new(Inside::default()));
        let running = Self { path: path.to_owned(), inside: Arc::clone(&inside) };
        thread::Builder::new().name("switch".into()).spawn(move || {
            for cable in listener.incoming() {
                let taken = cable.and_then(|cable| connect(&inside, cable));
                if taken.is_err() || lock(&inside).ended {
                    break;
                }
            }
        })?;
        Ok(running)
    }

    /// How many cables are in.
    #[must_use]
    pub fn cables(&self) -> usize {
        lock(&self.inside).cables.len()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let mut inside = lock(&self.inside);
        inside.ended = true;
        for cable in inside.cables.values() {
            let _gone = cable.shutdown(Shutdown::Both);
        }
        drop(inside);
        // Wakes the listener, which looks whether it is over.
        let _woken = UnixStream::connect(&self.path);
        let _removed = std::fs::remove_file(&self.path);
    }
}

fn connect(shared: &Arc<Mutex<Inside>>, cable: UnixStream) -> io::Result<()> {
    cable.set_write_timeout(Some(SLOW))?;
    let reader = cable.try_clone()?;
    let mut inside = lock(shared);
    let port = inside.next;
    inside.next += 1;
    inside.switch.connect(port);
    inside.cables.insert(port, cable);
    drop(inside);
    let shared = Arc::clone(shared);
    thread::Builder::new().name(format!("cable {port}")).spawn(move || {
        // Whatever ends it, the cable is out then.
        let _ended = carry(&shared, port, reader);
        lock(&shared).pull(port);
    })?;
    Ok(())
}

fn carry(shared: &Mutex<Inside>, port: Port, mut reader: UnixStream) -> io::Result<()> {
    let mut frames = Frames::default();
    let mut bytes = vec![0; CHUNK];
    loop {
        let length = reader.read(&mut bytes)?;
        if length == 0 {
            return Ok(());
        }
        frames.push(&bytes[..length]);
        while let Some(frame) = frames.take().map_err(io::Error::other)? {
            lock(shared).send(port, &frame);
        }
    }
}

impl Inside {
    fn send(&mut self, from: Port, frame: &[u8]) {
        let Some(bytes) = framed(frame) else { return };
        for port in self.switch.forward(from, frame) {
            let sent = self.cables.get_mut(&port).map(|cable| cable.write_all(&bytes));
            if sent.is_some_and(|result| result.is_err()) {
                self.pull(port);
            }
        }
    }

    fn pull(&mut self, port: Port) {
        self.switch.disconnect(port);
        if let Some(cable) = self.cables.remove(&port) {
            let _gone = cable.shutdown(Shutdown::Both);
        }
    }
}

fn lock(inside: &Mutex<Inside>) -> MutexGuard<'_, Inside> {
    inside.lock().unwrap_or_else(PoisonError::into_inner)
}

/// One more station at a switch: a test that speaks for itself.
#[derive(Debug)]
pub struct Station {
    cable: UnixStream,
    frames: Frames,
}

impl Station {
    /// Connects to the switch at this socket.
    ///
    /// # Errors
    /// There is none.
    pub fn connect(path: &Path) -> io::Result<Self> {
        Ok(Self { cable: UnixStream::connect(path)?, frames: Frames::default() })
    }

    /// Sends a frame.
    ///
    /// # Errors
    /// It is too large, or the switch is gone.
    pub fn send(&mut self, frame: &[u8]) -> io::Result<()> {
        let bytes = framed(frame).ok_or(ErrorKind::InvalidInput)?;
        self.cable.write_all(&bytes)
    }

    /// The next frame; nothing if there was none in time.
    ///
    /// # Errors
    /// The switch is gone.
    pub fn receive(&mut self, patience: Duration) -> io::Result<Option<Vec<u8>>> {
        let deadline = Deadline::after(patience);
        let mut bytes = vec![0; CHUNK];
        loop {
            if let Some(frame) = self.frames.take().map_err(io::Error::other)? {
                return Ok(Some(frame));
            }
            let left = deadline.left();
            if left.is_zero() {
                return Ok(None);
            }
            self.cable.set_read_timeout(Some(left))?;
            match self.cable.read(&mut bytes) {
                Ok(0) => return Err(ErrorKind::UnexpectedEof.into()),
                Ok(length) => self.frames.push(&bytes[..length]),
                Err(error)
                    if matches!(error.kind(), ErrorKind::WouldBlock | ErrorKind::TimedOut) => {}
                Err(error) => return Err(error),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{Running, Station};
    use crate::wait::Deadline;

    #[test]
    fn stations_hear_each_other_and_a_nonsense_one_is_disconnected() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("switch.sock");
        let switch = Running::start(&path).expect("a switch");
        let mut stations: Vec<Station> =
            (0..3).map(|_| Station::connect(&path).expect("connected")).collect();
        let all = |count| {
            Deadline::after(Duration::from_secs(10))
                .look(|| (switch.cables() == count).then_some(()))
                .expect("every cable is in")
        };
        all(3);
        let hello = [&[0xff; 6][..], &[2; 6], &[8, 6], b"who?"].concat();
        stations[0].send(&hello).expect("sent");
        for station in &mut stations[1..] {
            let heard = station.receive(Duration::from_secs(10)).expect("a switch");
            assert_eq!(heard.as_deref(), Some(&hello[..]));
        }
        let answer = [&[2; 6][..], &[4; 6], &[8, 6], b"me"].concat();
        stations[1].send(&answer).expect("sent");
        let heard = stations[0].receive(Duration::from_secs(10)).expect("a switch");
        assert_eq!(heard, Some(answer));
        let more = stations[2].receive(Duration::from_millis(50)).expect("a switch");
        assert_eq!(more, None);
        std::io::Write::write_all(&mut stations[2].cable, &[0xff; 9]).expect("sent");
        all(2);
    }
}
