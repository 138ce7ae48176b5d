//! Who may ask the settings keeper for what: a matter of the kernel's word on the peer's user.

use message::Kind;

/// A local service, or nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Root, or our own user: under `appliance run` every service.
    Own,
    /// The administration.
    Pages,
    /// The front panel.
    Panel,
    /// A service that follows the settings and knows what goes wrong: messages, addresses,
    /// telephones.
    Worker,
    /// Anybody else on this machine.
    Stranger,
}

impl Role {
    /// May it send objects of this kind?
    #[must_use]
    pub const fn may(self, kind: Kind) -> bool {
        match self {
            Self::Own | Self::Pages => true,
            Self::Panel => matches!(
                kind,
                Kind::ServiceHello
                    | Kind::AskSettings
                    | Kind::Propose
                    | Kind::Confirm
                    | Kind::Revert
                    | Kind::AskHealth
                    | Kind::Order
                    | Kind::BeginJob
                    | Kind::AskJob
            ),
            Self::Worker => {
                matches!(kind, Kind::ServiceHello | Kind::AskSettings | Kind::RaiseAlarm)
            }
            Self::Stranger => false,
        }
    }

    /// Is its word final, where a change may cut off who made it? Whoever is at the machine can
    /// always come back.
    #[must_use]
    pub const fn is_at_the_machine(self) -> bool {
        matches!(self, Self::Own | Self::Panel)
    }
}

#[cfg(test)]
mod tests {
    use message::Kind;

    use super::Role;

    #[test]
    fn each_service_may_what_it_needs_and_a_stranger_nothing() {
        assert!(Role::Worker.may(Kind::AskSettings) && !Role::Worker.may(Kind::Propose));
        assert!(Role::Panel.may(Kind::Order) && !Role::Panel.may(Kind::SetCertificate));
        assert!(Role::Worker.may(Kind::RaiseAlarm) && !Role::Panel.may(Kind::RaiseAlarm));
        assert!(!Role::Panel.may(Kind::AskLog) && Role::Pages.may(Kind::AskLog));
        assert!(Kind::ALL.iter().all(|kind| !Role::Stranger.may(*kind)));
        assert!(Role::Panel.is_at_the_machine() && !Role::Pages.is_at_the_machine());
    }
}
