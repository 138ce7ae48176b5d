//! A panel that is there, over time: the picture onto the glass, the lamp, the keys, and setting up
//! anew now and then. Over any I2C bus, told the time; who owns bus and clock is in `shell`.

use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;
use machine::{Moment, Span};

use crate::glass::Glass;
use crate::keypad::Keys;
use crate::screen::{Screen, Size};

/// What a spike on the wires has garbled is right again after so long.
const HEALS: Span = Span::from_millis(10_000);
/// A panel may have no keys, or lose their wires: they are looked for again after so long.
const KEYS_AGAIN: Span = Span::from_millis(2_000);
/// Keys are read so often, so that none is missed and none feels slow.
const READS: Span = Span::from_millis(20);
/// Where a read takes long (an emulated machine), or nobody looks.
const READS_SELDOM: Span = Span::from_millis(50);
/// A read that takes so long is a slow one.
const SLOW: Span = Span::from_millis(5);

/// A panel that answers.
pub struct Front {
    glass: Glass,
    heals_at: Moment,
    keys: Keys,
    /// None while they do not answer, then when to look again.
    keys_away_until: Option<Moment>,
    reads_every: Span,
}

impl Front {
    /// Finds a panel on a bus and sets it up.
    ///
    /// # Errors
    /// The bus's: there is none.
    pub fn find<B: I2c>(
        bus: &mut B,
        delay: &mut impl DelayNs,
        size: Size,
        now: Moment,
    ) -> Result<Self, B::Error> {
        let glass = Glass::find(bus, delay, size)?;
        Ok(Self {
            glass,
            heals_at: now + HEALS,
            keys: Keys::NONE,
            keys_away_until: None,
            reads_every: READS,
        })
    }

    /// Shows a picture and reads the keys; tells them when they have changed.
    ///
    /// # Errors
    /// The bus's: the panel is gone.
    pub fn tend<B: I2c>(
        &mut self,
        bus: &mut B,
        delay: &mut impl DelayNs,
        screen: &Screen,
        clock: impl Fn() -> Moment,
    ) -> Result<Option<Keys>, B::Error> {
        let now = clock();
        if self.heals_at <= now {
            self.glass.heal(bus, delay)?;
            self.heals_at = now + HEALS;
        }
        self.glass.show(bus, screen)?;
        let keys = self.read(bus, screen, clock)?;
        let changed = keys != self.keys;
        self.keys = keys;
        Ok(changed.then_some(keys))
    }

    /// How long until it should be tended again.
    #[must_use]
    pub fn pause(&self) -> Span {
        self.reads_every
    }

    fn read<B: I2c>(
        &mut self,
        bus: &mut B,
        screen: &Screen,
        clock: impl Fn() -> Moment,
    ) -> Result<Keys, B::Error> {
        let before = clock();
        if self.keys_away_until.is_some_and(|until| before < until) {
            return Ok(Keys::NONE);
        }
        let lamp = self.glass.set_lamp(bus, screen.lamp);
        let keys = lamp.and_then(|()| Glass::keys(bus));
        let after = clock();
        let is_seldom = after.since(before) >= SLOW || !screen.light;
        self.reads_every = if is_seldom { READS_SELDOM } else { READS };
        match keys {
            Ok(keys) => {
                self.keys_away_until = None;
                Ok(keys.unwrap_or(self.keys))
            }
            Err(_) => {
                // Is it the keys alone, or everything?
                self.glass.probe(bus, screen)?;
                self.glass.forget_lamp();
                self.keys_away_until = Some(after + KEYS_AGAIN);
                Ok(Keys::NONE)
            }
        }
    }
}

#[cfg(test)]
mod tests;
