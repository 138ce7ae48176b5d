//! Telephones: which there are and who may have secrets ([`stations`]), and what is kept of them
//! ([`store`]).

pub mod neighbour;
pub mod office;
pub mod question;
pub mod stations;
pub mod store;
