//! Which page of the administration is answered by what.

use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::routing::{get, post};

use super::{App, deeds};

/// The longest form with a certificate in it, bytes.
const CERTIFICATE: usize = 128 << 10;

/// The pages of the administration.
pub(crate) fn router() -> Router<Arc<App>> {
    Router::new()
        .route("/admin", get(deeds::overview_page))
        .route("/admin/", get(deeds::overview_page))
        .route("/admin/setup", get(deeds::setup_page).post(deeds::set_up))
        .route("/admin/wizard/{step}", get(deeds::wizard_page).post(deeds::wizard))
        .route("/admin/login", get(deeds::login_page).post(deeds::log_in))
        .route("/admin/logout", post(deeds::log_out))
        .route("/admin/password", get(deeds::password_page).post(deeds::change_password))
        .route("/admin/log", get(deeds::log_page))
        .route("/admin/audit", get(deeds::audit_page))
        .route("/admin/about", get(deeds::about_page))
        .route("/admin/phones", get(deeds::phones_page))
        .route("/admin/phones/approve-all", post(deeds::approve_all))
        .route("/admin/phones/{mac}", get(deeds::phone_page).post(deeds::change_phone))
        .route("/admin/phones/{mac}/orders", post(deeds::order_phone))
        .merge(people())
        .merge(machine())
        .merge(access())
}

fn people() -> Router<Arc<App>> {
    Router::new()
        .route("/admin/people", get(deeds::people_page).post(deeds::add_person))
        .route("/admin/people/{name}", get(deeds::person_page))
        .route("/admin/people/{name}/quota", post(deeds::set_quota))
        .route("/admin/people/{name}/access", post(deeds::set_access))
        .route("/admin/people/{name}/invite", post(deeds::invite))
        .route("/admin/people/{name}/reset", get(deeds::reset_page).post(deeds::reset))
        .route("/admin/people/{name}/remove", get(deeds::remove_page).post(deeds::remove))
}

fn machine() -> Router<Arc<App>> {
    let certificate = post(deeds::set_certificate).layer(DefaultBodyLimit::max(CERTIFICATE));
    Router::new()
        .route("/admin/settings/{section}", get(deeds::settings_page).post(deeds::change_settings))
        .route("/admin/addresses/probe", post(deeds::probe))
        .route("/admin/addresses/free", post(deeds::free))
        .route("/admin/addresses/router", get(deeds::router_page))
        .route("/admin/trial", get(deeds::trial_page).post(deeds::trial))
        .route("/admin/clock", post(deeds::set_clock))
        .route("/admin/certificate", get(deeds::certificate_page).merge(certificate))
        .route("/admin/certificate/own", post(deeds::own_certificate))
        .route("/admin/backup", get(deeds::backup_page).post(deeds::make_backup))
        .route("/admin/maintenance", get(deeds::maintenance_page))
        .route("/admin/orders", post(deeds::order))
        .route("/admin/diagnostics", post(deeds::collect_diagnostics))
}

fn access() -> Router<Arc<App>> {
    Router::new()
        .route("/admin/administrators", get(deeds::access_page).post(deeds::add_administrator))
        .route("/admin/administrators/{name}", post(deeds::change_administrator))
        .route(
            "/admin/administrators/{name}/remove",
            get(deeds::remove_administrator_page).post(deeds::remove_administrator),
        )
        .route("/admin/tokens", post(deeds::add_token))
        .route("/admin/tokens/{name}/revoke", post(deeds::revoke_token))
}

/// Pages whose forms bear a file: they may be long and take long.
pub(crate) fn uploads() -> Router<Arc<App>> {
    Router::new()
        .route("/admin/update", get(deeds::update_page).post(deeds::update))
        .route("/admin/restore", post(deeds::restore_backup))
        .layer(DefaultBodyLimit::disable())
}
