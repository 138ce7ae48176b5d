//! One file on its way to one client: which blocks are sent, and when they are sent again
//! (RFC 1350, section 6; RFC 7440, section 4). Who the client is, is not known here.
//!
//! ```text
//!              options                 ACK 0               ACK of the last block
//!  (a file) -----------> offered -----------------> sending ---------------------> done
//!           -------------------------------------->    | ^
//!              none                                    +-+ ACK of the window: the next one
//! ```

use bytes::Bytes;
use machine::Span;

use super::content::{Content, Place};
use crate::packet::{Mode, Request, Wire};
use crate::terms::{self, Terms};

/// A packet is sent so often again before the client is given up.
const RESENDS: u8 = 5;
/// Without a time-out agreed: so long after the first time, then twice as long each time.
const FIRST_WAIT: Span = Span::from_secs(1);
const LONGEST_WAIT: Span = Span::from_secs(8);
/// An agreed time-out that is longer would leave no time for the resends.
const LONGEST_PATIENCE: Span = Span::from_secs(10);
/// An acknowledgement of a part of a window tells of a gap, unless more of them follow: there are
/// clients that answer every block. To send again for each would multiply every packet.
const GAP: Span = Span::from_millis(20);
/// One that comes twice tells of a gap right behind it, unless it was the network that doubled it:
/// then the true one follows.
const ECHO: Span = Span::from_millis(50);

/// A file on its way.
#[derive(Debug)]
pub(super) struct Flow {
    content: Content,
    terms: Terms,
    /// The options, until the client has agreed.
    offer: Option<Wire>,
    /// The number of the last block that has arrived. Numbers go round: 0 follows 65,535.
    arrived: u16,
    /// Where the next one begins.
    from: Place,
    /// Where each block ends that is on its way.
    ends: Vec<Place>,
    /// Is the last one of these the file's last?
    is_end_sent: bool,
    resends: u8,
    wait: Span,
    gap: Gap,
    /// Has the client ever answered?
    is_heard: bool,
}

/// Is there a gap in the window behind what has arrived?
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Gap {
    /// Nothing tells of one.
    None,
    /// It seems so: it will be closed soon if nothing else is heard.
    Likely,
    /// It was closed, or so it was tried; what else is heard of it is old.
    Closed,
}

/// What an acknowledgement means.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Heard {
    /// Nothing.
    Nothing,
    /// There may be a gap: send again soon.
    Gap(Span),
    /// Send what comes next.
    Next,
    /// All has arrived.
    Done,
}

impl Flow {
    pub(super) fn new(request: &Request<'_>, file: Bytes) -> Self {
        let content = match request.mode {
            Mode::Netascii => Content::Text(file),
            Mode::Octet | Mode::Mail | Mode::Other(_) => Content::Plain(file),
        };
        let (terms, offer) = terms::agree(&request.choices, content.size());
        let mut flow = Self {
            content,
            terms,
            offer,
            arrived: 0,
            from: Place::default(),
            ends: Vec::with_capacity(terms.window),
            is_end_sent: false,
            resends: 0,
            wait: FIRST_WAIT,
            gap: Gap::None,
            is_heard: false,
        };
        flow.calm_down();
        flow
    }

    /// Has the client ever answered?
    pub(super) fn is_heard(&self) -> bool {
        self.is_heard
    }

    /// How long to wait for an answer.
    pub(super) fn wait(&self) -> Span {
        self.wait
    }

    /// Sends what the client is to have next: the options, or a window of blocks.
    pub(super) fn send(&mut self, mut put: impl FnMut(Wire)) {
        if let Some(offer) = &self.offer {
            return put(offer.clone());
        }
        self.ends.clear();
        self.is_end_sent = false;
        let (mut place, mut number) = (self.from, self.arrived);
        while self.ends.len() < self.terms.window && !self.is_end_sent {
            let (block, next) = self.content.block(place, self.terms.block);
            self.is_end_sent = block.len() < self.terms.block;
            self.ends.push(next);
            place = next;
            number = number.wrapping_add(1);
            put(Wire::block(number, block));
        }
    }

    /// Takes an acknowledgement.
    pub(super) fn acknowledged(&mut self, number: u16) -> Heard {
        if self.offer.is_some() && number != 0 {
            return Heard::Nothing;
        }
        self.is_heard = true;
        if self.offer.take().is_some() {
            self.calm_down();
            return Heard::Next;
        }
        let steps = usize::from(number.wrapping_sub(self.arrived));
        if steps == 0 {
            return self.repeated();
        }
        let Some(end) = self.ends.get(steps - 1).copied() else { return Heard::Nothing };
        self.ends.drain(..steps);
        self.arrived = number;
        self.from = end;
        self.calm_down();
        if !self.ends.is_empty() {
            self.gap = Gap::Likely;
            Heard::Gap(GAP)
        } else if self.is_end_sent {
            Heard::Done
        } else {
            Heard::Next
        }
    }

    /// Nobody has answered in time; false if it has been tried often enough.
    pub(super) fn try_again(&mut self) -> bool {
        if self.gap == Gap::Likely {
            self.gap = Gap::Closed;
            return true;
        }
        if self.resends == RESENDS {
            return false;
        }
        self.resends += 1;
        if self.terms.patience.is_none() {
            self.wait = self.wait.doubled(LONGEST_WAIT);
        }
        true
    }

    /// An acknowledgement of what had arrived before. Block by block it means nothing: to send
    /// again for it would double every packet from then on (RFC 1123, section 4.2.3.1).
    fn repeated(&mut self) -> Heard {
        if self.terms.window == 1 || self.gap != Gap::None {
            return Heard::Nothing;
        }
        self.gap = Gap::Likely;
        Heard::Gap(ECHO)
    }

    fn calm_down(&mut self) {
        self.wait = self.terms.patience.unwrap_or(FIRST_WAIT).min(LONGEST_PATIENCE);
        self.resends = 0;
        self.gap = Gap::None;
    }
}
