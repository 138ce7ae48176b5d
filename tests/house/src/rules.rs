//! The rules of the house, one file for each sort.

pub mod architecture;
pub mod floors;
pub mod mains;
pub mod names;
pub mod purity;
pub mod rows;
pub mod sizes;
pub mod words;

use crate::{Finding, Tree};

/// A rule: a tree in, its breaches out.
pub type Rule = fn(&Tree) -> Vec<Finding>;

/// Every rule with its name; the rows that no test proves are no breach and stand apart.
pub const ALL: [(&str, Rule); 8] = [
    ("floors", floors::check),
    ("purity", purity::check),
    ("sizes", sizes::check),
    ("names", names::check),
    ("mains", mains::check),
    ("words", words::check),
    ("architecture", architecture::check),
    ("rows", rows::check),
];
