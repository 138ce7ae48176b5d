//! The voice pipeline as a client runs it: microphone to sealed portions, and back.
//!
//! The same code is timed natively and, called from JavaScript, as WebAssembly.

mod made;

pub use made::{CAPTURE, Made, RunError};
