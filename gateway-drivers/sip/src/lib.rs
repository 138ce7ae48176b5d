//! The SIP side of desk telephones (RFC 3261 and its family), without sockets, clock or chance.

pub mod digest;
pub mod limit;
pub mod message;
pub mod registrar;
pub mod station;
pub mod transaction;
pub mod way;
