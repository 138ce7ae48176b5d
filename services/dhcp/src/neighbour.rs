//! The kernel's table of neighbours (which card has which address), as netlink messages
//! (rtnetlink(7), RTM_NEWNEIGH and RTM_DELNEIGH): written to reach a client that has no address
//! yet and to have the kernel ask by ARP, read to hear who answers.
//!
//! ```text
//! nlmsghdr  0 u32 length | 4 u16 type | 6 u16 flags | 8 u32 sequence | 12 u32 port
//! ndmsg    16 u8 family | 17 pad | 20 i32 interface | 24 u16 state | 26 u8 flags | 27 u8 type
//! rtattr   28 u16 length | 30 u16 type | 32 value, padded to 4 bytes | ..
//! ```

use std::net::Ipv4Addr;

const NEW: u16 = 28;
const DELETE: u16 = 29;
const REQUEST: u16 = 1;
const REPLACE: u16 = 0x100;
const CREATE: u16 = 0x400;
const IPV4: u8 = 2;
const REACHABLE: u16 = 2;
/// "Somebody wants to speak with it": the kernel asks by ARP.
const USE: u8 = 1;
/// The address and the card, as attributes.
const DESTINATION: u16 = 1;
const CARD: u16 = 2;
const HEAD: usize = 16;
const FIXED: usize = 28;

/// What the kernel is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Tell {
    /// This card has the address: it need not be asked for it.
    Has([u8; 6]),
    /// Ask by ARP who has it.
    Ask,
    /// Forget who had it.
    Forget,
}

/// A message to the kernel about an address behind an interface.
pub(crate) fn write(interface: u32, address: Ipv4Addr, tell: Tell) -> Vec<u8> {
    let (kind, flags, state, used) = match tell {
        Tell::Has(_) => (NEW, REQUEST | CREATE | REPLACE, REACHABLE, 0),
        Tell::Ask => (NEW, REQUEST | CREATE | REPLACE, 0, USE),
        Tell::Forget => (DELETE, REQUEST, 0, 0),
    };
    let mut bytes = vec![0; FIXED];
    bytes[4..6].copy_from_slice(&kind.to_ne_bytes());
    bytes[6..8].copy_from_slice(&flags.to_ne_bytes());
    bytes[16] = IPV4;
    bytes[20..24].copy_from_slice(&interface.to_ne_bytes());
    bytes[24..26].copy_from_slice(&state.to_ne_bytes());
    bytes[26] = used;
    attribute(&mut bytes, DESTINATION, &address.octets());
    if let Tell::Has(card) = tell {
        attribute(&mut bytes, CARD, &card);
    }
    let length = u32::try_from(bytes.len()).expect("a message has less than 60 bytes");
    bytes[..4].copy_from_slice(&length.to_ne_bytes());
    bytes
}

fn attribute(bytes: &mut Vec<u8>, kind: u16, value: &[u8]) {
    let length = u16::try_from(value.len() + 4).expect("addresses have a few bytes");
    bytes.extend(length.to_ne_bytes());
    bytes.extend(kind.to_ne_bytes());
    bytes.extend(value);
    bytes.resize(bytes.len().next_multiple_of(4), 0);
}

/// Somebody has answered the kernel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Answered {
    pub(crate) interface: u32,
    pub(crate) address: Ipv4Addr,
    pub(crate) card: [u8; 6],
}

/// Who has answered, of all that the kernel says; what is of another kind is left out.
pub(crate) fn read(mut bytes: &[u8]) -> Vec<Answered> {
    let mut answered = Vec::new();
    while let Some(length) = number(bytes, 0) {
        let length = usize::try_from(length).unwrap_or(usize::MAX);
        let Some(message) = bytes.get(..length).filter(|_| length >= HEAD) else { break };
        answered.extend(one(message));
        bytes = bytes.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    answered
}

fn one(message: &[u8]) -> Option<Answered> {
    let is_news = short(message, 4) == Some(NEW) && message.get(16) == Some(&IPV4);
    let is_there = short(message, 24).is_some_and(|state| state & REACHABLE != 0);
    let interface = number(message, 20).filter(|_| is_news && is_there)?;
    let (mut address, mut card) = (None, None);
    let mut rest = message.get(FIXED..)?;
    while let (Some(length), Some(kind)) = (short(rest, 0), short(rest, 2)) {
        let length = usize::from(length);
        let Some(value) = rest.get(4..length) else { break };
        match kind {
            DESTINATION => address = <[u8; 4]>::try_from(value).ok().map(Ipv4Addr::from),
            CARD => card = value.try_into().ok(),
            _ => {}
        }
        rest = rest.get(length.next_multiple_of(4)..).unwrap_or_default();
    }
    Some(Answered { interface, address: address?, card: card? })
}

fn number(bytes: &[u8], at: usize) -> Option<u32> {
    let field = bytes.get(at..)?.first_chunk()?;
    Some(u32::from_ne_bytes(*field))
}

fn short(bytes: &[u8], at: usize) -> Option<u16> {
    let field = bytes.get(at..)?.first_chunk()?;
    Some(u16::from_ne_bytes(*field))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use proptest::proptest;

    use super::{Answered, Tell, read, write};

    const ADDRESS: Ipv4Addr = Ipv4Addr::new(10, 0, 0, 7);

    #[test]
    fn who_has_an_address_is_read_as_it_was_written() {
        let card = [2, 0, 0, 0, 0, 9];
        let mut bytes = write(3, ADDRESS, Tell::Has(card));
        assert_eq!(bytes.len(), 28 + 8 + 12);
        bytes.extend(write(3, ADDRESS, Tell::Ask));
        bytes.extend(write(4, ADDRESS, Tell::Has(card)));
        let answered = |interface| Answered { interface, address: ADDRESS, card };
        assert_eq!(read(&bytes), [answered(3), answered(4)], "nobody has answered what is asked");
    }

    proptest! {
        #[test]
        fn whatever_comes_is_read_to_its_end(bytes: Vec<u8>, cut in 0_usize..60) {
            read(&bytes);
            let mut whole = write(1, ADDRESS, Tell::Has([1; 6]));
            whole.truncate(cut);
            whole.extend(bytes);
            read(&whole);
        }
    }
}
