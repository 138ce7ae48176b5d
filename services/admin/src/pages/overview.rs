//! The start page: is everything well, who is there, what goes through, how the machine is.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use maud::{Markup, html};
use message::admin::ServerStatus;
use message::system::{Alarm, Gravity, Health};

use super::frame::{Frame, Tab, away};
use super::icon::Icon;
use super::plot::{Plot, Point, Shape};
use super::setup::fingerprint_groups;
use super::words;
use crate::history::{Row, Sample, Span};

/// Hours and days of the plots.
const HOURS: u64 = 24;
const DAYS: u64 = 30;

/// All that the page is made of; what is away is none.
pub(crate) struct Overview<'a> {
    /// Now, unix milliseconds.
    pub(crate) now: u64,
    pub(crate) server: Option<&'a ServerStatus>,
    pub(crate) health: Option<&'a Health>,
    /// Rows of the last hours and of the last days.
    pub(crate) hours: &'a [Row],
    pub(crate) days: &'a [Row],
    /// The first run is not finished: its next step.
    pub(crate) step: Option<&'a str>,
    /// The fingerprint of the appliance's own authority.
    pub(crate) fingerprint: &'a str,
}

/// From when on the page needs rows of hours and of days.
pub(crate) fn reach(now: u64) -> (u64, u64) {
    let back = |span: Span, many: u64| span.begin(now).saturating_sub(span.millis() * many);
    (back(Span::Hour, 2 * HOURS), back(Span::Day, DAYS))
}

impl Overview<'_> {
    /// The page.
    pub(crate) fn page(&self, frame: &Frame) -> Markup {
        let head = html! {
            h1 { "Overview" }
            p.quiet.small.live data-refresh="5" hidden { "Live" }
        };
        frame.headed(
            Tab::Overview,
            "Overview",
            &head,
            &html! {
                @if let Some(step) = self.step {
                    p.banner.note-banner { (Icon::About) span { "The first set-up is not finished. "
                        a href=(format!("/admin/wizard/{step}")) { "Go on with it" } } }
                }
                div data-part="state" { (self.state(frame)) }
                div data-part="facts" { (self.facts(frame)) }
                div.plots data-part="plots" { (self.plots(frame)) }
                div data-part="machine" { (self.machine(frame)) }
                (self.fingerprint())
            },
        )
    }

    /// Calm if all is well; else what is wrong and what to do.
    fn state(&self, frame: &Frame) -> Markup {
        let alarms = self.health.map(|health| health.alarms.as_slice()).unwrap_or_default();
        let all_there = self.server.is_some() && self.health.is_some();
        html! {
            @if self.server.is_none() { (away("message server")) }
            @if self.health.is_none() { (away("settings keeper")) }
            @if all_there && !alarms.iter().any(|alarm| alarm.gravity > Gravity::Notice) {
                section.state.good aria-label="State" { (Icon::Tick)
                    div { p.state-words { "Everything works" } p.quiet { "No part of the appliance needs anybody." } } }
            }
            @for alarm in alarms { (alarm_card(alarm, frame)) }
        }
    }

    fn facts(&self, frame: &Frame) -> Markup {
        let Some(server) = self.server else { return Markup::default() };
        let people = format!("of {}", words::count(server.people, "person", "people"));
        let today: u64 = self.since_midnight(&frame.zone);
        let kept =
            format!("{} kept, {}", words::number(server.messages), words::size(server.bytes));
        html! {
            dl.tiles {
                (tile("On-line", &words::number(server.online), &people))
                (tile("Messages today", &words::number(today), &kept))
                (tile("Waiting", &words::number(server.waiting), "deliveries for absent devices"))
                (tile("Coming in", &words::number(server.incoming), "messages not yet complete"))
            }
        }
    }

    /// Messages since midnight in the appliance's zone.
    fn since_midnight(&self, zone: &TimeZone) -> u64 {
        let midnight = midnight(self.now, zone);
        let today = self.hours.iter().filter(|row| row.at >= midnight);
        today.map(|row| row.sample.accepted).sum()
    }

    fn plots(&self, frame: &Frame) -> Markup {
        let hour = |at| words::written(at, &frame.zone, "%H:%M");
        let day = |at| words::written(at, &TimeZone::UTC, "%-d %b");
        let accepted = |sample: &Sample| sample.accepted;
        let hours = filled(self.hours, Span::Hour, HOURS, self.now, hour, accepted);
        let days = filled(self.days, Span::Day, DAYS, self.now, day, accepted);
        let online = filled(self.hours, Span::Hour, HOURS, self.now, hour, |sample| sample.online);
        let plot = |name, title, unit, shape, points: &[Point]| {
            html! { section.card { (Plot { name, title, unit, shape, points }.markup()) } }
        };
        let messages = ("message", "messages");
        html! {
            (plot("hours", "Messages an hour, the last 24 hours", messages, Shape::Bars, &hours))
            (plot("online", "Most people on-line at once, by hour", ("person", "people"), Shape::Area, &online))
            (plot("days", "Messages a day, the last 30 days", messages, Shape::Bars, &days))
        }
    }

    fn machine(&self, frame: &Frame) -> Markup {
        let Some(health) = self.health else { return Markup::default() };
        let slot =
            if health.slot.is_empty() { String::new() } else { format!(", slot {}", health.slot) };
        html! {
            div.halves {
                section.card aria-labelledby="machine-title" {
                    h2 id="machine-title" { "Machine" }
                    (gauge("Disk", health.disk_total, health.disk_free))
                    (gauge("Memory", health.memory_total, health.memory_free))
                    dl.facts {
                        dt { "Load" } dd { (health.load / 100) "." (format!("{:02}", health.load % 100)) }
                        dt { "Running for" } dd { (words::span(health.uptime_ms)) }
                        dt { "Time" } dd { (frame.date(health.unix_ms)) }
                        dt { "Version" } dd { (health.version) (slot) }
                        dt { "Addresses" } dd.mono { (addresses(health)) }
                    }
                }
                section.card aria-labelledby="services-title" {
                    h2 id="services-title" { "Services" }
                    ul.services {
                        @for service in &health.services {
                            li {
                                span.dot.online[service.is_running].failed[!service.is_running] aria-hidden="true" {}
                                span { strong { (service.name) } " " span.quiet { (service.words) } }
                                span.quiet.small.number { @if service.memory > 0 { (words::size(service.memory)) } }
                            }
                        }
                    }
                }
            }
        }
    }

    fn fingerprint(&self) -> Markup {
        html! {
            section.card.fingerprint-card aria-labelledby="fingerprint-title" {
                h2 id="fingerprint-title" { "Fingerprint" }
                p.quiet { "SHA-256 of the appliance's own certificate authority. Compare it with the front panel, \
                    with the issuer in a browser's certificate view, and with what a terminal client asks you to confirm." }
                (fingerprint_groups(self.fingerprint))
            }
        }
    }
}

fn tile(label: &str, value: &str, note: &str) -> Markup {
    html! { div.tile { dt { (label) } dd { span.value { (value) } span.quiet.small { (note) } } } }
}

fn alarm_card(alarm: &Alarm, frame: &Frame) -> Markup {
    let class = match alarm.gravity {
        Gravity::Notice => "state notice",
        Gravity::Warning => "state wait",
        Gravity::Critical => "state bad",
    };
    html! {
        section class=(class) aria-label="Alarm" {
            (Icon::Warning)
            div {
                p.state-words { (words::sentence(&alarm.words)) }
                p { (words::sentence(&alarm.advice)) }
                p.quiet.small { "Since " (frame.date(alarm.since)) }
            }
        }
    }
}

/// A bar that fills up, and what it means.
fn gauge(label: &str, total: u64, free: u64) -> Markup {
    let used = total.saturating_sub(free);
    let percent = (u128::from(used) * 100).checked_div(u128::from(total)).unwrap_or(0);
    let class = if percent >= 90 { "gauge-fill full" } else { "gauge-fill" };
    html! {
        div.gauge {
            p { span { (label) } span.quiet.small { (words::size(free)) " free of " (words::size(total)) } }
            svg viewBox="0 0 100 8" preserveAspectRatio="none" role="img" aria-label=(format!("{percent} percent used")) {
                rect.gauge-ground width="100" height="8" {}
                rect class=(class) width=(percent) height="8" {}
            }
        }
    }
}

fn addresses(health: &Health) -> Markup {
    let all = health.interfaces.iter().flat_map(|interface| &interface.addresses);
    let local = |address: &&String| !address.starts_with("127.") && !address.starts_with("::1");
    html! { @for address in all.filter(local) { div { (address) } } }
}

/// When the day began that this time is in.
fn midnight(now: u64, zone: &TimeZone) -> u64 {
    let time = i64::try_from(now).ok().and_then(|now| Timestamp::from_millisecond(now).ok());
    let day = time.and_then(|time| time.to_zoned(zone.clone()).start_of_day().ok());
    day.map_or(0, |day| u64::try_from(day.timestamp().as_millisecond()).unwrap_or(0))
}

/// The last spans one by one, those without a row too.
fn filled(
    rows: &[Row],
    span: Span,
    many: u64,
    now: u64,
    label: impl Fn(u64) -> String,
    value: impl Fn(&Sample) -> u64,
) -> Vec<Point> {
    let last = span.begin(now);
    let begins = (0..many).rev().map(|back| last.saturating_sub(back * span.millis()));
    let point = |at: u64| {
        let row = rows.iter().find(|row| row.at == at);
        Point { label: label(at), value: row.map(|row| value(&row.sample)) }
    };
    begins.map(point).collect()
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;
    use message::admin::ServerStatus;
    use message::system::{Alarm, Gravity, Health, Interface, ServiceState};

    use super::{Overview, filled, midnight};
    use crate::history::{Row, Sample, Span};
    use crate::pages::frame::tests::frame;
    use crate::role::Role;

    const NOW: u64 = 1_777_911_600_000;

    fn page(server: Option<&ServerStatus>, health: Option<&Health>, hours: &[Row]) -> String {
        let overview = Overview {
            now: NOW,
            server,
            health,
            hours,
            days: &[],
            step: None,
            fingerprint: "AB12CD",
        };
        overview.page(&frame(Role::Operator)).into_string()
    }

    fn health() -> Health {
        let address = "192.168.1.20/24".to_owned();
        Health {
            version: "2.1".to_owned(),
            slot: "A".to_owned(),
            load: 7,
            disk_total: 2_000_000_000,
            disk_free: 100_000_000,
            interfaces: vec![Interface {
                name: "eth0".to_owned(),
                mac: String::new(),
                has_carrier: true,
                addresses: vec![address, "127.0.0.1/8".to_owned()],
            }],
            services: vec![ServiceState {
                name: "lcd".to_owned(),
                is_running: false,
                words: "failed (exit 1)".to_owned(),
                memory: 0,
                starts: 4,
            }],
            ..Health::default()
        }
    }

    #[test]
    fn a_well_appliance_says_so_and_an_alarm_says_what_to_do() {
        let server = ServerStatus { people: 12, online: 3, ..ServerStatus::default() };
        let well = page(Some(&server), Some(&health()), &[]);
        assert!(well.contains("Everything works") && well.contains("of 12 people"));
        assert!(well.contains("192.168.1.20/24") && !well.contains("127.0.0.1"));
        assert!(well.contains("2.1, slot A") && well.contains("0.07") && well.contains("exit 1"));
        assert!(well.contains("95 percent used"));
        let alarm = Alarm {
            name: "disk-full".to_owned(),
            gravity: Gravity::Critical,
            words: "the disk is full".to_owned(),
            advice: "remove <old> backups".to_owned(),
            since: NOW,
        };
        let ill = page(Some(&server), Some(&Health { alarms: vec![alarm], ..health() }), &[]);
        assert!(ill.contains("The disk is full.") && ill.contains("Remove &lt;old&gt; backups."));
        assert!(!ill.contains("Everything works"));
    }

    #[test]
    fn what_is_away_is_named() {
        let page = page(None, None, &[]);
        assert!(page.contains("message server is not answering"));
        assert!(page.contains("settings keeper is not answering") && page.contains("AB12"));
        assert!(!page.contains("Everything works"));
    }

    #[test]
    fn messages_since_midnight_are_counted() {
        let row = |hours_ago: u64| Row {
            at: Span::Hour.begin(NOW) - hours_ago * Span::Hour.millis(),
            sample: Sample { accepted: 10, ..Sample::default() },
        };
        let server = ServerStatus::default();
        let page = page(Some(&server), Some(&health()), &[row(20), row(3), row(0)]);
        assert!(page.contains("<dt>Messages today</dt><dd><span class=\"value\">20</span>"));
        assert_eq!(midnight(NOW, &TimeZone::UTC), Span::Day.begin(NOW));
    }

    #[test]
    fn spans_without_a_row_are_empty_places() {
        let rows = [Row { at: Span::Hour.begin(NOW), sample: Sample::default() }];
        let points = filled(&rows, Span::Hour, 3, NOW, |at| at.to_string(), |s| s.online);
        let values: Vec<_> = points.iter().map(|point| point.value).collect();
        assert_eq!(values, [None, None, Some(0)]);
    }
}
