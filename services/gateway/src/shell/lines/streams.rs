//! Streams of telephones that do not speak in datagrams.

use std::collections::BTreeMap;
use std::net::{SocketAddr, SocketAddrV4};
use std::time::Duration;

use anyhow::Context as _;
use chassis::context::Context;
use sip::engine::Input;
use sip::way::{Flow, Transport};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::sync::mpsc;
use tokio::time::timeout;

use super::doors::Hall;

/// What may wait to be handled; a stream that finds it full waits.
const WAITING: usize = 256;
/// Messages on their way to one phone.
const LINE: usize = 32;
/// A phone that does not read for so long is let go.
const PATIENCE: Duration = Duration::from_secs(10);
/// Read at once.
const CHUNK: usize = 4_096;

/// The streams.
pub(super) struct Streams {
    heard: mpsc::Receiver<Event>,
    lines: BTreeMap<Flow, mpsc::Sender<Vec<u8>>>,
}

/// What happens to a stream.
pub(super) enum Event {
    Opened(Flow, Transport, [SocketAddr; 2], mpsc::Sender<Vec<u8>>),
    Bytes(Flow, Vec<u8>),
    Closed(Flow),
}

/// One stream on its way.
pub(super) struct Line {
    pub(super) context: Context,
    pub(super) told: mpsc::Sender<Event>,
    pub(super) flow: Flow,
    pub(super) transport: Transport,
    pub(super) source: SocketAddr,
    pub(super) local: SocketAddr,
}

impl Streams {
    /// Listens for streams at one address, and for those within TLS at the other.
    pub(super) fn start(
        context: &Context,
        plain: SocketAddrV4,
        sealed: SocketAddrV4,
    ) -> anyhow::Result<Self> {
        let (told, heard) = mpsc::channel(WAITING);
        let hall = Hall::new(context, told);
        let (plain, sealed) = (hall.open(plain)?, hall.open(sealed)?);
        context.announce("sips", sealed.address().context("asking for the own port")?);
        context.spawn("telephones' streams", plain.plain());
        context.spawn("telephones' sealed streams", sealed.sealed());
        Ok(Self { heard, lines: BTreeMap::new() })
    }

    /// What a stream says; what comes of one that was let go is not told. Cancel-safe.
    pub(super) async fn next(&mut self) -> Option<Input> {
        match self.heard.recv().await {
            Some(Event::Opened(flow, transport, [source, local], line)) => {
                self.lines.insert(flow, line);
                Some(Input::StreamOpened { flow, transport, source, local })
            }
            Some(Event::Bytes(flow, bytes)) => {
                self.lines.contains_key(&flow).then_some(Input::StreamBytes { flow, bytes })
            }
            // Also where it was we who let it go: then the phone is no longer there, either.
            Some(Event::Closed(flow)) => {
                self.lines.remove(&flow);
                Some(Input::StreamClosed(flow))
            }
            // The doors are shut with the service.
            None => std::future::pending().await,
        }
    }

    /// Sends on a stream; one whose phone does not read is closed.
    pub(super) fn send(&mut self, flow: Flow, bytes: Vec<u8>) {
        if self.lines.get(&flow).is_some_and(|line| line.try_send(bytes).is_err()) {
            self.close(flow);
        }
    }

    /// Closes a stream, after what was sent.
    pub(super) fn close(&mut self, flow: Flow) {
        self.lines.remove(&flow);
    }
}

impl Line {
    /// Carries bytes both ways until one side has enough.
    pub(super) async fn carry(self, mut stream: impl AsyncRead + AsyncWrite + Unpin) {
        let (line, said) = mpsc::channel(LINE);
        let ends = [self.source, self.local];
        let opened = Event::Opened(self.flow, self.transport, ends, line);
        if self.told.send(opened).await.is_err() {
            return;
        }
        self.talk(&mut stream, said).await;
        // At the end of the service nobody hears it, and who is gone needs no farewell.
        let _ = self.told.send(Event::Closed(self.flow)).await;
        let _ = timeout(PATIENCE, stream.shutdown()).await;
    }

    async fn talk(
        &self,
        stream: &mut (impl AsyncRead + AsyncWrite + Unpin),
        mut said: mpsc::Receiver<Vec<u8>>,
    ) {
        let mut buffer = vec![0; CHUNK];
        loop {
            tokio::select! {
                () = self.context.draining() => return,
                read = stream.read(&mut buffer) => match read {
                    Ok(0) | Err(_) => return,
                    Ok(length) => {
                        let bytes = buffer.get(..length).unwrap_or_default().to_vec();
                        if self.told.send(Event::Bytes(self.flow, bytes)).await.is_err() {
                            return;
                        }
                    }
                },
                bytes = said.recv() => {
                    let Some(bytes) = bytes else { return };
                    if !matches!(timeout(PATIENCE, write(stream, &bytes)).await, Ok(Ok(()))) {
                        return;
                    }
                }
            }
        }
    }
}

/// Writes, and does not keep any of it back.
async fn write(stream: &mut (impl AsyncWrite + Unpin), bytes: &[u8]) -> std::io::Result<()> {
    stream.write_all(bytes).await?;
    stream.flush().await
}
