//! First run, log-in, log-out, another password.

use std::sync::Arc;

use axum::Form;
use axum::extract::rejection::{FormRejection, QueryRejection};
use axum::extract::{Extension, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use log::{info, warn};
use maud::Markup;
use serde::Deserialize;

use crate::desk::Denied;
use crate::form::{DeedForm, LogInForm, PasswordForm, SetUpForm};
use crate::pages::{password, setup};
use crate::session::Token;
use crate::shell::App;
use crate::shell::answer::{
    Administrator, Trouble, retry_after, see, see_with, shown, status_of, token,
};
use crate::shell::listen::Asker;

const PEOPLE: &str = "/admin/people";

/// `/admin`: to where the administrator goes first.
pub(crate) async fn entry(_: Administrator) -> Response {
    see(PEOPLE)
}

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
            info!(address:% = asker.address; "the appliance was set up");
            app.forget_code();
            Ok(see_with(PEOPLE, &token.cookie()))
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
    Ok(if is_known { see(PEOPLE) } else { shown(StatusCode::OK, password::log_in(None)) })
}

/// Logs in.
pub(crate) async fn log_in(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    form: Result<Form<LogInForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Form(form) = form?;
    let asked = app.asked(asker.address);
    match app.keeper.ask(move |desk| desk.log_in(&form.name, &form.password, asked)).await? {
        Ok((token, _)) => {
            info!(address:% = asker.address; "the administrator logged in");
            Ok(see_with(PEOPLE, &token.cookie()))
        }
        Err(denied) => {
            let page = password::log_in(Some(&denied.to_string()));
            Ok(denied_page(&denied, page, &asker))
        }
    }
}

/// Logs out.
pub(crate) async fn log_out(
    State(app): State<Arc<App>>,
    administrator: Administrator,
    form: Result<Form<DeedForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Form(form) = form?;
    administrator.check(&form.form)?;
    app.keeper.ask(move |desk| desk.log_out(&administrator.token)).await??;
    Ok(see_with("/admin/login", &Token::forgotten()))
}

/// The page for another password.
pub(crate) async fn password_page(administrator: Administrator) -> Response {
    shown(StatusCode::OK, password::change(&administrator.form, None))
}

/// Sets another password.
pub(crate) async fn change_password(
    State(app): State<Arc<App>>,
    Extension(asker): Extension<Asker>,
    administrator: Administrator,
    form: Result<Form<PasswordForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Form(form) = form?;
    administrator.check(&form.form)?;
    let asked = app.asked(asker.address);
    let (new, name) = (form.new_password(), administrator.who.name.clone());
    match app.keeper.ask(move |desk| desk.change_password(&name, &form.old, &new, asked)).await? {
        Ok(token) => {
            info!(address:% = asker.address; "the administrator's password was changed");
            Ok(see_with(PEOPLE, &token.cookie()))
        }
        Err(denied) => {
            let page = password::change(&administrator.form, Some(&denied.to_string()));
            Ok(denied_page(&denied, page, &asker))
        }
    }
}

fn denied_page(denied: &Denied, page: Markup, asker: &Asker) -> Response {
    warn!(address:% = asker.address, why:% = denied; "an attempt to log in failed");
    let mut response = shown(status_of(denied), page);
    retry_after(&mut response, denied);
    response
}
