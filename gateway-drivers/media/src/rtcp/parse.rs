//! Bytes to reports: a total function. A compound is sound as a whole or not at all, so that
//! chance bytes are hardly ever taken for one (RFC 3550, appendix A.2).

use super::{Block, Chunk, Packet, Sent};
use crate::rtp::Ssrc;

/// Why these are no reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// A header or what it counts is not whole.
    #[error("a packet runs over its end")]
    Overrun,
    /// Another version than 2.
    #[error("RTCP version {0}")]
    Version(u8),
    /// A compound begins with a report.
    #[error("the first packet has kind {0} and is no report")]
    First(u8),
    /// Only the last packet is padded, by whole words.
    #[error("padding where none can be")]
    Padding,
}

/// Reads a compound.
///
/// # Errors
/// What is wrong with it.
pub fn parse(mut bytes: &[u8]) -> Result<Vec<Packet>, Fault> {
    let mut packets = Vec::new();
    loop {
        let [flags, kind, high, low, rest @ ..] = bytes else { return Err(Fault::Overrun) };
        if flags >> 6 != 2 {
            return Err(Fault::Version(flags >> 6));
        }
        if packets.is_empty() && !matches!(kind, 200 | 201) {
            return Err(Fault::First(*kind));
        }
        let length = 4 * usize::from(u16::from_be_bytes([*high, *low]));
        let (body, behind) = rest.split_at_checked(length).ok_or(Fault::Overrun)?;
        let body = if flags & 0x20 == 0 { body } else { unpadded(body, behind)? };
        packets.push(packet(*kind, flags & 0x1f, body)?);
        if behind.is_empty() {
            return Ok(packets);
        }
        bytes = behind;
    }
}

fn unpadded<'a>(body: &'a [u8], behind: &[u8]) -> Result<&'a [u8], Fault> {
    let padding = usize::from(body.last().copied().unwrap_or(0));
    let sound = behind.is_empty() && padding > 0 && padding.is_multiple_of(4);
    body.get(..body.len().wrapping_sub(padding)).filter(|_| sound).ok_or(Fault::Padding)
}

fn packet(kind: u8, count: u8, body: &[u8]) -> Result<Packet, Fault> {
    let mut words = Words(body);
    let many = usize::from(count);
    Ok(match kind {
        200 => Packet::SenderReport {
            ssrc: Ssrc(words.word()?),
            sent: words.sent()?,
            blocks: words.blocks(many)?,
        },
        201 => Packet::ReceiverReport { ssrc: Ssrc(words.word()?), blocks: words.blocks(many)? },
        202 => Packet::Description(chunks(many, body)?),
        203 => {
            let ssrcs: Result<Vec<Ssrc>, Fault> =
                (0..many).map(|_| words.word().map(Ssrc)).collect();
            Packet::Goodbye { ssrcs: ssrcs?, reason: reason(words.0)? }
        }
        kind => Packet::Other { kind, count, body: body.to_vec() },
    })
}

/// What is left of a body, taken in words of 32 bits.
struct Words<'a>(&'a [u8]);

impl Words<'_> {
    fn word(&mut self) -> Result<u32, Fault> {
        let (word, rest) = self.0.split_first_chunk().ok_or(Fault::Overrun)?;
        self.0 = rest;
        Ok(u32::from_be_bytes(*word))
    }

    fn sent(&mut self) -> Result<Sent, Fault> {
        Ok(Sent {
            ntp: u64::from(self.word()?) << 32 | u64::from(self.word()?),
            timestamp: self.word()?,
            packets: self.word()?,
            bytes: self.word()?,
        })
    }

    fn blocks(&mut self, many: usize) -> Result<Vec<Block>, Fault> {
        (0..many).map(|_| self.block()).collect()
    }

    fn block(&mut self) -> Result<Block, Fault> {
        let ssrc = Ssrc(self.word()?);
        let lost = self.word()?;
        Ok(Block {
            ssrc,
            fraction: (lost >> 24) as u8,
            // 24 bits with a sign.
            lost: (lost << 8) as i32 >> 8,
            highest: self.word()?,
            jitter: self.word()?,
            last_report: self.word()?,
            since_report: self.word()?,
        })
    }
}

/// Each begins on a word, and its items end with a zero byte (RFC 3550, section 6.5).
fn chunks(many: usize, body: &[u8]) -> Result<Vec<Chunk>, Fault> {
    let mut chunks = Vec::new();
    let mut rest = body;
    for _ in 0..many {
        let mut words = Words(rest);
        let ssrc = Ssrc(words.word()?);
        let mut items = Vec::new();
        let mut inside = words.0;
        while let [kind, length, behind @ ..] = inside
            && *kind != 0
        {
            let (text, behind) =
                behind.split_at_checked(usize::from(*length)).ok_or(Fault::Overrun)?;
            items.push((*kind, text.to_vec()));
            inside = behind;
        }
        if inside.first() != Some(&0) {
            return Err(Fault::Overrun);
        }
        let taken = rest.len() - inside.len() + 1;
        rest = rest.get(taken.next_multiple_of(4)..).ok_or(Fault::Overrun)?;
        chunks.push(Chunk { ssrc, items });
    }
    Ok(chunks)
}

fn reason(bytes: &[u8]) -> Result<Option<Vec<u8>>, Fault> {
    let Some((length, text)) = bytes.split_first() else { return Ok(None) };
    let text = text.get(..usize::from(*length)).ok_or(Fault::Overrun)?;
    Ok(Some(text.to_vec()))
}
