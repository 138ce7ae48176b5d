//! Reports: made every five seconds or so, and what theirs tell.

use std::net::SocketAddr;

use machine::{Moment, Span};
use rand_chacha::rand_core::Rng;

use super::{Channel, Leg, Output};
use crate::rtcp::{self, Block, CNAME, Chunk, Packet, Sent};
use crate::rtp::Ssrc;

/// The mean time between two reports; each comes after half of it to half as much again, so that
/// many legs do not report at once (RFC 3550, section 6.2).
const INTERVAL_MS: u64 = 5_000;

/// When reports are due, and what theirs were.
pub(super) struct Reports {
    due: Moment,
    /// The middle of their last report's time, and when it came.
    last: Option<(u32, Moment)>,
    /// Packets that we had sent when we reported last.
    sent: u32,
    is_gone: bool,
}

impl Reports {
    pub(super) fn new(now: Moment, chance: u32) -> Self {
        Self { due: after(now, chance), last: None, sent: 0, is_gone: false }
    }

    pub(super) fn due(&self) -> Moment {
        self.due
    }
}

fn after(now: Moment, chance: u32) -> Moment {
    now + Span::from_millis(INTERVAL_MS / 2 + u64::from(chance) % INTERVAL_MS)
}

impl Leg {
    /// Reports, and says goodbye with it if that is wanted.
    pub(super) fn report(&mut self, now: Moment, is_goodbye: bool) {
        self.reports.due = after(now, self.rng.next_u32());
        let Some((channel, to)) = self.control_destination() else { return };
        let ssrc = self.mouth.ssrc();
        let blocks = self.block(now).into_iter().collect();
        let (timestamp, packets, bytes) = self.mouth.sent();
        let first = if packets == self.reports.sent {
            Packet::ReceiverReport { ssrc, blocks }
        } else {
            let sent = Sent { ntp: ntp(now), timestamp, packets, bytes };
            Packet::SenderReport { ssrc, sent, blocks }
        };
        self.reports.sent = packets;
        let name = (CNAME, self.options.cname.clone().into_bytes());
        let mut compound =
            vec![first, Packet::Description(vec![Chunk { ssrc, items: vec![name] }])];
        if is_goodbye {
            compound.push(Packet::Goodbye { ssrcs: vec![ssrc], reason: None });
        }
        let clear = rtcp::write(&compound);
        let sealed = match &mut self.sealer {
            Some(sealer) => sealer.seal_control(clear),
            None => Some(clear),
        };
        self.outputs.extend(sealed.map(|bytes| Output::Send { channel, to, bytes }));
    }

    fn control_destination(&self) -> Option<(Channel, SocketAddr)> {
        if self.agreed.is_muxed {
            return self.destination().map(|to| (Channel::Sound, to));
        }
        self.agreed.control.map(|to| (Channel::Control, to))
    }

    /// How their stream arrives.
    fn block(&mut self, now: Moment) -> Option<Block> {
        let order = self.jitter.order();
        let (last_report, since_report) = self.reports.last.map_or((0, 0), |(middle, came)| {
            let since = now.since(came).millis().saturating_mul(65_536) / 1_000;
            (middle, u32::try_from(since).unwrap_or(u32::MAX))
        });
        Some(Block {
            ssrc: order.ssrc()?,
            fraction: order.fraction(),
            lost: i32::try_from(order.lost()).unwrap_or(i32::MAX),
            highest: order.highest(),
            jitter: order.jitter(),
            last_report,
            since_report,
        })
    }

    /// Their report has come.
    pub(super) fn reported(&mut self, bytes: &[u8], now: Moment) {
        let Ok(packets) = rtcp::parse(bytes) else { return self.tally.unfit() };
        let theirs = self.jitter.order().ssrc();
        for packet in packets {
            match packet {
                Packet::SenderReport { ssrc, sent, blocks } => {
                    if Some(ssrc) == theirs {
                        self.reports.last = Some(((sent.ntp >> 16) as u32, now));
                    }
                    self.about_us(&blocks, now);
                }
                Packet::ReceiverReport { blocks, .. } => self.about_us(&blocks, now),
                Packet::Goodbye { ssrcs, .. } => self.gone(&ssrcs, theirs),
                Packet::Description(_) | Packet::Other { .. } => {}
            }
        }
    }

    /// How our stream arrives there, and how long the way is (RFC 3550, section 6.4.1).
    fn about_us(&mut self, blocks: &[Block], now: Moment) {
        let ours = self.mouth.ssrc();
        let Some(block) = blocks.iter().find(|block| block.ssrc == ours) else { return };
        let there_and_back = (block.last_report != 0).then(|| {
            let middle = (ntp(now) >> 16) as u32;
            middle.wrapping_sub(block.last_report).wrapping_sub(block.since_report)
        });
        // What is no plausible way (over ten seconds) is somebody's broken clock.
        let way = there_and_back.filter(|way| *way < 10 << 16);
        self.tally.told(block.fraction, way.map(|way| ((u64::from(way) * 1_000) >> 16) as u32));
    }

    /// Only who is heard can be gone.
    fn gone(&mut self, ssrcs: &[Ssrc], theirs: Option<Ssrc>) {
        let is_theirs = theirs.is_some_and(|theirs| ssrcs.contains(&theirs));
        if is_theirs && !self.reports.is_gone {
            self.reports.is_gone = true;
            self.outputs.push_back(Output::Gone);
        }
    }
}

/// The time since the driver's start in NTP's form. A sender that knows no wall clock may use its
/// own (RFC 3550, section 6.4.1); 0 would mean that there was no report.
fn ntp(now: Moment) -> u64 {
    let ms = now.millis().saturating_add(1_000);
    ((ms / 1_000) << 32) | (((ms % 1_000) << 32) / 1_000)
}
