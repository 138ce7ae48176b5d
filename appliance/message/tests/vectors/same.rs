//! One body against one vector, in both directions; and the values that the vectors share.

use message::{Guid, MessageId};

/// Is the body written as the vector has it, and the vector read as the body?
macro_rules! same {
    ($file:expr, $name:literal, $value:expr) => {{
        let (vector, value) = ($file.take($name), $value);
        let written = message::Object::of(message::ObjectId::BLANK, &value);
        assert_eq!(crate::file::hex(&written.body), crate::file::hex(&vector.bytes()), $name);
        assert_eq!(written.header.kind.number(), vector.kind(), $name);
        assert_eq!(vector.object().read(), Ok(value), $name);
    }};
}

pub(crate) use same;

/// A GUID of one byte, sixteen times.
pub(crate) fn guid(byte: u8) -> Guid {
    Guid::from_bytes([byte; 16])
}

/// A message's id of one byte, sixteen times.
pub(crate) fn message(byte: u8) -> MessageId {
    MessageId::from_bytes([byte; 16])
}
