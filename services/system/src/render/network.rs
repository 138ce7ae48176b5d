//! The files of systemd-networkd (systemd.network(5), systemd.netdev(5)).

use std::collections::BTreeMap;
use std::fmt::Write as _;

use settings::{Ipv4, Ipv6, Network, Vlan};

use crate::deed::{NETWORK_PREFIX, Request};

pub(super) fn request(network: &Network, wired: Option<&str>) -> Request {
    let mut files = BTreeMap::new();
    let parent = parent(network, wired);
    match network.vlan {
        None => {
            put(&mut files, "lan.network", format!("{parent}\n{}", addresses(network)));
        }
        Some(vlan) => {
            let name = vlan_name(vlan);
            let carrier = format!(
                "{parent}\n[Network]\nVLAN={name}\nDHCP=no\nLinkLocalAddressing=no\n\
                 IPv6AcceptRA=no\nLLMNR=no\n"
            );
            put(&mut files, "lan.network", carrier);
            let number = vlan.number();
            let device = format!("[NetDev]\nName={name}\nKind=vlan\n\n[VLAN]\nId={number}\n");
            put(&mut files, "vlan.netdev", device);
            let own = format!("[Match]\nName={name}\n\n{}", addresses(network));
            put(&mut files, "vlan.network", own);
        }
    }
    Request::Network { files }
}

fn put(files: &mut BTreeMap<String, String>, name: &str, text: String) {
    files.insert(format!("{NETWORK_PREFIX}{name}"), text);
}

fn vlan_name(vlan: Vlan) -> String {
    format!("vlan{}", vlan.number())
}

/// Which interface: the one that was chosen. An address that stays and a VLAN are one machine's on
/// one wire, so that without a choice the first wired interface has them; what the network gives,
/// every wired interface may have.
fn parent(network: &Network, wired: Option<&str>) -> String {
    let is_single = network.vlan.is_some()
        || matches!(network.ipv4, Ipv4::Static(_))
        || matches!(network.ipv6, Ipv6::Static(_));
    let first = wired.filter(|_| is_single);
    match network.interface.as_deref().or(first) {
        Some(name) => format!("[Match]\nName={name}\n"),
        None => "[Match]\nType=ether\nName=en* eth*\n".to_owned(),
    }
}

fn addresses(network: &Network) -> String {
    let mut text = String::from("[Network]\n");
    match network.ipv4 {
        Ipv4::Dhcp => text.push_str("DHCP=ipv4\n"),
        Ipv4::Static(fixed) => {
            put_address(&mut text, fixed.address, fixed.prefix, fixed.gateway);
            text.push_str("DHCP=no\n");
        }
        Ipv4::Off => text.push_str("DHCP=no\n"),
    }
    match network.ipv6 {
        Ipv6::Auto => text.push_str("IPv6AcceptRA=yes\n"),
        Ipv6::Static(fixed) => {
            put_address(&mut text, fixed.address, fixed.prefix, fixed.gateway);
            text.push_str("IPv6AcceptRA=no\n");
        }
        Ipv6::Off => text.push_str("IPv6AcceptRA=no\nLinkLocalAddressing=no\n"),
    }
    for server in &network.dns {
        put_line(&mut text, "DNS", server);
    }
    text.push_str("MulticastDNS=yes\nLLMNR=no\n");
    text.push_str("\n[DHCPv4]\nClientIdentifier=mac\nUseHostname=no\nUseDomains=yes\n");
    text.push_str("\n[DHCPv6]\nUseHostname=no\n");
    text
}

fn put_address<A: std::fmt::Display>(text: &mut String, address: A, bits: u8, gateway: Option<A>) {
    put_line(text, "Address", &format!("{address}/{bits}"));
    if let Some(gateway) = gateway {
        put_line(text, "Gateway", &gateway);
    }
}

fn put_line(text: &mut String, key: &str, value: &impl std::fmt::Display) {
    writeln!(text, "{key}={value}").expect("a string takes all");
}
