//! Streams of telephones that do not speak in datagrams.

use std::collections::BTreeMap;
use std::net::{SocketAddr, SocketAddrV4};
use std::time::Duration;

use anyhow::Context as _;
use chassis::context::Context;
use log::{debug, warn};
use sip::engine::Input;
use sip::way::{Flow, Transport};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};

/// What may wait to be handled; a stream that finds it full waits.
const WAITING: usize = 256;
/// Messages on their way to one phone.
const LINE: usize = 32;
/// Streams at once: more phones than there may be.
const TOGETHER: usize = 2_048;
/// A phone that does not read for so long is let go.
const PATIENCE: Duration = Duration::from_secs(10);
/// After the kernel had no file or memory left for a stream.
const BREATH: Duration = Duration::from_millis(100);
/// Read at once.
const CHUNK: usize = 4_096;

/// The streams.
pub(super) struct Streams {
    heard: mpsc::Receiver<Event>,
    lines: BTreeMap<Flow, mpsc::Sender<Vec<u8>>>,
}

enum Event {
    Opened(Flow, SocketAddr, SocketAddr, mpsc::Sender<Vec<u8>>),
    Bytes(Flow, Vec<u8>),
    Closed(Flow),
}

impl Streams {
    pub(super) fn start(context: &Context, address: SocketAddrV4) -> anyhow::Result<Self> {
        let said = || format!("listening at {address} for streams");
        let listener = std::net::TcpListener::bind(address).with_context(said)?;
        listener.set_nonblocking(true).with_context(said)?;
        let listener = TcpListener::from_std(listener).with_context(said)?;
        let (told, heard) = mpsc::channel(WAITING);
        context.spawn("telephones' streams", accept(context.clone(), listener, told));
        Ok(Self { heard, lines: BTreeMap::new() })
    }

    /// What a stream says; nothing to tell for one for which there is no place. Cancel-safe.
    pub(super) async fn next(&mut self) -> Option<Input> {
        match self.heard.recv().await {
            Some(Event::Opened(flow, source, local, line)) => {
                if self.lines.len() >= TOGETHER {
                    debug!(from:% = source; "no place for another stream");
                    return None;
                }
                self.lines.insert(flow, line);
                let transport = Transport::Tcp;
                Some(Input::StreamOpened { flow, transport, source, local })
            }
            Some(Event::Bytes(flow, bytes)) => {
                self.lines.contains_key(&flow).then_some(Input::StreamBytes { flow, bytes })
            }
            Some(Event::Closed(flow)) => {
                self.lines.remove(&flow).map(|_| Input::StreamClosed(flow))
            }
            // The listener has ended with the service.
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

async fn accept(context: Context, listener: TcpListener, told: mpsc::Sender<Event>) {
    for number in 1.. {
        let accepted = tokio::select! {
            () = context.draining() => return,
            accepted = listener.accept() => accepted,
        };
        let (stream, source) = match accepted {
            Ok(accepted) => accepted,
            Err(error) => {
                warn!(error:%; "no stream can be accepted");
                sleep(BREATH).await;
                continue;
            }
        };
        let Ok(local) = stream.local_addr() else { continue };
        let (flow, told, draining) = (Flow(number), told.clone(), context.clone());
        context.spawn("telephone's stream", async move {
            let (line, said) = mpsc::channel(LINE);
            if told.send(Event::Opened(flow, source, local, line)).await.is_ok() {
                carry(&draining, flow, stream, said, &told).await;
                // At the end of the service nobody hears it.
                let _ = told.send(Event::Closed(flow)).await;
            }
        });
    }
}

async fn carry(
    context: &Context,
    flow: Flow,
    mut stream: TcpStream,
    mut said: mpsc::Receiver<Vec<u8>>,
    told: &mpsc::Sender<Event>,
) {
    let mut buffer = vec![0; CHUNK];
    loop {
        tokio::select! {
            () = context.draining() => return,
            read = stream.read(&mut buffer) => match read {
                Ok(0) | Err(_) => return,
                Ok(length) => {
                    let bytes = buffer.get(..length).unwrap_or_default().to_vec();
                    if told.send(Event::Bytes(flow, bytes)).await.is_err() {
                        return;
                    }
                }
            },
            bytes = said.recv() => {
                let Some(bytes) = bytes else { return };
                if !matches!(timeout(PATIENCE, stream.write_all(&bytes)).await, Ok(Ok(()))) {
                    return;
                }
            }
        }
    }
}
