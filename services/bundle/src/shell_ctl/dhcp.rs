//! Commands about the DHCP server.

use hyper::Method;
use serde_json::json;

use super::people::read;
use super::{Place, either};
use crate::ctl::dhcp::{Dhcp, DhcpVerb, Snippets, Which, leases, snippet, status};
use crate::exit::{Exit, Trouble};

/// `appliancectl dhcp`.
pub(super) async fn act(verb: &DhcpVerb, is_json: bool, place: &Place) -> Result<String, Trouble> {
    let value = match verb {
        DhcpVerb::Snippet(which) => return router(which, is_json, place).await,
        DhcpVerb::Status | DhcpVerb::Leases => place.ask(Method::GET, "/dhcp", None).await?,
        DhcpVerb::Probe(probe) => {
            let body = json!({ "resume": probe.resume });
            place.ask(Method::POST, "/dhcp/probe", Some(&body)).await?
        }
        DhcpVerb::Free(free) => {
            let path = format!("/dhcp/leases/{}", free.address);
            place.ask(Method::DELETE, &path, None).await?
        }
    };
    let dhcp: Dhcp = read(&value)?;
    let words = || match verb {
        DhcpVerb::Leases | DhcpVerb::Free(_) => leases(&dhcp),
        DhcpVerb::Status | DhcpVerb::Probe(_) | DhcpVerb::Snippet(_) => status(&dhcp),
    };
    Ok(either(is_json, || value, words))
}

/// What the office's router has to be told.
async fn router(which: &Which, is_json: bool, place: &Place) -> Result<String, Trouble> {
    let value = place.ask(Method::GET, "/dhcp/snippets", None).await?;
    let found: Snippets = read(&value)?;
    let Some(text) = snippet(&found, &which.program) else {
        let words = format!("there are no lines for {}; see --help", which.program);
        return Err(Trouble::new(Exit::NotFound, words));
    };
    Ok(either(is_json, || value, || text))
}
