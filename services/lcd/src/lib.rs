//! The front panel: menu, keys, HD44780 over I2C.
//!
//! [`Panel`] is the panel as a pure machine; [`run`] connects it with the glass, the settings
//! keeper, the message server and the administration. How to operate it: `docs/panel.md`.

mod bell;
mod front;
mod glass;
mod keypad;
mod page;
mod panel;
mod ring;
mod rom;
mod screen;
mod sheet;
mod shell;
mod words;
mod world;

pub use front::Front;
pub use keypad::{Key, Keys};
pub use panel::{Input, Output, Panel};
pub use screen::{Screen, Size};
pub use shell::{Options, run};
pub use world::{Known, Office, Wall, Whereabouts};

#[cfg(test)]
mod tests;
