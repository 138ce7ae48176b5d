//! The IVM client's platform (Fig. 3 of the specification): one engine for the terminal, the
//! browser and every other mouth.
//!
//! The [`Engine`] is a pure [`machine::Machine`]: the shell feeds it [`Input`]s (the person's
//! commands, objects from the server, samples from the microphone, answers of the storage) and
//! carries out its [`Output`]s. What to show is read from the engine's views.

mod adopt;
mod arriving;
mod composer;
mod desk;
mod dictation;
mod dispatch;
mod engine;
mod enrol;
mod files;
mod inbox;
mod input;
mod login;
mod outbox;
mod output;
mod paths;
mod peaks;
mod player;
mod receipts;
mod recorder;
mod records;
mod rescue;
mod roster;
mod session;
mod sinks;
mod startup;
mod storage;
mod view;
mod views;

#[cfg(test)]
mod tests;

pub use engine::{Engine, Setup};
pub use input::{Binding, Command, Input, Password, Source, Talk, Wish};
pub use output::{Change, FileId, Notice, Output, SinkId, Ticket, Write};
pub use view::{
    AttachmentView, Delivery, Direction, DraftState, DraftView, Link, MessageState, MessageView,
    PersonView, Trust,
};
