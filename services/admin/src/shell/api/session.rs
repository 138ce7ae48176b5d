//! First run, log-in, log-out, one's own password.

use std::sync::Arc;

use axum::extract::{Extension, State};
use axum::http::header::SET_COOKIE;
use axum::http::{HeaderValue, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Json, http};

use super::extract::Said;
use super::guard::{Acted, Caller, Origin, Target};
use crate::api::access::{By, LogIn, PasswordChange, SessionView, SetUp, SetupView};
use crate::api::problem::{Problem, Word};
use crate::desk::{Denied, FIRST, NewPassword};
use crate::role::{Role, Who};
use crate::session::Token;
use crate::shell::App;

/// A password that comes once, for a program does not mistype.
pub(super) fn once(password: &str) -> NewPassword {
    NewPassword { first: password.to_owned(), again: password.to_owned() }
}

/// Does the appliance wait for its first run?
pub(super) async fn setup(State(app): State<Arc<App>>) -> Result<Json<SetupView>, Problem> {
    let is_fresh = app.keeper.ask(|desk| desk.is_fresh()).await?;
    Ok(Json(SetupView { is_fresh, fingerprint: app.whereabouts.fingerprint.clone() }))
}

/// Does the first run.
pub(super) async fn set_up(
    State(app): State<Arc<App>>,
    Extension(origin): Extension<Origin>,
    Said(ask): Said<SetUp>,
) -> Result<Response, Problem> {
    let asked = app.asked(origin.address);
    let done = app.keeper.ask(move |desk| desk.set_up(&ask.code, &once(&ask.password), asked));
    match done.await? {
        Ok(token) => {
            app.forget_code();
            let who = Who { name: FIRST.to_owned(), role: Role::Administrator };
            Ok(begun(StatusCode::CREATED, &token, who))
        }
        Err(denied) => Ok(refused(denied, &origin, FIRST)),
    }
}

/// Who is logged in?
pub(super) async fn who(Extension(caller): Extension<Caller>) -> Json<SessionView> {
    let form = caller.session.as_ref().map(Token::form_token);
    Json(SessionView { name: caller.who.name, role: caller.who.role, by: caller.by, form })
}

/// Logs in.
pub(super) async fn log_in(
    State(app): State<Arc<App>>,
    Extension(origin): Extension<Origin>,
    Said(ask): Said<LogIn>,
) -> Result<Response, Problem> {
    let asked = app.asked(origin.address);
    let LogIn { name, password } = ask;
    let tried = app.keeper.ask(move |desk| {
        let entered = desk.log_in(&name, &password, asked);
        // A name that nobody has may be a password in the wrong field: it is not written down.
        let is_known = desk.knows(name.trim()).unwrap_or(false);
        (entered, if is_known { name } else { String::new() })
    });
    match tried.await? {
        (Ok((token, who)), _) => Ok(begun(StatusCode::CREATED, &token, who)),
        (Err(denied), name) => Ok(refused(denied, &origin, name.trim())),
    }
}

/// Logs out.
pub(super) async fn log_out(
    State(app): State<Arc<App>>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, Problem> {
    let Some(token) = caller.session else {
        let words = "A token is revoked by an administrator, and this machine is never logged out.";
        return Err(Problem::new(Word::Conflict, words));
    };
    app.keeper.ask(move |desk| desk.log_out(&token)).await??;
    let cookie = HeaderValue::try_from(Token::forgotten());
    let cookie = cookie.expect("a cookie of hexadecimal digits is a header");
    Ok((StatusCode::NO_CONTENT, [(SET_COOKIE, cookie)]).into_response())
}

/// Sets another password of one's own; a new session begins.
pub(super) async fn password(
    State(app): State<Arc<App>>,
    Extension(origin): Extension<Origin>,
    Extension(caller): Extension<Caller>,
    Said(ask): Said<PasswordChange>,
) -> Result<Response, Problem> {
    if caller.by != By::Session {
        let words = "Only who is logged in with a password has one to change.";
        return Err(Problem::new(Word::Conflict, words));
    }
    let (asked, name) = (app.asked(origin.address), caller.who.name.clone());
    let changed =
        app.keeper.ask(move |desk| desk.change_password(&name, &ask.old, &once(&ask.new), asked));
    match changed.await? {
        Ok(token) => Ok(begun(StatusCode::OK, &token, caller.who)),
        Err(denied) => Ok(refused(denied, &origin, "")),
    }
}

fn begun(status: StatusCode, token: &Token, who: Who) -> Response {
    let view = SessionView {
        name: who.name.clone(),
        role: who.role,
        by: By::Session,
        form: Some(token.form_token()),
    };
    let cookie = HeaderValue::try_from(token.cookie());
    let cookie = cookie.expect("a cookie of hexadecimal digits is a header");
    let mut response = (status, [(SET_COOKIE, cookie)], Json(view)).into_response();
    response.extensions_mut().insert(Acted(who));
    response
}

fn refused(denied: Denied, origin: &Origin, name: &str) -> Response {
    denied.note(origin.address);
    let mut response: http::Response<_> = Problem::from(denied).into_response();
    response.extensions_mut().insert(Target(name.to_owned()));
    response
}
