//! HTTP: the browser client, its WebSocket bridge, the set-up and administration pages.
//!
//! A request is answered by a plain function over what one thread (the desk: log-ins) and one task
//! (the office: the connection with the IVM server) know. A WebSocket is a client of the IVM server
//! and goes through unread. This service keeps no people and no messages. Pages, scripts and
//! `appliancectl` use one API, `/api/v1`; see `docs/api.md`.

mod api;
mod assets;
mod audit;
mod code;
mod desk;
mod form;
mod guard;
mod history;
mod pages;
mod password;
mod role;
mod session;
mod shell;
mod store;
mod throttle;

pub use assets::{Assets, File};
pub use shell::{Whereabouts, run};
