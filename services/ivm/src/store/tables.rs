//! The tables as records: what a row of each looks like, so that one is known where nothing else
//! says what it is, and so that nothing else is taken for one.

use rusqlite::types::Value;

use super::cells::Record;

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Shape {
    /// The number of the row.
    Number,
    /// A count, or a time.
    Count(i64),
    /// So many bytes.
    Fixed(usize),
    /// Bytes.
    Bytes,
    /// Text.
    Text,
}

use Shape::{Bytes, Count, Fixed, Number, Text};

const BOOL: Shape = Count(1);
const BYTE: Shape = Count(u8::MAX as i64);
const SHORT: Shape = Count(u16::MAX as i64);
const LONG: Shape = Count(u32::MAX as i64);
const ANY: Shape = Count(i64::MAX);
const GUID: Shape = Fixed(16);
const HASH: Shape = Fixed(32);

/// A column: its name, what it holds, and whether it may hold nothing.
struct Column(&'static str, Shape, bool);

/// A column that always holds something.
const fn has(name: &'static str, shape: Shape) -> Column {
    Column(name, shape, false)
}

/// A column that may hold nothing.
const fn may(name: &'static str, shape: Shape) -> Column {
    Column(name, shape, true)
}

/// A table.
pub(super) struct Table {
    /// Its name.
    pub(super) name: &'static str,
    columns: &'static [Column],
    /// Columns that the first version had; later ones may be missing in a row.
    least: usize,
    /// Does no other tree have records that look the same?
    pub(super) is_plain: bool,
}

/// Every table.
pub(super) const TABLES: [Table; 8] = [
    Table {
        name: "server",
        columns: &[has("one", Number), has("guid", GUID), has("secret", HASH), has("age", ANY)],
        least: 4,
        is_plain: true,
    },
    Table { name: "account", columns: &ACCOUNT, least: 15, is_plain: true },
    Table {
        name: "contact",
        columns: &[has("account", GUID), has("contact", GUID)],
        least: 2,
        is_plain: false,
    },
    Table {
        name: "device",
        columns: &[
            has("guid", GUID),
            has("account", GUID),
            has("name", Text),
            has("token", HASH),
            has("seen", ANY),
        ],
        least: 5,
        is_plain: true,
    },
    Table { name: "message", columns: &MESSAGE, least: 19, is_plain: true },
    Table { name: "recipient", columns: &RECIPIENT, least: 11, is_plain: true },
    Table {
        name: "taken",
        columns: &[has("message", ANY), has("device", GUID)],
        least: 2,
        is_plain: false,
    },
    Table {
        name: "portion",
        columns: &[
            has("message", ANY),
            has("stream", SHORT),
            has("sequence", LONG),
            has("last", BOOL),
            may("body", Bytes),
            may("file", HASH),
        ],
        least: 6,
        is_plain: true,
    },
];

const ACCOUNT: [Column; 19] = [
    has("guid", GUID),
    has("name", Text),
    has("display", Text),
    has("status", BYTE),
    may("salt", GUID),
    may("memory_kib", LONG),
    may("passes", LONG),
    may("lanes", LONG),
    may("stored_key", HASH),
    may("server_key", HASH),
    may("public_key", HASH),
    may("sealed_key", Bytes),
    may("recovery_key", Bytes),
    may("invitation", HASH),
    may("invitation_expires", ANY),
    has("disabled", BOOL),
    may("quota", ANY),
    has("station", BOOL),
    may("owner", GUID),
];

const MESSAGE: [Column; 19] = [
    has("number", Number),
    has("id", GUID),
    has("sender", GUID),
    has("device", GUID),
    has("digest", HASH),
    has("mode", BYTE),
    has("priority", BYTE),
    has("format", Bytes),
    has("attachments", Bytes),
    has("recipients", Bytes),
    has("sender_display", Text),
    has("sender_key", HASH),
    has("created", ANY),
    has("taken", ANY),
    has("age", ANY),
    may("reply_to", GUID),
    has("stage", BYTE),
    has("bytes", ANY),
    has("purged", BOOL),
];

const RECIPIENT: [Column; 11] = [
    has("message", ANY),
    has("person", GUID),
    has("place", ANY),
    has("wrapped", Bytes),
    has("fate", BYTE),
    has("own", BOOL),
    has("rank", BYTE),
    has("closed", BOOL),
    may("delivered", ANY),
    may("delivered_age", ANY),
    may("played", ANY),
];

impl Table {
    /// The table of this name.
    pub(super) fn of(name: &str) -> Option<&'static Self> {
        TABLES.iter().find(|table| table.name == name)
    }

    /// Does it count its rows?
    pub(super) fn is_numbered(&self) -> bool {
        self.columns.first().is_some_and(|first| first.1 == Number)
    }

    /// The record as a row of this table; `None` if it cannot be one.
    pub(super) fn row(&self, record: &Record) -> Option<Vec<Value>> {
        let count = record.values.len();
        if record.number.is_some() != self.is_numbered()
            || !(self.least..=self.columns.len()).contains(&count)
        {
            return None;
        }
        let missing = self.columns.iter().skip(count);
        let missing = missing.map(|column| if column.2 { Value::Null } else { Value::Integer(0) });
        let mut row: Vec<Value> = record.values.iter().cloned().chain(missing).collect();
        if let (Some(number), Some(first)) = (record.number, row.first_mut()) {
            *first = Value::Integer(number);
        }
        let fits = row.iter().zip(self.columns).all(|(value, column)| column.takes(value));
        (fits && self.is_whole(&row)).then_some(row)
    }

    /// What belongs together is there together, as whoever reads the row expects it.
    fn is_whole(&self, row: &[Value]) -> bool {
        let is_null = |at: usize| row.get(at).is_none_or(|value| *value == Value::Null);
        match self.name {
            "account" => (is_null(4) || !(5..=12).any(is_null)) && (is_null(13) || !is_null(14)),
            "portion" => is_null(4) != is_null(5),
            _ => true,
        }
    }

    /// The statement that keeps a row.
    pub(super) fn insert(&self) -> String {
        let names: Vec<&str> = self.columns.iter().map(|column| column.0).collect();
        let places = vec!["?"; names.len()].join(", ");
        let (table, names) = (self.name, names.join(", "));
        format!("INSERT OR IGNORE INTO {table} ({names}) VALUES ({places})")
    }
}

impl Column {
    fn takes(&self, value: &Value) -> bool {
        match (self.1, value) {
            (_, Value::Null) => self.2,
            (Number, Value::Integer(number)) => *number > 0,
            (Count(most), Value::Integer(count)) => (0..=most).contains(count),
            (Fixed(length), Value::Blob(bytes)) => bytes.len() == length,
            (Bytes, Value::Blob(_)) | (Text, Value::Text(_)) => true,
            _ => false,
        }
    }
}
