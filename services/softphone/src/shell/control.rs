//! Two processes on one home: the one that receives owns the database; the others ask it, over a
//! socket in the home, to do what changes its records. One line of JSON each way.

use std::io::{BufRead, BufReader, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt};
use tokio::net::UnixListener;
use tokio::sync::{mpsc, oneshot};
use tokio::task::JoinHandle;

use crate::deed::Deed;

/// The socket's name in the home.
const NAME: &str = "receiver.sock";
/// A deed is never longer.
const LONGEST: u64 = 4096;
/// How long the other process may take for a line.
const PATIENCE: Duration = Duration::from_secs(5);
/// Deeds that wait for the receiver's attention.
const WAITING: usize = 8;

/// A deed that another process asks for, and where to say that it is done and on disk.
#[derive(Debug)]
pub struct Asked {
    /// What to do.
    pub deed: Deed,
    /// Who waits for it.
    pub done: oneshot::Sender<()>,
}

/// The receiver's ear.
#[derive(Debug)]
pub struct Control {
    asked: mpsc::Receiver<Asked>,
    task: JoinHandle<()>,
}

impl Control {
    /// Listens in this home; the caller holds the receiver's lock, so that an old socket there is
    /// nobody's.
    ///
    /// # Errors
    /// The socket cannot be made.
    pub fn listen(home: &Path) -> std::io::Result<Self> {
        let path = home.join(NAME);
        drop(std::fs::remove_file(&path));
        let listener = UnixListener::bind(&path)?;
        let (sender, asked) = mpsc::channel(WAITING);
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                // One after the other: they are short, and a slow one is cut off.
                drop(tokio::time::timeout(PATIENCE, serve(stream, &sender)).await);
            }
        });
        Ok(Self { asked, task })
    }

    /// The next deed that another process asks for. Cancel-safe.
    pub async fn next(&mut self) -> Asked {
        match self.asked.recv().await {
            Some(asked) => asked,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Control {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(
    mut stream: tokio::net::UnixStream,
    sender: &mpsc::Sender<Asked>,
) -> std::io::Result<()> {
    let (reader, mut writer) = stream.split();
    let mut line = String::new();
    tokio::io::BufReader::new(reader.take(LONGEST)).read_line(&mut line).await?;
    let taken = match Deed::parse(line.trim_end()) {
        Some(deed) => {
            let (done, is_done) = oneshot::channel();
            sender.send(Asked { deed, done }).await.is_ok() && is_done.await.is_ok()
        }
        None => false,
    };
    let answer = if taken { "taken\n" } else { "refused\n" };
    writer.write_all(answer.as_bytes()).await
}

/// Asks the receiver of this home to do something; tells whether it took it.
///
/// # Errors
/// Nobody listens there.
pub fn ask(home: &Path, deed: &Deed) -> std::io::Result<bool> {
    let mut stream = UnixStream::connect(home.join(NAME))?;
    stream.set_read_timeout(Some(PATIENCE))?;
    stream.set_write_timeout(Some(PATIENCE))?;
    writeln!(stream, "{}", deed.line())?;
    let mut answer = String::new();
    BufReader::new(stream.take(LONGEST)).read_line(&mut answer)?;
    Ok(answer == "taken\n")
}

#[cfg(test)]
mod tests {
    use message::MessageId;

    use super::{Asked, Control, ask};
    use crate::deed::Deed;

    #[tokio::test]
    async fn a_deed_reaches_the_receiver_of_the_home() {
        let folder = tempfile::tempdir().expect("a folder");
        let home = folder.path().to_owned();
        assert!(ask(&home, &Deed::Played(MessageId::BLANK)).is_err());
        let mut control = Control::listen(&home).expect("listening");
        let deed = Deed::Delete(MessageId::from_bytes([7; 16]), true);
        let sent = deed.clone();
        let asking = tokio::task::spawn_blocking(move || ask(&home, &sent));
        let Asked { deed: got, done } = control.next().await;
        assert_eq!(got, deed);
        done.send(()).expect("somebody waits");
        assert!(asking.await.expect("ended").expect("answered"));
    }
}
