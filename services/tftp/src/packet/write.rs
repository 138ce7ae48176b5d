//! A packet to bytes.

use bytes::Bytes;

use super::{Packet, Request};

const DATA: u16 = 3;

impl Packet<'_> {
    /// Writes a datagram.
    #[must_use]
    pub fn write(&self) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(64);
        match self {
            Self::Read(request) => put_request(&mut bytes, 1, request),
            Self::Write(request) => put_request(&mut bytes, 2, request),
            Self::Data { block, bytes: data } => {
                put_numbers(&mut bytes, [DATA, *block]);
                bytes.extend_from_slice(data);
            }
            Self::Ack(block) => put_numbers(&mut bytes, [4, *block]),
            Self::Error { code, words } => {
                put_numbers(&mut bytes, [5, code.number()]);
                put_text(&mut bytes, words);
            }
            Self::Agreed(choices) => {
                put_numbers(&mut bytes, [6]);
                for choice in choices {
                    put_text(&mut bytes, choice.name);
                    put_text(&mut bytes, choice.value);
                }
            }
        }
        bytes
    }
}

fn put_request(bytes: &mut Vec<u8>, operation: u16, request: &Request<'_>) {
    put_numbers(bytes, [operation]);
    put_text(bytes, request.name);
    put_text(bytes, request.mode.name());
    for choice in &request.choices {
        put_text(bytes, choice.name);
        put_text(bytes, choice.value);
    }
}

fn put_numbers<const N: usize>(bytes: &mut Vec<u8>, numbers: [u16; N]) {
    for number in numbers {
        bytes.extend_from_slice(&number.to_be_bytes());
    }
}

fn put_text(bytes: &mut Vec<u8>, text: &[u8]) {
    bytes.extend_from_slice(text);
    bytes.push(0);
}

/// A datagram of ours. A block stays where its file is: the header stands beside it, and the two
/// come together in the kernel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Wire {
    /// A block of a file.
    Block {
        /// Its operation and number.
        head: [u8; 4],
        /// What it holds.
        bytes: Bytes,
    },
    /// Everything else.
    Whole(Bytes),
}

impl Wire {
    /// A block.
    #[must_use]
    pub fn block(number: u16, bytes: Bytes) -> Self {
        let ([a, b], [c, d]) = (DATA.to_be_bytes(), number.to_be_bytes());
        Self::Block { head: [a, b, c, d], bytes }
    }

    /// Everything else.
    #[must_use]
    pub fn whole(packet: &Packet<'_>) -> Self {
        Self::Whole(packet.write().into())
    }

    /// What is to be sent, one behind the other.
    #[must_use]
    pub fn parts(&self) -> [&[u8]; 2] {
        match self {
            Self::Block { head, bytes } => [head, bytes],
            Self::Whole(bytes) => [bytes, &[]],
        }
    }
}
