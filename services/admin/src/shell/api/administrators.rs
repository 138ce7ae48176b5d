//! Other administrators.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};

use super::extract::{Named, Said};
use super::guard::{Origin, Target};
use super::session::once;
use crate::api::access::{
    AdministratorChange, AdministratorView, Administrators, NewAdministrator,
};
use crate::api::problem::{Problem, Word};
use crate::role::Who;
use crate::shell::App;

/// Lists them.
pub(super) async fn list(State(app): State<Arc<App>>) -> Result<Json<Administrators>, Problem> {
    let all = app.keeper.ask(|desk| desk.administrators()).await??;
    Ok(Json(Administrators {
        administrators: all.into_iter().map(AdministratorView::from).collect(),
    }))
}

/// Adds one.
pub(super) async fn add(
    State(app): State<Arc<App>>,
    Extension(origin): Extension<Origin>,
    Said(ask): Said<NewAdministrator>,
) -> Result<Response, Problem> {
    if app.keeper.ask(|desk| desk.is_fresh()).await? {
        let words = "The first administrator is made by the first run, with the one-time code.";
        return Err(Problem::new(Word::Conflict, words));
    }
    let who = Who { name: ask.name.trim().to_ascii_lowercase(), role: ask.role };
    let (asked, name) = (app.asked(origin.address), who.name.clone());
    let added =
        app.keeper.ask(move |desk| desk.add_administrator(&who, &once(&ask.password), asked));
    let view = AdministratorView::from(added.await??);
    let mut response = (StatusCode::CREATED, Json(view)).into_response();
    response.extensions_mut().insert(Target(name));
    Ok(response)
}

/// Changes one.
pub(super) async fn change(
    State(app): State<Arc<App>>,
    Extension(origin): Extension<Origin>,
    Named(name): Named,
    Said(ask): Said<AdministratorChange>,
) -> Result<Json<AdministratorView>, Problem> {
    let asked = app.asked(origin.address);
    let changed = app.keeper.ask(move |desk| {
        let password = ask.password.as_deref().map(once);
        desk.change_administrator(&name, ask.role, password.as_ref(), asked)
    });
    Ok(Json(changed.await??.into()))
}

/// Removes one.
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    Named(name): Named,
) -> Result<StatusCode, Problem> {
    app.keeper.ask(move |desk| desk.remove_administrator(&name)).await??;
    Ok(StatusCode::NO_CONTENT)
}
