//! Which address is answered by what, and what holds for all of them.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::{DefaultBodyLimit, Extension, Request, State};
use axum::http::header::{HOST, LOCATION, RETRY_AFTER};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use log::info;
use tokio::time::timeout;

use super::answer::Trouble;
use super::listen::Asker;
use super::{App, bridge, files, page_routes};
use crate::guard;

/// The longest form, bytes.
const FORM: usize = 16 << 10;
/// For a request with its body, and for making the answer.
const REQUEST: Duration = Duration::from_secs(45);
/// The write buffer of a WebSocket: a few objects beyond the one being written.
const BUFFER: usize = 4 * bridge::LONGEST;

/// Everything that is served over HTTPS.
pub(crate) fn router(app: Arc<App>, programs: Router) -> Router {
    let pages = page_routes::router()
        .route("/admin/files/{name}", get(files::own))
        .route("/appliance-ca.crt", get(files::certificate))
        .route("/ws", get(web_socket))
        .fallback(files::client);
    pages
        .layer(DefaultBodyLimit::max(FORM))
        .layer(middleware::from_fn(in_time))
        .merge(page_routes::uploads())
        .layer(middleware::from_fn(from_our_pages))
        .with_state(app)
        .merge(programs)
        .layer(middleware::map_response(secured))
}

/// Everything that is served over plain HTTP: the certificate of our authority, for telephones that
/// do not trust us yet, and the way to HTTPS.
pub(crate) fn to_https(app: Arc<App>, port: u16) -> Router {
    let certificate = Router::new().route("/appliance-ca.crt", get(files::certificate));
    certificate.with_state(app).fallback(move |request: Request| async move {
        let host = request.headers().get(HOST).and_then(|host| host.to_str().ok());
        let path = request.uri().path_and_query().map_or("/", |path| path.as_str());
        let address = host.and_then(|host| guard::over_https(host, path, port));
        let location = address.and_then(|address| HeaderValue::try_from(address).ok());
        match location {
            Some(location) => {
                (StatusCode::PERMANENT_REDIRECT, [(LOCATION, location)]).into_response()
            }
            None => StatusCode::BAD_REQUEST.into_response(),
        }
    })
}

async fn secured(mut response: Response) -> Response {
    guard::secure(response.headers_mut());
    response
}

async fn in_time(request: Request, next: Next) -> Response {
    match timeout(REQUEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

/// What changes something must come from a page of ours, whatever cookies it bears.
async fn from_our_pages(request: Request, next: Next) -> Response {
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    if is_reading || guard::same_origin(request.headers()).is_some() {
        next.run(request).await
    } else {
        Trouble::Foreign.into_response()
    }
}

/// A page's WebSocket; a page from elsewhere gets none.
async fn web_socket(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let Some(origin) = guard::same_origin(&headers) else {
        return StatusCode::FORBIDDEN.into_response();
    };
    let remote = asker.address.to_string();
    match bridge::reach(&app.context, origin, remote).await {
        Ok((connected, greeting)) => {
            let sized = upgrade
                .max_frame_size(bridge::LONGEST)
                .max_message_size(bridge::LONGEST)
                .max_write_buffer_size(BUFFER);
            let context = app.context.clone();
            sized.on_upgrade(move |socket| async move {
                context.spawn("bridge", async move {
                    bridge::carry(socket, connected, greeting).await;
                    drop(asker.place);
                });
            })
        }
        Err(error) => {
            info!(error:%; "no connection with the message server for a page");
            (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "5")]).into_response()
        }
    }
}
