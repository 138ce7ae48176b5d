//! The office's choices about messages.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::Fault;

/// How long messages may be, how long they are kept, and how much room each person has.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(default, deny_unknown_fields)]
pub struct Office {
    /// Recording stops after so many seconds without speech, 1 to 30.
    pub silence_s: u32,
    /// The longest message in minutes, 1 to 240; then it continues as a second one.
    pub longest_min: u32,
    /// Undelivered messages are kept so many days, 1 to 3650.
    pub keep_days: u32,
    /// Mebibytes that one person's waiting messages may take, 16 to 1 048 576.
    pub quota_mib: u64,
}

impl Default for Office {
    fn default() -> Self {
        Self { silence_s: 3, longest_min: 15, keep_days: 90, quota_mib: 1_024 }
    }
}

impl Office {
    pub(crate) fn faults(self) -> Vec<Fault> {
        let mut faults = Vec::new();
        if !(1..=30).contains(&self.silence_s) {
            let words = "Recording stops after 1 to 30 seconds without speech.";
            faults.push(Fault::of("office.silence_s", words));
        }
        if !(1..=240).contains(&self.longest_min) {
            let words = "A message has at most 1 to 240 minutes.";
            faults.push(Fault::of("office.longest_min", words));
        }
        if !(1..=3_650).contains(&self.keep_days) {
            faults.push(Fault::of("office.keep_days", "Messages are kept 1 to 3650 days."));
        }
        if !(16..=1_048_576).contains(&self.quota_mib) {
            faults.push(Fault::of("office.quota_mib", "A person has 16 to 1048576 MiB."));
        }
        faults
    }
}
