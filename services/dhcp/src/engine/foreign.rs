//! Other servers: the first sign of one ends our own giving of addresses, for two of them break
//! telephones. Only the administrator begins it again.

use super::{Alarm, Arrival, Engine};
use crate::code;
use crate::packet::{Kind, Packet};
use crate::plan::Mode;

impl Engine {
    /// A reply that somebody else has sent to a client.
    pub(super) fn heard(&mut self, from: Arrival, packet: &Packet) {
        let (Some(Kind::Offer | Kind::Ack | Kind::Nak), Some(server)) =
            (packet.kind(), packet.address(code::SERVER_ID))
        else {
            return;
        };
        if server == from.ours {
            return;
        }
        match self.plan.mode {
            Mode::Sole => {
                self.plan.mode = Mode::Observe;
                let offered: Vec<_> = self.offers.keys().copied().collect();
                offered.into_iter().for_each(|address| self.withdraw(address));
            }
            Mode::Observe | Mode::Voice => {}
        }
        self.alarm(Alarm::Foreign(server));
    }
}
