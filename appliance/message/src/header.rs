//! The fixed header of 64 bytes: written and read in place, whatever the body.

use zerocopy::byteorder::big_endian::{U16, U32};
use zerocopy::{FromBytes, Immutable, IntoBytes, KnownLayout, Unaligned};

use crate::{Action, Flags, Guid, Kind, Malformed, ObjectId, Priority};

/// Bytes in front of every object.
pub const HEADER_LEN: usize = 64;
/// The longest object: 1 MiB.
pub const MAX_BODY: usize = 1 << 20;
/// The version of the protocol.
pub const VERSION: u8 = 1;

const MAGIC: [u8; 2] = *b"IV";
const SUMMED: usize = 60;

/// The fields of a message object (row 84), but for the object itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Header {
    /// What is asked for.
    pub action: Action,
    /// How urgent it is.
    pub priority: Priority,
    /// Answer, refusal.
    pub flags: Flags,
    /// What the body is.
    pub kind: Kind,
    /// Unique for each object; an answer bears the id of what it answers.
    pub id: ObjectId,
    /// Who sent it; blank from a client that leaves it to the connection.
    pub source: Guid,
    /// For whom; blank for the server at the other end.
    pub destination: Guid,
    /// Length of the body in bytes, at most [`MAX_BODY`].
    pub length: u32,
}

#[derive(FromBytes, IntoBytes, KnownLayout, Immutable, Unaligned)]
#[repr(C)]
struct Wire {
    magic: [u8; 2],
    version: u8,
    action: u8,
    priority: u8,
    flags: u8,
    kind: U16,
    id: [u8; 16],
    source: [u8; 16],
    destination: [u8; 16],
    length: U32,
    checksum: U32,
}

const _: () = assert!(size_of::<Wire>() == HEADER_LEN);

impl Header {
    /// The header as it stands on the wire.
    #[must_use]
    pub fn to_bytes(&self) -> [u8; HEADER_LEN] {
        let mut wire = Wire {
            magic: MAGIC,
            version: VERSION,
            action: self.action.number(),
            priority: self.priority.number(),
            flags: self.flags.byte(),
            kind: U16::new(self.kind.number()),
            id: *self.id.bytes(),
            source: *self.source.bytes(),
            destination: *self.destination.bytes(),
            length: U32::new(self.length),
            checksum: U32::ZERO,
        };
        wire.checksum = U32::new(crc32c::crc32c(&wire.as_bytes()[..SUMMED]));
        let mut bytes = [0; HEADER_LEN];
        bytes.copy_from_slice(wire.as_bytes());
        bytes
    }

    /// Reads a header from the first 64 bytes.
    ///
    /// # Errors
    /// Says what is wrong, the outermost thing first: length, magic, version, checksum, fields.
    pub fn parse(bytes: &[u8]) -> Result<Self, Malformed> {
        let (wire, _) = Wire::ref_from_prefix(bytes)
            .map_err(|_| Malformed::Truncated { found: bytes.len(), expected: HEADER_LEN })?;
        if wire.magic != MAGIC {
            return Err(Malformed::Magic { found: u16::from_be_bytes(wire.magic) });
        }
        if wire.version != VERSION {
            return Err(Malformed::Version { found: wire.version });
        }
        let expected = crc32c::crc32c(&wire.as_bytes()[..SUMMED]);
        let found = wire.checksum.get();
        if found != expected {
            return Err(Malformed::Checksum { found, expected });
        }
        let length = wire.length.get();
        if length as usize > MAX_BODY {
            return Err(Malformed::TooLong { found: length });
        }
        Ok(Self {
            action: Action::from_number(wire.action)?,
            priority: Priority::from_number(wire.priority)?,
            flags: Flags::from_byte(wire.flags),
            kind: Kind::from_number(wire.kind.get()),
            id: ObjectId::from_bytes(wire.id),
            source: Guid::from_bytes(wire.source),
            destination: Guid::from_bytes(wire.destination),
            length,
        })
    }
}
