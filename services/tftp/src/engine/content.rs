//! A file as a row of blocks: its bytes as they are, or as text of the network's terminal
//! (RFC 764: a line ends with CR LF, and a carriage return that ends none is followed by a zero).

use bytes::Bytes;

/// A file in the form in which a client wants it. The file itself is shared.
#[derive(Clone, Debug)]
pub(super) enum Content {
    /// As it is.
    Plain(Bytes),
    /// As text.
    Text(Bytes),
}

/// Where a block begins.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    /// Bytes of the file before it.
    at: usize,
    /// The first half of the byte there is in the block before.
    is_half: bool,
}

impl Content {
    /// Bytes on the wire.
    pub(super) fn size(&self) -> u64 {
        let size = match self {
            Self::Plain(file) => file.len(),
            Self::Text(file) => file.len() + file.iter().filter(|byte| is_pair(**byte)).count(),
        };
        u64::try_from(size).unwrap_or(u64::MAX)
    }

    /// The block of at most `size` bytes that begins there, and where the next one does. A block
    /// that is shorter is the last.
    pub(super) fn block(&self, from: Place, size: usize) -> (Bytes, Place) {
        match self {
            Self::Plain(file) => {
                let at = from.at.min(file.len());
                let end = at.saturating_add(size).min(file.len());
                (file.slice(at..end), Place { at: end, is_half: false })
            }
            Self::Text(file) => text(file, from, size),
        }
    }
}

/// Is the byte two on the wire?
fn is_pair(byte: u8) -> bool {
    matches!(byte, b'\n' | b'\r')
}

fn text(file: &[u8], mut place: Place, size: usize) -> (Bytes, Place) {
    let mut block = Vec::with_capacity(size);
    while block.len() < size
        && let Some(byte) = file.get(place.at).copied()
    {
        let (first, second) = match byte {
            b'\n' => (b'\r', Some(b'\n')),
            b'\r' => (b'\r', Some(0)),
            byte => (byte, None),
        };
        match second {
            Some(second) if place.is_half => {
                block.push(second);
                place = Place { at: place.at + 1, is_half: false };
            }
            Some(_) => {
                block.push(first);
                place.is_half = true;
            }
            None => {
                block.push(first);
                place.at += 1;
            }
        }
    }
    (block.into(), place)
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use proptest::collection::vec;
    use proptest::prelude::any;
    use proptest::{prop_assert_eq, prop_oneof, proptest};

    use super::{Content, Place};

    fn blocks(content: &Content, size: usize) -> Vec<Bytes> {
        let (mut place, mut blocks) = (Place::default(), Vec::new());
        loop {
            let (block, next) = content.block(place, size);
            let is_last = block.len() < size;
            blocks.push(block);
            if is_last {
                return blocks;
            }
            place = next;
        }
    }

    /// As a client reads text: CR LF is the end of a line, CR 0 a carriage return.
    fn read(text: &[u8]) -> Vec<u8> {
        let mut file = Vec::new();
        let mut bytes = text.iter().copied();
        while let Some(byte) = bytes.next() {
            match (byte, byte == b'\r') {
                (_, true) => match bytes.next() {
                    Some(b'\n') => file.push(b'\n'),
                    Some(0) => file.push(b'\r'),
                    other => file.extend(other),
                },
                (byte, false) => file.push(byte),
            }
        }
        file
    }

    #[test]
    fn lines_end_as_the_network_wants_even_across_blocks() {
        let text = Content::Text(Bytes::from_static(b"ab\ncd\r\n"));
        assert_eq!(blocks(&text, 3), [&b"ab\r"[..], b"\ncd", b"\r\0\r", b"\n"]);
        assert_eq!(text.size(), 10);
    }

    #[test]
    fn a_file_that_fills_its_blocks_ends_with_an_empty_one() {
        let plain = Content::Plain(Bytes::from_static(b"abcdef"));
        assert_eq!(blocks(&plain, 3), [&b"abc"[..], b"def", b""]);
        assert_eq!(blocks(&Content::Plain(Bytes::new()), 3), [&b""[..]]);
    }

    proptest! {
        #[test]
        fn what_is_sent_as_text_is_the_file(
            file in vec(prop_oneof![any::<u8>(), proptest::sample::select(&b"\r\n\0"[..])], 0..600),
            size in 8_usize..100,
        ) {
            let text = Content::Text(file.clone().into());
            let sent = blocks(&text, size).concat();
            prop_assert_eq!(sent.len() as u64, text.size());
            prop_assert_eq!(read(&sent), file);
        }
    }
}
