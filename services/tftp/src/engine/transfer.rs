//! One client and what it asked for.

use std::net::{Ipv4Addr, SocketAddrV4};

use machine::Moment;

use super::Report;
use super::flow::Flow;
use super::shelf::Item;

/// What a client is being sent, or will be.
#[derive(Debug)]
pub(super) struct Transfer {
    /// Whom.
    pub(super) peer: SocketAddrV4,
    /// Our address that it asked, and from which it is answered.
    pub(super) ours: Ipv4Addr,
    /// The file's name.
    pub(super) name: Vec<u8>,
    /// The request as it came.
    pub(super) request: Vec<u8>,
    /// When it came.
    pub(super) began: Moment,
    pub(super) stage: Stage,
}

impl Transfer {
    /// How it went.
    pub(super) fn report(&self, fault: &str) -> Report {
        Report { name: self.name.clone(), asker: *self.peer.ip(), fault: fault.to_owned() }
    }
}

/// How far it is.
#[derive(Debug)]
pub(super) enum Stage {
    /// Nobody has said yet whether there is such a file.
    Asking,
    /// It is on its way.
    Sending(Item, Flow),
}
