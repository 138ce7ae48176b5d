//! What the office has decided: subnets with their pools, who always gets the same address, and
//! what each kind of device is told.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::packet::Options;

/// Whether addresses are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Mode {
    /// Another server gives addresses: only DHCPINFORM is answered.
    #[default]
    Observe,
    /// We are the only server; ended by the first sign of another one.
    Sole,
    /// A network of our own, in which we have the last word.
    Voice,
}

/// A network: its address and the bits of its mask.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Network {
    base: u32,
    prefix: u8,
}

impl Network {
    /// The network that an address is in; a prefix is at most 32.
    #[must_use]
    pub fn of(address: Ipv4Addr, prefix: u8) -> Self {
        let prefix = prefix.min(32);
        Self { base: u32::from(address) & bits(prefix), prefix }
    }

    /// Is the address in it?
    #[must_use]
    pub fn contains(&self, address: Ipv4Addr) -> bool {
        u32::from(address) & bits(self.prefix) == self.base
    }

    /// Its mask.
    #[must_use]
    pub fn mask(&self) -> Ipv4Addr {
        Ipv4Addr::from(bits(self.prefix))
    }

    /// Can a device have the address? Neither the network's own nor the one for all.
    #[must_use]
    pub fn has_host(&self, address: Ipv4Addr) -> bool {
        let number = u32::from(address);
        let is_edge = number == self.base || number == self.base | !bits(self.prefix);
        self.contains(address) && (self.prefix >= 31 || !is_edge)
    }
}

const fn bits(prefix: u8) -> u32 {
    match prefix {
        0 => 0,
        prefix => u32::MAX << (32 - prefix),
    }
}

/// One network of the office.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Subnet {
    /// Its addresses.
    pub network: Network,
    /// First and last address of each pool.
    pub pools: Vec<(Ipv4Addr, Ipv4Addr)>,
    /// Addresses in the pools that are somebody's already.
    pub excluded: BTreeSet<Ipv4Addr>,
    /// Who always gets the same address, by the card.
    pub reserved: BTreeMap<[u8; 6], Ipv4Addr>,
    /// What everybody here is told: routers, servers of names.
    pub options: Options,
    /// For how long an address is given, seconds.
    pub lease_s: u32,
}

/// The largest pool: what a network of 16 bits has. More is a slip of the finger.
const LARGEST_POOL: u32 = 65_536;

impl Subnet {
    /// The addresses that may be given to anybody, in order.
    pub fn addresses(&self) -> impl Iterator<Item = Ipv4Addr> + '_ {
        let pools = self.pools.iter().flat_map(|(first, last)| {
            let (first, last) = (u32::from(*first), u32::from(*last));
            (first..=last.min(first.saturating_add(LARGEST_POOL - 1))).map(Ipv4Addr::from)
        });
        pools.filter(|address| self.is_free_for_all(*address))
    }

    /// May anybody have this address of the subnet?
    #[must_use]
    pub fn is_in_pool(&self, address: Ipv4Addr) -> bool {
        let is_in = self.pools.iter().any(|(first, last)| (*first..=*last).contains(&address));
        is_in && self.is_free_for_all(address)
    }

    fn is_free_for_all(&self, address: Ipv4Addr) -> bool {
        self.network.has_host(address)
            && !self.excluded.contains(&address)
            && !self.reserved.values().any(|reserved| *reserved == address)
    }
}

/// A kind of device, and what it is told beside the subnet's options.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Class {
    /// How its option 60 begins; empty is any.
    pub begins: Vec<u8>,
    /// How the address of its card begins; empty is any.
    pub card: Vec<u8>,
    /// What it is told.
    pub options: Options,
    /// For how long it gets an address, if not as long as everybody, seconds.
    pub lease_s: Option<u32>,
}

impl Class {
    /// Is it such a device?
    #[must_use]
    pub fn takes(&self, class: &[u8], card: &[u8]) -> bool {
        class.starts_with(&self.begins) && card.starts_with(&self.card)
    }
}

/// Everything that was decided.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    /// Whether addresses are given.
    pub mode: Mode,
    /// The networks.
    pub subnets: Vec<Subnet>,
    /// Kinds of devices; the first one that fits counts.
    pub classes: Vec<Class>,
    /// The ports at which telephones fetch their files, by HTTP and by HTTPS.
    pub files_ports: [u16; 2],
}

impl Default for Plan {
    fn default() -> Self {
        Self {
            mode: Mode::Observe,
            subnets: Vec::new(),
            classes: Vec::new(),
            files_ports: [80, 443],
        }
    }
}

impl Plan {
    /// The subnet that an address is in: its place in the list.
    #[must_use]
    pub fn subnet_of(&self, address: Ipv4Addr) -> Option<usize> {
        self.subnets.iter().position(|subnet| subnet.network.contains(address))
    }
}

#[cfg(test)]
mod tests {
    use std::collections::{BTreeMap, BTreeSet};
    use std::net::Ipv4Addr;

    use super::{Network, Subnet};
    use crate::packet::Options;

    #[test]
    fn a_pool_has_no_edges_exclusions_or_reservations() {
        let ip = |last| Ipv4Addr::new(192, 168, 5, last);
        let subnet = Subnet {
            network: Network::of(ip(1), 29),
            pools: vec![(ip(0), ip(200))],
            excluded: BTreeSet::from([ip(1)]),
            reserved: BTreeMap::from([([0; 6], ip(3))]),
            options: Options::new(),
            lease_s: 60,
        };
        assert_eq!(subnet.addresses().collect::<Vec<_>>(), [ip(2), ip(4), ip(5), ip(6)]);
        assert!(subnet.is_in_pool(ip(2)) && !subnet.is_in_pool(ip(3)) && !subnet.is_in_pool(ip(9)));
        assert_eq!(subnet.network.mask(), Ipv4Addr::new(255, 255, 255, 248));
    }

    #[test]
    fn every_prefix_is_a_network() {
        let ip = Ipv4Addr::new(10, 1, 2, 3);
        assert!(Network::of(ip, 0).contains(Ipv4Addr::BROADCAST));
        assert!(Network::of(ip, 32).has_host(ip) && Network::of(ip, 200).has_host(ip));
        assert!(!Network::of(ip, 24).has_host(Ipv4Addr::new(10, 1, 2, 255)));
    }
}
