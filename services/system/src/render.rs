//! What settings mean for the machine: the deeds that make it so, in their order.

mod firewall;
mod host;
mod network;
mod time;

use settings::{Parts, Settings};

use crate::deed::Request;

/// What settings cannot know of the machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Machine {
    /// The first wired interface, if there is one.
    pub wired: Option<String>,
    /// The ports of the pages.
    pub pages: [u16; 2],
    /// The port of message objects.
    pub objects: u16,
}

/// The deeds for these parts: names first, so that the network already bears them.
#[must_use]
pub fn requests(settings: &Settings, parts: Parts, machine: &Machine) -> Vec<Request> {
    let mut requests = Vec::new();
    if parts.host {
        requests.push(host::request(&settings.host));
    }
    if parts.firewall {
        requests.push(firewall::request(&settings.firewall, machine));
    }
    if parts.network {
        requests.push(network::request(&settings.network, machine.wired.as_deref()));
    }
    if parts.time {
        requests.extend(time::requests(&settings.time));
    }
    requests
}

#[cfg(test)]
mod tests;
