//! The way that a message came or goes: between which sockets, and over what.

use std::net::{IpAddr, SocketAddr};

use crate::message::uri::Uri;
use crate::message::value::Via;

/// The port where SIP is heard when none is named.
pub const PORT: u16 = 5060;

/// What carries messages.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Transport {
    /// Datagrams, which may be lost.
    Udp,
    /// A stream.
    Tcp,
    /// An encrypted stream.
    Tls,
}

impl Transport {
    /// Does it repeat by itself what was lost?
    #[must_use]
    pub const fn is_reliable(self) -> bool {
        match self {
            Self::Udp => false,
            Self::Tcp | Self::Tls => true,
        }
    }

    /// Its name in a `Via`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Udp => "UDP",
            Self::Tcp => "TCP",
            Self::Tls => "TLS",
        }
    }

    /// Its name as a parameter of an address; that of datagrams is the usual one.
    #[must_use]
    pub const fn param(self) -> Option<&'static str> {
        match self {
            Self::Udp => None,
            Self::Tcp => Some("tcp"),
            Self::Tls => Some("tls"),
        }
    }
}

/// A stream, by the number that the driver gave it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Flow(pub u64);

/// The way between us and a peer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Way {
    /// Over what.
    pub transport: Transport,
    /// The stream; none for datagrams.
    pub flow: Option<Flow>,
    /// Our own address that the peer uses: never a multicast or an unspecified one.
    pub local: SocketAddr,
    /// The peer's.
    pub remote: SocketAddr,
}

impl Way {
    /// By datagrams.
    #[must_use]
    pub const fn udp(local: SocketAddr, remote: SocketAddr) -> Self {
        Self { transport: Transport::Udp, flow: None, local, remote }
    }

    /// Our own address for `Contact`, `From` and their like.
    #[must_use]
    pub fn here(&self, user: &str) -> Uri {
        let mut uri = Uri::at(Some(user), self.local);
        if let Some(transport) = self.transport.param() {
            uri.params.set("transport", transport);
        }
        uri
    }

    /// The way of an answer to a request that came this way (RFC 3261, section 18.2.2; RFC 3581).
    /// It goes to the host that asked and to no other, whatever the request says.
    #[must_use]
    pub fn back(self, via: &Via) -> Self {
        if self.flow.is_some() || via.params.has("rport") {
            return self;
        }
        let port = via.port().unwrap_or(PORT);
        Self { remote: SocketAddr::new(self.remote.ip(), port), ..self }
    }

    /// The way of requests to a peer that came this way and wants to be reached at `contact`: its
    /// own host, and no other; the port that it named there.
    #[must_use]
    pub fn towards(self, contact: &Uri) -> Self {
        let is_here = contact.ip().is_some_and(|ip| canonical(ip) == canonical(self.remote.ip()));
        if self.flow.is_some() || !is_here {
            return self;
        }
        let port = contact.port.unwrap_or(PORT);
        Self { remote: SocketAddr::new(self.remote.ip(), port), ..self }
    }
}

/// An address of version 4 in the clothes of version 6 is one of version 4.
pub(crate) fn canonical(ip: IpAddr) -> IpAddr {
    ip.to_canonical()
}
