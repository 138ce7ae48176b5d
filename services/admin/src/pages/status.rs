//! How the appliance is: counts, never content.

use maud::{Markup, html};
use message::admin::ServerStatus;
use serde::Serialize;

use super::setup::fingerprint_groups;
use super::{Tab, away, inside, words};

/// Space where messages are kept, bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Disk {
    pub(crate) free: u64,
    pub(crate) total: u64,
}

/// One number of the page, as it is shown; the same for the page and its live refresh.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub(crate) struct Fact {
    key: &'static str,
    label: &'static str,
    value: String,
    note: String,
}

/// What the page shows, in its order.
pub(crate) fn facts(status: &ServerStatus, disk: Option<Disk>) -> Vec<Fact> {
    let fact = |key, label, value, note| Fact { key, label, value, note };
    let connections = words::count(status.connections, "connection", "connections");
    let of = format!("of {}, {connections}", words::count(status.people, "person", "people"));
    let mut facts = vec![
        fact("online", "On-line", words::number(status.online), of),
        fact(
            "waiting",
            "Waiting",
            words::number(status.waiting),
            "deliveries for absent devices".to_owned(),
        ),
        fact(
            "incoming",
            "Coming in",
            words::number(status.incoming),
            "messages not yet complete".to_owned(),
        ),
        fact("messages", "Kept", words::number(status.messages), words::size(status.bytes)),
        fact(
            "accepted",
            "Accepted",
            words::number(status.accepted),
            "messages since the start".to_owned(),
        ),
        fact(
            "delivered",
            "Delivered",
            words::number(status.delivered),
            "deliveries since the start".to_owned(),
        ),
        fact(
            "uptime",
            "Running for",
            words::span(status.uptime_ms),
            format!("version {}", status.version),
        ),
    ];
    if let Some(Disk { free, total }) = disk {
        let note = format!("of {}", words::size(total));
        facts.push(fact("disk", "Disk free", words::size(free), note));
    }
    facts
}

/// The page; without `facts` the message server is away.
pub(crate) fn page(form: &str, facts: Option<&[Fact]>, fingerprint: &str) -> Markup {
    inside(
        Tab::Status,
        form,
        "Status",
        &html! {
            div.page-head {
                h1 { "Status" }
                @if facts.is_some() { p.quiet.small.live data-live="/admin/status.json" hidden { "Live" } }
            }
            @match facts {
                Some(facts) => { dl.tiles { @for fact in facts { (tile(fact)) } } }
                None => { (away()) }
            }
            section.card.fingerprint-card aria-labelledby="fingerprint-title" {
                h2 id="fingerprint-title" { "Fingerprint" }
                p.quiet {
                    "SHA-256 of the appliance's own certificate authority. Compare it \
                     with what was printed where the appliance was started, with the issuer in a \
                     browser's certificate view, and with what a terminal client asks you to confirm."
                }
                (fingerprint_groups(fingerprint))
                p { a href="/appliance-ca.crt" download="appliance-ca.crt" { "Download the certificate" } }
            }
        },
    )
}

fn tile(fact: &Fact) -> Markup {
    html! {
        div.tile {
            dt { (fact.label) }
            dd {
                span.value data-value=(fact.key) { (fact.value) }
                span.quiet.small data-note=(fact.key) { (fact.note) }
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use message::admin::ServerStatus;

    use super::{Disk, facts, page};

    #[test]
    fn every_fact_is_on_the_page_and_in_the_refresh() {
        let status =
            ServerStatus { people: 12, online: 3, uptime_ms: 61_000, ..Default::default() };
        let facts = facts(&status, Some(Disk { free: 1_000_000, total: 2_000_000 }));
        let page = page("f", Some(&facts), "AB12CD").into_string();
        for fact in &facts {
            assert!(page.contains(&format!("data-value=\"{}\"", fact.key)), "{}", fact.key);
            assert!(page.contains(&fact.value), "{}", fact.value);
        }
        assert!(page.contains("of 12 people") && page.contains("1 min 1 s"));
    }

    #[test]
    fn the_page_says_when_the_server_is_away() {
        let page = page("f", None, "AB12CD").into_string();
        assert!(page.contains("not answering") && page.contains("AB12"));
    }
}
