//! How a phone is told where we are: DHCP options by vendor, and the URL in the NOTIFY that answers
//! its multicast SUBSCRIBE.
//!
//! What one vendor takes for a URL another takes for a host's name, so nothing here is for everyone.

use std::fmt;
use std::net::Ipv4Addr;

use crate::{Identity, Maker, Phone, Vendor};

/// TFTP server name (RFC 2132, section 9.4), which many vendors read as a URL.
const TFTP_SERVER: u8 = 66;
/// Vendor-specific information (RFC 2132, section 8.4).
const VENDOR_SPECIFIC: u8 = 43;
/// TFTP server addresses (RFC 5859).
const TFTP_ADDRESSES: u8 = 150;
/// Read by several vendors before the others.
const CUSTOM: u8 = 160;
/// The same, older.
const CUSTOM_OLD: u8 = 159;
/// Avaya's list of `NAME=value`.
const AVAYA: u8 = 242;

/// A DHCP option. Its bytes may hold a token, so `Debug` shows their number only.
#[derive(Clone, PartialEq, Eq)]
pub struct DhcpOption {
    /// Its number.
    pub code: u8,
    /// Its content, at most 255 bytes.
    pub bytes: Vec<u8>,
}

impl fmt::Debug for DhcpOption {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DhcpOption({}, {} bytes)", self.code, self.bytes.len())
    }
}

/// What a DHCP server adds for a phone.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Offer {
    /// Options, in the order of their weight for the phone.
    pub options: Vec<DhcpOption>,
    /// The field `siaddr`, for the vendors that read it.
    pub next_server: Option<Ipv4Addr>,
}

impl Offer {
    fn add(&mut self, code: u8, bytes: impl Into<Vec<u8>>) {
        let bytes = bytes.into();
        // A URL has at most 255 bytes, and a name behind it could go beyond what an option holds.
        if bytes.len() <= 255 {
            self.options.push(DhcpOption { code, bytes });
        }
    }

    /// An option of options: number, length, content.
    fn add_within(&mut self, code: u8, inside: &[(u8, &[u8])]) {
        let mut bytes = Vec::new();
        for (code, content) in inside {
            let Ok(length) = u8::try_from(content.len()) else { return };
            bytes.extend([*code, length]);
            bytes.extend(*content);
        }
        self.add(code, bytes);
    }
}

/// What leads a phone to us: our address, and its own folder with its token. Nothing for a maker
/// without a profile.
#[must_use]
pub fn options(identity: &Identity, phone: &Phone, here: Ipv4Addr) -> Offer {
    let mut offer = Offer::default();
    let Maker::Known(vendor) = identity.vendor else { return offer };
    let url = phone.url.bare();
    match vendor {
        Vendor::CiscoSpa => offer.add(TFTP_SERVER, format!("{url}/spa$PSN.cfg")),
        // The phone appends `/$PSN.xml`.
        Vendor::CiscoMpp => {
            offer.add(TFTP_SERVER, url);
            offer.add(CUSTOM, url);
            offer.add(CUSTOM_OLD, url);
        }
        // These know no URL; a name in 66 would be looked up.
        Vendor::CiscoEnterprise | Vendor::CiscoClassic => {
            offer.add(TFTP_ADDRESSES, here.octets());
            offer.add(TFTP_SERVER, here.to_string());
        }
        Vendor::Poly => {
            offer.add(CUSTOM, format!("{url}/"));
            offer.add(TFTP_SERVER, format!("{url}/"));
        }
        Vendor::Yealink | Vendor::Grandstream => offer.add(TFTP_SERVER, format!("{url}/")),
        Vendor::Snom => offer.add(TFTP_SERVER, url),
        Vendor::Mitel => {
            // 2: the server; 3: do not ask the maker's redirection server.
            offer.add_within(VENDOR_SPECIFIC, &[(2, url.as_bytes()), (3, &[0])]);
            offer.add(TFTP_SERVER, url);
        }
        Vendor::Fanvil => {
            offer.add(TFTP_SERVER, format!("{url}/$mac.cfg"));
            offer.add(VENDOR_SPECIFIC, format!("{url}/$mac.cfg"));
        }
        Vendor::Panasonic => {
            for code in [CUSTOM, CUSTOM_OLD, TFTP_SERVER] {
                offer.add(code, format!("{url}/"));
            }
        }
        Vendor::Avaya => {
            offer.add(AVAYA, avaya(phone));
            offer.next_server = Some(here);
        }
        Vendor::Alcatel => {
            // 4xx8 phones read 67, Myriad and 8028s read 66.
            let code = if identity.model == "sip" { 67 } else { 66 };
            offer.add_within(VENDOR_SPECIFIC, &[(code, url.as_bytes())]);
        }
    }
    offer
}

fn avaya(phone: &Phone) -> String {
    let (host, port, path) = phone.url.parts();
    let (name, usual) = if phone.url.is_secure() { ("TLS", "443") } else { ("HTTP", "80") };
    let port = port.unwrap_or(usual);
    format!("{name}SRVR={host},{name}PORT={port},{name}DIR=/{path}")
}

/// The body of the NOTIFY (`Content-Type: application/url`) that answers a phone's multicast
/// SUBSCRIBE: where its files are. None for vendors that do not ask in this way.
#[must_use]
pub fn announce(vendor: Vendor, phone: &Phone) -> Option<String> {
    let url = phone.url.bare();
    match vendor {
        Vendor::Yealink | Vendor::Grandstream | Vendor::Panasonic => Some(format!("{url}/")),
        Vendor::Fanvil => Some(format!("{url}/{}.cfg", phone.mac.lower())),
        Vendor::Snom if phone.model.is_empty() => Some(url.to_owned()),
        Vendor::Snom => {
            let name = crate::pattern::write("snom{model}-{MAC}.htm", phone.mac, &phone.model)?;
            Some(format!("{url}/{name}"))
        }
        Vendor::CiscoSpa
        | Vendor::CiscoMpp
        | Vendor::CiscoEnterprise
        | Vendor::CiscoClassic
        | Vendor::Poly
        | Vendor::Mitel
        | Vendor::Avaya
        | Vendor::Alcatel => None,
    }
}
