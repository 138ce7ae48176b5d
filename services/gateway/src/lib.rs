//! Telephones: which there are and who may have secrets ([`stations`]).

pub mod neighbour;
pub mod office;
pub mod question;
pub mod stations;
