//! One fetch of a file by TFTP as its client sees it: packets in, packets out, no socket.

use anyhow::{Result, bail};
use tftp::packet::{Choice, Mode, Packet, Request};

/// Bytes of a block where nothing is agreed (RFC 1350).
const USUAL_BLOCK: usize = 512;

/// A fetch that has begun.
pub(crate) struct Fetch {
    request: Vec<u8>,
    block: usize,
    window: usize,
    /// Blocks since the last acknowledgement.
    in_window: usize,
    /// The last block that came in its order.
    last: u16,
    is_agreed: bool,
    file: Vec<u8>,
}

/// What is to be done next.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Next {
    /// Send this to where the packet came from.
    Send(Vec<u8>),
    /// Wait for more.
    Wait,
    /// Send this, and it is done.
    Done(Vec<u8>),
}

impl Fetch {
    /// Asks for a file in blocks of `block` bytes, `window` of them at once.
    pub(crate) fn new(name: &str, block: usize, window: usize) -> Self {
        let (size, many) = (block.to_string(), window.to_string());
        let mut choices = Vec::new();
        if block != USUAL_BLOCK {
            choices.push(Choice { name: b"blksize", value: size.as_bytes() });
        }
        if window > 1 {
            choices.push(Choice { name: b"windowsize", value: many.as_bytes() });
        }
        let request = Request { name: name.as_bytes(), mode: Mode::Octet, choices };
        Self {
            request: Packet::Read(request).write(),
            block: USUAL_BLOCK,
            window: 1,
            in_window: 0,
            last: 0,
            is_agreed: false,
            file: Vec::new(),
        }
    }

    /// What was sent last, to be sent again after a silence.
    pub(crate) fn again(&mut self) -> Vec<u8> {
        self.in_window = 0;
        match (self.is_agreed, self.last) {
            (false, 0) if self.file.is_empty() => self.request.clone(),
            (_, last) => Packet::Ack(last).write(),
        }
    }

    /// Has the server answered at all?
    pub(crate) fn has_begun(&self) -> bool {
        self.is_agreed || !self.file.is_empty()
    }

    /// Blocks that the server sends for one acknowledgement.
    pub(crate) fn window(&self) -> usize {
        self.window
    }

    /// The file.
    pub(crate) fn into_file(self) -> Vec<u8> {
        self.file
    }

    /// Takes a packet of the server's.
    pub(crate) fn hear(&mut self, bytes: &[u8]) -> Result<Next> {
        match Packet::parse(bytes)? {
            Packet::Agreed(choices) if !self.has_begun() => {
                self.agree(&choices);
                Ok(Next::Send(Packet::Ack(0).write()))
            }
            Packet::Data { block, bytes } if block == self.last.wrapping_add(1) => {
                self.last = block;
                self.in_window += 1;
                self.file.extend_from_slice(bytes);
                let acknowledged = Packet::Ack(block).write();
                if bytes.len() < self.block {
                    return Ok(Next::Done(acknowledged));
                }
                if self.in_window < self.window {
                    return Ok(Next::Wait);
                }
                self.in_window = 0;
                Ok(Next::Send(acknowledged))
            }
            // A block is missing before it: once for each window the server is told where to go on.
            Packet::Data { .. } if self.window > 1 && self.in_window > 0 => {
                self.in_window = 0;
                Ok(Next::Send(Packet::Ack(self.last).write()))
            }
            Packet::Data { .. } | Packet::Agreed(_) => Ok(Next::Wait),
            Packet::Error { code, words } => {
                bail!("refused: {} {}", code.number(), String::from_utf8_lossy(words))
            }
            Packet::Read(_) | Packet::Write(_) | Packet::Ack(_) => Ok(Next::Wait),
        }
    }

    fn agree(&mut self, choices: &[Choice<'_>]) {
        self.is_agreed = true;
        for choice in choices {
            let value = String::from_utf8_lossy(choice.value).parse().unwrap_or(1);
            if choice.name.eq_ignore_ascii_case(b"blksize") {
                self.block = value;
            } else if choice.name.eq_ignore_ascii_case(b"windowsize") {
                self.window = value;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use tftp::packet::{Choice, Packet};

    use super::{Fetch, Next};

    fn data(block: u16, bytes: &[u8]) -> Vec<u8> {
        Packet::Data { block, bytes }.write()
    }

    fn ack(block: u16) -> Vec<u8> {
        Packet::Ack(block).write()
    }

    #[test]
    fn without_options_each_block_is_answered_and_a_doubled_one_is_not() {
        let mut fetch = Fetch::new("a", 512, 1);
        assert_eq!(fetch.again(), b"\0\x01a\0octet\0");
        let first = data(1, &[7; 512]);
        assert_eq!(fetch.hear(&first).expect("taken"), Next::Send(ack(1)));
        assert_eq!(fetch.hear(&first).expect("taken"), Next::Wait);
        assert_eq!(fetch.again(), ack(1), "after a silence it is answered again");
        assert_eq!(fetch.hear(&data(2, b"end")).expect("taken"), Next::Done(ack(2)));
        assert_eq!(fetch.into_file().len(), 515);
    }

    #[test]
    fn a_window_is_answered_once_and_a_gap_at_once() {
        let mut fetch = Fetch::new("a", 8, 3);
        let value = |name, value| Choice { name, value };
        let agreed = Packet::Agreed(vec![value(b"blksize", b"8"), value(b"windowsize", b"3")]);
        assert_eq!(fetch.hear(&agreed.write()).expect("taken"), Next::Send(ack(0)));
        for block in 1..3 {
            assert_eq!(fetch.hear(&data(block, &[7; 8])).expect("taken"), Next::Wait);
        }
        assert_eq!(fetch.hear(&data(3, &[7; 8])).expect("taken"), Next::Send(ack(3)));
        assert_eq!(fetch.hear(&data(4, &[7; 8])).expect("taken"), Next::Wait);
        assert_eq!(fetch.hear(&data(6, &[7; 8])).expect("taken"), Next::Send(ack(4)));
        assert_eq!(fetch.hear(&data(7, &[7; 8])).expect("taken"), Next::Wait);
        let refused = b"\0\x05\0\x01no\0";
        assert_eq!(fetch.hear(refused).expect_err("refused").to_string(), "refused: 1 no");
    }
}
