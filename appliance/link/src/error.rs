//! What can end a link, or keep one from being made.

use std::io;

use message::Malformed;

use crate::Fingerprint;

/// What the carrier of a WebSocket's frames can fail with.
pub type FrameError = Box<dyn std::error::Error + Send + Sync>;

/// Why a link is over, or was not made. After any of these the link cannot go on.
#[derive(Debug, thiserror::Error)]
pub enum LinkError {
    /// The bytes are no message object.
    #[error(transparent)]
    Malformed(#[from] Malformed),
    /// The object is longer than this peer may send now.
    #[error("an object of {found} bytes is over this connection's limit of {limit}")]
    TooLong {
        /// As announced.
        found: usize,
        /// As allowed.
        limit: usize,
    },
    /// The stream ended in the middle of an object.
    #[error("the stream ended in the middle of an object")]
    Truncated,
    /// The network or the kernel failed.
    #[error("the connection failed: {0}")]
    Io(#[from] io::Error),
    /// The carrier of the frames failed.
    #[error("the web socket failed: {0}")]
    Frames(#[source] FrameError),
    /// It took too long.
    #[error("no connection within the time limit")]
    TimedOut,
    /// TLS refused the peer.
    #[error("TLS failed: {0}")]
    Tls(#[source] rustls::Error),
    /// The server is not the one that was pinned.
    #[error("the server is not the known one: its fingerprint is {found}, not {expected}")]
    WrongServer {
        /// As pinned.
        expected: Fingerprint,
        /// As shown by the server.
        found: Fingerprint,
    },
}

/// The server's fingerprint is not the pinned one: travels through rustls inside its own error.
#[derive(Debug, thiserror::Error)]
#[error("fingerprint {found} instead of {expected}")]
pub(crate) struct WrongFingerprint {
    pub(crate) expected: Fingerprint,
    pub(crate) found: Fingerprint,
}

/// What went wrong in a handshake, freed from the wrappings that it came in.
pub(crate) fn of_handshake(error: io::Error) -> LinkError {
    let Some(tls) = error.get_ref().and_then(|inner| inner.downcast_ref::<rustls::Error>()) else {
        return LinkError::Io(error);
    };
    if let rustls::Error::InvalidCertificate(rustls::CertificateError::Other(other)) = tls
        && let Some(wrong) = other.0.downcast_ref::<WrongFingerprint>()
    {
        return LinkError::WrongServer { expected: wrong.expected, found: wrong.found };
    }
    LinkError::Tls(tls.clone())
}
