//! Bytes to a packet: a total function, which trusts no length.

use super::{Extension, HEADER, Packet, PayloadType, Ssrc};

/// Why it is no packet.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// The header is not whole.
    #[error("{0} bytes are too short for an RTP header")]
    Short(usize),
    /// Another version than 2.
    #[error("RTP version {0}")]
    Version(u8),
    /// The contributors or the extension run over the end.
    #[error("the header runs over the end of the packet")]
    Overrun,
    /// The padding is longer than what there is, or has no length.
    #[error("{0} bytes of padding cannot be")]
    Padding(u8),
}

impl<'a> Packet<'a> {
    /// Reads a datagram.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Fault> {
        let length = header_length(bytes)?;
        let (head, rest) = bytes.split_at_checked(length).ok_or(Fault::Overrun)?;
        let fixed: &[u8; HEADER] = head.first_chunk().ok_or(Fault::Short(bytes.len()))?;
        let [flags, kind, s1, s0, t3, t2, t1, t0, i3, i2, i1, i0] = *fixed;
        let words = HEADER + 4 * usize::from(flags & 0x0f);
        let contributors = head.get(HEADER..words).ok_or(Fault::Overrun)?;
        let padding = if flags & 0x20 == 0 { 0 } else { padding(rest)? };
        let payload = rest.get(..rest.len() - usize::from(padding));
        Ok(Self {
            is_marked: kind & 0x80 != 0,
            payload_type: PayloadType(kind & 0x7f),
            sequence: u16::from_be_bytes([s1, s0]),
            timestamp: u32::from_be_bytes([t3, t2, t1, t0]),
            ssrc: Ssrc(u32::from_be_bytes([i3, i2, i1, i0])),
            contributors: contributors.chunks_exact(4).map(ssrc).collect(),
            extension: extension(head.get(words..).unwrap_or_default()),
            payload: payload.ok_or(Fault::Padding(padding))?,
            padding,
        })
    }
}

/// How many bytes stand before the payload: what SRTP leaves in the clear.
///
/// # Errors
/// What is wrong with the header.
pub fn header_length(bytes: &[u8]) -> Result<usize, Fault> {
    let fixed: &[u8; HEADER] = bytes.first_chunk().ok_or(Fault::Short(bytes.len()))?;
    let flags = fixed[0];
    if flags >> 6 != 2 {
        return Err(Fault::Version(flags >> 6));
    }
    let mut length = HEADER + 4 * usize::from(flags & 0x0f);
    if flags & 0x10 != 0 {
        let words = bytes.get(length + 2..length + 4).ok_or(Fault::Overrun)?;
        length += 4 + 4 * usize::from(u16::from_be_bytes([words[0], words[1]]));
    }
    if length > bytes.len() { Err(Fault::Overrun) } else { Ok(length) }
}

/// Does a datagram on a port of both kinds hold a report rather than sound (RFC 5761, section 4)?
#[must_use]
pub fn is_control(bytes: &[u8]) -> bool {
    matches!(bytes, [_, kind, ..] if (192..=223).contains(kind))
}

fn padding(rest: &[u8]) -> Result<u8, Fault> {
    let padding = rest.last().copied().unwrap_or(0);
    let fits = padding > 0 && usize::from(padding) <= rest.len();
    if fits { Ok(padding) } else { Err(Fault::Padding(padding)) }
}

fn ssrc(word: &[u8]) -> Ssrc {
    Ssrc(word.iter().fold(0, |all, byte| all << 8 | u32::from(*byte)))
}

/// What stands between the contributors and the payload.
fn extension(bytes: &[u8]) -> Option<Extension<'_>> {
    let [p1, p0, _, _, data @ ..] = bytes else { return None };
    Extension::new(u16::from_be_bytes([*p1, *p0]), data)
}
