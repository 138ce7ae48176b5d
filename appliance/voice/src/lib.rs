//! The audio file: codecs, signal processing, compression, sealing.
//!
//! Speech enters as samples and leaves as sealed portions, and the other way round:
//!
//! ```text
//! microphone -> chain -> codec -> frames -> seal -> the wire
//!  (samples)   (clean)  (20 ms)  (portion) (AES)
//! the wire -> seal -> frames -> codec -> loudspeaker
//! ```
//!
//! [`pipeline`] joins these for a client; the other modules hold one step each, and the byte
//! layouts that another client has to follow stand in the documentation of the module that
//! writes them. There is no clock, socket, file or source of chance here: everything runs the
//! same in a browser, and randomness is passed in.

pub mod account;
pub mod chain;
pub mod clip;
pub mod codec;
pub mod deflate;
pub mod file;
pub mod format;
pub mod frames;
pub mod ids;
pub mod pipeline;
pub mod seal;
pub mod waveform;

#[cfg(test)]
mod speech;
