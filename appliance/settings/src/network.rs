//! Addresses of the office's network, and who may reach what.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Fault;

/// Most name servers and most networks in a list.
const MOST: usize = 8;

/// The network that the office is in.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Network {
    /// The interface, such as `enp1s0`; absent for the first wired one.
    pub interface: Option<String>,
    /// A VLAN on it (IEEE 802.1Q); absent for none.
    pub vlan: Option<Vlan>,
    /// How it gets its IPv4 address.
    pub ipv4: Ipv4,
    /// How it gets its IPv6 addresses.
    pub ipv6: Ipv6,
    /// Name servers beside those that the network offers.
    pub dns: Vec<IpAddr>,
}

/// A VLAN's number, 1 to 4094.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(try_from = "u16", into = "u16")]
pub struct Vlan(u16);

impl Vlan {
    /// The VLAN of this number.
    #[must_use]
    pub fn new(number: u16) -> Option<Self> {
        (1..=4_094).contains(&number).then_some(Self(number))
    }

    /// Its number.
    #[must_use]
    pub const fn number(self) -> u16 {
        self.0
    }
}

impl TryFrom<u16> for Vlan {
    type Error = &'static str;

    fn try_from(number: u16) -> Result<Self, Self::Error> {
        Self::new(number).ok_or("a VLAN has a number from 1 to 4094")
    }
}

impl From<Vlan> for u16 {
    fn from(vlan: Vlan) -> Self {
        vlan.0
    }
}

/// How an IPv4 address is got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", tag = "method")]
pub enum Ipv4 {
    /// From the office's DHCP server.
    #[default]
    Dhcp,
    /// It is this one.
    Static(Ipv4Static),
    /// None.
    Off,
}

/// An IPv4 address that stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ipv4Static {
    /// The address.
    pub address: Ipv4Addr,
    /// Bits of the network, 1 to 31.
    pub prefix: u8,
    /// The way out; absent for none.
    #[serde(default)]
    pub gateway: Option<Ipv4Addr>,
}

/// How IPv6 addresses are got.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", tag = "method")]
pub enum Ipv6 {
    /// As the office's routers advertise.
    #[default]
    Auto,
    /// It is this one.
    Static(Ipv6Static),
    /// None.
    Off,
}

/// An IPv6 address that stays.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ipv6Static {
    /// The address.
    pub address: Ipv6Addr,
    /// Bits of the network, 1 to 128.
    pub prefix: u8,
    /// The way out; absent for none.
    #[serde(default)]
    pub gateway: Option<Ipv6Addr>,
}

impl Network {
    pub(crate) fn faults(&self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if self.interface.as_deref().is_some_and(|name| !is_interface(name)) {
            let words = "An interface's name has 1 to 15 letters, digits, dots or hyphens.";
            faults.push(Fault::of("network.interface", words));
        }
        match self.ipv4 {
            Ipv4::Static(fixed) => faults.extend(fixed.faults()),
            Ipv4::Dhcp | Ipv4::Off => {}
        }
        match self.ipv6 {
            Ipv6::Static(fixed) => faults.extend(fixed.faults()),
            Ipv6::Auto | Ipv6::Off => {}
        }
        if matches!((self.ipv4, self.ipv6), (Ipv4::Off, Ipv6::Off)) {
            faults.push(Fault::of("network", "Without IPv4 and IPv6 nobody can reach it."));
        }
        if self.dns.len() > MOST {
            faults.push(Fault::of("network.dns", "There are at most eight name servers."));
        }
        faults
    }
}

impl Ipv4Static {
    fn faults(self) -> Vec<Fault> {
        let Self { address, prefix, gateway } = self;
        if !(1..=31).contains(&prefix) {
            return vec![Fault::of("network.ipv4.prefix", "The prefix has 1 to 31 bits.")];
        }
        let mut faults = Vec::new();
        let mask = u32::MAX << (32 - u32::from(prefix));
        let host = address.to_bits() & !mask;
        if address.is_unspecified()
            || address.is_loopback()
            || address.is_multicast()
            || address.is_broadcast()
        {
            let words = format!("{address} is no address that a machine can have.");
            faults.push(Fault::of("network.ipv4.address", words));
        } else if prefix < 31 && (host == 0 || host == !mask) {
            let words = format!("{address}/{prefix} is the network itself or its broadcast.");
            faults.push(Fault::of("network.ipv4.address", words));
        }
        if let Some(gateway) = gateway {
            if gateway == address {
                let words = "The gateway is another machine than this one.";
                faults.push(Fault::of("network.ipv4.gateway", words));
            } else if gateway.to_bits() & mask != address.to_bits() & mask {
                let words = format!("{gateway} is not in the network of {address}/{prefix}.");
                faults.push(Fault::of("network.ipv4.gateway", words));
            }
        }
        faults
    }
}

impl Ipv6Static {
    fn faults(self) -> Vec<Fault> {
        let Self { address, prefix, gateway } = self;
        let mut faults = Vec::new();
        if !(1..=128).contains(&prefix) {
            faults.push(Fault::of("network.ipv6.prefix", "The prefix has 1 to 128 bits."));
        }
        if address.is_unspecified() || address.is_loopback() || address.is_multicast() {
            let words = format!("{address} is no address that a machine can have.");
            faults.push(Fault::of("network.ipv6.address", words));
        }
        if gateway == Some(address) {
            let words = "The gateway is another machine than this one.";
            faults.push(Fault::of("network.ipv6.gateway", words));
        }
        faults
    }
}

fn is_interface(name: &str) -> bool {
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    (1..=15).contains(&name.len()) && name.bytes().all(good) && name != "." && name != ".."
}

/// Who may reach what.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Firewall {
    /// Who reaches the pages, the clients' and the administrator's.
    pub pages: Admission,
    /// Who reaches the message server with a client of its own.
    pub objects: Admission,
    /// Does the appliance answer pings?
    pub answers_ping: bool,
}

impl Default for Firewall {
    fn default() -> Self {
        Self { pages: Admission::Everywhere, objects: Admission::Everywhere, answers_ping: true }
    }
}

/// From where.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase", tag = "from", content = "networks")]
pub enum Admission {
    /// From everywhere.
    #[default]
    Everywhere,
    /// From these networks only, such as `192.168.1.0/24`.
    Networks(Vec<String>),
    /// From nowhere.
    Nowhere,
}

impl Firewall {
    pub(crate) fn faults(&self) -> Vec<Fault> {
        let pages = self.pages.fault("firewall.pages");
        pages.into_iter().chain(self.objects.fault("firewall.objects")).collect()
    }
}

impl Admission {
    fn fault(&self, field: &'static str) -> Option<Fault> {
        let Self::Networks(networks) = self else { return None };
        if networks.is_empty() || networks.len() > MOST {
            return Some(Fault::of(field, "Name one to eight networks."));
        }
        let bad = networks.iter().find(|network| !is_network(network))?;
        Some(Fault::of(field, format!("\"{bad}\" is no network such as 192.168.1.0/24.")))
    }
}

fn is_network(text: &str) -> bool {
    let Some((address, prefix)) = text.split_once('/') else { return false };
    match (address.parse(), prefix.parse::<u8>()) {
        (Ok(IpAddr::V4(_)), Ok(prefix)) => prefix <= 32,
        (Ok(IpAddr::V6(_)), Ok(prefix)) => prefix <= 128,
        (Err(_), _) | (_, Err(_)) => false,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use super::{Admission, Ipv4, Ipv4Static, Ipv6, Network, Vlan, is_network};

    fn fixed(address: [u8; 4], prefix: u8, gateway: Option<[u8; 4]>) -> Network {
        let ipv4 = Ipv4::Static(Ipv4Static {
            address: Ipv4Addr::from(address),
            prefix,
            gateway: gateway.map(Ipv4Addr::from),
        });
        Network { ipv4, ..Network::default() }
    }

    fn fields(network: &Network) -> Vec<&'static str> {
        network.faults().into_iter().map(|fault| fault.field).collect()
    }

    #[test]
    fn good_addresses_have_no_faults() {
        assert!(fields(&Network::default()).is_empty());
        assert!(fields(&fixed([192, 168, 1, 2], 24, Some([192, 168, 1, 1]))).is_empty());
        assert!(fields(&fixed([10, 0, 0, 0], 31, Some([10, 0, 0, 1]))).is_empty());
    }

    #[test]
    fn what_could_not_work_is_named() {
        assert_eq!(fields(&fixed([192, 168, 1, 0], 24, None)), ["network.ipv4.address"]);
        assert_eq!(fields(&fixed([192, 168, 1, 255], 24, None)), ["network.ipv4.address"]);
        assert_eq!(fields(&fixed([127, 0, 0, 1], 8, None)), ["network.ipv4.address"]);
        assert_eq!(fields(&fixed([10, 0, 0, 1], 0, None)), ["network.ipv4.prefix"]);
        let elsewhere = fixed([192, 168, 1, 2], 24, Some([192, 168, 2, 1]));
        assert_eq!(fields(&elsewhere), ["network.ipv4.gateway"]);
        let nothing = Network { ipv4: Ipv4::Off, ipv6: Ipv6::Off, ..Network::default() };
        assert_eq!(fields(&nothing), ["network"]);
        let path = Network { interface: Some("../x".to_owned()), ..Network::default() };
        assert_eq!(fields(&path), ["network.interface"]);
    }

    #[test]
    fn networks_and_vlans_are_checked() {
        assert!(is_network("192.168.0.0/16") && is_network("fd00::/8"));
        assert!(!is_network("192.168.0.0") && !is_network("1.2.3.4/33") && !is_network("x/8"));
        assert!(Admission::Networks(Vec::new()).fault("f").is_some());
        assert!(Vlan::new(0).is_none() && Vlan::new(4_094).is_some() && Vlan::new(4_095).is_none());
    }
}
