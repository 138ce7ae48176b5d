//! The log: filtered by service, gravity and words; it grows by itself while one looks.

use maud::{Markup, html};
use message::system::{AskLog, LogLine, LogLines};

use super::field::{Fields, Input, Sheet};
use super::frame::{Frame, Tab, away};
use super::{field::Faults, words};

/// Lines that the page shows.
pub(crate) const MOST: u32 = 200;

/// Gravities as people choose them, gravest first.
const LEVELS: [(u8, &str); 5] = [
    (3, "Errors"),
    (4, "Warnings"),
    (5, "Notices"),
    (6, "Everything"),
    (7, "Everything, in detail"),
];

/// What the settings keeper is asked for a page of the log.
pub(crate) fn ask(fields: &Fields) -> AskLog {
    let short = |name, most| fields.text(name).chars().take(most).collect();
    AskLog {
        after: String::new(),
        service: short("service", 64),
        gravest: level(fields),
        words: short("words", 256),
        most: MOST,
    }
}

fn level(fields: &Fields) -> u8 {
    fields.text("level").parse().ok().filter(|level| *level <= 7).unwrap_or(6)
}

/// The page, the newest line first; without `lines` the settings keeper is away.
pub(crate) fn page(
    frame: &Frame,
    fields: &Fields,
    services: &[String],
    lines: Option<&LogLines>,
) -> Markup {
    let head = html! {
        h1 { "Log" }
        p.quiet.small.live data-log-state hidden { "Live" }
        button.button.small type="button" data-pause hidden { "Pause" }
    };
    frame.headed(
        Tab::Log,
        "Log",
        &head,
        &html! {
            (filter(fields, services))
            @match lines {
                None => { (away("settings keeper")) }
                Some(found) => { (list(frame, fields, found)) }
            }
        },
    )
}

fn filter(fields: &Fields, services: &[String]) -> Markup {
    let chosen = Fields::default()
        .with("service", fields.text("service"))
        .with("level", level(fields).to_string())
        .with("words", fields.text("words"));
    let faults = Faults::default();
    let sheet = Sheet { fields: &chosen, faults: &faults };
    let mut options = vec![(String::new(), "All".to_owned())];
    options.extend(services.iter().map(|service| (service.clone(), service.clone())));
    if !options.iter().any(|(value, _)| value == chosen.text("service")) {
        options.push((chosen.text("service").to_owned(), chosen.text("service").to_owned()));
    }
    let levels = LEVELS.map(|(level, label)| (level.to_string(), label.to_owned()));
    html! {
        form.card.filter method="get" action="/admin/log" role="search" {
            (sheet.select("service", "Service", None, &options))
            (sheet.select("level", "Gravity", None, &levels))
            (Input::text("words", "With these words").on(sheet))
            button.button type="submit" { "Filter" }
        }
    }
}

fn list(frame: &Frame, fields: &Fields, found: &LogLines) -> Markup {
    let ask = ask(fields);
    html! {
        section.card.log aria-label="Lines" data-log=(found.cursor) data-service=(ask.service)
            data-level=(ask.gravest) data-words=(ask.words)
            data-zone=(frame.zone.iana_name().unwrap_or("UTC")) {
            p.quiet.nobody hidden[!found.lines.is_empty()] { "No line is like that." }
            ol.lines { @for line in found.lines.iter().rev() { (row(frame, line)) } }
        }
    }
}

fn row(frame: &Frame, line: &LogLine) -> Markup {
    html! {
        li class=(class(line.level)) {
            time { (words::written(line.unix_ms, &frame.zone, "%b %-d %H:%M:%S")) }
            span.log-service { (line.service) }
            span.log-words { @if line.level <= 4 { strong { (gravity(line.level)) " " } } (line.words) }
        }
    }
}

const fn gravity(level: u8) -> &'static str {
    match level {
        0..=3 => "Error:",
        _ => "Warning:",
    }
}

const fn class(level: u8) -> &'static str {
    match level {
        0..=3 => "bad",
        4 => "wait",
        7.. => "detail",
        5 | 6 => "plain",
    }
}

#[cfg(test)]
mod tests {
    use message::system::{LogLine, LogLines};

    use super::{ask, page};
    use crate::pages::field::Fields;
    use crate::pages::frame::tests::frame;
    use crate::role::Role;

    #[test]
    fn lines_are_shown_newest_first_and_escaped() {
        let line = |unix_ms, level, words: &str| LogLine {
            unix_ms,
            service: "ivm".to_owned(),
            level,
            words: words.to_owned(),
        };
        let lines = vec![line(1_000, 6, "first"), line(61_000, 3, "<b>second")];
        let found = LogLines { lines, cursor: "c1".to_owned() };
        let fields = Fields::default().with("service", "odd\"one").with("level", "9");
        let page = page(&frame(Role::Operator), &fields, &["ivm".to_owned()], Some(&found));
        let page = page.into_string();
        let (second, first) = (page.find("&lt;b&gt;second"), page.find("first"));
        assert!(second.is_some() && second < first, "newest first");
        assert!(page.contains("00:01:01") && page.contains("odd&quot;one"));
        assert!(page.contains("data-log=\"c1\"") && page.contains("Error:"));
    }

    #[test]
    fn what_is_asked_is_bounded() {
        let typed = Fields::default().with("words", "x".repeat(900)).with("level", "99");
        let ask = ask(&typed);
        assert_eq!((ask.words.len(), ask.gravest, ask.most), (256, 6, 200));
    }
}
