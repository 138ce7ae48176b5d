//! Which alarms ring: those that are grave and that nobody has read yet. An alarm that ends and
//! comes again rings again.

use std::collections::BTreeSet;

use message::system::{Alarm, Gravity};

/// The alarms that were read.
#[derive(Debug, Default)]
pub(crate) struct Bell {
    read: BTreeSet<(String, u64)>,
    ringing: BTreeSet<(String, u64)>,
}

impl Bell {
    /// Takes in the alarms that there are; does one of them ring that did not before?
    pub(crate) fn hear(&mut self, alarms: &[Alarm]) -> bool {
        let grave = alarms.iter().filter(|alarm| rings(alarm)).map(identity);
        let grave: BTreeSet<_> = grave.collect();
        self.read.retain(|read| grave.contains(read));
        let unread: BTreeSet<_> = grave.difference(&self.read).cloned().collect();
        let is_new = !unread.is_subset(&self.ringing);
        self.ringing = unread;
        is_new
    }

    /// Somebody has read them all.
    pub(crate) fn acknowledge(&mut self) {
        self.read.append(&mut self.ringing);
    }

    /// The gravest alarm that rings; they come the gravest first.
    pub(crate) fn ringing<'a>(&self, alarms: &'a [Alarm]) -> Option<&'a Alarm> {
        alarms.iter().find(|alarm| self.ringing.contains(&identity(alarm)))
    }
}

fn rings(alarm: &Alarm) -> bool {
    match alarm.gravity {
        Gravity::Notice => false,
        Gravity::Warning | Gravity::Critical => true,
    }
}

fn identity(alarm: &Alarm) -> (String, u64) {
    (alarm.name.clone(), alarm.since)
}
