//! A file of vectors: blocks of `key: value` lines with a blank line between; `#` is a comment.
//!
//! `hex` may go on over lines that start with spaces. Every vector has to be used by its test.

use std::cell::RefCell;
use std::collections::BTreeMap;

use bytes::Bytes;
use message::{Action, Flags, Guid, Header, Kind, Object, ObjectId, Priority};

/// The vectors of one file, by name.
pub(crate) struct File {
    vectors: RefCell<BTreeMap<String, Vector>>,
}

/// One vector.
#[derive(Clone, Debug, Default)]
pub(crate) struct Vector {
    fields: BTreeMap<String, String>,
}

impl File {
    /// Hands the file's vectors to a check, which has to take every one.
    pub(crate) fn read(text: &str, check: fn(&Self)) {
        let mut vectors = BTreeMap::new();
        let lines: Vec<&str> = text.lines().filter(|line| !line.starts_with('#')).collect();
        for block in lines.split(|line| line.trim().is_empty()).filter(|block| !block.is_empty()) {
            let vector = Vector::read(block);
            let name = vector.text("name").to_owned();
            assert!(vectors.insert(name.clone(), vector).is_none(), "{name} is there twice");
        }
        let file = Self { vectors: RefCell::new(vectors) };
        check(&file);
        let unused: Vec<String> = file.vectors.take().into_keys().collect();
        assert!(unused.is_empty(), "no test looks at {unused:?}");
    }

    /// Takes one vector out.
    pub(crate) fn take(&self, name: &str) -> Vector {
        let vector = self.vectors.borrow_mut().remove(name);
        assert!(vector.is_some(), "{name} is not in the file");
        vector.expect("just looked")
    }
}

impl Vector {
    fn read(block: &[&str]) -> Self {
        let mut fields: BTreeMap<String, String> = BTreeMap::new();
        let mut last = String::new();
        for line in block {
            if let Some(more) = line.strip_prefix(' ') {
                fields.entry(last.clone()).or_default().push_str(more.trim());
            } else {
                let (key, value) = line.split_once(':').expect("a line is `key: value`");
                last = key.to_owned();
                fields.insert(last.clone(), value.trim().to_owned());
            }
        }
        Self { fields }
    }

    /// A field as text.
    pub(crate) fn text(&self, key: &str) -> &str {
        self.fields.get(key).expect("the vector has this field")
    }

    /// The bytes of the vector.
    pub(crate) fn bytes(&self) -> Bytes {
        let digits = self.text("hex").as_bytes();
        let value = |digit: u8| char::from(digit).to_digit(16).expect("a hexadecimal digit") as u8;
        digits.chunks(2).map(|pair| value(pair[0]) << 4 | value(pair[1])).collect()
    }

    /// The number of the vector's kind.
    pub(crate) fn kind(&self) -> u16 {
        self.text("kind").parse().expect("a kind is a number")
    }

    /// An object with these bytes as its body.
    pub(crate) fn object(&self) -> Object {
        let (kind, body) = (Kind::from_number(self.kind()), self.bytes());
        let header = Header {
            action: kind.action().unwrap_or(Action::Post),
            priority: Priority::Normal,
            flags: Flags::NONE,
            kind,
            id: ObjectId::BLANK,
            source: Guid::BLANK,
            destination: Guid::BLANK,
            length: u32::try_from(body.len()).expect("a short body"),
        };
        Object { header, body }
    }
}

/// Bytes as they stand in a file.
pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}
