//! What is rendered, word by word.

use std::collections::BTreeMap;

use settings::{
    Admission, Firewall, Ipv4, Ipv4Static, Ipv6, Ipv6Static, Network, Parts, Settings, Time, Vlan,
    ZoneName,
};

use super::{Machine, firewall, network, requests};
use crate::deed::Request;

/// What the image starts with.
const OF_THE_IMAGE: &str = include_str!("../../../../image/rootfs/usr/share/ivm/firewall.nft");

fn machine() -> Machine {
    Machine { wired: Some("enp1s0".to_owned()), pages: [80, 443], objects: 4431 }
}

fn files(network: &Network) -> BTreeMap<String, String> {
    match network::request(network, Some("enp1s0")) {
        Request::Network { files } => files,
        other => unreachable!("{other:?}"),
    }
}

fn rules(firewall: &Firewall) -> String {
    match firewall::request(firewall, &machine()) {
        Request::Firewall { rules } => rules,
        other => unreachable!("{other:?}"),
    }
}

const TAIL: &str = "MulticastDNS=yes\nLLMNR=no\n\n[DHCPv4]\nClientIdentifier=mac\nUseHostname=no\n\
                    UseDomains=yes\n\n[DHCPv6]\nUseHostname=no\n";

#[test]
fn without_a_choice_every_wired_interface_asks_the_network() {
    let files = files(&Network::default());
    assert_eq!(files.len(), 1);
    let expected = "[Match]\nType=ether\nName=en* eth*\n\n[Network]\nDHCP=ipv4\nIPv6AcceptRA=yes\n";
    assert_eq!(files["10-ivm-lan.network"], format!("{expected}{TAIL}"));
}

#[test]
fn an_address_that_stays_is_on_one_interface() {
    let ipv4 = Ipv4::Static(Ipv4Static {
        address: "192.168.1.2".parse().expect("an address"),
        prefix: 24,
        gateway: Some("192.168.1.1".parse().expect("an address")),
    });
    let ipv6 = Ipv6::Static(Ipv6Static {
        address: "fd00::2".parse().expect("an address"),
        prefix: 64,
        gateway: None,
    });
    let dns = vec!["192.168.1.1".parse().expect("an address")];
    let network = Network { ipv4, ipv6, dns, ..Network::default() };
    let expected = "[Match]\nName=enp1s0\n\n[Network]\nAddress=192.168.1.2/24\n\
                    Gateway=192.168.1.1\nDHCP=no\nAddress=fd00::2/64\nIPv6AcceptRA=no\n\
                    DNS=192.168.1.1\n";
    assert_eq!(files(&network)["10-ivm-lan.network"], format!("{expected}{TAIL}"));
    let chosen = Network { interface: Some("eth7".to_owned()), ..network };
    assert!(files(&chosen)["10-ivm-lan.network"].starts_with("[Match]\nName=eth7\n"));
}

#[test]
fn a_vlan_has_the_addresses_and_its_wire_none() {
    let network = Network { vlan: Vlan::new(12), ipv6: Ipv6::Off, ..Network::default() };
    let files = files(&network);
    assert_eq!(
        files["10-ivm-lan.network"],
        "[Match]\nName=enp1s0\n\n[Network]\nVLAN=vlan12\nDHCP=no\nLinkLocalAddressing=no\n\
         IPv6AcceptRA=no\nLLMNR=no\n"
    );
    let device = "[NetDev]\nName=vlan12\nKind=vlan\n\n[VLAN]\nId=12\n";
    assert_eq!(files["10-ivm-vlan.netdev"], device);
    let own = "[Match]\nName=vlan12\n\n[Network]\nDHCP=ipv4\nIPv6AcceptRA=no\n\
               LinkLocalAddressing=no\n";
    assert_eq!(files["10-ivm-vlan.network"], format!("{own}{TAIL}"));
}

#[test]
fn the_default_firewall_is_the_images_own() {
    let (_, of_image) = OF_THE_IMAGE.split_once("flush ruleset").expect("it begins so");
    assert_eq!(rules(&Firewall::default()), format!("flush ruleset{of_image}"));
}

#[test]
fn who_is_not_named_is_not_let_in() {
    let networks = ["192.168.1.0/24", "fd00::/8", "10.0.0.0/8"].map(str::to_owned);
    let pages = Admission::Networks(networks.to_vec());
    let firewall = Firewall { pages, objects: Admission::Nowhere, answers_ping: false };
    let rules = rules(&firewall);
    let expected = "        ip saddr 192.168.1.0/24 tcp dport { 80, 443 } accept comment \"pages\"\n\
                    \x20       ip saddr 10.0.0.0/8 tcp dport { 80, 443 } accept comment \"pages\"\n\
                    \x20       ip6 saddr fd00::/8 tcp dport { 80, 443 } accept comment \"pages\"\n\
                    \x20   }\n";
    assert!(rules.contains(expected), "{rules}");
    assert!(!rules.contains("4431") && !rules.contains("echo-request"));
    assert!(rules.contains("policy drop") && rules.contains("nd-neighbor-solicit"));
}

#[test]
fn only_the_parts_that_differ_are_touched_and_each_deed_can_be_meant() {
    let old = Settings::default();
    let zone = ZoneName::parse("Europe/Berlin").expect("a zone");
    let time = Time { zone, use_ntp: true, servers: vec!["ntp.example".to_owned()] };
    let new = Settings { time, ..old.clone() };
    let some = requests(&new, Parts::between(&old, &new), &machine());
    let expected = [
        Request::Zone { name: "Europe/Berlin".to_owned() },
        Request::TimeSync { on: true, servers: vec!["ntp.example".to_owned()] },
    ];
    assert_eq!(some, expected);
    let all = requests(&new, Parts::ALL, &machine());
    assert_eq!(all.len(), 5);
    assert!(all.iter().all(|request| request.fault().is_none()), "{all:?}");
}
