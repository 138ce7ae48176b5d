//! Connecting to a server, and being sure that it is the right one.

use std::io;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::client::Resumption;
use rustls::pki_types::ServerName;
use rustls::version::TLS13;
use rustls::{ClientConfig, crypto};
use tokio::net::{TcpStream, UnixStream};
use tokio::time::timeout;
use tokio_rustls::{TlsConnector, TlsStream};

use crate::error::of_handshake;
use crate::verifier::PinVerifier;
use crate::{EXPORTER_LABEL, Fingerprint, Incoming, LinkError, Outgoing, Target};

/// From the first packet to the end of the handshake.
const PATIENCE: Duration = Duration::from_secs(10);

/// Which server it must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pin {
    /// The one whose authority has this fingerprint.
    Known(Fingerprint),
    /// Whichever answers; the caller keeps [`Connected::fingerprint`] for the next time.
    FirstUse,
}

/// A link to a server, not yet logged in.
#[derive(Debug)]
pub struct Connected {
    /// What the server says.
    pub incoming: Incoming,
    /// What is said to the server.
    pub outgoing: Outgoing,
    /// Binds the log-in to this TLS session (RFC 9266); none on a Unix socket.
    pub exporter: Option<[u8; 32]>,
    /// The server's authority; none on a Unix socket.
    pub fingerprint: Option<Fingerprint>,
}

/// Connects to the server at `target`, within 10 s.
///
/// # Errors
/// [`LinkError::WrongServer`] if the server is not the pinned one; whatever else goes wrong.
pub async fn connect(target: &Target, pin: &Pin) -> Result<Connected, LinkError> {
    let connecting = async {
        match target {
            Target::Tls { host, port } => connect_tls(host, *port, *pin).await,
            Target::Unix(path) => connect_unix(path).await,
        }
    };
    timeout(PATIENCE, connecting).await.map_err(|_| LinkError::TimedOut)?
}

async fn connect_unix(path: &Path) -> Result<Connected, LinkError> {
    let (reader, writer) = UnixStream::connect(path).await?.into_split();
    let (incoming, outgoing) = (Incoming::unix(reader), Outgoing::unix(writer));
    Ok(Connected { incoming, outgoing, exporter: None, fingerprint: None })
}

async fn connect_tls(host: &str, port: u16, pin: Pin) -> Result<Connected, LinkError> {
    let name = ServerName::try_from(host.to_owned())
        .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
    let stream = TcpStream::connect((host, port)).await?;
    stream.set_nodelay(true)?;
    let connector = TlsConnector::from(Arc::new(config(pin)));
    let stream = connector.connect(name, stream).await.map_err(of_handshake)?;
    let session = stream.get_ref().1;
    let exporter =
        session.export_keying_material([0; 32], EXPORTER_LABEL, None).map_err(LinkError::Tls)?;
    let authority = session.peer_certificates().and_then(|chain| chain.last());
    let fingerprint = authority.map(|certificate| Fingerprint::of(certificate));
    let (reader, writer) = tokio::io::split(TlsStream::from(stream));
    let (incoming, outgoing) = (Incoming::tls(reader), Outgoing::tls(writer));
    Ok(Connected { incoming, outgoing, exporter: Some(exporter), fingerprint })
}

fn config(pin: Pin) -> ClientConfig {
    let provider = Arc::new(crypto::ring::default_provider());
    let verifier = Arc::new(PinVerifier::new(pin, &provider));
    let mut config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&TLS13])
        .expect("ring speaks TLS 1.3")
        .dangerous()
        .with_custom_certificate_verifier(verifier)
        .with_no_client_auth();
    // Every connection proves who the server is anew.
    config.resumption = Resumption::disabled();
    config
}
