//! Another version.

use std::sync::Arc;

use axum::extract::State;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::http::StatusCode;
use axum::response::Response;
use message::system::Job;

use super::desk::{framed, refused};
use super::upload::{Came, receive};
use crate::pages::field::Faults;
use crate::pages::frame::Notice;
use crate::pages::update;
use crate::shell::App;
use crate::shell::answer::{Administrator, Trouble, Visitor, done, shown};
use crate::shell::api::Kind;

/// The update page.
pub(crate) async fn update_page(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
) -> Response {
    drawn(&app, &visitor, StatusCode::OK, &Faults::default()).await
}

async fn drawn(app: &App, visitor: &Visitor, status: StatusCode, faults: &Faults) -> Response {
    let (in_force, health, job) = tokio::join!(app.in_force(), app.health(), app.job());
    let is_managed = in_force.as_ref().is_some_and(|found| found.is_managed);
    let frame = framed(visitor, in_force.as_ref());
    shown(status, update::page(&frame, health.as_ref(), job.as_ref(), is_managed, faults))
}

/// Takes an update in, and begins it.
pub(crate) async fn update(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, Trouble> {
    let unfit = StatusCode::UNPROCESSABLE_ENTITY;
    let Came { file, .. } = match receive(&app, &visitor, Kind::Update, form).await? {
        Ok(came) => came,
        Err(faults) => return Ok(drawn(&app, &visitor, unfit, &faults).await),
    };
    match app.begin(Job::Update { file: file.clone() }).await {
        Ok(()) => {
            app.record(&visitor, "update", &file, "done").await;
            Ok(done("/admin/update", Notice::Begun))
        }
        Err(away) => {
            app.record(&visitor, "update", &file, "refused").await;
            Ok(drawn(&app, &visitor, unfit, &refused(away)?).await)
        }
    }
}
