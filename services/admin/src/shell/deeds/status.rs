//! The status page and its live refresh.

use std::path::Path;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CACHE_CONTROL;
use axum::response::{IntoResponse, Response};
use message::admin::{AskStatus, ServerStatus};
use nix::sys::statvfs::statvfs;
use serde::Serialize;

use crate::pages::status::{self, Disk, Fact};
use crate::shell::App;
use crate::shell::answer::{Administrator, Trouble, shown};

/// The status page.
pub(crate) async fn status_page(
    State(app): State<Arc<App>>,
    administrator: Administrator,
) -> Response {
    let facts = facts(&app).await.ok();
    let fingerprint = &app.whereabouts.fingerprint;
    let page = status::page(&administrator.form, facts.as_deref(), fingerprint);
    shown(StatusCode::OK, page)
}

/// The numbers of the status page alone.
#[derive(Serialize)]
struct News {
    facts: Vec<Fact>,
}

/// The live refresh of the status page.
pub(crate) async fn status_json(
    State(app): State<Arc<App>>,
    _: Administrator,
) -> Result<Response, Trouble> {
    let facts = facts(&app).await?;
    Ok(([(CACHE_CONTROL, "no-store")], Json(News { facts })).into_response())
}

async fn facts(app: &App) -> Result<Vec<Fact>, Trouble> {
    let answer = app.office.ask(&AskStatus {}).await?;
    let disk = disk(&app.context.layout().admin_state);
    Ok(status::facts(&answer.read::<ServerStatus>()?, disk))
}

fn disk(path: &Path) -> Option<Disk> {
    let space = statvfs(path).ok()?;
    let unit = space.fragment_size();
    let bytes = |blocks: u64| blocks.saturating_mul(unit);
    Some(Disk { free: bytes(space.blocks_available()), total: bytes(space.blocks()) })
}
