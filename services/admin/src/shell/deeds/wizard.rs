//! The first run after the administrator's password. The step that comes next stands in a file, so
//! that it can be taken up again after a restart; without the file there is nothing left to do.

use std::fs;
use std::io::ErrorKind;
use std::path::PathBuf;
use std::sync::Arc;

use axum::extract::{Path, State};
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use chassis::durable;
use log::warn;

use super::desk::{Posted, fields, framed};
use super::people::{add, everyone, invited};
use super::settings::{Changed, Drawn, change};
use crate::pages::field::{Faults, Fields};
use crate::pages::frame::Notice;
use crate::pages::people::Draft;
use crate::pages::wizard::{self, Step};
use crate::shell::App;
use crate::shell::answer::{Administrator, Trouble, Visitor, done, see, shown};

fn path(app: &App) -> PathBuf {
    app.context.layout().admin_state.join("first-run")
}

/// The step that comes next; none when the first run is over.
pub(super) fn step_left(app: &App) -> Option<Step> {
    Step::of_word(fs::read_to_string(path(app)).ok()?.trim())
}

/// Notes the step that comes next.
pub(super) fn leave_at(app: &App, step: Option<Step>) {
    let path = path(app);
    let noted = match step {
        Some(step) => durable::write(&path, step.word().as_bytes(), 0o600),
        None => match fs::remove_file(&path) {
            Err(error) if error.kind() != ErrorKind::NotFound => Err(error),
            Ok(()) | Err(_) => Ok(()),
        },
    };
    if let Err(error) = noted {
        warn!(error:%; "how far the first run is could not be noted");
    }
}

fn address(step: Step) -> String {
    format!("/admin/wizard/{}", step.word())
}

/// A step of the first run.
pub(crate) async fn wizard_page(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    Path(word): Path<String>,
) -> Result<Response, Trouble> {
    let step = Step::of_word(&word).ok_or(Trouble::NotFound)?;
    if step_left(&app).is_none() {
        return Ok(see("/admin"));
    }
    Ok(drawn(&app, &visitor, step, StatusCode::OK, None).await)
}

/// Draws a step; with what was typed, if it was not taken.
async fn drawn(
    app: &App,
    visitor: &Visitor,
    step: Step,
    status: StatusCode,
    typed: Option<(&Fields, &Faults)>,
) -> Response {
    let in_force = app.in_force().await;
    let frame = framed(visitor, in_force.as_ref());
    let Some(section) = step.section() else {
        let many = everyone(app).await.ok().map(|people| people.len());
        return shown(status, wizard::people(&frame, many, &Draft::default()));
    };
    let Some(found) = in_force else {
        return shown(status, wizard::settings(&frame, step, section, None));
    };
    let fresh = (section.fields(&found.settings), Faults::default());
    let (typed, faults) = typed.unwrap_or((&fresh.0, &fresh.1));
    let drawn = Drawn { found: &found, typed, faults };
    let page =
        drawn.on(app, &frame, |frame, view| wizard::settings(frame, step, section, Some(view)));
    shown(status, page.await)
}

/// Does a step, or leaves it out.
pub(crate) async fn wizard(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    Path(word): Path<String>,
    headers: HeaderMap,
    form: Posted,
) -> Result<Response, Trouble> {
    let step = Step::of_word(&word).ok_or(Trouble::NotFound)?;
    let typed = fields(&visitor, form)?;
    if wizard::is_skipped(&typed) {
        return Ok(go_on(&app, step));
    }
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let Some(section) = step.section() else {
        return match add(&app, &visitor, &typed).await? {
            Ok((made, display)) => {
                invited(&app, &visitor, &headers, &made, &display, &address(step)).await
            }
            Err(draft) => {
                let many = everyone(&app).await.ok().map(|people| people.len());
                let page = wizard::people(&app.frame(&visitor).await, many, &draft);
                Ok(shown(unfit, page))
            }
        };
    };
    match change(&app, &visitor, section, &typed).await? {
        Changed::Yes(now) if now.trial.is_some() => {
            leave_at(&app, step.next());
            Ok(see("/admin/trial"))
        }
        Changed::Yes(_) => Ok(go_on(&app, step)),
        Changed::No(_, faults) => {
            Ok(drawn(&app, &visitor, step, unfit, Some((&typed, &faults))).await)
        }
    }
}

fn go_on(app: &App, step: Step) -> Response {
    let next = step.next();
    leave_at(app, next);
    match next {
        Some(next) => see(&address(next)),
        None => done("/admin", Notice::Done),
    }
}
