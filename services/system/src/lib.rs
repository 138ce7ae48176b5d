//! The settings keeper: settings, the machine under them, updates, backup.
//!
//! [`keeper`] is the pure machine that decides what becomes of a change; [`book`] is its file,
//! [`render`] what settings mean for the machine; [`run`] puts a socket, files and time around them.
//!
//! [`deed`] is the language between the service, which has no rights, and root's few deeds;
//! [`shell_deed`] speaks it on both sides. [`backup`] is the file format of backups. [`shell_early`]
//! does at a start what the last run left to be done; [`shell_job`] what takes a while.

mod alarm;
pub mod backup;
pub mod book;
mod certificate;
pub mod deed;
mod health;
pub mod job;
pub mod keeper;
mod log_lines;
pub mod render;
pub mod rights;
mod shell;
pub mod shell_deed;
pub mod shell_early;
pub mod shell_job;
pub mod shell_update;
pub mod update;

pub use shell::{Options, run};
