//! From packets to digits.

use super::{Digit, Event};
use crate::rtp::{Packet, Ssrc};

/// A packet of the same key that begins this soon (30 ms) after the last one told it would go on
/// is the same press: a longer one is told in segments (RFC 4733, section 2.5.1.3), and there are
/// telephones that give each packet a timestamp of its own. Nobody presses a key twice that fast.
const SOON: u32 = 240;

/// What is known of the press that was told last.
#[derive(Clone, Copy, Debug)]
struct Press {
    ssrc: Ssrc,
    timestamp: u32,
    number: u8,
    duration: u16,
    is_over: bool,
}

/// Tells each press once: when the first of its packets comes, whichever that is. That its end
/// was lost is no matter, as the next press has another timestamp.
#[derive(Clone, Debug, Default)]
pub struct Receiver {
    last: Option<Press>,
}

impl Receiver {
    /// A packet of events has come; the digit, if it is a new one.
    pub fn heard(&mut self, packet: &Packet<'_>) -> Option<Digit> {
        let event = Event::parse(packet.payload)?;
        let press = Press {
            ssrc: packet.ssrc,
            timestamp: packet.timestamp,
            number: event.number,
            duration: event.duration,
            is_over: event.is_end,
        };
        let last = self.last.filter(|last| last.ssrc == packet.ssrc);
        let Some(last) = last else { return self.begins(press) };
        let ahead = packet.timestamp.wrapping_sub(last.timestamp);
        if ahead == 0 && event.number == last.number {
            let duration = last.duration.max(event.duration);
            let is_over = last.is_over || event.is_end;
            self.last = Some(Press { duration, is_over, ..last });
            return None;
        }
        if ahead > u32::MAX / 2 {
            // An old press's packet, overtaken.
            return None;
        }
        let goes_on = event.number == last.number
            && !last.is_over
            && !packet.is_marked
            && ahead <= u32::from(last.duration) + SOON;
        if goes_on {
            self.last = Some(press);
            return None;
        }
        self.begins(press)
    }

    fn begins(&mut self, press: Press) -> Option<Digit> {
        self.last = Some(press);
        Digit::from_number(press.number)
    }
}
