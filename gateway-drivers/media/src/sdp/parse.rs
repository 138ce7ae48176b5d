//! Text to a description: a total function, bounded in lines of every kind. It is strict in what
//! decides where sound goes, and lenient in everything else.

use std::net::IpAddr;

use super::{
    Crypto, Direction, Host, MOST_BYTES, MOST_MEDIA, MOST_OF_A_KIND, Map, Media, Origin, Profile,
    Session,
};
use crate::rtp::PayloadType;

/// Why it is no description.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Fault {
    /// More than is read.
    #[error("{0} bytes are too long for a session description")]
    Long(usize),
    /// Not in UTF-8.
    #[error("the description is no text")]
    Text,
    /// It does not begin with `v=0`.
    #[error("no session description of version 0")]
    Version,
    /// There is no origin, or a broken one.
    #[error("the origin is missing or broken")]
    Origin,
    /// A connection line is broken.
    #[error("line {0}: the connection is broken")]
    Connection(usize),
    /// A medium's line is broken.
    #[error("line {0}: the medium is broken")]
    Media(usize),
    /// More media, formats or attributes than are read.
    #[error("line {0}: too many of a kind")]
    Many(usize),
    /// A line is no `letter=value`.
    #[error("line {0} is no line of a description")]
    Line(usize),
}

impl Session {
    /// Reads a description.
    ///
    /// # Errors
    /// What is wrong with it.
    pub fn parse(bytes: &[u8]) -> Result<Self, Fault> {
        if bytes.len() > MOST_BYTES {
            return Err(Fault::Long(bytes.len()));
        }
        let text = std::str::from_utf8(bytes).map_err(|_| Fault::Text)?;
        let lines = text.split('\n').map(|line| line.strip_suffix('\r').unwrap_or(line));
        let mut lines = lines.enumerate().map(|(at, line)| (at + 1, line));
        if lines.next().map(|(_, line)| line.trim_end()) != Some("v=0") {
            return Err(Fault::Version);
        }
        let mut reader = Reader { origin: None, session: empty() };
        for (at, line) in lines.filter(|(_, line)| !line.is_empty()) {
            let (letter, value) = line
                .split_once('=')
                .filter(|(letter, _)| letter.len() == 1)
                .ok_or(Fault::Line(at))?;
            // Nothing that could end a line may come back when this is written.
            if value.contains(['\r', '\0']) {
                return Err(Fault::Line(at));
            }
            reader.line(at, letter, value)?;
        }
        let origin = reader.origin.ok_or(Fault::Origin)?;
        Ok(Self { origin, ..reader.session })
    }
}

fn empty() -> Session {
    let mut session = Session::new(0, 0, IpAddr::from([0; 4]));
    session.host = None;
    session
}

struct Reader {
    origin: Option<Origin>,
    session: Session,
}

impl Reader {
    fn line(&mut self, at: usize, letter: &str, value: &str) -> Result<(), Fault> {
        match letter {
            "o" => self.origin = Some(origin(value).ok_or(Fault::Origin)?),
            "s" => self.session.name = value.to_owned(),
            "c" => {
                let host = Some(connection(value).ok_or(Fault::Connection(at))?);
                match self.session.media.last_mut() {
                    // Several may stand below a medium, for layers of it: the first counts.
                    Some(media) => media.host = media.host.take().or(host),
                    None => self.session.host = host,
                }
            }
            "m" => {
                let media = media(value).ok_or(Fault::Media(at))?;
                let is_full = self.session.media.len() == MOST_MEDIA;
                if is_full || media.formats.len() > MOST_OF_A_KIND {
                    return Err(Fault::Many(at));
                }
                self.session.media.push(media);
            }
            "a" => self.attribute(at, value)?,
            _ => {}
        }
        Ok(())
    }

    fn attribute(&mut self, at: usize, value: &str) -> Result<(), Fault> {
        let others = if let Some(media) = self.session.media.last_mut() {
            if media.attribute(value) {
                return media.check(at);
            }
            &mut media.others
        } else if let Some(direction) = Direction::named(value) {
            self.session.direction = Some(direction);
            return Ok(());
        } else {
            &mut self.session.others
        };
        if others.len() == MOST_OF_A_KIND {
            return Err(Fault::Many(at));
        }
        others.push(value.to_owned());
        Ok(())
    }
}

impl Media {
    /// Takes an attribute in; was it one that has a meaning here, and makes sense?
    fn attribute(&mut self, value: &str) -> bool {
        if let Some(direction) = Direction::named(value) {
            self.direction = Some(direction);
            return true;
        }
        if value == "rtcp-mux" {
            self.is_muxed = true;
            return true;
        }
        let Some((name, value)) = value.split_once(':') else { return false };
        match name {
            "rtpmap" => map(value).map(|(kind, map)| self.maps.insert(kind, map)).is_some(),
            "fmtp" => {
                parameters(value).map(|(kind, value)| self.parameters.insert(kind, value)).is_some()
            }
            "ptime" => {
                // Some write fractions; the whole milliseconds are enough.
                let whole = value.trim().split('.').next();
                let ptime = whole.and_then(|whole| whole.parse().ok());
                self.ptime = ptime.or(self.ptime);
                ptime.is_some()
            }
            "rtcp" => {
                let port = value.split_ascii_whitespace().next().and_then(|port| port.parse().ok());
                self.control_port = port.or(self.control_port);
                port.is_some()
            }
            "crypto" => Crypto::parse(value).map(|crypto| self.crypto.push(crypto)).is_some(),
            _ => false,
        }
    }

    fn check(&self, at: usize) -> Result<(), Fault> {
        let is_full = self.crypto.len() > MOST_OF_A_KIND;
        if is_full { Err(Fault::Many(at)) } else { Ok(()) }
    }
}

/// `user id version IN IP4 host`. Some telephones write numbers that are no 64 bits.
fn origin(value: &str) -> Option<Origin> {
    let mut words = value.split_ascii_whitespace();
    let user = words.next()?.to_owned();
    let (id, version) = (number(words.next()?)?, number(words.next()?)?);
    let (net, kind, host) = (words.next()?, words.next()?, words.next()?);
    let host = self::host(net, kind, host)?;
    words.next().is_none().then_some(Origin { user, id, version, host })
}

fn number(word: &str) -> Option<u64> {
    let is_number = !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then(|| word.parse().unwrap_or(u64::MAX))
}

/// `IN IP4 host`, where a multicast's host may be followed by its reach.
fn connection(value: &str) -> Option<Host> {
    let mut words = value.split_ascii_whitespace();
    let (net, kind, host) = (words.next()?, words.next()?, words.next()?);
    let host = host.split('/').next()?;
    words.next().is_none().then(|| self::host(net, kind, host)).flatten()
}

fn host(net: &str, kind: &str, host: &str) -> Option<Host> {
    let ip: Option<IpAddr> = host.parse().ok();
    let fits = match (kind, ip) {
        ("IP4", Some(ip)) => ip.is_ipv4(),
        ("IP6", Some(ip)) => ip.is_ipv6(),
        ("IP4" | "IP6", None) => {
            host.bytes().all(|b| b.is_ascii_alphanumeric() || b"-.".contains(&b))
        }
        _ => false,
    };
    let is_sound = net == "IN" && fits && !host.is_empty();
    is_sound.then(|| ip.map_or_else(|| Host::Name(host.to_owned()), Host::Ip))
}

/// `kind port[/count] profile format ..`
fn media(value: &str) -> Option<Media> {
    let mut words = value.split_ascii_whitespace();
    let (kind, port) = (words.next()?, words.next()?);
    let port = port.split('/').next()?.parse().ok()?;
    let profile = match words.next()? {
        "RTP/AVP" => Profile::Avp,
        "RTP/SAVP" => Profile::Savp,
        other => Profile::Other(other.to_owned()),
    };
    let formats: Vec<String> = words.map(str::to_owned).collect();
    (!formats.is_empty()).then(|| Media::new(kind, port, profile, formats))
}

/// `type name/clock[/channels]`
fn map(value: &str) -> Option<(PayloadType, Map)> {
    let (kind, rest) = value.trim().split_once(' ')?;
    let mut parts = rest.trim().split('/');
    let name = parts.next().filter(|name| !name.is_empty() && !name.contains(' '))?.to_owned();
    let clock = parts.next()?.trim().parse().ok()?;
    let channels = parts.next().map_or(Some(1), |channels| channels.trim().parse().ok())?;
    Some((PayloadType::new(kind.parse().ok()?)?, Map { name, clock, channels }))
}

/// `type whatever`
fn parameters(value: &str) -> Option<(PayloadType, String)> {
    let (kind, rest) = value.trim().split_once(' ')?;
    Some((PayloadType::new(kind.parse().ok()?)?, rest.trim().to_owned()))
}
