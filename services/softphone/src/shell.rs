//! What touches the world: terminal, sound, files, sockets, the clock. It decides nothing that a
//! pure module could decide.

mod commands;
pub mod control;
pub mod files;
pub mod home;
pub mod line;
pub mod place;
pub mod prompt;
mod screen;
pub mod session;
pub mod side;
pub mod sound;
pub mod start;
pub mod wait;
