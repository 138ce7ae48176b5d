//! A record as one line: time, level, target, message, fields.

use std::fmt::Write;

use log::Record;
use log::kv::{Error, Key, Value, VisitSource};
use time::OffsetDateTime;
use time::macros::format_description;

/// The line, with its end. What is not printable is escaped, so that no value can forge a line.
pub(super) fn of(record: &Record<'_>, unix_millis: u64) -> String {
    let mut line = time_of(unix_millis);
    let (level, target) = (record.level(), record.target());
    put(&mut line, &format!(" {level:<5} {target}: "));
    line.push_str(&words(record));
    line.push('\n');
    line
}

/// The message with its fields behind it, in one line.
pub(super) fn words(record: &Record<'_>) -> String {
    let mut words = String::new();
    put(&mut words, &record.args().to_string());
    // The visitor below never fails.
    let _ = record.key_values().visit(&mut Fields(&mut words));
    words
}

fn time_of(unix_millis: u64) -> String {
    let nanos = i128::from(unix_millis) * 1_000_000;
    let time = OffsetDateTime::from_unix_timestamp_nanos(nanos);
    let form =
        format_description!("[year]-[month]-[day]T[hour]:[minute]:[second].[subsecond digits:3]Z");
    time.ok().and_then(|time| time.format(form).ok()).unwrap_or_default()
}

struct Fields<'a>(&'a mut String);

impl<'kvs> VisitSource<'kvs> for Fields<'_> {
    fn visit_pair(&mut self, key: Key<'kvs>, value: Value<'kvs>) -> Result<(), Error> {
        let value = value.to_string();
        let quoted = value.is_empty() || value.contains([' ', '"', '=']);
        let value = if quoted { format!("{value:?}") } else { value };
        put(self.0, &format!(" {key}={value}"));
        Ok(())
    }
}

fn put(line: &mut String, text: &str) {
    for letter in text.chars() {
        if letter.is_control() {
            // Writing to a string cannot fail.
            let _ = write!(line, "{}", letter.escape_default());
        } else {
            line.push(letter);
        }
    }
}

#[cfg(test)]
mod tests {
    use log::{Level, Record};

    use super::of;

    #[test]
    fn fields_follow_the_message() {
        let fields = [("station", "12"), ("name", "Anna B"), ("why", "")];
        let record = Record::builder()
            .level(Level::Info)
            .target("ivm")
            .args(format_args!("connected"))
            .key_values(&fields)
            .build();
        let line = of(&record, 1_700_000_000_123);
        let expected = "2023-11-14T22:13:20.123Z INFO  ivm: connected station=12 \
                        name=\"Anna B\" why=\"\"\n";
        assert_eq!(line, expected);
    }

    #[test]
    fn a_value_cannot_forge_a_line() {
        let fields = [("name", "x\nERROR forged"), ("bell", "\u{7}\u{1b}[2J")];
        let args = format_args!("one\r\ntwo");
        let record = Record::builder().args(args).key_values(&fields).build();
        let line = of(&record, 0);
        assert_eq!(line.matches('\n').count(), 1);
        assert!(!line.trim_end().contains(char::is_control));
    }
}
