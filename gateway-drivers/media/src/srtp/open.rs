//! What comes, made readable again, if it is genuine and new.

use std::collections::BTreeMap;

use hmac::Mac;

use super::derive::Keys;
use super::replay::Replay;
use super::{CONTROL_HEADER, CONTROL_INDEX, CONTROL_TAG, ENCRYPTED, Master, Suite};
use crate::rtp::{self, HEADER, Ssrc, header_length};

/// Sources of one peer that are remembered. A telephone has one, and another after a restart;
/// what only the holder of the keys can make is no way to fill the memory.
const MOST_SOURCES: usize = 8;

/// Why a packet is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// It is shorter than a header with its tag.
    #[error("{0} bytes are too short")]
    Short(usize),
    /// It has no header of RTP.
    #[error(transparent)]
    Header(#[from] rtp::Fault),
    /// A report in the clear: allowed by the RFC, not by us.
    #[error("a report that is not encrypted")]
    Clear,
    /// It came before, or so late that nobody knows.
    #[error("a packet came twice or far too late")]
    Replayed,
    /// It was not made with the agreed keys, or was changed on the way.
    #[error("a packet is not genuine")]
    Forged,
    /// The peer changes its source again and again.
    #[error("more sources than are remembered")]
    Sources,
}

/// Opens what one peer sends.
pub struct Opener {
    suite: Suite,
    sound: Keys,
    control: Keys,
    heard: BTreeMap<Ssrc, Replay>,
    reported: BTreeMap<Ssrc, Replay>,
}

impl Opener {
    /// An opener for one direction.
    #[must_use]
    pub fn new(master: &Master, suite: Suite) -> Self {
        let (sound, control) = (Keys::of_sound(master), Keys::of_control(master));
        Self { suite, sound, control, heard: BTreeMap::new(), reported: BTreeMap::new() }
    }

    /// The packet of sound in the clear.
    ///
    /// # Errors
    /// Why it is not taken; nothing has changed then.
    pub fn open(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
        let short = Fault::Short(bytes.len());
        let end = bytes.len().checked_sub(self.suite.tag()).ok_or(short)?;
        let (packet, tag) = bytes.split_at_checked(end).ok_or(short)?;
        let length = header_length(packet)?;
        let fixed: &[u8; HEADER] = packet.first_chunk().ok_or(short)?;
        let sequence = u16::from_be_bytes([fixed[2], fixed[3]]);
        let ssrc = Ssrc(u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]));
        let replay = self.heard.get(&ssrc).copied().unwrap_or_default();
        let index =
            replay.newest().map_or(Some(u64::from(sequence)), |newest| estimated(newest, sequence));
        let index = index.filter(|index| replay.allows(*index)).ok_or(Fault::Replayed)?;
        let wraps = u32::try_from(index >> 16).map_err(|_| Fault::Replayed)?.to_be_bytes();
        let mac = self.sound.tag(packet, &wraps);
        mac.verify_truncated_left(tag).map_err(|_| Fault::Forged)?;
        remember(&mut self.heard, ssrc, index)?;
        let mut clear = packet.to_vec();
        self.sound.apply(ssrc, index, clear.get_mut(length..).ok_or(short)?);
        Ok(clear)
    }

    /// The compound of reports in the clear.
    ///
    /// # Errors
    /// Why it is not taken; nothing has changed then.
    pub fn open_control(&mut self, bytes: &[u8]) -> Result<Vec<u8>, Fault> {
        let short = Fault::Short(bytes.len());
        let end = bytes.len().checked_sub(CONTROL_TAG).ok_or(short)?;
        let (signed, tag) = bytes.split_at_checked(end).ok_or(short)?;
        let end = end.checked_sub(CONTROL_INDEX).filter(|end| *end >= CONTROL_HEADER);
        let (packet, index) = signed.split_at_checked(end.ok_or(short)?).ok_or(short)?;
        let number = u32::from_be_bytes(index.try_into().map_err(|_| short)?);
        let head: &[u8; CONTROL_HEADER] = packet.first_chunk().ok_or(short)?;
        let ssrc = Ssrc(u32::from_be_bytes([head[4], head[5], head[6], head[7]]));
        if number & ENCRYPTED == 0 {
            return Err(Fault::Clear);
        }
        let index = u64::from(number & !ENCRYPTED);
        let replay = self.reported.get(&ssrc).copied().unwrap_or_default();
        if !replay.allows(index) {
            return Err(Fault::Replayed);
        }
        let mac = self.control.tag(signed, &[]);
        mac.verify_truncated_left(tag).map_err(|_| Fault::Forged)?;
        remember(&mut self.reported, ssrc, index)?;
        let mut clear = packet.to_vec();
        self.control.apply(ssrc, index, clear.get_mut(CONTROL_HEADER..).ok_or(short)?);
        Ok(clear)
    }
}

fn remember(table: &mut BTreeMap<Ssrc, Replay>, ssrc: Ssrc, index: u64) -> Result<(), Fault> {
    if table.len() >= MOST_SOURCES && !table.contains_key(&ssrc) {
        return Err(Fault::Sources);
    }
    table.entry(ssrc).or_default().came(index);
    Ok(())
}

/// The number nearest to the newest one that ends in this sequence (RFC 3711, appendix A);
/// `None` if that lies before the first.
fn estimated(newest: u64, sequence: u16) -> Option<u64> {
    let ahead = sequence.wrapping_sub(newest as u16).cast_signed();
    newest.checked_add_signed(i64::from(ahead))
}
