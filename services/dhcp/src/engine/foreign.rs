//! Other servers: the first sign of one ends our own giving of addresses, for two of them break
//! telephones. Only the administrator begins it again.

use std::net::Ipv4Addr;

use machine::Moment;
use message::lease::Doing;

use super::{Alarm, Arrival, Engine, Output};
use crate::code;
use crate::lease::Client;
use crate::packet::{Kind, Packet};
use crate::plan::Mode;

/// So many are remembered: more are made up by somebody.
const MOST: usize = 16;
/// A server that goes on speaking is told of again after so many seconds.
const AGAIN_S: u64 = 600;

impl Engine {
    /// A reply that somebody else has sent to a client.
    pub(super) fn heard(&mut self, from: Arrival, packet: &Packet) {
        let (Some(Kind::Offer | Kind::Ack | Kind::Nak), Some(server)) =
            (packet.kind(), packet.address(code::SERVER_ID))
        else {
            return;
        };
        if self.is_ours(from, server) {
            return;
        }
        self.search.heard();
        let is_news = self.note(server);
        match (self.plan.mode, self.doing) {
            (Mode::Sole, Doing::Giving) => self.stand_down(),
            // Whether addresses may be given is found out at the end of the search.
            (Mode::Sole | Mode::Observe | Mode::Voice, _) => {}
        }
        // Where we only observe, another server is how it should be.
        if is_news && self.plan.mode != Mode::Observe {
            self.alarm(Alarm::Foreign(server));
        }
    }

    /// Remembers when a server was heard; is that news?
    fn note(&mut self, server: Ipv4Addr) -> bool {
        let before = self.foreign.insert(server, self.unix_s);
        if self.foreign.len() > MOST
            && let Some(oldest) = self.foreign.iter().min_by_key(|(_, at)| **at)
        {
            let oldest = *oldest.0;
            self.foreign.remove(&oldest);
        }
        self.outputs.push_back(Output::Changed);
        before.is_none_or(|at| at + AGAIN_S <= self.unix_s)
    }

    pub(super) fn stand_down(&mut self) {
        self.doing = Doing::StoodDown;
        let offered: Vec<_> = self.offers.keys().copied().collect();
        offered.into_iter().for_each(|address| self.withdraw(address));
        self.outputs.push_back(Output::Remember { stood_down: true });
        self.alarm(Alarm::StoodDown);
    }

    fn is_ours(&self, from: Arrival, server: Ipv4Addr) -> bool {
        server == from.ours || self.here.iter().any(|here| here.ours == server)
    }

    /// Does the client take another server's offer?
    pub(super) fn is_another_s(&self, from: Arrival, packet: &Packet) -> bool {
        packet.address(code::SERVER_ID).is_some_and(|server| !self.is_ours(from, server))
    }

    /// Another server's offer was taken: ours is free again. What one client says ends nothing, for
    /// anybody can say it; but it is a reason to look.
    pub(super) fn taken(&mut self, client: &Client, now: Moment) {
        if let Some(address) = self.by_client.get(client).copied() {
            self.withdraw(address);
        }
        if self.is_giving() && self.plan.mode == Mode::Sole {
            self.suspect(now);
        }
    }
}
