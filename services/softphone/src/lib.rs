//! The IVM client for a terminal.
//!
//! Commands for scripts and people, and a full screen without one. All that a message is, is in
//! `client_engine`; here are its mouth and ears: [`shell`] owns terminal, sound, files, sockets
//! and the database, the other modules turn words into commands and views into words.

pub mod cli;
pub mod deed;
pub mod exit;
pub mod find;
pub mod json;
pub mod lines;
pub mod media;
pub mod shell;
pub mod store;
pub mod tones;
pub mod ui;
pub mod wav;
pub mod words;

#[cfg(test)]
mod sample;
