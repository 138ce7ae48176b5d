//! What takes a while: update, backup, restore, diagnostics.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use message::system::{AskJob, BeginJob, Job, JobState};

use super::extract::Said;
use super::transfer::{Kind, uploaded};
use crate::api::jobs::{BeginBackup, BeginRestore, BeginUpdate, JobView};
use crate::api::problem::{Problem, Word};
use crate::shell::App;

/// Characters of a passphrase: what it protects leaves the house.
const PASSPHRASE: std::ops::RangeInclusive<usize> = 10..=256;

type Begun = Result<(StatusCode, Json<JobView>), Problem>;

/// The job that runs or ran last.
pub(super) async fn job(State(app): State<Arc<App>>) -> Result<Json<JobView>, Problem> {
    Ok(Json(state(&app).await?.into()))
}

/// Asks the settings keeper for the job.
pub(super) async fn state(app: &App) -> Result<JobState, Problem> {
    Ok(app.machine.system.ask(&AskJob {}).await?.read()?)
}

/// Begins an update.
pub(super) async fn update(State(app): State<Arc<App>>, Said(ask): Said<BeginUpdate>) -> Begun {
    let file = uploaded(&app, Kind::Update, &ask.file).await?;
    begin(&app, Job::Update { file }).await
}

/// Begins a backup.
pub(super) async fn backup(State(app): State<Arc<App>>, Said(ask): Said<BeginBackup>) -> Begun {
    let BeginBackup { passphrase, with_messages } = ask;
    if !PASSPHRASE.contains(&passphrase.chars().count()) {
        return Err(Problem::new(Word::Invalid, "A passphrase has 10 to 256 characters."));
    }
    begin(&app, Job::Backup { passphrase, with_messages }).await
}

/// Takes a backup up at the next start.
pub(super) async fn restore(State(app): State<Arc<App>>, Said(ask): Said<BeginRestore>) -> Begun {
    let file = uploaded(&app, Kind::Restore, &ask.file).await?;
    begin(&app, Job::Restore { file, passphrase: ask.passphrase }).await
}

/// Collects what a technician needs.
pub(super) async fn diagnostics(State(app): State<Arc<App>>) -> Begun {
    begin(&app, Job::Diagnostics).await
}

async fn begin(app: &App, job: Job) -> Begun {
    let state: JobState = app.machine.system.ask(&BeginJob { job }).await?.read()?;
    Ok((StatusCode::ACCEPTED, Json(state.into())))
}
