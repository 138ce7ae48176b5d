//! A connection with the administration: HTTP/1.1 over its Unix socket, one request at a time.

use std::path::Path;
use std::time::Duration;

use bytes::Bytes;
use http_body_util::{BodyExt, Full, Limited};
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper::header::{CONTENT_TYPE, HOST};
use hyper::{Method, Request};
use hyper_util::rt::TokioIo;
use serde_json::Value;
use tokio::net::UnixStream;
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::exit::{Exit, Trouble};

/// The administration answers in milliseconds; a busy disk may take longer.
const PATIENCE: Duration = Duration::from_secs(25);
/// The longest answer, bytes: a page of people has some 300 kB.
const LONGEST: usize = 8 << 20;

/// The connection.
pub(super) struct Line {
    sender: SendRequest<Full<Bytes>>,
    carrier: JoinHandle<()>,
}

impl Drop for Line {
    fn drop(&mut self) {
        self.carrier.abort();
    }
}

impl Line {
    /// Connects with the socket at `path`.
    pub(super) async fn open(path: &Path) -> Result<Self, Trouble> {
        let none = |error: &dyn std::fmt::Display| {
            let text = format!(
                "no appliance answers at {}: {error}\n(is it running? say --state DIR or --socket PATH)",
                path.display()
            );
            Trouble::new(Exit::NoConnection, text)
        };
        let stream = UnixStream::connect(path).await.map_err(|error| none(&error))?;
        let shaken = handshake(TokioIo::new(stream)).await;
        let (sender, connection) = shaken.map_err(|error| none(&error))?;
        let carrier = tokio::spawn(async move {
            if let Err(error) = connection.await {
                log::debug!(error:%; "the connection broke");
            }
        });
        Ok(Self { sender, carrier })
    }

    /// Asks; an answer without a body is `null`, a problem is trouble.
    pub(super) async fn ask(
        &mut self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Trouble> {
        let request = Request::builder()
            .method(method)
            .uri(format!("/api/v1{path}"))
            .header(HOST, "appliance")
            .header(CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body.map(Value::to_string).unwrap_or_default())));
        let request = request.map_err(|error| Trouble::new(Exit::Usage, error.to_string()))?;
        let exchanged = timeout(PATIENCE, self.exchange(request)).await;
        let (status, bytes) = exchanged.map_err(|_| gone("the appliance does not answer"))??;
        let value = if bytes.is_empty() {
            Value::Null
        } else {
            serde_json::from_slice(&bytes).map_err(|error| {
                Trouble::new(Exit::Failed, format!("the appliance speaks another version: {error}"))
            })?
        };
        if (200..300).contains(&status) {
            return Ok(value);
        }
        let detail = value["detail"].as_str().unwrap_or("the appliance refuses this");
        Err(Trouble::refused(status, detail))
    }

    async fn exchange(&mut self, request: Request<Full<Bytes>>) -> Result<(u16, Bytes), Trouble> {
        self.sender.ready().await.map_err(|error| gone(&error.to_string()))?;
        let answer = self.sender.send_request(request).await;
        let answer = answer.map_err(|error| gone(&error.to_string()))?;
        let status = answer.status().as_u16();
        let body = Limited::new(answer.into_body(), LONGEST).collect().await;
        let body = body.map_err(|error| gone(&error.to_string()))?;
        Ok((status, body.to_bytes()))
    }
}

fn gone(text: &str) -> Trouble {
    Trouble::new(Exit::NoConnection, text)
}
