//! What is sent, made unreadable.

use hmac::Mac;

use super::derive::Keys;
use super::{CONTROL_HEADER, CONTROL_TAG, ENCRYPTED, Master, Suite};
use crate::rtp::{HEADER, Ssrc, header_length};

/// Packets of sound that one master may seal, and reports (RFC 3711, section 9.2).
const MOST_SOUND: u64 = 1 << 48;
const MOST_CONTROL: u32 = 1 << 31;

/// Seals what one source sends, its packets in order.
pub struct Sealer {
    suite: Suite,
    sound: Keys,
    control: Keys,
    /// The number of the last packet, with the wraps of its sequence above.
    last: Option<u64>,
    reports: u32,
}

impl Sealer {
    /// A sealer for one direction and one source: two sources under one master are safe only
    /// because their numbers differ.
    #[must_use]
    pub fn new(master: &Master, suite: Suite) -> Self {
        let (sound, control) = (Keys::of_sound(master), Keys::of_control(master));
        Self { suite, sound, control, last: None, reports: 0 }
    }

    /// Seals a packet of sound in place; `None` if it is no packet, or comes twice, which would
    /// use the same part of the key's stream twice, or if the keys are used up.
    #[must_use]
    pub fn seal(&mut self, mut packet: Vec<u8>) -> Option<Vec<u8>> {
        let length = header_length(&packet).ok()?;
        let fixed: &[u8; HEADER] = packet.first_chunk()?;
        let sequence = u64::from(u16::from_be_bytes([fixed[2], fixed[3]]));
        let ssrc = Ssrc(u32::from_be_bytes([fixed[8], fixed[9], fixed[10], fixed[11]]));
        let index = match self.last {
            None => sequence,
            Some(last) => {
                let same_wrap = last & !0xffff | sequence;
                if same_wrap > last { same_wrap } else { same_wrap + 0x1_0000 }
            }
        };
        // Half a wrap backwards is a packet that was sent before, not the next round.
        let backwards = self.last.is_some_and(|last| index - last > 0x8000);
        if backwards || index >= MOST_SOUND {
            return None;
        }
        self.last = Some(index);
        self.sound.apply(ssrc, index, packet.get_mut(length..)?);
        let wraps = u32::try_from(index >> 16).ok()?.to_be_bytes();
        let tag = self.sound.tag(&packet, &wraps).finalize().into_bytes();
        packet.extend(tag.iter().take(self.suite.tag()));
        Some(packet)
    }

    /// Seals a compound of reports in place; `None` if it is none, or if the keys are used up.
    #[must_use]
    pub fn seal_control(&mut self, mut packet: Vec<u8>) -> Option<Vec<u8>> {
        let head: &[u8; CONTROL_HEADER] = packet.first_chunk()?;
        let ssrc = Ssrc(u32::from_be_bytes([head[4], head[5], head[6], head[7]]));
        let index = self.reports;
        if index >= MOST_CONTROL {
            return None;
        }
        self.reports = index + 1;
        self.control.apply(ssrc, u64::from(index), packet.get_mut(CONTROL_HEADER..)?);
        packet.extend((index | ENCRYPTED).to_be_bytes());
        let tag = self.control.tag(&packet, &[]).finalize().into_bytes();
        packet.extend(tag.iter().take(CONTROL_TAG));
        Some(packet)
    }
}
