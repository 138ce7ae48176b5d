//! Before and after each request: who asks and whether it may; then, if it changed something, a
//! line in the audit record.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::header::{AUTHORIZATION, CACHE_CONTROL, ORIGIN};
use axum::http::{Extensions, HeaderMap, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use log::{info, warn};
use subtle::ConstantTimeEq;
use tokio::time::timeout;

use crate::api::FORM;
use crate::api::access::By;
use crate::api::document::{Access, Operation};
use crate::api::problem::{Problem, Word};
use crate::audit::Entry;
use crate::guard::same_origin;
use crate::role::{Role, Who};
use crate::session::{ApiToken, Token};
use crate::shell::App;
use crate::shell::answer;
use crate::shell::keeper::Busy;
use crate::shell::listen::Asker;

/// For a request with its body, and for making the answer.
const REQUEST: Duration = Duration::from_secs(45);

/// What the guard knows of the operation that it guards.
#[derive(Clone)]
pub(super) struct Gate {
    pub(super) app: Arc<App>,
    pub(super) operation: Arc<Operation>,
}

/// A program at the machine that the kernel has vouched for.
#[derive(Clone, Debug)]
pub(super) struct Local {
    /// The name of its user.
    pub(super) name: String,
}

/// From where a request comes.
#[derive(Clone, Debug)]
pub(super) struct Origin {
    /// The address; the loopback's for a program at the machine.
    pub(super) address: IpAddr,
    local: Option<Local>,
}

impl Origin {
    fn of(extensions: &Extensions) -> Self {
        let local = extensions.get::<Local>().cloned();
        let address = extensions.get::<Asker>().map(|asker| asker.address);
        Self { address: address.unwrap_or(IpAddr::V4(Ipv4Addr::LOCALHOST)), local }
    }

    /// Is it a program at the machine?
    pub(super) fn is_local(&self) -> bool {
        self.local.is_some()
    }

    fn words(&self) -> String {
        match self.local {
            Some(_) => "this machine".to_owned(),
            None => self.address.to_string(),
        }
    }
}

/// Who asks.
#[derive(Clone)]
pub(super) struct Caller {
    pub(super) who: Who,
    pub(super) by: By,
    /// The session, where it is one.
    pub(super) session: Option<Token>,
}

/// To whom or what something was done, for the record.
#[derive(Clone, Debug)]
pub(super) struct Target(pub(super) String);

/// Who turned out to have asked, for the record.
#[derive(Clone, Debug)]
pub(super) struct Acted(pub(super) Who);

/// Lets a request through to its handler, or not.
pub(super) async fn guard(State(gate): State<Gate>, mut request: Request, next: Next) -> Response {
    let Gate { app, operation } = &gate;
    let from = Origin::of(request.extensions());
    let is_reading = matches!(*request.method(), Method::GET | Method::HEAD);
    let path_target = target_in(request.uri().path());
    let caller = match admitted(app, operation, &from, request.headers(), is_reading).await {
        Ok(caller) => caller,
        Err(problem) => return problem.into_response(),
    };
    let may = match (operation.access, &caller) {
        (Access::Open, _) => true,
        (Access::Role(needed), Some(caller)) => caller.who.role.may(needed),
        (Access::Role(_), None) => false,
    };
    request.extensions_mut().insert(from.clone());
    if let Some(caller) = &caller {
        request.extensions_mut().insert(caller.clone());
    }
    let mut response = if may {
        served(operation, request, next).await
    } else {
        Problem::new(Word::Forbidden, "This needs the role administrator.").into_response()
    };
    if !response.headers().contains_key(CACHE_CONTROL) {
        response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    }
    if !is_reading {
        let entry = entry(app, operation, &from, caller, path_target, &response);
        if let Some(entry) = entry {
            note(app, entry).await;
        }
    }
    response
}

async fn served(operation: &Operation, request: Request, next: Next) -> Response {
    if operation.is_long {
        return next.run(request).await;
    }
    match timeout(REQUEST, next.run(request)).await {
        Ok(response) => response,
        Err(_) => Problem::new(Word::TooSlow, "The request took too long.").into_response(),
    }
}

/// Who asks, if it has to be known; and a session's request is from our own pages.
async fn admitted(
    app: &App,
    operation: &Operation,
    from: &Origin,
    headers: &HeaderMap,
    is_reading: bool,
) -> Result<Option<Caller>, Problem> {
    let foreign = || Problem::new(Word::Foreign, "Nothing was changed.");
    if operation.access == Access::Open {
        // A script has no origin; a page from elsewhere has another one.
        let is_ours = !headers.contains_key(ORIGIN) || same_origin(headers).is_some();
        return if is_reading || is_ours { Ok(None) } else { Err(foreign()) };
    }
    let caller = who(app, from, headers).await?;
    if let Some(token) = caller.session.filter(|_| !is_reading) {
        let form = token.form_token();
        let said = headers.get(FORM).map_or(&[][..], HeaderValue::as_bytes);
        if same_origin(headers).is_none() || !bool::from(form.as_bytes().ct_eq(said)) {
            return Err(foreign());
        }
    }
    Ok(Some(caller))
}

async fn who(app: &App, from: &Origin, headers: &HeaderMap) -> Result<Caller, Problem> {
    if let Some(Local { name }) = &from.local {
        let who = Who { name: name.clone(), role: Role::Administrator };
        return Ok(Caller { who, by: By::Machine, session: None });
    }
    let wall = app.clock().unix_millis();
    let logged_out = || Problem::new(Word::NotLoggedIn, "Log in, or send a token.");
    if let Some(header) = headers.get(AUTHORIZATION) {
        let token = header.to_str().ok().and_then(ApiToken::from_authorization);
        let token = token.ok_or_else(logged_out)?;
        let who = app.keeper.ask(move |desk| desk.bearer(&token, wall)).await??;
        let who = who.ok_or_else(logged_out)?;
        return Ok(Caller { who, by: By::Token, session: None });
    }
    let token = answer::token(headers).ok_or_else(logged_out)?;
    let who = app.keeper.ask(move |desk| desk.logged_in(&token, wall)).await??;
    let who = who.ok_or_else(logged_out)?;
    Ok(Caller { who, by: By::Session, session: Some(token) })
}

impl From<Busy> for Problem {
    fn from(busy: Busy) -> Self {
        Self::new(Word::Busy, busy.to_string())
    }
}

/// What a path names, if anything: what stands behind the name of a list.
fn target_in(path: &str) -> Option<String> {
    let mut parts = path.split('/').skip(3);
    let list = parts.next()?;
    let is_list = matches!(list, "people" | "administrators" | "tokens");
    parts.next().filter(|name| is_list && !name.is_empty()).map(str::to_owned)
}

/// The deed for the record. An attempt to log in that had to wait is none: whoever floods the
/// log-in must not be able to push everything else out of the record.
fn entry(
    app: &App,
    operation: &Operation,
    origin: &Origin,
    caller: Option<Caller>,
    path_target: Option<String>,
    response: &Response,
) -> Option<Entry> {
    let word = response.extensions().get::<Word>().copied();
    if word == Some(Word::TooOften) {
        return None;
    }
    let acted = response.extensions().get::<Acted>().map(|acted| acted.0.clone());
    let who = caller.map(|caller| caller.who).or(acted);
    let target = response.extensions().get::<Target>().map(|target| target.0.clone());
    let outcome = match word {
        Some(word) => word.text().to_owned(),
        None if response.status().is_success() => "done".to_owned(),
        None => response.status().as_u16().to_string(),
    };
    Some(Entry {
        at: app.clock().unix_millis(),
        who: who.as_ref().map(|who| who.name.clone()).unwrap_or_default(),
        role: who.map(|who| who.role.word().to_owned()).unwrap_or_default(),
        origin: origin.words(),
        deed: operation.id.to_owned(),
        target: target.or(path_target).unwrap_or_default(),
        outcome,
    })
}

/// Writes a deed down. One that was done is answered even if the record is full of trouble.
async fn note(app: &App, entry: Entry) {
    let entry = entry.bounded();
    let Entry { who, origin, deed, outcome, .. } = &entry;
    info!(deed = deed.as_str(), outcome = outcome.as_str(), who = who.as_str(), origin = origin.as_str(); "administration");
    match app.keeper.ask(move |desk| desk.note(entry)).await {
        Ok(Ok(())) => {}
        Ok(Err(error)) => warn!(error:%; "the audit record could not be written"),
        Err(busy) => warn!(error:% = busy; "the audit record could not be written"),
    }
}

#[cfg(test)]
mod tests {
    use super::target_in;

    #[test]
    fn a_path_tells_to_whom_something_is_done() {
        assert_eq!(target_in("/api/v1/people/anna").as_deref(), Some("anna"));
        assert_eq!(target_in("/api/v1/people/anna/invitation").as_deref(), Some("anna"));
        assert_eq!(target_in("/api/v1/people"), None);
        assert_eq!(target_in("/api/v1/settings/confirm"), None);
    }
}
