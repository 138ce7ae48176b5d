//! The full screen, but for the terminal itself: keys to acts, state to cells. Pure.

pub mod draw;
mod help;
mod key;
mod panes;
mod prompt;
pub mod screen;
mod talk;
mod theme;
mod views;
mod wave;

pub use key::Key;
pub use theme::Theme;
pub use views::{Filter, Views};
pub use wave::{meter, waveform};

#[cfg(test)]
mod tests;
