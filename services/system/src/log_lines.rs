//! Lines of the log: what `journalctl --output=json` says, and which lines somebody wants.

use message::system::{AskLog, LogLine};
use serde_json::{Map, Value};

/// Lines in one answer.
const MOST: u32 = 1_000;
/// Bytes of one line.
const LONGEST: usize = 4_000;
/// Fields that say nothing to people.
const SILENT: [&str; 8] =
    ["MESSAGE", "PRIORITY", "TARGET", "SYSLOG_", "CODE_", "RUST_", "MESSAGE_ID", "TID"];

/// How many lines somebody wants.
pub(crate) fn most(ask: &AskLog) -> usize {
    ask.most.clamp(1, MOST) as usize
}

/// Does somebody want this line?
pub(crate) fn is_wanted(ask: &AskLog, line: &LogLine) -> bool {
    line.level <= ask.gravest
        && (ask.service.is_empty() || ask.service == line.service)
        && (ask.words.is_empty() || line.words.to_lowercase().contains(&ask.words.to_lowercase()))
}

/// A line of the journal, with its cursor; `None` for one that is not whole.
pub(crate) fn of_journal(text: &str) -> Option<(LogLine, String)> {
    let entry: Map<String, Value> = serde_json::from_str(text).ok()?;
    let field = |name: &str| entry.get(name).and_then(Value::as_str);
    let cursor = field("__CURSOR")?.to_owned();
    let micros: u64 = field("__REALTIME_TIMESTAMP")?.parse().ok()?;
    // What is said about a unit by who starts and stops it bears its name in another field.
    let about = field("UNIT").filter(|_| field("_PID") == Some("1"));
    let unit = about.or_else(|| field("_SYSTEMD_UNIT")).unwrap_or_default();
    let unit = unit.strip_suffix(".service").unwrap_or(unit);
    let mut words = entry.get("MESSAGE").map(said).unwrap_or_default();
    for (name, value) in &entry {
        let is_silent = name.starts_with('_') || SILENT.iter().any(|one| name.starts_with(one));
        if !is_silent && about.is_none() && is_own(name, unit) {
            words.push_str(&format!(" {}={}", name.to_lowercase(), said(value)));
        }
    }
    words.truncate(words.floor_char_boundary(LONGEST));
    let service = unit.strip_prefix("ivm-").unwrap_or(unit);
    // Of a service that is started for one deed, each process has a name of its own.
    let service = service.split_once('@').map_or(service, |(name, _)| name).to_owned();
    let level = field("PRIORITY").and_then(|level| level.parse().ok()).unwrap_or(6);
    Some((LogLine { unix_ms: micros / 1000, service, level, words }, cursor))
}

/// Of our services only: systemd's own lines have many fields that say the same again.
fn is_own(name: &str, unit: &str) -> bool {
    unit.starts_with("ivm-")
        && name.bytes().all(|byte| byte.is_ascii_uppercase() || byte == b'_')
        && !matches!(name, "UNIT" | "INVOCATION_ID")
}

/// A value; the journal writes one that is no text as a list of its bytes.
fn said(value: &Value) -> String {
    let text = match value {
        Value::String(text) => text.clone(),
        Value::Array(bytes) => {
            let bytes = bytes.iter().filter_map(|byte| u8::try_from(byte.as_u64()?).ok());
            String::from_utf8_lossy(&bytes.collect::<Vec<u8>>()).into_owned()
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => String::new(),
    };
    text.chars().map(|letter| if letter.is_control() { ' ' } else { letter }).collect()
}

#[cfg(test)]
mod tests {
    use message::system::{AskLog, LogLine};

    use super::{is_wanted, most, of_journal};

    const LINE: &str = "{\"__CURSOR\":\"s=1;i=2\",\"__REALTIME_TIMESTAMP\":\"1700000000123456\",\
                        \"_SYSTEMD_UNIT\":\"ivm-ivm.service\",\"PRIORITY\":\"4\",\
                        \"MESSAGE\":\"connected\",\"STATION\":\"12\",\"SYSLOG_PID\":\"9\",\
                        \"CODE_LINE\":\"3\",\"_PID\":\"9\",\"TARGET\":\"ivm::shell\"}";

    fn ask(service: &str, gravest: u8, words: &str) -> AskLog {
        let (service, words) = (service.to_owned(), words.to_owned());
        AskLog { after: String::new(), service, gravest, words, most: 10 }
    }

    #[test]
    fn a_line_of_the_journal_keeps_its_fields() {
        let (line, cursor) = of_journal(LINE).expect("it is whole");
        assert_eq!(cursor, "s=1;i=2");
        let expected = LogLine {
            unix_ms: 1_700_000_000_123,
            service: "ivm".to_owned(),
            level: 4,
            words: "connected station=12".to_owned(),
        };
        assert_eq!(line, expected);
        let bytes = LINE.replace("\"connected\"", "[104,105,10,255]");
        assert!(of_journal(&bytes).expect("whole").0.words.starts_with("hi \u{fffd}"));
        for at in 0..LINE.len() {
            assert!(of_journal(&LINE[..at]).is_none(), "{at}");
        }
    }

    #[test]
    fn a_line_belongs_to_the_service_that_it_is_about() {
        let of = |text: &str| of_journal(text).expect("it is whole").0;
        let deed = LINE.replace("ivm-ivm.service", "ivm-deed@8-244-801.service");
        assert_eq!(of(&deed).service, "deed");
        let manager = LINE
            .replace(
                "\"_SYSTEMD_UNIT\":\"ivm-ivm.service\"",
                "\"_SYSTEMD_UNIT\":\"init.scope\",\"UNIT\":\"ivm-lcd.service\"",
            )
            .replace("\"_PID\":\"9\"", "\"_PID\":\"1\"");
        assert_eq!((of(&manager).service, of(&manager).words), ("lcd".into(), "connected".into()));
        let forged = manager.replace("\"_PID\":\"1\"", "\"_PID\":\"9\"");
        assert_eq!(of(&forged).service, "init.scope", "others may write what they like");
    }

    #[test]
    fn only_wanted_lines_are_told() {
        let (line, _) = of_journal(LINE).expect("it is whole");
        assert!(is_wanted(&ask("", 7, ""), &line) && is_wanted(&ask("ivm", 4, "CONN"), &line));
        assert!(!is_wanted(&ask("admin", 7, ""), &line) && !is_wanted(&ask("", 3, ""), &line));
        assert!(!is_wanted(&ask("", 7, "refused"), &line));
        assert_eq!(most(&AskLog { most: 0, ..ask("", 7, "") }), 1);
        assert_eq!(most(&AskLog { most: u32::MAX, ..ask("", 7, "") }), 1_000);
    }
}
