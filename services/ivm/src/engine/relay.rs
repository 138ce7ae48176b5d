//! Between privileged servers (row 103): one sends to a named one, or to all of them. What they say
//! to each other is none of the engine's business; who may say it is.

use message::{Guid, Object, State};

use super::Engine;
use super::conn::ConnId;
use super::proof::sha256;

/// The destination that means every other privileged server.
pub(super) const EVERY_SERVER: Guid = Guid::from_bytes([0xff; 16]);

/// The GUID of a local service: the same after every start, told to it in the answer to its hello.
pub(super) fn service_guid(name: &str) -> Guid {
    let hash = sha256(format!("ivm service {name}").as_bytes());
    Guid::from_bytes(std::array::from_fn(|at| hash[at]))
}

impl Engine {
    /// Passes an object on, if it is for other privileged servers. Tells whether it was.
    pub(super) fn relay(&mut self, conn: ConnId, object: &Object) -> bool {
        let to = object.header.destination;
        let Some(source) = self.conns.get(&conn).and_then(|peer| peer.service) else {
            return false;
        };
        if to.is_blank() || to == self.server {
            return false;
        }
        let others = self.conns.iter().filter(|(other, peer)| {
            **other != conn
                && peer.is_privileged()
                && peer.connection.state() == State::Open
                && peer.service.is_some_and(|service| to == EVERY_SERVER || to == service)
        });
        let others: Vec<ConnId> = others.map(|(other, _)| *other).collect();
        for other in &others {
            self.send(*other, object.clone().addressed(source, to));
        }
        !others.is_empty() || to == EVERY_SERVER
    }
}
