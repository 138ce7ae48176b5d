//! What a client and the server agree on before the first block (RFC 2347): the size of blocks
//! (RFC 2348), the time-out and the size of the file (RFC 2349), the window (RFC 7440).

use machine::Span;

use crate::packet::{Choice, Packet, Wire};

/// Bytes of a block where nothing is agreed.
const USUAL_BLOCK: usize = 512;
/// What fits into an Ethernet frame behind the headers of IP and UDP and of tunnels on the way:
/// larger blocks would come in fragments.
const LARGEST_BLOCK: u64 = 1_428;
/// What a client may ask for (RFC 2348).
const BLOCKS: std::ops::RangeInclusive<u64> = 8..=65_464;
/// Blocks that are on their way at once, at most: few enough for the buffer of a telephone.
const LARGEST_WINDOW: u64 = 16;

/// How a file is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Terms {
    /// Bytes of each block but the last, 8 to 1,428.
    pub block: usize,
    /// Blocks that one acknowledgement answers, 1 to 16.
    pub window: usize,
    /// After so long without an answer a packet is sent again, 1 to 255 seconds; none for as the
    /// server sees fit.
    pub patience: Option<Span>,
}

impl Default for Terms {
    fn default() -> Self {
        Self { block: USUAL_BLOCK, window: 1, patience: None }
    }
}

/// What is agreed, and the packet that says so; none if no option was asked for that we know. What
/// makes no sense is as if it had not been asked for.
#[must_use]
pub fn agree(choices: &[Choice<'_>], size: u64) -> (Terms, Option<Wire>) {
    let mut terms = Terms::default();
    let mut agreed: Vec<(&[u8], String)> = Vec::new();
    for choice in choices {
        let is_again = agreed.iter().any(|(name, _)| name.eq_ignore_ascii_case(choice.name));
        if !is_again && let Some(value) = terms.take(choice, size) {
            agreed.push((choice.name, value.to_string()));
        }
    }
    let agreed = agreed.iter().map(|(name, value)| Choice { name, value: value.as_bytes() });
    let agreed: Vec<Choice<'_>> = agreed.collect();
    (terms, (!agreed.is_empty()).then(|| Wire::whole(&Packet::Agreed(agreed))))
}

impl Terms {
    /// Takes a choice, as far as we go along with it.
    fn take(&mut self, choice: &Choice<'_>, size: u64) -> Option<u64> {
        let asked = number(choice.value)?;
        let is = |name: &str| choice.name.eq_ignore_ascii_case(name.as_bytes());
        if is("blksize") {
            let block = BLOCKS.contains(&asked).then(|| asked.min(LARGEST_BLOCK))?;
            self.block = usize::try_from(block).ok()?;
            Some(block)
        } else if is("windowsize") {
            let window = (1..=65_535).contains(&asked).then(|| asked.min(LARGEST_WINDOW))?;
            self.window = usize::try_from(window).ok()?;
            Some(window)
        } else if is("timeout") {
            (1..=255).contains(&asked).then_some(())?;
            self.patience = Some(Span::from_secs(asked));
            Some(asked)
        } else if is("tsize") {
            // Clients that are made of curl take the size 0 for nonsense, and break off.
            (size > 0).then_some(size)
        } else {
            None
        }
    }
}

/// A decimal number without a sign, of at most nine digits.
fn number(digits: &[u8]) -> Option<u64> {
    let is_number = (1..=9).contains(&digits.len()) && digits.iter().all(u8::is_ascii_digit);
    let value = |sum: u64, digit: &u8| sum * 10 + u64::from(digit - b'0');
    is_number.then(|| digits.iter().fold(0, value))
}

#[cfg(test)]
mod tests {
    use machine::Span;

    use super::{Terms, agree};
    use crate::packet::{Choice, Packet};

    fn agreed(choices: &[(&str, &str)]) -> (Terms, Vec<(String, String)>) {
        agreed_of(choices, 20_000)
    }

    fn agreed_of(choices: &[(&str, &str)], size: u64) -> (Terms, Vec<(String, String)>) {
        let choices: Vec<Choice<'_>> = choices
            .iter()
            .map(|(name, value)| Choice { name: name.as_bytes(), value: value.as_bytes() })
            .collect();
        let (terms, wire) = agree(&choices, size);
        let whole = wire.map(|wire| wire.parts().concat()).unwrap_or_default();
        let said = if let Ok(Packet::Agreed(choices)) = Packet::parse(&whole) {
            choices
        } else {
            Vec::new()
        };
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        (terms, said.iter().map(|choice| (text(choice.name), text(choice.value))).collect())
    }

    fn pairs(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    #[test]
    fn what_is_asked_is_answered_in_its_order_and_spelling() {
        let asked = [("tsize", "0"), ("BlkSize", "1024"), ("windowsize", "4"), ("timeout", "3")];
        let (terms, said) = agreed(&asked);
        let patience = Some(Span::from_secs(3));
        assert_eq!(terms, Terms { block: 1_024, window: 4, patience });
        let answer =
            [("tsize", "20000"), ("BlkSize", "1024"), ("windowsize", "4"), ("timeout", "3")];
        assert_eq!(said, pairs(&answer));
    }

    #[test]
    fn too_much_is_cut_down_to_what_we_do() {
        let (terms, said) = agreed(&[("blksize", "65464"), ("windowsize", "65535")]);
        assert_eq!((terms.block, terms.window), (1_428, 16));
        assert_eq!(said, pairs(&[("blksize", "1428"), ("windowsize", "16")]));
        let (terms, _) = agreed(&[("blksize", "8"), ("timeout", "255")]);
        assert_eq!((terms.block, terms.patience), (8, Some(Span::from_secs(255))));
    }

    #[test]
    fn what_makes_no_sense_is_not_answered() {
        for choice in [
            ("blksize", "7"),
            ("blksize", "65465"),
            ("blksize", ""),
            ("blksize", "-512"),
            ("blksize", "99999999999999999999"),
            ("windowsize", "0"),
            ("windowsize", "65536"),
            ("timeout", "0"),
            ("timeout", "256"),
            ("tsize", "all"),
            ("multicast", ""),
            ("utimeout", "100"),
        ] {
            assert_eq!(agreed(&[choice]), (Terms::default(), Vec::new()), "{choice:?}");
        }
    }

    #[test]
    fn the_size_of_an_empty_file_is_not_told() {
        let (_, said) = agreed_of(&[("tsize", "0"), ("timeout", "1")], 0);
        assert_eq!(said, pairs(&[("timeout", "1")]));
    }

    #[test]
    fn an_option_said_twice_counts_once() {
        let (terms, said) = agreed(&[("blksize", "600"), ("BLKSIZE", "700")]);
        assert_eq!((terms.block, said), (600, pairs(&[("blksize", "600")])));
    }
}
