//! Session descriptions (RFC 8866) as far as audio needs them.
//!
//! What is of no meaning here is kept where it has to be answered (other media, formats, suites)
//! or is cheap (other attributes), and left out else (times, bandwidths, e-mail addresses).

mod crypto;
mod parse;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;
use std::net::{IpAddr, Ipv4Addr};

pub use crypto::Crypto;
pub use parse::Fault;

use crate::rtp::PayloadType;

/// Bytes of a description that is read.
pub const MOST_BYTES: usize = 16_384;
/// Media of one description.
pub const MOST_MEDIA: usize = 16;
/// Formats of one medium, and attributes of each kind of one medium or of the session.
pub const MOST_OF_A_KIND: usize = 64;

/// Which way the sound goes, as the writer of the description sees it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Direction {
    /// Both ways.
    #[default]
    Both,
    /// The writer only speaks.
    SendOnly,
    /// The writer only listens.
    ReceiveOnly,
    /// Neither.
    Inactive,
}

impl Direction {
    const ALL: [Self; 4] = [Self::Both, Self::SendOnly, Self::ReceiveOnly, Self::Inactive];

    /// Its attribute.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Both => "sendrecv",
            Self::SendOnly => "sendonly",
            Self::ReceiveOnly => "recvonly",
            Self::Inactive => "inactive",
        }
    }

    /// By its attribute.
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|direction| direction.name() == name)
    }

    /// Does the writer speak?
    #[must_use]
    pub const fn sends(self) -> bool {
        matches!(self, Self::Both | Self::SendOnly)
    }

    /// Does the writer listen?
    #[must_use]
    pub const fn receives(self) -> bool {
        matches!(self, Self::Both | Self::ReceiveOnly)
    }

    /// Of one who speaks and listens as told.
    #[must_use]
    pub const fn of(sends: bool, receives: bool) -> Self {
        match (sends, receives) {
            (true, true) => Self::Both,
            (true, false) => Self::SendOnly,
            (false, true) => Self::ReceiveOnly,
            (false, false) => Self::Inactive,
        }
    }
}

/// Where media are expected.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Host {
    /// An address.
    Ip(IpAddr),
    /// A name, which is not looked up here.
    Name(String),
}

/// Which session this is, and which of its descriptions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    /// Who made it; `-` is nobody.
    pub user: String,
    /// The session.
    pub id: u64,
    /// Greater with each change.
    pub version: u64,
    /// Where it was made.
    pub host: Host,
}

/// How packets are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Profile {
    /// In the clear.
    Avp,
    /// By SRTP.
    Savp,
    /// In another way.
    Other(String),
}

/// What a dynamic payload type stands for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Map {
    /// The codec's name.
    pub name: String,
    /// The RTP clock.
    pub clock: u32,
    /// Channels, where there is more than one.
    pub channels: u8,
}

/// One medium.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Media {
    /// `audio`, or what we cannot do.
    pub kind: String,
    /// Its port; 0 if it is refused or over.
    pub port: u16,
    /// How packets are made.
    pub profile: Profile,
    /// Its formats, the preferred one first: payload types, with RTP.
    pub formats: Vec<String>,
    /// Where it is expected, if not where the session is.
    pub host: Option<Host>,
    /// Its direction, if not the session's.
    pub direction: Option<Direction>,
    /// What payload types stand for.
    pub maps: BTreeMap<PayloadType, Map>,
    /// Parameters of payload types.
    pub parameters: BTreeMap<PayloadType, String>,
    /// Milliseconds of sound that a packet is to have.
    pub ptime: Option<u32>,
    /// Ways to encrypt it (RFC 4568), the preferred one first.
    pub crypto: Vec<Crypto>,
    /// Where reports are expected, if not one port above (RFC 3605).
    pub control_port: Option<u16>,
    /// Reports go over the port of the sound (RFC 5761).
    pub is_muxed: bool,
    /// Other attributes.
    pub others: Vec<String>,
}

impl Media {
    /// A medium with nothing but its first line.
    #[must_use]
    pub fn new(kind: &str, port: u16, profile: Profile, formats: Vec<String>) -> Self {
        Self {
            kind: kind.to_owned(),
            port,
            profile,
            formats,
            host: None,
            direction: None,
            maps: BTreeMap::new(),
            parameters: BTreeMap::new(),
            ptime: None,
            crypto: Vec::new(),
            control_port: None,
            is_muxed: false,
            others: Vec::new(),
        }
    }

    /// Its formats as payload types.
    pub fn payload_types(&self) -> impl Iterator<Item = PayloadType> {
        self.formats.iter().filter_map(|format| PayloadType::new(format.parse().ok()?))
    }
}

/// A description.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Session {
    /// Which session it is.
    pub origin: Origin,
    /// Its name; `-` is none.
    pub name: String,
    /// Where media are expected that do not say it themselves.
    pub host: Option<Host>,
    /// Which way sound goes that does not say it itself.
    pub direction: Option<Direction>,
    /// Other attributes.
    pub others: Vec<String>,
    /// The media.
    pub media: Vec<Media>,
}

impl Session {
    /// A session without media.
    #[must_use]
    pub fn new(id: u64, version: u64, address: IpAddr) -> Self {
        let host = Host::Ip(address);
        Self {
            origin: Origin { user: "-".to_owned(), id, version, host: host.clone() },
            name: "-".to_owned(),
            host: Some(host),
            direction: None,
            others: Vec::new(),
            media: Vec::new(),
        }
    }

    /// Where a medium of this session is expected: nothing, if by a name, by many, or nowhere.
    #[must_use]
    pub fn address(&self, media: &Media) -> Option<IpAddr> {
        match media.host.as_ref().or(self.host.as_ref())? {
            Host::Ip(ip) if is_one_host(*ip) => Some(*ip),
            Host::Ip(_) | Host::Name(_) => None,
        }
    }

    /// Which way a medium of this session goes. An address of zeros is an old way to say that
    /// the writer does not listen (RFC 3264, section 8.4).
    #[must_use]
    pub fn direction(&self, media: &Media) -> Direction {
        let direction = media.direction.or(self.direction).unwrap_or_default();
        match media.host.as_ref().or(self.host.as_ref()) {
            Some(Host::Ip(ip)) if ip.is_unspecified() => Direction::of(direction.sends(), false),
            Some(Host::Ip(_) | Host::Name(_)) | None => direction,
        }
    }
}

fn is_one_host(ip: IpAddr) -> bool {
    !ip.is_multicast() && !ip.is_unspecified() && ip != IpAddr::V4(Ipv4Addr::BROADCAST)
}
