//! The log, the record, and what the appliance is made of.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::response::Response;
use message::system::LogLines;
use serde::Deserialize;

use crate::api::machine::crates;
use crate::pages::field::Fields;
use crate::pages::{about, audit, log};
use crate::shell::App;
use crate::shell::answer::{Administrator, Trouble, Visitor, shown};
use crate::shell::api::LICENCES;

/// The log.
pub(crate) async fn log_page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    query: Result<Query<Vec<(String, String)>>, QueryRejection>,
) -> Response {
    let asked = Fields::of(query.map(|Query(pairs)| pairs).unwrap_or_default());
    let answer = app.machine.system.ask(&log::ask(&asked)).await;
    let lines = answer.ok().and_then(|answer| answer.read::<LogLines>().ok());
    let mut services = BTreeSet::new();
    if let Some(health) = app.health().await {
        services.extend(health.services.into_iter().map(|service| service.name));
    }
    if let Some(found) = &lines {
        services.extend(found.lines.iter().map(|line| line.service.clone()));
    }
    let services: Vec<String> = services.into_iter().filter(|name| !name.is_empty()).collect();
    let frame = app.frame(&visitor).await;
    shown(StatusCode::OK, log::page(&frame, &asked, &services, lines.as_ref()))
}

/// Where a page of the record begins.
#[derive(Default, Deserialize)]
pub(crate) struct Before {
    before: Option<u64>,
}

/// The record of what was changed.
pub(crate) async fn audit_page(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    query: Result<Query<Before>, QueryRejection>,
) -> Result<Response, Trouble> {
    let before = query.ok().and_then(|Query(query)| query.before).unwrap_or(u64::MAX);
    let deeds = app.keeper.ask(move |desk| desk.deeds(before, audit::MOST)).await??;
    Ok(shown(StatusCode::OK, audit::page(&app.frame(&visitor).await, &deeds)))
}

/// What the appliance is made of.
pub(crate) async fn about_page(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    let (version, licence) = (env!("CARGO_PKG_VERSION"), env!("CARGO_PKG_LICENSE"));
    let frame = app.frame(&visitor).await;
    shown(StatusCode::OK, about::page(&frame, version, licence, &crates(LICENCES)))
}
