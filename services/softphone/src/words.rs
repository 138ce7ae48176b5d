//! Views in the words of people: states, lengths, times, sizes. One line of text each.

use client_engine::{Direction, Link, MessageState, MessageView, PersonView, Trust};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use message::Priority;
use message::people::Status;
use message::speech::Mode;

/// How much time, as `1:05` or `1:00:05`.
#[must_use]
pub fn length(milliseconds: u64) -> String {
    let seconds = milliseconds.saturating_add(500) / 1000;
    let (hours, minutes, seconds) = (seconds / 3600, seconds / 60 % 60, seconds % 60);
    if hours > 0 {
        format!("{hours}:{minutes:02}:{seconds:02}")
    } else {
        format!("{minutes}:{seconds:02}")
    }
}

/// A point in time in this time zone: the hour of today, or the date and the hour.
#[must_use]
pub fn time(unix_millis: u64, today: u64, zone: &TimeZone) -> String {
    let (at, today) = (zoned(unix_millis, zone), zoned(today, zone));
    let format = if at.date() == today.date() {
        "%H:%M"
    } else if at.year() == today.year() {
        "%d %b %H:%M"
    } else {
        "%d %b %Y"
    };
    at.strftime(format).to_string()
}

/// A point in time with everything, in this time zone.
#[must_use]
pub fn full_time(unix_millis: u64, zone: &TimeZone) -> String {
    zoned(unix_millis, zone).strftime("%Y-%m-%d %H:%M:%S %z").to_string()
}

/// A point in time as RFC 3339 in UTC.
#[must_use]
pub fn rfc3339(unix_millis: u64) -> String {
    timestamp(unix_millis).to_string()
}

fn zoned(unix_millis: u64, zone: &TimeZone) -> jiff::Zoned {
    timestamp(unix_millis).to_zoned(zone.clone())
}

fn timestamp(unix_millis: u64) -> Timestamp {
    let millis = i64::try_from(unix_millis).unwrap_or(i64::MAX);
    Timestamp::from_millisecond(millis).unwrap_or(Timestamp::MAX)
}

/// A size in bytes, as people read it.
#[must_use]
pub fn size(bytes: u64) -> String {
    let units = ["kB", "MB", "GB", "TB"];
    if bytes < 1000 {
        return format!("{bytes} B");
    }
    let mut value = bytes as f64 / 1000.0;
    let mut unit = 0;
    while value >= 999.95 && unit + 1 < units.len() {
        value /= 1000.0;
        unit += 1;
    }
    format!("{value:.1} {}", units[unit])
}

/// Whether a person is there, in one word.
#[must_use]
pub const fn status(status: Status) -> &'static str {
    match status {
        Status::Offline => "offline",
        Status::Online => "online",
        Status::Away => "away",
        Status::Dnd => "dnd",
    }
}

/// How the client stands with its server.
#[must_use]
pub fn link(link: &Link) -> &'static str {
    match link {
        Link::LoggedOut => "logged out",
        Link::Offline => "offline",
        Link::Connecting => "connecting",
        Link::Online => "online",
    }
}

/// How far a key is trusted.
#[must_use]
pub const fn trust(trust: Trust) -> &'static str {
    match trust {
        Trust::None => "none",
        Trust::Pinned => "pinned",
        Trust::Verified => "verified",
        Trust::Changed => "changed",
    }
}

/// Where a message is in its life.
#[must_use]
pub const fn state(state: MessageState) -> &'static str {
    match state {
        MessageState::Arriving => "arriving",
        MessageState::Unplayed => "unplayed",
        MessageState::Played => "played",
        MessageState::Unreadable => "unreadable",
        MessageState::Cut => "cut",
        MessageState::Sending => "sending",
        MessageState::Sent => "sent",
        MessageState::Failed => "failed",
    }
}

/// Received or sent.
#[must_use]
pub const fn direction(direction: Direction) -> &'static str {
    match direction {
        Direction::Received => "received",
        Direction::Sent => "sent",
    }
}

/// Live or recorded.
#[must_use]
pub const fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Live => "live",
        Mode::Record => "record",
    }
}

/// How urgent.
#[must_use]
pub const fn priority(priority: Priority) -> &'static str {
    match priority {
        Priority::Unknown => "unknown",
        Priority::Low => "low",
        Priority::Normal => "normal",
        Priority::High => "high",
    }
}

/// What has become of a message, in two or three columns: one tick on the server, two ticks at
/// every recipient, and `heard` by all.
#[must_use]
pub fn ticks(message: &MessageView) -> &'static str {
    match message.state {
        MessageState::Arriving => "»»",
        MessageState::Unplayed => "● ",
        MessageState::Played => "  ",
        MessageState::Unreadable => "!!",
        MessageState::Cut => "✂ ",
        MessageState::Sending => "… ",
        MessageState::Failed => "✗ ",
        MessageState::Sent => sent_ticks(message),
    }
}

fn sent_ticks(message: &MessageView) -> &'static str {
    let everybody =
        !message.deliveries.is_empty() && message.deliveries.len() >= message.recipients.len();
    if everybody && message.deliveries.iter().all(|delivery| delivery.played.is_some()) {
        "✓▶"
    } else if everybody && message.deliveries.iter().all(|delivery| delivery.delivered.is_some()) {
        "✓✓"
    } else {
        "✓ "
    }
}

/// With whom a message was exchanged, as people read it.
#[must_use]
pub fn partner(message: &MessageView, people: &[PersonView]) -> String {
    match message.direction {
        Direction::Received => clean(&message.sender_display),
        Direction::Sent => {
            let name = |guid: &message::Guid| {
                let person = people.iter().find(|person| person.guid == *guid);
                person.map_or_else(|| "?".to_owned(), |person| clean(&person.display))
            };
            message.recipients.iter().map(name).collect::<Vec<_>>().join(", ")
        }
    }
}

/// Text of somebody else, without what could move the cursor of a terminal.
#[must_use]
pub fn clean(text: &str) -> String {
    text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }).collect()
}

#[cfg(test)]
mod tests {
    use client_engine::{Delivery, MessageState};
    use jiff::tz::{Offset, TimeZone};

    use super::{clean, length, rfc3339, size, ticks, time};
    use crate::sample::{a_message, guid};

    #[test]
    fn lengths_and_sizes_read_well() {
        assert_eq!(
            (length(0), length(65_400), length(3_605_000)),
            pieces("0:00", "1:05", "1:00:05")
        );
        assert_eq!((size(999), size(18_000), size(999_999)), pieces("999 B", "18.0 kB", "1.0 MB"));
    }

    fn pieces(a: &str, b: &str, c: &str) -> (String, String, String) {
        (a.to_owned(), b.to_owned(), c.to_owned())
    }

    #[test]
    fn times_are_told_in_the_zone_of_the_person() {
        let noon = 1_700_000_000_000;
        let zone = TimeZone::fixed(Offset::constant(2));
        assert_eq!(time(noon, noon, &zone), "00:13");
        assert_eq!(time(noon, noon + 86_400_000, &zone), "15 Nov 00:13");
        assert_eq!(time(noon, noon + 365 * 86_400_000, &zone), "15 Nov 2023");
        assert_eq!(rfc3339(noon), "2023-11-14T22:13:20Z");
        assert!(rfc3339(u64::MAX).starts_with("9999"));
    }

    // row 16
    #[test]
    fn ticks_tell_how_far_a_sent_message_is() {
        let mut message = a_message(1);
        message.state = MessageState::Sent;
        assert_eq!(ticks(&message), "✓ ");
        message.deliveries = vec![Delivery { person: guid(2), delivered: Some(1), played: None }];
        assert_eq!(ticks(&message), "✓✓");
        message.deliveries[0].played = Some(2);
        assert_eq!(ticks(&message), "✓▶");
    }

    #[test]
    fn a_name_cannot_move_the_cursor() {
        assert_eq!(clean("a\u{1b}[2Jb\n"), "a\u{fffd}[2Jb\u{fffd}");
    }
}
