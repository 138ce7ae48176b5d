//! The file server for desk telephones: TFTP (RFC 1350) with options (RFC 2347), block sizes
//! (RFC 2348), time-outs and sizes (RFC 2349) and windows (RFC 7440); it reads out, and takes nothing.
//!
//! It has no files of its own: [`run`] asks the gateway for each one, and tells it how it went.

pub mod engine;
pub mod packet;
pub mod path;
mod shell;
pub mod terms;

pub use shell::run;
