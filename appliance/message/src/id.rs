//! Sixteen-byte identities: persons and devices, messages, message objects (row 96).

use std::fmt;
use std::str::FromStr;

use minicbor::decode::{self, Decoder};
use minicbor::encode::{self, Encoder, Write};
use minicbor::{Decode, Encode};
use rand_core::Rng;

macro_rules! identity {
    ($(#[$doc:meta])* $name:ident) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; 16]);

        impl $name {
            /// All zero: left blank.
            pub const BLANK: Self = Self([0; 16]);

            /// The identity that these bytes are.
            #[must_use]
            pub const fn from_bytes(bytes: [u8; 16]) -> Self {
                Self(bytes)
            }

            /// The bytes, in the order of the wire.
            #[must_use]
            pub const fn bytes(&self) -> &[u8; 16] {
                &self.0
            }

            /// Was it left blank?
            #[must_use]
            pub fn is_blank(&self) -> bool {
                self.0 == [0; 16]
            }

            /// A new UUIDv7 (RFC 9562 section 5.7): sorts by the time it was made.
            pub fn new(unix_millis: u64, rng: &mut impl Rng) -> Self {
                Self(version_seven(unix_millis, rng))
            }

            /// The unix time in milliseconds that a UUIDv7 bears.
            #[must_use]
            pub fn unix_millis(&self) -> u64 {
                let mut wide = [0; 8];
                wide[2..].copy_from_slice(&self.0[..6]);
                u64::from_be_bytes(wide)
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write_hyphenated(&self.0, f)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;

            fn from_str(text: &str) -> Result<Self, NotAnId> {
                read_hyphenated(text).map(Self)
            }
        }

        impl<C> Encode<C> for $name {
            fn encode<W: Write>(
                &self,
                e: &mut Encoder<W>,
                _: &mut C,
            ) -> Result<(), encode::Error<W::Error>> {
                e.bytes(&self.0)?.ok()
            }
        }

        impl<'b, C> Decode<'b, C> for $name {
            fn decode(d: &mut Decoder<'b>, _: &mut C) -> Result<Self, decode::Error> {
                let position = d.position();
                let bytes = d.bytes()?;
                let bytes = bytes.try_into().map_err(|_| {
                    decode::Error::message("an id has 16 bytes").at(position)
                })?;
                Ok(Self(bytes))
            }
        }
    };
}

identity! {
    /// Who: a person, device, station or server (source and destination of row 96).
    Guid
}
identity! {
    /// Which instant voice message: one press of the key, one id, wherever it goes.
    MessageId
}
identity! {
    /// Which message object; an answer bears the id of what it answers.
    ObjectId
}

/// The text is not 32 hexadecimal digits, with or without hyphens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("an id is 32 hexadecimal digits")]
pub struct NotAnId;

fn version_seven(unix_millis: u64, rng: &mut impl Rng) -> [u8; 16] {
    let mut bytes = [0; 16];
    rng.fill_bytes(&mut bytes[6..]);
    bytes[..6].copy_from_slice(&unix_millis.to_be_bytes()[2..]);
    bytes[6] = 0x70 | (bytes[6] & 0x0f);
    bytes[8] = 0x80 | (bytes[8] & 0x3f);
    bytes
}

fn write_hyphenated(bytes: &[u8; 16], f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for (index, byte) in bytes.iter().enumerate() {
        if matches!(index, 4 | 6 | 8 | 10) {
            f.write_str("-")?;
        }
        write!(f, "{byte:02x}")?;
    }
    Ok(())
}

fn read_hyphenated(text: &str) -> Result<[u8; 16], NotAnId> {
    let mut bytes = [0; 16];
    let mut digits = text.bytes().filter(|byte| *byte != b'-');
    for byte in &mut bytes {
        let high = digits.next().and_then(hex_value).ok_or(NotAnId)?;
        let low = digits.next().and_then(hex_value).ok_or(NotAnId)?;
        *byte = high << 4 | low;
    }
    if digits.next().is_some() { Err(NotAnId) } else { Ok(bytes) }
}

fn hex_value(digit: u8) -> Option<u8> {
    char::from(digit).to_digit(16).and_then(|value| u8::try_from(value).ok())
}

#[cfg(test)]
mod tests {
    use rand_chacha::ChaCha8Rng;
    use rand_chacha::rand_core::SeedableRng;

    use super::{Guid, MessageId, NotAnId};

    // row 96
    #[test]
    fn an_id_bears_its_time_and_its_version() {
        let id = MessageId::new(0x0123_4567_89ab, &mut ChaCha8Rng::seed_from_u64(1));
        assert_eq!(id.unix_millis(), 0x0123_4567_89ab);
        assert_eq!(id.bytes()[6] >> 4, 7);
        assert_eq!(id.bytes()[8] >> 6, 2);
    }

    #[test]
    fn text_goes_both_ways() {
        let id = Guid::new(5, &mut ChaCha8Rng::seed_from_u64(2));
        assert_eq!(id.to_string().parse(), Ok(id));
        assert_eq!("12".parse::<Guid>(), Err(NotAnId));
        assert_eq!(format!("{id}0").parse::<Guid>(), Err(NotAnId));
    }
}
