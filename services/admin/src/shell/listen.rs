//! Connections of browsers: TCP, TLS, HTTP/1.1, and an end to each.

use std::convert::Infallible;
use std::net::IpAddr;
use std::time::Duration;

use axum::Router;
use axum::response::Response;
use chassis::context::Context;
use chassis::places::{Place, Places};
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use log::{debug, warn};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tokio_rustls::TlsAcceptor;
use tower_service::Service;

use super::patient::Patient;

/// For the TLS handshake.
const HANDSHAKE: Duration = Duration::from_secs(10);
/// For the head of a request, and between two requests: longer than the live refresh takes.
const HEAD: Duration = Duration::from_secs(20);
/// After the kernel had no file or memory left for a connection.
const BREATH: Duration = Duration::from_millis(100);
/// For what is under way when the service ends.
const GRACE: Duration = Duration::from_secs(5);
/// The longest head of a request, bytes.
const HEAD_BYTES: usize = 32 << 10;

/// Who asks, as a request's extension.
#[derive(Clone, Debug)]
pub(crate) struct Asker {
    /// The address.
    pub(crate) address: IpAddr,
    /// The address of ours that was asked; none where the system does not say.
    pub(crate) ours: Option<IpAddr>,
    /// The connection's place; what outlives the request keeps a clone.
    pub(crate) place: Place,
}

/// One port.
pub(crate) struct Front {
    context: Context,
    listener: TcpListener,
    tls: Option<TlsAcceptor>,
    router: Router,
    places: Places,
}

impl Front {
    /// A port without TLS.
    pub(crate) const fn new(
        context: Context,
        listener: TcpListener,
        router: Router,
        places: Places,
    ) -> Self {
        Self { context, listener, tls: None, router, places }
    }

    /// The same with TLS.
    pub(crate) fn with_tls(mut self, tls: TlsAcceptor) -> Self {
        self.tls = Some(tls);
        self
    }

    /// Serves until the context drains, then lets what is under way end.
    pub(crate) async fn serve(self) {
        let mut connections = JoinSet::new();
        loop {
            let accepted = tokio::select! {
                () = self.context.draining() => break,
                Some(_) = connections.join_next() => continue,
                accepted = self.listener.accept() => accepted,
            };
            match accepted {
                Ok((stream, address)) => {
                    let address = address.ip().to_canonical();
                    let Some(place) = self.places.take(address) else {
                        debug!(address:%; "no place for another connection");
                        continue;
                    };
                    let ours = stream.local_addr().ok().map(|ours| ours.ip().to_canonical());
                    let asker = Asker { address, ours, place };
                    connections.spawn(self.connection(stream, asker));
                }
                Err(error) => {
                    warn!(error:%; "no connection can be accepted");
                    sleep(BREATH).await;
                }
            }
        }
        drop(self.listener);
        let ended = async { while connections.join_next().await.is_some() {} };
        if timeout(GRACE, ended).await.is_err() {
            debug!("some browsers did not let go");
        }
    }

    fn connection(
        &self,
        stream: TcpStream,
        asker: Asker,
    ) -> impl Future<Output = ()> + Send + 'static {
        let (context, tls, router) = (self.context.clone(), self.tls.clone(), self.router.clone());
        async move {
            if let Err(error) = stream.set_nodelay(true) {
                debug!(error:%; "a connection was gone at once");
                return;
            }
            let Some(tls) = tls else {
                return serve(context, Patient::new(stream), router, asker).await;
            };
            match timeout(HANDSHAKE, tls.accept(stream)).await {
                Ok(Ok(stream)) => serve(context, Patient::new(stream), router, asker).await,
                Ok(Err(error)) => debug!(error:%; "a handshake failed"),
                Err(_) => debug!("a handshake took too long"),
            }
        }
    }
}

async fn serve(
    context: Context,
    stream: impl AsyncRead + AsyncWrite + Unpin + Send + 'static,
    router: Router,
    asker: Asker,
) {
    let service = service_fn(move |mut request: Request<Incoming>| {
        request.extensions_mut().insert(asker.clone());
        let mut router = router.clone();
        async move { answer(&mut router, request).await }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD).max_buf_size(HEAD_BYTES);
    let connection = http.serve_connection(TokioIo::new(stream), service).with_upgrades();
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => Ok(ended),
        () = context.draining() => {
            connection.as_mut().graceful_shutdown();
            timeout(GRACE, connection).await
        }
    };
    if let Ok(Err(error)) = ended {
        debug!(error:%; "a browser's connection broke");
    }
}

async fn answer(router: &mut Router, request: Request<Incoming>) -> Result<Response, Infallible> {
    Service::call(router, request).await
}
