//! The SIP side of desk telephones (RFC 3261 and its family), without sockets, clock or chance.

pub mod dialog;
pub mod digest;
pub mod event;
pub mod limit;
pub mod manner;
pub mod message;
pub mod pnp;
pub mod registrar;
pub mod station;
pub mod transaction;
pub mod way;
