//! Address allocation for an office (RFC 2131): who gets which address, for how long, and with
//! which options; and whether another server answers, too.

pub mod code;
pub mod engine;
pub mod lease;
mod neighbour;
pub mod office;
pub mod packet;
pub mod plan;
mod rights;
mod shell;
mod snippet;
pub mod store;

pub use shell::{Options, run};
