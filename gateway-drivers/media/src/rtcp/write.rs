//! Reports to bytes.

use super::{Block, Chunk, MOST, Packet, Sent};
use crate::rtp::Ssrc;

/// Writes a compound. Whoever reads it wants a report at its beginning.
#[must_use]
pub fn write(packets: &[Packet]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for packet in packets {
        let (kind, count, body) = encoded(packet);
        let words = u16::try_from(body.len() / 4).unwrap_or(u16::MAX);
        bytes.extend([0x80 | count & 0x1f, kind]);
        bytes.extend(words.to_be_bytes());
        bytes.extend(body.get(..4 * usize::from(words)).unwrap_or_default());
    }
    bytes
}

fn encoded(packet: &Packet) -> (u8, u8, Vec<u8>) {
    match packet {
        Packet::SenderReport { ssrc, sent, blocks } => {
            let body = [word(*ssrc).to_vec(), sent_bytes(sent), blocks_bytes(blocks)].concat();
            (200, count(blocks), body)
        }
        Packet::ReceiverReport { ssrc, blocks } => {
            (201, count(blocks), [word(*ssrc).to_vec(), blocks_bytes(blocks)].concat())
        }
        Packet::Description(chunks) => {
            (202, count(chunks), chunks.iter().take(MOST).flat_map(chunk_bytes).collect())
        }
        Packet::Goodbye { ssrcs, reason } => {
            let mut body: Vec<u8> = ssrcs.iter().take(MOST).flat_map(|ssrc| word(*ssrc)).collect();
            if let Some(reason) = reason {
                put_text(&mut body, reason);
                body.resize(body.len().next_multiple_of(4), 0);
            }
            (203, count(ssrcs), body)
        }
        Packet::Other { kind, count, body } => (*kind, *count, body.clone()),
    }
}

fn count<T>(things: &[T]) -> u8 {
    u8::try_from(things.len().min(MOST)).expect("31 fit into a byte")
}

fn word(ssrc: Ssrc) -> [u8; 4] {
    ssrc.0.to_be_bytes()
}

fn sent_bytes(sent: &Sent) -> Vec<u8> {
    let mut bytes = sent.ntp.to_be_bytes().to_vec();
    for word in [sent.timestamp, sent.packets, sent.bytes] {
        bytes.extend(word.to_be_bytes());
    }
    bytes
}

fn blocks_bytes(blocks: &[Block]) -> Vec<u8> {
    let mut bytes = Vec::new();
    for block in blocks.iter().take(MOST) {
        let lost = block.lost.clamp(-0x80_0000, 0x7f_ffff) as u32 & 0xff_ffff;
        let lost = u32::from(block.fraction) << 24 | lost;
        let rest = [block.highest, block.jitter, block.last_report, block.since_report];
        for word in [block.ssrc.0, lost].into_iter().chain(rest) {
            bytes.extend(word.to_be_bytes());
        }
    }
    bytes
}

fn chunk_bytes(chunk: &Chunk) -> Vec<u8> {
    let mut bytes = word(chunk.ssrc).to_vec();
    for (kind, text) in &chunk.items {
        bytes.push(*kind);
        put_text(&mut bytes, text);
    }
    // One zero byte at least ends the items.
    bytes.resize((bytes.len() + 1).next_multiple_of(4), 0);
    bytes
}

fn put_text(bytes: &mut Vec<u8>, text: &[u8]) {
    let text = text.get(..255).unwrap_or(text);
    bytes.push(u8::try_from(text.len()).expect("a text was cut to 255 bytes"));
    bytes.extend(text);
}
