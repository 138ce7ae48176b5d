//! How far a call is.

use super::{Arrival, Reason};
use crate::dialog::Dialog;
use crate::station::User;
use crate::transaction::ServerKey;

/// One call.
#[derive(Debug)]
pub(super) struct Session {
    pub(super) user: User,
    pub(super) stage: Stage,
    /// It is over for everybody but the phone.
    pub(super) is_told: bool,
}

#[derive(Debug)]
pub(super) enum Stage {
    /// We call; its legs are asked.
    Ringing(Ringing),
    /// A phone calls, and waits.
    Asked(Box<Asked>),
    /// Both speak.
    Talking(Box<Talking>),
}

#[derive(Debug, Default)]
pub(super) struct Ringing {
    /// Did any phone say that it rings?
    pub(super) is_heard: bool,
    /// Why the legs that failed did.
    pub(super) failed: Option<Reason>,
}

#[derive(Debug)]
pub(super) struct Asked {
    pub(super) arrival: Arrival,
    pub(super) dialog: Dialog,
}

#[derive(Debug)]
pub(super) struct Talking {
    pub(super) dialog: Dialog,
    /// Our 2xx to an `INVITE` that has no `ACK` yet.
    pub(super) unacked: Option<Unacked>,
    /// A change that the phone wants, until there is an order.
    pub(super) owed: Option<Arrival>,
}

#[derive(Debug)]
pub(super) struct Unacked {
    pub(super) key: ServerKey,
    pub(super) turn: u32,
    /// Was the offer in it ours? Then the answer comes with the `ACK`.
    pub(super) is_our_offer: bool,
}

impl Session {
    pub(super) fn new(user: User, stage: Stage) -> Self {
        Self { user, stage, is_told: false }
    }

    pub(super) fn talking(&mut self) -> Option<&mut Talking> {
        match &mut self.stage {
            Stage::Talking(talking) => Some(talking),
            Stage::Ringing(_) | Stage::Asked(_) => None,
        }
    }

    pub(super) fn ringing(&mut self) -> Option<&mut Ringing> {
        match &mut self.stage {
            Stage::Ringing(ringing) => Some(ringing),
            Stage::Asked(_) | Stage::Talking(_) => None,
        }
    }
}

impl Reason {
    /// What a refusal means.
    pub(super) const fn of(code: u16) -> Self {
        match code {
            300..=399 => Self::Forwarded,
            486 | 600 => Self::Busy,
            403 | 603 | 607 | 608 => Self::Declined,
            408 | 480 => Self::NoAnswer,
            404 | 410 | 481 | 502 | 503 | 604 => Self::Unreachable,
            415 | 488 | 606 => Self::Unacceptable,
            _ => Self::Failed(code),
        }
    }
}
