//! The steps joined, for a client: sound to sealed portions, and back.
//!
//! ```text
//! PortionMaker     samples -> codec -> frames -> seal -> portions 0, 1, 2 .. last
//! PortionReader    portions, in any order -> codec frames (to keep: see `clip`)
//! PortionPlayer    portions, in order -> samples, gaps concealed
//! AttachmentSealer file bytes -> portions; AttachmentOpener: portions -> file bytes
//! ```
//!
//! Record mode and intercom mode use the same maker: the one keeps the portions until they are
//! sent, the other sends each as soon as it is full.

mod attachment;
mod make;
mod play;

pub use attachment::{ATTACHMENT_CHUNK, AttachmentError, AttachmentOpener, AttachmentSealer};
pub use make::{MakeError, PortionMaker};
pub use play::{PlayError, PortionPlayer, PortionReader};

/// The longest portion of audio, in milliseconds.
pub const MAX_PORTION_MS: u32 = 1000;

/// A sealed piece of a stream, ready to travel.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SealedPortion {
    /// Its place in the stream, from 0.
    pub seq: u32,
    /// Whether nothing follows it.
    pub last: bool,
    /// Ciphertext and tag.
    pub bytes: Vec<u8>,
}

#[cfg(test)]
mod tests;
