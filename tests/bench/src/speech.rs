//! The voice pipeline on real speech: microphone to sealed portions, and back.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use voice::chain::{Chain, Mode, resample};
use voice::codec::Quality;
use voice::file::wav;
use voice::format::Format;
use voice::ids::{AccountId, MessageId};
use voice::pipeline::{PortionMaker, PortionPlayer, SealedPortion};
use voice::seal::ContentKey;

use crate::timing::Stopwatch;

/// The rate at which a microphone delivers.
const CAPTURE: u32 = 48_000;
const PORTION_MS: u32 = 60;

/// What the pipeline did.
pub struct Figures {
    /// Length of the speech.
    pub speech: Duration,
    /// Noise removal, gain, codec, compression, sealing.
    pub making: Duration,
    /// Opening, decompression, codec.
    pub playing: Duration,
    /// Sealed bytes.
    pub bytes: usize,
}

/// Takes a recording through the pipeline.
pub fn run(path: &Path) -> Result<Figures> {
    let file = std::fs::read(path).with_context(|| format!("read {}", path.display()))?;
    let recording = wav::parse(&file, 600)?;
    let samples = resample::resample(&recording.samples, recording.rate, CAPTURE)?;
    let key = ContentKey::from_bytes([7; 32]);
    let stopwatch = Stopwatch::start();
    let portions = make(&samples, &key)?;
    let making = stopwatch.elapsed();
    let stopwatch = Stopwatch::start();
    play(&portions, &key)?;
    let playing = stopwatch.elapsed();
    Ok(Figures {
        speech: Duration::from_secs_f64(samples.len() as f64 / f64::from(CAPTURE)),
        making,
        playing,
        bytes: portions.iter().map(|portion| portion.bytes.len()).sum(),
    })
}

fn make(samples: &[f32], key: &ContentKey) -> Result<Vec<SealedPortion>> {
    let format = Format::SPEECH;
    let (message, sender) = (MessageId([1; 16]), AccountId([2; 16]));
    let mut chain = Chain::new(CAPTURE, format.rate(), Mode::Clean)?;
    let mut maker =
        PortionMaker::new(format, Quality::SPEECH, key, message, sender, PORTION_MS)?;
    let mut portions = Vec::new();
    let mut frames = Vec::new();
    for chunk in samples.chunks(960) {
        chain.push(chunk, &mut frames);
        for frame in frames.drain(..) {
            portions.extend(maker.push(&frame.samples)?);
        }
    }
    chain.flush(&mut frames);
    for frame in frames {
        portions.extend(maker.push(&frame.samples)?);
    }
    portions.extend(maker.finish()?);
    Ok(portions)
}

fn play(portions: &[SealedPortion], key: &ContentKey) -> Result<usize> {
    let (message, sender) = (MessageId([1; 16]), AccountId([2; 16]));
    let mut player = PortionPlayer::new(Format::SPEECH, key, message, sender)?;
    let mut heard = 0;
    for portion in portions {
        heard += player.push(portion.seq, portion.last, &portion.bytes)?.len();
    }
    Ok(heard)
}
