//! Clients from the network: TCP, then TLS.

use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;
use std::time::Duration;

use log::{debug, warn};
use message::Rights;
use rustls::ServerConfig;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, sleep_until};
use tokio_rustls::{TlsAcceptor, TlsStream};

use super::handshakes::Handshakes;
use super::{Accepted, Peer};
use crate::{EXPORTER_LABEL, Incoming, LinkError, Outgoing};

/// After the kernel had no file or memory left for a connection.
pub(super) const BREATH: Duration = Duration::from_millis(100);

/// Listens on TCP at `address`. Where the machine has no IPv6, every IPv4 address is listened on
/// instead of every address.
///
/// # Errors
/// The address is taken, not ours or not permitted.
pub async fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    match TcpListener::bind(address).await {
        Err(error) if address.is_ipv6() && address.ip().is_unspecified() => {
            let instead = SocketAddr::from((Ipv4Addr::UNSPECIFIED, address.port()));
            TcpListener::bind(instead).await.map_err(|_| error)
        }
        bound => bound,
    }
}

/// Accepts clients over TLS.
pub struct TlsListener {
    listener: TcpListener,
    acceptor: TlsAcceptor,
    handshakes: Handshakes<Accepted>,
}

impl TlsListener {
    /// Listens at `address`; port 0 is any free one.
    ///
    /// # Errors
    /// As [`listen`].
    pub async fn bind(address: SocketAddr, config: Arc<ServerConfig>) -> io::Result<Self> {
        let listener = listen(address).await?;
        Ok(Self { listener, acceptor: config.into(), handshakes: Handshakes::new() })
    }

    /// Where it listens.
    ///
    /// # Errors
    /// The kernel does not say.
    pub fn local_addr(&self) -> io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// The next client whose handshake has succeeded; a failed one is written to the journal.
    ///
    /// Cancel-safe. Handshakes run beside one another, each for at most 10 s; new ones are begun
    /// only while somebody waits here.
    pub async fn accept(&mut self) -> Accepted {
        loop {
            let crowded = self.handshakes.crowded();
            tokio::select! {
                ended = self.handshakes.ended() => if let Some(accepted) = ended {
                    return accepted;
                },
                next = self.listener.accept(), if crowded.is_none() => self.greet(next).await,
                () = until(crowded), if crowded.is_some() => self.handshakes.end_slowest(),
            }
        }
    }

    async fn greet(&mut self, next: io::Result<(TcpStream, SocketAddr)>) {
        let (stream, address) = match next {
            Ok(next) => next,
            Err(error) => {
                warn!(error:%; "no connection can be accepted");
                return sleep(BREATH).await;
            }
        };
        let address = SocketAddr::new(address.ip().to_canonical(), address.port());
        let acceptor = self.acceptor.clone();
        self.handshakes.start(async move {
            let shaken = shake_hands(&acceptor, stream, address).await;
            shaken.inspect_err(|error| debug!(error:%, address:%; "handshake failed")).ok()
        });
    }
}

async fn until(moment: Option<Instant>) {
    if let Some(moment) = moment {
        sleep_until(moment).await;
    }
}

async fn shake_hands(
    acceptor: &TlsAcceptor,
    stream: TcpStream,
    address: SocketAddr,
) -> Result<Accepted, LinkError> {
    stream.set_nodelay(true)?;
    let stream = acceptor.accept(stream).await?;
    let exporter = stream
        .get_ref()
        .1
        .export_keying_material([0; 32], EXPORTER_LABEL, None)
        .map_err(LinkError::Tls)?;
    let (reader, writer) = tokio::io::split(TlsStream::from(stream));
    let peer = Peer {
        address: Some(address),
        exporter: Some(exporter),
        user: None,
        rights: Rights::Client,
    };
    Ok(Accepted::new(Incoming::tls(reader), Outgoing::tls(writer), peer))
}
