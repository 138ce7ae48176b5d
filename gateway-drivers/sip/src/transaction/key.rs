//! By what transactions are known (RFC 3261, section 17.1.3 and 17.2.3).

use std::net::IpAddr;

use crate::message::{Essentials, Method};

/// What every branch begins with that is unlike all others.
pub(crate) const COOKIE: &str = "z9hG4bK";

/// Something that we asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ClientKey {
    /// Our branch.
    pub branch: String,
    /// What we asked: a `CANCEL` has the branch of its `INVITE`.
    pub method: Method,
}

/// Something that we are asked.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct ServerKey {
    /// The host that asks: what one host says is never taken for another's.
    source: IpAddr,
    /// What it calls itself.
    sent_by: String,
    /// Its branch; of a phone older than branches, all that makes the request the same.
    branch: String,
    /// What it asks; an `ACK` belongs to the `INVITE`.
    pub(super) method: Method,
}

impl ServerKey {
    pub(crate) fn of(source: IpAddr, seen: &Essentials) -> Self {
        let method = match &seen.cseq.method {
            Method::Ack => Method::Invite,
            other => other.clone(),
        };
        let branch = seen.via.branch().unwrap_or_default();
        let is_unlike_others = branch.len() > COOKIE.len()
            && branch.get(..COOKIE.len()).is_some_and(|start| start.eq_ignore_ascii_case(COOKIE));
        let branch = if is_unlike_others {
            branch
        } else {
            let tag = seen.from.tag().unwrap_or_default();
            format!("{branch}\n{}\n{tag}\n{}", seen.call_id, seen.cseq.number)
        };
        Self { source, sent_by: seen.via.sent_by.clone(), branch, method }
    }

    /// The transaction that a `CANCEL` with this key means.
    #[must_use]
    pub fn cancelled(&self) -> Self {
        Self { method: Method::Invite, ..self.clone() }
    }
}
