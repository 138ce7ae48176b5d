//! The people page, and what makes links and removes.

use std::sync::Arc;

use axum::extract::rejection::QueryRejection;
use axum::extract::{Path, Query, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chassis::hub::Away;
use message::admin::{Account, AddPerson, Invite, Invited, ListPeople, People, RemovePerson};
use serde::Deserialize;

use super::desk::{Posted, fields};
use crate::form::{full_names, is_name};
use crate::guard::own_origin;
use crate::pages::field::Fields;
use crate::pages::frame::{Notice, Tab};
use crate::pages::invitation;
use crate::pages::people::{Draft, Question, page};
use crate::pages::words::sentence;
use crate::shell::App;
use crate::shell::answer::{Trouble, Visitor, done, shown};

/// People that the page shows; an office that is larger uses the command line.
const MOST: usize = 5_000;

/// What is searched for.
#[derive(Default, Deserialize)]
pub(crate) struct Search {
    #[serde(default)]
    words: String,
}

/// The people page.
pub(crate) async fn people_page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    search: Result<Query<Search>, QueryRejection>,
) -> Response {
    let words = search.map(|Query(search)| search.words).unwrap_or_default();
    let people = everyone(&app).await.ok();
    let frame = app.frame(&visitor).await;
    shown(StatusCode::OK, page(&frame, people.as_deref(), &words, &Draft::default()))
}

/// All accounts, page by page.
pub(super) async fn everyone(app: &App) -> Result<Vec<Account>, Trouble> {
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

/// Adds a person and shows the invitation.
pub(crate) async fn add_person(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
    form: Posted,
) -> Result<Response, Trouble> {
    let fields = fields(&visitor, form)?;
    match add(&app, &visitor, &fields).await? {
        Ok((made, display)) => {
            invited(&app, &visitor, &headers, &made, &display, "/admin/people").await
        }
        Err(draft) => {
            let people = everyone(&app).await.ok();
            let frame = app.frame(&visitor).await;
            let page = page(&frame, people.as_deref(), "", &draft);
            Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
    }
}

/// Adds the person that a form describes; or what has to be typed otherwise.
pub(super) async fn add(
    app: &App,
    visitor: &Visitor,
    fields: &Fields,
) -> Result<Result<(Invited, String), Draft>, Trouble> {
    let draft = |why: String| Draft {
        name: fields.whole("name").to_owned(),
        display: fields.whole("display").to_owned(),
        why: Some(why),
    };
    let (name, display) = match full_names(fields.whole("name"), fields.whole("display")) {
        Ok(names) => names,
        Err(bad) => return Ok(Err(draft(bad.to_string()))),
    };
    let person = AddPerson { name: name.clone(), display: display.clone() };
    match app.office.ask(&person).await {
        Ok(answer) => {
            app.record(visitor, "add-person", &name, "done").await;
            Ok(Ok((answer.read()?, display)))
        }
        Err(Away::Refused(refusal)) => {
            app.record(visitor, "add-person", &name, "refused").await;
            Ok(Err(draft(sentence(&refusal.text))))
        }
        Err(away) => Err(away.into()),
    }
}

/// Invites a person again who has not joined yet.
pub(crate) async fn invite(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
    headers: HeaderMap,
    form: Posted,
) -> Result<Response, Trouble> {
    invite_again(&app, &visitor, &headers, name, form, false).await
}

/// Asks before a reset.
pub(crate) async fn reset_page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Response, Trouble> {
    let question = Question {
        tab: Tab::People,
        title: &format!("Reset {}?", known_shape(&name)?),
        words: &[
            "The person gets a new link and chooses a new password. When the link is used, every \
             device of the person is logged out.",
            "Old messages stay readable only with the person's recovery code.",
        ],
        action: &format!("/admin/people/{name}/reset"),
        hidden: &[],
        yes: "Make a reset link",
        back: &format!("/admin/people/{name}"),
        is_dangerous: false,
    };
    Ok(shown(StatusCode::OK, question.page(&app.frame(&visitor).await)))
}

/// Makes the link of a reset.
pub(crate) async fn reset(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
    headers: HeaderMap,
    form: Posted,
) -> Result<Response, Trouble> {
    invite_again(&app, &visitor, &headers, name, form, true).await
}

async fn invite_again(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    name: String,
    form: Posted,
    reset: bool,
) -> Result<Response, Trouble> {
    fields(visitor, form)?;
    known_shape(&name)?;
    let answer = app.office.ask(&Invite { name: name.clone(), reset }).await?;
    app.record(visitor, if reset { "reset-person" } else { "invite-person" }, &name, "done").await;
    let everyone = everyone(app).await?;
    let display = everyone.into_iter().find(|one| one.name == name).map(|one| one.display);
    let back = format!("/admin/people/{name}");
    invited(app, visitor, headers, &answer.read()?, display.as_deref().unwrap_or(&name), &back)
        .await
}

/// Shows an invitation, this once.
pub(super) async fn invited(
    app: &App,
    visitor: &Visitor,
    headers: &HeaderMap,
    invited: &Invited,
    display: &str,
    back: &str,
) -> Result<Response, Trouble> {
    let origin = own_origin(headers).unwrap_or_else(|| app.whereabouts.https.clone());
    let frame = app.frame(visitor).await;
    Ok(shown(StatusCode::OK, invitation::page(&frame, invited, display, &origin, back)))
}

/// Asks before a person is removed.
pub(crate) async fn remove_page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Response, Trouble> {
    let question = Question {
        tab: Tab::People,
        title: &format!("Remove {}?", known_shape(&name)?),
        words: &[
            "The account and every message that waits for it are deleted. Its devices are logged \
             out. This cannot be taken back.",
        ],
        action: &format!("/admin/people/{name}/remove"),
        hidden: &[],
        yes: "Remove for good",
        back: &format!("/admin/people/{name}"),
        is_dangerous: true,
    };
    Ok(shown(StatusCode::OK, question.page(&app.frame(&visitor).await)))
}

/// Removes a person.
pub(crate) async fn remove(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
    form: Posted,
) -> Result<Response, Trouble> {
    fields(&visitor, form)?;
    known_shape(&name)?;
    app.office.ask(&RemovePerson { name: name.clone() }).await?;
    app.record(&visitor, "remove-person", &name, "done").await;
    Ok(done("/admin/people", Notice::Removed))
}

/// What is no name is no page.
pub(super) fn known_shape(name: &str) -> Result<&str, Trouble> {
    if is_name(name) { Ok(name) } else { Err(Trouble::NotFound) }
}
