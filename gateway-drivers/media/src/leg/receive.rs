//! What comes: who is heard, and what of it is sound, keys or reports.

use std::borrow::Cow;
use std::net::SocketAddr;

use machine::Moment;

use super::{Channel, Latch, Leg, Output};
use crate::rtp::{Packet, is_control};

impl Leg {
    pub(super) fn datagram(
        &mut self,
        channel: Channel,
        from: SocketAddr,
        bytes: &[u8],
        now: Moment,
    ) {
        match channel {
            Channel::Sound if self.agreed.is_muxed && is_control(bytes) => {
                if self.may_speak(from) {
                    self.control(bytes, now)
                } else {
                    self.tally.foreign()
                }
            }
            Channel::Sound => {
                if self.may_speak(from) {
                    self.sound(from, bytes, now);
                } else {
                    self.tally.foreign();
                }
            }
            Channel::Control => {
                if self.may_report(from) {
                    self.control(bytes, now)
                } else {
                    self.tally.foreign()
                }
            }
        }
    }

    /// May sound come from there? The agreed address is heard even after another port of its host
    /// was; that other port only as long as the agreed one is silent.
    fn may_speak(&self, from: SocketAddr) -> bool {
        let Some(remote) = self.agreed.remote else { return false };
        if from == remote {
            return true;
        }
        match (self.options.latch, self.source) {
            (Latch::Exact, _) => false,
            (Latch::SameHost, None) => from.ip() == remote.ip(),
            (Latch::SameHost, Some(source)) => from == source,
        }
    }

    fn may_report(&self, from: SocketAddr) -> bool {
        let Some(control) = self.agreed.control else { return false };
        match self.options.latch {
            Latch::Exact => from == control,
            Latch::SameHost => from.ip() == control.ip(),
        }
    }

    fn sound(&mut self, from: SocketAddr, bytes: &[u8], now: Moment) {
        let clear = match &mut self.opener {
            Some(opener) => match opener.open(bytes) {
                Ok(clear) => Cow::Owned(clear),
                Err(_) => return self.tally.forged(),
            },
            None => Cow::Borrowed(bytes),
        };
        let Ok(packet) = Packet::parse(&clear) else { return self.tally.unfit() };
        let is_event = self.agreed.events == Some(packet.payload_type);
        let is_sound = self.agreed.receive.contains_key(&packet.payload_type);
        // Our own source is a mirror on the way.
        if packet.ssrc == self.mouth.ssrc() || !(is_event || is_sound) {
            return self.tally.unfit();
        }
        self.source = Some(from);
        if !self.agreed.direction.receives() {
            return;
        }
        if is_event {
            let digit = self.events.heard(&packet);
            self.outputs.extend(digit.map(Output::Pressed));
            self.jitter.pass(&packet, now);
        } else {
            self.jitter.push(&packet, now);
        }
    }

    fn control(&mut self, bytes: &[u8], now: Moment) {
        let clear = match &mut self.opener {
            Some(opener) => match opener.open_control(bytes) {
                Ok(clear) => Cow::Owned(clear),
                Err(_) => return self.tally.forged(),
            },
            None => Cow::Borrowed(bytes),
        };
        self.reported(&clear, now);
    }
}
