//! Backups: made, and taken up.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::StatusCode;
use axum::response::Response;
use message::system::Job;

use super::desk::{Posted, fields, refused};
use super::upload::{Came, receive};
use crate::pages::backup::{self, View, Wanted};
use crate::pages::field::{Faults, Fields};
use crate::pages::frame::Notice;
use crate::shell::App;
use crate::shell::answer::{Administrator, Trouble, Visitor, done, shown};
use crate::shell::api::Kind;

/// The backup page.
pub(crate) async fn backup_page(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
) -> Response {
    let none = Faults::default();
    drawn(&app, &visitor, StatusCode::OK, &Fields::default(), &none, &none).await
}

async fn drawn(
    app: &App,
    visitor: &Visitor,
    status: StatusCode,
    fields: &Fields,
    faults: &Faults,
    restore_faults: &Faults,
) -> Response {
    let job = app.job().await;
    let view = View { fields, faults, restore_faults, is_there: job.is_some(), job: job.as_ref() };
    shown(status, backup::page(&app.frame(visitor).await, &view))
}

/// Makes a backup.
pub(crate) async fn make_backup(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    form: Posted,
) -> Result<Response, Trouble> {
    let typed = fields(&visitor, form)?;
    let faults = match backup::wanted(&typed) {
        Ok(Wanted { passphrase, with_messages }) => {
            match app.begin(Job::Backup { passphrase, with_messages }).await {
                Ok(()) => {
                    app.record(&visitor, "backup", "", "done").await;
                    return Ok(done("/admin/backup", Notice::Begun));
                }
                Err(away) => refused(away)?,
            }
        }
        Err(faults) => faults,
    };
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(drawn(&app, &visitor, unfit, &typed, &faults, &Faults::default()).await)
}

/// Takes a backup in, and takes it up at the next start.
pub(crate) async fn restore_backup(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Trouble> {
    let faults = match receive(&app, &visitor, Kind::Restore, form).await? {
        Ok(Came { file, fields }) => {
            let passphrase = fields.whole("restore_passphrase").to_owned();
            match app.begin(Job::Restore { file: file.clone(), passphrase }).await {
                Ok(()) => {
                    app.record(&visitor, "restore", &file, "done").await;
                    return Ok(done("/admin/backup", Notice::Begun));
                }
                Err(away) => {
                    app.record(&visitor, "restore", &file, "refused").await;
                    refused(away)?
                }
            }
        }
        Err(faults) => faults,
    };
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    Ok(drawn(&app, &visitor, unfit, &Fields::default(), &Faults::default(), &faults).await)
}
