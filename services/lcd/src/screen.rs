//! What a panel can show: its size, and one picture of it. How pictures come about is in `sheet`,
//! how they come onto the glass in `glass`.

use std::fmt;

use crate::rom;

/// Columns and rows of a panel.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Size {
    /// Letters in a row.
    pub columns: usize,
    /// Rows.
    pub rows: usize,
}

impl Size {
    /// Four rows of twenty.
    pub const LARGE: Self = Self { columns: 20, rows: 4 };
    /// Two rows of sixteen.
    pub const SMALL: Self = Self { columns: 16, rows: 2 };

    /// The size that is written `20x4` or `16x2`; there is glass of these two.
    ///
    /// # Errors
    /// Any other text.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        match text {
            "20x4" => Ok(Self::LARGE),
            "16x2" => Ok(Self::SMALL),
            _ => Err("a panel has 20x4 or 16x2 letters"),
        }
    }
}

/// One picture: letters, cursor and lights.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Screen {
    rows: Vec<Vec<char>>,
    /// Where the cursor blinks, as row and column.
    pub cursor: Option<(usize, usize)>,
    /// Is the light behind the glass on?
    pub light: bool,
    /// Is the alarm lamp on?
    pub lamp: bool,
}

impl Screen {
    /// An empty picture, lit.
    #[must_use]
    pub fn blank(size: Size) -> Self {
        let rows = vec![vec![' '; size.columns]; size.rows];
        Self { rows, cursor: None, light: true, lamp: false }
    }

    /// Writes into a row from a column on; what the panel has no letter for becomes one that it
    /// has, and what does not fit is cut.
    pub fn write(&mut self, row: usize, column: usize, text: &str) {
        let Some(cells) = self.rows.get_mut(row) else { return };
        let letters = text.chars().map(|letter| if rom::has(letter) { letter } else { '?' });
        for (cell, letter) in cells.iter_mut().skip(column).zip(letters) {
            *cell = letter;
        }
    }

    /// The letters, row by row.
    pub fn rows(&self) -> impl Iterator<Item = &[char]> {
        self.rows.iter().map(Vec::as_slice)
    }
}

/// As a person sees it, with a frame around it; for logs, documents and tests.
impl fmt::Display for Screen {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let columns = self.rows.first().map_or(0, Vec::len);
        writeln!(f, "+{}+", "-".repeat(columns))?;
        for row in &self.rows {
            writeln!(f, "|{}|", row.iter().collect::<String>())?;
        }
        write!(f, "+{}+", "-".repeat(columns))?;
        if !self.light {
            write!(f, " dark")?;
        }
        if self.lamp {
            write!(f, " lamp")?;
        }
        if let Some((row, column)) = self.cursor {
            write!(f, " cursor {row},{column}")?;
        }
        Ok(())
    }
}
