//! What a phone is, from what it says of itself and from its address.

use crate::{Identity, Mac, Maker, Vendor, agent, class};

/// What is known of a phone; everything may be missing, and nothing is believed but as a hint at
/// which files to offer.
#[derive(Clone, Copy, Debug, Default)]
pub struct Clues<'c> {
    /// Its vendor class, DHCP option 60.
    pub class: Option<&'c [u8]>,
    /// The options that it asks for, DHCP option 55.
    pub wishes: Option<&'c [u8]>,
    /// Its hardware address.
    pub mac: Option<Mac>,
    /// What it calls itself in HTTP (`User-Agent`).
    pub agent: Option<&'c str>,
    /// The `Event` header of its multicast SUBSCRIBE (`ua-profile;vendor=..;model=..`).
    pub event: Option<&'c str>,
}

/// Address prefixes that one vendor's phones alone have. Cisco's are on all that Cisco makes, so
/// they say nothing but with a wish for option 150.
pub(crate) const PREFIXES: [([u8; 3], Vendor); 34] = [
    ([0x00, 0x04, 0xf2], Vendor::Poly),
    ([0x64, 0x16, 0x7f], Vendor::Poly),
    ([0x48, 0x25, 0x67], Vendor::Poly),
    ([0x00, 0x15, 0x65], Vendor::Yealink),
    ([0x80, 0x5e, 0xc0], Vendor::Yealink),
    ([0x80, 0x5e, 0x0c], Vendor::Yealink),
    ([0x24, 0x9a, 0xd8], Vendor::Yealink),
    ([0xe4, 0x34, 0xd7], Vendor::Yealink),
    ([0x44, 0xdb, 0xd2], Vendor::Yealink),
    ([0x64, 0x4f, 0x56], Vendor::Yealink),
    ([0xec, 0x1d, 0xa9], Vendor::Yealink),
    ([0x34, 0x97, 0xd7], Vendor::Yealink),
    ([0xb0, 0x61, 0xa9], Vendor::Yealink),
    ([0xc4, 0xfc, 0x22], Vendor::Yealink),
    ([0xf0, 0x16, 0x53], Vendor::Yealink),
    ([0x00, 0x0b, 0x82], Vendor::Grandstream),
    ([0x14, 0x4c, 0xff], Vendor::Grandstream),
    ([0xc0, 0x74, 0xad], Vendor::Grandstream),
    ([0xec, 0x74, 0xd7], Vendor::Grandstream),
    ([0x00, 0x04, 0x13], Vendor::Snom),
    ([0x1c, 0x71, 0x26], Vendor::Snom),
    ([0x00, 0x08, 0x5d], Vendor::Mitel),
    ([0x08, 0x00, 0x0f], Vendor::Mitel),
    ([0x14, 0x00, 0xe9], Vendor::Mitel),
    ([0x00, 0xa8, 0x59], Vendor::Fanvil),
    ([0x0c, 0x38, 0x3e], Vendor::Fanvil),
    ([0x00, 0x80, 0xf0], Vendor::Panasonic),
    ([0xc8, 0x1f, 0xea], Vendor::Avaya),
    ([0x3c, 0x28, 0xa6], Vendor::Alcatel),
    ([0x00, 0x0e, 0x08], Vendor::CiscoSpa),
    ([0x00, 0x26, 0x99], Vendor::CiscoSpa),
    ([0x50, 0x3d, 0xe5], Vendor::CiscoSpa),
    ([0x00, 0xe1, 0x6d], Vendor::CiscoSpa),
    ([0x00, 0x0c, 0x41], Vendor::CiscoSpa),
];

/// The wish for Avaya's own option.
const AVAYA: u8 = 242;
/// The wish for Cisco's list of TFTP servers.
const CISCO: u8 = 150;

/// What a phone is: first what it says in words, then its address, then what it asks for. None if
/// nothing points to a phone. A model that only a weaker clue tells of the same vendor is kept.
#[must_use]
pub fn identify(clues: &Clues<'_>) -> Option<Identity> {
    let said = [
        clues.agent.and_then(agent::read),
        clues.event.and_then(event),
        clues.class.and_then(class::read),
        clues.mac.and_then(prefix),
    ];
    let mut said: Vec<Identity> = said.into_iter().flatten().collect();
    // A name that no profile is for does not hide what the address tells.
    let known = |identity: &Identity| matches!(identity.vendor, Maker::Known(_));
    let at = said.iter().position(known).unwrap_or(0);
    if said.is_empty() {
        return clues.wishes.and_then(wishes);
    }
    let mut best = said.remove(at);
    if best.model.is_empty()
        && let Some(other) = said.into_iter().find(|other| other.vendor == best.vendor)
    {
        best.model = other.model;
    }
    Some(best)
}

fn prefix(mac: Mac) -> Option<Identity> {
    let (_, vendor) = PREFIXES.iter().find(|(prefix, _)| *prefix == mac.prefix())?;
    Some(known(*vendor, ""))
}

fn wishes(wishes: &[u8]) -> Option<Identity> {
    let vendor = if wishes.contains(&AVAYA) {
        Vendor::Avaya
    } else if wishes.contains(&CISCO) {
        Vendor::CiscoEnterprise
    } else {
        return None;
    };
    Some(known(vendor, ""))
}

/// `ua-profile;profile-type="device";vendor="OEM";model="OEM";version="7.1.19"` and its like.
fn event(header: &str) -> Option<Identity> {
    let mut parts = header.split(';').map(str::trim);
    parts.next().filter(|name| name.eq_ignore_ascii_case("ua-profile"))?;
    let (mut vendor, mut model) = ("", "");
    for (name, value) in parts.filter_map(|part| part.split_once('=')) {
        let value = value.trim().trim_matches('"');
        match name.trim().to_ascii_lowercase().as_str() {
            "vendor" => vendor = value,
            "model" => model = value,
            _ => {}
        }
    }
    (!vendor.is_empty()).then(|| of_names(vendor, model))
}

/// An identity from a vendor's and a model's name.
pub(crate) fn of_names(vendor: &str, model: &str) -> Identity {
    let lower = vendor.to_ascii_lowercase();
    let is = |name: &str| lower.starts_with(name);
    let vendor = if is("yealink") {
        Vendor::Yealink
    } else if is("grandstream") {
        Vendor::Grandstream
    } else if is("snom") {
        Vendor::Snom
    } else if is("fanvil") {
        Vendor::Fanvil
    } else if is("panasonic") {
        Vendor::Panasonic
    } else if is("poly") {
        Vendor::Poly
    } else if is("aastra") || is("mitel") {
        Vendor::Mitel
    } else if is("avaya") {
        Vendor::Avaya
    } else if is("alcatel") || lower == "ale" {
        Vendor::Alcatel
    } else {
        return Identity { vendor: Maker::Other(printable(vendor)), model: printable(model) };
    };
    // Snom says `snomD785` where its files say `D785`.
    let model = if vendor == Vendor::Snom { after(model, "snom").unwrap_or(model) } else { model };
    known(vendor, model)
}

/// An identity with a profile.
pub(crate) fn known(vendor: Vendor, model: &str) -> Identity {
    Identity { vendor: Maker::Known(vendor), model: printable(model) }
}

/// What follows a beginning, whatever the case of its letters.
pub(crate) fn after<'t>(text: &'t str, start: &str) -> Option<&'t str> {
    let (begun, rest) = text.split_at_checked(start.len())?;
    begun.eq_ignore_ascii_case(start).then_some(rest)
}

/// At most 48 characters that can be shown; a phone may say anything.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(48).collect::<String>().trim().to_owned()
}
