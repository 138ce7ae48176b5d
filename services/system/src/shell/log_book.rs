//! Reading the log: the system's journal where this process logs into it, or else the lines that
//! are kept in memory.

use anyhow::ensure;
use chassis::journal;
use message::system::{AskLog, LogLine, LogLines};

use crate::log_lines::{is_wanted, most, of_journal};
use crate::shell_deed::hear;

/// Reading a journal on a slow disk.
const SECONDS: u32 = 20;
/// Lines that are looked through for words.
const LOOKED_THROUGH: usize = 5_000;
const LONGEST_CURSOR: usize = 500;

/// What somebody wants to read.
pub(super) fn read(ask: &AskLog) -> anyhow::Result<LogLines> {
    if journal::is_systems() { of_system(ask) } else { Ok(of_memory(ask)) }
}

fn of_memory(ask: &AskLog) -> LogLines {
    let after = ask.after.parse().unwrap_or(0);
    let found = journal::latest(after);
    let lines = found.lines.into_iter().map(|line| {
        let journal::Line { number, unix_ms, service, level, words } = line;
        (LogLine { unix_ms, service, level, words }, number.to_string())
    });
    let lines = lines.filter(|(line, _)| is_wanted(ask, line)).collect();
    cut(ask, lines, || found.latest.to_string())
}

/// The first lines behind a cursor, or the latest of all.
fn cut(ask: &AskLog, mut lines: Vec<(LogLine, String)>, end: impl FnOnce() -> String) -> LogLines {
    let too_many = lines.len().saturating_sub(most(ask));
    if ask.after.is_empty() {
        lines.drain(..too_many);
    } else {
        lines.truncate(most(ask));
    }
    // Behind the last line told, where more wait; else behind all that was looked at.
    let is_cut = too_many > 0 && !ask.after.is_empty();
    let last = lines.last().filter(|_| is_cut).map(|(_, cursor)| cursor.clone());
    let cursor = last.unwrap_or_else(end);
    LogLines { lines: lines.into_iter().map(|(line, _)| line).collect(), cursor }
}

fn of_system(ask: &AskLog) -> anyhow::Result<LogLines> {
    let is_plain = |text: &str| text.bytes().all(|byte| byte.is_ascii_graphic());
    let is_name = ask.service.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
    ensure!(is_name && ask.service.len() <= 40, "no service has such a name");
    ensure!(ask.after.len() <= LONGEST_CURSOR && is_plain(&ask.after), "this is no place in it");
    let service = if ask.service.is_empty() { "*" } else { &ask.service };
    let unit = format!("--unit=ivm-{service}.service");
    let deeds = format!("--unit=ivm-{service}@*.service");
    let priority = format!("--priority={}", ask.gravest.min(7));
    let mut words = vec!["journalctl", "--no-pager", "--output=json", &unit, &deeds, &priority];
    let lines = if ask.words.is_empty() { most(ask) } else { LOOKED_THROUGH };
    let (lines, after) = (format!("--lines={lines}"), format!("--after-cursor={}", ask.after));
    if ask.after.is_empty() {
        // The latest first, so that what is too much is the oldest.
        words.extend(["--reverse", &lines]);
    } else {
        words.push(&after);
    }
    let said = hear(SECONDS, &words)?;
    let failed = !said.succeeded && said.out.is_empty() && !said.errors.is_empty();
    ensure!(!failed, "{}", said.errors.lines().next().unwrap_or_default());
    let mut found: Vec<(LogLine, String)> = said.out.lines().filter_map(of_journal).collect();
    if ask.after.is_empty() {
        found.reverse();
    }
    let end = found.last().map_or_else(|| ask.after.clone(), |(_, cursor)| cursor.clone());
    found.retain(|(line, _)| is_wanted(ask, line));
    Ok(cut(ask, found, || end))
}

#[cfg(test)]
mod tests {
    use message::system::{AskLog, LogLine};

    use super::cut;

    fn lines(count: usize) -> Vec<(LogLine, String)> {
        let line = |number: usize| LogLine {
            unix_ms: 0,
            service: "ivm".to_owned(),
            level: 6,
            words: number.to_string(),
        };
        (0..count).map(|number| (line(number), format!("c{number}"))).collect()
    }

    #[test]
    fn who_follows_misses_no_line_and_who_looks_sees_the_latest() {
        let latest = AskLog { most: 2, gravest: 7, ..AskLog::default() };
        let told = cut(&latest, lines(5), || "end".to_owned());
        assert_eq!((told.lines[0].words.as_str(), told.cursor.as_str()), ("3", "end"));
        let follow = AskLog { after: "c".to_owned(), ..latest };
        let told = cut(&follow, lines(5), || "end".to_owned());
        assert_eq!((told.lines[1].words.as_str(), told.cursor.as_str()), ("1", "c1"));
        assert_eq!(cut(&follow, lines(2), || "end".to_owned()).cursor, "end");
    }
}
