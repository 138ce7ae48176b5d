//! The tone that the self-message is, and an ear that knows it again.

use std::f32::consts::TAU;

/// Samples per second.
pub(crate) const RATE: u32 = 16_000;
/// Hertz; no hum and no test tone of a telephone line is there.
const PITCH: f32 = 620.0;
/// How long it sounds.
const MILLISECONDS: u32 = 600;

/// The tone.
pub(crate) fn tone() -> Vec<f32> {
    let count = RATE * MILLISECONDS / 1_000;
    (0..count).map(|at| 0.4 * (TAU * PITCH * at as f32 / RATE as f32).sin()).collect()
}

/// Is it the tone, as it comes out of a mono WAV file of 16 bits? Says what is wrong with it.
pub(crate) fn hear(wav: &[u8]) -> Result<(), &'static str> {
    let (rate, samples) = read(wav).ok_or("what came back is no sound")?;
    let milliseconds = samples.len() as u64 * 1_000 / u64::from(rate.max(1));
    if !(u64::from(MILLISECONDS) / 2..u64::from(MILLISECONDS) * 3).contains(&milliseconds) {
        return Err("what came back has another length");
    }
    let energy: f32 = samples.iter().map(|sample| sample * sample).sum();
    // Of a pure tone, nearly all energy is in its two projections (Goertzel).
    let (mut real, mut imaginary) = (0.0, 0.0);
    for (at, sample) in samples.iter().enumerate() {
        let angle = TAU * PITCH * at as f32 / rate as f32;
        real += sample * angle.cos();
        imaginary += sample * angle.sin();
    }
    let part = 2.0 * (real * real + imaginary * imaginary) / samples.len() as f32 / energy;
    if energy > 0.0 && part > 0.5 { Ok(()) } else { Err("what came back is another sound") }
}

/// Rate and samples of a WAV file whose data is its last chunk.
fn read(wav: &[u8]) -> Option<(u32, Vec<f32>)> {
    let rate = u32::from_le_bytes(wav.get(24..28)?.try_into().ok()?);
    let data = wav.windows(4).position(|bytes| bytes == b"data")?;
    let samples = wav.get(data + 8..)?.chunks_exact(2);
    let samples = samples.map(|two| f32::from(i16::from_le_bytes([two[0], two[1]])) / 32_768.0);
    (wav.starts_with(b"RIFF") && rate > 0).then(|| (rate, samples.collect()))
}

#[cfg(test)]
mod tests {
    use super::{RATE, hear, tone};

    fn wav(samples: &[f32]) -> Vec<u8> {
        let mut wav = b"RIFF....WAVEfmt ............................data....".to_vec();
        wav[24..28].copy_from_slice(&RATE.to_le_bytes());
        let samples = samples.iter().map(|sample| (sample * 32_767.0) as i16);
        wav.extend(samples.flat_map(i16::to_le_bytes));
        wav
    }

    #[test]
    fn the_ear_knows_the_tone_and_nothing_else() {
        let noise: Vec<f32> = (0..9_600u32).map(|at| ((at * 7_919) % 200) as f32 / 200.0).collect();
        assert_eq!(hear(&wav(&tone())), Ok(()));
        assert!(hear(&wav(&vec![0.0; 9_600])).is_err(), "silence");
        assert!(hear(&wav(&noise)).is_err(), "noise");
        assert!(hear(&wav(&tone()[..100])).is_err(), "too short");
        assert!(hear(b"RIFF").is_err() && hear(&[]).is_err());
    }
}
