//! Messages that are on disk before they are acknowledged, beside what the disk itself can do.

use std::fs::OpenOptions;
use std::io::Write;
use std::path::Path;

use anyhow::{Context, Result};
use message::people::Topic;
use message::speech::{Mode, Portion, Progress};
use message::{Guid, Kind, Object};

use crate::client;
use crate::server::{Asking, Person, Server};
use crate::timing::Stopwatch;

/// Bytes of a message: ten seconds of speech at 24 kbit/s.
const SIZE: usize = 30_000;
/// Senders at work at once, each with one message on its way.
const SENDERS: usize = 32;
/// Messages of each sender.
const EACH: usize = 40;

/// Messages per second.
pub(crate) struct Rates {
    /// Through the server, acknowledged.
    pub(crate) server: f64,
    /// The same bytes written to one file, `SENDERS` messages for each `fdatasync`.
    pub(crate) raw: f64,
}

/// Measures both.
pub(crate) async fn run(server: &Server, folder: &Path) -> Result<Rates> {
    let people = server.people(SENDERS + 1).await?;
    let listener = people[SENDERS].guid;
    let mut clients = Vec::new();
    for person in &people[..SENDERS] {
        clients.push(sender(server, person).await?);
    }
    let stopwatch = Stopwatch::start();
    let senders: Vec<_> =
        clients.into_iter().map(|client| tokio::spawn(send_all(client, listener))).collect();
    for sender in senders {
        sender.await??;
    }
    let count = (SENDERS * EACH) as f64;
    let rate = count / stopwatch.elapsed().as_secs_f64();
    Ok(Rates { server: rate, raw: count / raw(folder)? })
}

async fn sender(server: &Server, person: &Person) -> Result<Asking> {
    let mut client = client::log_in(server, person).await?;
    client::subscribe(&mut client, &[Topic::Messages]).await?;
    Ok(client)
}

async fn send_all(mut client: Asking, to: Guid) -> Result<()> {
    let data = vec![0xa5; SIZE];
    for _ in 0..EACH {
        let message = client::fresh_message();
        let send = client::opening(message, Mode::Record, &[to]);
        client.outgoing.send(&Object::of(client::fresh(), &send)).await?;
        let portion = Portion { message, stream: 0, sequence: 0, last: true, data: &data };
        client.outgoing.send(&Object::of(client::fresh(), &portion)).await?;
        client.outgoing.flush().await?;
        loop {
            let object = client.incoming.next().await?.context("closed")?;
            if object.header.kind != Kind::Progress {
                continue;
            }
            let progress: Progress = object.read()?;
            if progress.message == message && progress.stored {
                break;
            }
        }
    }
    Ok(())
}

/// Seconds that the plain writes take.
fn raw(folder: &Path) -> Result<f64> {
    let data = vec![0xa5; SIZE * SENDERS];
    let path = folder.join("raw");
    let mut file = OpenOptions::new().create(true).append(true).open(path).context("raw file")?;
    let stopwatch = Stopwatch::start();
    for _ in 0..EACH {
        file.write_all(&data)?;
        file.sync_data()?;
    }
    Ok(stopwatch.elapsed().as_secs_f64())
}
