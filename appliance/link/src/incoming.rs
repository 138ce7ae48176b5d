//! The half of a link that reads: bytes to objects, whatever carries them.

use std::io::ErrorKind;
use std::pin::Pin;

use bytes::{Bytes, BytesMut};
use futures_util::{Stream, StreamExt};
use message::{HEADER_LEN, Header, MAX_BODY, Object};
use tokio::io::{AsyncReadExt, DuplexStream, ReadHalf};
use tokio::net::TcpStream;
use tokio::net::unix::OwnedReadHalf;
use tokio_rustls::TlsStream;

use crate::{FrameError, LinkError};

/// Room for one read: many small objects come with one system call, and a connection that sleeps
/// holds no more than this.
const READ: usize = 16 << 10;
/// Shorter bodies are copied out of the read buffer, so that whoever keeps one for long does not
/// keep the other 16 KiB with it.
const COPY_BELOW: usize = 512;

/// The half of a link that reads.
#[derive(Debug)]
pub struct Incoming {
    source: Source,
    buffer: BytesMut,
    header: Option<Header>,
    limit: usize,
}

enum Source {
    Tls(ReadHalf<TlsStream<TcpStream>>),
    Unix(OwnedReadHalf),
    Memory(ReadHalf<DuplexStream>),
    Frames(Pin<Box<dyn Stream<Item = Result<Bytes, FrameError>> + Send>>),
}

impl Incoming {
    /// A half that reads the binary frames of a WebSocket, one object in each.
    ///
    /// The caller leaves out pings and pongs, and answers a text frame with an error.
    pub fn frames(frames: impl Stream<Item = Result<Bytes, FrameError>> + Send + 'static) -> Self {
        Self::of(Source::Frames(Box::pin(frames)))
    }

    pub(crate) fn tls(reader: ReadHalf<TlsStream<TcpStream>>) -> Self {
        Self::of(Source::Tls(reader))
    }

    pub(crate) fn unix(reader: OwnedReadHalf) -> Self {
        Self::of(Source::Unix(reader))
    }

    pub(crate) fn memory(reader: ReadHalf<DuplexStream>) -> Self {
        Self::of(Source::Memory(reader))
    }

    fn of(source: Source) -> Self {
        Self { source, buffer: BytesMut::new(), header: None, limit: MAX_BODY }
    }

    /// The longest body that is taken from now on.
    pub fn set_limit(&mut self, max_body: usize) {
        self.limit = max_body.min(MAX_BODY);
    }

    /// The next object; `None` when the peer has closed in good order.
    ///
    /// Cancel-safe: what was read stays here. There is no time limit on a slow peer; whoever waits
    /// has a deadline for the log-in and counts only whole objects as signs of life.
    ///
    /// # Errors
    /// Whatever ends the link; it must not be read again.
    pub async fn next(&mut self) -> Result<Option<Object>, LinkError> {
        loop {
            if let Some(object) = self.buffered()? {
                return Ok(Some(object));
            }
            self.make_room();
            let read = match &mut self.source {
                Source::Tls(reader) => read_some(reader, &mut self.buffer).await?,
                Source::Unix(reader) => read_some(reader, &mut self.buffer).await?,
                Source::Memory(reader) => read_some(reader, &mut self.buffer).await?,
                Source::Frames(frames) => return next_frame(frames, self.limit).await,
            };
            if read == 0 {
                let complete = self.buffer.is_empty() && self.header.is_none();
                return if complete { Ok(None) } else { Err(LinkError::Truncated) };
            }
        }
    }

    /// The next object, if it was read already.
    ///
    /// # Errors
    /// As [`Incoming::next`].
    pub fn buffered(&mut self) -> Result<Option<Object>, LinkError> {
        if self.header.is_none() && self.buffer.len() >= HEADER_LEN {
            let header = Header::parse(&self.buffer)?;
            check(header.length as usize, self.limit)?;
            let _ = self.buffer.split_to(HEADER_LEN);
            self.header = Some(header);
        }
        let Some(header) = self.header else {
            return Ok(None);
        };
        let length = header.length as usize;
        if self.buffer.len() < length {
            return Ok(None);
        }
        self.header = None;
        Ok(Some(Object { header, body: take(&mut self.buffer, length) }))
    }

    /// Reads to the end and throws away what comes, good or not.
    pub(crate) async fn discard(&mut self) {
        loop {
            self.buffer.clear();
            self.buffer.reserve(READ);
            let read = match &mut self.source {
                Source::Tls(reader) => read_some(reader, &mut self.buffer).await,
                Source::Unix(reader) => read_some(reader, &mut self.buffer).await,
                Source::Memory(reader) => read_some(reader, &mut self.buffer).await,
                Source::Frames(frames) => match frames.next().await {
                    Some(Ok(frame)) => Ok(frame.len().max(1)),
                    Some(Err(_)) | None => Ok(0),
                },
            };
            if !matches!(read, Ok(1..)) {
                return;
            }
        }
    }

    /// For the rest of a body that has begun, or else for whatever comes. The length was checked.
    fn make_room(&mut self) {
        let spare = self.buffer.capacity() - self.buffer.len();
        match self.header {
            Some(header) => self.buffer.reserve(header.length as usize - self.buffer.len()),
            None if spare < READ / 4 => self.buffer.reserve(READ),
            None => {}
        }
    }
}

impl std::fmt::Debug for Source {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Tls(_) => "Tls",
            Self::Unix(_) => "Unix",
            Self::Memory(_) => "Memory",
            Self::Frames(_) => "Frames",
        })
    }
}

async fn read_some(
    reader: &mut (impl AsyncReadExt + Unpin),
    buffer: &mut BytesMut,
) -> Result<usize, LinkError> {
    match reader.read_buf(buffer).await {
        Ok(read) => Ok(read),
        // A peer that vanished without a goodbye; between objects that cuts nothing short.
        Err(error) if is_end(error.kind()) => Ok(0),
        Err(error) => Err(LinkError::Io(error)),
    }
}

fn is_end(kind: ErrorKind) -> bool {
    matches!(kind, ErrorKind::UnexpectedEof | ErrorKind::ConnectionReset)
}

async fn next_frame(
    frames: &mut (impl Stream<Item = Result<Bytes, FrameError>> + Unpin),
    limit: usize,
) -> Result<Option<Object>, LinkError> {
    let Some(frame) = frames.next().await else {
        return Ok(None);
    };
    let frame = frame.map_err(LinkError::Frames)?;
    check(frame.len().saturating_sub(HEADER_LEN), limit)?;
    Ok(Some(Object::parse(&frame)?))
}

fn check(found: usize, limit: usize) -> Result<(), LinkError> {
    if found > limit { Err(LinkError::TooLong { found, limit }) } else { Ok(()) }
}

fn take(buffer: &mut BytesMut, length: usize) -> Bytes {
    if length >= COPY_BELOW {
        let taken = buffer.split_to(length).freeze();
        if buffer.is_empty() {
            // Or else the link would get the body's room back, up to 1 MiB, and keep it.
            *buffer = BytesMut::new();
        }
        return taken;
    }
    let taken = buffer.split_to(length);
    if length == 0 { Bytes::new() } else { Bytes::copy_from_slice(&taken) }
}

#[cfg(test)]
mod tests;
