//! The panel as a page for a browser on this machine, and what both views look at.
//!
//! Only 127.0.0.1 is served. A page of somebody else cannot press keys: what changes anything wants
//! a header that a foreign page may not send, and every request the right host.

use std::fs::File;
use std::io::{Read, Seek, SeekFrom};
use std::net::{Ipv4Addr, SocketAddr};
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use axum::extract::{Path as Words, Query, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::middleware::{Next, from_fn};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use axum::{Json, Router};
use serde_json::{Value, json};
use tokio::net::TcpListener;
use tokio::runtime::Builder;

use crate::keys::Key;
use crate::machine::Machine;
use crate::panel::Panel;
use crate::picture::Picture;

/// Bytes of the serial console that are shown.
const TAIL: u64 = 8192;
/// How long a browser waits for a change; the console is looked at again then.
const PATIENCE: Duration = Duration::from_secs(2);
/// The header that a foreign page cannot send.
const OURS: &str = "x-panel";

const PAGE: &str = include_str!("../web/panel.html");
const SCRIPT: &str = include_str!("../web/panel.js");
const STYLE: &str = include_str!("../web/panel.css");

/// The panel's plug and what stands beside it; clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Controls {
    panel: Panel,
    socket: PathBuf,
    log: PathBuf,
    facts: Arc<Mutex<Vec<String>>>,
}

/// All of it at one moment.
#[derive(Clone, Debug)]
pub(crate) struct Seen {
    pub(crate) picture: Picture,
    pub(crate) plugged: bool,
    pub(crate) facts: Vec<String>,
    pub(crate) log: String,
}

impl Controls {
    /// Those of a machine.
    pub(crate) fn of(machine: &Machine) -> Self {
        let folder = machine.folder();
        Self {
            panel: machine.panel().clone(),
            socket: folder.join("panel.sock"),
            log: folder.join("serial.log"),
            facts: Arc::default(),
        }
    }

    pub(crate) fn panel(&self) -> &Panel {
        &self.panel
    }

    /// Adds a line about the machine.
    pub(crate) fn tell(&self, fact: String) {
        self.facts.lock().unwrap_or_else(PoisonError::into_inner).push(fact);
    }

    /// Pulls the plug, or puts it in.
    pub(crate) fn turn_plug(&self) {
        if self.panel.is_plugged() {
            self.panel.unplug();
        } else if let Err(error) = self.panel.plug(&self.socket) {
            self.tell(format!("The panel cannot be plugged in: {error}"));
        }
    }

    pub(crate) fn look(&self) -> Seen {
        Seen {
            picture: self.panel.picture(),
            plugged: self.panel.is_plugged(),
            facts: self.facts.lock().unwrap_or_else(PoisonError::into_inner).clone(),
            log: tail(&self.log).unwrap_or_default(),
        }
    }
}

/// The end of the console, without what only a terminal understands.
fn tail(path: &Path) -> std::io::Result<String> {
    let mut file = File::open(path)?;
    let length = file.metadata()?.len();
    file.seek(SeekFrom::Start(length.saturating_sub(TAIL)))?;
    let mut bytes = Vec::new();
    file.take(TAIL).read_to_end(&mut bytes)?;
    let text = String::from_utf8_lossy(&bytes);
    let mut plain = String::new();
    let mut signs = text.chars();
    while let Some(sign) = signs.next() {
        match sign {
            // A sequence for the terminal ends with a letter.
            '\u{1b}' => {
                let _sequence = signs.find(char::is_ascii_alphabetic);
            }
            '\n' => plain.push(sign),
            _ if sign.is_control() => {}
            _ => plain.push(sign),
        }
    }
    Ok(plain)
}

/// The page; it is served as long as the program runs.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Page {
    address: SocketAddr,
}

impl Page {
    /// Serves it on a port of 127.0.0.1; on any free one if another program has that.
    pub(crate) fn start(port: u16, controls: Controls) -> anyhow::Result<Self> {
        let runtime =
            Builder::new_current_thread().enable_all().build().context("no event loop")?;
        let listener = runtime.block_on(async {
            match TcpListener::bind((Ipv4Addr::LOCALHOST, port)).await {
                Ok(listener) => Ok(listener),
                Err(_) => TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await,
            }
        })?;
        let address = listener.local_addr()?;
        let router = router(controls);
        thread::Builder::new().name("page".into()).spawn(move || {
            // It ends with the program only.
            let _ended = runtime.block_on(async { axum::serve(listener, router).await });
        })?;
        Ok(Self { address })
    }

    pub(crate) fn address(&self) -> String {
        format!("http://{}/", self.address)
    }
}

fn router(controls: Controls) -> Router {
    let text = |kind: &'static str, text: &'static str| {
        get(move || async move { ([(header::CONTENT_TYPE, kind)], text) })
    };
    Router::new()
        .route("/", text("text/html; charset=utf-8", PAGE))
        .route("/panel.js", text("text/javascript; charset=utf-8", SCRIPT))
        .route("/panel.css", text("text/css; charset=utf-8", STYLE))
        .route("/picture", get(picture))
        .route("/key/{key}/{deed}", post(key))
        .route("/plug", post(plug))
        .with_state(controls)
        .layer(from_fn(guard))
}

/// Lets nobody in who came by another name, and no foreign page do anything.
async fn guard(request: Request, next: Next) -> Response {
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok());
    let name = host.and_then(|host| host.split(':').next()).unwrap_or_default();
    let foreign = request.method() != Method::GET && !request.headers().contains_key(OURS);
    if !matches!(name, "127.0.0.1" | "localhost") || foreign {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    let policy = HeaderValue::from_static("default-src 'self'; frame-ancestors 'none'");
    headers.insert(header::CONTENT_SECURITY_POLICY, policy);
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// The picture, as soon as it differs from the one that the browser has.
async fn picture(
    State(controls): State<Controls>,
    Query(query): Query<std::collections::BTreeMap<String, String>>,
) -> Result<Json<Value>, StatusCode> {
    let after = query.get("after").and_then(|after| after.parse().ok()).unwrap_or(0);
    let waited = tokio::task::spawn_blocking(move || {
        let (changes, _) = controls.panel.next(after, PATIENCE);
        told(changes, &controls.look())
    });
    waited.await.map(Json).map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

fn told(changes: u64, seen: &Seen) -> Value {
    let picture = &seen.picture;
    let cells: Vec<Value> =
        picture.cells.iter().map(|cell| json!([cell.character.to_string(), cell.dots])).collect();
    let cursor = picture.cursor.map(|cursor| {
        json!({ "row": cursor.row, "column": cursor.column, "line": cursor.line, "blink": cursor.blink })
    });
    let down: Vec<&str> =
        Key::ALL.into_iter().filter(|key| picture.keys & key.bit() != 0).map(Key::name).collect();
    json!({
        "changes": changes,
        "columns": picture.glass.columns,
        "rows": picture.glass.rows,
        "cells": cells,
        "text": picture.rows(),
        "cursor": cursor,
        "backlight": picture.backlight,
        "alarm": picture.alarm,
        "keys": down,
        "plugged": seen.plugged,
        "facts": seen.facts,
        "log": seen.log,
    })
}

async fn key(
    State(controls): State<Controls>,
    Words((key, deed)): Words<(String, String)>,
) -> (StatusCode, String) {
    let key: Key = match key.parse() {
        Ok(key) => key,
        Err(error) => return (StatusCode::NOT_FOUND, format!("{error}")),
    };
    match deed.as_str() {
        "press" => controls.panel.press(key),
        "release" => controls.panel.release(key),
        "tap" => controls.panel.tap(key),
        _ => return (StatusCode::NOT_FOUND, "a key can press, release and tap".to_owned()),
    }
    (StatusCode::OK, String::new())
}

async fn plug(State(controls): State<Controls>) -> StatusCode {
    let turned = tokio::task::spawn_blocking(move || controls.turn_plug()).await;
    if turned.is_ok() { StatusCode::OK } else { StatusCode::INTERNAL_SERVER_ERROR }
}

#[cfg(test)]
mod tests;
