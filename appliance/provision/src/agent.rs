//! What phones call themselves in HTTP.

use crate::identify::{after, known, of_names};
use crate::{Identity, Vendor};

/// What a `User-Agent` tells; none for browsers and whatever else is no phone.
pub(crate) fn read(agent: &str) -> Option<Identity> {
    let agent = agent.trim();
    let word = |text: &str| text.split([' ', '/', '(', ')', ';']).next().unwrap_or("").to_owned();
    if let Some(rest) = after(agent, "Yealink") {
        // `Yealink SIP-T46S 66.84.0.15 00:15:65:..`, `yealink W60B ..`
        let rest = rest.trim_start_matches([' ', '-']);
        let rest = after(rest, "SIP VP-").or_else(|| after(rest, "SIP-")).unwrap_or(rest);
        return Some(known(Vendor::Yealink, &word(rest)));
    }
    if let Some(rest) = after(agent, "Grandstream ") {
        // `Grandstream Model HW GXP1628 SW 1.0.4.138 DevId ..`
        let rest = after(rest, "Model HW ").unwrap_or(rest);
        return Some(known(Vendor::Grandstream, &word(rest)));
    }
    if let Some(rest) = after(agent, "Fanvil ") {
        // `Fanvil X6U Pro 0.0.10 ..`
        let words: Vec<&str> = rest.split(' ').collect();
        let version = words.iter().position(|word| word.contains('.')).unwrap_or(words.len());
        return Some(known(Vendor::Fanvil, &words[..version].join("-")));
    }
    if let Some(rest) = after(agent, "Panasonic_").or_else(|| after(agent, "Panasonic-")) {
        return Some(known(Vendor::Panasonic, &word(rest)));
    }
    if let Some(rest) = after(agent, "Aastra").or_else(|| after(agent, "Mitel")) {
        return Some(known(Vendor::Mitel, &word(rest.trim_start_matches([' ', '-']))));
    }
    if let Some(rest) = after(agent, "ALE ") {
        // `ALE M3-CE 2.11.01.1604 ..`
        let model = word(rest);
        return Some(known(Vendor::Alcatel, model.strip_suffix("-CE").unwrap_or(&model)));
    }
    if let Some(rest) = after(agent, "FileTransport Poly") {
        // `FileTransport PolycomVVX-VVX_400-UA/5.9`: the model is before `-UA`.
        let (name, _) = rest.split_once("-UA").unwrap_or((rest, ""));
        return Some(known(Vendor::Poly, name.rsplit('-').next().unwrap_or_default()));
    }
    cisco(agent).or_else(|| inside(agent))
}

/// `Cisco/SPA504G-7.4.9c (..)`, `Linksys/SPA942-6.1.5(a)`, `Cisco-CP-8841-3PCC/11.0`.
fn cisco(agent: &str) -> Option<Identity> {
    let rest = after(agent, "Cisco").or_else(|| after(agent, "Linksys"))?;
    let rest = rest.trim_start_matches(['/', '-', ' ']);
    let rest = after(rest, "CP-").unwrap_or(rest);
    if let Some((model, _)) = rest.split_once("-3PCC") {
        return Some(known(Vendor::CiscoMpp, model));
    }
    if after(rest, "SPA").is_some() || after(rest, "ATA").is_some() {
        let end = rest[3..].find('-').map_or(rest.len(), |at| at + 3);
        return Some(known(Vendor::CiscoSpa, &rest[..end]));
    }
    None
}

/// Those that stand in the middle of what looks like a browser.
fn inside(agent: &str) -> Option<Identity> {
    let lower = agent.to_ascii_lowercase();
    if let Some(at) = lower.find("snom") {
        let rest = agent[at + 4..].trim_start();
        let model = rest.split(['-', ' ', ';', ')']).next().unwrap_or_default();
        return Some(known(Vendor::Snom, model));
    }
    if let Some(at) = lower.find("avaya/") {
        let rest = &agent[at + 6..];
        let model = rest.split(['-', '/', ' ']).next().unwrap_or_default();
        return Some(of_names("avaya", model));
    }
    None
}

#[cfg(test)]
mod tests {
    use super::read;
    use crate::{Maker, Vendor};

    #[test]
    fn agents_tell_the_family_and_the_model() {
        for (agent, vendor, model) in [
            ("Yealink SIP-T46S 66.84.0.15 00:15:65:aa:bb:cc", Vendor::Yealink, "T46S"),
            ("yealink W60B 77.85.0.20 80:5e:c0:aa:bb:cc", Vendor::Yealink, "W60B"),
            (
                "Grandstream Model HW GXP1628 SW 1.0.4.138 DevId c074ad2bd859",
                Vendor::Grandstream,
                "GXP1628",
            ),
            ("Fanvil X6U Pro 0.0.10 0c383e2cd782", Vendor::Fanvil, "X6U-Pro"),
            ("Panasonic_KX-UT113/01.133 (0080f0c8c381)", Vendor::Panasonic, "KX-UT113"),
            ("Aastra6867i MAC:00-08-5D-AA-BB-CC V:4.2.0.181-SIP", Vendor::Mitel, "6867i"),
            ("ALE M3-CE 2.11.01.1604 3c28a620089e", Vendor::Alcatel, "M3"),
            ("FileTransport PolycomVVX-VVX_400-UA/5.9.0.9373", Vendor::Poly, "VVX_400"),
            ("Cisco/SPA504G-7.4.9c (E8EDF3AABBCC)(CCQ1)", Vendor::CiscoSpa, "SPA504G"),
            ("Linksys/SPA942-6.1.5(a) (000E08AABBCC)", Vendor::CiscoSpa, "SPA942"),
            ("Cisco-CP-8841-3PCC/11.3.1 (00:11:22)", Vendor::CiscoMpp, "8841"),
            (
                "Mozilla/4.0 (compatible; snomD785-SIP 10.1.33.33 2010.12 000413922D24)",
                Vendor::Snom,
                "D785",
            ),
            (
                "Mozilla/4.0 (compatible; MSIE 6.0) AVAYA/J179-4.1.3.0.6 (MAC:c81fea83e85a)",
                Vendor::Avaya,
                "J179",
            ),
        ] {
            let identity = read(agent).expect(agent);
            assert_eq!((identity.vendor, identity.model.as_str()), (Maker::Known(vendor), model));
        }
    }

    #[test]
    fn what_is_no_phone_is_none() {
        for agent in ["", "Mozilla/5.0 (X11; Linux x86_64)", "curl/8.5.0", "Ciscö", "Cisco/SP"] {
            assert_eq!(read(agent), None, "{agent}");
        }
    }
}
