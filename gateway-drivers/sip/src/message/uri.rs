//! SIP addresses (RFC 3261, section 19.1): `sip:user@host:port;parameters?headers`.

use std::fmt;
use std::net::{IpAddr, SocketAddr};

use super::value::Params;

/// An address of scheme `sip` or `sips`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Uri {
    /// Is the way encrypted on every hop: `sips`?
    pub is_secure: bool,
    /// Who, with escapes resolved; a password is dropped.
    pub user: Option<String>,
    /// Where: a name, or an address (of version 6 in brackets), in small letters.
    pub host: String,
    /// The port, if one is named.
    pub port: Option<u16>,
    /// Parameters, as they were written.
    pub params: Params,
    /// What stands behind the question mark, as it was written.
    pub headers: Option<String>,
}

impl Uri {
    /// The address of a user at a socket.
    #[must_use]
    pub fn at(user: Option<&str>, socket: SocketAddr) -> Self {
        let host = match socket.ip() {
            IpAddr::V4(ip) => ip.to_string(),
            IpAddr::V6(ip) => format!("[{ip}]"),
        };
        let (user, port) = (user.map(str::to_owned), Some(socket.port()));
        Self { is_secure: false, user, host, port, params: Params::default(), headers: None }
    }

    /// The address of a text.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let (scheme, rest) = text.split_once(':')?;
        let is_secure = scheme.eq_ignore_ascii_case("sips");
        (is_secure || scheme.eq_ignore_ascii_case("sip")).then_some(())?;
        if rest.contains(|c: char| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>')) {
            return None;
        }
        // A raw `@` can only end the user: elsewhere it is escaped.
        let (user, rest) = match rest.split_once('@') {
            Some((user, rest)) => (Some(user), rest),
            None => (None, rest),
        };
        let user = user.map(|user| unescape(user.split(':').next().unwrap_or_default()));
        let (rest, headers) = match rest.split_once('?') {
            Some((rest, headers)) => (rest, Some(headers.to_owned())),
            None => (rest, None),
        };
        let (place, params) = rest.split_once(';').unwrap_or((rest, ""));
        let (host, port) = host_and_port(place)?;
        let is_well = user.as_ref().is_none_or(|user| !user.is_empty());
        is_well.then_some(())?;
        Some(Self { is_secure, user, host, port, params: Params::parse(params)?, headers })
    }

    /// The address as a number, if the host is one.
    #[must_use]
    pub fn ip(&self) -> Option<IpAddr> {
        self.host.trim_matches(['[', ']']).parse().ok()
    }

    /// Do both name the same place (RFC 3261, section 19.1.4, less parameters nobody compares)?
    #[must_use]
    pub fn is_same(&self, other: &Self) -> bool {
        let transport = |uri: &Self| uri.params.get("transport").map(|t| t.to_ascii_lowercase());
        self.is_secure == other.is_secure
            && self.user == other.user
            && self.host == other.host
            && self.port == other.port
            && transport(self) == transport(other)
    }
}

fn host_and_port(place: &str) -> Option<(String, Option<u16>)> {
    let (host, behind) = match place.find(']') {
        Some(end) => place.split_at(end + 1),
        None => place.split_at(place.find(':').unwrap_or(place.len())),
    };
    let port = match behind.strip_prefix(':') {
        Some(digits) => Some(digits.parse().ok()?),
        None if behind.is_empty() => None,
        None => return None,
    };
    let is_six = host.strip_prefix('[').and_then(|rest| rest.strip_suffix(']'));
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b".-_".contains(&byte);
    let is_host = match is_six {
        Some(inside) => inside.parse::<std::net::Ipv6Addr>().is_ok(),
        None => !host.is_empty() && host.bytes().all(good),
    };
    is_host.then(|| (host.to_ascii_lowercase(), port))
}

/// Resolves `%xx`; what is none stays.
#[must_use]
pub fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, behind)) = rest.split_first() {
        let digit = |at: usize| char::from(*behind.get(at)?).to_digit(16);
        if *first == b'%'
            && let (Some(high), Some(low)) = (digit(0), digit(1))
        {
            bytes.push(u8::try_from(high << 4 | low).expect("two digits are one byte"));
            rest = &behind[2..];
        } else {
            bytes.push(*first);
            rest = behind;
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Escapes what may not stand left of the `@`.
fn escape(user: &str, f: &mut fmt::Formatter<'_>) -> fmt::Result {
    for byte in user.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.!~*'()&=+$,;?/".contains(&byte) {
            write!(f, "{}", char::from(byte))?;
        } else {
            write!(f, "%{byte:02X}")?;
        }
    }
    Ok(())
}

impl fmt::Display for Uri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(if self.is_secure { "sips:" } else { "sip:" })?;
        if let Some(user) = &self.user {
            escape(user, f)?;
            f.write_str("@")?;
        }
        f.write_str(&self.host)?;
        if let Some(port) = self.port {
            write!(f, ":{port}")?;
        }
        write!(f, "{}", self.params)?;
        if let Some(headers) = &self.headers {
            write!(f, "?{headers}")?;
        }
        Ok(())
    }
}
