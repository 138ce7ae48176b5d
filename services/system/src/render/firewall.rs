//! The rules of nftables: those of the image, with who may reach what as the settings say.

use std::fmt::Write as _;

use settings::{Admission, Firewall};

use super::Machine;
use crate::deed::Request;

const HEAD: &str = "flush ruleset

table inet ivm {
    chain input {
        type filter hook input priority filter; policy drop;

        iif lo accept
        ct state vmap { established : accept, related : accept, invalid : drop }

";
const PING: &str = "        icmp type echo-request limit rate 20/second accept
        icmpv6 type echo-request limit rate 20/second accept
";
const NEEDED: &str = "        icmpv6 type { nd-neighbor-solicit, nd-neighbor-advert, \
nd-router-advert, mld-listener-query } ip6 hoplimit { 1, 255 } accept

        udp dport { 67, 68 } accept comment \"DHCP\"
        udp dport 69 accept comment \"telephones' files\"
        udp dport 5060 accept comment \"telephones' lines\"
        tcp dport { 5060, 5061 } accept comment \"telephones' lines\"
        udp dport 16384-18431 accept comment \"telephones' speech\"
        ip6 saddr fe80::/10 udp dport 546 accept comment \"DHCPv6 client\"
        ip daddr 224.0.0.251 udp dport 5353 accept comment \"mDNS\"
        ip6 daddr ff02::fb udp dport 5353 accept comment \"mDNS\"

";
const TAIL: &str = "    }

    chain forward {
        type filter hook forward priority filter; policy drop;
    }
}
";

pub(super) fn request(firewall: &Firewall, machine: &Machine) -> Request {
    let mut rules = String::from(HEAD);
    if firewall.answers_ping {
        rules.push_str(PING);
    }
    rules.push_str(NEEDED);
    let [plain, secure] = machine.pages;
    admit(&mut rules, &firewall.pages, &format!("{{ {plain}, {secure} }}"), "pages");
    admit(&mut rules, &firewall.objects, &machine.objects.to_string(), "message objects");
    rules.push_str(TAIL);
    Request::Firewall { rules }
}

fn admit(rules: &mut String, from: &Admission, ports: &str, about: &str) {
    let mut rule = |source: &str| {
        writeln!(rules, "        {source}tcp dport {ports} accept comment \"{about}\"")
            .expect("a string takes all");
    };
    match from {
        Admission::Everywhere => rule(""),
        Admission::Networks(networks) => {
            let (six, four): (Vec<&String>, Vec<&String>) =
                networks.iter().partition(|network| network.contains(':'));
            for (family, networks) in [("ip", four), ("ip6", six)] {
                // One by one: networks that overlap cannot stand in one set.
                for network in networks {
                    rule(&format!("{family} saddr {network} "));
                }
            }
        }
        Admission::Nowhere => {}
    }
}
