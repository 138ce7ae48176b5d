//! The controller's memories: 80 bytes of text, 64 bytes of glyphs, the counter that points into
//! one of them, and how far the glass is shifted over the text.

use super::Dots;

/// Bytes of text.
pub const DDRAM: usize = 80;
/// Bytes of glyphs: eight of eight.
pub const CGRAM: usize = 64;

/// Columns of a line of two.
const LINE: u8 = 40;
/// Where the second line starts.
const SECOND: u8 = 0x40;

#[derive(Clone, Debug)]
pub(super) struct Memory {
    text: [u8; DDRAM],
    glyphs: [u8; CGRAM],
    place: Place,
    two_lines: bool,
    /// Columns that the glass has moved to the right over the text.
    offset: u8,
}

/// Where the next byte goes: a cell of the text from 0 to 79, or a byte of the glyphs.
#[derive(Clone, Copy, Debug)]
enum Place {
    Text(u8),
    Glyphs(u8),
}

impl Memory {
    pub(super) fn new() -> Self {
        Self {
            text: [b' '; DDRAM],
            glyphs: [0; CGRAM],
            place: Place::Text(0),
            two_lines: false,
            offset: 0,
        }
    }

    pub(super) fn clear(&mut self) {
        self.text = [b' '; DDRAM];
        self.home();
    }

    pub(super) fn home(&mut self) {
        self.place = Place::Text(0);
        self.offset = 0;
    }

    pub(super) fn set_two_lines(&mut self, two_lines: bool) {
        self.two_lines = two_lines;
        self.offset %= self.length();
    }

    pub(super) fn has_two_lines(&self) -> bool {
        self.two_lines
    }

    /// The next byte is text at this address; addresses that are not there lie on the others.
    pub(super) fn show_at(&mut self, address: u8) {
        let cell = if self.two_lines {
            u8::from(address & SECOND != 0) * LINE + (address & 0x3f) % LINE
        } else {
            address % (2 * LINE)
        };
        self.place = Place::Text(cell);
    }

    /// The next byte is part of a glyph.
    pub(super) fn draw_at(&mut self, address: u8) {
        self.place = Place::Glyphs(address & 0x3f);
    }

    /// The counter as a driver reads it.
    pub(super) fn counter(&self) -> u8 {
        match self.place {
            Place::Text(cell) if self.two_lines && cell >= LINE => SECOND + cell - LINE,
            Place::Text(cell) => cell,
            Place::Glyphs(address) => address,
        }
    }

    pub(super) fn peek(&self) -> u8 {
        match self.place {
            Place::Text(cell) => self.text[usize::from(cell)],
            Place::Glyphs(address) => self.glyphs[usize::from(address)],
        }
    }

    /// Stores a byte and goes on; says whether it was text.
    pub(super) fn store(&mut self, byte: u8, forward: bool) -> bool {
        let shown = match self.place {
            Place::Text(cell) => {
                self.text[usize::from(cell)] = byte;
                true
            }
            Place::Glyphs(address) => {
                self.glyphs[usize::from(address)] = byte & 0x1f;
                false
            }
        };
        self.step(forward);
        shown
    }

    pub(super) fn step(&mut self, forward: bool) {
        let step = |at: u8, length: u8| (at + if forward { 1 } else { length - 1 }) % length;
        self.place = match self.place {
            Place::Text(cell) => Place::Text(step(cell, 2 * LINE)),
            Place::Glyphs(address) => Place::Glyphs(step(address, 64)),
        };
    }

    /// Moves the text to the left under the glass, or to the right.
    pub(super) fn shift(&mut self, left: bool) {
        let length = self.length();
        self.offset = (self.offset + if left { 1 } else { length - 1 }) % length;
    }

    fn length(&self) -> u8 {
        if self.two_lines { LINE } else { 2 * LINE }
    }

    pub(super) fn at(&self, line: u8, column: u8) -> u8 {
        if line > 0 && !self.two_lines {
            return b' ';
        }
        let length = u16::from(self.length());
        let column = (u16::from(column) + u16::from(self.offset)) % length;
        self.text[usize::from(u16::from(line.min(1)) * u16::from(LINE) + column)]
    }

    pub(super) fn glyph(&self, code: u8) -> Dots {
        let start = usize::from(code & 7) * 8;
        std::array::from_fn(|row| self.glyphs[start + row])
    }

    /// The line and the column on the glass of the cell that the counter points at.
    pub(super) fn cursor(&self) -> Option<(u8, u8)> {
        let Place::Text(cell) = self.place else { return None };
        let length = self.length();
        Some((cell / length, (cell % length + length - self.offset) % length))
    }
}
