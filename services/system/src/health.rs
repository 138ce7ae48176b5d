//! How the machine is: what its own files and programs say, and which alarms follow from it.

mod alarms;
mod read;

pub(crate) use alarms::{Ground, alarms};
pub(crate) use read::{gateway, load, memory, services, uptime_ms};

use std::collections::BTreeMap;

use message::system::Alarm;

/// Since when which alarm is on, by name.
#[derive(Clone, Debug, Default)]
pub(crate) struct Since(BTreeMap<String, u64>);

impl Since {
    /// Dates the alarms that are on now, the gravest first, and forgets the others.
    pub(crate) fn date(&mut self, mut alarms: Vec<Alarm>, unix_ms: u64) -> Vec<Alarm> {
        let mut on = BTreeMap::new();
        for alarm in &mut alarms {
            let first = self.0.get(&alarm.name).copied();
            let own = if alarm.since == 0 { unix_ms } else { alarm.since };
            alarm.since = first.map_or(own, |first| first.min(own));
            on.insert(alarm.name.clone(), alarm.since);
        }
        self.0 = on;
        alarms.sort_by(|one, other| {
            let by_gravity = other.gravity.cmp(&one.gravity);
            by_gravity.then_with(|| one.name.cmp(&other.name))
        });
        alarms
    }
}

#[cfg(test)]
mod tests;
