//! A packet to bytes.

use super::{HEADER, MOST_CONTRIBUTORS, Packet};

impl Packet<'_> {
    /// Writes a datagram.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let contributors = self.contributors.get(..MOST_CONTRIBUTORS).unwrap_or(&self.contributors);
        let count = u8::try_from(contributors.len()).expect("there are at most 15");
        let mut bytes = Vec::with_capacity(HEADER + 4 * contributors.len() + self.payload.len());
        let padding = u8::from(self.padding > 0) << 5;
        let extension = u8::from(self.extension.is_some()) << 4;
        bytes.push(0x80 | padding | extension | count);
        bytes.push(u8::from(self.is_marked) << 7 | self.payload_type.number());
        bytes.extend(self.sequence.to_be_bytes());
        bytes.extend(self.timestamp.to_be_bytes());
        bytes.extend(self.ssrc.0.to_be_bytes());
        for contributor in contributors {
            bytes.extend(contributor.0.to_be_bytes());
        }
        if let Some(extension) = &self.extension {
            let words = u16::try_from(extension.data().len() / 4)
                .expect("an extension is made with at most 65535 words");
            bytes.extend(extension.profile().to_be_bytes());
            bytes.extend(words.to_be_bytes());
            bytes.extend(extension.data());
        }
        bytes.extend(self.payload);
        if self.padding > 0 {
            bytes.resize(bytes.len() + usize::from(self.padding) - 1, 0);
            bytes.push(self.padding);
        }
        bytes
    }
}
