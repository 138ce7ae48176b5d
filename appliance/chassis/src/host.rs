//! What this machine is called: the names and addresses that its certificate should bear.

use std::collections::BTreeSet;
use std::fs;
use std::net::IpAddr;

use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;

/// Every name and address under which a browser may reach this machine now, in a stable order:
/// its host name, alone and under `.local`, `localhost`, and the addresses of its interfaces but
/// for those that are valid on one wire only.
#[must_use]
pub fn names() -> Vec<String> {
    let mut names = BTreeSet::from(["localhost".to_owned()]);
    let host = fs::read_to_string("/proc/sys/kernel/hostname").unwrap_or_default();
    let host = host.trim().to_lowercase();
    if is_host_name(&host) {
        if !host.contains('.') {
            names.insert(format!("{host}.local"));
        }
        names.insert(host);
    }
    names.extend(addresses().map(|address| address.to_string()));
    names.into_iter().collect()
}

fn addresses() -> impl Iterator<Item = IpAddr> {
    let interfaces = getifaddrs().into_iter().flatten();
    let up = interfaces.filter(|interface| interface.flags.contains(InterfaceFlags::IFF_UP));
    let addresses = up.filter_map(|interface| {
        let address = interface.address?;
        let four = address.as_sockaddr_in().map(|address| IpAddr::V4(address.ip()));
        four.or_else(|| address.as_sockaddr_in6().map(|address| IpAddr::V6(address.ip())))
    });
    addresses.filter(|address| !is_link_local(address))
}

fn is_link_local(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(address) => address.is_link_local(),
        IpAddr::V6(address) => address.is_unicast_link_local(),
    }
}

fn is_host_name(name: &str) -> bool {
    let good = |letter: char| letter.is_ascii_alphanumeric() || matches!(letter, '-' | '.');
    !name.is_empty() && name.len() <= 253 && name.chars().all(good)
}

#[cfg(test)]
mod tests {
    use super::names;

    #[test]
    fn every_machine_is_called_localhost() {
        let names = names();
        assert!(names.contains(&"localhost".to_owned()));
        assert!(names.contains(&"127.0.0.1".to_owned()));
        assert!(names.is_sorted());
    }
}
