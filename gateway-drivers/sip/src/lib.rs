//! The SIP side of desk telephones (RFC 3261 and its family), without sockets, clock or chance.
//!
//! [`engine::Engine`] is the machine: it is told datagrams, streams and orders, and says what is to
//! be sent and what is new. Below it are [`message`], [`transaction`], [`dialog`], [`digest`] and
//! [`registrar`]; what a session is made of (SDP) passes through unread.

pub mod dialog;
pub mod digest;
pub mod engine;
pub mod event;
pub mod limit;
pub mod manner;
pub mod message;
pub mod pnp;
pub mod registrar;
pub mod station;
pub mod transaction;
pub mod way;
