//! What the office's router has to be told, where it gives the addresses: the options of our own
//! answers to one telephone of each kind.

use message::lease::Snippets;
use provision::{Family, Sign, families};

use super::{Arrival, Engine};
use crate::code;
use crate::packet::{Hardware, Kind, Options, Packet};
use crate::snippet::{self, Told};

/// A card that no telephone has, for a kind that is not told by its card.
const NOBODY_S: [u8; 3] = [0x02, 0, 0];

impl Engine {
    /// Of our first network; without an address of ours there is nothing to tell.
    #[must_use]
    pub fn snippets(&self) -> Snippets {
        let Some(from) = self.here.first() else { return Snippets::default() };
        let told: Vec<Told> = families().iter().map(|family| self.told(*from, family)).collect();
        Snippets { address: from.ours.to_bits(), snippets: snippet::all(from.ours, &told) }
    }

    fn told(&self, from: Arrival, family: &Family) -> Told {
        let asks = one(family);
        let mut answer = asks.answer(Kind::Ack);
        answer.options.clear();
        self.tell_kind(from, &asks, None, &mut answer);
        let next_server = (!answer.siaddr.is_unspecified()).then_some(answer.siaddr);
        Told::new(family, answer.options, next_server)
    }
}

/// What a telephone of this kind asks.
fn one(family: &Family) -> Packet {
    let card = family.signs.iter().find_map(|sign| match sign {
        Sign::Card(prefix) => Some(*prefix),
        Sign::Begins(_) | Sign::Ends(_) => None,
    });
    let [a, b, c] = card.unwrap_or(NOBODY_S);
    let says = Some(family.says.as_bytes().to_vec()).filter(|says| !says.is_empty());
    let says = says.map(|says| (code::VENDOR_CLASS, says));
    Packet::request(Hardware::ethernet([a, b, c, 0, 0, 0]), Options::from_iter(says))
}
