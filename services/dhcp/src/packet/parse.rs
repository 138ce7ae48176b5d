//! Bytes to a message: a total function, which trusts no length.

use std::net::Ipv4Addr;

use super::{FIXED, Hardware, Op, Options, Packet};
use crate::code;

const COOKIE: [u8; 4] = [99, 130, 83, 99];
/// Where the fields begin that may hold options.
const SNAME: usize = 44;
const FILE: usize = 108;
const FILE_END: usize = 236;
/// The flag of a client that has to be answered by broadcast (RFC 2131, figure 2).
const BROADCAST: u16 = 0x8000;

/// Why it is no message.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The fixed part is not whole.
    #[error("{0} bytes are too short for a DHCP message")]
    Short(usize),
    /// Neither a request nor a reply.
    #[error("operation {0} is neither request nor reply")]
    Op(u8),
    /// The card's address does not fit its field.
    #[error("a hardware address of {0} bytes does not fit into 16")]
    HardwareLength(u8),
    /// The options do not begin with the magic cookie.
    #[error("no magic cookie: a BOOTP message of another vendor")]
    Cookie,
    /// An option is longer than the field that it is in.
    #[error("option {0} runs over the end of its field")]
    Overrun(u8),
}

impl Packet {
    /// Reads a datagram.
    ///
    /// # Errors
    /// What is wrong with it. A client that sends such a thing is not answered.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        let short = Fault::Short(bytes.len());
        let fixed: &[u8; FIXED] = bytes.first_chunk().ok_or(short)?;
        let op = match fixed[0] {
            1 => Op::Request,
            2 => Op::Reply,
            other => return Err(Fault::Op(other)),
        };
        let hardware = hardware(fixed)?;
        if fixed[FILE_END..] != COOKIE {
            return Err(Fault::Cookie);
        }
        let mut options = Options::new();
        walk(&bytes[FIXED..], &mut options)?;
        // One byte of flags: 1 the field `file`, 2 `sname`; `file` comes first (RFC 3396, section 5).
        let overload = options.remove(&code::OVERLOAD);
        let overload = overload.and_then(|value| value.first().copied()).unwrap_or(0);
        if overload & 1 != 0 {
            walk(&fixed[FILE..FILE_END], &mut options)?;
        }
        if overload & 2 != 0 {
            walk(&fixed[SNAME..FILE], &mut options)?;
        }
        let address =
            |at: usize| Ipv4Addr::new(fixed[at], fixed[at + 1], fixed[at + 2], fixed[at + 3]);
        Ok(Self {
            op,
            hops: fixed[3],
            xid: u32::from_be_bytes([fixed[4], fixed[5], fixed[6], fixed[7]]),
            secs: u16::from_be_bytes([fixed[8], fixed[9]]),
            is_broadcast: u16::from_be_bytes([fixed[10], fixed[11]]) & BROADCAST != 0,
            ciaddr: address(12),
            yiaddr: address(16),
            siaddr: address(20),
            giaddr: address(24),
            hardware,
            options,
        })
    }
}

fn hardware(fixed: &[u8; FIXED]) -> Result<Hardware, Fault> {
    let (kind, len) = (fixed[1], fixed[2]);
    let address = fixed[28..SNAME].get(..usize::from(len));
    address.and_then(|address| Hardware::new(kind, address)).ok_or(Fault::HardwareLength(len))
}

/// The options of one field. A code that comes again goes on where it was (RFC 3396, section 7).
fn walk(mut field: &[u8], options: &mut Options) -> Result<(), Fault> {
    loop {
        match field {
            [] | [code::END, ..] => return Ok(()),
            [code::PAD, rest @ ..] => field = rest,
            [code, len, rest @ ..] => {
                let (value, rest) =
                    rest.split_at_checked(usize::from(*len)).ok_or(Fault::Overrun(*code))?;
                options.entry(*code).or_default().extend_from_slice(value);
                field = rest;
            }
            [code] => return Err(Fault::Overrun(*code)),
        }
    }
}
