//! What a phone did lately.

use std::collections::VecDeque;

use message::station::Hop;
use provision::Mac;

/// Steps that are kept of a phone.
const MOST: usize = 64;
/// The longest class, wishes and words, bytes.
const LONGEST: usize = 255;

/// The steps of a phone, the oldest first.
#[derive(Clone, Debug, Default)]
pub(super) struct Timeline(VecDeque<Hop>);

impl Timeline {
    /// Adds a step. One that only repeats the last takes its place: a phone that asks every few
    /// seconds would push out how it came there.
    pub(super) fn add(&mut self, hop: Hop) {
        if let Some(last) = self.0.back_mut()
            && (last.step, last.address, &last.words) == (hop.step, hop.address, &hop.words)
        {
            *last = hop;
            return;
        }
        if self.0.len() == MOST {
            self.0.pop_front();
        }
        self.0.push_back(hop);
    }

    pub(super) fn last(&self) -> Option<&Hop> {
        self.0.back()
    }

    pub(super) fn hops(&self) -> Vec<Hop> {
        self.0.iter().cloned().collect()
    }
}

/// A step as it is kept: of bounded length, in words that can be shown, at a time that was.
pub(super) fn bounded(mut hop: Hop, unix_ms: u64) -> Hop {
    hop.class.truncate(LONGEST);
    hop.wishes.truncate(LONGEST);
    hop.words = shown(&hop.words, LONGEST);
    if hop.at == 0 || hop.at > unix_ms {
        hop.at = unix_ms;
    }
    hop
}

/// A text without what controls, cut to so many bytes.
pub(super) fn shown(text: &str, most: usize) -> String {
    let mut shown = String::new();
    for c in text.chars().map(|c| if c.is_control() { ' ' } else { c }) {
        if shown.len() + c.len_utf8() > most {
            break;
        }
        shown.push(c);
    }
    shown.trim().to_owned()
}

/// Could a card have this address? A group or nobody could not.
pub(super) const fn is_card(mac: Mac) -> bool {
    let Mac(bytes) = mac;
    bytes[0] & 1 == 0 && !matches!(bytes, [0, 0, 0, 0, 0, 0])
}

#[cfg(test)]
mod tests {
    use message::station::{Hop, Step};
    use provision::Mac;

    use super::{Timeline, bounded, is_card, shown};

    fn hop(step: Step, at: u64) -> Hop {
        let (class, wishes) = (vec![b'a'; 400], vec![1; 300]);
        let words = format!("{}\n", "é".repeat(200));
        bounded(Hop { mac: [2; 6], step, at, address: 1, class, wishes, words }, 1_000)
    }

    #[test]
    fn a_timeline_has_a_bounded_length_and_repeats_nothing() {
        let mut timeline = Timeline::default();
        for at in 1..=9 {
            timeline.add(hop(Step::Discover, at));
        }
        assert_eq!(timeline.hops().len(), 1);
        assert_eq!(timeline.last().map(|hop| hop.at), Some(9));
        for at in 10..210 {
            timeline.add(hop(if at % 2 == 0 { Step::Offer } else { Step::Discover }, at));
        }
        let hops = timeline.hops();
        assert_eq!((hops.len(), hops[0].at, hops[63].at), (64, 146, 209));
        assert_eq!((hops[0].class.len(), hops[0].wishes.len()), (255, 255));
        assert_eq!(hops[0].words, "é".repeat(127));
        assert_eq!(hop(Step::Ack, 2_000).at, 1_000, "nothing comes from the future");
        assert_eq!(hop(Step::Ack, 0).at, 1_000);
    }

    #[test]
    fn words_are_cut_between_characters() {
        assert_eq!(shown("aéb", 2), "a");
        assert_eq!(shown(" a\r\nb\0", 9), "a  b");
    }

    #[test]
    fn groups_and_nobody_are_no_cards() {
        assert!(is_card(Mac([2, 0, 0, 0, 0, 1])) && is_card(Mac([0, 0, 0, 0, 0, 1])));
        assert!(!is_card(Mac([0; 6])) && !is_card(Mac([0xff; 6])));
        assert!(!is_card(Mac([1, 0, 0x5e, 0, 0, 1])));
    }
}
