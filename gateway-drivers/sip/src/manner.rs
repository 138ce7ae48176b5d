//! How a phone rings, or answers by itself: each vendor reads other headers.
//!
//! What is here is told by the vendors' manuals; on a real phone it was not tried yet. Whether a
//! phone obeys is decided in its configuration, see `provision`.

use provision::Vendor;

use crate::message::name;

/// How a phone is called.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Manner {
    /// It rings as always.
    Ring,
    /// It rings as for nobody else, so that one hears what for.
    Distinct,
    /// It answers by itself: the intercom.
    Intercom,
}

/// The ring that phones have beside their usual one.
const DISTINCT: &str = "Bellcore-dr3";

/// The headers for it. `here` is our own address.
#[must_use]
pub fn headers(manner: Manner, vendor: Option<Vendor>, here: &str) -> Vec<(&'static str, String)> {
    match manner {
        Manner::Ring => Vec::new(),
        Manner::Distinct => match vendor {
            Some(Vendor::CiscoSpa | Vendor::CiscoMpp) => {
                vec![(name::ALERT_INFO, DISTINCT.to_owned())]
            }
            Some(_) | None => {
                let alert = format!("<http://127.0.0.1/{DISTINCT}>;info={DISTINCT}");
                vec![(name::ALERT_INFO, alert)]
            }
        },
        Manner::Intercom => intercom(vendor, here),
    }
}

fn intercom(vendor: Option<Vendor>, here: &str) -> Vec<(&'static str, String)> {
    let call = (name::CALL_INFO, format!("<{here}>;answer-after=0"));
    let alert = (name::ALERT_INFO, "<http://127.0.0.1>;info=alert-autoanswer;delay=0".to_owned());
    // The words that the phone was configured to look for, to the letter.
    let exact = (name::ALERT_INFO, "info=alert-autoanswer".to_owned());
    let mode = (name::ANSWER_MODE, "Auto".to_owned());
    match vendor {
        Some(Vendor::Poly) => vec![exact],
        Some(Vendor::Mitel | Vendor::Fanvil | Vendor::Alcatel) => vec![alert, call],
        Some(Vendor::CiscoSpa | Vendor::CiscoMpp | Vendor::Panasonic | Vendor::Avaya) => {
            vec![call]
        }
        // They answer by their own configuration only.
        Some(Vendor::CiscoEnterprise | Vendor::CiscoClassic) => Vec::new(),
        Some(Vendor::Yealink | Vendor::Grandstream | Vendor::Snom) | None => {
            vec![call, alert, mode]
        }
    }
}

#[cfg(test)]
mod tests {
    use provision::Vendor;

    use super::{Manner, headers};

    #[test]
    fn each_vendor_reads_the_words_that_it_knows() {
        let of = |vendor| headers(Manner::Intercom, vendor, "sip:ivm@10.0.0.1:5060");
        assert_eq!(of(Some(Vendor::Poly)), [("Alert-Info", "info=alert-autoanswer".to_owned())]);
        let call = ("Call-Info", "<sip:ivm@10.0.0.1:5060>;answer-after=0".to_owned());
        assert_eq!(of(Some(Vendor::CiscoMpp)), std::slice::from_ref(&call));
        assert!(of(None).contains(&call) && of(Some(Vendor::Snom)).contains(&call));
        assert!(headers(Manner::Ring, None, "").is_empty());
    }
}
