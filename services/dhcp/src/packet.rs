//! A DHCP message as a value: BOOTP's fixed part (RFC 951, RFC 2131 section 2) and its options
//! (RFC 2132), each code once, however it was split or spread over the fields on the wire.

mod parse;
#[cfg(test)]
mod tests;
mod write;

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

pub use parse::Fault;
pub use write::Written;

use crate::code;

/// Bytes of the fixed part with the magic cookie: the options begin here.
pub const FIXED: usize = 240;
/// Bytes of a reply at least: BOOTP relays drop what is shorter (RFC 1542, section 2.1).
pub const LEAST: usize = 300;
/// Bytes that every client has to take (RFC 2131, section 2): 576 less IP and UDP.
pub const MOST_USUAL: usize = 548;

/// Who speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Op {
    /// A client.
    Request,
    /// A server.
    Reply,
}

/// What is said: option 53.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// Is there a server?
    Discover,
    /// An address is offered.
    Offer,
    /// One is wanted, or wanted for longer.
    Request,
    /// It is in use by somebody else.
    Decline,
    /// It is given.
    Ack,
    /// It is not, and must not be used.
    Nak,
    /// It is given back.
    Release,
    /// Only the options are wanted.
    Inform,
    /// A later invention.
    Other(u8),
}

impl Kind {
    const KNOWN: [Self; 8] = [
        Self::Discover,
        Self::Offer,
        Self::Request,
        Self::Decline,
        Self::Ack,
        Self::Nak,
        Self::Release,
        Self::Inform,
    ];

    /// By its number in option 53.
    #[must_use]
    pub fn from_number(number: u8) -> Self {
        let place = usize::from(number).wrapping_sub(1);
        Self::KNOWN.get(place).copied().unwrap_or(Self::Other(number))
    }

    /// Its number in option 53.
    #[must_use]
    pub const fn number(self) -> u8 {
        match self {
            Self::Discover => 1,
            Self::Offer => 2,
            Self::Request => 3,
            Self::Decline => 4,
            Self::Ack => 5,
            Self::Nak => 6,
            Self::Release => 7,
            Self::Inform => 8,
            Self::Other(number) => number,
        }
    }
}

/// The client's hardware address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Hardware {
    /// Its kind (RFC 1700); 1 is Ethernet.
    pub kind: u8,
    len: u8,
    bytes: [u8; 16],
}

impl Hardware {
    /// Of an Ethernet card.
    #[must_use]
    pub fn ethernet(mac: [u8; 6]) -> Self {
        let mut bytes = [0; 16];
        bytes[..6].copy_from_slice(&mac);
        Self { kind: 1, len: 6, bytes }
    }

    /// Of any card; an address of more than 16 bytes is none.
    #[must_use]
    pub fn new(kind: u8, address: &[u8]) -> Option<Self> {
        let mut bytes = [0; 16];
        bytes.get_mut(..address.len())?.copy_from_slice(address);
        Some(Self { kind, len: u8::try_from(address.len()).ok()?, bytes })
    }

    /// The address as it is used; at most 16 bytes.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.bytes[..usize::from(self.len).min(16)]
    }

    /// The address, if it is an Ethernet card's.
    #[must_use]
    pub fn mac(&self) -> Option<[u8; 6]> {
        (self.kind == 1).then(|| self.bytes().try_into().ok()).flatten()
    }
}

/// Options by their code; at most 64 KiB of them come in a datagram.
pub type Options = BTreeMap<u8, Vec<u8>>;

/// A message.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Packet {
    /// Who speaks.
    pub op: Op,
    /// Relays on the way.
    pub hops: u8,
    /// The transaction, by which a client knows its answer.
    pub xid: u32,
    /// Seconds since the client began.
    pub secs: u16,
    /// Does the client want its answer by broadcast?
    pub is_broadcast: bool,
    /// The client's address, when it has one that works.
    pub ciaddr: Ipv4Addr,
    /// The address that the client gets.
    pub yiaddr: Ipv4Addr,
    /// The server of the next step: TFTP.
    pub siaddr: Ipv4Addr,
    /// The first relay, if there is one.
    pub giaddr: Ipv4Addr,
    /// The client's card.
    pub hardware: Hardware,
    /// Everything else.
    pub options: Options,
}

impl Packet {
    /// What is said; nothing in a message of BOOTP.
    #[must_use]
    pub fn kind(&self) -> Option<Kind> {
        match self.options.get(&code::MESSAGE_TYPE).map(Vec::as_slice) {
            Some([number]) => Some(Kind::from_number(*number)),
            Some(_) | None => None,
        }
    }

    /// An option that is one address, if it is one.
    #[must_use]
    pub fn address(&self, code: u8) -> Option<Ipv4Addr> {
        let bytes: [u8; 4] = self.options.get(&code)?.as_slice().try_into().ok()?;
        Some(Ipv4Addr::from(bytes))
    }

    /// An option that is a text: without zero bytes at its end, and nothing but what can be shown.
    #[must_use]
    pub fn text(&self, code: u8) -> Option<String> {
        let bytes = self.options.get(&code)?;
        let end = bytes.iter().rposition(|byte| *byte != 0).map_or(0, |last| last + 1);
        let text = String::from_utf8_lossy(&bytes[..end]);
        let text: String = text.chars().filter(|c| !c.is_control()).collect();
        (!text.is_empty()).then_some(text)
    }

    /// How large an answer may be: option 57, which counts IP and UDP, too; at least what every
    /// client has to take, at most what fits into an Ethernet frame.
    #[must_use]
    pub fn most(&self) -> usize {
        match self.options.get(&code::MAXIMUM_SIZE).map(Vec::as_slice) {
            Some([high, low]) => {
                let told = usize::from(u16::from_be_bytes([*high, *low]));
                told.saturating_sub(28).clamp(MOST_USUAL, 1_472)
            }
            Some(_) | None => MOST_USUAL,
        }
    }

    /// What a client without an address says by itself, of transaction 0.
    #[must_use]
    pub const fn request(hardware: Hardware, options: Options) -> Self {
        Self {
            op: Op::Request,
            hops: 0,
            xid: 0,
            secs: 0,
            is_broadcast: false,
            ciaddr: Ipv4Addr::UNSPECIFIED,
            yiaddr: Ipv4Addr::UNSPECIFIED,
            siaddr: Ipv4Addr::UNSPECIFIED,
            giaddr: Ipv4Addr::UNSPECIFIED,
            hardware,
            options,
        }
    }

    /// An answer to this message: the same transaction, card, relay and way.
    #[must_use]
    pub fn answer(&self, kind: Kind) -> Self {
        let mut options = Options::from([(code::MESSAGE_TYPE, vec![kind.number()])]);
        // What the client or the relay calls itself comes back unchanged (RFC 6842, RFC 3046).
        for echoed in [code::CLIENT_ID, code::RELAY_AGENT] {
            if let Some(value) = self.options.get(&echoed) {
                options.insert(echoed, value.clone());
            }
        }
        Self {
            op: Op::Reply,
            hops: 0,
            xid: self.xid,
            secs: 0,
            is_broadcast: self.is_broadcast,
            ciaddr: Ipv4Addr::UNSPECIFIED,
            yiaddr: Ipv4Addr::UNSPECIFIED,
            siaddr: Ipv4Addr::UNSPECIFIED,
            giaddr: self.giaddr,
            hardware: self.hardware,
            options,
        }
    }
}
