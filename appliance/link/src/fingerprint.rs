//! The fingerprint of an appliance's certificate authority: what people compare and clients pin.

use std::fmt;
use std::str::FromStr;

use sha2::{Digest, Sha256};

/// SHA-256 of a certificate in DER.
///
/// Shown as `openssl x509 -fingerprint -sha256` and browsers show it: pairs of hexadecimal digits
/// with colons between them. Read with colons, spaces, hyphens or nothing between the digits.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Fingerprint([u8; 32]);

impl Fingerprint {
    /// The fingerprint that these bytes are.
    #[must_use]
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The fingerprint of a certificate in DER.
    #[must_use]
    pub fn of(der: &[u8]) -> Self {
        Self(Sha256::digest(der).into())
    }

    /// The hash.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }
}

impl fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, byte) in self.0.iter().enumerate() {
            let separator = if index == 0 { "" } else { ":" };
            write!(f, "{separator}{byte:02X}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Fingerprint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// The text is not 64 hexadecimal digits.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a fingerprint is 64 hexadecimal digits, with colons or spaces as you like")]
pub struct NotAFingerprint;

impl FromStr for Fingerprint {
    type Err = NotAFingerprint;

    fn from_str(text: &str) -> Result<Self, NotAFingerprint> {
        let between = |letter: &char| !matches!(letter, ':' | ' ' | '-');
        let mut digits = text.trim().chars().filter(between).map(|letter| letter.to_digit(16));
        let mut bytes = [0; 32];
        for byte in &mut bytes {
            let (high, low) = (digits.next().flatten(), digits.next().flatten());
            let value = high.zip(low).map(|(high, low)| high << 4 | low).ok_or(NotAFingerprint)?;
            *byte = u8::try_from(value).map_err(|_| NotAFingerprint)?;
        }
        if digits.next().is_some() { Err(NotAFingerprint) } else { Ok(Self(bytes)) }
    }
}

#[cfg(test)]
mod tests {
    use super::{Fingerprint, NotAFingerprint};

    #[test]
    fn text_goes_both_ways_however_it_is_grouped() {
        let fingerprint = Fingerprint::of(b"a certificate");
        let shown = fingerprint.to_string();
        assert_eq!(shown.len(), 95);
        assert_eq!(shown.parse(), Ok(fingerprint));
        assert_eq!(shown.to_lowercase().replace(':', "").parse(), Ok(fingerprint));
        assert_eq!(format!(" {}\n", shown.replace(':', " ")).parse(), Ok(fingerprint));
    }

    #[test]
    fn what_is_no_fingerprint_is_refused() {
        let shown = Fingerprint::of(b"a certificate").to_string();
        assert_eq!("".parse::<Fingerprint>(), Err(NotAFingerprint));
        assert_eq!(shown[1..].parse::<Fingerprint>(), Err(NotAFingerprint));
        assert_eq!(format!("{shown}0").parse::<Fingerprint>(), Err(NotAFingerprint));
        assert_eq!(shown.replace(':', "z").parse::<Fingerprint>(), Err(NotAFingerprint));
    }
}
