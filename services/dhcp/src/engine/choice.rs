//! Which address a client gets (RFC 2131, section 4.3.1).

use std::net::Ipv4Addr;

use super::{Arrival, Engine};
use crate::code;
use crate::lease::{Client, State};
use crate::packet::Packet;

/// Link selection within what a relay adds (RFC 3527).
const LINK_SELECTION: u8 = 5;

impl Engine {
    /// The subnet that the client is in: its relay's, or that of the interface.
    pub(super) fn subnet(&self, from: Arrival, packet: &Packet) -> Option<usize> {
        let told = packet.options.get(&code::RELAY_AGENT).and_then(|added| link_selection(added));
        let relay = (!packet.giaddr.is_unspecified()).then_some(packet.giaddr);
        self.plan.subnet_of(told.or(relay).unwrap_or(from.ours))
    }

    /// The address for a client: what is reserved for it, offered to it, its own, what it would
    /// like, one that nobody ever had, the one that was given up longest ago.
    pub(super) fn choose(
        &self,
        subnet: usize,
        packet: &Packet,
        client: &Client,
    ) -> Option<Ipv4Addr> {
        let plan = self.plan.subnets.get(subnet)?;
        let reserved = packet.hardware.mac().and_then(|mac| plan.reserved.get(&mac).copied());
        let reserved = reserved.filter(|address| self.is_free(*address, client));
        let offered = self.by_client.get(client).copied();
        let mut own = self.table.of_client(client).map(|lease| lease.address);
        let own = own.find(|address| {
            plan.network.contains(*address)
                && plan.is_in_pool(*address)
                && self.is_free(*address, client)
        });
        let liked = packet.address(code::REQUESTED_ADDRESS);
        let liked =
            liked.filter(|address| plan.is_in_pool(*address) && self.is_free(*address, client));
        reserved
            .or(offered.filter(|address| plan.network.contains(*address)))
            .or(own)
            .or(liked)
            .or_else(|| self.unused_of(subnet))
            .or_else(|| self.over_of(subnet, client))
    }

    fn unused_of(&self, subnet: usize) -> Option<Ipv4Addr> {
        let mut unused = self.unused.get(subnet)?.iter().copied();
        unused.find(|address| !self.is_busy(*address))
    }

    fn over_of(&self, subnet: usize, client: &Client) -> Option<Ipv4Addr> {
        let plan = self.plan.subnets.get(subnet)?;
        let mut over = self.table.over(self.unix_s);
        over.find(|address| plan.is_in_pool(*address) && self.is_free(*address, client))
    }

    fn is_busy(&self, address: Ipv4Addr) -> bool {
        self.offers.contains_key(&address) || self.storing.contains_key(&address)
    }

    /// May this client have the address now?
    pub(super) fn is_free(&self, address: Ipv4Addr, client: &Client) -> bool {
        let offered = self.offers.get(&address).map(|offer| &offer.client);
        let storing = self.storing.get(&address).map(|storing| &storing.lease.client);
        if offered.or(storing).is_some_and(|other| other != client) {
            return false;
        }
        self.table.get(address).is_none_or(|lease| match lease.state {
            State::Bound | State::Released => lease.client == *client || lease.until <= self.unix_s,
            State::Quarantined => lease.until <= self.unix_s,
        })
    }
}

/// The sub-option of option 82, if it is there and whole.
fn link_selection(mut added: &[u8]) -> Option<Ipv4Addr> {
    while let [code, len, rest @ ..] = added {
        let (value, rest) = rest.split_at_checked(usize::from(*len))?;
        if *code == LINK_SELECTION {
            let bytes: [u8; 4] = value.try_into().ok()?;
            return Some(Ipv4Addr::from(bytes));
        }
        added = rest;
    }
    None
}
