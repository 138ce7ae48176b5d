//! A page before it is a picture: a title and lines of any length. Laying it out for the glass that
//! is there breaks and cuts lines, so that a page has one form for every size.
//!
//! ```text
//!   title            corner arrow      the arrow says that there is more: up, down, both
//!   body, scrolled
//!   foot                               always in the last row, if there is one
//! ```

use crate::rom::{BAR, CHECK, MORE, fold};
use crate::screen::{Screen, Size};

/// A line of the body.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Line {
    /// Words, broken where they do not fit.
    Words(String),
    /// The long form where it has room, else the short one.
    Either(String, String),
    /// What it is on the left, how it is on the right; in two rows where one is too narrow.
    Pair(String, String),
    /// Something to choose; checked when it is in force.
    Entry {
        /// What.
        text: String,
        /// Is it in force?
        is_checked: bool,
    },
}

impl Line {
    /// Words.
    pub(crate) fn words(text: impl Into<String>) -> Self {
        Self::Words(text.into())
    }

    /// A name and a value.
    pub(crate) fn pair(name: impl Into<String>, value: impl Into<String>) -> Self {
        Self::Pair(name.into(), value.into())
    }
}

/// A page to be laid out.
#[derive(Clone, Debug, Default)]
pub(crate) struct Sheet {
    /// What the page is.
    pub(crate) title: String,
    /// Stands right of the title where there is room.
    pub(crate) corner: String,
    /// What it says.
    pub(crate) body: Vec<Line>,
    /// The last row.
    pub(crate) foot: Option<String>,
    /// Rows of the body that are scrolled out above.
    pub(crate) scroll: usize,
    /// The entry that is chosen, as a place in the body; it is always in sight.
    pub(crate) chosen: Option<usize>,
    /// The column of the cursor in the first row of the body.
    pub(crate) cursor: Option<usize>,
}

impl Sheet {
    /// A page with a title and lines.
    pub(crate) fn new(title: impl Into<String>, body: Vec<Line>) -> Self {
        Self { title: title.into(), body, ..Self::default() }
    }

    /// The same with something right of the title.
    pub(crate) fn with_corner(self, corner: impl Into<String>) -> Self {
        Self { corner: corner.into(), ..self }
    }

    /// How far it can be scrolled.
    pub(crate) fn most_scroll(&self, size: Size) -> usize {
        self.rows(size.columns).len().saturating_sub(self.visible(size))
    }

    /// The picture.
    pub(crate) fn lay_out(&self, size: Size) -> Screen {
        let mut screen = Screen::blank(size);
        let rows = self.rows(size.columns);
        let visible = self.visible(size);
        let most = rows.len().saturating_sub(visible);
        let mut scroll = self.scroll.min(most);
        let chosen = self.chosen.and_then(|at| rows.iter().position(|(line, _)| *line == at));
        if let Some(chosen) = chosen {
            scroll = scroll.clamp((chosen + 1).saturating_sub(visible), chosen.min(most));
        }
        let arrow = match (scroll > 0, scroll < most) {
            (false, false) => None,
            (true, false) => Some('↑'),
            (false, true) => Some('↓'),
            (true, true) => Some('↕'),
        };
        screen.write(0, 0, &self.head(size.columns, arrow));
        for (at, (_, text)) in rows.iter().skip(scroll).take(visible).enumerate() {
            screen.write(at + 1, 0, text);
        }
        if let Some(foot) = &self.foot {
            screen.write(size.rows - 1, 0, &cut(&fold(foot), size.columns));
        }
        screen.cursor = self.cursor.map(|column| (1, column.min(size.columns - 1)));
        screen
    }

    /// Rows of the body that are in sight.
    fn visible(&self, size: Size) -> usize {
        size.rows.saturating_sub(1 + usize::from(self.foot.is_some()))
    }

    fn head(&self, columns: usize, arrow: Option<char>) -> String {
        let room = columns - usize::from(arrow.is_some());
        let (title, corner) = (fold(&self.title), fold(&self.corner));
        let fits = title.chars().count() + 1 + corner.chars().count() <= room;
        let mut head = if fits && !corner.is_empty() {
            apart(&title, &corner, room)
        } else {
            let title = cut(&title, room);
            format!("{title:<room$}")
        };
        head.extend(arrow);
        head
    }

    /// The rows of the body, each with the line that it is from.
    fn rows(&self, columns: usize) -> Vec<(usize, String)> {
        let mut rows = Vec::new();
        for (at, line) in self.body.iter().enumerate() {
            let mut push = |text: String| rows.push((at, text));
            match line {
                Line::Words(text) => broken(&fold(text), columns).into_iter().for_each(&mut push),
                Line::Either(long, short) => {
                    let long = fold(long);
                    let text = if long.chars().count() <= columns { long } else { fold(short) };
                    broken(&text, columns).into_iter().for_each(&mut push);
                }
                Line::Pair(name, value) => {
                    pair(&fold(name), &fold(value), columns).into_iter().for_each(&mut push);
                }
                Line::Entry { text, is_checked } => {
                    let mark = if self.chosen == Some(at) { '→' } else { ' ' };
                    let text = cut(&fold(text), columns - 2);
                    let check = if *is_checked { CHECK } else { ' ' };
                    push(format!("{mark}{text:<room$}{check}", room = columns - 2));
                }
            }
        }
        rows
    }
}

/// A bar over the whole width, of which so many of `of` are full.
pub(crate) fn bar(columns: usize, done: u64, of: u64) -> String {
    let [full, half, empty] = BAR;
    let halves = columns as u64 * 2;
    let done = (done * halves / of.max(1)).min(halves);
    let cell = |column: u64| match done.saturating_sub(column * 2) {
        0 => empty,
        1 => half,
        _ => full,
    };
    (0..columns as u64).map(cell).collect()
}

fn pair(name: &str, value: &str, columns: usize) -> Vec<String> {
    if name.chars().count() + 1 + value.chars().count() <= columns {
        return vec![apart(name, value, columns)];
    }
    let mut rows = broken(name, columns);
    let values = broken(value, columns);
    rows.extend(values.into_iter().map(|value| format!("{value:>columns$}")));
    rows
}

/// Left and right in one row that has room for both.
fn apart(left: &str, right: &str, columns: usize) -> String {
    let room = columns.saturating_sub(left.chars().count());
    format!("{left}{right:>room$}")
}

/// At most so many letters, with a sign where some were cut.
pub(crate) fn cut(text: &str, columns: usize) -> String {
    if text.chars().count() <= columns {
        return text.to_owned();
    }
    let mut short: String = text.chars().take(columns.saturating_sub(1)).collect();
    short.truncate(short.trim_end().len());
    short.push(MORE);
    short
}

/// Breaks words into rows, at spaces; what is too long alone, behind its punctuation.
pub(crate) fn broken(text: &str, columns: usize) -> Vec<String> {
    let mut rows = Vec::new();
    let mut row = String::new();
    for word in text.split_whitespace() {
        let length = row.chars().count();
        if length > 0 && length + 1 + word.chars().count() <= columns {
            row.push(' ');
            row.push_str(word);
            continue;
        }
        if length > 0 {
            rows.push(std::mem::take(&mut row));
        }
        let mut rest = word;
        while rest.chars().count() > columns {
            let (piece, tail) = rest.split_at(break_at(rest, columns));
            rows.push(piece.to_owned());
            rest = tail;
        }
        row.push_str(rest);
    }
    if !row.is_empty() || rows.is_empty() {
        rows.push(row);
    }
    rows
}

/// Where a long word is broken, in bytes: behind the last slash that fits, else hyphen, else colon,
/// else anywhere.
fn break_at(word: &str, columns: usize) -> usize {
    let end = word.char_indices().nth(columns).map_or(word.len(), |(at, _)| at);
    let behind = |mark: char| word[..end].rfind(mark).map(|at| at + mark.len_utf8());
    behind('/').or_else(|| behind('-')).or_else(|| behind(':')).unwrap_or(end)
}

#[cfg(test)]
mod tests {
    use super::{Line, Sheet, bar, broken, cut};
    use crate::screen::Size;

    #[test]
    fn words_are_broken_at_spaces_and_addresses_behind_a_slash() {
        assert_eq!(broken("the disk is full", 9), ["the disk", "is full"]);
        assert_eq!(broken("https://192.168.1.23", 16), ["https://", "192.168.1.23"]);
        assert_eq!(broken("abcdefghij", 4), ["abcd", "efgh", "ij"]);
        assert_eq!(broken("", 4), [""]);
        assert_eq!(cut("all is well", 8), "all is…");
    }

    #[test]
    fn a_bar_fills_by_half_cells() {
        assert_eq!(bar(4, 0, 8), "▁▁▁▁");
        assert_eq!(bar(4, 3, 8), "█▌▁▁");
        assert_eq!(bar(4, 9, 8), "████");
    }

    #[test]
    fn the_chosen_entry_is_always_in_sight() {
        let entry = |text: &str| Line::Entry { text: text.to_owned(), is_checked: false };
        let mut sheet = Sheet::new("T", "abcdef".chars().map(|c| entry(&c.to_string())).collect());
        for chosen in 0..6 {
            sheet.chosen = Some(chosen);
            let shown = sheet.lay_out(Size::SMALL).to_string();
            let letter = char::from(b'a' + u8::try_from(chosen).expect("small"));
            assert!(shown.contains(&format!("|→{letter}")), "{shown}");
        }
    }
}
