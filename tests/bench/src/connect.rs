//! Twenty messages wait; somebody connects: how long until the last byte is there?

use std::time::Duration;

use anyhow::{Context, Result, bail};
use message::people::Topic;
use message::speech::{Mode, Portion, Progress};
use message::{Kind, Object};

use crate::server::{Person, Server};
use crate::timing::Stopwatch;
use crate::{client, server::Asking};

const MESSAGES: u32 = 20;
const SIZE: usize = 30_000;

/// What the listener waited for.
pub(crate) struct Waited {
    /// From the TCP connection to the last byte, log-in included.
    pub(crate) whole: Duration,
    /// From check-in to the last byte.
    pub(crate) delivery: Duration,
    /// The same bytes through a plain TLS-less socket on this machine, written at once.
    pub(crate) socket: Duration,
}

/// Measures it.
pub(crate) async fn run(server: &Server) -> Result<Waited> {
    let people = server.people(2).await?;
    let mut sender = client::log_in(server, &people[0]).await?;
    client::subscribe(&mut sender, &[Topic::Messages]).await?;
    for _ in 0..MESSAGES {
        send(&mut sender, &people[1]).await?;
    }
    let whole = Stopwatch::start();
    let mut listener = client::log_in(server, &people[1]).await?;
    let delivery = Stopwatch::start();
    client::subscribe(&mut listener, &[Topic::Messages]).await?;
    let mut last = 0;
    while last < MESSAGES {
        let object = listener.incoming.next().await?.context("closed")?;
        if object.header.kind == Kind::Portion && object.read::<Portion<'_>>()?.last {
            last += 1;
        }
    }
    let (whole, delivery) = (whole.elapsed(), delivery.elapsed());
    Ok(Waited { whole, delivery, socket: socket().await? })
}

async fn send(sender: &mut Asking, to: &Person) -> Result<()> {
    let message = client::fresh_message();
    let send = client::opening(message, Mode::Record, &[to.guid]);
    sender.outgoing.send(&Object::of(client::fresh(), &send)).await?;
    let data = vec![0x3c; SIZE];
    let portion = Portion { message, stream: 0, sequence: 0, last: true, data: &data };
    sender.outgoing.send(&Object::of(client::fresh(), &portion)).await?;
    sender.outgoing.flush().await?;
    while let Some(object) = sender.incoming.next().await? {
        if object.header.kind == Kind::Progress && object.read::<Progress>()?.stored {
            return Ok(());
        }
    }
    bail!("the server closed the connection")
}

async fn socket() -> Result<Duration> {
    use tokio::io::{AsyncReadExt, AsyncWriteExt};
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    let total = SIZE * MESSAGES as usize;
    let writer = tokio::spawn(async move {
        let (mut stream, _) = listener.accept().await?;
        stream.write_all(&vec![0x3c; total]).await
    });
    let stopwatch = Stopwatch::start();
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    let mut read = Vec::new();
    stream.read_to_end(&mut read).await?;
    writer.await??;
    Ok(stopwatch.elapsed())
}
