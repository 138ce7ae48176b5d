//! How the server is, for people.

use message::lease::{Foreign, Lease, LeaseState, Leases};
use provision::{Clues, Mac, Maker, identify, organization};

use super::{Alarm, Engine, Output};
use crate::lease::{self, State};

/// So many leases are shown: more than that nobody reads.
const MOST: usize = 4_096;
/// What went wrong is shown for so long, seconds.
const SHOWN_S: u64 = 3_600;

impl Engine {
    /// How the server is, and its leases.
    #[must_use]
    pub fn report(&self) -> Leases {
        let mut foreign: Vec<Foreign> = self
            .foreign
            .iter()
            .map(|(address, at)| Foreign {
                address: address.to_bits(),
                at: at.saturating_mul(1_000),
            })
            .collect();
        foreign.sort_by_key(|server| std::cmp::Reverse(server.at));
        let pool = self.plan.subnets.iter().map(|subnet| subnet.addresses().count()).sum();
        let is_used = |lease: &&lease::Lease| {
            let is_of_pool = self
                .plan
                .subnet_of(lease.address)
                .is_some_and(|subnet| self.plan.subnets[subnet].is_in_pool(lease.address));
            is_of_pool && lease.until > self.unix_s && lease.state != State::Released
        };
        let used = self.table.all().filter(is_used).count();
        let trouble = self.trouble.as_ref().filter(|(at, _)| at + SHOWN_S > self.unix_s);
        Leases {
            doing: self.doing,
            foreign,
            leases: self.table.all().take(MOST).map(|lease| self.shown(lease)).collect(),
            pool: count(pool),
            used: count(used),
            trouble: trouble.map(|(_, words)| words.clone()).unwrap_or_default(),
        }
    }

    fn shown(&self, lease: &lease::Lease) -> Lease {
        let mac = lease.hardware.mac();
        let subnet = self.plan.subnet_of(lease.address).map(|at| &self.plan.subnets[at]);
        let reserved = subnet.and_then(|subnet| subnet.reserved.get(&mac?));
        Lease {
            address: lease.address.to_bits(),
            card: lease.hardware.bytes().to_vec(),
            host: lease.host.clone(),
            device: device(lease),
            until: lease.until,
            state: match lease.state {
                State::Bound => LeaseState::Bound,
                State::Released => LeaseState::Released,
                State::Quarantined => LeaseState::Quarantined,
            },
            is_reserved: reserved == Some(&lease.address),
        }
    }

    pub(super) fn alarm(&mut self, alarm: Alarm) {
        self.trouble = Some((self.unix_s, alarm.to_string()));
        self.outputs.extend([Output::Alarm(alarm), Output::Changed]);
    }
}

/// Vendor and model of a telephone, else who made the card and what the device says that it is.
fn device(lease: &lease::Lease) -> String {
    let class = Some(lease.class.as_bytes()).filter(|class| !class.is_empty());
    let mac = lease.hardware.mac().map(Mac);
    let clues = Clues { class, mac, ..Clues::default() };
    let Some(identity) = identify(&clues) else {
        return match mac.and_then(organization) {
            Some(maker) if lease.class.is_empty() => maker.to_owned(),
            Some(maker) => format!("{maker} ({})", lease.class),
            None => lease.class.clone(),
        };
    };
    let vendor = match identity.vendor {
        Maker::Known(vendor) => vendor.name().to_owned(),
        Maker::Other(name) => name,
    };
    format!("{vendor} {}", identity.model).trim_end().to_owned()
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}

/// As a sentence, for people.
impl std::fmt::Display for Alarm {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Taken(address) => {
                write!(f, "Another device uses {address}, which it was not given.")
            }
            Self::Exhausted(_) => f.write_str("All addresses of the pool are in use."),
            Self::Foreign(address) => {
                write!(f, "There is another DHCP server in the network: {address}.")
            }
            Self::StoodDown => f.write_str(
                "Because of another DHCP server, this one does not give addresses any more.",
            ),
            Self::Unstored(words) => {
                write!(
                    f,
                    "Leases cannot be written to the disk, so nobody gets an address: {words}."
                )
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::device;
    use crate::lease::{Client, Lease, State};
    use crate::packet::Hardware;

    #[test]
    fn a_device_is_called_by_what_can_be_told_of_it() {
        let lease = |mac: [u8; 6], class: &str| Lease {
            address: Ipv4Addr::new(10, 0, 0, 9),
            client: Client::Card(1, mac.to_vec()),
            hardware: Hardware::ethernet(mac),
            state: State::Bound,
            until: 0,
            host: String::new(),
            class: class.to_owned(),
        };
        let (phone, computer) = ([0, 0x04, 0x13, 1, 2, 3], [0x50, 0xa6, 0xd8, 1, 2, 3]);
        assert_eq!(device(&lease(phone, "snomD785")), "Snom D785");
        assert_eq!(device(&lease(computer, "")), "Apple, Inc.");
        assert_eq!(device(&lease(computer, "dhcpcd-9")), "Apple, Inc. (dhcpcd-9)");
        assert_eq!(device(&lease([2, 0, 0, 1, 2, 3], "udhcp 1.36")), "udhcp 1.36");
        assert_eq!(device(&lease([2, 0, 0, 1, 2, 3], "")), "");
    }
}
