//! A description to text.

use std::fmt::Write as _;

use super::{Host, Media, Profile, Session};

impl Session {
    /// Writes the description.
    #[must_use]
    pub fn write(&self) -> String {
        let mut text = String::from("v=0\r\n");
        let origin = &self.origin;
        let host = host(&origin.host);
        line(&mut text, "o", &format!("{} {} {} {host}", origin.user, origin.id, origin.version));
        line(&mut text, "s", &self.name);
        if let Some(place) = &self.host {
            line(&mut text, "c", &self::host(place));
        }
        line(&mut text, "t", "0 0");
        if let Some(direction) = self.direction {
            line(&mut text, "a", direction.name());
        }
        for other in &self.others {
            line(&mut text, "a", other);
        }
        for media in &self.media {
            media.put(&mut text);
        }
        text
    }
}

impl Media {
    fn put(&self, text: &mut String) {
        let profile = match &self.profile {
            Profile::Avp => "RTP/AVP",
            Profile::Savp => "RTP/SAVP",
            Profile::Other(other) => other,
        };
        let formats = self.formats.join(" ");
        line(text, "m", &format!("{} {} {profile} {formats}", self.kind, self.port));
        if let Some(place) = &self.host {
            line(text, "c", &host(place));
        }
        for (kind, map) in &self.maps {
            let mut value = format!("rtpmap:{} {}/{}", kind.number(), map.name, map.clock);
            if map.channels != 1 {
                let _ = write!(value, "/{}", map.channels);
            }
            line(text, "a", &value);
        }
        for (kind, parameters) in &self.parameters {
            line(text, "a", &format!("fmtp:{} {parameters}", kind.number()));
        }
        if let Some(ptime) = self.ptime {
            line(text, "a", &format!("ptime:{ptime}"));
        }
        for crypto in &self.crypto {
            line(text, "a", &format!("crypto:{}", crypto.write()));
        }
        if let Some(port) = self.control_port {
            line(text, "a", &format!("rtcp:{port}"));
        }
        if self.is_muxed {
            line(text, "a", "rtcp-mux");
        }
        if let Some(direction) = self.direction {
            line(text, "a", direction.name());
        }
        for other in &self.others {
            line(text, "a", other);
        }
    }
}

/// A line; what would end it early is left out, so that no value adds a line of its own.
fn line(text: &mut String, letter: &str, value: &str) {
    text.push_str(letter);
    text.push('=');
    text.extend(value.chars().filter(|c| !matches!(c, '\r' | '\n' | '\0')));
    text.push_str("\r\n");
}

fn host(host: &Host) -> String {
    match host {
        Host::Ip(ip) => format!("IN {} {ip}", if ip.is_ipv4() { "IP4" } else { "IP6" }),
        Host::Name(name) => format!("IN IP4 {name}"),
    }
}
