//! Where telephones knock that speak in streams: in the clear, and within TLS.
//!
//! Who takes up a place without shaking hands, or many at once, is in nobody's way: places are
//! bounded, together and for each host, and a handshake has an end.

use std::net::{SocketAddr, SocketAddrV4};
use std::time::Duration;

use anyhow::Context as _;
use chassis::context::Context;
use chassis::identity::Identity;
use chassis::places::{Bounds, Places};
use log::{debug, warn};
use sip::way::{Flow, Transport};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;

use super::streams::{Event, Line};

/// Streams at once: more than phones may be. Of one host twice as many as the lines take, for those
/// that come while others go.
const PLACES: Bounds = Bounds { together: 2_048, from_one: 16 };
/// For a handshake: a slow phone needs a second.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// After the kernel had no file or memory left for a stream.
const BREATH: Duration = Duration::from_millis(100);

/// What both doors have.
#[derive(Clone)]
pub(super) struct Hall {
    context: Context,
    places: Places,
    told: mpsc::Sender<Event>,
}

/// One port.
pub(super) struct Door {
    hall: Hall,
    listener: TcpListener,
}

impl Hall {
    /// Nobody has come yet; whoever does is told to this end.
    pub(super) fn new(context: &Context, told: mpsc::Sender<Event>) -> Self {
        Self { context: context.clone(), places: Places::new(PLACES), told }
    }

    /// Opens a door. To be called inside the runtime.
    pub(super) fn open(&self, address: SocketAddrV4) -> anyhow::Result<Door> {
        let said = || format!("listening at {address} for streams");
        let listener = std::net::TcpListener::bind(address).with_context(said)?;
        listener.set_nonblocking(true).with_context(said)?;
        let listener = TcpListener::from_std(listener).with_context(said)?;
        Ok(Door { hall: self.clone(), listener })
    }
}

impl Door {
    /// Where it is.
    pub(super) fn address(&self) -> std::io::Result<SocketAddr> {
        self.listener.local_addr()
    }

    /// Takes streams in the clear; they have odd numbers.
    pub(super) async fn plain(self) {
        self.accept(1, None).await;
    }

    /// Takes streams within TLS, as soon as there is a certificate; they have even numbers.
    pub(super) async fn sealed(self) {
        if let Some(identity) = identity(&self.hall.context).await {
            self.accept(2, Some(identity.line_config().into())).await;
        }
    }

    async fn accept(self, first: u64, tls: Option<TlsAcceptor>) {
        let Self { hall, listener } = self;
        for number in (first..).step_by(2) {
            let accepted = tokio::select! {
                () = hall.context.draining() => return,
                accepted = listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, source)) => hall.enter(stream, source, Flow(number), tls.clone()),
                Err(error) => {
                    warn!(error:%; "no stream can be accepted");
                    sleep(BREATH).await;
                }
            }
        }
    }
}

impl Hall {
    fn enter(&self, stream: TcpStream, source: SocketAddr, flow: Flow, tls: Option<TlsAcceptor>) {
        let Some(place) = self.places.take(source.ip()) else {
            return debug!(from:% = source; "no place for another stream");
        };
        let Ok(local) = stream.local_addr() else { return };
        let (context, told) = (self.context.clone(), self.told.clone());
        self.context.spawn("telephone's stream", async move {
            let _place = place;
            let transport = if tls.is_some() { Transport::Tls } else { Transport::Tcp };
            let line = Line { context, told, flow, transport, source, local };
            let Err(error) = stream.set_nodelay(true) else {
                return match tls {
                    None => line.carry(stream).await,
                    Some(tls) => greet(line, &tls, stream).await,
                };
            };
            debug!(error:%, from:% = source; "a stream was gone at once");
        });
    }
}

/// Shakes hands, and carries what comes then.
async fn greet(line: Line, tls: &TlsAcceptor, stream: TcpStream) {
    let from = line.source;
    let shaken = tokio::select! {
        () = line.context.draining() => return,
        shaken = timeout(HANDSHAKE, tls.accept(stream)) => shaken,
    };
    match shaken {
        Ok(Ok(stream)) => line.carry(stream).await,
        Ok(Err(error)) => debug!(error:%, from:%; "a telephone's handshake failed"),
        Err(_) => debug!(from:%; "a telephone's handshake took too long"),
    }
}

/// The certificate; telephones in the clear do not wait for it. None if the service ends before.
async fn identity(context: &Context) -> Option<Identity> {
    loop {
        let opened = tokio::select! {
            () = context.draining() => return None,
            opened = Identity::open(&context.layout().tls) => opened,
        };
        match opened {
            Ok(identity) => return Some(identity),
            Err(error) => warn!("telephones cannot speak by TLS yet: {error:#}"),
        }
    }
}
