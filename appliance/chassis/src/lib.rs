//! The frame every service stands on, written once for all of them.
//!
//! A service is a function `run(Context)`. The [`context::Context`] bears the [`layout::Layout`]
//! (every path and port), the clock, the signal to drain and the tasks; [`drive::drive`] is the
//! only event loop; [`clock`] and [`chance`] are the only places that read time and randomness.
//! What a service does is none of the frame's business.

pub mod authority;
pub mod chance;
pub mod clock;
pub mod context;
pub mod counter;
pub mod drive;
pub mod durable;
pub mod host;
pub mod hub;
pub mod identity;
pub mod journal;
pub mod kept;
pub mod layout;
pub mod notify;
pub mod places;
pub mod room;
