//! A leg: one audio stream with one telephone, as a [`Machine`].
//!
//! ```text
//! Open    every 20 ms: a frame that was heard comes out, a packet goes out (a key that is
//!         pressed, else what is to be said, else silence: telephones hang up on a line that is
//!         dead). Reports every five seconds or so.
//! Closed  after our goodbye: nothing goes in or out.
//! ```
//!
//! Who is heard: datagrams from the address that was agreed on, or, if [`Latch::SameHost`] allows
//! it, from the first other port of that host that sends sound which is sound; we then send there,
//! too. Everything else changes nothing but a count. With keys, what was not made with them is
//! dropped before any of this. RFC 3550, 3551, 3711, 4733, 5761.

mod quality;
mod receive;
mod report;
mod send;
#[cfg(test)]
mod tests;

use std::collections::VecDeque;
use std::net::SocketAddr;

use machine::{Machine, Moment, Span};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::{Rng, SeedableRng};

pub use quality::Statistics;
use quality::Tally;
use report::Reports;
pub use send::MOST_QUEUED_MS;
use send::Mouth;

use crate::codec::{Decoder, Decoders, Rate};
use crate::event::{self, Digit};
use crate::jitter::{Frame, Jitter};
use crate::offer::Agreed;
use crate::srtp::{Opener, Sealer};

/// Time between two frames.
const TICK: Span = Span::from_millis(20);
/// Frames that are made up for when the driver comes late; more are left out.
const MOST_TICKS: u64 = 10;

/// Which of the two ports a datagram came by, or goes by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Channel {
    /// That of the sound; of the reports, too, if they share it.
    Sound,
    /// That of the reports.
    Control,
}

/// From where sound is taken.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub enum Latch {
    /// Only from where the telephone says it listens.
    #[default]
    Exact,
    /// From another port of that host, too: telephones that send from elsewhere than they listen.
    SameHost,
}

/// What was not agreed on, but chosen by us.
#[derive(Clone, Debug)]
pub struct Options {
    /// The rate of our side.
    pub rate: Rate,
    /// From where sound is taken.
    pub latch: Latch,
    /// Our lasting name in reports; it tells nothing about a person.
    pub cname: String,
}

/// What can happen to a leg.
#[derive(Clone, Debug)]
pub enum Input {
    /// A datagram has come.
    Datagram {
        /// By which port.
        channel: Channel,
        /// From where.
        from: SocketAddr,
        /// The datagram.
        bytes: Vec<u8>,
    },
    /// Samples are to be said, at the rate of our side: at most [`MOST_QUEUED_MS`] wait.
    Say(Vec<i16>),
    /// What waits to be said is not.
    Hush,
    /// A key is to be pressed.
    Press(Digit),
    /// Something else was agreed on: hold, another codec, another place.
    Agree(Box<Agreed>),
    /// The talk is over.
    Goodbye,
}

/// What a leg does.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Output {
    /// Sends a datagram.
    Send {
        /// By which port.
        channel: Channel,
        /// Where to.
        to: SocketAddr,
        /// The datagram.
        bytes: Vec<u8>,
    },
    /// 20 ms were heard.
    Heard(Frame),
    /// The telephone's user has pressed a key.
    Pressed(Digit),
    /// The telephone has said goodbye.
    Gone,
}

/// A leg.
pub struct Leg {
    agreed: Agreed,
    options: Options,
    rng: ChaCha20Rng,
    /// Where sound comes from, once it does.
    source: Option<SocketAddr>,
    jitter: Jitter,
    events: event::Receiver,
    mouth: Mouth,
    reports: Reports,
    opener: Option<Opener>,
    sealer: Option<Sealer>,
    tally: Tally,
    next: Moment,
    is_closed: bool,
    outputs: VecDeque<Output>,
}

impl Leg {
    /// A leg that begins now. The seed is chance: from it come source, first sequence number and
    /// first timestamp, which nobody may guess (RFC 3550, section 5.1).
    #[must_use]
    pub fn new(agreed: Agreed, options: Options, seed: [u8; 32], now: Moment) -> Self {
        let mut rng = ChaCha20Rng::from_seed(seed);
        let mouth = Mouth::new(&agreed, options.rate, &mut rng);
        let keys = agreed.keys.as_ref();
        Self {
            source: None,
            jitter: Jitter::new(decoders(&agreed, options.rate), options.rate),
            events: event::Receiver::default(),
            reports: Reports::new(now, rng.next_u32()),
            opener: keys.map(|keys| Opener::new(&keys.theirs, keys.suite)),
            sealer: keys.map(|keys| Sealer::new(&keys.ours, keys.suite)),
            tally: Tally::default(),
            next: now + TICK,
            is_closed: false,
            outputs: VecDeque::new(),
            mouth,
            rng,
            agreed,
            options,
        }
    }

    /// Milliseconds of sound that wait to be said.
    #[must_use]
    pub fn queued_ms(&self) -> usize {
        self.mouth.queued() / (8 * self.options.rate.per_tick())
    }

    /// Where sound comes from, once it does.
    #[must_use]
    pub fn source(&self) -> Option<SocketAddr> {
        self.source
    }

    /// How it has gone so far.
    #[must_use]
    pub fn statistics(&self) -> Statistics {
        self.tally.statistics(&self.jitter)
    }

    /// Something else was agreed on. Source and counts of what we send go on, so that no part of
    /// a key's stream is used twice.
    fn agree(&mut self, agreed: Agreed) {
        if agreed.remote != self.agreed.remote {
            self.source = None;
        }
        let (old, new) = (self.agreed.keys.as_ref(), agreed.keys.as_ref());
        if old.map(|keys| (keys.suite, &keys.theirs)) != new.map(|keys| (keys.suite, &keys.theirs))
        {
            self.opener = new.map(|keys| Opener::new(&keys.theirs, keys.suite));
        }
        if old.map(|keys| (keys.suite, &keys.ours)) != new.map(|keys| (keys.suite, &keys.ours)) {
            self.sealer = new.map(|keys| Sealer::new(&keys.ours, keys.suite));
        }
        if agreed.receive != self.agreed.receive {
            self.jitter.set_decoders(decoders(&agreed, self.options.rate));
        }
        self.mouth.agree(&agreed);
        self.agreed = agreed;
    }

    fn tick(&mut self, now: Moment) {
        if self.agreed.direction.receives() {
            let frame = self.jitter.pull(now);
            self.tally.pulled();
            self.outputs.push_back(Output::Heard(frame));
        }
        self.speak();
    }
}

impl Machine for Leg {
    type Input = Input;
    type Output = Output;

    fn handle(&mut self, input: Input, now: Moment) {
        if self.is_closed {
            return;
        }
        match input {
            Input::Datagram { channel, from, bytes } => self.datagram(channel, from, &bytes, now),
            Input::Say(samples) => self.tally.unsaid(self.mouth.say(&samples)),
            Input::Hush => self.mouth.hush(),
            Input::Press(digit) => self.press(digit),
            Input::Agree(agreed) => self.agree(*agreed),
            Input::Goodbye => {
                self.report(now, true);
                self.is_closed = true;
            }
        }
    }

    fn expire(&mut self, now: Moment) {
        if self.is_closed {
            return;
        }
        let late = now.since(self.next).millis() / TICK.millis();
        if late > MOST_TICKS {
            let skipped = late - MOST_TICKS;
            self.next = self.next + Span::from_millis(skipped * TICK.millis());
        }
        while self.next <= now {
            let due = self.next;
            self.next = due + TICK;
            self.tick(due);
        }
        if self.reports.due() <= now {
            self.report(now, false);
        }
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn deadline(&self) -> Option<Moment> {
        (!self.is_closed).then(|| self.next.min(self.reports.due()))
    }
}

fn decoders(agreed: &Agreed, rate: Rate) -> Decoders {
    let codecs = agreed.receive.iter();
    codecs.map(|(kind, codec)| (*kind, Decoder::new(*codec, rate))).collect()
}
