//! Networks and hardware addresses, as people write them.

use std::fmt;
use std::net::Ipv4Addr;
use std::str::FromStr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// A hardware address of six bytes.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct MacAddress(pub [u8; 6]);

impl FromStr for MacAddress {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let bytes = hex(&text.replace('-', ":")).and_then(|bytes| bytes.try_into().ok());
        bytes.map(Self).ok_or("a hardware address has six bytes, such as 00:15:65:12:34:56")
    }
}

impl TryFrom<String> for MacAddress {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for MacAddress {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [a, b, c, d, e, g] = self.0;
        write!(f, "{a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{g:02x}")
    }
}

impl From<MacAddress> for String {
    fn from(mac: MacAddress) -> Self {
        mac.to_string()
    }
}

/// A network: an address of it, and the bits that its addresses have in common, 8 to 30.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "String", into = "String")]
#[schemars(with = "String")]
pub struct Block {
    /// Its first address.
    pub base: Ipv4Addr,
    /// Bits of its prefix.
    pub prefix: u8,
}

impl Block {
    /// Is the address one that a device in the network can have?
    #[must_use]
    pub fn has_host(self, address: Ipv4Addr) -> bool {
        let mask = u32::MAX << (32 - u32::from(self.prefix));
        let host = address.to_bits() & !mask;
        address.to_bits() & mask == self.base.to_bits() && host != 0 && host != !mask
    }
}

impl FromStr for Block {
    type Err = &'static str;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let wrong = "a network is written such as 192.168.5.0/24, with 8 to 30 bits";
        let (base, prefix) = text.trim().split_once('/').ok_or(wrong)?;
        let (base, prefix): (Ipv4Addr, u8) =
            (base.parse().map_err(|_| wrong)?, prefix.parse().map_err(|_| wrong)?);
        if !(8..=30).contains(&prefix) {
            return Err(wrong);
        }
        let mask = u32::MAX << (32 - u32::from(prefix));
        Ok(Self { base: Ipv4Addr::from_bits(base.to_bits() & mask), prefix })
    }
}

impl TryFrom<String> for Block {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        text.parse()
    }
}

impl fmt::Display for Block {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.base, self.prefix)
    }
}

impl From<Block> for String {
    fn from(block: Block) -> Self {
        block.to_string()
    }
}

/// The bytes that hexadecimal digits stand for; colons and blanks between them do not count.
pub(crate) fn hex(digits: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = digits.bytes().filter(|byte| !matches!(byte, b':' | b' ')).collect();
    let nibble = |byte: u8| char::from(byte).to_digit(16).and_then(|n| u8::try_from(n).ok());
    let pairs = digits.chunks(2).map(|pair| match pair {
        [high, low] => Some(nibble(*high)? << 4 | nibble(*low)?),
        _ => None,
    });
    pairs.collect()
}

#[cfg(test)]
mod tests {
    use super::{Block, MacAddress};

    #[test]
    fn networks_and_cards_are_read_or_refused() {
        for bad in ["", "1.2.3.4", "1.2.3.4/7", "1.2.3.4/31", "1.2.3/24", "1.2.3.4/24x"] {
            assert!(bad.parse::<Block>().is_err(), "{bad}");
        }
        for bad in ["", "001565", "00:15:65:12:34:5g", "00:15:65:12:34:56:78"] {
            assert!(bad.parse::<MacAddress>().is_err(), "{bad}");
        }
    }
}
