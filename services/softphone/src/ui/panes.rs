//! The panes: people, messages, and the draft or the chosen message below them.

use client_engine::{DraftState, DraftView, MessageView, PersonView, Trust, Wish};
use message::people::Status;
use message::{Guid, Priority};
use ratatui::Frame;
use ratatui::layout::Rect;
use ratatui::style::Style;
use ratatui::text::{Line, Span};
use ratatui::widgets::{List, ListItem, ListState, Paragraph, Wrap};

use super::draw::pane;
use super::screen::{Pane, Screen};
use super::{Theme, Views, meter, views, waveform};
use crate::words;

/// The people of the office.
pub(super) fn people(
    frame: &mut Frame<'_>,
    area: Rect,
    screen: &mut Screen,
    views: &Views,
    theme: Theme,
) {
    let here = views.people.iter().filter(|person| person.status != Status::Offline).count();
    let title = format!("People {here}/{}", views.people.len());
    let block = pane(title, screen.pane == Pane::People, theme);
    let inside = block.inner(area);
    let items: Vec<ListItem<'_>> =
        views.people.iter().map(|person| person_item(person, &screen.marked, theme)).collect();
    let mut state = ListState::default();
    state.select((!items.is_empty()).then(|| screen.person_at(views)));
    let list = List::new(items).block(block).highlight_style(choice(screen, Pane::People, theme));
    frame.render_stateful_widget(list, area, &mut state);
    screen.places.people = (inside, state.offset());
}

fn choice(screen: &Screen, pane: Pane, theme: Theme) -> Style {
    if screen.pane == pane { theme.chosen() } else { Style::new() }
}

fn person_item<'a>(person: &PersonView, marked: &[Guid], theme: Theme) -> ListItem<'a> {
    let is_marked = marked.contains(&person.guid);
    let dot = match person.status {
        Status::Online => "●",
        Status::Away => "◐",
        Status::Dnd => "⊘",
        Status::Offline => "○",
    };
    let key = match person.trust {
        Trust::None => " ·",
        Trust::Pinned if person.sealed => "",
        Trust::Pinned => " ☎",
        Trust::Verified => " ✓",
        Trust::Changed => " KEY CHANGED (v)",
    };
    let name = words::clean(&person.display);
    let star = if person.contact { "★" } else { "" };
    ListItem::new(Line::from(vec![
        Span::styled(if is_marked { "▸" } else { " " }, theme.fresh()),
        Span::styled(format!("{dot} "), theme.presence(person.status)),
        Span::styled(name, if is_marked { theme.fresh() } else { Style::new() }),
        Span::raw(format!("{key} {star}")),
    ]))
}

/// The list of messages.
pub(super) fn messages(
    frame: &mut Frame<'_>,
    area: Rect,
    screen: &mut Screen,
    views: &Views,
    theme: Theme,
) {
    let block = pane(screen.filter.title().to_owned(), screen.pane == Pane::Messages, theme);
    let inside = block.inner(area);
    let items: Vec<ListItem<'_>> = views
        .messages
        .iter()
        .map(|message| message_item(message, views, usize::from(inside.width), theme))
        .collect();
    if items.is_empty() {
        let text = "\nNo messages yet. Choose somebody with ↑ ↓, then press Space and speak.";
        let text = Paragraph::new(text).wrap(Wrap { trim: true }).centered();
        frame.render_widget(text.block(block), area);
        screen.places.messages = (Rect::ZERO, 0);
        return;
    }
    let mut state = ListState::default();
    state.select(Some(screen.message_at(views)));
    let list = List::new(items).block(block).highlight_style(choice(screen, Pane::Messages, theme));
    frame.render_stateful_widget(list, area, &mut state);
    screen.places.messages = (inside, state.offset());
}

fn message_item<'a>(
    message: &MessageView,
    views: &Views,
    width: usize,
    theme: Theme,
) -> ListItem<'a> {
    let playing = views.playing.is_some_and(|(id, _)| id == message.id);
    let mark = if playing { "▶ " } else { words::ticks(message) };
    let urgent = if message.priority == Priority::High { "!" } else { " " };
    let sent = message.direction == client_engine::Direction::Sent;
    let arrow = if sent { "→ " } else { "" };
    let files = match message.attachments.len() {
        0 => String::new(),
        count => format!("  ⎘{count}"),
    };
    let who = format!("{arrow}{}{files}", words::partner(message, &views.people));
    let time = words::time(message.created, views.today, &views.zone);
    let length = words::length(message.duration_ms);
    let head = format!("{mark}{urgent}{time:>12} {length:>6}  ");
    // A waveform where there is room for one, at the right edge.
    let room = width.saturating_sub(head.chars().count() + who.chars().count() + 3);
    let wave = if room >= 12 { waveform(&message.waveform, room.min(24)) } else { String::new() };
    let gap =
        width.saturating_sub(head.chars().count() + who.chars().count() + wave.chars().count() + 1);
    let style = if views::is_unheard(message) { theme.fresh() } else { Style::new() };
    ListItem::new(Line::from(vec![
        Span::styled(format!("{head}{who}{}", " ".repeat(gap)), style),
        Span::styled(wave, theme.quiet()),
    ]))
}

/// The draft, or else the message that plays, or else the chosen one.
pub(super) fn below(
    frame: &mut Frame<'_>,
    area: Rect,
    screen: &Screen,
    views: &Views,
    theme: Theme,
) {
    if let Some(draft) = &views.draft {
        return draft_pane(frame, area, draft, views, theme);
    }
    let playing = views.playing.and_then(|(id, position)| {
        views.messages.iter().find(|message| message.id == id).map(|found| (found, Some(position)))
    });
    let chosen = screen.chosen_message(views).filter(|_| screen.pane == Pane::Messages);
    match playing.or_else(|| chosen.map(|message| (message, None))) {
        Some((message, position)) => message_pane(frame, area, message, position, views, theme),
        None => next_pane(frame, area, screen, views, theme),
    }
}

fn next_pane(frame: &mut Frame<'_>, area: Rect, screen: &Screen, views: &Views, theme: Theme) {
    let mode = match screen.wish {
        Wish::Automatic => "live if somebody is there, else recorded",
        Wish::Live => "live",
        Wish::Record => "recorded",
    };
    let to = if screen.marked.is_empty() {
        let person = screen.chosen_person(views);
        person.map_or_else(|| "nobody yet".to_owned(), |person| words::clean(&person.display))
    } else {
        views.names(&screen.marked)
    };
    let answers = if screen.reply_to.is_some() { "  (an answer)" } else { "" };
    let lines = vec![
        Line::from(format!(" To    {to}{answers}")),
        Line::from(format!(" Mode  {mode}")),
        Line::from(format!(" Urgency  {}", words::priority(screen.priority))),
    ];
    frame.render_widget(
        Paragraph::new(lines).block(pane("Next message".to_owned(), false, theme)),
        area,
    );
}

fn draft_pane(frame: &mut Frame<'_>, area: Rect, draft: &DraftView, views: &Views, theme: Theme) {
    let speaking =
        matches!(draft.state, DraftState::Ringing | DraftState::Recording | DraftState::Live);
    let title = match draft.state {
        DraftState::Ringing => "☎ Ringing",
        DraftState::Recording => "● Recording",
        DraftState::Live => "● Live",
        DraftState::Finishing => "Finishing",
        DraftState::Ready => "Ready to send",
    };
    let width = usize::from(area.width.saturating_sub(4));
    let to = views.names(&draft.recipients);
    let to = if to.is_empty() { "nobody yet: mark somebody".to_owned() } else { to };
    let head = format!(" {}  to {to}", words::length(draft.duration_ms));
    let third = if speaking {
        let bar = meter(draft.level_dbfs, width.saturating_sub(12).min(50));
        Line::from(vec![Span::raw(" "), Span::styled(bar, theme.hot())])
    } else {
        let files: Vec<String> = draft
            .attachments
            .iter()
            .map(|file| format!("{} ({})", words::clean(&file.name), words::size(file.size)))
            .collect();
        Line::from(format!(" {}", files.join(", ")))
    };
    let lines = vec![
        Line::styled(head, if speaking { theme.hot() } else { Style::new() }),
        Line::from(format!(" {}", waveform(&draft.waveform, width))),
        third,
    ];
    frame.render_widget(Paragraph::new(lines).block(pane(title.to_owned(), speaking, theme)), area);
}

fn message_pane(
    frame: &mut Frame<'_>,
    area: Rect,
    message: &MessageView,
    position: Option<u64>,
    views: &Views,
    theme: Theme,
) {
    let width = usize::from(area.width.saturating_sub(4));
    let wave = waveform(&message.waveform, width);
    let length = message.duration_ms.max(1);
    let heard = position.map_or(0, |at| (at.min(length) * width as u64 / length) as usize);
    let (before, after): (String, String) =
        (wave.chars().take(heard).collect(), wave.chars().skip(heard).collect());
    let at = position.map_or(String::new(), |at| format!("{} / ", words::length(at)));
    let partner = words::partner(message, &views.people);
    let verb = match message.direction {
        client_engine::Direction::Received => "from",
        client_engine::Direction::Sent => "to",
    };
    let mut facts = format!(
        " {}  {}  {}",
        words::full_time(message.created, &views.zone),
        words::state(message.state),
        words::mode(message.mode)
    );
    if !message.sealed {
        facts.push_str("  NOT SEALED for everyone");
    }
    for file in &message.attachments {
        facts.push_str(&format!("  ⎘ {} {}", words::clean(&file.name), words::size(file.size)));
    }
    let lines = vec![
        Line::from(format!(" {at}{}  {verb} {partner}", words::length(message.duration_ms))),
        Line::from(vec![
            Span::raw(" "),
            Span::styled(before, theme.heard()),
            Span::styled(after, theme.quiet()),
        ]),
        Line::from(facts),
    ];
    let title = if position.is_some() { "▶ Playing" } else { "Message" };
    frame.render_widget(
        Paragraph::new(lines).block(pane(title.to_owned(), position.is_some(), theme)),
        area,
    );
}
