//! The I2C bus of the front panel, in this process: the display's expander at 0x27, the keys'
//! at 0x20, and nobody else. A test wraps it in the trait that a driver wants.

mod fault;
#[cfg(test)]
mod tests;

pub use fault::Fault;
use fault::Garbler;

use crate::hd44780::{Hd44780, Pins};
use crate::keys::Keys;
use crate::pcf8574::Pcf8574;
use crate::picture::{Glass, Picture};

/// The address of the display.
pub const LCD: u8 = 0x27;
/// The address of the keys.
pub const KEYS: u8 = 0x20;

/// Microseconds of a byte on a bus of 100 kHz: nine bits.
const BYTE: u32 = 90;
/// Microseconds between two messages through a USB adapter: a frame for the data, one for the
/// status.
const MESSAGE: u32 = 2000;

/// How the display's expander is wired: P0 RS, P1 RW, P2 E, P3 light, P4 to P7 DB4 to DB7.
const RS: u8 = 0x01;
const RW: u8 = 0x02;
const E: u8 = 0x04;
const LIGHT: u8 = 0x08;
/// The alarm lamp at the keys' expander, on when drawn down.
const LAMP: u8 = 0x40;

/// Nobody answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nobody answers at this address of the bus")]
pub struct Nack;

/// The bus with everything on it.
#[derive(Clone, Debug)]
pub struct Bus {
    glass: Glass,
    lcd: Hd44780,
    lcd_port: Pcf8574,
    keys_port: Pcf8574,
    /// The keys; the finger is outside.
    pub keys: Keys,
    garbler: Garbler,
    pause: u32,
}

impl Bus {
    /// A panel with this glass, just switched on.
    #[must_use]
    pub fn new(glass: Glass) -> Self {
        Self {
            glass,
            lcd: Hd44780::new(),
            lcd_port: Pcf8574::new(),
            keys_port: Pcf8574::new(),
            keys: Keys::default(),
            garbler: Garbler::default(),
            pause: MESSAGE,
        }
    }

    /// Breaks the bus, or mends it.
    pub fn set_fault(&mut self, fault: Fault) {
        self.garbler = Garbler::of(fault);
    }

    /// How long a pause there is between two messages, in microseconds; 2000 as through a USB
    /// adapter, unless said otherwise. A message that follows within the 1.52 ms of a clear is
    /// lost.
    pub fn set_pause(&mut self, microseconds: u32) {
        self.pause = microseconds;
    }

    /// Lets time pass, as a driver that waits does.
    pub fn pass(&mut self, microseconds: u32) {
        self.lcd.pass(microseconds);
        self.keys.pass(microseconds);
    }

    /// Power off and on: the controller and the ports forget everything.
    pub fn restart(&mut self) {
        self.lcd = Hd44780::new();
        self.lcd_port = Pcf8574::new();
        self.keys_port = Pcf8574::new();
        self.keys.rest();
    }

    /// A message to an address.
    ///
    /// # Errors
    /// Nobody is there.
    pub fn write(&mut self, address: u8, bytes: &[u8]) -> Result<(), Nack> {
        self.pass(self.pause);
        self.garbler.answers()?;
        match address {
            LCD => {
                for byte in bytes {
                    self.pass(BYTE);
                    let byte = self.garbler.change(*byte);
                    self.lcd_port.write(byte);
                    self.lcd.drive(pins(byte));
                }
            }
            KEYS => {
                for byte in bytes {
                    let byte = self.garbler.change(*byte);
                    self.keys_port.write(byte);
                }
            }
            _ => return Err(Nack),
        }
        Ok(())
    }

    /// A message from an address.
    ///
    /// # Errors
    /// Nobody is there.
    pub fn read(&mut self, address: u8, bytes: &mut [u8]) -> Result<(), Nack> {
        self.pass(self.pause);
        self.garbler.answers()?;
        if !matches!(address, LCD | KEYS) {
            return Err(Nack);
        }
        // A message is one look: the finger does not move within it.
        let pins = if address == KEYS { self.keys.look() } else { 0xff };
        for byte in bytes {
            self.pass(BYTE);
            let outside = if address == LCD {
                self.lcd_port.read(self.lcd.output().map_or(0xff, |data| data | 0x0f))
            } else {
                self.keys_port.read(pins)
            };
            *byte = self.garbler.change(outside);
        }
        Ok(())
    }

    /// What a person sees.
    #[must_use]
    pub fn picture(&self) -> Picture {
        let light = self.lcd_port.latch() & LIGHT != 0;
        let alarm = self.keys_port.latch() & LAMP == 0;
        Picture::of(&self.lcd, self.glass, light, alarm, self.keys.down())
    }
}

/// The pins that a byte sets; DB0 to DB3 are not wired and drawn up.
fn pins(byte: u8) -> Pins {
    Pins { rs: byte & RS != 0, rw: byte & RW != 0, e: byte & E != 0, data: byte | 0x0f }
}
