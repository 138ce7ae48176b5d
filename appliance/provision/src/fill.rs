//! Templates filled with what is known of a phone, its station and the office.

use zeroize::Zeroizing;

use crate::{Office, Phone, Station, Transport};

/// The longest text of a person that a file takes, in characters.
const LONGEST_TEXT: usize = 64;

/// What templates are filled from.
#[derive(Clone, Copy)]
pub(crate) struct Facts<'f> {
    pub(crate) phone: &'f Phone,
    /// None for a phone that awaits approval.
    pub(crate) station: Option<&'f Station>,
    pub(crate) office: &'f Office,
}

/// A filled template.
pub(crate) struct Value {
    pub(crate) text: Zeroizing<String>,
    /// Does it hold a secret, which nobody may change?
    pub(crate) is_secret: bool,
}

impl Facts<'_> {
    /// A template with its words replaced; none if one of them has no value.
    pub(crate) fn fill(&self, template: &str) -> Option<Value> {
        let mut value =
            Value { text: Zeroizing::new(String::with_capacity(512)), is_secret: false };
        let mut rest = template;
        while let Some((before, behind)) = rest.split_once('{') {
            let (word, behind) = behind.split_once('}')?;
            value.text.push_str(before);
            value.text.push_str(&self.word(word)?);
            value.is_secret |= matches!(word, "secret" | "admin");
            rest = behind;
        }
        value.text.push_str(rest);
        Some(value)
    }

    /// One word's value. Words of the station have none before approval.
    fn word(&self, word: &str) -> Option<Zeroizing<String>> {
        let (word, choices) = word.split_once(':').unwrap_or((word, ""));
        let registrar = self.office.registrar;
        let url = &self.phone.url;
        let choose = |at: usize| choices.split('|').nth(at).map(str::to_owned);
        let either = |first: bool| choose(usize::from(!first));
        let text = match word {
            "mac" => Some(self.phone.mac.lower()),
            "MAC" => Some(self.phone.mac.upper()),
            "url" => Some(format!("{}/", url.bare())),
            "url-bare" => Some(url.bare().to_owned()),
            "place" => url.bare().split_once("://").map(|(_, place)| place.to_owned()),
            "scheme" => either(!url.is_secure()),
            "web-host" => Some(url.parts().0.to_owned()),
            "web-path" => Some(url.parts().2.to_owned()),
            "web-port" => {
                Some(url.parts().1.unwrap_or(if url.is_secure() { "443" } else { "80" }).to_owned())
            }
            "server" => Some(registrar.address.to_string()),
            "server-port" => Some(registrar.port.to_string()),
            "transport" => choose(match registrar.transport {
                Transport::Udp => 0,
                Transport::Tcp => 1,
                Transport::Tls => 2,
            }),
            "ntp" => Some(self.office.ntp.as_str().to_owned()),
            "zone" => Some(clean(&self.office.zone.name)),
            "summer" => either(self.office.zone.summer.is_some()),
            "ca" => self.office.ca.as_ref().map(|url| url.as_str().to_owned()),
            "if-ca" => self.office.ca.as_ref().map(|_| String::new()),
            "approved" => either(self.station.is_some()),
            "title" => Some(clean(self.station.map_or(&self.office.notice, |one| &one.display))),
            _ => match word.strip_prefix("zone-") {
                Some(form) => self.office.zone.word(form),
                None => return self.of_station(word, either),
            },
        };
        text.map(Zeroizing::new)
    }

    fn of_station(
        &self,
        word: &str,
        either: impl Fn(bool) -> Option<String>,
    ) -> Option<Zeroizing<String>> {
        let switch = |on: Option<bool>| either(on.unwrap_or(false)).map(Zeroizing::new);
        let station = self.station;
        match word {
            "auto" => return switch(station.map(|station| station.auto_answer)),
            "has-mailbox" => return switch(station.map(|station| station.mailbox.is_some())),
            "has-softkey" => return switch(station.map(|station| station.softkey.is_some())),
            _ => {}
        }
        let station = station?;
        let text = match word {
            "user" => Some(station.user.as_str()),
            "secret" => Some(station.secret.as_str()),
            "admin" => Some(station.admin.as_str()),
            "mailbox" => station.mailbox.as_ref().map(crate::Number::as_str),
            "softkey" => station.softkey.as_ref().map(crate::Url::as_str),
            "if-approved" => Some(""),
            "if-softkey" => station.softkey.as_ref().map(|_| ""),
            "display" => return Some(Zeroizing::new(clean(&station.display))),
            "host" => return Some(Zeroizing::new(self.office.registrar.address.to_string())),
            "port" => return Some(Zeroizing::new(self.office.registrar.port.to_string())),
            _ => None,
        };
        text.map(|text| Zeroizing::new(text.to_owned()))
    }
}

/// A person's text as one line that every format can hold: what controls is a blank, as is what XML
/// knows no character for.
pub(crate) fn clean(text: &str) -> String {
    let one = |c: char| match c {
        '\u{2028}' | '\u{2029}' | '\u{fffe}' | '\u{ffff}' => ' ',
        c if c.is_control() => ' ',
        c => c,
    };
    let line: String = text.chars().take(LONGEST_TEXT).map(one).collect();
    line.trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn a_text_becomes_one_line_of_characters() {
        assert_eq!(clean(" a\r\nb\0c\u{85}d\u{2028}e "), "a  b c d e");
        assert_eq!(clean("Zoë \"<&>\" 语音"), "Zoë \"<&>\" 语音");
        assert_eq!(clean(&"é".repeat(99)).chars().count(), 64);
    }
}
