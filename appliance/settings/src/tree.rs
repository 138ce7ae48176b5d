//! All settings in one value.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::migrate::{self, FORMAT, Unreadable};
use crate::{Dhcp, Fault, Firewall, HostName, Language, Network, Office, Panel, Time};

/// All that an administrator can choose. Secrets and certificates are no settings.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Settings {
    /// The format; raised with each change that needs a migration.
    pub format: u32,
    /// What the appliance is called in the network.
    pub host: HostName,
    /// What it speaks.
    pub language: Language,
    /// Addresses.
    pub network: Network,
    /// Who may reach what.
    pub firewall: Firewall,
    /// The clock.
    pub time: Time,
    /// The front panel.
    pub panel: Panel,
    /// The office's choices about messages.
    pub office: Office,
    /// Who gives addresses in the office.
    pub dhcp: Dhcp,
}

impl Default for Settings {
    fn default() -> Self {
        Self {
            format: FORMAT,
            host: HostName::default(),
            language: Language::default(),
            network: Network::default(),
            firewall: Firewall::default(),
            time: Time::default(),
            panel: Panel::default(),
            office: Office::default(),
            dhcp: Dhcp::default(),
        }
    }
}

impl Settings {
    /// Reads settings of this format or an earlier one.
    ///
    /// # Errors
    /// It is no JSON, of a later format, or has a value that no setting can have.
    pub fn from_json(text: &str) -> Result<Self, Unreadable> {
        migrate::read(text)
    }

    /// Writes them for people and programs to read.
    #[must_use]
    pub fn to_json(&self) -> String {
        serde_json::to_string_pretty(self).expect("settings are plain values")
    }

    /// What could not work; empty for good settings.
    #[must_use]
    pub fn faults(&self) -> Vec<Fault> {
        let mut faults = self.network.faults();
        faults.extend(self.firewall.faults());
        faults.extend(self.time.faults());
        faults.extend(self.panel.faults());
        faults.extend(self.office.faults());
        faults.extend(self.dhcp.faults());
        faults
    }
}
