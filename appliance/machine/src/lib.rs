//! The one shape of a protocol in this workspace, and the time it is told.
//!
//! A [`Machine`] takes inputs, keeps state and hands out outputs. It never reads a clock, a socket
//! or a file: whoever drives it (see `chassis::drive`, or a simulator) tells it the time.

mod moment;
mod timers;

pub use moment::{Moment, Span};
pub use timers::Timers;

/// A protocol as a pure machine: one thing in, its consequences out.
///
/// The driver calls [`Machine::handle`] or [`Machine::expire`], then [`Machine::poll`] until it
/// answers `None`, then waits for the next input or for [`Machine::deadline`].
pub trait Machine {
    /// What can happen to the machine.
    type Input;
    /// What the machine wants done.
    type Output;

    /// Takes one thing in.
    fn handle(&mut self, input: Self::Input, now: Moment);

    /// Acts on every deadline that has passed.
    fn expire(&mut self, now: Moment);

    /// The next deed; to be called until it is `None`.
    fn poll(&mut self) -> Option<Self::Output>;

    /// When [`Machine::expire`] is due next, if ever.
    fn deadline(&self) -> Option<Moment>;
}
