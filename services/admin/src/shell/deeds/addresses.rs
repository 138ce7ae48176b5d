//! Deeds about the DHCP server: look for other servers, free an address; what the router is told.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::extract::State;
use axum::http::StatusCode;
use axum::response::Response;
use message::lease::{AskLeases, AskSnippets, FreeLease, Leases, Probe, Snippets};

use super::desk::{Posted, fields};
use crate::pages::frame::Notice;
use crate::pages::router;
use crate::shell::App;
use crate::shell::answer::{Administrator, Trouble, done, shown};

const PAGE: &str = "/admin/settings/addresses";

impl App {
    /// How the DHCP server is, if it is there.
    pub(super) async fn leases(&self) -> Option<Leases> {
        self.machine.dhcp.ask(&AskLeases { watch: false }).await.ok()?.read().ok()
    }
}

/// What the office's router has to be told.
pub(crate) async fn router_page(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
) -> Response {
    let ask = async {
        let answer = app.machine.dhcp.ask(&AskSnippets {}).await.ok();
        answer.and_then(|object| object.read::<Snippets>().ok())
    };
    let (frame, found) = tokio::join!(app.frame(&visitor), ask);
    shown(StatusCode::OK, router::page(&frame, found.as_ref()))
}

/// Looks whether another server answers.
pub(crate) async fn probe(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    form: Posted,
) -> Result<Response, Trouble> {
    let typed = fields(&visitor, form)?;
    let resume = typed.text("resume") == "yes";
    let answer = app.machine.dhcp.ask(&Probe { resume }).await;
    let outcome = if answer.is_ok() { "done" } else { "refused" };
    app.record(&visitor, "probe-dhcp", if resume { "resume" } else { "" }, outcome).await;
    answer?;
    Ok(done(PAGE, Notice::Probed))
}

/// Frees an address.
pub(crate) async fn free(
    State(app): State<Arc<App>>,
    Administrator(visitor): Administrator,
    form: Posted,
) -> Result<Response, Trouble> {
    let typed = fields(&visitor, form)?;
    let address: Ipv4Addr = typed
        .text("address")
        .parse()
        .map_err(|_| Trouble::BadForm(StatusCode::UNPROCESSABLE_ENTITY))?;
    let answer = app.machine.dhcp.ask(&FreeLease { address: address.to_bits() }).await;
    let outcome = if answer.is_ok() { "done" } else { "refused" };
    app.record(&visitor, "free-lease", &address.to_string(), outcome).await;
    answer?;
    Ok(done(PAGE, Notice::Freed))
}
