//! Other administrators, and the tokens of programs.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;

use super::desk::{Posted, fields};
use crate::desk::{Denied, NewPassword};
use crate::pages::access::{self, View};
use crate::pages::field::{Faults, Fields};
use crate::pages::frame::{Notice, Tab};
use crate::pages::people::Question;
use crate::role::{Role, Who};
use crate::shell::App;
use crate::shell::answer::{Administrator, Trouble, Visitor, done, shown, status_of};

const PAGE: &str = "/admin/administrators";

/// The page of administrators and tokens.
pub(crate) async fn access_page(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
) -> Result<Response, Trouble> {
    let none = Faults::default();
    drawn(&app, &visitor, StatusCode::OK, &fresh(), &none, &none).await
}

fn fresh() -> Fields {
    Fields::default().with("role", "operator").with("token_role", "operator").with("days", "365")
}

async fn drawn(
    app: &App,
    visitor: &Visitor,
    status: StatusCode,
    fields: &Fields,
    faults: &Faults,
    token_faults: &Faults,
) -> Result<Response, Trouble> {
    let asked = app.keeper.ask(|desk| Ok::<_, Denied>((desk.administrators()?, desk.tokens()?)));
    let (administrators, tokens) = asked.await??;
    let now = app.clock().unix_millis();
    let view = View {
        administrators: &administrators,
        tokens: &tokens,
        now,
        fields,
        faults,
        token_faults,
    };
    Ok(shown(status, access::page(&app.frame(visitor).await, &view)))
}

fn role(word: &str) -> Result<Role, Trouble> {
    Role::of_word(word).ok_or(Trouble::BadForm(StatusCode::UNPROCESSABLE_ENTITY))
}

/// Where the desk's no belongs.
fn faults(denied: &Denied, name: &str) -> Faults {
    match denied {
        Denied::Weak(_) => Faults::one("password", denied.to_string()),
        Denied::Taken | Denied::BadName => Faults::one(name, denied.to_string()),
        _ => Faults::general(denied.to_string()),
    }
}

/// Adds an administrator.
pub(crate) async fn add_administrator(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    form: Posted,
) -> Result<Response, Trouble> {
    let typed = fields(&visitor, form)?;
    let who =
        Who { name: typed.text("name").to_ascii_lowercase(), role: role(typed.text("role"))? };
    let new = NewPassword {
        first: typed.whole("password").to_owned(),
        again: typed.whole("again").to_owned(),
    };
    let (asked, name) = (app.asked(visitor.address), who.name.clone());
    match app.keeper.ask(move |desk| desk.add_administrator(&who, &new, asked)).await? {
        Ok(_) => {
            app.record(&visitor, "add-administrator", &name, "done").await;
            Ok(done(PAGE, Notice::AdminAdded))
        }
        Err(denied) => {
            app.record(&visitor, "add-administrator", &name, "refused").await;
            let typed = typed.with("token_role", "operator").with("days", "365");
            let (faults, none) = (faults(&denied, "name"), Faults::default());
            drawn(&app, &visitor, status_of(&denied), &typed, &faults, &none).await
        }
    }
}

/// Gives an administrator another role.
pub(crate) async fn change_administrator(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    Path(name): Path<String>,
    form: Posted,
) -> Result<Response, Trouble> {
    let typed = fields(&visitor, form)?;
    let role = role(typed.text("role"))?;
    let (asked, whose) = (app.asked(visitor.address), name.clone());
    let changed =
        app.keeper.ask(move |desk| desk.change_administrator(&whose, Some(role), None, asked));
    changed.await??;
    app.record(&visitor, "change-administrator", &name, "done").await;
    Ok(done(PAGE, Notice::AdminChanged))
}

/// Asks before an administrator is removed.
pub(crate) async fn remove_administrator_page(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    Path(name): Path<String>,
) -> Result<Response, Trouble> {
    let known = name.clone();
    if !app.keeper.ask(move |desk| desk.knows(&known)).await?? {
        return Err(Trouble::NotFound);
    }
    let question = Question {
        tab: Tab::Administrators,
        title: &format!("Remove the administrator {name}?"),
        words: &["Its log-ins end at once. What it did stays in the audit record."],
        action: &format!("{PAGE}/{name}/remove"),
        hidden: &[],
        yes: "Remove",
        back: PAGE,
        is_dangerous: true,
    };
    Ok(shown(StatusCode::OK, question.page(&app.frame(&visitor).await)))
}

/// Removes an administrator.
pub(crate) async fn remove_administrator(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    Path(name): Path<String>,
    form: Posted,
) -> Result<Response, Trouble> {
    fields(&visitor, form)?;
    let whose = name.clone();
    app.keeper.ask(move |desk| desk.remove_administrator(&whose)).await??;
    app.record(&visitor, "remove-administrator", &name, "done").await;
    Ok(done(PAGE, Notice::AdminRemoved))
}

/// Makes a token and shows its secret, this once.
pub(crate) async fn add_token(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    form: Posted,
) -> Result<Response, Trouble> {
    let typed = fields(&visitor, form)?;
    let name = typed.text("token_name").to_ascii_lowercase();
    let who = Who { name: name.clone(), role: role(typed.text("token_role"))? };
    let mut wrong = Faults::default();
    let days = typed.number::<u32>("days", &mut wrong).unwrap_or(0);
    if wrong.is_empty() && !(1..=3_650).contains(&days) {
        wrong.add("days", "A token is valid for 1 to 3650 days.");
    }
    let again = typed.clone().with("role", "operator");
    if !wrong.is_empty() {
        let status = StatusCode::UNPROCESSABLE_ENTITY;
        return drawn(&app, &visitor, status, &again, &Faults::default(), &wrong).await;
    }
    let asked = app.asked(visitor.address);
    match app.keeper.ask(move |desk| desk.add_token(&who, days, asked)).await? {
        Ok((token, _)) => {
            app.record(&visitor, "add-token", &name, "done").await;
            let page = access::made(&app.frame(&visitor).await, &name, &token.shown());
            Ok(shown(StatusCode::OK, page))
        }
        Err(denied) => {
            app.record(&visitor, "add-token", &name, "refused").await;
            let wrong = faults(&denied, "token_name");
            drawn(&app, &visitor, status_of(&denied), &again, &Faults::default(), &wrong).await
        }
    }
}

/// Revokes a token.
pub(crate) async fn revoke_token(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    Path(name): Path<String>,
    form: Posted,
) -> Result<Response, Trouble> {
    fields(&visitor, form)?;
    let whose = name.clone();
    app.keeper.ask(move |desk| desk.remove_token(&whose)).await??;
    app.record(&visitor, "remove-token", &name, "done").await;
    Ok(done(PAGE, Notice::TokenRevoked))
}
