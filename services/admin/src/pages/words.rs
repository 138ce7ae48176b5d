//! Numbers, times and sizes as people read them.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use message::people::Status;

/// Bytes with a unit: `1.4 MB`.
pub(crate) fn size(bytes: u64) -> String {
    const UNITS: [&str; 4] = ["kB", "MB", "GB", "TB"];
    if bytes < 1_000 {
        return format!("{bytes} B");
    }
    let mut tenths = bytes / 100;
    let mut unit = 0;
    while tenths >= 10_000 && unit + 1 < UNITS.len() {
        tenths /= 1_000;
        unit += 1;
    }
    if tenths >= 100 {
        format!("{} {}", tenths / 10, UNITS[unit])
    } else {
        format!("{}.{} {}", tenths / 10, tenths % 10, UNITS[unit])
    }
}

/// A length of time by its two largest units: `3 days 4 h`.
pub(crate) fn span(millis: u64) -> String {
    let seconds = millis / 1_000;
    let (days, hours) = (seconds / 86_400, seconds / 3_600 % 24);
    let (minutes, seconds) = (seconds / 60 % 60, seconds % 60);
    match (days, hours, minutes) {
        (0, 0, 0) => format!("{seconds} s"),
        (0, 0, minutes) => format!("{minutes} min {seconds} s"),
        (0, hours, minutes) => format!("{hours} h {minutes} min"),
        (1, hours, _) => format!("1 day {hours} h"),
        (days, hours, _) => format!("{days} days {hours} h"),
    }
}

/// A number with thin spaces between thousands.
pub(crate) fn number(number: u64) -> String {
    let digits = number.to_string();
    let mut text = String::with_capacity(digits.len() + digits.len() / 3 * 3);
    for (index, digit) in digits.chars().enumerate() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) && digits.len() > 4 {
            text.push('\u{202f}');
        }
        text.push(digit);
    }
    text
}

/// `1 person`, `2 people`.
pub(crate) fn count(number: u64, one: &str, many: &str) -> String {
    format!("{} {}", self::number(number), if number == 1 { one } else { many })
}

/// A point in time: `4 May 2026, 16:20 UTC`.
pub(crate) fn date(unix_millis: u64, zone: &TimeZone) -> String {
    written(unix_millis, zone, "%-d %B %Y, %H:%M %Z")
}

/// A day: `4 May 2026`.
pub(crate) fn day(unix_millis: u64, zone: &TimeZone) -> String {
    written(unix_millis, zone, "%-d %B %Y")
}

/// A point in time in one of strftime's forms; `never` for what no calendar has.
pub(crate) fn written(unix_millis: u64, zone: &TimeZone, form: &str) -> String {
    let time = i64::try_from(unix_millis).ok().and_then(|ms| Timestamp::from_millisecond(ms).ok());
    time.map_or_else(
        || "never".to_owned(),
        |time| time.to_zoned(zone.clone()).strftime(form).to_string(),
    )
}

/// A refusal's words as a sentence: a capital at its start, a full stop at its end.
pub(crate) fn sentence(text: &str) -> String {
    let mut letters = text.trim().chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let rest = letters.as_str();
    let stop = if rest.ends_with(['.', '!', '?']) { "" } else { "." };
    format!("{first}{rest}{stop}")
}

/// Whether a person is there.
pub(crate) const fn status(status: Status) -> &'static str {
    match status {
        Status::Offline => "Off-line",
        Status::Online => "On-line",
        Status::Away => "Away",
        Status::Dnd => "Do not disturb",
    }
}

/// The class of the dot that shows it.
pub(crate) const fn dot(status: Status) -> &'static str {
    match status {
        Status::Offline => "dot offline",
        Status::Online => "dot online",
        Status::Away => "dot away",
        Status::Dnd => "dot dnd",
    }
}

#[cfg(test)]
mod tests {
    use jiff::tz::TimeZone;

    use super::{count, date, day, number, sentence, size, span, written};

    #[test]
    fn sizes_have_two_digits_or_more() {
        let sizes = [0, 999, 1_000, 9_949, 14_400, 1_400_000, 999_999_999, 64_000_000_000];
        let texts = ["0 B", "999 B", "1.0 kB", "9.9 kB", "14 kB", "1.4 MB", "999 MB", "64 GB"];
        assert_eq!(sizes.map(size), texts);
        assert_eq!(size(u64::MAX), "18446744 TB");
    }

    #[test]
    fn spans_have_their_two_largest_units() {
        let spans = [900, 59_000, 61_000, 7_260_000, 90_000_000, 700_000_000];
        let texts = ["0 s", "59 s", "1 min 1 s", "2 h 1 min", "1 day 1 h", "8 days 2 h"];
        assert_eq!(spans.map(span), texts);
    }

    #[test]
    fn numbers_are_grouped_and_counted() {
        assert_eq!(number(9_999), "9999");
        assert_eq!(number(1_234_567), "1\u{202f}234\u{202f}567");
        assert_eq!(count(1, "person", "people"), "1 person");
        assert_eq!(count(0, "person", "people"), "0 people");
    }

    #[test]
    fn a_refusal_becomes_a_sentence() {
        assert_eq!(sentence("the name is taken"), "The name is taken.");
        assert_eq!(sentence("No."), "No.");
        assert_eq!(sentence(""), ".");
    }

    #[test]
    fn dates_are_long_and_in_their_zone() {
        assert_eq!(date(1_777_911_600_000, &TimeZone::UTC), "4 May 2026, 16:20 UTC");
        assert_eq!(date(u64::MAX, &TimeZone::UTC), "never");
        let berlin = TimeZone::fixed(jiff::tz::offset(2));
        assert_eq!(written(1_777_911_600_000, &berlin, "%H:%M"), "18:20");
        assert_eq!(day(1_777_911_600_000, &berlin), "4 May 2026");
    }
}
