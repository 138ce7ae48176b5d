//! A fuzzer's bytes as a script: a row of steps, each with a number and some bytes.
//!
//! ```text
//! step = what (1 byte), number (1 byte), length (2 bytes, big-endian), that many bytes
//! ```

use bytes::Bytes;
use message::{Action, Flags, Guid, Header, Kind, Object, ObjectId, Priority};

/// One step of a script.
pub struct Step {
    /// What to do.
    pub what: u8,
    /// With which number.
    pub number: u8,
    /// And with which bytes.
    pub bytes: Bytes,
}

/// The steps of a script; what is cut short at its end is left out.
pub fn steps(script: &[u8]) -> Vec<Step> {
    let script = Bytes::copy_from_slice(script);
    let (mut at, mut steps) = (0, Vec::new());
    while let Some([what, number, high, low]) = script.get(at..at + 4) {
        let end = at + 4 + usize::from(u16::from_be_bytes([*high, *low]));
        let (what, number) = (*what, *number);
        if end > script.len() {
            break;
        }
        steps.push(Step { what, number, bytes: script.slice(at + 4..end) });
        at = end;
    }
    steps
}

/// An object of the kind with this place in the list of kinds.
pub fn object(number: u8, flags: Flags, id: u8, body: Bytes) -> Object {
    let kind = Kind::ALL[usize::from(number) % Kind::ALL.len()];
    let header = Header {
        action: kind.action().unwrap_or(Action::Ping),
        priority: Priority::Normal,
        flags,
        kind,
        id: ObjectId::from_bytes([id; 16]),
        source: Guid::BLANK,
        destination: Guid::BLANK,
        length: body.len() as u32,
    };
    Object { header, body }
}
