//! Offer and answer (RFC 3264): what two ends agree on, from the descriptions of both.
//!
//! The first medium that is sound is taken, an encrypted one before one in the clear; all others
//! are refused by port 0, in their places. Encryption that one side asked for is never left out:
//! an answer without it is a [`Refusal`], and where neither asked for it [`Agreed::keys`] says so.

mod conclude;
mod make;
#[cfg(test)]
mod tests;

use std::collections::BTreeMap;
use std::net::{IpAddr, SocketAddr};

pub use conclude::{answer, conclude};
pub use make::offer;

use crate::codec::Codec;
use crate::rtp::PayloadType;
use crate::sdp::Direction;
use crate::srtp::{Master, Suite};

/// Where telephone events stand if we may choose.
pub const EVENTS: u8 = 101;

/// Must speech be encrypted?
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Secrecy {
    /// If the telephone asks for it.
    #[default]
    IfOffered,
    /// Always; a telephone that cannot is not spoken with.
    Required,
}

/// Our end of a medium.
#[derive(Clone, Debug)]
pub struct Ours {
    /// The session's number, the same in all its descriptions.
    pub id: u64,
    /// Greater by one whenever the description changes.
    pub version: u64,
    /// Where we listen; reports go to the port above.
    pub address: IpAddr,
    /// The port.
    pub port: u16,
    /// The codecs that we want, the best first.
    pub codecs: Vec<Codec>,
    /// Which way sound is to go, as we see it.
    pub direction: Direction,
    /// Must it be encrypted?
    pub secrecy: Secrecy,
    /// Our key, if it is.
    pub master: Master,
}

impl Ours {
    /// An end that speaks and listens with every codec. The key is 30 bytes of chance, never used
    /// for another call.
    #[must_use]
    pub fn new(id: u64, address: SocketAddr, key: &[u8; Master::LENGTH]) -> Self {
        Self {
            id,
            version: 1,
            address: address.ip(),
            port: address.port(),
            codecs: Codec::ALL.to_vec(),
            direction: Direction::Both,
            secrecy: Secrecy::default(),
            master: Master::new(key),
        }
    }
}

/// The keys of both directions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Keys {
    /// The suite of both.
    pub suite: Suite,
    /// For what we send.
    pub ours: Master,
    /// For what they send.
    pub theirs: Master,
}

/// What was agreed on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Agreed {
    /// What we send.
    pub codec: Codec,
    /// Under which number.
    pub payload_type: PayloadType,
    /// All that they may send.
    pub receive: BTreeMap<PayloadType, Codec>,
    /// The number of telephone events, if they know them; the same both ways.
    pub events: Option<PayloadType>,
    /// Where they listen; nothing if they do not.
    pub remote: Option<SocketAddr>,
    /// Where they expect reports.
    pub control: Option<SocketAddr>,
    /// Do reports go over the port of the sound?
    pub is_muxed: bool,
    /// Which way sound goes, as we see it.
    pub direction: Direction,
    /// The keys; in the clear without.
    pub keys: Option<Keys>,
}

/// Why there is nothing to agree on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    /// They have no sound, or refuse it.
    #[error("no audio")]
    NoAudio,
    /// No codec is common.
    #[error("no common codec")]
    NoCodec,
    /// They do not say where they listen, or name more than one host.
    #[error("no address of one host")]
    NoAddress,
    /// It has to be encrypted, and they cannot, or not in a way that is safe.
    #[error("not encrypted, though it has to be")]
    NotSecret,
    /// The answer does not fit the offer.
    #[error("the answer does not fit the offer")]
    Misfit,
}
