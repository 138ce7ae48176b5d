//! Real human speech, and how much of it comes back.

use std::fs::File;
use std::io::BufReader;
use std::path::{Path, PathBuf};

use softphone::wav::Wav;

/// Steps of the loudness curve in a second.
const STEPS: usize = 100;
/// How far one curve may be behind the other, in steps: codecs delay.
const MOST_LAG: usize = 15;

/// A recording of a human voice, of Debian's package asterisk-core-sounds-en-wav.
///
/// # Panics
/// The package is not installed.
#[must_use]
pub fn recording(name: &str) -> PathBuf {
    let base = Path::new("/usr/share/asterisk/sounds");
    let places =
        ["en_US_f_Allison", "en"].map(|voice| base.join(voice).join(format!("{name}.wav")));
    let found = places.iter().find(|place| place.is_file());
    assert!(found.is_some(), "{name}.wav is missing: install asterisk-core-sounds-en-wav");
    found.cloned().unwrap_or_default()
}

/// The samples of a WAV file, and their rate.
///
/// # Panics
/// It is none.
#[must_use]
pub fn samples(path: &Path) -> (Vec<f32>, u32) {
    let file = BufReader::new(File::open(path).expect("the file is there"));
    let mut wav = Wav::open(file).expect("it is a WAV file");
    let rate = wav.rate();
    (wav.read(usize::MAX / 64).expect("readable"), rate)
}

/// How alike the short-time loudness of two WAV files is: 1 is the same.
#[must_use]
pub fn likeness(one: &Path, other: &Path) -> f32 {
    let (a, b) = (loudness(one), loudness(other));
    let shifted = |lag| correlation(&a, b.get(lag..).unwrap_or(&[]));
    let back = |lag| correlation(a.get(lag..).unwrap_or(&[]), &b);
    (0..MOST_LAG).flat_map(|lag| [shifted(lag), back(lag)]).fold(-1.0, f32::max)
}

/// How alike the short-time loudness of a WAV file is to the most alike part of a longer one.
#[must_use]
pub fn found_in(long: &Path, short: &Path) -> f32 {
    let (a, b) = (loudness(long), loudness(short));
    let places = 0..a.len().saturating_sub(b.len()) + MOST_LAG;
    places.map(|at| correlation(a.get(at..).unwrap_or(&[]), &b)).fold(-1.0, f32::max)
}

fn loudness(path: &Path) -> Vec<f32> {
    let (samples, rate) = samples(path);
    let step = rate as usize / STEPS;
    let power = |chunk: &[f32]| chunk.iter().map(|s| s * s).sum::<f32>() / chunk.len() as f32;
    samples.chunks_exact(step).map(|chunk| power(chunk).sqrt()).collect()
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let count = a.len().min(b.len());
    if count < STEPS / 2 {
        return -1.0;
    }
    let (a, b) = (&a[..count], &b[..count]);
    let mean = |v: &[f32]| v.iter().sum::<f32>() / count as f32;
    let (ma, mb) = (mean(a), mean(b));
    let (mut top, mut va, mut vb) = (0.0, 0.0, 0.0);
    for (x, y) in a.iter().zip(b) {
        top += (x - ma) * (y - mb);
        va += (x - ma) * (x - ma);
        vb += (y - mb) * (y - mb);
    }
    top / (va * vb).sqrt()
}

#[cfg(test)]
mod tests {
    use super::{likeness, recording};

    #[test]
    fn the_measure_tells_one_speech_from_another() {
        let (one, other) = (recording("demo-congrats"), recording("conf-adminmenu"));
        assert!(likeness(&one, &one) > 0.999);
        assert!(likeness(&one, &other) < 0.5, "{}", likeness(&one, &other));
    }
}
