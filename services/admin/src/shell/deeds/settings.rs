//! Settings pages: a section is shown, changed, and what is risky confirmed or taken back.

use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chassis::hub::Away;
use maud::Markup;
use message::ErrorCode;
use message::system::{Confirm, Propose, Revert, Snapshot};

use super::desk::{InForce, Posted, fields, framed, refused};
use crate::pages::field::{Faults, Fields};
use crate::pages::frame::{Frame, Notice};
use crate::pages::section::{Section, View};
use crate::pages::trial;
use crate::shell::App;
use crate::shell::answer::{Administrator, Trouble, Visitor, done, see, shown};

/// A section of the settings.
pub(crate) async fn settings_page(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    Path(word): Path<String>,
) -> Result<Response, Trouble> {
    let section = Section::of_word(&word).ok_or(Trouble::NotFound)?;
    let in_force = app.in_force().await;
    let frame = framed(&visitor, in_force.as_ref());
    let Some(found) = in_force else {
        return Ok(shown(StatusCode::OK, section.page(&frame, None)));
    };
    let typed = section.fields(&found.settings);
    let drawn = Drawn { found: &found, typed: &typed, faults: &Faults::default() };
    let page = drawn.on(&app, &frame, |frame, view| section.page(frame, Some(view))).await;
    Ok(shown(StatusCode::OK, page))
}

/// What a form about settings is drawn from.
pub(super) struct Drawn<'a> {
    pub(super) found: &'a InForce,
    pub(super) typed: &'a Fields,
    pub(super) faults: &'a Faults,
}

impl Drawn<'_> {
    /// Draws the form.
    pub(super) async fn on(
        &self,
        app: &App,
        frame: &Frame,
        page: impl FnOnce(&Frame, &View<'_>) -> Markup,
    ) -> Markup {
        let (health, dhcp) = tokio::join!(app.health(), app.leases());
        let zones: Vec<String> = jiff::tz::db().available().map(|zone| zone.to_string()).collect();
        let view = View {
            base: self.found.revision,
            fields: self.typed,
            faults: self.faults,
            health: health.as_ref(),
            is_managed: self.found.is_managed,
            zones: &zones,
            dhcp: dhcp.as_ref(),
        };
        page(frame, &view)
    }
}

/// What became of a change.
pub(super) enum Changed {
    /// It is in force, on trial or for good.
    Yes(InForce),
    /// It is not, and why; beside the settings that are in force.
    No(InForce, Faults),
}

/// Changes a section as a form says.
pub(super) async fn change(
    app: &App,
    visitor: &Visitor,
    section: Section,
    typed: &Fields,
) -> Result<Changed, Trouble> {
    let found = app.in_force().await.ok_or(Trouble::Away(Away::Silent("settings keeper")))?;
    let mut settings = found.settings.clone();
    let faults = section.edit(typed, &mut settings);
    if !faults.is_empty() {
        return Ok(Changed::No(found, faults));
    }
    let base = typed.text("base").parse().unwrap_or(0);
    let propose = Propose { base, settings: settings.to_json(), is_final: false };
    match app.machine.system.ask(&propose).await {
        Ok(answer) => {
            app.record(visitor, "change-settings", section.word(), "done").await;
            let in_force = InForce::of(&answer.read::<Snapshot>()?);
            Ok(Changed::Yes(in_force.unwrap_or(found)))
        }
        Err(Away::Refused(refusal)) if refusal.code == ErrorCode::Conflict => {
            let words = "Somebody else has changed the settings in the meantime, or a change is \
                         still on trial. What you typed is kept: look at it, and save again.";
            Ok(Changed::No(found, Faults::general(words)))
        }
        Err(away) => {
            app.record(visitor, "change-settings", section.word(), "refused").await;
            Ok(Changed::No(found, refused(away)?))
        }
    }
}

/// Changes a section of the settings.
pub(crate) async fn change_settings(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    Path(word): Path<String>,
    form: Posted,
) -> Result<Response, Trouble> {
    let section = Section::of_word(&word).ok_or(Trouble::NotFound)?;
    let typed = fields(&visitor, form)?;
    match change(&app, &visitor, section, &typed).await? {
        Changed::Yes(now) if now.trial.is_some() => Ok(see("/admin/trial")),
        Changed::Yes(_) => Ok(done(&format!("/admin/settings/{}", section.word()), Notice::Saved)),
        Changed::No(found, faults) => {
            let frame = framed(&visitor, Some(&found));
            let drawn = Drawn { found: &found, typed: &typed, faults: &faults };
            let page = drawn.on(&app, &frame, |frame, view| section.page(frame, Some(view))).await;
            Ok(shown(StatusCode::UNPROCESSABLE_ENTITY, page))
        }
    }
}

/// The change that is on trial: where the pages are now, and what to do.
pub(crate) async fn trial_page(
    State(app): State<Arc<App>>,
    visitor: Visitor,
    headers: HeaderMap,
) -> Response {
    let in_force = app.in_force().await;
    let frame = framed(&visitor, in_force.as_ref());
    let Some(found) = in_force.filter(|found| found.trial.is_some()) else {
        return see("/admin/settings/network");
    };
    let host = headers.get("host").and_then(|host| host.to_str().ok()).unwrap_or_default();
    shown(StatusCode::OK, trial::page(&frame, &found.settings.network, host))
}

/// Keeps the change on trial, or takes it back.
pub(crate) async fn trial(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    form: Posted,
) -> Result<Response, Trouble> {
    let typed = fields(&visitor, form)?;
    let bad = || Trouble::BadForm(StatusCode::UNPROCESSABLE_ENTITY);
    let revision = typed.text("revision").parse().map_err(|_| bad())?;
    let (answer, deed, notice) = match typed.text("deed") {
        "confirm" => {
            let answer = app.machine.system.ask(&Confirm { revision }).await;
            (answer, "confirm-settings", Notice::Kept)
        }
        "revert" => {
            let answer = app.machine.system.ask(&Revert { revision }).await;
            (answer, "revert-settings", Notice::TakenBack)
        }
        _ => return Err(bad()),
    };
    let outcome = if answer.is_ok() { "done" } else { "refused" };
    app.record(&visitor, deed, &revision.to_string(), outcome).await;
    answer?;
    Ok(done("/admin/settings/network", notice))
}
