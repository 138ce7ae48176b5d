//! What goes in and what comes out.

use std::sync::Arc;

use super::Phrase;
use crate::directory::Directory;

/// A call of this telephone, from either side. Who begins it chooses its number.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Call(pub u64);

/// Why a telephone rings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Bell {
    /// Its owner wants to speak with it.
    Speak,
    /// Somebody speaks: it is to answer by itself.
    SpeakUp,
}

/// How a call ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// Its user has hung up.
    HungUp,
    /// The telephone is gone, in the middle.
    Lost,
    /// Nobody lifted.
    Unanswered,
    /// We have ended it.
    Released,
}

/// Why a call is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum No {
    /// Nobody has that number.
    Nobody,
    /// The telephone is in a call.
    Busy,
    /// It is not set up yet.
    NotYet,
}

/// What can happen.
#[derive(Debug)]
pub enum Input {
    /// To its client engine.
    Engine(client_engine::Input),
    /// Who has which number.
    Directory(Arc<Directory>),
    /// May live messages come out of its speaker by themselves?
    SpeaksUp(bool),
    /// The code with which its account is entered, or why there is none.
    Invited(Result<String, String>),
    /// It calls.
    Called {
        /// The call.
        call: Call,
        /// What was dialled.
        to: String,
    },
    /// A call can be heard on both sides.
    Answered(Call),
    /// A call is over.
    Ended {
        /// The call.
        call: Call,
        /// How.
        end: End,
    },
    /// A key was pressed.
    Key(char),
    /// All that was to be said is said.
    Said,
}

/// What is to be done.
#[derive(Debug)]
pub enum Output {
    /// The client engine's.
    Engine(client_engine::Output),
    /// Its account is to be made, or entered anew: a code is wanted.
    Invite,
    /// Take its call.
    Answer(Call),
    /// Refuse its call.
    Refuse(Call, No),
    /// End a call.
    HangUp(Call),
    /// Ring it.
    Ring {
        /// The new call.
        call: Call,
        /// Why.
        bell: Bell,
        /// Who wants it, as people read it.
        name: String,
        /// Its number; empty for none.
        number: String,
    },
    /// Say this, and nothing of what was to be said before.
    Say(Vec<Phrase>),
    /// The people on its list, or their presence, have changed.
    People,
    /// So many messages are new, so many old.
    Waiting {
        /// Not heard yet.
        new: u32,
        /// Heard.
        old: u32,
    },
}

/// What is fixed at the start.
#[derive(Debug)]
pub struct Setup {
    /// The client engine's.
    pub engine: client_engine::Setup,
    /// All chance but the engine's.
    pub seed: [u8; 32],
    /// What its client calls itself on the list of devices.
    pub device: String,
    /// The first number of calls that it is rung with; the 2^24 from there are its own.
    pub first_call: u64,
}
