//! A new phone asks all around where its configuration is: a `SUBSCRIBE` to 224.0.1.75 for the
//! event `ua-profile` (RFC 6080, as phones do it). The address of its files is the answer.

use provision::Mac;

use crate::message::uri::{Uri, unescape};
use crate::message::value::Params;
use crate::message::{Essentials, Message, name};

/// The event.
pub const PACKAGE: &str = "ua-profile";
/// What the body of the answer is.
pub const KIND: &str = "application/url";
/// What of a phone's own words is kept.
const WORD_MOST: usize = 64;

/// What a phone says of itself.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Phone {
    /// Its card.
    pub mac: Mac,
    /// Who made it, in its own words; may be empty.
    pub vendor: String,
    /// Which one it is.
    pub model: String,
    /// Its firmware.
    pub version: String,
}

impl Phone {
    /// The phone that asks. None without a card: it could not be told from others.
    #[must_use]
    pub fn read(request: &Message, seen: &Essentials) -> Option<Self> {
        let addresses = [request.target(), Some(&*seen.to.uri), Some(&*seen.from.uri)];
        let mac = addresses.into_iter().flatten().find_map(mac)?;
        let event = request.get(name::EVENT)?;
        let params = event.split_once(';').map_or("", |(_, params)| params);
        let params = Params::parse(params)?;
        let word = |name: &str| {
            let text = unescape(&params.get(name).unwrap_or_default());
            text.chars().filter(|c| !c.is_control()).take(WORD_MOST).collect()
        };
        Some(Self { mac, vendor: word("vendor"), model: word("model"), version: word("version") })
    }
}

/// `MAC:0004132a3b4c`, or the digits alone.
fn mac(address: &str) -> Option<Mac> {
    let user = Uri::parse(address)?.user?;
    let is_named = user.get(..4).is_some_and(|start| start.eq_ignore_ascii_case("mac:"));
    Mac::parse(if is_named { user.get(4..)? } else { &user })
}

#[cfg(test)]
mod tests {
    use super::{Phone, mac};
    use crate::message::parse;

    #[test]
    fn a_phone_says_who_it_is_in_the_event() {
        let text = "SUBSCRIBE sip:MAC%3a0004132A3B4c@224.0.1.75 SIP/2.0\r\n\
            Via: SIP/2.0/UDP 10.0.0.9:5060;branch=z9hG4bK1;rport\r\n\
            From: <sip:MAC%3a0004132A3B4c@224.0.1.75>;tag=1\r\n\
            To: <sip:MAC%3a0004132A3B4c@224.0.1.75>\r\nCall-ID: 1@10.0.0.9\r\nCSeq: 1 SUBSCRIBE\r\n\
            Event: ua-profile;profile-type=\"device\";vendor=\"snom\";model=\"snomD785\";\
            version=\"10.1.42.13\"\r\n\r\n";
        let request = parse(text.as_bytes()).expect("a message");
        let seen = request.essentials().expect("whole");
        let phone = Phone::read(&request, &seen).expect("a phone");
        assert_eq!(phone.mac.lower(), "0004132a3b4c");
        assert_eq!(
            (&*phone.vendor, &*phone.model, &*phone.version),
            ("snom", "snomD785", "10.1.42.13")
        );
    }

    #[test]
    fn a_card_is_read_with_and_without_its_name() {
        assert!(mac("sip:0004132a3b4c@224.0.1.75").is_some());
        assert!(mac("sip:mac%3A00-04-13-2a-3b-4c@224.0.1.75").is_some());
        for bad in ["sip:224.0.1.75", "sip:MAC%3a@224.0.1.75", "sip:100@224.0.1.75", "x"] {
            assert_eq!(mac(bad), None, "{bad}");
        }
    }
}
