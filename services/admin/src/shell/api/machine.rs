//! Health, the log, certificates, orders, numbers over time, the record, what it is made of.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::http::header::CONTENT_TYPE;
use axum::response::{IntoResponse, Response};
use message::system::{
    AskCertificates, AskHealth, Certificates, Health, LogLines, Order, SetCertificate,
};

use super::extract::{Asked, Said};
use super::guard::Target;
use crate::api::access::{AuditQuery, AuditView};
use crate::api::machine::{
    AboutView, CertificateView, HealthView, LogQuery, LogView, NewCertificate, OrderAsk, crates,
};
use crate::api::people::{HistoryQuery, HistoryView};
use crate::api::problem::{Problem, Word};
use crate::shell::App;

/// The libraries that are linked, one a line; a test compares it with the lock file.
pub(in crate::shell) const LICENCES: &str = include_str!("../../../licences.txt");

/// How the appliance is.
pub(super) async fn health(State(app): State<Arc<App>>) -> Result<Json<HealthView>, Problem> {
    let answer = app.machine.system.ask(&AskHealth { watch: false }).await?;
    Ok(Json(answer.read::<Health>()?.into()))
}

/// Lines of the log.
pub(super) async fn log(
    State(app): State<Arc<App>>,
    Asked(query): Asked<LogQuery>,
) -> Result<Json<LogView>, Problem> {
    Ok(Json(lines(&app, &query).await?.into()))
}

/// Asks the settings keeper for lines of the log.
pub(super) async fn lines(app: &App, query: &LogQuery) -> Result<LogLines, Problem> {
    let words = "The level is 0 to 7, the limit 1 to 1000, and the words are short.";
    let ask = query.ask().ok_or_else(|| Problem::new(Word::Malformed, words))?;
    Ok(app.machine.system.ask(&ask).await?.read()?)
}

async fn certificates(app: &App) -> Result<Certificates, Problem> {
    Ok(app.machine.system.ask(&AskCertificates {}).await?.read()?)
}

/// The certificate of the pages.
pub(super) async fn certificate(
    State(app): State<Arc<App>>,
) -> Result<Json<CertificateView>, Problem> {
    Ok(Json(certificates(&app).await?.into()))
}

/// The certificate of the appliance's authority.
pub(super) async fn authority(State(app): State<Arc<App>>) -> Result<Response, Problem> {
    let found = certificates(&app).await?;
    Ok(([(CONTENT_TYPE, "application/x-pem-file")], found.authority).into_response())
}

/// Serves the pages with another certificate.
pub(super) async fn set_certificate(
    State(app): State<Arc<App>>,
    Said(ask): Said<NewCertificate>,
) -> Result<Json<CertificateView>, Problem> {
    let has = |word: &str| ask.pem.contains(word);
    if !(has("-----BEGIN CERTIFICATE-----") && has("PRIVATE KEY-----")) {
        let words = "Both are needed as PEM: the private key, and the certificate with its chain.";
        return Err(Problem::new(Word::Invalid, words));
    }
    let answer = app.machine.system.ask(&SetCertificate { pem: ask.pem }).await?;
    Ok(Json(answer.read::<Certificates>()?.into()))
}

/// Serves the pages with the appliance's own certificate again.
pub(super) async fn own_certificate(
    State(app): State<Arc<App>>,
) -> Result<Json<CertificateView>, Problem> {
    let answer = app.machine.system.ask(&SetCertificate { pem: String::new() }).await?;
    Ok(Json(answer.read::<Certificates>()?.into()))
}

/// Starts again, switches off, and so on.
pub(super) async fn order(
    State(app): State<Arc<App>>,
    Said(ask): Said<OrderAsk>,
) -> Result<Response, Problem> {
    let (deed, word) = ask.deed().map_err(|bad| Problem::new(Word::Invalid, bad.to_string()))?;
    let mut response = match app.machine.system.ask(&Order { deed }).await {
        Ok(_) => StatusCode::ACCEPTED.into_response(),
        Err(away) => Problem::from(away).into_response(),
    };
    response.extensions_mut().insert(Target(word.to_owned()));
    Ok(response)
}

/// Numbers over time.
pub(super) async fn history(
    State(app): State<Arc<App>>,
    Asked(query): Asked<HistoryQuery>,
) -> Result<Json<HistoryView>, Problem> {
    let HistoryQuery { span, from, until } = query;
    let until = until.unwrap_or(u64::MAX);
    let rows = app.keeper.ask(move |desk| desk.samples(span, from, until)).await??;
    Ok(Json(HistoryView { span, rows }))
}

/// What was changed and by whom.
pub(super) async fn audit(
    State(app): State<Arc<App>>,
    Asked(query): Asked<AuditQuery>,
) -> Result<Json<AuditView>, Problem> {
    if !(1..=1_000).contains(&query.limit) {
        return Err(Problem::new(Word::Malformed, "A page has 1 to 1000 deeds."));
    }
    let before = query.before.unwrap_or(u64::MAX);
    let deeds = app.keeper.ask(move |desk| desk.deeds(before, query.limit)).await??;
    Ok(Json(AuditView { deeds }))
}

/// What it is made of.
pub(super) async fn about() -> Json<AboutView> {
    Json(AboutView {
        name: "IVM appliance",
        version: env!("CARGO_PKG_VERSION"),
        licence: env!("CARGO_PKG_LICENSE"),
        crates: crates(LICENCES),
    })
}
