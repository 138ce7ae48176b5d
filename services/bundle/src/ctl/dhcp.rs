//! What can be typed after `appliancectl dhcp`, and what it prints for people. Networks, pools and
//! reservations are settings: `appliancectl settings set dhcp ..`.

use std::fmt::Write as _;
use std::net::Ipv4Addr;

use clap::{Args, Subcommand};
use serde::Deserialize;

use super::words::date;

/// A command about the DHCP server.
#[derive(Debug, Subcommand)]
pub enum DhcpVerb {
    /// Show what it does, and other servers in the network
    Status,
    /// List who has which address
    Leases,
    /// Look for some five seconds whether another server answers
    Probe(Probe),
    /// Show what the office's router has to be told, where it gives the addresses
    Snippet(Which),
    /// Free an address whose device is gone, or that is in quarantine
    Free(Free),
}

/// `appliancectl dhcp probe`.
#[derive(Debug, Args)]
pub struct Probe {
    /// Give addresses again if none answers
    #[arg(long)]
    pub resume: bool,
}

/// `appliancectl dhcp snippet`.
#[derive(Debug, Args)]
pub struct Which {
    /// The router's program: dnsmasq, dhcpd, kea, routeros or openwrt
    #[arg(default_value = "dnsmasq")]
    pub program: String,
}

/// `appliancectl dhcp free`.
#[derive(Debug, Args)]
pub struct Free {
    /// The address
    pub address: Ipv4Addr,
}

/// How the DHCP server is.
#[derive(Debug, Deserialize)]
pub(crate) struct Dhcp {
    doing: String,
    foreign: Vec<Foreign>,
    leases: Vec<Lease>,
    pool: u32,
    used: u32,
    trouble: String,
}

#[derive(Debug, Deserialize)]
struct Foreign {
    address: Ipv4Addr,
    at: u64,
}

#[derive(Debug, Deserialize)]
struct Lease {
    address: Ipv4Addr,
    mac: String,
    host: String,
    device: String,
    until: u64,
    state: String,
    is_reserved: bool,
}

/// What the office's router has to be told.
#[derive(Debug, Deserialize)]
pub(crate) struct Snippets {
    snippets: Vec<Snippet>,
}

#[derive(Debug, Deserialize)]
struct Snippet {
    name: String,
    text: String,
}

/// The lines for a program; none if there are none for it.
pub(crate) fn snippet(found: &Snippets, program: &str) -> Option<String> {
    let one = found.snippets.iter().find(|one| one.name == program)?;
    Some(one.text.clone())
}

/// How it is.
pub(crate) fn status(dhcp: &Dhcp) -> String {
    let doing = match dhcp.doing.as_str() {
        "observing" => "looks on; the settings say so",
        "probing" => "looks whether there is another server",
        "giving" => "gives addresses",
        "stood-down" => "has stopped because of another server (dhcp probe --resume)",
        other => other,
    };
    let mut text = format!(
        "server       {doing}\naddresses    {} of {} in use\nleases       {}\n",
        dhcp.used,
        dhcp.pool,
        dhcp.leases.len()
    );
    for Foreign { address, at } in &dhcp.foreign {
        writeln!(text, "also there   {address}, heard last {}", date(*at)).expect("a string");
    }
    if !dhcp.trouble.is_empty() {
        writeln!(text, "trouble      {}", dhcp.trouble).expect("a string takes all");
    }
    text
}

/// Who has which address.
pub(crate) fn leases(dhcp: &Dhcp) -> String {
    if dhcp.leases.is_empty() {
        return "Nobody has an address from here.\n".to_owned();
    }
    let mut text = format!(
        "{:<15}  {:<17}  {:<11}  {:<20}  {:<24}  NAME\n",
        "ADDRESS", "CARD", "STATE", "UNTIL", "DEVICE"
    );
    for lease in &dhcp.leases {
        let state = if lease.is_reserved { "reserved" } else { &lease.state };
        let until = date(lease.until.saturating_mul(1_000));
        let Lease { address, mac, host, device, .. } = lease;
        let line = format!(
            "{:<15}  {mac:<17}  {state:<11}  {until:<20}  {device:<24}  {host}",
            address.to_string()
        );
        writeln!(text, "{}", line.trim_end()).expect("a string takes all");
    }
    text
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Dhcp, Snippets, leases, snippet, status};

    #[test]
    fn people_read_who_has_which_address_and_who_else_is_there() {
        let dhcp: Dhcp = serde_json::from_value(json!({
            "doing": "stood-down",
            "foreign": [{ "address": "192.168.5.254", "at": 0 }],
            "leases": [{
                "address": "192.168.5.100", "mac": "00:15:65:00:00:01", "host": "",
                "device": "Yealink T46S", "until": 0, "state": "bound", "is_reserved": true,
            }],
            "pool": 100, "used": 1, "trouble": "There is another DHCP server.",
        }))
        .expect("as the API has it");
        let words = status(&dhcp);
        assert!(words.contains("1 of 100") && words.contains("192.168.5.254, heard last 1970"));
        assert!(words.contains("has stopped") && words.contains("There is another DHCP server."));
        let line = leases(&dhcp);
        let line = line.lines().nth(1).expect("a lease");
        assert!(line.starts_with("192.168.5.100    00:15:65:00:00:01  reserved "), "{line}");
        assert!(line.ends_with("Yealink T46S"), "{line}");
    }

    #[test]
    fn the_lines_of_one_program_are_shown_as_they_are() {
        let found: Snippets = serde_json::from_value(json!({
            "address": "192.168.5.1",
            "snippets": [{ "name": "kea", "title": "Kea", "text": "{}\n" }],
        }))
        .expect("as the API has it");
        assert_eq!(snippet(&found, "kea").as_deref(), Some("{}\n"));
        assert_eq!(snippet(&found, "udhcpd"), None);
    }
}
