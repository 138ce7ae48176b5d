//! What stands where in the terminal. On a large one every dot of the glass is drawn, on a small
//! one its characters.

use ratatui::Frame;
use ratatui::layout::{Alignment, Constraint, Layout, Rect};
use ratatui::style::{Color, Modifier, Style};
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Paragraph};

use crate::hd44780::Dots;
use crate::keys::Key;
use crate::picture::{Cell, Picture};
use crate::web::Seen;

/// A dot that is on, the light, and both without light.
const LIT: (Color, Color) = (Color::Rgb(222, 240, 255), Color::Rgb(24, 62, 190));
const UNLIT: (Color, Color) = (Color::Rgb(88, 104, 140), Color::Rgb(16, 22, 40));
/// Dots of a character with the gap beside and below it.
const WIDE: usize = 6;
const HIGH: usize = 9;

/// Everything.
pub(super) fn all(frame: &mut Frame, seen: &Seen) {
    let picture = &seen.picture;
    let columns = usize::from(picture.glass.columns);
    let rows = usize::from(picture.glass.rows);
    let (wide, high) = (columns * WIDE + 3, (rows * HIGH + 2) / 2 + 2);
    let area = frame.area();
    let large = usize::from(area.width) >= wide + 4
        && usize::from(area.height) >= high + 12
        && picture.cells.iter().all(|cell| cell.dots.is_some());
    let glass = if large { dotted(picture) } else { written(picture) };
    let (wide, high) = if large { (wide, high) } else { (2 * columns + 3, 2 * rows + 1) };
    let length = |n: usize| u16::try_from(n).unwrap_or(u16::MAX);
    let [panel, keys, facts, log] = Layout::vertical([
        Constraint::Length(length(high + 2)),
        Constraint::Length(1),
        Constraint::Length(length(seen.facts.len() + 1)),
        Constraint::Min(0),
    ])
    .areas(area);
    let [panel] = Layout::horizontal([Constraint::Length(length(wide + 2))])
        .flex(ratatui::layout::Flex::Center)
        .areas(panel);
    let title = if seen.plugged { " IVM appliance " } else { " unplugged " };
    let block = Block::bordered()
        .border_type(BorderType::Thick)
        .border_style(Style::new().fg(Color::Gray).bg(Color::Black))
        .title(Line::from(title).centered())
        .title_bottom(lamps(picture));
    frame.render_widget(Paragraph::new(glass).style(light(picture)).block(block), panel);
    frame.render_widget(keyboard(picture).alignment(Alignment::Center), keys);
    let lines: Vec<Line> = seen.facts.iter().map(|fact| Line::from(fact.as_str())).collect();
    frame.render_widget(Paragraph::new(lines).alignment(Alignment::Center), facts);
    console(frame, log, &seen.log);
}

fn console(frame: &mut Frame, area: Rect, log: &str) {
    let block = Block::bordered()
        .border_style(Style::new().add_modifier(Modifier::DIM))
        .title(" serial console ");
    let room = usize::from(area.height.saturating_sub(2));
    let lines: Vec<&str> = log.lines().collect();
    let tail = lines[lines.len().saturating_sub(room)..].join("\n");
    let style = Style::new().add_modifier(Modifier::DIM);
    frame.render_widget(Paragraph::new(tail).style(style).block(block), area);
}

fn light(picture: &Picture) -> Style {
    let (dot, glass) = if picture.backlight { LIT } else { UNLIT };
    Style::new().fg(dot).bg(glass)
}

fn lamps(picture: &Picture) -> Line<'static> {
    let alarm = if picture.alarm {
        Span::styled(" ● ALARM ", Style::new().fg(Color::Red).add_modifier(Modifier::BOLD))
    } else {
        Span::styled(" ○ alarm ", Style::new().fg(Color::DarkGray))
    };
    Line::from(vec![alarm]).right_aligned()
}

/// The keys, those that are down reversed.
fn keyboard(picture: &Picture) -> Paragraph<'static> {
    let signs = ["↑", "↓", "←", "→", "Enter", "Esc"];
    let mut spans = Vec::new();
    for (key, sign) in Key::ALL.into_iter().zip(signs) {
        let down = picture.keys & key.bit() != 0;
        let style = Style::new().fg(Color::Cyan);
        let style = if down { style.add_modifier(Modifier::REVERSED) } else { style };
        spans.push(Span::styled(format!(" {sign} "), style));
        spans.push(Span::raw(format!("{key}  ")));
    }
    for (sign, what) in [("p", "plug"), ("q", "quit")] {
        spans.push(Span::styled(format!(" {sign} "), Style::new().fg(Color::Cyan)));
        spans.push(Span::raw(format!("{what}  ")));
    }
    Paragraph::new(Line::from(spans))
}

/// Is the cursor drawn over this row of dots of this character?
fn cursor_over(picture: &Picture, row: usize, column: usize) -> (bool, bool) {
    match picture.cursor {
        Some(cursor) if usize::from(cursor.row) == row && usize::from(cursor.column) == column => {
            (cursor.line, cursor.blink)
        }
        _ => (false, false),
    }
}

/// Every dot as half a character.
fn dotted(picture: &Picture) -> Vec<Line<'static>> {
    let columns = usize::from(picture.glass.columns);
    let rows = usize::from(picture.glass.rows);
    let on = |x: usize, y: usize| {
        let (Some(x), Some(y)) = (x.checked_sub(2), y.checked_sub(2)) else { return false };
        let (column, row, dx, dy) = (x / WIDE, y / HIGH, x % WIDE, y % HIGH);
        if column >= columns || row >= rows || dx > 4 || dy > 7 {
            return false;
        }
        let (line, blink) = cursor_over(picture, row, column);
        let dots = picture.cells[row * columns + column].dots.unwrap_or_default();
        dots[dy] & 1 << (4 - dx) != 0 || line && dy == 7 || blink
    };
    let lines = (0..rows * HIGH + 3).step_by(2).map(|y| {
        let sign = |x| match (on(x, y), on(x, y + 1)) {
            (true, true) => '█',
            (true, false) => '▀',
            (false, true) => '▄',
            (false, false) => ' ',
        };
        Line::from((0..columns * WIDE + 3).map(sign).collect::<String>())
    });
    lines.collect()
}

/// Every character, with air around it.
fn written(picture: &Picture) -> Vec<Line<'static>> {
    let columns = usize::from(picture.glass.columns);
    let mut lines = vec![Line::default()];
    for (row, cells) in picture.cells.chunks(columns.max(1)).enumerate() {
        let mut spans = vec![Span::raw("  ")];
        for (column, cell) in cells.iter().enumerate() {
            let (line, blink) = cursor_over(picture, row, column);
            let mut style = Style::new();
            if line {
                style = style.add_modifier(Modifier::UNDERLINED);
            }
            if blink {
                style = style.add_modifier(Modifier::REVERSED);
            }
            spans.push(Span::styled(character(cell).to_string(), style));
            spans.push(Span::raw(" "));
        }
        lines.extend([Line::from(spans), Line::default()]);
    }
    lines
}

/// A glyph of the driver's own is shown by its outline in Braille: two by four dots.
fn character(cell: &Cell) -> char {
    match cell.dots {
        Some(dots) if cell.code < 0x10 => braille(&dots),
        _ => cell.character,
    }
}

fn braille(dots: &Dots) -> char {
    let halves = [0b11000, 0b00011];
    let bits = [[0x01, 0x02, 0x04, 0x40], [0x08, 0x10, 0x20, 0x80]];
    let mut sign = 0x2800;
    for (half, bits) in halves.into_iter().zip(bits) {
        for (rows, bit) in dots.chunks(2).zip(bits) {
            if rows.iter().any(|row| row & half != 0) {
                sign |= bit;
            }
        }
    }
    char::from_u32(sign).unwrap_or(' ')
}

#[cfg(test)]
mod tests {
    use ratatui::Terminal;
    use ratatui::backend::TestBackend;

    use super::{LIT, UNLIT, all, braille};
    use crate::bus::{Bus, LCD};
    use crate::picture::Glass;
    use crate::web::Seen;

    fn seen(light: u8) -> Seen {
        let mut bus = Bus::new(Glass::G20X4);
        let mut half = |byte: u8, rs: u8| {
            let pins = byte & 0xf0 | light | rs;
            bus.write(LCD, &[pins | 4, pins]).expect("it answers");
        };
        [0x30, 0x30, 0x30, 0x20].into_iter().for_each(|byte| half(byte, 0));
        for (byte, rs) in [(0x28, 0), (0x0c, 0), (0x06, 0), (0x01, 0), (b'L', 1), (b'C', 1)] {
            half(byte, rs);
            half(byte << 4, rs);
        }
        let facts = vec!["https://127.0.0.1:18443/".to_owned()];
        Seen { picture: bus.picture(), plugged: true, facts, log: "a\nlast line".to_owned() }
    }

    fn drawn(width: u16, height: u16, light: u8) -> (String, bool) {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
        let seen = seen(light);
        terminal.draw(|frame| all(frame, &seen)).expect("drawn");
        let buffer = terminal.backend().buffer();
        let lit = buffer.content().iter().any(|cell| cell.bg == LIT.1);
        let unlit = buffer.content().iter().any(|cell| cell.bg == UNLIT.1);
        assert_ne!(lit, unlit);
        (buffer.content().iter().map(|cell| cell.symbol()).collect(), lit)
    }

    #[test]
    fn a_small_terminal_shows_characters_and_a_large_one_dots() {
        let (small, lit) = drawn(80, 24, 8);
        assert!(lit && small.contains("L C") && small.contains("last line"), "{small}");
        assert!(small.contains("https://127.0.0.1:18443/"));
        let (large, lit) = drawn(140, 50, 0);
        assert!(!lit && large.contains('▀') && !large.contains("L C"), "{large}");
    }

    #[test]
    fn no_terminal_is_too_small() {
        for (width, height) in [(1, 1), (10, 3), (30, 8)] {
            drawn_or_not(width, height);
        }
    }

    fn drawn_or_not(width: u16, height: u16) {
        let mut terminal = Terminal::new(TestBackend::new(width, height)).expect("a terminal");
        terminal.draw(|frame| all(frame, &seen(8))).expect("drawn");
    }

    #[test]
    fn own_glyphs_become_braille() {
        assert_eq!(braille(&[0; 8]), '\u{2800}');
        assert_eq!(braille(&[0x1f; 8]), '\u{28ff}');
    }
}
