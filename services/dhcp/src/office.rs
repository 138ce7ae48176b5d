//! The plan that the office's settings mean.

use std::net::Ipv4Addr;

use settings::{DeviceClass, Dhcp, DhcpMode, DhcpOption};

use crate::code;
use crate::packet::Options;
use crate::plan::{Class, Mode, Network, Plan, Subnet};

/// The plan; what cannot be read in checked settings is left out.
#[must_use]
pub fn plan(dhcp: &Dhcp, files_ports: [u16; 2]) -> Plan {
    Plan {
        mode: match dhcp.mode {
            DhcpMode::Observe => Mode::Observe,
            DhcpMode::Sole => Mode::Sole,
            DhcpMode::Voice => Mode::Voice,
        },
        subnets: dhcp.subnets.iter().map(subnet).collect(),
        classes: dhcp.classes.iter().filter_map(class).collect(),
        files_ports,
    }
}

fn subnet(subnet: &settings::Subnet) -> Subnet {
    let mut told = Options::new();
    let lists = [
        (code::ROUTER, &subnet.routers),
        (code::NAME_SERVER, &subnet.dns),
        (code::TIME_SERVER, &subnet.ntp),
    ];
    for (code, addresses) in lists {
        if !addresses.is_empty() {
            told.insert(code, addresses.iter().flat_map(Ipv4Addr::octets).collect());
        }
    }
    if !subnet.domain.is_empty() {
        told.insert(code::DOMAIN, subnet.domain.as_bytes().to_vec());
    }
    told.extend(options(&subnet.options));
    let reserved = subnet.reservations.iter().map(|one| (one.mac.0, one.address));
    Subnet {
        network: Network::of(subnet.network.base, subnet.network.prefix),
        pools: subnet.pools.iter().map(|pool| (pool.first, pool.last)).collect(),
        excluded: subnet.excluded.iter().copied().collect(),
        reserved: reserved.collect(),
        options: told,
        lease_s: subnet.lease_min.saturating_mul(60),
    }
}

fn class(class: &DeviceClass) -> Option<Class> {
    Some(Class {
        begins: class.vendor_class.as_bytes().to_vec(),
        card: class.prefix()?,
        options: options(&class.options).collect(),
        lease_s: class.lease_min.map(|minutes| minutes.saturating_mul(60)),
    })
}

fn options(options: &[DhcpOption]) -> impl Iterator<Item = (u8, Vec<u8>)> + '_ {
    options.iter().filter_map(|option| Some((option.code, option.value.bytes()?)))
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use settings::{Dhcp, DhcpMode, DhcpOption, OptionValue, Pool, Subnet};

    use super::plan;
    use crate::code;
    use crate::plan::Mode;

    #[test]
    fn settings_become_a_plan() {
        let ip = |last| Ipv4Addr::new(192, 168, 5, last);
        let network = "192.168.5.0/24".parse().expect("a network");
        let mut subnet = Subnet::new(network, Pool { first: ip(100), last: ip(102) });
        subnet.routers = vec![ip(1), ip(2)];
        subnet.domain = "office.example".to_owned();
        let value = OptionValue::Hex("00:ff".to_owned());
        subnet.options = vec![DhcpOption { code: 200, value }];
        let dhcp = Dhcp { mode: DhcpMode::Voice, subnets: vec![subnet], classes: Vec::new() };
        let plan = plan(&dhcp, [8_080, 8_443]);
        assert_eq!((plan.mode, plan.files_ports), (Mode::Voice, [8_080, 8_443]));
        let subnet = &plan.subnets[0];
        assert_eq!(subnet.addresses().collect::<Vec<_>>(), [ip(100), ip(101), ip(102)]);
        assert_eq!(subnet.options[&code::ROUTER], [192, 168, 5, 1, 192, 168, 5, 2]);
        assert_eq!(subnet.options[&code::DOMAIN], b"office.example");
        assert_eq!(subnet.options[&200], [0, 255]);
        assert_eq!(subnet.lease_s, 86_400);
    }
}
