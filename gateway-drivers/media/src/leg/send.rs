//! What goes: one packet every 20 ms.

use std::collections::VecDeque;
use std::net::SocketAddr;

use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::Rng;

use super::{Channel, Leg, Output};
use crate::codec::{Codec, Encoder, FRAME, Rate};
use crate::conceal::Concealer;
use crate::event::{Digit, Sender};
use crate::offer::Agreed;
use crate::rtp::{Packet, PayloadType, Ssrc};

/// Milliseconds of sound that wait at most.
pub const MOST_QUEUED_MS: usize = 1_000;
/// Frames that are waited for before something is said: what comes over a network comes unevenly.
const CUSHION: usize = 3;

/// Our voice.
pub(super) struct Mouth {
    rate: Rate,
    codec: Codec,
    payload_type: PayloadType,
    events: Option<PayloadType>,
    encoder: Encoder,
    /// Joins what is said to the silence around it.
    joiner: Concealer,
    queue: VecDeque<i16>,
    /// Frames since something waits, while it is not yet said.
    waited: usize,
    is_saying: bool,
    keys: Sender,
    ssrc: Ssrc,
    sequence: u16,
    timestamp: u32,
    /// The next packet is the first, or the first after a hold.
    is_first: bool,
    packets: u32,
    bytes: u32,
}

impl Mouth {
    pub(super) fn new(agreed: &Agreed, rate: Rate, rng: &mut ChaCha20Rng) -> Self {
        Self {
            rate,
            codec: agreed.codec,
            payload_type: agreed.payload_type,
            events: agreed.events,
            encoder: Encoder::new(agreed.codec, rate),
            joiner: Concealer::new(rate),
            queue: VecDeque::new(),
            waited: 0,
            is_saying: false,
            keys: Sender::default(),
            ssrc: Ssrc(rng.next_u32()),
            // The lower half, so that no early loss hides a wrap from SRTP (RFC 4568, section 6.4).
            sequence: rng.next_u32() as u16 & 0x7fff,
            timestamp: rng.next_u32(),
            is_first: true,
            packets: 0,
            bytes: 0,
        }
    }

    pub(super) fn agree(&mut self, agreed: &Agreed) {
        if agreed.codec != self.codec {
            self.codec = agreed.codec;
            self.encoder = Encoder::new(agreed.codec, self.rate);
        }
        self.payload_type = agreed.payload_type;
        self.events = agreed.events;
    }

    pub(super) fn ssrc(&self) -> Ssrc {
        self.ssrc
    }

    /// What was sent so far: the next timestamp, packets, bytes.
    pub(super) fn sent(&self) -> (u32, u32, u32) {
        (self.timestamp, self.packets, self.bytes)
    }

    pub(super) fn queued(&self) -> usize {
        self.queue.len()
    }

    /// Takes samples; tells how many there was no room for.
    pub(super) fn say(&mut self, samples: &[i16]) -> usize {
        let most = MOST_QUEUED_MS * 8 * self.rate.per_tick();
        let room = most.saturating_sub(self.queue.len()).min(samples.len());
        self.queue.extend(&samples[..room]);
        samples.len() - room
    }

    pub(super) fn hush(&mut self) {
        self.queue.clear();
    }

    pub(super) fn press(&mut self, digit: Digit) -> bool {
        self.events.is_some() && self.keys.press(digit)
    }

    /// 20 ms in which nothing is sent.
    pub(super) fn rest(&mut self) {
        self.timestamp = self.timestamp.wrapping_add(FRAME as u32);
        self.is_first = true;
    }

    /// The packet of these 20 ms.
    pub(super) fn packet(&mut self) -> Vec<u8> {
        let key = self.events.and_then(|kind| Some((kind, self.keys.step()?)));
        let (payload_type, payload, before, is_marked) = match key {
            Some((kind, step)) => (kind, step.event.write().to_vec(), step.before, step.is_first),
            None => {
                let frame = self.frame();
                (self.payload_type, self.encoder.encode(&frame), 0, self.is_first)
            }
        };
        let packet = Packet {
            is_marked,
            sequence: self.sequence,
            timestamp: self.timestamp.wrapping_sub(before),
            ..Packet::plain(payload_type, self.ssrc, &payload)
        };
        self.sequence = self.sequence.wrapping_add(1);
        self.timestamp = self.timestamp.wrapping_add(FRAME as u32);
        self.is_first = false;
        self.packets = self.packets.wrapping_add(1);
        self.bytes = self.bytes.wrapping_add(payload.len() as u32);
        packet.write()
    }

    /// What is said in these 20 ms, or silence.
    fn frame(&mut self) -> Vec<i16> {
        let length = self.rate.frame();
        if self.queue.is_empty() {
            (self.is_saying, self.waited) = (false, 0);
        } else if !self.is_saying {
            self.waited += 1;
            self.is_saying = self.queue.len() >= CUSHION * length || self.waited > CUSHION;
        }
        if !self.is_saying {
            return self.joiner.pause(length);
        }
        let count = length.min(self.queue.len());
        let mut said: Vec<i16> = self.queue.drain(..count).collect();
        self.joiner.heard(&mut said);
        if count < length {
            said.extend(self.joiner.pause(length - count));
        }
        said
    }
}

impl Leg {
    /// Sends what is due: every 20 ms, whatever there is to say.
    pub(super) fn speak(&mut self) {
        let to = self.destination().filter(|_| self.agreed.direction.sends());
        let Some(to) = to else { return self.mouth.rest() };
        let packet = self.mouth.packet();
        let sealed = match &mut self.sealer {
            Some(sealer) => sealer.seal(packet),
            None => Some(packet),
        };
        // A key that is used up is never used again: the line falls silent.
        let Some(bytes) = sealed else { return };
        self.outputs.push_back(Output::Send { channel: Channel::Sound, to, bytes });
    }

    pub(super) fn press(&mut self, digit: Digit) {
        if !self.mouth.press(digit) {
            self.tally.unpressed();
        }
    }

    /// Where sound goes: where it comes from, or where it is expected.
    pub(super) fn destination(&self) -> Option<SocketAddr> {
        self.agreed.remote.map(|remote| self.source.unwrap_or(remote))
    }
}
