//! Files: the browser client's, the pages' own, and the authority's certificate.

use std::borrow::Cow;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderName,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};

use super::App;
use super::answer::{Trouble, shown};
use crate::assets::{File, Ready, takes_gzip};
use crate::pages::notice;
use crate::password::digest;

/// The files of the administration pages themselves.
const OWN: [(&str, &[u8]); 4] = [
    ("admin.css", include_bytes!("../../web/admin.css")),
    ("admin.js", include_bytes!("../../web/admin.js")),
    ("pages.css", include_bytes!("../../web/pages.css")),
    ("admin.svg", include_bytes!("../../web/admin.svg")),
];

/// A file of the browser client; `/` is its start page, `/join` where invitations lead.
pub(crate) async fn client(
    State(app): State<Arc<App>>,
    method: Method,
    uri: Uri,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    if method != Method::GET && method != Method::HEAD {
        return Ok(StatusCode::METHOD_NOT_ALLOWED.into_response());
    }
    let path = match uri.path() {
        "/" => "index.html",
        "/join" => "join.html",
        path => path.trim_start_matches('/'),
    };
    match app.shelf.file(path) {
        Some(ready) => Ok(sent(&ready, &headers)),
        None if matches!(path, "index.html" | "join.html") => {
            Ok(shown(StatusCode::SERVICE_UNAVAILABLE, notice::not_built()))
        }
        None => Err(Trouble::NotFound),
    }
}

/// A file of the administration pages.
pub(crate) async fn own(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Trouble> {
    let found = OWN.iter().find(|(own, _)| *own == name);
    let (name, data) = *found.ok_or(Trouble::NotFound)?;
    let file = File { data: Cow::Borrowed(data), sha256: digest(&[data]) };
    Ok(sent(&Ready::of(name, file), &headers))
}

/// The certificate of the appliance's authority, for people who want to trust it.
pub(crate) async fn certificate(State(app): State<Arc<App>>) -> Response {
    let kind = (CONTENT_TYPE, "application/x-x509-ca-cert");
    ([kind, (CACHE_CONTROL, "no-cache")], app.certificate_pem.clone()).into_response()
}

fn sent(ready: &Ready, asked: &HeaderMap) -> Response {
    let text = |name: HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
    let mut response = if text(IF_NONE_MATCH).is_some_and(|tags| ready.is_known(tags)) {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        let wants_gzip = text(ACCEPT_ENCODING).is_some_and(takes_gzip);
        content(ready, wants_gzip)
    };
    let headers = response.headers_mut();
    let etag =
        HeaderValue::from_str(&ready.etag).expect("hexadecimal digits in quotes are a header");
    headers.insert(ETAG, etag);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(ready.keep));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    response
}

fn content(ready: &Ready, wants_gzip: bool) -> Response {
    let packed = ready.gzip.as_ref().filter(|_| wants_gzip);
    let mut response = Response::new(Body::from(packed.unwrap_or(&ready.plain).clone()));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(ready.media));
    if packed.is_some() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}
