//! DHCP option 60: the vendor class, as text or as bytes with an enterprise number.

use crate::identify::{after, known};
use crate::{Identity, Maker, Vendor};

/// Polycom's number in the bytes of RFC 3925.
const POLYCOM: u32 = 13_885;

/// What a vendor class tells; none for what no phone says. A class that is text and unknown is kept
/// only if it speaks of a telephone: every computer has a class.
pub(crate) fn read(class: &[u8]) -> Option<Identity> {
    let end = class.iter().rposition(|byte| *byte != 0)? + 1;
    let class = &class[..end];
    if let Some(identity) = poly(class) {
        return Some(identity);
    }
    let text = std::str::from_utf8(class).ok()?.trim();
    if let Some(model) = cisco(text) {
        return Some(model);
    }
    let starts = [
        ("snom", Vendor::Snom),
        ("AastraIPPhone", Vendor::Mitel),
        ("MitelIPPhone", Vendor::Mitel),
        ("Polycom-", Vendor::Poly),
        ("Poly-", Vendor::Poly),
        ("Grandstream", Vendor::Grandstream),
        ("yealink", Vendor::Yealink),
        ("Fanvil", Vendor::Fanvil),
        ("Panasonic", Vendor::Panasonic),
    ];
    for (start, vendor) in starts {
        if let Some(model) = after(text, start) {
            return Some(known(vendor, model.trim_matches([' ', '-', '_'])));
        }
    }
    let lower = text.to_ascii_lowercase();
    match lower.as_str() {
        "alcatel.sip.0" => Some(known(Vendor::Alcatel, "sip")),
        "aledevice" | "ictouch.0" | "alcatel.ictouch.0" => Some(known(Vendor::Alcatel, "")),
        _ => (lower.contains("phone") || lower.starts_with("alcatel."))
            .then(|| Identity { vendor: Maker::Other(text.to_owned()), model: String::new() })
            .map(shorten),
    }
}

/// Cisco has four families, told apart by the end of one text.
fn cisco(text: &str) -> Option<Identity> {
    for start in ["Cisco Systems, Inc. IP Phone ", "Cisco ", "LINKSYS "] {
        if let Some(model) = after(text, start)
            && after(model, "SPA").or_else(|| after(model, "ATA")).is_some()
        {
            return Some(known(Vendor::CiscoSpa, model));
        }
    }
    let at = text.rfind("CP-").filter(|at| *at == 0 || after(text, "Cisco").is_some());
    let model = match at {
        Some(at) => &text[at + 3..],
        None => after(text, "Cisco Systems, Inc. IP Phone")?.trim(),
    };
    if let Some(model) = model.strip_suffix("-3PCC") {
        return Some(known(Vendor::CiscoMpp, model));
    }
    let is_classic = model.starts_with("7940") || model.starts_with("7960");
    Some(known(if is_classic { Vendor::CiscoClassic } else { Vendor::CiscoEnterprise }, model))
}

/// The enterprise number, then a length and pieces of code, length, text (RFC 3925, section 4). The
/// second piece names the model; where it is missing the identity has none.
fn poly(class: &[u8]) -> Option<Identity> {
    let (number, rest) = class.split_first_chunk::<4>()?;
    if u32::from_be_bytes(*number) != POLYCOM {
        return None;
    }
    let mut pieces = rest.get(1..).unwrap_or_default();
    while let [code, length, behind @ ..] = pieces {
        let Some((text, next)) = behind.split_at_checked(usize::from(*length)) else { break };
        if *code == 2 {
            let model = std::str::from_utf8(text).unwrap_or_default();
            return Some(known(Vendor::Poly, model));
        }
        pieces = next;
    }
    Some(known(Vendor::Poly, ""))
}

fn shorten(mut identity: Identity) -> Identity {
    if let Maker::Other(name) = &mut identity.vendor {
        *name = name.chars().filter(|c| !c.is_control()).take(48).collect();
    }
    identity
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Maker, Vendor};

    #[test]
    fn classes_tell_the_family_and_the_model() {
        for (class, vendor, model) in [
            ("Cisco SPA504G", Vendor::CiscoSpa, "SPA504G"),
            ("CISCO SPA112", Vendor::CiscoSpa, "SPA112"),
            ("LINKSYS SPA-942", Vendor::CiscoSpa, "SPA-942"),
            ("Cisco Systems, Inc. IP Phone SPA501G", Vendor::CiscoSpa, "SPA501G"),
            ("Cisco Systems, Inc. IP Phone CP-8841-3PCC\0", Vendor::CiscoMpp, "8841"),
            ("CP-8841-3PCC\0", Vendor::CiscoMpp, "8841"),
            ("Cisco Systems, Inc. IP Phone CP-7941G\0", Vendor::CiscoEnterprise, "7941G"),
            ("Cisco Systems, Inc. IP Phone\0", Vendor::CiscoEnterprise, ""),
            ("Cisco Systems, Inc. IP Phone CP-7960G\0\0", Vendor::CiscoClassic, "7960G"),
            ("snom320", Vendor::Snom, "320"),
            ("snomD785", Vendor::Snom, "D785"),
            ("AastraIPPhone6867i", Vendor::Mitel, "6867i"),
            ("Panasonic", Vendor::Panasonic, ""),
            ("alcatel.sip.0", Vendor::Alcatel, "sip"),
            ("aledevice", Vendor::Alcatel, ""),
            ("ictouch.0", Vendor::Alcatel, ""),
            ("\0\0\x36\x3d\x09\x01\x01P\x02\x03VVX", Vendor::Poly, "VVX"),
            ("\0\0\x36\x3d\x09\x01\x40P", Vendor::Poly, ""),
        ] {
            let identity = read(class.as_bytes()).expect(class);
            assert_eq!((identity.vendor, identity.model.as_str()), (Maker::Known(vendor), model));
        }
    }

    #[test]
    fn unknown_phones_are_kept_and_computers_are_none() {
        let vendor = |class: &[u8]| read(class).map(|identity| identity.vendor);
        let other = |name: &str| Some(Maker::Other(name.to_owned()));
        assert_eq!(vendor(b"Nortel-SIP-Phone-A"), other("Nortel-SIP-Phone-A"));
        assert_eq!(vendor(b"alcatel.noe.0"), other("alcatel.noe.0"));
        for class in
            [&b""[..], b"\0\0", b"MSFT 5.0", b"dhcpcd-9.4.1:Linux", b"\xff\xfe", b"udhcp 1"]
        {
            assert_eq!(vendor(class), None);
        }
    }
}
