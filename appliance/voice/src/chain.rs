//! The signal chain: what a microphone gives, made fit to be heard.
//!
//! ```text
//! capture rate -> resample -> noise removal, gain (10 ms) -> resample -> limiter -> 20 ms frames
//!                             level meter and speech detection ride on the frames
//! ```
//!
//! [`Mode::Clean`] removes noise and adjusts gain (sonora, a port of WebRTC's audio processing);
//! [`Mode::PassThrough`] leaves the sound alone, for files and for lines that were cleaned
//! before. Resampling is left out where the rates agree.
//!
//! Latency in the audio, besides the 20 ms of a frame: about 10 ms for each resampler that is
//! needed, none for noise removal (12 ms when the capture is above 16 kHz, where bands are split),
//! 1 ms for the limiter. The chain holds back at most 40 ms of samples, whatever is pushed at
//! once; [`Chain::flush`] brings them out.

mod clean;
pub mod level;
pub mod limiter;
pub mod resample;
pub mod speech;

use thiserror::Error;

use crate::format::FRAMES_PER_SECOND;
use clean::Cleaner;
use level::Level;
use limiter::Limiter;
use resample::Resampler;
use speech::SpeechDetector;

/// What the chain does to the sound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// Remove noise and adjust gain: for microphones.
    Clean,
    /// Only resample, and limit what would clip: for files.
    PassThrough,
}

/// Why no chain could be built.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Error)]
pub enum ChainError {
    /// The rate is outside 8 to 192 kHz.
    #[error("{0} samples a second are not supported (8000 to 192000 are)")]
    Rate(u32),
    /// The output rate does not have whole 20 ms frames of whole milliseconds.
    #[error("{0} samples a second cannot be put out in 20 ms frames")]
    OutputRate(u32),
    /// The resampler refused the pair of rates.
    #[error("cannot resample from {from} to {to} samples a second")]
    Resample {
        /// The rate put in.
        from: u32,
        /// The rate wanted.
        to: u32,
    },
}

/// 20 ms of finished sound.
#[derive(Clone, Debug, PartialEq)]
pub struct Frame {
    /// The samples, at the output rate, within -1 to 1.
    pub samples: Vec<f32>,
    /// How loud they are.
    pub level: Level,
    /// Whether somebody is speaking.
    pub speech: bool,
}

/// A running signal chain.
pub struct Chain {
    to_processing: Option<Resampler>,
    cleaner: Option<Cleaner>,
    to_output: Option<Resampler>,
    limiter: Limiter,
    detector: SpeechDetector,
    frame_samples: usize,
    ready: Vec<f32>,
}

impl Chain {
    /// A chain from a capture rate to an output rate (that of the format).
    pub fn new(capture_rate: u32, output_rate: u32, mode: Mode) -> Result<Chain, ChainError> {
        for rate in [capture_rate, output_rate] {
            if !(8_000..=192_000).contains(&rate) {
                return Err(ChainError::Rate(rate));
            }
        }
        if !output_rate.is_multiple_of(FRAMES_PER_SECOND) {
            return Err(ChainError::OutputRate(output_rate));
        }
        let processing_rate = match mode {
            Mode::Clean => clean::rate_for(output_rate),
            Mode::PassThrough => output_rate,
        };
        let ceiling = match mode {
            // A little room for a codec that rings over.
            Mode::Clean => 0.95,
            Mode::PassThrough => 1.0,
        };
        Ok(Chain {
            to_processing: Resampler::between(capture_rate, processing_rate)?,
            cleaner: match mode {
                Mode::Clean => Some(Cleaner::new(processing_rate)),
                Mode::PassThrough => None,
            },
            to_output: Resampler::between(processing_rate, output_rate)?,
            limiter: Limiter::new(output_rate, ceiling),
            detector: SpeechDetector::new(output_rate)?,
            frame_samples: (output_rate / FRAMES_PER_SECOND) as usize,
            ready: Vec::new(),
        })
    }

    /// Put captured samples in; finished frames are appended to `out`.
    pub fn push(&mut self, samples: &[f32], out: &mut Vec<Frame>) {
        let samples: Vec<f32> =
            samples.iter().map(|s| if s.is_finite() { s.clamp(-1.0, 1.0) } else { 0.0 }).collect();
        let samples = match &mut self.to_processing {
            Some(resampler) => resampler.push(&samples),
            None => samples,
        };
        self.process(samples, out);
    }

    /// Bring out what is held back, the last frame filled up with silence. The chain can be used
    /// again, for other sound.
    pub fn flush(&mut self, out: &mut Vec<Frame>) {
        if let Some(resampler) = &mut self.to_processing {
            let rest = resampler.flush();
            self.process(rest, out);
        }
        if let Some(cleaner) = &mut self.cleaner {
            let rest = cleaner.flush();
            self.output(rest, out);
        }
        if let Some(resampler) = &mut self.to_output {
            let rest = resampler.flush();
            self.limit(&rest, out);
        }
        let rest = self.limiter.flush();
        self.ready.extend(rest);
        if !self.ready.is_empty() {
            self.ready.resize(self.ready.len().next_multiple_of(self.frame_samples), 0.0);
        }
        self.take_frames(out);
    }

    /// Milliseconds since somebody last spoke, or since the beginning: what "stop after N
    /// seconds without speech" is decided by.
    pub fn silent_ms(&self) -> u32 {
        self.detector.silent_ms()
    }

    fn process(&mut self, samples: Vec<f32>, out: &mut Vec<Frame>) {
        let samples = match &mut self.cleaner {
            Some(cleaner) => cleaner.push(&samples),
            None => samples,
        };
        self.output(samples, out);
    }

    fn output(&mut self, samples: Vec<f32>, out: &mut Vec<Frame>) {
        let samples = match &mut self.to_output {
            Some(resampler) => resampler.push(&samples),
            None => samples,
        };
        self.limit(&samples, out);
    }

    fn limit(&mut self, samples: &[f32], out: &mut Vec<Frame>) {
        self.limiter.push(samples, &mut self.ready);
        self.take_frames(out);
    }

    fn take_frames(&mut self, out: &mut Vec<Frame>) {
        let whole = self.ready.len() - self.ready.len() % self.frame_samples;
        let rest = self.ready.split_off(whole);
        let ready = std::mem::replace(&mut self.ready, rest);
        for samples in ready.chunks_exact(self.frame_samples) {
            let speech = self.detector.push(samples);
            let level = Level::of(samples);
            out.push(Frame { samples: samples.to_vec(), level, speech });
        }
    }
}

#[cfg(test)]
mod tests;
