//! Who may do what: administrators everything, operators the daily work.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What somebody may do.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema,
)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Role {
    /// People, status and logs.
    Operator,
    /// Everything: also the network, certificates, update, backup, reset and administrators.
    Administrator,
}

impl Role {
    /// The word that the database and the API have for it.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Administrator => "administrator",
        }
    }

    /// The role of this word.
    pub(crate) fn of_word(word: &str) -> Option<Self> {
        [Self::Operator, Self::Administrator].into_iter().find(|role| role.word() == word)
    }

    /// May who has this role do what needs that one?
    pub(crate) fn may(self, needed: Self) -> bool {
        self >= needed
    }
}

/// Somebody with a role: an administrator, a program with its token, or root at the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Who {
    /// The name.
    pub(crate) name: String,
    /// What it may do.
    pub(crate) role: Role,
}

#[cfg(test)]
mod tests {
    use super::Role;

    #[test]
    fn an_administrator_may_what_an_operator_may_and_not_the_other_way_round() {
        assert!(Role::Administrator.may(Role::Operator) && Role::Operator.may(Role::Operator));
        assert!(!Role::Operator.may(Role::Administrator));
        assert_eq!(Role::of_word("operator"), Some(Role::Operator));
        assert_eq!(Role::of_word("root"), None);
    }
}
