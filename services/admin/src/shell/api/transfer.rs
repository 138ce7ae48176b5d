//! Files that go to and come from the settings keeper, piece by piece, by way of the exchange
//! directory. What comes is whole and on disk before its name is told; a broken upload leaves
//! nothing behind.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;
use std::{fs, io};

use axum::Json;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE};
use axum::http::{HeaderMap, HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures_util::{Stream, StreamExt, stream};
use log::{debug, info, warn};
use sha2::{Digest, Sha256};
use tokio::fs::{File, OpenOptions};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;

use super::jobs;
use crate::api::jobs::{UploadView, Uploaded};
use crate::api::problem::{Problem, Word};
use crate::code::hex;
use crate::shell::App;

/// Until the next piece of an upload.
const PATIENCE: Duration = Duration::from_secs(30);
/// Bytes that an upload leaves free: what the message server needs to stay usable, and more.
const LEAVES_FREE: u64 = 256 << 20;
/// Bytes of a piece of a download.
const PIECE: usize = 64 << 10;
/// Progress is told each time that so many bytes have come.
const STEP: u64 = 1 << 20;

/// What a file is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::shell) enum Kind {
    /// An update.
    Update,
    /// A backup to be taken up.
    Restore,
}

impl Kind {
    const fn name(self) -> &'static str {
        match self {
            Self::Update => "update",
            Self::Restore => "restore",
        }
    }

    /// The largest file, bytes: an image with room to grow; an office's messages of years.
    const fn largest(self) -> u64 {
        match self {
            Self::Update => 2 << 30,
            Self::Restore => 256 << 30,
        }
    }

    fn prefix(self) -> String {
        format!("upload-{}-", self.name())
    }
}

/// Takes an update.
pub(super) async fn upload_update(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<(StatusCode, Json<Uploaded>), Problem> {
    upload(&app, Kind::Update, request).await
}

/// Takes a backup.
pub(super) async fn upload_restore(
    State(app): State<Arc<App>>,
    request: Request,
) -> Result<(StatusCode, Json<Uploaded>), Problem> {
    upload(&app, Kind::Restore, request).await
}

/// A file on its way; gone with it unless it was kept.
struct Partial {
    path: PathBuf,
    is_kept: bool,
}

impl Drop for Partial {
    fn drop(&mut self) {
        if !self.is_kept
            && let Err(error) = fs::remove_file(&self.path)
        {
            debug!(error:%; "there was nothing to remove of an upload");
        }
    }
}

async fn upload(
    app: &App,
    kind: Kind,
    request: Request,
) -> Result<(StatusCode, Json<Uploaded>), Problem> {
    let total = announced(request.headers(), kind)?;
    let pieces = request.into_body().into_data_stream();
    Ok((StatusCode::CREATED, Json(take(app, kind, total, pieces).await?)))
}

/// Takes a file that comes piece by piece; `total` are the bytes that will come, if that is known.
pub(in crate::shell) async fn take<E>(
    app: &App,
    kind: Kind,
    total: Option<u64>,
    pieces: impl Stream<Item = Result<Bytes, E>> + Unpin,
) -> Result<Uploaded, Problem> {
    let busy = "Another upload is under way. Wait for its end.";
    let turn = Arc::clone(&app.machine.turn).try_acquire_owned();
    let _turn = turn.map_err(|_| Problem::new(Word::Conflict, busy))?;
    let directory = app.context.layout().exchange.clone();
    forget(&directory, kind);
    check_room(&directory, total.unwrap_or(0))?;
    let asked = app.asked(std::net::Ipv4Addr::LOCALHOST.into());
    let name = format!("{}{}", kind.prefix(), hex(&asked.token[..8]));
    let path = directory.join(format!("{name}.part"));
    let mut partial = Partial { path, is_kept: false };
    let progress = Progress { app, kind, total };
    let came = receive(&partial.path, pieces, &progress).await;
    app.machine.now.send_modify(|now| now.upload = None);
    let (bytes, sha256) = came?;
    fs::rename(&partial.path, directory.join(&name)).map_err(|error| of_disk(&error))?;
    partial.is_kept = true;
    chassis::durable::sync_directory(&directory.join(&name)).map_err(|error| of_disk(&error))?;
    info!(file = name.as_str(), bytes; "a file was uploaded");
    Ok(Uploaded { file: name, bytes, sha256 })
}

fn announced(headers: &HeaderMap, kind: Kind) -> Result<Option<u64>, Problem> {
    let media = headers.get(CONTENT_TYPE).and_then(|media| media.to_str().ok());
    if media.is_none_or(|media| !media.eq_ignore_ascii_case("application/octet-stream")) {
        let words = "A file is sent as application/octet-stream.";
        return Err(Problem::new(Word::MediaType, words));
    }
    let length = headers.get(CONTENT_LENGTH).and_then(|length| length.to_str().ok());
    let total = length.and_then(|length| length.parse::<u64>().ok());
    if total.is_some_and(|total| total > kind.largest()) {
        return Err(too_large(kind));
    }
    Ok(total)
}

fn too_large(kind: Kind) -> Problem {
    let words = format!("The file may have at most {} bytes.", kind.largest());
    Problem::new(Word::TooLarge, words)
}

struct Progress<'a> {
    app: &'a App,
    kind: Kind,
    total: Option<u64>,
}

impl Progress<'_> {
    fn tell(&self, received: u64) {
        let view = UploadView { name: self.kind.name().to_owned(), received, total: self.total };
        self.app.machine.now.send_modify(|now| now.upload = Some(view));
    }
}

/// Writes what comes into a file; on return it is on disk.
async fn receive<E>(
    path: &Path,
    mut pieces: impl Stream<Item = Result<Bytes, E>> + Unpin,
    progress: &Progress<'_>,
) -> Result<(u64, String), Problem> {
    let created = OpenOptions::new().write(true).create_new(true).mode(0o640).open(path).await;
    let mut file = created.map_err(|error| of_disk(&error))?;
    let (mut received, mut told, mut digest) = (0_u64, 0, Sha256::new());
    progress.tell(0);
    loop {
        let piece = timeout(PATIENCE, pieces.next()).await;
        let piece = piece.map_err(|_| Problem::new(Word::TooSlow, "The upload stood still."))?;
        let Some(piece) = piece else { break };
        let broken = |_| Problem::new(Word::Malformed, "The upload broke off.");
        let piece: Bytes = piece.map_err(broken)?;
        received += piece.len() as u64;
        if received > progress.kind.largest() {
            return Err(too_large(progress.kind));
        }
        if received - told >= STEP {
            told = received;
            progress.tell(received);
            check_room(path.parent().unwrap_or(path), 0)?;
        }
        digest.update(&piece);
        file.write_all(&piece).await.map_err(|error| of_disk(&error))?;
    }
    if received == 0 {
        return Err(Problem::new(Word::Invalid, "The file is empty."));
    }
    file.sync_all().await.map_err(|error| of_disk(&error))?;
    Ok((received, hex(&digest.finalize())))
}

fn check_room(directory: &Path, wanted: u64) -> Result<(), Problem> {
    let (_, free) = super::pulse::disk(directory);
    if free < wanted.saturating_add(LEAVES_FREE) {
        let words = "There is not enough room on the disk for this file.";
        return Err(Problem::new(Word::DiskFull, words));
    }
    Ok(())
}

/// Removes earlier uploads of this kind: there is room for one.
fn forget(directory: &Path, kind: Kind) {
    let Ok(entries) = fs::read_dir(directory) else { return };
    let prefix = kind.prefix();
    for entry in entries.flatten() {
        let is_ours = entry.file_name().to_str().is_some_and(|name| name.starts_with(&prefix));
        if is_ours && let Err(error) = fs::remove_file(entry.path()) {
            warn!(error:%; "an old upload stays");
        }
    }
}

fn of_disk(error: &io::Error) -> Problem {
    warn!(error:%; "an upload could not be kept");
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
            Problem::new(Word::DiskFull, "There is no room on the disk.")
        }
        _ => Problem::new(Word::Internal, "The file could not be kept."),
    }
}

/// The name of a file that was uploaded for this, if it is there.
pub(super) async fn uploaded(app: &App, kind: Kind, name: &str) -> Result<String, Problem> {
    let digits = name.strip_prefix(&kind.prefix()).unwrap_or_default();
    let is_name = digits.len() == 16 && digits.bytes().all(|byte| byte.is_ascii_hexdigit());
    let path = app.context.layout().exchange.join(name);
    if is_name && tokio::fs::try_exists(path).await.unwrap_or(false) {
        Ok(name.to_owned())
    } else {
        let words = "There is no such upload. Upload the file first.";
        Err(Problem::new(Word::NotFound, words))
    }
}

/// Sends the backup that was made.
pub(super) async fn download_backup(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    download(&app, "backup").await
}

/// Sends what was collected for a technician.
pub(super) async fn download_diagnostics(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    download(&app, "diagnostics").await
}

async fn download(app: &App, job: &str) -> Result<Response, Problem> {
    let state = jobs::state(app).await?;
    let name = state.file.filter(|_| state.name == job).ok_or_else(Problem::not_found)?;
    let good = |byte: u8| byte.is_ascii_alphanumeric() || b"._-".contains(&byte);
    if name.starts_with('.') || !name.bytes().all(good) {
        return Err(Problem::new(Word::Internal, "The file has an impossible name."));
    }
    let file = File::open(app.context.layout().exchange.join(&name)).await;
    let file = file.map_err(|error| {
        warn!(error:%, file = name.as_str(); "a file cannot be sent");
        Problem::not_found()
    })?;
    let length = file.metadata().await.map_err(|error| of_disk(&error))?.len();
    let mut response = Body::from_stream(stream::try_unfold(file, piece)).into_response();
    let headers = response.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static("application/octet-stream"));
    headers.insert(CONTENT_LENGTH, HeaderValue::from(length));
    let disposition = HeaderValue::try_from(format!("attachment; filename=\"{name}\""));
    headers.insert(CONTENT_DISPOSITION, disposition.expect("the name's letters were checked"));
    Ok(response)
}

async fn piece(mut file: File) -> io::Result<Option<(Bytes, File)>> {
    let mut buffer = vec![0; PIECE];
    let read = file.read(&mut buffer).await?;
    buffer.truncate(read);
    Ok((read > 0).then(|| (Bytes::from(buffer), file)))
}
