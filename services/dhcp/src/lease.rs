//! Leases: which client has which address, and until when.

use std::collections::{BTreeMap, BTreeSet};
use std::net::Ipv4Addr;

use crate::code;
use crate::packet::{Hardware, Packet};

/// Who a client is: what it calls itself (option 61, RFC 4361), else its card.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Client {
    /// The value of option 61.
    Named(Vec<u8>),
    /// Kind and address of its card.
    Card(u8, Vec<u8>),
}

/// A name is at most what one option holds (RFC 2132, section 9.14).
const LONGEST_NAME: usize = 255;

impl Client {
    /// The one that sent this message; nothing if it cannot be told from others.
    #[must_use]
    pub fn of(packet: &Packet) -> Option<Self> {
        match packet.options.get(&code::CLIENT_ID) {
            Some(name) if (2..=LONGEST_NAME).contains(&name.len()) => {
                Some(Self::Named(name.clone()))
            }
            Some(_) | None => {
                let Hardware { kind, .. } = packet.hardware;
                let bytes = packet.hardware.bytes();
                let is_blank = bytes.iter().all(|byte| *byte == 0);
                (!is_blank).then(|| Self::Card(kind, bytes.to_vec()))
            }
        }
    }
}

/// How it is with an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum State {
    /// In use, until its time is over.
    Bound,
    /// Given back; kept for the same client as long as nobody needs it.
    Released,
    /// In use by somebody who did not ask: nobody gets it until its time is over.
    Quarantined,
}

/// A lease, as it is kept on the disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Lease {
    /// The address.
    pub address: Ipv4Addr,
    /// Who has it.
    pub client: Client,
    /// The card that asked for it last.
    pub hardware: Hardware,
    /// How it is with it.
    pub state: State,
    /// Until when that holds, unix seconds.
    pub until: u64,
    /// What the client calls its machine (option 12), if it can be shown.
    pub host: String,
    /// What the client is (option 60), if it can be shown.
    pub class: String,
}

/// All leases.
#[derive(Debug, Default)]
pub struct Table {
    leases: BTreeMap<Ipv4Addr, Lease>,
    by_client: BTreeMap<Client, BTreeSet<Ipv4Addr>>,
    /// Addresses that may be given again, the longest over first. Quarantined ones are among them.
    by_end: BTreeSet<(u64, Ipv4Addr)>,
}

impl Table {
    /// Puts a lease in the place of what was known of its address.
    pub fn put(&mut self, lease: Lease) {
        self.remove(lease.address);
        self.by_client.entry(lease.client.clone()).or_default().insert(lease.address);
        self.by_end.insert((lease.until, lease.address));
        self.leases.insert(lease.address, lease);
    }

    fn remove(&mut self, address: Ipv4Addr) {
        let Some(old) = self.leases.remove(&address) else { return };
        self.by_end.remove(&(old.until, address));
        if let Some(addresses) = self.by_client.get_mut(&old.client) {
            addresses.remove(&address);
            if addresses.is_empty() {
                self.by_client.remove(&old.client);
            }
        }
    }

    /// The lease of an address.
    #[must_use]
    pub fn get(&self, address: Ipv4Addr) -> Option<&Lease> {
        self.leases.get(&address)
    }

    /// Every lease, by address.
    pub fn all(&self) -> impl Iterator<Item = &Lease> {
        self.leases.values()
    }

    /// What a client has or had, not counting what is quarantined.
    pub fn of_client(&self, client: &Client) -> impl Iterator<Item = &Lease> {
        let addresses = self.by_client.get(client).into_iter().flatten();
        let leases = addresses.filter_map(|address| self.leases.get(address));
        leases.filter(|lease| lease.state != State::Quarantined)
    }

    /// Addresses whose time was over at that second, the longest over first.
    pub fn over(&self, unix_s: u64) -> impl Iterator<Item = Ipv4Addr> {
        let over = self.by_end.range(..=(unix_s, Ipv4Addr::BROADCAST));
        over.map(|(_, address)| *address)
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::{Client, Lease, State, Table};
    use crate::packet::Hardware;

    fn lease(last: u8, name: &[u8], until: u64) -> Lease {
        Lease {
            address: Ipv4Addr::new(10, 0, 0, last),
            client: Client::Named(name.to_vec()),
            hardware: Hardware::ethernet([last; 6]),
            state: State::Bound,
            until,
            host: String::new(),
            class: String::new(),
        }
    }

    #[test]
    fn an_address_has_one_client_and_comes_back_in_the_order_of_its_end() {
        let mut table = Table::default();
        table.put(lease(1, b"anna", 50));
        table.put(lease(2, b"bo", 40));
        table.put(lease(1, b"cy", 60));
        let anna = Client::Named(b"anna".to_vec());
        assert_eq!(table.of_client(&anna).count(), 0, "the address is somebody else's");
        let over: Vec<u8> = table.over(60).map(|address| address.octets()[3]).collect();
        assert_eq!(over, [2, 1]);
        assert_eq!(table.over(39).count(), 0);
    }

    #[test]
    fn what_is_quarantined_is_nobody_s() {
        let mut table = Table::default();
        table.put(Lease { state: State::Quarantined, ..lease(1, b"anna", 50) });
        assert_eq!(table.of_client(&Client::Named(b"anna".to_vec())).count(), 0);
    }
}
