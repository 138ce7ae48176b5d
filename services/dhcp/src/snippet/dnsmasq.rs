//! For dnsmasq's configuration file.

use std::net::Ipv4Addr;

use provision::Sign;

use super::{Told, head, hex, plain};

pub(super) fn write(here: Ipv4Addr, told: &[Told]) -> String {
    let kinds = told.iter().flat_map(kind);
    let lines = [format!("# {}: a file in /etc/dnsmasq.d, or lines of dnsmasq.conf", head(here))];
    lines.into_iter().chain(kinds).map(|line| line + "\n").collect()
}

fn kind(told: &Told) -> Vec<String> {
    let Told { name, signs, options, .. } = told;
    let signs = signs.iter().map(|sign| match sign {
        Sign::Begins(text) | Sign::Ends(text) => {
            format!("dhcp-vendorclass=set:{name},{}", within(text))
        }
        Sign::Card(prefix) => format!("dhcp-mac=set:{name},{}:*:*:*", hex(prefix, ":")),
    });
    let tags = tags(told);
    // Asked for or not, as we do it.
    let options = options.iter().flat_map(|(code, value)| {
        let line = format!("dhcp-option-force={tags},{code},{}", self::value(*code, value));
        words(*code, value).into_iter().chain([line])
    });
    let next = told.next_server.map(|next| format!("dhcp-boot={tags},,,{next}"));
    signs.chain(options).chain(next).collect()
}

fn tags(told: &Told) -> String {
    let not = told.unless.as_ref().map(|name| format!(",tag:!{name}")).unwrap_or_default();
    format!("tag:{}{not}", told.name)
}

/// It looks for a text anywhere in option 60; a comma would end it.
pub(super) fn within(text: &str) -> &str {
    text.rsplit(", ").next().unwrap_or(text)
}

/// A server's name (RFC 2132): a text.
const TFTP_SERVER: u8 = 66;
/// Servers of TFTP (RFC 5859), of which it knows that they are addresses.
const TFTP_SERVERS: u8 = 150;

/// A remark for people, where the value is a text that is not shown as one.
pub(super) fn words(code: u8, value: &[u8]) -> Option<String> {
    let text = plain(value).filter(|_| code != TFTP_SERVER)?;
    Some(format!("# {code}: {text}"))
}

/// Byte by byte: to a text it adds a zero. Of two options it knows what they hold.
pub(super) fn value(code: u8, value: &[u8]) -> String {
    if code == TFTP_SERVER {
        return String::from_utf8_lossy(value).into_owned();
    }
    let (addresses, rest) = value.as_chunks::<4>();
    if code == TFTP_SERVERS && rest.is_empty() {
        let dotted = addresses.iter().map(|one| Ipv4Addr::from(*one).to_string());
        return dotted.collect::<Vec<_>>().join(",");
    }
    hex(value, ":")
}
