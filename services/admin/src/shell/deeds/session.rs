//! First run, log-in, log-out, another password.

use std::sync::Arc;

use axum::Form;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use maud::Markup;
use serde::Deserialize;

use super::wizard::leave_at;
use crate::audit::Entry;
use crate::desk::{Denied, FIRST};
use crate::form::{DeedForm, LogInForm, PasswordForm, SetUpForm};
use crate::pages::frame::Notice;
use crate::pages::wizard::Step;
use crate::pages::{password, setup};
use crate::session::Token;
use crate::shell::App;
use crate::shell::answer::{Trouble, Visitor, retry_after, see, see_with, shown, status_of, token};
use crate::shell::listen::Asker;

const HOME: &str = "/admin";

/// What the link of the first run bears.
#[derive(Deserialize)]
pub(crate) struct SetUpQuery {
    #[serde(default)]
    code: String,
}

/// The form of the first run; afterwards the log-in.
pub(crate) async fn setup_page(
    State(app): State<Arc<App>>,
    query: Result<Query<SetUpQuery>, QueryRejection>,
) -> Result<Response, Trouble> {
    if !app.keeper.ask(|desk| desk.is_fresh()).await? {
        return Ok(see("/admin/login"));
    }
    let code = query.map(|Query(query)| query.code).unwrap_or_default();
    let page = setup::page(&code, None, &app.whereabouts.fingerprint);
    Ok(shown(StatusCode::OK, page))
}

/// Does the first run.
pub(crate) async fn set_up(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    form: Result<Form<SetUpForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Form(form) = form?;
    let asked = app.asked(asker.address);
    let (code, new) = (form.code.clone(), form.new_password());
    match app.keeper.ask(move |desk| desk.set_up(&code, &new, asked)).await? {
        Ok(token) => {
            app.forget_code();
            note(&app, &asker, FIRST, "set-up", "done").await;
            leave_at(&app, Some(Step::FIRST));
            let first = format!("/admin/wizard/{}", Step::FIRST.word());
            Ok(see_with(&first, &token.cookie()))
        }
        Err(Denied::AlreadySetUp) => Ok(see("/admin/login")),
        Err(denied) => {
            let page =
                setup::page(&form.code, Some(&denied.to_string()), &app.whereabouts.fingerprint);
            Ok(denied_page(&denied, page, &asker))
        }
    }
}

/// The log-in page; who is logged in goes on, and a fresh appliance to its first run.
pub(crate) async fn login_page(
    State(app): State<Arc<App>>,
    headers: HeaderMap,
) -> Result<Response, Trouble> {
    let (token, wall) = (token(&headers), app.clock().unix_millis());
    let known = app.keeper.ask(move |desk| {
        if desk.is_fresh() {
            return Err(Trouble::Fresh);
        }
        match token {
            Some(token) => Ok(desk.logged_in(&token, wall)?.is_some()),
            None => Ok(false),
        }
    });
    let is_known = known.await??;
    Ok(if is_known { see(HOME) } else { shown(StatusCode::OK, password::log_in(FIRST, None)) })
}

/// Logs in.
pub(crate) async fn log_in(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    form: Result<Form<LogInForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Form(form) = form?;
    let asked = app.asked(asker.address);
    let name = form.name.clone();
    let tried = app.keeper.ask(move |desk| {
        let entered = desk.log_in(&form.name, &form.password, asked);
        // A name that nobody has may be a password in the wrong field: it is not written down.
        let is_known = desk.knows(form.name.trim()).unwrap_or(false);
        (entered, if is_known { form.name } else { String::new() })
    });
    match tried.await? {
        (Ok((token, who)), _) => {
            note(&app, &asker, &who.name, "log-in", "done").await;
            Ok(see_with(HOME, &token.cookie()))
        }
        (Err(denied), known) => {
            if !matches!(denied, Denied::TooOften(_)) {
                note(&app, &asker, known.trim(), "log-in", "wrong-credentials").await;
            }
            let page = password::log_in(&name, Some(&denied.to_string()));
            Ok(denied_page(&denied, page, &asker))
        }
    }
}

/// Writes down who came in, or tried to.
async fn note(app: &App, asker: &Asker, who: &str, deed: &str, outcome: &str) {
    let entry = Entry {
        at: app.clock().unix_millis(),
        who: who.to_owned(),
        role: String::new(),
        origin: asker.address.to_string(),
        deed: deed.to_owned(),
        target: String::new(),
        outcome: outcome.to_owned(),
    };
    app.note(entry).await;
}

/// Logs out.
pub(crate) async fn log_out(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    form: Result<Form<DeedForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Form(form) = form?;
    visitor.check(&form.form)?;
    app.keeper.ask(move |desk| desk.log_out(&visitor.token)).await??;
    Ok(see_with("/admin/login", &Token::forgotten()))
}

/// The page for another password.
pub(crate) async fn password_page(State(app): State<Arc<App>>, visitor: Visitor) -> Response {
    shown(StatusCode::OK, password::change(&app.frame(&visitor).await, None))
}

/// Sets another password.
pub(crate) async fn change_password(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    visitor: Visitor,
    form: Result<Form<PasswordForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Form(form) = form?;
    visitor.check(&form.form)?;
    let asked = app.asked(asker.address);
    let (new, name) = (form.new_password(), visitor.who.name.clone());
    match app.keeper.ask(move |desk| desk.change_password(&name, &form.old, &new, asked)).await? {
        Ok(token) => {
            app.record(&visitor, "change-password", "", "done").await;
            let page = format!("/admin/password?done={}", Notice::PasswordChanged.word());
            Ok(see_with(&page, &token.cookie()))
        }
        Err(denied) => {
            let frame = app.frame(&visitor).await;
            let page = password::change(&frame, Some(&denied.to_string()));
            Ok(denied_page(&denied, page, &asker))
        }
    }
}

fn denied_page(denied: &Denied, page: Markup, asker: &Asker) -> Response {
    denied.note(asker.address);
    let mut response = shown(status_of(denied), page);
    retry_after(&mut response, denied);
    response
}
