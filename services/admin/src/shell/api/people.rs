//! People, invitations, counts of messages: all of it is asked of the message server.

use std::sync::Arc;

use axum::Json;
use axum::extract::{Extension, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use message::admin::{
    Account, AddPerson, AskStatus, Invite, ListPeople, RemovePerson, ServerStatus, SetPerson,
};

use super::extract::{Asked, Named, Said};
use super::guard::{Origin, Target};
use crate::api::people::{
    Invitation, LARGEST_QUOTA, MessagesView, NewInvitation, NewPerson, People, PeopleQuery, Person,
    PersonChange, StatusView, quota_bytes,
};
use crate::api::problem::{Problem, Word};
use crate::form::{before, full_names};
use crate::guard::own_origin;
use crate::shell::App;

/// Lists people.
pub(super) async fn list(
    State(app): State<Arc<App>>,
    Asked(query): Asked<PeopleQuery>,
) -> Result<Json<People>, Problem> {
    if !(1..=1_000).contains(&query.limit) {
        return Err(Problem::new(Word::Malformed, "A page has 1 to 1000 people."));
    }
    let mut found = listed(&app, query.after).await?;
    let is_more = found.len() >= query.limit;
    found.truncate(query.limit);
    let next = found.last().filter(|_| is_more).map(|last| last.name.clone());
    Ok(Json(People { people: found.into_iter().map(Person::from).collect(), next }))
}

async fn listed(app: &App, after: String) -> Result<Vec<Account>, Problem> {
    let answer = app.office.ask(&ListPeople { after }).await?;
    Ok(answer.read::<message::admin::People>()?.people)
}

async fn found(app: &App, name: &str) -> Result<Account, Problem> {
    let behind = listed(app, before(name)).await?;
    behind.into_iter().next().filter(|one| one.name == name).ok_or_else(Problem::not_found)
}

/// Adds a person.
pub(super) async fn add(
    State(app): State<Arc<App>>,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    Said(ask): Said<NewPerson>,
) -> Result<Response, Problem> {
    let names = full_names(&ask.name, ask.display.as_deref().unwrap_or_default());
    let (name, display) = names.map_err(|bad| Problem::new(Word::Invalid, bad.to_string()))?;
    let answer = app.office.ask(&AddPerson { name, display }).await?;
    Ok(invited(&app, &origin, &headers, answer.read()?))
}

/// How a person is.
pub(super) async fn one(
    State(app): State<Arc<App>>,
    Named(name): Named,
) -> Result<Json<Person>, Problem> {
    Ok(Json(found(&app, &name).await?.into()))
}

/// Shuts a person out, lets it in again, sets its quota.
pub(super) async fn change(
    State(app): State<Arc<App>>,
    Named(name): Named,
    Said(ask): Said<PersonChange>,
) -> Result<Json<Person>, Problem> {
    if ask.quota_mib.is_some_and(|mib| mib > LARGEST_QUOTA) {
        let words = format!("A quota has at most {LARGEST_QUOTA} MiB.");
        return Err(Problem::new(Word::Invalid, words));
    }
    let now = found(&app, &name).await?;
    let disabled = ask.disabled.unwrap_or(now.disabled);
    let quota = ask.quota_mib.map_or(now.quota, quota_bytes);
    let answer = app.office.ask(&SetPerson { name, disabled, quota }).await?;
    Ok(Json(answer.read::<Account>()?.into()))
}

/// Removes a person.
pub(super) async fn remove(
    State(app): State<Arc<App>>,
    Named(name): Named,
) -> Result<StatusCode, Problem> {
    app.office.ask(&RemovePerson { name }).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes another invitation.
pub(super) async fn invite(
    State(app): State<Arc<App>>,
    Named(name): Named,
    Extension(origin): Extension<Origin>,
    headers: HeaderMap,
    Said(ask): Said<NewInvitation>,
) -> Result<Response, Problem> {
    let answer = app.office.ask(&Invite { name, reset: ask.reset }).await?;
    Ok(invited(&app, &origin, &headers, answer.read()?))
}

/// The link leads to where the administrator is, who knows a way to the appliance.
fn invited(
    app: &App,
    origin: &Origin,
    headers: &HeaderMap,
    invited: message::admin::Invited,
) -> Response {
    let name = invited.name.clone();
    let origin = own_origin(headers).filter(|_| !origin.is_local());
    let origin = origin.unwrap_or_else(|| app.whereabouts.https.clone());
    let view = Invitation::of(invited, &origin);
    let mut response = (StatusCode::CREATED, Json(view)).into_response();
    response.extensions_mut().insert(Target(name));
    response
}

/// Asks the message server how it is.
pub(super) async fn server(app: &App) -> Result<ServerStatus, Problem> {
    Ok(app.office.ask(&AskStatus {}).await?.read()?)
}

/// How the message server is.
pub(super) async fn status(State(app): State<Arc<App>>) -> Result<Json<StatusView>, Problem> {
    Ok(Json(server(&app).await?.into()))
}

/// Counts of messages.
pub(super) async fn messages(State(app): State<Arc<App>>) -> Result<Json<MessagesView>, Problem> {
    Ok(Json(server(&app).await?.into()))
}
