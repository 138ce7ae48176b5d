//! Who may ask the DHCP server for what: a matter of the kernel's word on the asker's user.

use message::Kind;

/// A local service.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Role {
    /// Root, our own user, or the administration.
    Pages,
    /// The front panel.
    Panel,
}

impl Role {
    /// May it ask for that?
    pub(crate) const fn may(self, kind: Kind) -> bool {
        match self {
            Self::Pages => {
                matches!(kind, Kind::AskLeases | Kind::Probe | Kind::FreeLease | Kind::AskSnippets)
            }
            Self::Panel => matches!(kind, Kind::AskLeases | Kind::Probe),
        }
    }
}

#[cfg(test)]
mod tests {
    use message::Kind;

    use super::Role;

    #[test]
    fn the_panel_looks_and_the_pages_free_addresses() {
        assert!(Role::Panel.may(Kind::AskLeases) && !Role::Panel.may(Kind::FreeLease));
        assert!(Role::Pages.may(Kind::FreeLease) && !Role::Pages.may(Kind::Propose));
    }
}
