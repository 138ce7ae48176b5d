//! The expander PCF8574: eight pins that are written as one byte and read as one. A pin is
//! quasi-bidirectional: a written 1 is only a weak pull-up, which anything outside draws down.

/// One expander.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pcf8574 {
    latch: u8,
}

impl Default for Pcf8574 {
    fn default() -> Self {
        Self::new()
    }
}

impl Pcf8574 {
    /// After power on every pin is a weak 1.
    #[must_use]
    pub const fn new() -> Self {
        Self { latch: 0xff }
    }

    /// Takes a byte from the bus.
    pub fn write(&mut self, byte: u8) {
        self.latch = byte;
    }

    /// The pins as they are, while the outside draws the zeros of `outside` down.
    #[must_use]
    pub const fn read(&self, outside: u8) -> u8 {
        self.latch & outside
    }

    /// What was written last.
    #[must_use]
    pub const fn latch(&self) -> u8 {
        self.latch
    }
}

#[cfg(test)]
mod tests {
    use super::Pcf8574;

    #[test]
    fn a_pin_that_is_drawn_down_reads_as_zero_whatever_was_written() {
        let mut port = Pcf8574::new();
        assert_eq!(port.read(0xfe), 0xfe);
        port.write(0x0f);
        assert_eq!((port.read(0xff), port.read(0xf0), port.latch()), (0x0f, 0x00, 0x0f));
    }
}
