//! The page of one person, and what is decided there.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use chassis::hub::Away;
use message::admin::{Account, ListPeople, People, SetPerson};

use super::desk::{Posted, fields};
use super::people::known_shape;
use crate::form::before;
use crate::pages::field::{Faults, Fields};
use crate::pages::frame::Notice;
use crate::pages::person;
use crate::pages::words::sentence;
use crate::shell::App;
use crate::shell::answer::{Trouble, Visitor, done, shown};

/// Finds one account.
async fn found(app: &App, name: &str) -> Result<Account, Trouble> {
    let after = before(known_shape(name)?);
    let behind = app.office.ask(&ListPeople { after }).await?.read::<People>()?.people;
    behind.into_iter().find(|one| one.name == name).ok_or(Trouble::NotFound)
}

/// The page of a person.
pub(crate) async fn person_page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
) -> Result<Response, Trouble> {
    let account = found(&app, &name).await?;
    let frame = app.frame(&visitor).await;
    let page = person::page(&frame, &account, &person::fields(&account), &Faults::default());
    Ok(shown(StatusCode::OK, page))
}

/// Sets a person's quota.
pub(crate) async fn set_quota(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
    form: Posted,
) -> Result<Response, Trouble> {
    let typed = fields(&visitor, form)?;
    let account = found(&app, &name).await?;
    match person::quota(&typed) {
        Ok(quota) => {
            let set = SetPerson { name, disabled: account.disabled, quota };
            change(&app, &visitor, &account, set, &typed).await
        }
        Err(faults) => refuse(&app, &visitor, &account, &typed, &faults).await,
    }
}

/// Shuts a person out, or lets it in again.
pub(crate) async fn set_access(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    Path(name): Path<String>,
    form: Posted,
) -> Result<Response, Trouble> {
    let typed = fields(&visitor, form)?;
    let disabled = match typed.text("deed") {
        "disable" => true,
        "enable" => false,
        _ => return Err(Trouble::BadForm(StatusCode::UNPROCESSABLE_ENTITY)),
    };
    let account = found(&app, &name).await?;
    let set = SetPerson { name, disabled, quota: account.quota };
    change(&app, &visitor, &account, set, &person::fields(&account)).await
}

async fn change(
    app: &App,
    visitor: &Visitor,
    account: &Account,
    set: SetPerson,
    typed: &Fields,
) -> Result<Response, Trouble> {
    match app.office.ask(&set).await {
        Ok(_) => {
            app.record(visitor, "change-person", &set.name, "done").await;
            Ok(done(&format!("/admin/people/{}", set.name), Notice::PersonChanged))
        }
        Err(Away::Refused(refusal)) => {
            app.record(visitor, "change-person", &set.name, "refused").await;
            let faults = Faults::one("quota", sentence(&refusal.text));
            refuse(app, visitor, account, typed, &faults).await
        }
        Err(away) => Err(away.into()),
    }
}

async fn refuse(
    app: &App,
    visitor: &Visitor,
    account: &Account,
    typed: &Fields,
    faults: &Faults,
) -> Result<Response, Trouble> {
    let page = person::page(&app.frame(visitor).await, account, typed, faults);
    Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, page))
}
