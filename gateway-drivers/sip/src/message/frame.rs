//! Messages out of a stream (RFC 3261, section 18.3), and the blank lines that keep it alive
//! (RFC 5626, section 3.5.1).

use super::parse::{head_end, parse_head};
use super::{BODY_MOST, Fault, HEAD_MOST, Message};

/// What came whole.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Frame {
    /// Two empty lines: the other end wants one back.
    Ping,
    /// A message.
    Message(Message),
}

/// Bytes of a stream until they are whole. It holds at most one message and one piece.
#[derive(Clone, Debug, Default)]
pub struct Framer {
    buffer: Vec<u8>,
    /// Up to here no head ends.
    seen: usize,
    /// So many bytes make the next message, when its head has come.
    needed: usize,
}

impl Framer {
    /// The largest piece that [`Framer::push`] takes.
    pub const PIECE: usize = 16 * 1024;

    /// Takes one piece in; all whole frames should have been taken out.
    ///
    /// # Errors
    /// The piece, or what waits, is larger than any message.
    pub fn push(&mut self, piece: &[u8]) -> Result<(), Fault> {
        let is_held = self.buffer.len() <= HEAD_MOST + BODY_MOST;
        if piece.len() > Self::PIECE || !is_held {
            return Err(Fault::Long);
        }
        self.buffer.extend(piece);
        Ok(())
    }

    /// Bytes that wait.
    #[must_use]
    pub fn held(&self) -> usize {
        self.buffer.len()
    }

    /// The next frame that is whole. After an error the stream cannot be understood any more.
    ///
    /// # Errors
    /// What is no message.
    pub fn pop(&mut self) -> Result<Option<Frame>, Fault> {
        loop {
            match self.buffer.as_slice() {
                [b'\r', b'\n', b'\r', b'\n', ..] => {
                    self.drop_front(4);
                    return Ok(Some(Frame::Ping));
                }
                [] | [b'\r'] | [b'\r', b'\n'] | [b'\r', b'\n', b'\r'] => return Ok(None),
                // One empty line is the answer to a ping, or was left behind a message.
                [b'\r', b'\n', ..] => self.drop_front(2),
                [b'\n', ..] => self.drop_front(1),
                _ => return self.message(),
            }
        }
    }

    fn message(&mut self) -> Result<Option<Frame>, Fault> {
        // A head is read once, in however many pieces its body comes.
        if self.buffer.len() < self.needed {
            return Ok(None);
        }
        let Some(end) = head_end(&self.buffer, self.seen) else {
            // The end may be cut in its middle.
            self.seen = self.buffer.len().saturating_sub(3);
            return if self.buffer.len() > HEAD_MOST { Err(Fault::Long) } else { Ok(None) };
        };
        self.seen = end.saturating_sub(3);
        let (mut message, length) = parse_head(&self.buffer[..end])?;
        // Without a length the next message could not be found (RFC 3261, section 18.3).
        let length = length.ok_or(Fault::Length)?;
        if length > BODY_MOST {
            return Err(Fault::Long);
        }
        self.needed = end + length;
        let Some(body) = self.buffer.get(end..end + length) else { return Ok(None) };
        message.body = body.to_vec();
        self.drop_front(end + length);
        Ok(Some(Frame::Message(message)))
    }

    fn drop_front(&mut self, bytes: usize) {
        self.buffer.drain(..bytes);
        self.seen = 0;
        self.needed = 0;
    }
}
