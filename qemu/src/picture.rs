//! What a person sees of the panel at one moment.

use std::fmt;

use crate::hd44780::{Dots, Hd44780, dots, unicode};

/// How large the glass is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Glass {
    /// Characters of a row.
    pub columns: u8,
    /// Rows: one, two, or four (then each line of the controller makes two rows).
    pub rows: u8,
}

impl Glass {
    /// The usual large one.
    pub const G20X4: Self = Self { columns: 20, rows: 4 };
    /// The usual small one.
    pub const G16X2: Self = Self { columns: 16, rows: 2 };
}

/// One character of the glass.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cell {
    /// Its code in the controller.
    pub code: u8,
    /// Its character; U+E000 to U+E007 for the driver's own glyphs.
    pub character: char,
    /// Its dots; none for characters of the ROM that a view writes as text.
    pub dots: Option<Dots>,
}

/// The cursor.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Cursor {
    /// Row from the top.
    pub row: u8,
    /// Column from the left.
    pub column: u8,
    /// As an underscore.
    pub line: bool,
    /// As a blinking block.
    pub blink: bool,
}

/// The panel as it looks.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Picture {
    /// The glass.
    pub glass: Glass,
    /// Its characters, row by row.
    pub cells: Vec<Cell>,
    /// The cursor, if it can be seen.
    pub cursor: Option<Cursor>,
    /// Is the light behind the glass on?
    pub backlight: bool,
    /// Is the alarm lamp on?
    pub alarm: bool,
    /// Bits of the keys that are down.
    pub keys: u8,
}

impl Picture {
    pub(crate) fn of(lcd: &Hd44780, glass: Glass, backlight: bool, alarm: bool, keys: u8) -> Self {
        let places = (0..glass.rows).flat_map(|row| (0..glass.columns).map(move |at| (row, at)));
        let cells = places.map(|(row, column)| cell(lcd, glass, row, column)).collect();
        let cursor = lcd.cursor().and_then(|(line, at, underscore, blink)| {
            let row = line + 2 * (at / glass.columns);
            (row < glass.rows).then_some(Cursor {
                row,
                column: at % glass.columns,
                line: underscore,
                blink,
            })
        });
        Self { glass, cells, cursor, backlight, alarm, keys }
    }

    /// A panel without power.
    #[must_use]
    pub fn dark(glass: Glass) -> Self {
        let blank = Cell { code: b' ', character: ' ', dots: dots(b' ') };
        let cells = vec![blank; usize::from(glass.rows) * usize::from(glass.columns)];
        Self { glass, cells, cursor: None, backlight: false, alarm: false, keys: 0 }
    }

    /// The rows as text.
    #[must_use]
    pub fn rows(&self) -> Vec<String> {
        let rows = self.cells.chunks(usize::from(self.glass.columns.max(1)));
        rows.map(|row| row.iter().map(|cell| cell.character).collect()).collect()
    }

    /// Does a row hold this text?
    #[must_use]
    pub fn shows(&self, text: &str) -> bool {
        self.rows().iter().any(|row| row.contains(text))
    }
}

impl fmt::Display for Picture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let edge = "-".repeat(usize::from(self.glass.columns));
        writeln!(f, "+{edge}+")?;
        for row in self.rows() {
            writeln!(f, "|{row}|")?;
        }
        write!(f, "+{edge}+ light {}, alarm {}", on(self.backlight), on(self.alarm))
    }
}

fn on(lamp: bool) -> &'static str {
    if lamp { "on" } else { "off" }
}

/// A glass of four rows is two lines, each cut in two.
fn cell(lcd: &Hd44780, glass: Glass, row: u8, column: u8) -> Cell {
    if !lcd.is_on() {
        // Before its start the controller drives one line, so hard that all its dots are dark.
        let dark = !lcd.has_two_lines() && row.is_multiple_of(2);
        let (code, character) = if dark { (0xff, '█') } else { (b' ', ' ') };
        return Cell { code, character, dots: dots(code) };
    }
    let code = lcd.code_at(row % 2, column + row / 2 * glass.columns);
    let dots = if code < 0x10 { Some(lcd.own_glyph(code)) } else { dots(code) };
    Cell { code, character: unicode(code), dots }
}
