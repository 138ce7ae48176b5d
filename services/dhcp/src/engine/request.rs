//! What clients say about an address: REQUEST in its four situations (RFC 2131, table 4), DECLINE,
//! RELEASE.
//!
//! | situation   | option 54 | option 50 | ciaddr |
//! |-------------|-----------|-----------|--------|
//! | selecting   | there     | there     | 0      |
//! | init-reboot |           | there     | 0      |
//! | renewing    |           |           | there  |
//! | rebinding   |           |           | there  |

use std::net::Ipv4Addr;

use message::station::Step;

use super::{Alarm, Arrival, DOUBTED_S, Engine, QUARANTINE_S};
use crate::code;
use crate::lease::{Client, Lease, State};
use crate::packet::{Hardware, Packet};
use crate::plan::Mode;

impl Engine {
    pub(super) fn request(&mut self, from: Arrival, packet: Packet, client: Client) {
        let wanted = packet.address(code::REQUESTED_ADDRESS);
        match (packet.address(code::SERVER_ID), wanted) {
            (Some(server), Some(address)) if server == from.ours => {
                self.selecting(from, packet, client, address);
            }
            (None, Some(address)) if packet.ciaddr.is_unspecified() => {
                self.again(from, packet, client, address);
            }
            (_, None) if !packet.ciaddr.is_unspecified() => {
                let address = packet.ciaddr;
                self.again(from, packet, client, address);
            }
            // What another server was asked for has been seen before.
            (Some(_) | None, _) => {}
        }
    }

    fn selecting(&mut self, from: Arrival, packet: Packet, client: Client, address: Ipv4Addr) {
        let is_offered = self.by_client.get(&client) == Some(&address);
        // A client that was slow, or whose ACK was lost, may still have what is its own.
        if is_offered || self.has(&client, address) {
            self.commit(from, packet, client, address);
        } else {
            self.refuse(from, &packet, "This address was not offered, or too long ago.");
        }
    }

    /// A client that has rebooted, or wants its address for longer.
    fn again(&mut self, from: Arrival, packet: Packet, client: Client, address: Ipv4Addr) {
        let subnet = self.subnet(from, &packet);
        let is_here = subnet.and_then(|subnet| self.plan.subnets.get(subnet));
        let is_here = is_here.map(|subnet| subnet.network.contains(address));
        match is_here {
            // Of a network that we know nothing of, we say nothing.
            None => {}
            Some(false) => self.refuse(from, &packet, "This address is of another network."),
            Some(true) if self.has(&client, address) => {
                self.commit(from, packet, client, address);
            }
            Some(true) => {
                let is_another_s = self.table.of_client(&client).next().is_some();
                // Who has no record here may have one elsewhere, unless the network is our own.
                if is_another_s || self.plan.mode == Mode::Voice {
                    self.refuse(from, &packet, "This address is not this client's.");
                }
            }
        }
    }

    fn has(&self, client: &Client, address: Ipv4Addr) -> bool {
        let lease = self.table.get(address);
        let is_its =
            lease.is_some_and(|lease| lease.client == *client && lease.state != State::Quarantined);
        is_its && self.is_free(address, client)
    }

    /// Stores the lease; the acknowledgement follows when it is on disk.
    pub(super) fn commit(
        &mut self,
        from: Arrival,
        packet: Packet,
        client: Client,
        address: Ipv4Addr,
    ) {
        // It asks again while the disk is at work: the first answer is good for both.
        if self.storing.contains_key(&address) {
            return;
        }
        let lease = Lease {
            address,
            client,
            hardware: packet.hardware,
            state: State::Bound,
            until: self.unix_s + u64::from(self.lease_s(&packet, address)),
            host: packet.text(code::HOST_NAME).unwrap_or_default(),
            class: packet.text(code::VENDOR_CLASS).unwrap_or_default(),
        };
        self.store(lease, Some((from, packet)));
    }

    pub(super) fn decline(&mut self, packet: &Packet, client: &Client) {
        let Some(address) = packet.address(code::REQUESTED_ADDRESS) else { return };
        let is_offered = self.by_client.get(client) == Some(&address);
        if !is_offered && !self.has(client, address) || self.storing.contains_key(&address) {
            return;
        }
        self.withdraw(address);
        let seconds = if self.is_much_declined(address) { DOUBTED_S } else { QUARANTINE_S };
        self.quarantine(address, client, packet.hardware, seconds);
    }

    /// Is a quarter of the pool in quarantine that this address is in?
    fn is_much_declined(&self, address: Ipv4Addr) -> bool {
        let Some(subnet) = self.plan.subnet_of(address).map(|at| &self.plan.subnets[at]) else {
            return true;
        };
        let is_shut = |lease: &&Lease| {
            lease.state == State::Quarantined
                && lease.until > self.unix_s
                && subnet.is_in_pool(lease.address)
        };
        self.table.all().filter(is_shut).count() * 4 >= subnet.addresses().count()
    }

    pub(super) fn release(&mut self, packet: &Packet, client: &Client) {
        let address = packet.ciaddr;
        if self.storing.contains_key(&address) {
            return;
        }
        let lease = self.table.get(address).filter(|lease| lease.client == *client);
        let Some(lease) = lease.filter(|lease| lease.state == State::Bound) else { return };
        let lease = Lease { state: State::Released, until: self.unix_s, ..lease.clone() };
        self.seen(Step::Release, packet, address, "");
        // Should it not reach the disk, the address is only free later.
        self.store(lease, None);
    }

    /// Somebody uses the address who did not ask for it: nobody gets it for so many seconds.
    pub(super) fn quarantine(
        &mut self,
        address: Ipv4Addr,
        client: &Client,
        hardware: Hardware,
        seconds: u64,
    ) {
        let lease = Lease {
            address,
            client: client.clone(),
            hardware,
            state: State::Quarantined,
            until: self.unix_s + seconds,
            host: String::new(),
            class: String::new(),
        };
        // It counts at once: what does not reach the disk is found again by the next probe.
        self.keep(lease.clone());
        self.store(lease, None);
        self.alarm(Alarm::Taken(address));
    }
}
