//! A time zone in the many words of the vendors.
//!
//! The database of time zones is not here: the caller says how far the clock is from UTC and when
//! summer begins and ends.

/// A time zone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Zone {
    /// Its name in the time zone database: `Europe/Berlin`. Cleaned as a display name is.
    pub name: String,
    /// Minutes east of UTC, in winter.
    pub minutes: i16,
    /// Summer, an hour ahead; none where the clock stays.
    pub summer: Option<Summer>,
}

/// When the clock is an hour ahead.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Summer {
    /// Its first moment, in winter's time.
    pub start: Change,
    /// Its last moment, in summer's time.
    pub end: Change,
}

/// A moment that comes once a year, like `M3.5.0/2` of POSIX.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Change {
    /// 1 to 12.
    pub month: u8,
    /// The first (1) to the last (5) such weekday of the month.
    pub week: u8,
    /// 0 for Sunday, to 6.
    pub weekday: u8,
    /// 0 to 23.
    pub hour: u8,
}

const DAYS: [&str; 7] = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const MONTHS: [&str; 12] =
    ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/// Names of zones in the words of Cisco's enterprise phones and of Snom. What is not here is told
/// to Snom as an offset, and to Cisco as Greenwich.
const NAMED: [(&str, &str, &str); 21] = [
    ("UTC", "Greenwich Standard Time", ""),
    ("Etc/UTC", "Greenwich Standard Time", ""),
    ("Europe/London", "GMT Standard/Daylight Time", "GBR-0"),
    ("Europe/Berlin", "Central Europe Standard/Daylight Time", "GER+1"),
    ("Europe/Vienna", "Central Europe Standard/Daylight Time", "AUT+1"),
    ("Europe/Zurich", "Central Europe Standard/Daylight Time", "CHE+1"),
    ("Europe/Paris", "Central Europe Standard/Daylight Time", "FRA+1"),
    ("Europe/Rome", "Central Europe Standard/Daylight Time", "ITA+1"),
    ("Europe/Madrid", "Central Europe Standard/Daylight Time", "ESP+1"),
    ("Europe/Amsterdam", "Central Europe Standard/Daylight Time", "NLD+1"),
    ("Europe/Brussels", "Central Europe Standard/Daylight Time", "BEL+1"),
    ("Europe/Athens", "E. Europe Standard/Daylight Time", "GRC+2"),
    ("Europe/Moscow", "Russian Standard/Daylight Time", ""),
    ("America/New_York", "Eastern Standard/Daylight Time", "USA-5"),
    ("America/Chicago", "Central Standard/Daylight Time", "USA-6"),
    ("America/Denver", "Mountain Standard/Daylight Time", "USA-7"),
    ("America/Los_Angeles", "Pacific Standard/Daylight Time", "USA-8"),
    ("America/Anchorage", "Alaskan Standard/Daylight Time", "USA-9"),
    ("Asia/Kolkata", "India Standard Time", ""),
    ("Asia/Tokyo", "Tokyo Standard Time", "JPN+9"),
    ("Australia/Brisbane", "AUS Central Standard Time", ""),
];

impl Zone {
    /// The zone in one vendor's word; none for a word that it has not, or not in this zone.
    pub(crate) fn word(&self, word: &str) -> Option<String> {
        let minutes = i32::from(self.minutes);
        match word {
            "minutes" => Some(minutes.to_string()),
            "minutes-west" => Some((-minutes).to_string()),
            "seconds" => Some((minutes * 60).to_string()),
            "quarters" => Some((minutes / 15).to_string()),
            "hours" => Some(self.hours()),
            "clock" => Some(self.clock(1)),
            "gmt" => Some(format!("GMT{}", self.clock(2))),
            "cisco" => Some(self.named().map_or(NAMED[0].1, |named| named.1).to_owned()),
            "snom" => self.snom().map(str::to_owned),
            // An offset is said where the name is not known, and only there.
            "snom-offset" if self.snom().is_none() => Some((minutes * 60).to_string()),
            "snom-dst" if self.snom().is_none() => self.summer.map(Summer::snom),
            "posix" => Some(self.posix()),
            "spa-rule" => self.summer.map(Summer::spa),
            _ => {
                let (edge, part) = word.split_once('-')?;
                let summer = self.summer?;
                match edge {
                    "start" => summer.start.word(part),
                    "end" => summer.end.word(part),
                    _ => None,
                }
            }
        }
    }

    fn named(&self) -> Option<&'static (&'static str, &'static str, &'static str)> {
        NAMED.iter().find(|(name, ..)| *name == self.name)
    }

    fn snom(&self) -> Option<&'static str> {
        self.named().map(|named| named.2).filter(|word| !word.is_empty())
    }

    fn sign(&self) -> char {
        if self.minutes < 0 { '-' } else { '+' }
    }

    /// `+1`, `+5:30`, `-8`.
    fn hours(&self) -> String {
        let (hours, rest) = (self.minutes.unsigned_abs() / 60, self.minutes.unsigned_abs() % 60);
        let rest = if rest == 0 { String::new() } else { format!(":{rest:02}") };
        format!("{}{hours}{rest}", self.sign())
    }

    /// `+1:00` or `+01:00`.
    fn clock(&self, width: usize) -> String {
        let minutes = self.minutes.unsigned_abs();
        format!("{}{:0width$}:{:02}", self.sign(), minutes / 60, minutes % 60)
    }

    /// `MTZ-1MDT-2,M3.5.0/2,M10.5.0/3`: POSIX counts westward.
    fn posix(&self) -> String {
        let west = |minutes: i32| {
            let rest = minutes.unsigned_abs() % 60;
            let rest = if rest == 0 { String::new() } else { format!(":{rest:02}") };
            format!("{}{}{rest}", if minutes < 0 { "-" } else { "+" }, minutes.unsigned_abs() / 60)
        };
        let minutes = -i32::from(self.minutes);
        let winter = format!("MTZ{}", west(minutes));
        let Some(Summer { start, end }) = self.summer else { return winter };
        let rule = |at: Change| format!("M{}.{}.{}/{}", at.month, at.week, at.weekday, at.hour);
        format!("{winter}MDT{},{},{}", west(minutes - 60), rule(start), rule(end))
    }
}

impl Summer {
    /// Month, day, weekday, hour: the first such weekday on or behind the day; -1 for the last.
    fn spa(self) -> String {
        let rule = |at: Change| {
            let day = if at.week == 5 { -1 } else { i32::from(at.week) * 7 - 6 };
            format!("{}/{day}/{}/{}", at.month, at.iso_weekday(), at.hour)
        };
        format!("start={};end={};save=1", rule(self.start), rule(self.end))
    }

    fn snom(self) -> String {
        let rule = |at: Change| {
            format!("{:02}.{:02}.{:02} {:02}:00:00", at.month, at.week, at.iso_weekday(), at.hour)
        };
        format!("3600 {} {}", rule(self.start), rule(self.end))
    }
}

impl Change {
    /// 1 for Monday, to 7 for Sunday.
    const fn iso_weekday(self) -> u8 {
        if self.weekday == 0 { 7 } else { self.weekday }
    }

    fn word(self, word: &str) -> Option<String> {
        let is_last = self.week == 5;
        match word {
            "month" => Some(self.month.to_string()),
            "hour" => Some(self.hour.to_string()),
            "minute-of-day" => Some((u16::from(self.hour) * 60).to_string()),
            "week" => Some(self.week.to_string()),
            "week-or-last" => Some(if is_last { "-1".into() } else { self.week.to_string() }),
            "week-classic" => Some(if is_last { "8".into() } else { self.week.to_string() }),
            "weekday" => Some(self.weekday.to_string()),
            "weekday-from-1" => Some((u16::from(self.weekday) + 1).to_string()),
            "is-last" => Some(u8::from(is_last).to_string()),
            "first-date" => Some((i32::from(self.week) * 7 - 6).to_string()),
            "yealink" => {
                Some(format!("{}/{}/{}/{}", self.month, self.week, self.iso_weekday(), self.hour))
            }
            "avaya" => {
                let week = if is_last { "L".to_owned() } else { self.week.to_string() };
                let day = DAYS.get(usize::from(self.weekday))?;
                let month = MONTHS.get(usize::from(self.month).checked_sub(1)?)?;
                Some(format!("{week}{day}{month}{}L", self.hour))
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::{Change, Summer, Zone};

    fn zone(name: &str, minutes: i16, summer: bool) -> Zone {
        let start = Change { month: 3, week: 5, weekday: 0, hour: 2 };
        let end = Change { month: 11, week: 1, weekday: 0, hour: 3 };
        let summer = summer.then_some(Summer { start, end });
        Zone { name: name.to_owned(), minutes, summer }
    }

    #[test]
    fn a_zone_is_said_in_every_vendors_words() {
        let berlin = zone("Europe/Berlin", 60, true);
        for (word, said) in [
            ("hours", "+1"),
            ("gmt", "GMT+01:00"),
            ("clock", "+1:00"),
            ("minutes-west", "-60"),
            ("seconds", "3600"),
            ("quarters", "4"),
            ("cisco", "Central Europe Standard/Daylight Time"),
            ("snom", "GER+1"),
            ("posix", "MTZ-1MDT-2,M3.5.0/2,M11.1.0/3"),
            ("spa-rule", "start=3/-1/7/2;end=11/1/7/3;save=1"),
            ("start-yealink", "3/5/7/2"),
            ("start-avaya", "LSunMar2L"),
            ("end-avaya", "1SunNov3L"),
            ("end-first-date", "1"),
            ("start-week-or-last", "-1"),
        ] {
            assert_eq!(berlin.word(word).as_deref(), Some(said), "{word}");
        }
        assert_eq!(berlin.word("snom-offset"), None);
    }

    #[test]
    fn odd_offsets_and_zones_without_summer_are_said_too() {
        let kolkata = zone("Asia/Kolkata", 330, false);
        assert_eq!(kolkata.word("hours").as_deref(), Some("+5:30"));
        assert_eq!(kolkata.word("posix").as_deref(), Some("MTZ-5:30"));
        assert_eq!(kolkata.word("snom-offset").as_deref(), Some("19800"));
        assert_eq!(kolkata.word("start-month"), None);
        let west = zone("Nowhere/Else", -210, true);
        assert_eq!(west.word("gmt").as_deref(), Some("GMT-03:30"));
        assert_eq!(
            west.word("snom-dst").as_deref(),
            Some("3600 03.05.07 02:00:00 11.01.07 03:00:00")
        );
        assert_eq!(west.word("posix").as_deref(), Some("MTZ+3:30MDT+2:30,M3.5.0/2,M11.1.0/3"));
    }
}
