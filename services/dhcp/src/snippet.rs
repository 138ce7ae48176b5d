//! What the office's router has to be told, where it gives the addresses: for each kind of telephone
//! the options that we would give, written as its program reads them.
//!
//! The options come from the engine ([`crate::engine::Engine`]), which fills its own answers in with
//! the same function. They name no token: the router tells all telephones of a kind the same, and
//! each is led to its own folder by its first file.

mod dhcpd;
mod dnsmasq;
mod kea;
mod openwrt;
mod routeros;
#[cfg(test)]
mod tests;

use std::net::Ipv4Addr;

use message::lease::Snippet;
use provision::{Family, Sign};

use crate::packet::Options;

/// A kind of telephones, and what it is told.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Told {
    /// `ivm-yealink`.
    pub(crate) name: String,
    /// Any of them is enough.
    pub(crate) signs: Vec<Sign>,
    /// The name of those who are not meant.
    pub(crate) unless: Option<String>,
    /// What it is told.
    pub(crate) options: Options,
    /// The field `siaddr`.
    pub(crate) next_server: Option<Ipv4Addr>,
}

impl Told {
    pub(crate) fn new(family: &Family, options: Options, next_server: Option<Ipv4Addr>) -> Self {
        let name = name(family.vendor.name(), family.model);
        let unless = family.unless.map(|(vendor, model)| self::name(vendor.name(), model));
        Self { name, signs: family.signs.clone(), unless, options, next_server }
    }
}

/// Letters, digits and hyphens, as every program takes them.
fn name(vendor: &str, model: &str) -> String {
    let text = format!("ivm {vendor} {model}").to_ascii_lowercase();
    let words = text.split(|letter: char| !letter.is_ascii_alphanumeric());
    words.filter(|word| !word.is_empty()).collect::<Vec<_>>().join("-")
}

/// For every program that we know, what makes it lead telephones to this address.
pub(crate) fn all(here: Ipv4Addr, told: &[Told]) -> Vec<Snippet> {
    let one = |name: &str, title: &str, text: String| Snippet {
        name: name.to_owned(),
        title: title.to_owned(),
        text,
    };
    vec![
        one("dnsmasq", "dnsmasq", dnsmasq::write(here, told)),
        one("dhcpd", "ISC dhcpd", dhcpd::write(here, told)),
        one("kea", "Kea", kea::write(here, told)),
        one("routeros", "MikroTik RouterOS", routeros::write(here, told)),
        one("openwrt", "OpenWrt", openwrt::write(here, told)),
    ]
}

/// The first line of each.
fn head(here: Ipv4Addr) -> String {
    format!("Telephones find the appliance at {here}")
}

/// A value that is a text which every program can have between quotes: printable, and without
/// whatever one of them reads as more than itself.
fn plain(value: &[u8]) -> Option<&str> {
    let text = std::str::from_utf8(value).ok()?;
    let is_plain = |byte: u8| byte.is_ascii_graphic() && !b"\"'\\`,;#".contains(&byte);
    // An address that is meant as a text would be read as an address.
    let is_address = text.parse::<Ipv4Addr>().is_ok();
    (!text.is_empty() && text.bytes().all(is_plain) && !is_address).then_some(text)
}

/// `00:15:65`.
fn hex(bytes: &[u8], between: &str) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect::<Vec<_>>().join(between)
}
