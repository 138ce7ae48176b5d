//! Files: the browser client's, the pages' own, and the authority's certificate.

use std::borrow::Cow;
use std::sync::{Arc, LazyLock};

use axum::body::Body;
use axum::extract::{Path, State};
use axum::http::header::{
    ACCEPT_ENCODING, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, ETAG, HeaderName,
    IF_NONE_MATCH, VARY,
};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::task::spawn_blocking;

use super::App;
use super::answer::{Trouble, shown};
use crate::assets::{File, Ready, takes_gzip};
use crate::pages::notice;
use crate::password::digest;

/// The files of the administration pages themselves.
static OWN: LazyLock<[(&str, Ready); 4]> = LazyLock::new(|| {
    let files: [(&str, &[u8]); 4] = [
        ("admin.css", include_bytes!("../../web/admin.css")),
        ("admin.js", include_bytes!("../../web/admin.js")),
        ("pages.css", include_bytes!("../../web/pages.css")),
        ("admin.svg", include_bytes!("../../web/admin.svg")),
    ];
    files.map(|(name, data)| {
        let file = File { data: Cow::Borrowed(data), sha256: digest(&[data]) };
        (name, Ready::of(name, file))
    })
});

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
        Some(ready) => Ok(sent(ready, &headers).await),
        None if matches!(path, "index.html" | "join.html") => {
            Ok(shown(StatusCode::SERVICE_UNAVAILABLE, notice::not_built()))
        }
        None => Err(Trouble::NotFound),
    }
}

/// A file of the administration pages.
pub(crate) async fn own(Path(name): Path<String>, headers: HeaderMap) -> Result<Response, Trouble> {
    let found = OWN.iter().find(|(own, _)| *own == name);
    let (_, ready) = found.ok_or(Trouble::NotFound)?;
    Ok(sent(ready.clone(), &headers).await)
}

/// The certificate of the appliance's authority, for people who want to trust it.
pub(crate) async fn certificate(State(app): State<Arc<App>>) -> Response {
    let kind = (CONTENT_TYPE, "application/x-x509-ca-cert");
    ([kind, (CACHE_CONTROL, "no-cache")], app.certificate_pem.clone()).into_response()
}

async fn sent(ready: Ready, asked: &HeaderMap) -> Response {
    let text = |name: HeaderName| asked.get(name).and_then(|value| value.to_str().ok());
    let is_known = text(IF_NONE_MATCH).is_some_and(|tags| ready.is_known(tags));
    let wants_gzip = text(ACCEPT_ENCODING).is_some_and(takes_gzip);
    let (etag, keep) = (ready.etag.clone(), ready.keep);
    let mut response = if is_known {
        StatusCode::NOT_MODIFIED.into_response()
    } else {
        content(ready, wants_gzip).await
    };
    let headers = response.headers_mut();
    let etag = HeaderValue::from_str(&etag).expect("hexadecimal digits in quotes are a header");
    headers.insert(ETAG, etag);
    headers.insert(CACHE_CONTROL, HeaderValue::from_static(keep));
    headers.insert(VARY, HeaderValue::from_static("accept-encoding"));
    response
}

async fn content(ready: Ready, wants_gzip: bool) -> Response {
    let (media, plain) = (ready.media, ready.plain.clone());
    let packed = match wants_gzip {
        // Whatever ends the packing, the file is there as it is.
        true => spawn_blocking(move || ready.gzip()).await.ok().flatten(),
        false => None,
    };
    let is_packed = packed.is_some();
    let mut response = Response::new(Body::from(packed.unwrap_or(plain)));
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(media));
    if is_packed {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static("gzip"));
    }
    response
}
