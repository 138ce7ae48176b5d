//! Commands for OpenWrt, whose settings (uci) become dnsmasq's configuration.

use std::net::Ipv4Addr;

use provision::Sign;

use super::dnsmasq::{value, within, words};
use super::{Told, head, hex};

pub(super) fn write(here: Ipv4Addr, told: &[Told]) -> String {
    let first = format!("# {}: commands for its shell", head(here));
    let last = ["uci commit dhcp".to_owned(), "/etc/init.d/dnsmasq restart".to_owned()];
    let kinds = told.iter().flat_map(kind);
    [first].into_iter().chain(kinds).chain(last).map(|line| line + "\n").collect()
}

fn kind(told: &Told) -> Vec<String> {
    let name = section(&told.name);
    let mut lines = Vec::new();
    for (number, sign) in told.signs.iter().enumerate() {
        let (kind, key, what) = match sign {
            Sign::Begins(text) | Sign::Ends(text) => {
                ("vendorclass", "vendorclass", within(text).to_owned())
            }
            Sign::Card(prefix) => ("mac", "mac", format!("{}:*:*:*", hex(prefix, ":"))),
        };
        let at = format!("dhcp.{name}_{number}");
        lines.push(format!("uci set {at}={kind}"));
        lines.push(format!("uci set {at}.networkid='{name}'"));
        lines.push(format!("uci set {at}.{key}='{what}'"));
    }
    // Without what an earlier copy has left.
    lines.push(format!("uci -q delete dhcp.{name}"));
    lines.push(format!("uci set dhcp.{name}=tag"));
    lines.push(format!("uci set dhcp.{name}.force='1'"));
    let not = told.unless.as_ref().map(|other| format!("tag:!{},", section(other)));
    let not = not.unwrap_or_default();
    for (code, bytes) in &told.options {
        lines.extend(words(*code, bytes));
        let value = value(*code, bytes);
        lines.push(format!("uci add_list dhcp.{name}.dhcp_option='{not}{code},{value}'"));
    }
    if told.next_server.is_some() {
        lines.push(format!("# {name}: the next server is not set here; its options name it, too."));
    }
    lines
}

/// Sections have no hyphens in their names.
fn section(name: &str) -> String {
    name.replace('-', "_")
}
