//! The DHCP server: how it is, a look for other servers, an address that is freed.

use std::net::Ipv4Addr;
use std::sync::Arc;

use axum::Json;
use axum::extract::{Path, State};
use message::lease::{AskLeases, AskSnippets, FreeLease, Leases, Probe, Snippets};

use super::extract::Said;
use crate::api::dhcp::{DhcpView, ProbeAsk, SnippetsView};
use crate::api::problem::{Problem, Word};
use crate::shell::App;

/// How it is, and its leases.
pub(super) async fn get(State(app): State<Arc<App>>) -> Result<Json<DhcpView>, Problem> {
    app.serves_phones()?;
    let answer = app.machine.dhcp.ask(&AskLeases { watch: false }).await?;
    Ok(Json(answer.read::<Leases>()?.into()))
}

/// What the office's router has to be told.
pub(super) async fn snippets(State(app): State<Arc<App>>) -> Result<Json<SnippetsView>, Problem> {
    app.serves_phones()?;
    let answer = app.machine.dhcp.ask(&AskSnippets {}).await?;
    Ok(Json(answer.read::<Snippets>()?.into()))
}

/// Looks for other servers, for some five seconds.
pub(super) async fn probe(
    State(app): State<Arc<App>>,
    Said(ask): Said<ProbeAsk>,
) -> Result<Json<DhcpView>, Problem> {
    app.serves_phones()?;
    let answer = app.machine.dhcp.ask(&Probe { resume: ask.resume }).await?;
    Ok(Json(answer.read::<Leases>()?.into()))
}

/// Frees an address.
pub(super) async fn free(
    State(app): State<Arc<App>>,
    Path(address): Path<String>,
) -> Result<Json<DhcpView>, Problem> {
    let address: Ipv4Addr =
        address.parse().map_err(|_| Problem::new(Word::NotFound, "This is no IPv4 address."))?;
    let ask = FreeLease { address: address.to_bits() };
    app.serves_phones()?;
    let answer = app.machine.dhcp.ask(&ask).await?;
    Ok(Json(answer.read::<Leases>()?.into()))
}
