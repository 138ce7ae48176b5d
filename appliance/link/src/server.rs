//! Accepting clients: over TLS from the network, over a Unix socket from this machine.

mod handshakes;
mod tls;
mod unix;

use std::net::SocketAddr;

use message::Rights;

pub use tls::{TlsListener, listen};
pub use unix::UnixListener;

use crate::{Incoming, Outgoing};

/// Who connected, as far as the socket can tell.
#[derive(Clone, Debug)]
pub struct Peer {
    /// Its address; none on a Unix socket.
    pub address: Option<SocketAddr>,
    /// Binds the log-in to this TLS session (RFC 9266); none on a Unix socket.
    pub exporter: Option<[u8; 32]>,
    /// Its user, as the kernel says; none over TLS.
    pub user: Option<u32>,
    /// What it may do: a matter of the socket and the kernel, never of what the peer says.
    pub rights: Rights,
}

/// A link to a client, not yet logged in.
#[derive(Debug)]
pub struct Accepted {
    /// What the client says; limited to [`crate::LIMIT_BEFORE_LOGIN`] until that is lifted.
    pub incoming: Incoming,
    /// What is said to the client.
    pub outgoing: Outgoing,
    /// Who it is.
    pub peer: Peer,
}

impl Accepted {
    fn new(mut incoming: Incoming, outgoing: Outgoing, peer: Peer) -> Self {
        incoming.set_limit(crate::LIMIT_BEFORE_LOGIN);
        Self { incoming, outgoing, peer }
    }
}
