//! The screen as cells: the title, the panes, the message below them, the keys.
//!
//! ```text
//! title                                                 1 row
//! people | messages                                     the rest
//! draft, or the chosen message                          5 rows
//! keys, a hint or a question                            1 row
//! ```

use ratatui::Frame;
use ratatui::layout::{Constraint, Layout, Position, Rect};
use ratatui::style::Modifier;
use ratatui::text::{Line, Span};
use ratatui::widgets::{Block, BorderType, Clear, Paragraph};

use super::screen::{Pane, Screen};
use super::{Theme, Views, help, panes};
use crate::words;

/// Smaller than this nothing useful fits.
const SMALLEST: (u16, u16) = (40, 12);

/// Where the lists were drawn.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Places {
    /// People: the inside of the pane, and the first line shown.
    pub(super) people: (Rect, usize),
    /// Messages, alike.
    pub(super) messages: (Rect, usize),
}

impl Places {
    /// Which line of which list stands at a column and row.
    pub(super) fn line_at(&self, column: u16, row: u16) -> Option<(Pane, usize)> {
        let at = Position::new(column, row);
        let within = |(inside, first): (Rect, usize)| {
            inside.contains(at).then(|| first + usize::from(row - inside.y))
        };
        let people = within(self.people).map(|line| (Pane::People, line));
        people.or_else(|| within(self.messages).map(|line| (Pane::Messages, line)))
    }
}

/// Draws the screen. `number` is the safety number of the person who is being compared.
pub fn draw(
    frame: &mut Frame<'_>,
    screen: &mut Screen,
    views: &Views,
    number: Option<&str>,
    theme: Theme,
) {
    let area = frame.area();
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        let (columns, rows) = SMALLEST;
        let text = format!("ivm needs {columns} columns and {rows} rows");
        return frame.render_widget(Paragraph::new(text), area);
    }
    let [title, middle, below, keys] = Layout::vertical([
        Constraint::Length(1),
        Constraint::Min(4),
        Constraint::Length(5),
        Constraint::Length(1),
    ])
    .areas(area);
    let people_width = (area.width / 3).clamp(18, 36);
    let [people, messages] =
        Layout::horizontal([Constraint::Length(people_width), Constraint::Min(20)]).areas(middle);
    frame.render_widget(title_line(views, usize::from(title.width), theme), title);
    panes::people(frame, people, screen, views, theme);
    panes::messages(frame, messages, screen, views, theme);
    panes::below(frame, below, screen, views, theme);
    frame.render_widget(keys_line(screen, views, usize::from(keys.width), theme), keys);
    if screen.help {
        draw_help(frame, area, theme);
    }
    if let Some(person) = screen.compares() {
        draw_number(frame, area, &views.names(&[person]), number, theme);
    }
}

/// A framed pane.
pub(super) fn pane(title: String, focused: bool, theme: Theme) -> Block<'static> {
    let style = if focused { theme.focused() } else { theme.quiet() };
    Block::bordered()
        .border_type(BorderType::Rounded)
        .border_style(style)
        .title(Span::styled(format!(" {title} "), style))
}

fn title_line(views: &Views, width: usize, theme: Theme) -> Line<'static> {
    let me = views.me.as_ref();
    let name = me.map_or_else(|| "nobody".to_owned(), |me| words::clean(&me.display));
    let status = match (&views.link, me) {
        (client_engine::Link::Online, Some(me)) => words::status(me.status),
        (link, _) => words::link(link),
    };
    let left = format!(" IVM  {name} · {status}");
    let unheard = match views.unheard() {
        0 => String::new(),
        1 => "● 1 new   ".to_owned(),
        many => format!("● {many} new   "),
    };
    let right = format!("{unheard}{} ", words::time(views.today, views.today, &views.zone));
    let room = width.saturating_sub(left.chars().count() + right.chars().count());
    Line::styled(format!("{left}{}{right}", " ".repeat(room)), theme.title())
}

fn keys_line(screen: &Screen, views: &Views, width: usize, theme: Theme) -> Line<'static> {
    if let Some(prompt) = &screen.prompt {
        let typed = Span::raw(format!("{}▏", prompt.typed));
        return Line::from(vec![Span::styled(prompt.question.clone(), theme.fresh()), typed]);
    }
    if !screen.hint.is_empty() {
        return Line::styled(format!(" {}", screen.hint), theme.fresh());
    }
    let state = views.draft.as_ref().map(|draft| draft.state);
    let waits = state == Some(client_engine::DraftState::Ready);
    let mut spans = vec![Span::raw(" ")];
    let mut room = width;
    for (key, does) in help::bottom(waits, state.is_some() && !waits) {
        let Some(left) = room.checked_sub(key.len() + does.len() + 3) else { break };
        room = left;
        spans.push(Span::styled(*key, theme.key()));
        spans.push(Span::raw(format!(" {does}  ")));
    }
    Line::from(spans)
}

fn draw_help(frame: &mut Frame<'_>, area: Rect, theme: Theme) {
    let line = |(key, does): &(&'static str, &'static str)| {
        Line::from(vec![Span::styled(format!(" {key:>8}  "), theme.key()), Span::raw(*does)])
    };
    let lines: Vec<Line<'_>> = help::KEYS.iter().map(line).collect();
    overlay(frame, area, "Keys", lines, 78, theme);
}

fn draw_number(frame: &mut Frame<'_>, area: Rect, name: &str, number: Option<&str>, theme: Theme) {
    let bold = |text: String| Line::styled(text, Modifier::BOLD).centered();
    let groups: Vec<&str> = number.unwrap_or("no key yet").split_whitespace().collect();
    let mut lines = vec![Line::raw("Read it to each other, or compare the screens.").centered()];
    lines.push(Line::raw(""));
    lines.extend(groups.chunks(4).map(|row| bold(row.join("  "))));
    overlay(frame, area, &format!("Safety number with {name}"), lines, 54, theme);
}

fn overlay(
    frame: &mut Frame<'_>,
    area: Rect,
    title: &str,
    lines: Vec<Line<'_>>,
    width: u16,
    theme: Theme,
) {
    let height = u16::try_from(lines.len() + 2).unwrap_or(u16::MAX).min(area.height - 1);
    let width = width.min(area.width);
    let place = Rect {
        x: area.x + (area.width - width) / 2,
        y: area.y + (area.height - 1 - height) / 2,
        width,
        height,
    };
    frame.render_widget(Clear, place);
    frame.render_widget(Paragraph::new(lines).block(pane(title.to_owned(), true, theme)), place);
}
