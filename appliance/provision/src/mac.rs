//! A hardware address, read and written in the forms that phones use.

use std::fmt;

/// A hardware address of 48 bits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Mac(pub [u8; 6]);

impl Mac {
    /// The address that a text is: 12 hexadecimal digits in any case, alone (`0004f2aabbcc`) or in
    /// pairs behind `:` or `-`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let text = text.as_bytes();
        let stride = match text.len() {
            12 => 2,
            17 => 3,
            _ => return None,
        };
        let mut bytes = [0; 6];
        for (at, byte) in bytes.iter_mut().enumerate() {
            let pair = &text[at * stride..];
            *byte = digit(pair[0])? << 4 | digit(pair[1])?;
            if stride == 3 && at < 5 && (pair[2] != text[2] || !matches!(pair[2], b':' | b'-')) {
                return None;
            }
        }
        Some(Self(bytes))
    }

    /// The first three bytes: whose address it is.
    #[must_use]
    pub const fn prefix(self) -> [u8; 3] {
        [self.0[0], self.0[1], self.0[2]]
    }

    /// `0004f2aabbcc`.
    #[must_use]
    pub fn lower(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02x}")).collect()
    }

    /// `0004F2AABBCC`.
    #[must_use]
    pub fn upper(self) -> String {
        self.0.iter().map(|byte| format!("{byte:02X}")).collect()
    }
}

/// With colons, as people read it: `00:04:f2:aa:bb:cc`.
impl fmt::Display for Mac {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

fn digit(byte: u8) -> Option<u8> {
    char::from(byte).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::Mac;

    #[test]
    fn every_form_is_read_and_written() {
        let mac = Mac([0x00, 0x04, 0xf2, 0xaa, 0xbb, 0x0c]);
        for text in ["0004f2aabb0c", "0004F2AABB0C", "00:04:f2:AA:bb:0c", "00-04-F2-aa-bb-0c"] {
            assert_eq!(Mac::parse(text), Some(mac), "{text}");
        }
        assert_eq!((mac.lower().as_str(), mac.upper().as_str()), ("0004f2aabb0c", "0004F2AABB0C"));
        assert_eq!(mac.to_string(), "00:04:f2:aa:bb:0c");
    }

    #[test]
    fn what_is_no_address_is_none() {
        for text in ["", "0004f2aabb0", "0004f2aabb0g", "00:04-f2:aa:bb:0c", "00.04.f2.aa.bb.0c"] {
            assert_eq!(Mac::parse(text), None, "{text}");
        }
        assert_eq!(Mac::parse("éééééé"), None);
    }
}
