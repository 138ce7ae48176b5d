//! Telephones that have their address from another server. What they ask it for is heard, for they
//! say it to all; what they are given is not. So the network is asked whether the telephone is at
//! the address that it wanted, and once it is, that counts as if it had asked us for the rest.
//!
//! ```text
//! REQUEST to another server --> looked for, a few times --- its own card answers ---> told
//!                                         `--- nobody, or another card ---> forgotten
//! ```

use std::collections::BTreeMap;
use std::net::Ipv4Addr;

use machine::{Moment, Span, Timers};
use message::station::Step;

use super::advice::phone;
use super::{Arrival, Engine, Output};
use crate::code;
use crate::packet::Packet;

/// A whole office that starts at once; what is beyond that is made up by somebody.
const MOST: usize = 1_024;
/// The time before each look: soon, for a telephone goes on to its files at once, and then less
/// often, for some look first whether anybody else has the address.
const LOOKS: [Span; 6] = [
    Span::from_millis(300),
    Span::from_secs(1),
    Span::from_secs(2),
    Span::from_secs(4),
    Span::from_secs(8),
    Span::from_secs(16),
];

/// Telephones that are looked for.
#[derive(Debug)]
pub(super) struct Elsewhere {
    guests: BTreeMap<Ipv4Addr, Guest>,
    due: Timers<Ipv4Addr>,
}

/// One that has asked another server for an address.
#[derive(Debug)]
struct Guest {
    from: Arrival,
    asked: Packet,
    looks: usize,
}

impl Elsewhere {
    pub(super) fn new() -> Self {
        Self { guests: BTreeMap::new(), due: Timers::new() }
    }

    pub(super) fn next(&self) -> Option<Moment> {
        self.due.next()
    }

    fn forget(&mut self, address: Ipv4Addr) {
        self.guests.remove(&address);
        self.due.cancel(&address);
    }
}

impl Engine {
    /// A client asks for an address, and not us. Behind a relay nobody can look for it.
    pub(super) fn asks_elsewhere(&mut self, from: Arrival, asked: &Packet, now: Moment) {
        let address = asked.address(code::REQUESTED_ADDRESS).unwrap_or(asked.ciaddr);
        let is_near = asked.giaddr.is_unspecified() && !address.is_unspecified();
        if !is_near || phone(asked).is_none() || self.elsewhere.guests.len() >= MOST {
            return;
        }
        let guest = Guest { from, asked: asked.clone(), looks: 0 };
        self.elsewhere.guests.insert(address, guest);
        self.elsewhere.due.set(address, now + LOOKS[0]);
    }

    /// Asks the network for those whose time has come.
    pub(super) fn look_elsewhere(&mut self, now: Moment) {
        while let Some(address) = self.elsewhere.due.expired(now) {
            let Some(guest) = self.elsewhere.guests.get_mut(&address) else { continue };
            guest.looks += 1;
            match LOOKS.get(guest.looks) {
                Some(pause) => self.elsewhere.due.set(address, now + *pause),
                // It stays for the answer to the last look.
                None if guest.looks == LOOKS.len() => {
                    self.elsewhere.due.set(address, now + LOOKS[1]);
                }
                None => {
                    self.elsewhere.forget(address);
                    continue;
                }
            }
            self.outputs.push_back(Output::Probe(guest.from, address));
        }
    }

    /// A card answers at an address: is it the telephone that is looked for there?
    pub(super) fn found_elsewhere(&mut self, address: Ipv4Addr, card: [u8; 6]) {
        let guest = self.elsewhere.guests.get(&address);
        let asked = guest.map(|guest| &guest.asked);
        let Some(asked) = asked.filter(|asked| asked.hardware.mac() == Some(card)) else { return };
        let asked = asked.clone();
        self.elsewhere.forget(address);
        self.seen(Step::Inform, &asked, address, "");
    }
}
