//! Commands about the DHCP server.

use hyper::Method;
use serde_json::json;

use super::people::read;
use super::{Place, either};
use crate::ctl::dhcp::{Dhcp, DhcpVerb, leases, status};
use crate::exit::Trouble;

/// `appliancectl dhcp`.
pub(super) async fn act(verb: &DhcpVerb, is_json: bool, place: &Place) -> Result<String, Trouble> {
    let value = match verb {
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
        DhcpVerb::Status | DhcpVerb::Probe(_) => status(&dhcp),
        DhcpVerb::Leases | DhcpVerb::Free(_) => leases(&dhcp),
    };
    Ok(either(is_json, || value, words))
}
