//! The SIP side of desk telephones (RFC 3261 and its family), without sockets, clock or chance.

pub mod message;
pub mod transaction;
pub mod way;
