//! The record of what was changed, by whom and what came of it.

use maud::{Markup, html};

use super::frame::{Frame, Tab};
use super::words;
use crate::audit::Numbered;

/// Deeds on a page.
pub(crate) const MOST: u32 = 100;

/// The page, the newest deed first.
pub(crate) fn page(frame: &Frame, deeds: &[Numbered]) -> Markup {
    let more = deeds.last().filter(|_| deeds.len() == MOST as usize);
    frame.page(
        Tab::Audit,
        "Audit record",
        &html! {
            p.quiet { "What was changed, by whom, and what came of it. Nobody can delete from it; the oldest of 100\u{202f}000 deeds make room." }
            section.card.list aria-label="Deeds" {
                @if deeds.is_empty() { p.quiet.nobody { "Nothing yet." } }
                @else {
                    table.stacked {
                        thead {
                            tr {
                                th scope="col" { "When" } th scope="col" { "Who" } th scope="col" { "What" }
                                th scope="col" { "From" } th scope="col" { "Outcome" }
                            }
                        }
                        tbody { @for deed in deeds { (row(frame, deed)) } }
                    }
                }
            }
            @if let Some(last) = more {
                p { a.button href=(format!("/admin/audit?before={}", last.number)) { "Earlier" } }
            }
        },
    )
}

fn row(frame: &Frame, deed: &Numbered) -> Markup {
    let entry = &deed.entry;
    let is_done = entry.outcome == "done";
    html! {
        tr {
            td { time { (words::written(entry.at, &frame.zone, "%-d %b %Y, %H:%M:%S")) } }
            td { @if entry.who.is_empty() { span.quiet { "Nobody logged in" } } @else { strong { (entry.who) } " " span.quiet.small { (entry.role) } } }
            td { (entry.deed.replace('-', " ")) @if !entry.target.is_empty() { ": " strong { (entry.target) } } }
            td.quiet { (entry.origin) }
            td { span.outcome.bad[!is_done] { (entry.outcome.replace('-', " ")) } }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::page;
    use crate::audit::{Entry, Numbered};
    use crate::pages::frame::tests::frame;
    use crate::role::Role;

    #[test]
    fn a_deed_is_shown_with_who_and_what_and_escaped() {
        let entry = Entry {
            at: 1_777_911_600_000,
            who: "eva".to_owned(),
            role: "operator".to_owned(),
            origin: "10.0.0.7".to_owned(),
            deed: "remove-person".to_owned(),
            target: "<anna>".to_owned(),
            outcome: "not-found".to_owned(),
        };
        let deeds = [Numbered { number: 4, entry }];
        let page = page(&frame(Role::Administrator), &deeds).into_string();
        for words in ["eva", "10.0.0.7", "remove person", "&lt;anna&gt;", "not found", "16:20:00"] {
            assert!(page.contains(words), "{words}");
        }
        assert!(!page.contains("before=4"));
    }
}
