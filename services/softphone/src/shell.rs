//! What touches the world: terminal, sound, files, sockets, the clock. It decides nothing that a
//! pure module could decide.

pub mod control;
pub mod files;
pub mod home;
pub mod line;
pub mod session;
pub mod sound;
