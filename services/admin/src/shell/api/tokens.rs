//! Tokens of programs.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::extract::{Named, Said};
use super::guard::{Origin, Target};
use crate::api::access::{MadeToken, NewToken, TokenView, Tokens};
use crate::api::problem::{Problem, Word};
use crate::desk::LONGEST_DAYS;
use crate::role::Who;
use crate::shell::App;

/// Lists them.
pub(super) async fn list(State(app): State<Arc<App>>) -> Result<Json<Tokens>, Problem> {
    let all = app.keeper.ask(|desk| desk.tokens()).await??;
    Ok(Json(Tokens { tokens: all.into_iter().map(TokenView::from).collect() }))
}

/// Makes one.
pub(super) async fn add(
    State(app): State<Arc<App>>,
    Extension(origin): Extension<Origin>,
    Said(ask): Said<NewToken>,
) -> Result<Response, Problem> {
    if !(1..=LONGEST_DAYS).contains(&ask.days) {
        let words = format!("A token lives for 1 to {LONGEST_DAYS} days.");
        return Err(Problem::new(Word::Invalid, words));
    }
    let who = Who { name: ask.name.trim().to_ascii_lowercase(), role: ask.role };
    let (asked, name) = (app.asked(origin.address), who.name.clone());
    let made = app.keeper.ask(move |desk| desk.add_token(&who, ask.days, asked)).await?;
    let (secret, record) = made?;
    let made = MadeToken { secret: secret.shown(), token: record.into() };
    let mut response = (StatusCode::CREATED, Json(made)).into_response();
    response.extensions_mut().insert(Target(name));
    Ok(response)
}

/// Revokes one.
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    Named(name): Named,
) -> Result<StatusCode, Problem> {
    app.keeper.ask(move |desk| desk.remove_token(&name)).await??;
    Ok(StatusCode::NO_CONTENT)
}
