//! A time zone as telephones take it: how far from UTC, and the two days of the year on which the
//! clock changes. From the machine's time zone database.

use jiff::civil::DateTime;
use jiff::tz::{Offset, TimeZone};
use jiff::{Timestamp, ToSpan as _};
use provision::{Change, Summer, Zone};

/// So many years are looked at, to tell the last weekday of a month from the fourth.
const YEARS: i64 = 8;

/// The zone of this name, from `now` on; UTC under its name if the machine has none such. A clock
/// that changes by another time than an hour, or on days that no rule tells, stays as it is now.
pub(super) fn find(name: &str, now: Timestamp) -> Zone {
    let zone = TimeZone::get(name).unwrap_or(TimeZone::UTC);
    let current = zone.to_offset(now);
    let summer = summer(&zone, current, now);
    let winter = summer.map_or(current, |(winter, _)| winter);
    let minutes = i16::try_from(winter.seconds() / 60).unwrap_or(0);
    Zone { name: name.to_owned(), minutes, summer: summer.map(|(_, summer)| summer) }
}

fn summer(zone: &TimeZone, current: Offset, now: Timestamp) -> Option<(Offset, Summer)> {
    let end = now.checked_add((YEARS * 365 * 24).hours()).ok()?;
    let mut before = current;
    let (mut starts, mut ends) = (Vec::new(), Vec::new());
    let mut winter = current;
    for change in zone.following(now).take_while(|change| change.timestamp() < end) {
        let after = change.offset();
        // When it strikes, by the clock as it was until then.
        let at = before.to_datetime(change.timestamp());
        match after.seconds() - before.seconds() {
            3_600 => {
                winter = before;
                starts.push(at);
            }
            -3_600 => {
                winter = after;
                ends.push(at);
            }
            _ => return None,
        }
        before = after;
    }
    let summer = Summer { start: rule(&starts)?, end: rule(&ends)? };
    Some((winter, summer))
}

/// The rule that all these days follow.
fn rule(days: &[DateTime]) -> Option<Change> {
    let first = days.first()?;
    let key = |day: &DateTime| (day.month(), day.weekday(), day.hour(), day.minute());
    let nth = |day: &DateTime| (day.day() - 1) / 7 + 1;
    let is_last = |day: &DateTime| day.day() + 7 > day.days_in_month();
    if days.len() < 2 || days.iter().any(|day| key(day) != key(first)) || first.minute() != 0 {
        return None;
    }
    let week = if days.iter().all(is_last) {
        5
    } else if days.iter().all(|day| nth(day) == nth(first)) {
        nth(first)
    } else {
        return None;
    };
    let number = |number: i8| u8::try_from(number).ok();
    Some(Change {
        month: number(first.month())?,
        week: number(week)?,
        weekday: number(first.weekday().to_sunday_zero_offset())?,
        hour: number(first.hour())?,
    })
}

#[cfg(test)]
mod tests {
    use jiff::Timestamp;
    use provision::Change;

    use super::find;

    fn at(text: &str) -> Timestamp {
        text.parse().expect("a time")
    }

    fn told(name: &str, now: &str) -> (i16, Option<(Change, Change)>) {
        let zone = find(name, at(now));
        (zone.minutes, zone.summer.map(|summer| (summer.start, summer.end)))
    }

    const fn change(month: u8, week: u8, hour: u8) -> Change {
        Change { month, week, weekday: 0, hour }
    }

    #[test]
    fn zones_with_a_summer_are_told_by_their_two_days_at_any_time_of_the_year() {
        for now in ["2026-01-15T00:00:00Z", "2026-07-15T00:00:00Z"] {
            let berlin = (60, Some((change(3, 5, 2), change(10, 5, 3))));
            assert_eq!(told("Europe/Berlin", now), berlin, "{now}");
            let new_york = (-300, Some((change(3, 2, 2), change(11, 1, 2))));
            assert_eq!(told("America/New_York", now), new_york, "{now}");
            let sydney = (600, Some((change(10, 1, 2), change(4, 1, 3))));
            assert_eq!(told("Australia/Sydney", now), sydney, "{now}");
            let dublin = (0, Some((change(3, 5, 1), change(10, 5, 2))));
            assert_eq!(told("Europe/Dublin", now), dublin, "{now}");
        }
    }

    #[test]
    fn zones_without_one_or_with_an_odd_one_stay_as_they_are() {
        assert_eq!(told("Asia/Kolkata", "2026-07-15T00:00:00Z"), (330, None));
        assert_eq!(told("Asia/Tokyo", "2026-07-15T00:00:00Z"), (540, None));
        assert_eq!(told("UTC", "2026-07-15T00:00:00Z"), (0, None));
        assert_eq!(told("No/Where", "2026-07-15T00:00:00Z"), (0, None));
        assert_eq!(told("Australia/Lord_Howe", "2026-07-15T00:00:00Z"), (630, None));
    }
}
