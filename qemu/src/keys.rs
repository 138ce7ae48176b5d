//! The six keys and how a finger moves them: a tap is held until the machine has looked often
//! enough to believe it, so that none is lost however slow the machine is.

use std::collections::VecDeque;
use std::fmt;
use std::str::FromStr;

/// Looks at a key before it changes again.
const LOOKS: u32 = 3;
/// And microseconds: more than a driver waits against bouncing, less than until it repeats.
const HELD: u32 = 70_000;
/// Taps that wait; more than anybody taps in advance.
const WAITING: usize = 64;

/// A key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Key {
    /// Bit 0.
    Up,
    /// Bit 1.
    Down,
    /// Bit 2.
    Left,
    /// Bit 3.
    Right,
    /// Bit 4.
    Ok,
    /// Bit 5.
    Back,
}

impl Key {
    /// All of them, in the order of their bits.
    pub const ALL: [Self; 6] =
        [Self::Up, Self::Down, Self::Left, Self::Right, Self::Ok, Self::Back];

    /// Its bit at the port.
    #[must_use]
    pub const fn bit(self) -> u8 {
        1 << self as u8
    }

    /// Its name.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Up => "up",
            Self::Down => "down",
            Self::Left => "left",
            Self::Right => "right",
            Self::Ok => "ok",
            Self::Back => "back",
        }
    }
}

impl fmt::Display for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// A word that names no key.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is no key; there are up, down, left, right, ok and back")]
pub struct NoKey(String);

impl FromStr for Key {
    type Err = NoKey;

    fn from_str(name: &str) -> Result<Self, NoKey> {
        let found = Self::ALL.into_iter().find(|key| key.name() == name);
        found.ok_or_else(|| NoKey(name.to_owned()))
    }
}

/// What the finger does next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Motion {
    Down(Key),
    Up(Key),
}

/// The keys behind the port.
#[derive(Clone, Debug, Default)]
pub struct Keys {
    down: u8,
    looks: u32,
    /// Microseconds since the last change.
    held: u32,
    /// Has any key ever moved?
    changed: bool,
    motions: VecDeque<Motion>,
}

impl Keys {
    /// Presses a key until it is released. False: too much waits, and it is not taken.
    pub fn press(&mut self, key: Key) -> bool {
        self.will(Motion::Down(key))
    }

    /// Lets go. The key goes up when the machine has seen it down.
    pub fn release(&mut self, key: Key) -> bool {
        self.will(Motion::Up(key))
    }

    /// Presses and lets go.
    pub fn tap(&mut self, key: Key) -> bool {
        self.motions.len() + 2 <= 2 * WAITING && self.press(key) && self.release(key)
    }

    fn will(&mut self, motion: Motion) -> bool {
        let fits = self.motions.len() < 2 * WAITING;
        if fits {
            self.motions.push_back(motion);
            self.go_on();
        }
        fits
    }

    /// Has the machine seen everything that the finger did?
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.motions.is_empty() && (!self.changed || self.is_believed())
    }

    fn is_believed(&self) -> bool {
        self.looks >= LOOKS && self.held >= HELD
    }

    /// Lets time pass.
    pub fn pass(&mut self, microseconds: u32) {
        self.held = self.held.saturating_add(microseconds);
    }

    /// The bits of keys that are down.
    #[must_use]
    pub fn down(&self) -> u8 {
        self.down
    }

    /// The machine looks: bits of keys that are down are zero.
    pub fn look(&mut self) -> u8 {
        let seen = !self.down;
        self.looks = self.looks.saturating_add(1);
        self.go_on();
        seen
    }

    /// A finger that nobody looks at is taken away.
    pub fn rest(&mut self) {
        *self = Self::default();
    }

    fn go_on(&mut self) {
        if self.changed && !self.is_believed() {
            return;
        }
        let Some(motion) = self.motions.pop_front() else { return };
        let before = self.down;
        match motion {
            Motion::Down(key) => self.down |= key.bit(),
            Motion::Up(key) => self.down &= !key.bit(),
        }
        if self.down != before {
            (self.looks, self.held, self.changed) = (0, 0, true);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Key, Keys, WAITING};

    /// The machine looks every 20 ms.
    fn look(keys: &mut Keys) -> u8 {
        keys.pass(20_000);
        !keys.look()
    }

    #[test]
    fn a_tap_is_held_until_it_was_seen_and_taps_do_not_run_together() {
        let mut keys = Keys::default();
        assert!(keys.tap(Key::Ok) && keys.tap(Key::Ok) && keys.tap(Key::Up));
        let mut seen = Vec::new();
        while !keys.is_idle() {
            let down = look(&mut keys);
            if seen.last() != Some(&down) {
                seen.push(down);
            }
        }
        assert_eq!(seen, [0x10, 0, 0x10, 0, 0x01, 0]);
        assert_eq!(look(&mut keys), 0);
    }

    #[test]
    fn a_key_that_is_held_stays_down() {
        let mut keys = Keys::default();
        keys.press(Key::Down);
        for _ in 0..100 {
            assert_eq!(look(&mut keys), Key::Down.bit());
        }
        keys.release(Key::Down);
        look(&mut keys);
        assert_eq!(keys.down(), 0);
    }

    #[test]
    fn two_keys_can_be_held_together() {
        let mut keys = Keys::default();
        keys.press(Key::Back);
        keys.press(Key::Ok);
        for _ in 0..5 {
            look(&mut keys);
        }
        assert_eq!(keys.down(), Key::Back.bit() | Key::Ok.bit());
    }

    #[test]
    fn nobody_looks_and_taps_are_bounded() {
        let mut keys = Keys::default();
        let taken = (0..1000).filter(|_| keys.tap(Key::Up)).count();
        assert!((WAITING..=WAITING + 1).contains(&taken), "{taken}");
        keys.rest();
        assert!(keys.is_idle());
    }

    #[test]
    fn names_are_read_back() {
        for key in Key::ALL {
            assert_eq!(key.name().parse(), Ok(key));
        }
        assert!("enter".parse::<Key>().is_err());
    }
}
