//! What is the matter with a phone, in a sentence: the step of its way that failed.

use machine::{Moment, Span};
use message::station::Trust;
use provision::Maker;

use super::carriage::Carriage;
use super::progress::{Addressing, File, Given, Line, Why};
use super::record::Station;
use super::timeline::shown;

/// A step that is not there after so long has failed: a phone restarts within a minute.
const PATIENCE: Span = Span::from_secs(60);
/// DHCP is a matter of seconds.
const DHCP_PATIENCE: Span = Span::from_secs(20);
/// The longest sentence, bytes.
const LONGEST: usize = 160;
/// The longest part of it that a phone has said.
const LONGEST_WORDS: usize = 64;

/// The trouble of a phone; empty if all is well.
pub(super) fn trouble(station: &Station, now: Moment) -> String {
    let words = match station.record.trust {
        Trust::Refused => String::new(),
        Trust::Awaiting => of_address(station, now).unwrap_or_else(|| waiting(station)),
        Trust::Approved => approved(station, now),
    };
    shown(&words, LONGEST)
}

fn waiting(station: &Station) -> String {
    match station.record.identity.vendor {
        Maker::Known(_) => "It awaits approval.".to_owned(),
        Maker::Other(_) => "It awaits approval. We have no files for it: set it up by hand.".into(),
    }
}

fn approved(station: &Station, now: Moment) -> String {
    match &station.progress.line {
        Line::Registered => return String::new(),
        Line::Refused { words } if words.is_empty() => return "Its line was refused.".to_owned(),
        Line::Refused { words } => {
            return format!("Its line was refused: {}", sentence(words));
        }
        Line::Unseen | Line::Gone { .. } => {}
    }
    let hop = of_address(station, now).or_else(|| of_files(station, now));
    let has_files = station.record.carriage() != Carriage::Never;
    let is_late = has_files && !station.record.is_delivered && !station.has_open_window(now);
    match (hop, is_late) {
        (Some(words), true) if !words.ends_with(AGAIN) => {
            format!("{words} Its ten minutes are over: {AGAIN}")
        }
        (Some(words), _) => words,
        (None, true) => format!("It did not fetch its secrets within ten minutes: {AGAIN}"),
        (None, false) => of_line(station, now),
    }
}

const AGAIN: &str = "approve it again.";

/// What went wrong with DHCP, if anything did.
fn of_address(station: &Station, now: Moment) -> Option<String> {
    let late = |since: Moment| now.since(since) > DHCP_PATIENCE;
    match &station.progress.address {
        Addressing::Looking { since } if late(*since) => {
            Some("It looks for an address, and no DHCP server answers it.".to_owned())
        }
        Addressing::Offered { at } if late(*at) => {
            Some("It was offered an address, and did not take it.".to_owned())
        }
        Addressing::Refused { words } if words.is_empty() => {
            Some("DHCP has refused it an address.".to_owned())
        }
        Addressing::Refused { words } => {
            Some(format!("DHCP has refused it an address: {}", sentence(words)))
        }
        Addressing::Released => Some("It has given its address back.".to_owned()),
        Addressing::Unseen
        | Addressing::Looking { .. }
        | Addressing::Offered { .. }
        | Addressing::Leased => None,
    }
}

/// What went wrong with its files, if anything did.
fn of_files(station: &Station, now: Moment) -> Option<String> {
    let late = |since: Moment| now.since(since) > PATIENCE;
    if station.record.carriage() == Carriage::Never {
        return Some("We have no files for it: set it up by hand.".to_owned());
    }
    if let Some(leased_at) = station.progress.is_mute() {
        let words = "It has an address but asked for no file.";
        return late(leased_at).then(|| words.to_owned());
    }
    let Some(file) = &station.progress.file else {
        let is_nowhere = station.record.address.is_none();
        return is_nowhere.then(|| "It has no address that we know of.".to_owned());
    };
    let name = shown(&file.name, LONGEST_WORDS);
    if !file.fault.is_empty() {
        return Some(format!("{name} did not reach it: {}", sentence(&file.fault)));
    }
    match file.given {
        Given::Withheld(why) => withheld(&name, file, why),
        Given::Nothing | Given::Lead if late(file.at) && !station.record.is_delivered => {
            Some(format!("It asked for {name}, and not for its own file yet."))
        }
        Given::Nothing | Given::Lead | Given::Secrets => None,
    }
}

fn withheld(name: &str, file: &File, why: Why) -> Option<String> {
    match why {
        // It has asked for it before somebody approved it, and will ask again.
        Why::Awaiting => None,
        Why::Address => Some(format!(
            "It asked for {name} from {}, which is not the address that DHCP gave to it.",
            file.asker
        )),
        Why::Token => Some(format!("It asked for {name} without the token of its address.")),
        Why::Clear => Some(format!("It asked for {name} by HTTP, and was told to use HTTPS.")),
        Why::Late => Some(format!("It asked for {name} when its ten minutes were over: {AGAIN}")),
        Why::Spent => Some(format!("It asked for {name} once more, which takes a resync.")),
    }
}

fn of_line(station: &Station, now: Moment) -> String {
    let passed = |since: Moment| now.since(since);
    if let Line::Gone { since } = station.progress.line {
        // It may only be starting again.
        let is_late = passed(since) > PATIENCE;
        let words = || format!("Its line has been out of service for {}.", ago(passed(since)));
        return is_late.then(words).unwrap_or_default();
    }
    match &station.progress.file {
        Some(file) if file.given == Given::Secrets && passed(file.at) > PATIENCE => {
            let name = shown(&file.name, LONGEST_WORDS);
            let ago = ago(passed(file.at));
            format!("It asked for {name} and got it, but has not registered for {ago}.")
        }
        Some(_) | None => String::new(),
    }
}

fn ago(passed: Span) -> String {
    let (minutes, hours) = (passed.millis() / 60_000, passed.millis() / 3_600_000);
    match (hours, minutes) {
        (0, 0 | 1) => "a minute".to_owned(),
        (0, minutes) => format!("{minutes} minutes"),
        (1, _) => "an hour".to_owned(),
        (2..48, _) => format!("{hours} hours"),
        _ => format!("{} days", hours / 24),
    }
}

/// Somebody else's words as the end of a sentence.
fn sentence(words: &str) -> String {
    let words = shown(words, LONGEST_WORDS);
    if words.ends_with(['.', '!', '?']) { words } else { format!("{words}.") }
}

#[cfg(test)]
mod tests {
    use machine::Span;

    use super::{ago, sentence};

    #[test]
    fn times_are_told_as_people_tell_them() {
        let minutes = [1, 3, 59, 60, 119, 120, 47 * 60, 48 * 60];
        let told = minutes.map(|minutes| ago(Span::from_secs(minutes * 60)));
        let expected = [
            "a minute",
            "3 minutes",
            "59 minutes",
            "an hour",
            "an hour",
            "2 hours",
            "47 hours",
            "2 days",
        ];
        assert_eq!(told, expected);
    }

    #[test]
    fn a_sentence_ends_once() {
        assert_eq!(sentence("timed out"), "timed out.");
        assert_eq!(sentence("Wrong password."), "Wrong password.");
    }
}
