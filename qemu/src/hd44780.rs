//! The display controller Hitachi HD44780U (data sheet ADE-207-272) as a state machine: pins in,
//! what the glass shows out. It knows neither I2C nor a clock: time passes when it is told.
//!
//! ```text
//! power on -> 8-bit --function set DL=0--> 4-bit, high half next <-> low half next
//! ```
//!
//! What a driver does wrong is no error here: as on real glass it becomes garbage, or nothing.

mod font;
mod memory;
mod rom;
#[cfg(test)]
mod tests;

use memory::Memory;

pub use font::{Dots, dots};
pub use memory::{CGRAM, DDRAM};
pub use rom::unicode;

/// Microseconds that clear and home take (table 6).
const SLOW: u32 = 1520;
/// Microseconds that everything else takes.
const QUICK: u32 = 37;

/// The pins as the outside drives them.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Pins {
    /// Register select: data, or instruction.
    pub rs: bool,
    /// Read, or write.
    pub rw: bool,
    /// Enable: the falling edge is the deed.
    pub e: bool,
    /// DB7 to DB0. Where only DB7 to DB4 are wired, the others are drawn up inside.
    pub data: u8,
}

/// The first half of a byte on a bus of four bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Half {
    Written(u8),
    Read(u8),
}

/// The controller.
#[derive(Clone, Debug)]
pub struct Hd44780 {
    memory: Memory,
    four_bit: bool,
    half: Option<Half>,
    pins: Pins,
    answer: u8,
    busy: u32,
    display: bool,
    cursor: bool,
    blink: bool,
    /// The cursor goes right.
    forward: bool,
    /// Each character written moves the glass instead.
    follow: bool,
}

impl Default for Hd44780 {
    fn default() -> Self {
        Self::new()
    }
}

impl Hd44780 {
    /// A controller after its own reset at power on.
    #[must_use]
    pub fn new() -> Self {
        Self {
            memory: Memory::new(),
            four_bit: false,
            half: None,
            pins: Pins::default(),
            answer: 0,
            busy: 0,
            display: false,
            cursor: false,
            blink: false,
            forward: true,
            follow: false,
        }
    }

    /// Lets time pass.
    pub fn pass(&mut self, microseconds: u32) {
        self.busy = self.busy.saturating_sub(microseconds);
    }

    /// Sets the pins from outside; edges of E are deeds.
    pub fn drive(&mut self, pins: Pins) {
        let before = self.pins;
        self.pins = pins;
        if !before.e && pins.e && pins.rw {
            self.answer = self.prepare(pins.rs);
        }
        // The pins count as they were while E was high.
        if before.e && !pins.e {
            if before.rw {
                self.was_read(before.rs);
            } else {
                self.was_written(before.rs, before.data);
            }
        }
    }

    /// What the chip itself puts on DB7 to DB0, if it does.
    #[must_use]
    pub fn output(&self) -> Option<u8> {
        (self.pins.e && self.pins.rw).then_some(self.answer)
    }

    fn prepare(&mut self, rs: bool) -> u8 {
        match self.half {
            Some(Half::Read(byte)) => byte << 4 | 0xf,
            Some(Half::Written(_)) | None if rs => self.memory.peek(),
            Some(Half::Written(_)) | None => u8::from(self.busy > 0) << 7 | self.memory.counter(),
        }
    }

    fn was_read(&mut self, rs: bool) {
        if self.four_bit && !matches!(self.half, Some(Half::Read(_))) {
            self.half = Some(Half::Read(self.answer));
            return;
        }
        self.half = None;
        if rs && self.busy == 0 {
            self.memory.step(self.forward);
            self.busy = QUICK;
        }
    }

    fn was_written(&mut self, rs: bool, data: u8) {
        if !self.four_bit {
            self.execute(rs, data);
        } else if let Some(Half::Written(high)) = self.half {
            self.half = None;
            self.execute(rs, high | data >> 4);
        } else {
            self.half = Some(Half::Written(data & 0xf0));
        }
    }

    /// A byte that comes while the chip is at work is lost.
    fn execute(&mut self, rs: bool, byte: u8) {
        if self.busy > 0 {
            return;
        }
        self.busy = QUICK;
        if rs {
            let shown = self.memory.store(byte, self.forward);
            if shown && self.follow {
                self.memory.shift(self.forward);
            }
        } else {
            self.instruction(byte);
        }
    }

    fn instruction(&mut self, byte: u8) {
        match byte.leading_zeros() {
            0 => self.memory.show_at(byte & 0x7f),
            1 => self.memory.draw_at(byte & 0x3f),
            2 => {
                let four_bit = byte & 0x10 == 0;
                if four_bit != self.four_bit {
                    self.half = None;
                }
                self.four_bit = four_bit;
                self.memory.set_two_lines(byte & 0x08 != 0);
            }
            3 => match (byte & 0x08 != 0, byte & 0x04 != 0) {
                (true, right) => self.memory.shift(!right),
                (false, right) => self.memory.step(right),
            },
            4 => {
                self.display = byte & 0x04 != 0;
                self.cursor = byte & 0x02 != 0;
                self.blink = byte & 0x01 != 0;
            }
            5 => {
                self.forward = byte & 0x02 != 0;
                self.follow = byte & 0x01 != 0;
            }
            6 => {
                self.memory.home();
                self.busy = SLOW;
            }
            7 => {
                self.memory.clear();
                self.forward = true;
                self.busy = SLOW;
            }
            _ => {}
        }
    }

    /// Is the display on?
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.display
    }

    /// Two lines of forty, or (as after power on) one of eighty?
    #[must_use]
    pub fn has_two_lines(&self) -> bool {
        self.memory.has_two_lines()
    }

    /// Is it still at work?
    #[must_use]
    pub fn is_busy(&self) -> bool {
        self.busy > 0
    }

    /// The character code at a place of the glass: line 0 or 1, column from its left edge.
    #[must_use]
    pub fn code_at(&self, line: u8, column: u8) -> u8 {
        self.memory.at(line, column)
    }

    /// The eight rows of a character of one's own, five dots each.
    #[must_use]
    pub fn own_glyph(&self, code: u8) -> Dots {
        self.memory.glyph(code)
    }

    /// Where the cursor is on the glass (line, column) if it can be seen at all, and whether it
    /// is the underscore and whether the block blinks.
    #[must_use]
    pub fn cursor(&self) -> Option<(u8, u8, bool, bool)> {
        let (line, column) = self.memory.cursor()?;
        (self.display && (self.cursor || self.blink)).then_some((
            line,
            column,
            self.cursor,
            self.blink,
        ))
    }
}
