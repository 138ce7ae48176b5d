//! What the administrator is told through the settings keeper, on the pages and on the panel.

use std::collections::BTreeMap;

use chassis::context::Context;
use chassis::hub::Hub;
use log::debug;
use message::system::{Gravity, RaiseAlarm};

use crate::engine::Alarm;

/// What has happened is told for so long, milliseconds.
const TOLD: u64 = 3_600_000;
/// What lasts is told until it is over.
const LASTING: u64 = 100 * 365 * 86_400_000;

/// The alarms that are on.
pub(super) struct Alarms {
    context: Context,
    keeper: Hub,
    on: BTreeMap<&'static str, RaiseAlarm>,
}

impl Alarms {
    pub(super) fn new(context: &Context, keeper: Hub) -> Self {
        Self { context: context.clone(), keeper, on: BTreeMap::new() }
    }

    pub(super) fn raise(&mut self, alarm: &Alarm) {
        let (name, gravity, lasts, advice) = facts(alarm);
        log::warn!(alarm = name; "{alarm}");
        let since = self.context.clock().unix_millis();
        let until = since.saturating_add(if lasts { LASTING } else { TOLD });
        let alarm = message::system::Alarm {
            name: name.to_owned(),
            gravity,
            words: alarm.to_string(),
            advice: advice.to_owned(),
            since,
        };
        let raise = RaiseAlarm { alarm, until };
        self.tell(raise.clone());
        self.on.insert(name, raise);
    }

    /// The server gives addresses again.
    pub(super) fn is_giving_again(&mut self) {
        for name in [STOOD_DOWN, FOREIGN] {
            if let Some(raise) = self.on.remove(name) {
                self.tell(RaiseAlarm { until: self.context.clock().unix_millis(), ..raise });
            }
        }
    }

    /// The settings keeper may have forgotten them: it is there anew.
    pub(super) fn say_again(&mut self) {
        let now = self.context.clock().unix_millis();
        self.on.retain(|_, raise| raise.until > now);
        for raise in self.on.values() {
            self.tell(raise.clone());
        }
    }

    fn tell(&self, raise: RaiseAlarm) {
        let keeper = self.keeper.clone();
        self.context.spawn("dhcp alarm", async move {
            if let Err(error) = keeper.ask(&raise).await {
                debug!(error:%; "the settings keeper does not hear an alarm");
            }
        });
    }
}

const STOOD_DOWN: &str = "dhcp-stood-down";
const FOREIGN: &str = "dhcp-foreign";

/// Its name, how grave it is, whether it lasts, and what to do.
fn facts(alarm: &Alarm) -> (&'static str, Gravity, bool, &'static str) {
    match alarm {
        Alarm::StoodDown => (
            STOOD_DOWN,
            Gravity::Critical,
            true,
            "Switch the other server off, or choose \"Observe\" in the settings. Then have the \
             appliance look again, on the page Addresses or at the panel.",
        ),
        Alarm::Foreign(_) => (
            FOREIGN,
            Gravity::Warning,
            false,
            "Two DHCP servers in one network break telephones: keep one.",
        ),
        Alarm::Exhausted(_) => (
            "dhcp-exhausted",
            Gravity::Critical,
            false,
            "Make the pool larger, or the leases shorter, on the page Addresses.",
        ),
        Alarm::Taken(_) => (
            "dhcp-taken",
            Gravity::Warning,
            false,
            "Exclude the address from the pool, or have the device ask for its address.",
        ),
        Alarm::Unstored(_) => (
            "dhcp-disk",
            Gravity::Critical,
            false,
            "Make room on the disk; nothing is promised that could be forgotten.",
        ),
    }
}
