//! Who gives addresses in the office, which ones, and what devices are told with them.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::block::hex;
use crate::{Block, Fault, MacAddress};

/// Most networks.
const MOST_SUBNETS: usize = 16;
/// Most pools, excluded addresses, servers and options of a network.
const MOST: usize = 64;
/// Most reservations of a network.
const MOST_RESERVED: usize = 2_000;
/// Most addresses in all pools of a network.
const MOST_ADDRESSES: u32 = 65_536;
/// Bytes that an option's value may have (RFC 2132).
const LONGEST_VALUE: usize = 255;

/// The DHCP server.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Dhcp {
    /// Whether it gives addresses.
    pub mode: DhcpMode,
    /// The networks in which it does.
    pub subnets: Vec<Subnet>,
    /// Kinds of devices that are told something else; the first one that fits counts.
    pub classes: Vec<DeviceClass>,
}

/// Whether addresses are given.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum DhcpMode {
    /// The office has a DHCP server already; this one only helps telephones to find their files.
    #[default]
    Observe,
    /// This is the office's only DHCP server; it stops by itself when another one is heard.
    Sole,
    /// A network of telephones only, in which this server has the last word.
    Voice,
}

/// A network and its addresses.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Subnet {
    /// The network, such as `192.168.5.0/24`.
    pub network: Block,
    /// The addresses that are given.
    #[serde(default)]
    pub pools: Vec<Pool>,
    /// Addresses within the pools that are not.
    #[serde(default)]
    pub excluded: Vec<Ipv4Addr>,
    /// Devices that always get the same address.
    #[serde(default)]
    pub reservations: Vec<Reservation>,
    /// The ways out, the preferred one first.
    #[serde(default)]
    pub routers: Vec<Ipv4Addr>,
    /// Name servers.
    #[serde(default)]
    pub dns: Vec<Ipv4Addr>,
    /// Time servers; none if devices are to be told none.
    #[serde(default)]
    pub ntp: Vec<Ipv4Addr>,
    /// The domain of names, such as `office.example`; empty for none.
    #[serde(default)]
    pub domain: String,
    /// For how many minutes an address is given, 5 to 43200. Telephones get it for a week at least.
    #[serde(default = "a_day")]
    pub lease_min: u32,
    /// Further options for everybody in the network.
    #[serde(default)]
    pub options: Vec<DhcpOption>,
}

const fn a_day() -> u32 {
    1_440
}

/// A run of addresses.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pool {
    /// The first.
    pub first: Ipv4Addr,
    /// The last.
    pub last: Ipv4Addr,
}

/// A device that always gets the same address.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Reservation {
    /// Its hardware address, such as `00:15:65:12:34:56`.
    pub mac: MacAddress,
    /// Its address.
    pub address: Ipv4Addr,
    /// What people call it; may be empty.
    #[serde(default)]
    pub name: String,
}

/// Devices that are told something else than the others.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DeviceClass {
    /// How the device's vendor class (option 60) begins; empty is any.
    #[serde(default)]
    pub vendor_class: String,
    /// How its hardware address begins, such as `00:15:65`; empty is any.
    #[serde(default)]
    pub mac_prefix: String,
    /// What it is told.
    pub options: Vec<DhcpOption>,
    /// For how many minutes it gets an address, if not as long as everybody.
    #[serde(default)]
    pub lease_min: Option<u32>,
}

/// An option by its number.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DhcpOption {
    /// Its number, 1 to 254, but none of those that the server itself decides.
    pub code: u8,
    /// Its value.
    pub value: OptionValue,
}

/// How an option's value is written.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
pub enum OptionValue {
    /// A text.
    Text(String),
    /// One or more IPv4 addresses.
    Addresses(Vec<Ipv4Addr>),
    /// Bytes in hexadecimal digits, such as `01a4ff`.
    Hex(String),
}

impl OptionValue {
    /// Its bytes; none if it cannot be written.
    #[must_use]
    pub fn bytes(&self) -> Option<Vec<u8>> {
        let bytes = match self {
            Self::Text(text) => text.as_bytes().to_vec(),
            Self::Addresses(all) => all.iter().flat_map(Ipv4Addr::octets).collect(),
            Self::Hex(digits) => hex(digits)?,
        };
        (!bytes.is_empty() && bytes.len() <= LONGEST_VALUE).then_some(bytes)
    }
}

impl Dhcp {
    pub(crate) fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        match self.mode {
            DhcpMode::Sole | DhcpMode::Voice => {
                if !self.subnets.iter().any(|subnet| !subnet.pools.is_empty()) {
                    let words = "Without a network and a pool there are no addresses to give.";
                    faults.push(Fault::of("dhcp.subnets", words));
                }
            }
            DhcpMode::Observe => {}
        }
        if self.subnets.len() > MOST_SUBNETS || self.classes.len() > MOST {
            let words = "There are at most 16 networks and 64 kinds of devices.";
            faults.push(Fault::of("dhcp.subnets", words));
        }
        let mut bases = BTreeSet::new();
        for subnet in &self.subnets {
            if !bases.insert(subnet.network.base) {
                let words = format!("{} is there twice.", subnet.network);
                faults.push(Fault::of("dhcp.subnets.network", words));
            }
            faults.extend(subnet.faults());
        }
        faults.extend(self.classes.iter().flat_map(DeviceClass::faults));
        faults
    }
}

impl Subnet {
    /// A network with nothing decided yet but its pool.
    #[must_use]
    pub fn new(network: Block, pool: Pool) -> Self {
        Self {
            network,
            pools: vec![pool],
            excluded: Vec::new(),
            reservations: Vec::new(),
            routers: Vec::new(),
            dns: Vec::new(),
            ntp: Vec::new(),
            domain: String::new(),
            lease_min: a_day(),
            options: Vec::new(),
        }
    }

    fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        for pool in &self.pools {
            let is_within = self.network.has_host(pool.first) && self.network.has_host(pool.last);
            if !is_within || pool.first > pool.last {
                let words =
                    format!("{} to {} is no pool of {}.", pool.first, pool.last, self.network);
                faults.push(Fault::of("dhcp.subnets.pools", words));
            }
        }
        let size = |pool: &Pool| (pool.last.to_bits().saturating_sub(pool.first.to_bits())) as u64;
        if self.pools.iter().map(size).sum::<u64>() >= u64::from(MOST_ADDRESSES) {
            let words = "The pools of a network have at most 65536 addresses.";
            faults.push(Fault::of("dhcp.subnets.pools", words));
        }
        let lists = [self.pools.len(), self.excluded.len(), self.routers.len(), self.dns.len()];
        let lists = lists.into_iter().chain([self.ntp.len(), self.options.len()]);
        if lists.max() > Some(MOST) || self.reservations.len() > MOST_RESERVED {
            let words = "A network has at most 64 entries in a list, and 2000 reservations.";
            faults.push(Fault::of("dhcp.subnets", words));
        }
        if !(5..=43_200).contains(&self.lease_min) {
            let words = "An address is given for 5 to 43200 minutes.";
            faults.push(Fault::of("dhcp.subnets.lease_min", words));
        }
        let is_name = |byte: u8| byte.is_ascii_alphanumeric() || b".-".contains(&byte);
        if self.domain.len() > 253 || !self.domain.bytes().all(is_name) {
            let words = "A domain has letters, digits, dots and hyphens.";
            faults.push(Fault::of("dhcp.subnets.domain", words));
        }
        faults.extend(self.reservation_faults());
        faults.extend(self.options.iter().filter_map(DhcpOption::fault));
        faults
    }

    fn reservation_faults(&self) -> Vec<Fault> {
        let (mut cards, mut addresses) = (BTreeSet::new(), BTreeSet::new());
        let wrong = self.reservations.iter().filter_map(|Reservation { mac, address, name }| {
            let words = if !self.network.has_host(*address) {
                format!("{address} is not in {}.", self.network)
            } else if !cards.insert(*mac) {
                format!("{mac} has two addresses.")
            } else if !addresses.insert(*address) {
                format!("{address} is kept for two devices.")
            } else if name.chars().count() > 64 {
                format!("The name of {mac} is longer than 64 characters.")
            } else {
                return None;
            };
            Some(Fault::of("dhcp.subnets.reservations", words))
        });
        wrong.collect()
    }
}

impl DeviceClass {
    /// The bytes that the hardware address begins with; none if they are not written well.
    #[must_use]
    pub fn prefix(&self) -> Option<Vec<u8>> {
        hex(&self.mac_prefix.replace('-', ":")).filter(|bytes| bytes.len() <= 6)
    }

    fn faults(&self) -> Vec<Fault> {
        let mut faults: Vec<Fault> = self.options.iter().filter_map(DhcpOption::fault).collect();
        if self.prefix().is_none() || self.vendor_class.len() > LONGEST_VALUE {
            let words = format!("\"{}\" is no beginning of a hardware address.", self.mac_prefix);
            faults.push(Fault::of("dhcp.classes.mac_prefix", words));
        }
        if self.lease_min.is_some_and(|minutes| !(5..=43_200).contains(&minutes)) {
            let words = "An address is given for 5 to 43200 minutes.";
            faults.push(Fault::of("dhcp.classes.lease_min", words));
        }
        faults
    }
}

impl DhcpOption {
    /// Those that the server decides, or that have a setting of their own: mask, name, overload,
    /// times, type, server, list, relay.
    const DECIDED: [u8; 16] = [0, 1, 50, 51, 52, 53, 54, 55, 57, 58, 59, 61, 80, 82, 118, 255];

    fn fault(&self) -> Option<Fault> {
        if Self::DECIDED.contains(&self.code) {
            let words = format!("Option {} is decided by the server itself.", self.code);
            return Some(Fault::of("dhcp.options.code", words));
        }
        let words = format!("The value of option {} has 1 to 255 bytes.", self.code);
        self.value.bytes().is_none().then(|| Fault::of("dhcp.options.value", words))
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use crate::MacAddress;

    use super::{Dhcp, DhcpMode, DhcpOption, OptionValue, Pool, Reservation, Subnet};

    fn ip(last: u8) -> Ipv4Addr {
        Ipv4Addr::new(192, 168, 5, last)
    }

    fn subnet() -> Subnet {
        let network = "192.168.5.77/24".parse().expect("a network");
        Subnet::new(network, Pool { first: ip(100), last: ip(199) })
    }

    fn fields(change: impl FnOnce(&mut Subnet)) -> Vec<&'static str> {
        let mut subnet = subnet();
        change(&mut subnet);
        let dhcp = Dhcp { mode: DhcpMode::Sole, subnets: vec![subnet], classes: Vec::new() };
        dhcp.faults().into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn a_pool_and_a_reservation_in_the_network_have_no_faults() {
        let mac: MacAddress = "00-15-65-12-34-5F".parse().expect("an address");
        assert_eq!(mac.to_string(), "00:15:65:12:34:5f");
        let name = "reception".to_owned();
        let reservation = Reservation { mac, address: ip(20), name };
        assert!(fields(|subnet| subnet.reservations = vec![reservation]).is_empty());
        assert_eq!(subnet().network.to_string(), "192.168.5.0/24");
        assert!(Dhcp::default().faults().is_empty(), "to look on needs no network");
    }

    #[test]
    fn what_could_not_work_is_named() {
        let pool = |first, last| Pool { first: ip(first), last: ip(last) };
        assert_eq!(fields(|it| it.pools = vec![pool(9, 8)]), ["dhcp.subnets.pools"]);
        assert_eq!(fields(|it| it.pools = vec![pool(9, 255)]), ["dhcp.subnets.pools"]);
        assert_eq!(fields(|it| it.pools.clear()), ["dhcp.subnets"]);
        assert_eq!(fields(|it| it.lease_min = 0), ["dhcp.subnets.lease_min"]);
        assert_eq!(fields(|it| it.domain = "a b".to_owned()), ["dhcp.subnets.domain"]);
        let mac = MacAddress([2; 6]);
        let kept = |last| Reservation { mac, address: ip(last), name: String::new() };
        let twice = vec![kept(20), kept(21)];
        assert_eq!(fields(|it| it.reservations = twice), ["dhcp.subnets.reservations"]);
        let option = |code, value| DhcpOption { code, value };
        let text = OptionValue::Text("x".to_owned());
        assert_eq!(fields(|it| it.options = vec![option(54, text)]), ["dhcp.options.code"]);
        let odd = OptionValue::Hex("abc".to_owned());
        assert_eq!(fields(|it| it.options = vec![option(66, odd)]), ["dhcp.options.value"]);
    }
}
