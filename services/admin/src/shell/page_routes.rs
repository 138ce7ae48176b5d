//! Which page of the administration is answered by what.

use std::sync::Arc;

use axum::Router;
use axum::routing::{get, post};

use super::{App, deeds};

/// The pages of the administration.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/admin", get(deeds::entry))
        .route("/admin/", get(deeds::entry))
        .route("/admin/setup", get(deeds::setup_page).post(deeds::set_up))
        .route("/admin/login", get(deeds::login_page).post(deeds::log_in))
        .route("/admin/logout", post(deeds::log_out))
        .route("/admin/password", get(deeds::password_page).post(deeds::change_password))
        .route("/admin/people", get(deeds::people_page).post(deeds::add_person))
        .route("/admin/people.json", get(deeds::people_json))
        .route("/admin/people/{name}/invite", post(deeds::invite))
        .route("/admin/people/{name}/reset", get(deeds::reset_page).post(deeds::reset))
        .route("/admin/people/{name}/remove", get(deeds::remove_page).post(deeds::remove))
        .route("/admin/status", get(deeds::status_page))
        .route("/admin/status.json", get(deeds::status_json))
}
