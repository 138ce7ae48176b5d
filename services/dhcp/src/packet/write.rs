//! A message to bytes: the options in the order that the client asked for, split and spread over
//! the fields where they are many.

use super::{FIXED, LEAST, Op, Packet};
use crate::code;

const COOKIE: [u8; 4] = [99, 130, 83, 99];
const BROADCAST: u16 = 0x8000;
/// What the fields hold besides the byte that ends them.
const SNAME_ROOM: usize = 63;
const FILE_ROOM: usize = 127;
/// Option 52 with its value.
const OVERLOAD_LEN: usize = 3;
/// These come first, for clients that look no further (RFC 2131, table 3, names them all).
const FIRST: [u8; 3] = [code::MESSAGE_TYPE, code::SERVER_ID, code::LEASE_TIME];

/// A message on the wire.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Written {
    /// The datagram.
    pub bytes: Vec<u8>,
    /// Options for which there was no room.
    pub dropped: Vec<u8>,
}

/// The three places of options.
#[derive(Default)]
struct Places {
    options: Vec<u8>,
    file: Vec<u8>,
    sname: Vec<u8>,
    dropped: Vec<u8>,
}

impl Packet {
    /// Writes a datagram of at most `most` bytes. The options named in `wanted` come in that order
    /// before the others; what a relay has added comes last (RFC 3046, section 2.2).
    #[must_use]
    pub fn write(&self, wanted: &[u8], most: usize) -> Written {
        let room = most.saturating_sub(FIXED + 1);
        let mut places = self.place(wanted, room, false);
        if !places.dropped.is_empty() {
            places = self.place(wanted, room.saturating_sub(OVERLOAD_LEN), true);
        }
        let mut bytes = self.fixed();
        let overload = u8::from(!places.file.is_empty()) | u8::from(!places.sname.is_empty()) << 1;
        if overload != 0 {
            put_field(&mut bytes[108..236], &places.file);
            put_field(&mut bytes[44..108], &places.sname);
            bytes.extend([code::OVERLOAD, 1, overload]);
        }
        bytes.extend(&places.options);
        bytes.push(code::END);
        bytes.resize(bytes.len().max(LEAST), code::PAD);
        Written { bytes, dropped: places.dropped }
    }

    fn place(&self, wanted: &[u8], room: usize, may_overload: bool) -> Places {
        let relay = self.options.get(&code::RELAY_AGENT);
        let relay = relay.map(|value| encoded(code::RELAY_AGENT, value)).unwrap_or_default();
        let room = room.saturating_sub(relay.len());
        let mut places = Places::default();
        for code in self.order(wanted) {
            let option = encoded(code, &self.options[&code]);
            if places.options.len() + option.len() <= room {
                places.options.extend(option);
            } else if may_overload && places.file.len() + option.len() <= FILE_ROOM {
                places.file.extend(option);
            } else if may_overload && places.sname.len() + option.len() <= SNAME_ROOM {
                places.sname.extend(option);
            } else {
                places.dropped.push(code);
            }
        }
        places.options.extend(relay);
        places
    }

    /// The codes of this message's options in the order in which they are written.
    fn order(&self, wanted: &[u8]) -> Vec<u8> {
        let mut order: Vec<u8> = Vec::with_capacity(self.options.len());
        let all = FIRST.iter().chain(wanted).copied().chain(self.options.keys().copied());
        for code in all {
            let is_ours =
                !matches!(code, code::RELAY_AGENT | code::OVERLOAD | code::PAD | code::END);
            if is_ours && self.options.contains_key(&code) && !order.contains(&code) {
                order.push(code);
            }
        }
        order
    }

    /// The fixed part.
    fn fixed(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(LEAST);
        let op = match self.op {
            Op::Request => 1,
            Op::Reply => 2,
        };
        bytes.extend([op, self.hardware.kind, self.hardware.len, self.hops]);
        bytes.extend(self.xid.to_be_bytes());
        bytes.extend(self.secs.to_be_bytes());
        bytes.extend((if self.is_broadcast { BROADCAST } else { 0 }).to_be_bytes());
        for address in [self.ciaddr, self.yiaddr, self.siaddr, self.giaddr] {
            bytes.extend(address.octets());
        }
        bytes.extend(self.hardware.bytes);
        bytes.resize(FIXED - COOKIE.len(), 0);
        bytes.extend(COOKIE);
        bytes
    }
}

fn put_field(field: &mut [u8], options: &[u8]) {
    if !options.is_empty() {
        field[..options.len()].copy_from_slice(options);
        field[options.len()] = code::END;
    }
}

/// Code, length, value; a long value as several of the same code (RFC 3396, section 6).
fn encoded(code: u8, value: &[u8]) -> Vec<u8> {
    if value.is_empty() {
        return vec![code, 0];
    }
    let mut bytes = Vec::with_capacity(value.len() + 2);
    for part in value.chunks(255) {
        bytes.push(code);
        bytes.push(u8::try_from(part.len()).expect("a part has at most 255 bytes"));
        bytes.extend(part);
    }
    bytes
}
