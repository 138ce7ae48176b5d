//! The local IVM server (Fig. 4): users, presence, store and forward, live mode.

mod engine;
mod limits;
pub mod record;
pub mod store;

pub use engine::{Caller, ConnId, Engine, Input, Output, Setup};
pub use limits::Limits;
