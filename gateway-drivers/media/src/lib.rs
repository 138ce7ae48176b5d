//! The signal path and the packets between a telephone and us.
//!
//! ```text
//! telephone -> srtp -> rtp -> jitter (codec, conceal) -> level -> the message
//!                         \-> event -> digits
//! telephone <- srtp <- rtp <- codec <- level, tone <- the message
//! ```
//!
//! [`leg`] joins these to one audio stream with one telephone; [`sdp`] and [`offer`] agree with the
//! telephone on how it runs. Nothing here knows a socket, a clock or a source of chance: datagrams
//! come with their source, time comes as a [`machine::Moment`], randomness as bytes.

pub mod codec;
pub mod conceal;
pub mod event;
pub mod jitter;
pub mod leg;
pub mod level;
pub mod offer;
pub mod rtcp;
pub mod rtp;
pub mod sdp;
pub mod srtp;
pub mod tone;

#[cfg(test)]
mod speech;
