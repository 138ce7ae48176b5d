//! Framed message objects over TLS, WebSocket and Unix sockets.
//!
//! A link is two halves, [`Incoming`] and [`Outgoing`]; behind them is a TLS stream, a Unix
//! socket, the frames of a WebSocket or, for simulators, memory. [`client::connect`] makes a link,
//! [`server::TlsListener`] and [`server::UnixListener`] accept them. What the objects mean is none
//! of its business: log-in, keep-alive and priorities belong to who holds the halves.

use std::time::Duration;

use tokio::time::timeout;

mod backoff;
pub mod client;
mod error;
mod fingerprint;
mod incoming;
mod outgoing;
pub mod server;
mod target;
mod verifier;

pub use backoff::Backoff;
pub use error::{FrameError, LinkError};
pub use fingerprint::{Fingerprint, NotAFingerprint};
pub use incoming::Incoming;
pub use outgoing::Outgoing;
pub use target::{NotATarget, Target};

/// The longest body that a server takes before log-in.
pub const LIMIT_BEFORE_LOGIN: usize = 32 << 10;

/// The label under which both ends export the binding of a log-in to its TLS session (RFC 9266).
const EXPORTER_LABEL: &[u8] = b"EXPORTER-Channel-Binding";

/// How long a peer that was hung up on may take to read why.
const LINGER: Duration = Duration::from_secs(2);

/// Ends a link so that the peer can still read what was sent last, such as why it is dropped.
///
/// A socket that is closed while something unread has come to it takes back what is on its way to
/// the peer. So this closes our side, and for up to 2 s throws away what the peer still says.
pub async fn hang_up(mut incoming: Incoming, mut outgoing: Outgoing) {
    let parting = async {
        if outgoing.close().await.is_ok() {
            incoming.discard().await;
        }
    };
    // Whether it was in time is the peer's own loss.
    let _ = timeout(LINGER, parting).await;
}

/// The two halves of a link.
pub type Halves = (Incoming, Outgoing);

/// A link in memory: both its ends, each way holding at most `capacity` bytes on the way.
#[must_use]
pub fn in_memory(capacity: usize) -> (Halves, Halves) {
    let (here, there) = tokio::io::duplex(capacity);
    let halves = |stream| {
        let (reader, writer) = tokio::io::split(stream);
        (Incoming::memory(reader), Outgoing::memory(writer))
    };
    (halves(here), halves(there))
}
