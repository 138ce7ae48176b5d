//! Which parts of the machine a change touches.

use crate::Settings;

/// The parts that differ between two settings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Parts {
    /// Addresses: may cut off who changed them.
    pub network: bool,
    /// Who may reach what: may cut off who changed it.
    pub firewall: bool,
    /// The host name: in the certificate too.
    pub host: bool,
    /// Zone or time servers.
    pub time: bool,
    /// What the message server tells its clients.
    pub office: bool,
    /// What the panel shows and how.
    pub panel: bool,
}

impl Parts {
    /// What differs.
    #[must_use]
    pub fn between(old: &Settings, new: &Settings) -> Self {
        Self {
            network: old.network != new.network,
            firewall: old.firewall != new.firewall,
            host: old.host != new.host,
            time: old.time != new.time,
            office: old.office != new.office,
            panel: old.panel != new.panel || old.language != new.language,
        }
    }

    /// Everything, as at a start.
    pub const ALL: Self =
        Self { network: true, firewall: true, host: true, time: true, office: true, panel: true };

    /// Can the change cut off who made it from afar?
    #[must_use]
    pub const fn is_risky(self) -> bool {
        self.network || self.firewall
    }
}

#[cfg(test)]
mod tests {
    use super::Parts;
    use crate::{Language, Settings};

    #[test]
    fn only_what_differs_is_touched() {
        let old = Settings::default();
        let new = Settings { language: Language::Deutsch, ..Settings::default() };
        assert_eq!(Parts::between(&old, &old), Parts::default());
        assert_eq!(Parts::between(&old, &new), Parts { panel: true, ..Parts::default() });
        assert!(!Parts::between(&old, &new).is_risky() && Parts::ALL.is_risky());
    }
}
