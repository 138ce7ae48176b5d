//! The half of a link that writes: objects to bytes, many with one system call.

use std::io;
use std::pin::Pin;

use bytes::{Buf, Bytes};
use futures_util::{Sink, SinkExt};
use message::Object;
use tokio::io::{AsyncWrite, AsyncWriteExt, DuplexStream, WriteHalf};
use tokio::net::TcpStream;
use tokio::net::unix::OwnedWriteHalf;
use tokio_rustls::TlsStream;

use crate::{FrameError, LinkError};

/// So many bytes are gathered before they are written without being asked for: four TLS records.
const FULL: usize = 64 << 10;
/// What a link keeps of its buffer when all is written: there are many, and most sleep.
const KEEP: usize = 16 << 10;
/// Longer bodies are written from where they are, not copied.
const COPY_UP_TO: usize = 8 << 10;

/// The half of a link that writes. What was sent waits here until [`Outgoing::flush`].
#[derive(Debug)]
pub struct Outgoing {
    drain: Drain,
    waiting: Waiting,
}

#[derive(Debug, Default)]
struct Waiting {
    small: Vec<u8>,
    /// So much of `small` is on its way.
    written: usize,
    /// A long body; goes behind all of `small`.
    large: Bytes,
}

enum Drain {
    Tls(WriteHalf<TlsStream<TcpStream>>),
    Unix(OwnedWriteHalf),
    Memory(WriteHalf<DuplexStream>),
    Frames(Pin<Box<dyn Sink<Bytes, Error = FrameError> + Send>>),
}

impl Outgoing {
    /// A half that writes each object as a binary frame of a WebSocket.
    pub fn frames(frames: impl Sink<Bytes, Error = FrameError> + Send + 'static) -> Self {
        Self::of(Drain::Frames(Box::pin(frames)))
    }

    pub(crate) fn tls(writer: WriteHalf<TlsStream<TcpStream>>) -> Self {
        Self::of(Drain::Tls(writer))
    }

    pub(crate) fn unix(writer: OwnedWriteHalf) -> Self {
        Self::of(Drain::Unix(writer))
    }

    pub(crate) fn memory(writer: WriteHalf<DuplexStream>) -> Self {
        Self::of(Drain::Memory(writer))
    }

    fn of(drain: Drain) -> Self {
        Self { drain, waiting: Waiting::default() }
    }

    /// Takes an object; it is on its way after [`Outgoing::flush`].
    ///
    /// Waits only when much waits already and the peer does not read; whoever must not wait for a
    /// slow peer has a task for each link. If it is cancelled, the object was not taken and the
    /// link is still whole.
    ///
    /// # Errors
    /// Whatever ends the link.
    pub async fn send(&mut self, object: &Object) -> Result<(), LinkError> {
        if let Drain::Frames(frames) = &mut self.drain {
            let frame = Bytes::from(object.to_bytes());
            return frames.feed(frame).await.map_err(LinkError::Frames);
        }
        if !self.waiting.large.is_empty() || self.waiting.small.len() >= FULL {
            self.write().await?;
        }
        self.waiting.put(object);
        Ok(())
    }

    /// Puts all that was sent on its way. Cancel-safe: call it again to go on.
    ///
    /// # Errors
    /// Whatever ends the link.
    pub async fn flush(&mut self) -> Result<(), LinkError> {
        self.write().await?;
        match &mut self.drain {
            Drain::Tls(writer) => writer.flush().await?,
            Drain::Unix(writer) => writer.flush().await?,
            Drain::Memory(writer) => writer.flush().await?,
            Drain::Frames(frames) => frames.flush().await.map_err(LinkError::Frames)?,
        }
        Ok(())
    }

    /// Flushes and tells the peer that nothing more comes.
    ///
    /// # Errors
    /// Whatever ended the link before; a peer that is gone already is no error.
    pub async fn close(&mut self) -> Result<(), LinkError> {
        self.flush().await?;
        let closed = match &mut self.drain {
            Drain::Tls(writer) => writer.shutdown().await,
            Drain::Unix(writer) => writer.shutdown().await,
            Drain::Memory(writer) => writer.shutdown().await,
            Drain::Frames(frames) => return frames.close().await.map_err(LinkError::Frames),
        };
        match closed {
            Err(error) if error.kind() != io::ErrorKind::NotConnected => Err(error.into()),
            Ok(()) | Err(_) => Ok(()),
        }
    }

    async fn write(&mut self) -> Result<(), LinkError> {
        let waiting = &mut self.waiting;
        match &mut self.drain {
            Drain::Tls(writer) => waiting.write_to(writer).await?,
            Drain::Unix(writer) => waiting.write_to(writer).await?,
            Drain::Memory(writer) => waiting.write_to(writer).await?,
            Drain::Frames(_) => {}
        }
        Ok(())
    }
}

impl Waiting {
    fn put(&mut self, object: &Object) {
        self.small.extend_from_slice(&object.header.to_bytes());
        if object.body.len() <= COPY_UP_TO {
            self.small.extend_from_slice(&object.body);
        } else {
            self.large = object.body.clone();
        }
    }

    /// Cancel-safe: what is on its way is crossed off at once.
    async fn write_to(&mut self, writer: &mut (impl AsyncWrite + Unpin)) -> io::Result<()> {
        while self.written < self.small.len() || !self.large.is_empty() {
            let rest = &self.small[self.written..];
            let count = writer.write_buf(&mut rest.chain(&self.large[..])).await?;
            if count == 0 {
                return Err(io::ErrorKind::WriteZero.into());
            }
            let of_small = count.min(rest.len());
            self.written += of_small;
            self.large.advance(count - of_small);
        }
        self.small.clear();
        self.small.shrink_to(KEEP);
        self.written = 0;
        self.large = Bytes::new();
        Ok(())
    }
}

impl std::fmt::Debug for Drain {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Tls(_) => "Tls",
            Self::Unix(_) => "Unix",
            Self::Memory(_) => "Memory",
            Self::Frames(_) => "Frames",
        })
    }
}
