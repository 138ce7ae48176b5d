//! The IVM client for a web browser: the client engine as wasm.
//!
//! [`Client`] is all that JavaScript sees. Inputs are method calls, commands come as JSON, deeds
//! go out as plain objects, views as JSON; nothing is decided here. What carries the deeds out
//! (socket, storage, sound, pages) stands in `web/`.

mod changes;
mod client;
mod command;
mod deed;
mod notice;
mod view;

pub use client::Client;
