//! From digits to packets: one each 20 ms while the key is down, then its end three times, as
//! one of them will arrive (RFC 4733, section 2.5.1.4).

use std::collections::VecDeque;

use super::{Digit, Event};
use crate::codec::FRAME;

/// Digits that wait for their turn; nobody types ahead further.
pub const MOST_WAITING: usize = 32;
/// Frames for which a key is down: 100 ms, which every telephone system understands.
const DOWN: u16 = 5;
/// Packets that tell the end.
const ENDS: u16 = 3;
/// Frames between two keys, the ends' packets among them.
const APART: u16 = 5;
/// -10 dBm0, as people are used to.
const VOLUME: u8 = 10;

/// What is to be sent in the place of sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Step {
    /// The payload.
    pub event: Event,
    /// How many ticks before this frame's the event's timestamp is.
    pub before: u32,
    /// The first packet of an event is marked.
    pub is_first: bool,
}

/// Sends presses one after the other.
#[derive(Clone, Debug, Default)]
pub struct Sender {
    waiting: VecDeque<Digit>,
    /// The digit that is sent, and for how many frames it has been.
    current: Option<(Digit, u16)>,
}

impl Sender {
    /// Presses a key when those before it are done; `false` if too many are.
    pub fn press(&mut self, digit: Digit) -> bool {
        let has_room = self.waiting.len() < MOST_WAITING;
        if has_room {
            self.waiting.push_back(digit);
        }
        has_room
    }

    /// What this frame's packet is, if it tells of a key. To be called once for each frame.
    pub fn step(&mut self) -> Option<Step> {
        if self.current.is_none() {
            self.current = self.waiting.pop_front().map(|digit| (digit, 0));
        }
        let (digit, frame) = self.current?;
        let next = frame + 1;
        self.current = (next < DOWN + APART).then_some((digit, next));
        let ticks = FRAME as u16;
        if frame >= DOWN + ENDS - 1 {
            return None;
        }
        // The frame in which the key comes up is the first of those that tell the end.
        let is_end = next >= DOWN;
        let duration = next.min(DOWN) * ticks;
        let event = Event { number: digit.number(), is_end, volume: VOLUME, duration };
        Some(Step { event, before: u32::from(frame * ticks), is_first: frame == 0 })
    }

    /// Is nothing more to be sent?
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.current.is_none() && self.waiting.is_empty()
    }
}
