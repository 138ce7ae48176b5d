//! The start page.

use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use message::admin::{AskStatus, ServerStatus};

use super::desk::framed;
use super::wizard::step_left;
use crate::history::Span;
use crate::pages::overview::{Overview, reach};
use crate::shell::App;
use crate::shell::answer::{Trouble, Visitor, shown};

/// The start page.
pub(crate) async fn overview_page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
) -> Result<Response, Trouble> {
    let now = app.clock().unix_millis();
    let (hour, day) = reach(now);
    let rows = app.keeper.ask(move |desk| {
        let hours = desk.samples(Span::Hour, hour, u64::MAX)?;
        Ok::<_, Trouble>((hours, desk.samples(Span::Day, day, u64::MAX)?))
    });
    let (hours, days) = rows.await??;
    let (server, in_force, health) = tokio::join!(status(&app), app.in_force(), app.health());
    let frame = framed(&visitor, in_force.as_ref());
    let overview = Overview {
        now,
        server: server.as_ref(),
        health: health.as_ref(),
        hours: &hours,
        days: &days,
        step: step_left(&app).filter(|_| frame.is_administrator()).map(|step| step.word()),
        fingerprint: &app.whereabouts.fingerprint,
    };
    Ok(shown(StatusCode::OK, overview.page(&frame)))
}

/// How the message server is, if it is there.
async fn status(app: &App) -> Option<ServerStatus> {
    app.office.ask(&AskStatus {}).await.ok()?.read().ok()
}
