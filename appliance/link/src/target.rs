//! Where a server is, as people write it: `host`, `host:port`, `[address]:port`, `unix:/path`.

use std::fmt;
use std::net::Ipv6Addr;
use std::path::PathBuf;
use std::str::FromStr;

/// The port of message objects over TLS.
const DEFAULT_PORT: u16 = 4431;
const UNIX: &str = "unix:";

/// Where a server is.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Target {
    /// On the network.
    Tls {
        /// A name or an address, without brackets.
        host: String,
        /// The TCP port.
        port: u16,
    },
    /// On this machine, at the path of its socket.
    Unix(PathBuf),
}

/// The text says neither a host nor a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a server is written as host, host:port, [address]:port or unix:/path")]
pub struct NotATarget;

impl FromStr for Target {
    type Err = NotATarget;

    fn from_str(text: &str) -> Result<Self, NotATarget> {
        if let Some(path) = text.strip_prefix(UNIX) {
            let path = PathBuf::from(path);
            return if path.is_absolute() { Ok(Self::Unix(path)) } else { Err(NotATarget) };
        }
        let (host, port) = host_and_port(text)?;
        let readable = |letter: char| !letter.is_whitespace() && !"/@[]".contains(letter);
        if host.is_empty() || !host.chars().all(readable) {
            return Err(NotATarget);
        }
        Ok(Self::Tls { host: host.to_owned(), port })
    }
}

impl fmt::Display for Target {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Tls { host, port } if host.contains(':') => write!(f, "[{host}]:{port}"),
            Self::Tls { host, port } => write!(f, "{host}:{port}"),
            Self::Unix(path) => write!(f, "{UNIX}{}", path.display()),
        }
    }
}

fn host_and_port(text: &str) -> Result<(&str, u16), NotATarget> {
    if let Some(rest) = text.strip_prefix('[') {
        let (address, rest) = rest.split_once(']').ok_or(NotATarget)?;
        address.parse::<Ipv6Addr>().map_err(|_| NotATarget)?;
        return match rest.strip_prefix(':') {
            Some(port) => Ok((address, port_number(port)?)),
            None if rest.is_empty() => Ok((address, DEFAULT_PORT)),
            None => Err(NotATarget),
        };
    }
    if text.parse::<Ipv6Addr>().is_ok() {
        return Ok((text, DEFAULT_PORT));
    }
    match text.split_once(':') {
        Some((host, port)) => Ok((host, port_number(port)?)),
        None => Ok((text, DEFAULT_PORT)),
    }
}

fn port_number(digits: &str) -> Result<u16, NotATarget> {
    let port = digits.parse().map_err(|_| NotATarget)?;
    if port == 0 { Err(NotATarget) } else { Ok(port) }
}

#[cfg(test)]
mod tests {
    use std::path::PathBuf;

    use super::{NotATarget, Target};

    fn tls(host: &str, port: u16) -> Result<Target, NotATarget> {
        Ok(Target::Tls { host: host.to_owned(), port })
    }

    #[test]
    fn a_server_is_written_in_five_ways() {
        assert_eq!("office.example".parse(), tls("office.example", 4431));
        assert_eq!("192.0.2.7:99".parse(), tls("192.0.2.7", 99));
        assert_eq!("[2001:db8::1]:99".parse(), tls("2001:db8::1", 99));
        assert_eq!("2001:db8::1".parse(), tls("2001:db8::1", 4431));
        assert_eq!("unix:/run/ivm/ivm".parse(), Ok(Target::Unix(PathBuf::from("/run/ivm/ivm"))));
    }

    #[test]
    fn what_is_shown_can_be_read() {
        for text in ["office:1", "[::1]:4431", "unix:/a b"] {
            assert_eq!(
                text.parse::<Target>().map(|target| target.to_string()).as_deref(),
                Ok(text)
            );
        }
    }

    #[test]
    fn what_is_no_server_is_refused() {
        let wrong = [
            "",
            ":1",
            "a:",
            "a:0",
            "a:65536",
            "a:1:2",
            "[::1",
            "[::1]x",
            "[a]:1",
            "a b",
            "https://a",
            "unix:here",
            "me@host",
        ];
        for text in wrong {
            assert_eq!(text.parse::<Target>(), Err(NotATarget), "{text}");
        }
    }
}
