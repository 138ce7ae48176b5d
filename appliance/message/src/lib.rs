//! Message objects (action, id, source, destination, object) and connection objects: the one
//! language of clients, services, uplink and spool.
//!
//! [`Header`] is the fixed 64 bytes in front of every object, [`Object`] is header and body, the
//! modules below hold the bodies, and [`Connection`] is one end of a conversation. What an object
//! makes a server do lives in the services; what carries it lives in `link`.

mod action;
pub mod admin;
mod connection;
mod error;
mod header;
mod id;
mod kind;
pub mod lease;
pub mod login;
mod object;
pub mod people;
mod queue;
pub mod speech;
pub mod station;
pub mod system;

pub use action::{Action, Flags, Priority};
pub use connection::{Connection, Keepalive, Rights, State};
pub use error::{ErrorCode, Malformed, Refusal};
pub use header::{HEADER_LEN, Header, MAX_BODY, VERSION};
pub use id::{Guid, MessageId, ObjectId};
pub use kind::Kind;
pub use object::{Body, Object, ObjectIds};
pub use queue::{Limits, Queue, QueueFull};
