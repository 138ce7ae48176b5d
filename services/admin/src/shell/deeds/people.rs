//! The people page and what its buttons do.

use std::sync::Arc;

use axum::extract::rejection::FormRejection;
use axum::extract::{Path, State};
use axum::http::header::CACHE_CONTROL;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use axum::{Form, Json};
use chassis::hub::Away;
use log::info;
use message::admin::{Account, AddPerson, Invite, Invited, ListPeople, People, RemovePerson};
use serde::Serialize;

use crate::form::{AddForm, DeedForm, is_name, names};
use crate::guard::own_origin;
use crate::pages::invitation;
use crate::pages::people::{Draft, Question, Row, page};
use crate::pages::words::sentence;
use crate::shell::App;
use crate::shell::answer::{Administrator, Trouble, see, shown};

/// People that the page shows; an office that is larger uses the command line.
const MOST: usize = 5_000;

type Posted = Result<Form<DeedForm>, FormRejection>;

/// The people page.
pub(crate) async fn people_page(
    State(app): State<Arc<App>>,
    administrator: Administrator,
) -> Response {
    drafted(&app, &administrator, StatusCode::OK, Draft::default()).await
}

async fn drafted(
    app: &App,
    administrator: &Administrator,
    status: StatusCode,
    draft: Draft,
) -> Response {
    let people = everyone(app).await.ok();
    shown(status, page(&administrator.form, people.as_deref(), &draft))
}

/// All accounts, page by page.
async fn everyone(app: &App) -> Result<Vec<Account>, Trouble> {
    let mut people: Vec<Account> = Vec::new();
    while people.len() < MOST {
        let after = people.last().map(|last| last.name.clone()).unwrap_or_default();
        let mut more = app.office.ask(&ListPeople { after }).await?.read::<People>()?.people;
        if more.is_empty() {
            break;
        }
        people.append(&mut more);
    }
    Ok(people)
}

/// What changes in the rows by itself.
#[derive(Serialize)]
struct News {
    rows: Vec<Row>,
}

/// The live refresh of the people page.
pub(crate) async fn people_json(
    State(app): State<Arc<App>>,
    _: Administrator,
) -> Result<Response, Trouble> {
    let rows = everyone(&app).await?.iter().map(Row::of).collect();
    Ok(([(CACHE_CONTROL, "no-store")], Json(News { rows })).into_response())
}

/// Adds a person and shows the invitation.
pub(crate) async fn add_person(
    State(app): State<Arc<App>>,
    administrator: Administrator,
    headers: HeaderMap,
    form: Result<Form<AddForm>, FormRejection>,
) -> Result<Response, Trouble> {
    let Form(form) = form?;
    administrator.check(&form.form)?;
    let draft = |why: String| Draft {
        name: form.name.clone(),
        display: form.display.clone(),
        why: Some(why),
    };
    let (name, display) = match names(&form) {
        Ok(names) => names,
        Err(bad) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            return Ok(drafted(&app, &administrator, status, draft(bad.to_string())).await);
        }
    };
    let person = AddPerson { name: name.clone(), display: display.clone() };
    match app.office.ask(&person).await {
        Ok(answer) => {
            info!(person:% = name; "a person was added");
            invited(&app, &administrator, &headers, &answer.read()?, &display)
        }
        Err(Away::Refused(refusal)) => {
            let status = StatusCode::UNPROCESSABLE_ENTITY;
            Ok(drafted(&app, &administrator, status, draft(sentence(&refusal.text))).await)
        }
        Err(away) => Err(away.into()),
    }
}

/// Invites a person again who has not joined yet.
pub(crate) async fn invite(
    State(app): State<Arc<App>>,
    administrator: Administrator,
    Path(name): Path<String>,
    headers: HeaderMap,
    form: Posted,
) -> Result<Response, Trouble> {
    invite_again(&app, &administrator, &headers, name, form, false).await
}

/// Asks before a reset.
pub(crate) async fn reset_page(
    administrator: Administrator,
    Path(name): Path<String>,
) -> Result<Response, Trouble> {
    let question = Question {
        title: &format!("Reset {}?", known_shape(&name)?),
        words: &[
            "The person gets a new link and chooses a new password. When the link is used, every \
             device of the person is logged out.",
            "Old messages stay readable only with the person's recovery code.",
        ],
        action: &format!("/admin/people/{name}/reset"),
        yes: "Make a reset link",
        is_dangerous: false,
    };
    Ok(shown(StatusCode::OK, question.page(&administrator.form)))
}

/// Makes the link of a reset.
pub(crate) async fn reset(
    State(app): State<Arc<App>>,
    administrator: Administrator,
    Path(name): Path<String>,
    headers: HeaderMap,
    form: Posted,
) -> Result<Response, Trouble> {
    invite_again(&app, &administrator, &headers, name, form, true).await
}

async fn invite_again(
    app: &App,
    administrator: &Administrator,
    headers: &HeaderMap,
    name: String,
    form: Posted,
    reset: bool,
) -> Result<Response, Trouble> {
    let Form(form) = form?;
    administrator.check(&form.form)?;
    known_shape(&name)?;
    let answer = app.office.ask(&Invite { name: name.clone(), reset }).await?;
    info!(person:% = name, reset; "an invitation was made");
    let everyone = everyone(app).await?;
    let display = everyone.into_iter().find(|one| one.name == name).map(|one| one.display);
    invited(app, administrator, headers, &answer.read()?, display.as_deref().unwrap_or(&name))
}

fn invited(
    app: &App,
    administrator: &Administrator,
    headers: &HeaderMap,
    invited: &Invited,
    display: &str,
) -> Result<Response, Trouble> {
    let origin = own_origin(headers).unwrap_or_else(|| app.whereabouts.https.clone());
    let page = invitation::page(&administrator.form, invited, display, &origin);
    Ok(shown(StatusCode::OK, page))
}

/// Asks before a person is removed.
pub(crate) async fn remove_page(
    administrator: Administrator,
    Path(name): Path<String>,
) -> Result<Response, Trouble> {
    let question = Question {
        title: &format!("Remove {}?", known_shape(&name)?),
        words: &[
            "The account and every message that waits for it are deleted. Its devices are logged \
             out. This cannot be taken back.",
        ],
        action: &format!("/admin/people/{name}/remove"),
        yes: "Remove for good",
        is_dangerous: true,
    };
    Ok(shown(StatusCode::OK, question.page(&administrator.form)))
}

/// Removes a person.
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    administrator: Administrator,
    Path(name): Path<String>,
    form: Posted,
) -> Result<Response, Trouble> {
    let Form(form) = form?;
    administrator.check(&form.form)?;
    known_shape(&name)?;
    app.office.ask(&RemovePerson { name: name.clone() }).await?;
    info!(person:% = name; "a person was removed");
    Ok(see("/admin/people"))
}

/// What is no name is no page.
fn known_shape(name: &str) -> Result<&str, Trouble> {
    if is_name(name) { Ok(name) } else { Err(Trouble::NotFound) }
}
