//! Sound files as a person might hand them in: WAV, Ogg Opus, and whole clips.

#![no_main]

use libfuzzer_sys::fuzz_target;
use voice::clip::Clip;
use voice::file;

/// Long enough to reach everything, short enough to be quick.
const MAX_SECONDS: u32 = 2;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(recording) = file::parse(bytes, MAX_SECONDS) {
        assert!(
            recording.samples.len() as u64 <= u64::from(recording.rate) * u64::from(MAX_SECONDS)
        );
    }
    let _ = Clip::parse(bytes);
});
