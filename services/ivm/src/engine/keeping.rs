//! What is kept for how long: unfinished messages, copies that every device has, copies that
//! nobody fetched. The server's own age decides: the wall clock may be set, and an appliance without a
//! battery wakes up in 1970.

use machine::Span;

use super::tickets::Then;
use super::{Engine, Timer};
use crate::record::{Aged, Query, Write};

/// Messages and copies in one look.
const MOST: u32 = 500;
/// The pause between two looks when the first found more than it could name.
const SOON: Span = Span::from_secs(1);
const DAY_MS: u64 = 24 * 3_600_000;

impl Engine {
    /// Looks for messages whose time may be over.
    pub(super) fn sweep(&mut self) {
        let now = self.instant().age;
        let retention = u64::from(self.parameters.retention_days) * DAY_MS;
        let query = Query::Aged {
            incomplete_before: now.saturating_sub(self.limits.unfinished.millis()),
            delivered_before: now.saturating_sub(self.limits.delivered.millis()),
            arrived_before: now.saturating_sub(retention),
            limit: MOST,
        };
        self.load(query, Then::Aged);
    }

    /// The store has told.
    pub(super) fn aged(&mut self, aged: &Aged) {
        for (number, message) in &aged.incomplete {
            match self.incoming.get(message) {
                Some(incoming) if incoming.sender.is_some() => {}
                Some(_) => self.cut(*message, None),
                None => {
                    let writes = vec![Write::Cut { number: *number }];
                    self.commit(writes, Then::Cut { message: *message, asker: None });
                }
            }
        }
        if !aged.copies.is_empty() {
            let people = aged.copies.iter().map(|(_, person)| *person).collect();
            let copies = aged.copies.iter();
            let writes =
                copies.map(|(number, person)| Write::Expire { number: *number, person: *person });
            self.commit(writes.collect(), Then::Expired { people });
        }
        if aged.copies.len() >= MOST as usize {
            self.timers.set(Timer::Sweep, self.now + SOON);
        } else {
            let retention = u64::from(self.parameters.retention_days) * DAY_MS;
            let age = self.instant().age;
            let before = age.saturating_sub(2 * retention);
            self.commit(vec![Write::Age { age }, Write::Forget { before }], Then::Nothing);
            self.sweep_later();
        }
    }

    /// Looks again after the usual pause.
    pub(super) fn sweep_later(&mut self) {
        self.timers.set(Timer::Sweep, self.now + self.limits.sweep);
    }
}
