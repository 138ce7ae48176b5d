//! Checks by program that the house is in order: what may lean on what, how large things may
//! grow, which words stand nowhere, and which requirements no test proves yet.
//!
//! A [`Tree`] is the text of every file that the project holds; a rule takes one and returns its
//! [`Finding`]s. Every rule has tests that feed it a tree with a fault.

mod finding;
mod lexer;
pub mod rules;
mod source;
mod tree;

pub use finding::Finding;
pub use tree::{Tree, TreeError};
