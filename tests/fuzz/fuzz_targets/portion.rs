//! The plaintext of a portion: format, compressor, frames, codec. Whoever holds a content key can
//! send any of it, so that a recipient's client must bear it.

#![no_main]

use libfuzzer_sys::fuzz_target;
use voice::codec::Decoder;
use voice::format::{FORMAT_LEN, Format};
use voice::frames;
use voice::seal::wrap::Wrapped;

/// Decoding is slow, and the first frames reach all of it.
const MAX_FRAMES: usize = 20;

fuzz_target!(|bytes: &[u8]| {
    let _ = Wrapped::parse(bytes);
    let Some((head, plaintext)) = bytes.split_at_checked(FORMAT_LEN) else { return };
    let Ok(format) = Format::parse(head) else { return };
    let Ok(frames) = frames::parse(&format, plaintext) else { return };
    let Ok(mut decoder) = Decoder::new(&format) else { return };
    for frame in frames.iter().take(MAX_FRAMES) {
        let samples = decoder.decode(frame).unwrap_or_else(|_| decoder.conceal());
        assert_eq!(samples.len(), format.frame_samples());
    }
});
