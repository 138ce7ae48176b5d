//! Six keys: which are down, and what was pressed. Contacts bounce, so that a change counts when it
//! has lasted; a key that stays down repeats.
//!
//! ```text
//!             other contacts             same for 30 ms
//!   settled ----------------> unsettled ---------------> settled: keys go down and up
//!      a key down: press ... 500 ms ... press again ... 120 ms ... press again ... until it is up
//! ```

use machine::{Moment, Span};

/// Longer than contacts bounce, shorter than anybody presses.
const SETTLE: Span = Span::from_millis(30);
const FIRST_REPEAT: Span = Span::from_millis(500);
const NEXT_REPEAT: Span = Span::from_millis(120);

/// A key of the panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Key {
    /// Upwards; a larger digit.
    Up,
    /// Downwards; a smaller digit.
    Down,
    /// The page before; the digit before.
    Left,
    /// The next page; the next digit.
    Right,
    /// Yes, go on, explain.
    Ok,
    /// Out of here, no.
    Back,
}

impl Key {
    /// All six, in the order of the chip's pins.
    pub const ALL: [Self; 6] =
        [Self::Up, Self::Down, Self::Left, Self::Right, Self::Ok, Self::Back];
}

/// The keys that are down.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Keys(u8);

impl Keys {
    /// None.
    pub const NONE: Self = Self(0);

    /// As the chip's pins say: a key that is down pulls its pin low.
    #[must_use]
    pub const fn from_pins(pins: u8) -> Self {
        Self(!pins & 0x3f)
    }

    /// One key alone.
    #[must_use]
    pub fn one(key: Key) -> Self {
        Self(1 << (key as u8))
    }

    /// Is it down?
    #[must_use]
    pub fn has(self, key: Key) -> bool {
        self.0 & Self::one(key).0 != 0
    }
}

/// What a person did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Stroke {
    /// A key went down.
    Press(Key),
    /// It is still down.
    Again(Key),
    /// It is up.
    Release(Key),
}

/// The keys over time.
#[derive(Debug, Default)]
pub(crate) struct Keypad {
    /// The contacts as last told, until they have settled.
    unsettled: Option<(Keys, Moment)>,
    down: Keys,
    /// The key that repeats, and when.
    repeating: Option<(Key, Moment)>,
}

impl Keypad {
    /// Takes in how the contacts are.
    pub(crate) fn tell(&mut self, keys: Keys, now: Moment) {
        match self.unsettled {
            _ if keys == self.down => self.unsettled = None,
            Some((told, _)) if told == keys => {}
            Some(_) | None => self.unsettled = Some((keys, now + SETTLE)),
        }
    }

    /// What has become of it by now, in order.
    pub(crate) fn strokes(&mut self, now: Moment) -> Vec<Stroke> {
        let mut strokes = Vec::new();
        if let Some((keys, at)) = self.unsettled
            && at <= now
        {
            self.unsettled = None;
            self.settle(keys, now, &mut strokes);
        }
        if let Some((key, at)) = self.repeating
            && at <= now
        {
            strokes.push(Stroke::Again(key));
            self.repeating = Some((key, now + NEXT_REPEAT));
        }
        strokes
    }

    fn settle(&mut self, keys: Keys, now: Moment, strokes: &mut Vec<Stroke>) {
        let before = std::mem::replace(&mut self.down, keys);
        for key in Key::ALL {
            match (before.has(key), keys.has(key)) {
                (true, false) => {
                    if self.repeating.is_some_and(|(repeating, _)| repeating == key) {
                        self.repeating = None;
                    }
                    strokes.push(Stroke::Release(key));
                }
                (false, true) => {
                    self.repeating = Some((key, now + FIRST_REPEAT));
                    strokes.push(Stroke::Press(key));
                }
                (true, true) | (false, false) => {}
            }
        }
    }

    /// When there is something to say by itself.
    pub(crate) fn deadline(&self) -> Option<Moment> {
        let settled = self.unsettled.map(|(_, at)| at);
        let repeat = self.repeating.map(|(_, at)| at);
        settled.into_iter().chain(repeat).min()
    }
}

#[cfg(test)]
mod tests {
    use machine::Moment;

    use super::{Key, Keypad, Keys, Stroke};

    fn at(millis: u64) -> Moment {
        Moment::from_millis(millis)
    }

    #[test]
    fn a_bouncing_contact_is_one_press() {
        let mut keypad = Keypad::default();
        for (time, keys) in [(0, Keys::one(Key::Ok)), (5, Keys::NONE), (9, Keys::one(Key::Ok))] {
            keypad.tell(keys, at(time));
            assert_eq!(keypad.strokes(at(time)), []);
        }
        assert_eq!(keypad.deadline(), Some(at(39)));
        assert_eq!(keypad.strokes(at(39)), [Stroke::Press(Key::Ok)]);
        keypad.tell(Keys::NONE, at(100));
        assert_eq!(keypad.strokes(at(130)), [Stroke::Release(Key::Ok)]);
        assert_eq!(keypad.deadline(), None);
    }

    #[test]
    fn a_spike_is_no_press() {
        let mut keypad = Keypad::default();
        keypad.tell(Keys::one(Key::Back), at(0));
        keypad.tell(Keys::NONE, at(20));
        assert_eq!((keypad.deadline(), keypad.strokes(at(99))), (None, vec![]));
    }

    #[test]
    fn a_key_that_stays_down_repeats_after_half_a_second() {
        let mut keypad = Keypad::default();
        keypad.tell(Keys::one(Key::Up), at(0));
        assert_eq!(keypad.strokes(at(30)), [Stroke::Press(Key::Up)]);
        assert_eq!(keypad.strokes(at(529)), []);
        assert_eq!(keypad.strokes(at(530)), [Stroke::Again(Key::Up)]);
        assert_eq!(keypad.strokes(at(649)), []);
        assert_eq!(keypad.strokes(at(650)), [Stroke::Again(Key::Up)]);
    }

    #[test]
    fn pins_are_active_low_and_in_order() {
        assert_eq!(Keys::from_pins(0xff), Keys::NONE);
        for (pin, key) in Key::ALL.into_iter().enumerate() {
            assert_eq!(Keys::from_pins(!(1 << pin)), Keys::one(key));
        }
        assert_eq!(Keys::from_pins(0x3f), Keys::NONE, "lamp and spare pin are no keys");
    }
}
