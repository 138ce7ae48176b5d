//! Reports about a stream (RFC 3550, section 6), and that it ends.

mod parse;
#[cfg(test)]
mod tests;
mod write;

pub use parse::{Fault, parse};
pub use write::write;

use crate::rtp::Ssrc;

/// Blocks, chunks or sources that one packet has room for.
pub const MOST: usize = 31;
/// The kind of an item that is a sender's lasting name.
pub const CNAME: u8 = 1;

/// What a sender has sent.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Sent {
    /// When: seconds and their fraction, as NTP counts them.
    pub ntp: u64,
    /// The same moment on the clock of the samples.
    pub timestamp: u32,
    /// Packets so far.
    pub packets: u32,
    /// Bytes of payload so far.
    pub bytes: u32,
}

/// How a stream arrives.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Block {
    /// Whose.
    pub ssrc: Ssrc,
    /// Lost since the last report, in 256ths.
    pub fraction: u8,
    /// Lost so far, 24 bits; duplicates count against it.
    pub lost: i32,
    /// The highest sequence number, with its wraps above it.
    pub highest: u32,
    /// The mean deviation of arrival, in samples.
    pub jitter: u32,
    /// The middle of the last sender's report's time, or 0.
    pub last_report: u32,
    /// How long ago that came, in 65536ths of a second.
    pub since_report: u32,
}

/// What a sender says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Chunk {
    /// Who.
    pub ssrc: Ssrc,
    /// Kind (not 0) and text (at most 255 bytes are written).
    pub items: Vec<(u8, Vec<u8>)>,
}

/// One packet of a compound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Packet {
    /// From one who sends and hears.
    SenderReport {
        /// Who reports.
        ssrc: Ssrc,
        /// What it sent.
        sent: Sent,
        /// What it heard.
        blocks: Vec<Block>,
    },
    /// From one who only hears.
    ReceiverReport {
        /// Who reports.
        ssrc: Ssrc,
        /// What it heard.
        blocks: Vec<Block>,
    },
    /// Who they are.
    Description(Vec<Chunk>),
    /// They send no more.
    Goodbye {
        /// Who.
        ssrcs: Vec<Ssrc>,
        /// Why, if it says.
        reason: Option<Vec<u8>>,
    },
    /// Of no interest here.
    Other {
        /// Its packet type.
        kind: u8,
        /// Its count or subtype: 5 bits.
        count: u8,
        /// Its whole words.
        body: Vec<u8>,
    },
}
