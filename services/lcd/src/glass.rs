//! The driver of the panel's two chips, over any `embedded-hal` I2C bus.
//!
//! ```text
//!   0x27 (or 0x3f)  PCF8574: P0 RS  P1 RW  P2 E  P3 light  P4-P7 D4-D7 -> HD44780
//!   0x20            PCF8574: P0-P5 up down left right ok back (low: down)   P6 lamp (low: on)
//! ```
//!
//! Our own and not one of the crates for this wiring: those write one letter in up to eight bus
//! messages with a pause behind each. Over a USB adapter a message costs a millisecond or more; here
//! a changed stretch of a row is one message, and only what has changed is written. A byte on the
//! bus takes longer (22 us even at 400 kHz, two for each half letter) than the HD44780 needs for a
//! letter (37 us), so that no pause is needed but at the start.
//!
//! The glass cannot be trusted to show what was written: a spike on the wires loses half a letter,
//! and all that follows is garbled. [`Glass::heal`] sets up and writes everything anew.

use embedded_hal::delay::DelayNs;
use embedded_hal::i2c::I2c;

use crate::keypad::Keys;
use crate::rom;
use crate::screen::{Screen, Size};

/// Where the HD44780's chip can be: PCF8574 and PCF8574A with all address pins open.
pub(crate) const GLASS_ADDRESSES: [u8; 2] = [0x27, 0x3f];
/// Where the keys' chip is.
pub(crate) const KEYS_ADDRESS: u8 = 0x20;

const RS: u8 = 0x01;
const E: u8 = 0x04;
const LIGHT: u8 = 0x08;
/// The keys' chip: six inputs and an unused pin high, the lamp's pin high for off.
const LAMP_OFF: u8 = 0xff;
const LAMP_ON: u8 = 0xbf;
/// The pin of the keys' chip that nothing hangs on.
const SPARE: u8 = 0x80;
/// So often the keys are looked at for one reading.
const LOOKS: usize = 3;

// Instructions of the HD44780 (data sheet, table 6).
/// Undoes a shift of the picture, too, which a garbled byte may have ordered.
const RETURN_HOME: u8 = 0x02;
const ENTRY_RIGHTWARDS: u8 = 0x06;
const DISPLAY_ON: u8 = 0x0c;
const BLINKING_CURSOR: u8 = 0x03;
const FOUR_BITS_TWO_LINES: u8 = 0x28;
const PICTURE_MEMORY: u8 = 0x40;
const LETTER_MEMORY: u8 = 0x80;
/// Where each row begins in the memory; four rows are two long ones cut in half.
const ROWS: [u8; 4] = [0x00, 0x40, 0x14, 0x54];

/// The waits of the set-up by instruction (data sheet, figure 24).
const AFTER_FIRST_US: u32 = 4_500;
const AFTER_NEXT_US: u32 = 150;
/// The return home takes 1.52 ms, and longer where the chip's clock is slow (data sheet, table 6).
const AFTER_HOME_US: u32 = 2_200;

/// The glass with what it shows, as far as we know.
pub(crate) struct Glass {
    address: u8,
    size: Size,
    /// Codes in the cells; unknown where we have not written since the last set-up.
    cells: Vec<Vec<Option<u8>>>,
    cursor: Option<Option<(usize, usize)>>,
    light: Option<bool>,
    lamp: Option<bool>,
}

impl Glass {
    /// Sets up the glass that answers at one of the addresses.
    ///
    /// # Errors
    /// The bus's, when none answers.
    pub(crate) fn find<B: I2c>(
        bus: &mut B,
        delay: &mut impl DelayNs,
        size: Size,
    ) -> Result<Self, B::Error> {
        let [first, second] = GLASS_ADDRESSES;
        let address = match bus.write(first, &[LIGHT]) {
            Ok(()) => first,
            Err(_) => bus.write(second, &[LIGHT]).map(|()| second)?,
        };
        let mut glass =
            Self { address, size, cells: Vec::new(), cursor: None, light: None, lamp: None };
        glass.set_up(bus, delay, true)?;
        Ok(glass)
    }

    /// Shows a picture: writes what is not there yet.
    ///
    /// # Errors
    /// The bus's; what the glass shows is then unknown.
    pub(crate) fn show<B: I2c>(&mut self, bus: &mut B, screen: &Screen) -> Result<(), B::Error> {
        let mut dirty = false;
        for (row, letters) in screen.rows().take(self.size.rows).enumerate() {
            let codes: Vec<u8> = letters.iter().map(|c| rom::code(*c).unwrap_or(b'?')).collect();
            dirty |= self.write_row(bus, row, &codes, screen.light)?;
        }
        if dirty || self.cursor != Some(screen.cursor) {
            self.put_cursor(bus, screen)?;
        }
        if self.light != Some(screen.light) {
            bus.write(self.address, &[if screen.light { LIGHT } else { 0 }])?;
            self.light = Some(screen.light);
        }
        Ok(())
    }

    /// Switches the alarm lamp.
    ///
    /// # Errors
    /// The bus's: a panel may have no keys and no lamp.
    pub(crate) fn set_lamp<B: I2c>(&mut self, bus: &mut B, on: bool) -> Result<(), B::Error> {
        if self.lamp != Some(on) {
            bus.write(KEYS_ADDRESS, &[if on { LAMP_ON } else { LAMP_OFF }])?;
            self.lamp = Some(on);
        }
        Ok(())
    }

    /// Which keys are down; nothing if the wires carry rubbish. The chip looks at its pins anew for
    /// every byte of a message, so a garbled byte differs from its neighbours, and the spare pin is
    /// always high.
    ///
    /// # Errors
    /// The bus's.
    pub(crate) fn keys<B: I2c>(bus: &mut B) -> Result<Option<Keys>, B::Error> {
        let mut looks = [0; LOOKS];
        bus.read(KEYS_ADDRESS, &mut looks)?;
        let pins = looks[0];
        let is_sound = looks.iter().all(|look| *look == pins) && pins & SPARE != 0;
        Ok(is_sound.then(|| Keys::from_pins(pins)))
    }

    /// The lamp may have lost its state.
    pub(crate) fn forget_lamp(&mut self) {
        self.lamp = None;
    }

    /// Does the glass answer?
    ///
    /// # Errors
    /// The bus's, when it does not.
    pub(crate) fn probe<B: I2c>(&self, bus: &mut B, screen: &Screen) -> Result<(), B::Error> {
        bus.write(self.address, &[if screen.light { LIGHT } else { 0 }])
    }

    /// Sets the glass up again without a flicker; the next [`Glass::show`] writes everything.
    ///
    /// # Errors
    /// The bus's.
    pub(crate) fn heal<B: I2c>(
        &mut self,
        bus: &mut B,
        delay: &mut impl DelayNs,
    ) -> Result<(), B::Error> {
        let light = self.light.unwrap_or(true);
        self.set_up(bus, delay, light)
    }

    /// Figure 24 of the data sheet: brings the chip to four bits whatever state it is in, even in
    /// the middle of a letter.
    fn set_up<B: I2c>(
        &mut self,
        bus: &mut B,
        delay: &mut impl DelayNs,
        light: bool,
    ) -> Result<(), B::Error> {
        self.cells = vec![vec![None; self.size.columns]; self.size.rows];
        (self.cursor, self.light, self.lamp) = (None, None, None);
        let base = if light { LIGHT } else { 0 };
        for wait in [AFTER_FIRST_US, AFTER_NEXT_US, AFTER_NEXT_US] {
            bus.write(self.address, &half(0x30, base))?;
            delay.delay_us(wait);
        }
        bus.write(self.address, &half(0x20, base))?;
        delay.delay_us(AFTER_NEXT_US);
        let mut message = Vec::new();
        for instruction in [FOUR_BITS_TWO_LINES, DISPLAY_ON, ENTRY_RIGHTWARDS] {
            message.extend(whole(instruction, base));
        }
        message.extend(whole(RETURN_HOME, base));
        bus.write(self.address, &message)?;
        delay.delay_us(AFTER_HOME_US);
        for (at, (_, rows)) in (0_u8..).zip(&rom::PICTURES) {
            let mut message = whole(PICTURE_MEMORY | (at * 8), base).to_vec();
            message.extend(rows.iter().flat_map(|row| whole(*row, base | RS)));
            bus.write(self.address, &message)?;
        }
        Ok(())
    }

    /// Writes the stretch of a row from the first to the last change; was there any?
    fn write_row<B: I2c>(
        &mut self,
        bus: &mut B,
        row: usize,
        codes: &[u8],
        light: bool,
    ) -> Result<bool, B::Error> {
        let shown = &mut self.cells[row];
        let differs = |column: &usize| shown[*column] != Some(codes[*column]);
        let columns = codes.len().min(shown.len());
        let Some(first) = (0..columns).find(differs) else { return Ok(false) };
        let last = (first..columns).rfind(differs).unwrap_or(first);
        let base = if light { LIGHT } else { 0 };
        let place = ROWS[row] + u8::try_from(first).expect("a row has at most 20 columns");
        let mut message = whole(LETTER_MEMORY | place, base).to_vec();
        message.extend(codes[first..=last].iter().flat_map(|code| whole(*code, base | RS)));
        // Should the message break off, nobody knows what is there.
        shown[first..=last].fill(None);
        bus.write(self.address, &message)?;
        for (cell, code) in shown[first..=last].iter_mut().zip(&codes[first..=last]) {
            *cell = Some(*code);
        }
        Ok(true)
    }

    /// The cursor stands where the next letter would be written.
    fn put_cursor<B: I2c>(&mut self, bus: &mut B, screen: &Screen) -> Result<(), B::Error> {
        let base = if screen.light { LIGHT } else { 0 };
        let message = match screen.cursor {
            None => whole(DISPLAY_ON, base).to_vec(),
            Some((row, column)) => {
                let column = u8::try_from(column).unwrap_or(0);
                let place = ROWS.get(row).map_or(0, |start| start + column);
                let on = whole(DISPLAY_ON | BLINKING_CURSOR, base);
                [on, whole(LETTER_MEMORY | place, base)].concat()
            }
        };
        self.cursor = None;
        bus.write(self.address, &message)?;
        self.cursor = Some(screen.cursor);
        Ok(())
    }
}

/// Four bits: E high with the data, then low, which takes them over.
fn half(bits: u8, control: u8) -> [u8; 2] {
    let pins = (bits & 0xf0) | control;
    [pins | E, pins]
}

/// Eight bits as two halves, the high one first.
fn whole(byte: u8, control: u8) -> [u8; 4] {
    let ([a, b], [c, d]) = (half(byte, control), half(byte << 4, control));
    [a, b, c, d]
}
