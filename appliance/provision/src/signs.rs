//! By what a DHCP server that is not ours can tell a vendor's phones: how their option 60 begins,
//! what it holds, how their cards begin. It is told so in its own words; see the tests for that
//! [`crate::identify()`] says the same.

use crate::Vendor;
use crate::identify::PREFIXES;

/// One sign; any one of a kind's is enough.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sign {
    /// Option 60 begins so.
    Begins(&'static str),
    /// Option 60 ends so, or so and a zero byte.
    Ends(&'static str),
    /// The card's address begins so.
    Card([u8; 3]),
}

/// A kind of phones that is told the same.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Family {
    /// The vendor.
    pub vendor: Vendor,
    /// What its identity says of the model, where that makes a difference; else empty.
    pub model: &'static str,
    /// An option 60 of such a phone; empty where it has none of its own.
    pub says: &'static str,
    /// Its signs.
    pub signs: Vec<Sign>,
    /// Those who have a sign of this family's, too, are not meant: its vendor and model.
    pub unless: Option<(Vendor, &'static str)>,
}

/// Vendor, model, what such a phone says, signs, and who is not meant.
type Said = (Vendor, &'static str, &'static str, &'static [Sign], Option<Unless>);
type Unless = (Vendor, &'static str);

/// Who says what. Cisco's 7940 and 7960 are told what its other enterprise phones are.
const SAID: [Said; 13] = [
    (
        Vendor::CiscoSpa,
        "",
        "Cisco SPA504G",
        &[Sign::Begins("Cisco SPA"), Sign::Begins("CISCO SPA"), Sign::Begins("LINKSYS SPA")],
        None,
    ),
    (Vendor::CiscoMpp, "", "CP-8841-3PCC", &[Sign::Ends("-3PCC")], None),
    (
        Vendor::CiscoEnterprise,
        "",
        "Cisco Systems, Inc. IP Phone CP-7941G",
        &[Sign::Begins("Cisco Systems, Inc. IP Phone CP-")],
        Some((Vendor::CiscoMpp, "")),
    ),
    (Vendor::Poly, "", "Polycom-VVX", &[Sign::Begins("Polycom-"), Sign::Begins("Poly-")], None),
    (Vendor::Yealink, "", "yealink", &[Sign::Begins("yealink")], None),
    (Vendor::Grandstream, "", "Grandstream", &[Sign::Begins("Grandstream")], None),
    (Vendor::Snom, "", "snom320", &[Sign::Begins("snom")], None),
    (
        Vendor::Mitel,
        "",
        "AastraIPPhone6867i",
        &[Sign::Begins("AastraIPPhone"), Sign::Begins("MitelIPPhone")],
        None,
    ),
    (Vendor::Fanvil, "", "Fanvil", &[Sign::Begins("Fanvil")], None),
    (Vendor::Panasonic, "", "Panasonic", &[Sign::Begins("Panasonic")], None),
    (Vendor::Avaya, "", "", &[], None),
    (Vendor::Alcatel, "sip", "alcatel.sip.0", &[Sign::Begins("alcatel.sip.0")], None),
    (
        Vendor::Alcatel,
        "",
        "ictouch.0",
        &[Sign::Begins("ictouch.0"), Sign::Begins("aledevice"), Sign::Begins("alcatel.ictouch.0")],
        Some((Vendor::Alcatel, "sip")),
    ),
];

/// All that there are, those first that others are not to be taken for.
#[must_use]
pub fn families() -> Vec<Family> {
    let all = SAID.iter().map(|(vendor, model, says, said, unless)| {
        let cards = PREFIXES.iter().filter(|(_, of)| of == vendor && model.is_empty());
        let cards = cards.map(|(prefix, _)| Sign::Card(*prefix));
        let signs = said.iter().copied().chain(cards).collect();
        Family { vendor: *vendor, model, says, signs, unless: *unless }
    });
    all.collect()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::{Sign, families};
    use crate::{Clues, Mac, Maker, Vendor, identify};

    #[test]
    fn every_sign_tells_the_vendor_of_its_family() {
        for family in families() {
            for sign in &family.signs {
                let class = match sign {
                    Sign::Begins(text) if family.says.starts_with(text) => family.says,
                    Sign::Begins("Cisco Systems, Inc. IP Phone CP-") => family.says,
                    Sign::Begins(text) => text,
                    Sign::Ends(end) => {
                        assert!(family.says.ends_with(end));
                        family.says
                    }
                    Sign::Card(_) => "",
                };
                let mac = match sign {
                    Sign::Card([a, b, c]) => Mac([*a, *b, *c, 0, 0, 1]),
                    Sign::Begins(_) | Sign::Ends(_) => Mac([2, 0, 0, 0, 0, 1]),
                };
                let class = Some(class.as_bytes()).filter(|class| !class.is_empty());
                let clues = Clues { class, mac: Some(mac), ..Clues::default() };
                let identity = identify(&clues).expect("a phone");
                assert_eq!(identity.vendor, Maker::Known(family.vendor), "{sign:?}");
            }
        }
    }

    #[test]
    fn every_vendor_has_a_family_and_a_sign() {
        let families = families();
        assert!(families.iter().all(|family| !family.signs.is_empty()));
        let mut vendors: BTreeSet<Vendor> = families.iter().map(|family| family.vendor).collect();
        vendors.insert(Vendor::CiscoClassic);
        assert_eq!(vendors, Vendor::ALL.into_iter().collect());
    }
}
