//! The files of desk telephones, over HTTP and HTTPS: `/p/TOKEN/NAME`, or `/p/NAME` for a phone that
//! was told no more than our address. The gateway alone knows which file whom may have; what it has
//! not is refused at once, for a phone that waits does not start.

use std::net::IpAddr;
use std::sync::Arc;

use axum::Router;
use axum::body::Body;
use axum::extract::{Extension, Path, State};
use axum::http::header::{ALLOW, CACHE_CONTROL, CONTENT_TYPE, RETRY_AFTER, USER_AGENT};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::routing::get;
use chassis::context::Context;
use chassis::hub::{Address, Away, Hub};
use log::debug;
use message::ErrorCode;
use message::station::{AskPhoneFile, FileSent, PhoneFile, Via};

use super::listen::Asker;

/// Hexadecimal digits of a token.
const TOKEN: usize = 32;
/// The longest name that is passed on, bytes.
const LONGEST: usize = 255;
/// So much of what a phone calls itself is passed on, characters.
const AGENT: usize = 200;

/// Where files come from, and how they are fetched.
#[derive(Clone)]
struct Counter {
    context: Context,
    gateway: Hub,
    via: Via,
}

/// The gateway, as we come to it.
pub(super) fn gateway(context: &Context) -> Hub {
    let socket = context.layout().gateway_socket.clone();
    Hub::start(context, Address { name: "gateway", socket, caller: "admin" })
}

/// The folder of phones' files, at a port without TLS or with it.
pub(super) fn router(context: &Context, gateway: &Hub, via: Via) -> Router {
    let counter = Counter { context: context.clone(), gateway: gateway.clone(), via };
    // Some phones send their logs up here, and have to hear at once that nobody wants them.
    let file = get(file).fallback(read_only);
    Router::new().route("/p/{*path}", file).with_state(Arc::new(counter))
}

async fn read_only() -> Response {
    (StatusCode::METHOD_NOT_ALLOWED, [(ALLOW, "GET, HEAD")]).into_response()
}

/// Token and name of a path behind `/p/`; nothing for what can be no file of a phone.
fn split(path: &str) -> Option<(&str, &str)> {
    let is_token =
        |text: &str| text.len() == TOKEN && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    let (token, name) = match path.split_once('/') {
        Some((token, name)) if is_token(token) => (token, name),
        Some(_) => return None,
        None => ("", path),
    };
    let is_name = !name.is_empty() && name.len() <= LONGEST && !name.contains(['/', '\\', '\0']);
    (is_name && name != ".." && name != ".").then_some((token, name))
}

async fn file(
    State(counter): State<Arc<Counter>>,
    Extension(asker): Extension<Asker>,
    Path(path): Path<String>,
    headers: HeaderMap,
) -> Response {
    let (IpAddr::V4(from), Some(IpAddr::V4(ours))) = (asker.address, asker.ours) else {
        return StatusCode::NOT_FOUND.into_response();
    };
    let Some((token, name)) = split(&path) else { return StatusCode::NOT_FOUND.into_response() };
    let agent = headers.get(USER_AGENT).map(|agent| String::from_utf8_lossy(agent.as_bytes()));
    let ask = AskPhoneFile {
        name: name.as_bytes().to_vec(),
        asker: from.to_bits(),
        ours: ours.to_bits(),
        token: token.to_ascii_lowercase(),
        agent: agent.unwrap_or_default().chars().take(AGENT).collect(),
        via: counter.via,
        certified: None,
    };
    match counter.gateway.ask(&ask).await {
        Ok(object) => match object.read::<PhoneFile>() {
            Ok(file) => {
                counter.report(FileSent { name: ask.name, asker: ask.asker, fault: String::new() });
                sent(file)
            }
            Err(error) => {
                debug!(error:%; "the gateway says what cannot be read");
                StatusCode::INTERNAL_SERVER_ERROR.into_response()
            }
        },
        Err(Away::Refused(refusal)) if refusal.code == ErrorCode::RateLimited => {
            (StatusCode::TOO_MANY_REQUESTS, [(RETRY_AFTER, "10")]).into_response()
        }
        Err(Away::Refused(_)) => StatusCode::NOT_FOUND.into_response(),
        Err(away) => {
            debug!(away:%; "a phone's file could not be asked for");
            (StatusCode::SERVICE_UNAVAILABLE, [(RETRY_AFTER, "5")]).into_response()
        }
    }
}

fn sent(file: PhoneFile) -> Response {
    let media = HeaderValue::try_from(file.media);
    let media = media.unwrap_or(HeaderValue::from_static("application/octet-stream"));
    let mut response = Body::from(file.bytes).into_response();
    response.headers_mut().insert(CONTENT_TYPE, media);
    // It may hold secrets, and is another one next time.
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

impl Counter {
    /// For the phone's timeline.
    fn report(&self, sent: FileSent) {
        let gateway = self.gateway.clone();
        self.context.spawn("phone's file", async move {
            if let Err(error) = gateway.ask(&sent).await {
                debug!(error:%; "the gateway does not hear of a file");
            }
        });
    }
}

#[cfg(test)]
mod tests {
    use super::split;

    #[test]
    fn only_a_token_and_a_name_are_a_file() {
        let token = "0123456789abcdef".repeat(2);
        let path = format!("{token}/y000000000065.cfg");
        assert_eq!(split(&path), Some((token.as_str(), "y000000000065.cfg")));
        assert_eq!(split("snomD785.htm"), Some(("", "snomD785.htm")));
        let long = "a".repeat(256);
        let deeper = format!("{token}/a/b");
        for bad in ["", "..", "a/b", "../a", "a\\b", &token[..31].replace('0', "/"), &long, &deeper]
        {
            assert_eq!(split(bad), None, "{bad}");
        }
    }
}
