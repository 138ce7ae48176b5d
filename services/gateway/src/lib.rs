//! Telephones: which there are and who may have secrets ([`stations`]), what is kept of them
//! ([`store`]), and the service around both ([`run()`]).

pub mod directory;
pub mod handset;
pub mod neighbour;
pub mod office;
pub mod pages;
pub mod question;
mod shell;
pub mod speaker;
pub mod stations;
pub mod store;

pub use shell::{Options, Recordings, run};
