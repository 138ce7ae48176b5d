//! Loudness, kept from a message to a telephone and back.
//!
//! ```text
//! samples -> resample -> gain towards the target -> limiter -> fades at the ends -> 20 ms frames
//! ```
//!
//! [`Path`] is that way. Its gain follows [`active::ActiveLevel`], so that pauses do not make what
//! is said louder; a message that is known as a whole begins with the gain that is right for it.
//! The resampler limits the band to what the slower side can hold.

pub mod active;
mod fade;
mod gain;
#[cfg(test)]
mod tests;

use fade::Fade;
use gain::Gain;
use voice::chain::limiter::Limiter;
use voice::chain::resample::Resampler;

use active::ActiveLevel;

/// The loudness of speech on a telephone line, in dB against a square wave of full scale.
pub const TELEPHONE_DBOV: f32 = -26.0;
/// Nothing leaves louder than this share of full scale.
const CEILING: f32 = 0.95;
/// Frames a second.
const FRAMES: u32 = 50;

/// Why there is no such path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("no path from {from} to {to} samples a second")]
pub struct Fault {
    /// The rate put in.
    pub from: u32,
    /// The rate wanted.
    pub to: u32,
}

/// One recording's or one talk's way to another rate and loudness.
pub struct Path {
    resampler: Option<Resampler>,
    gain: Gain,
    limiter: Limiter,
    fade: Fade,
    frame: usize,
    ready: Vec<f32>,
}

impl Path {
    /// A path between two rates (8 to 192 kHz), whose speech is brought to a loudness.
    ///
    /// # Errors
    /// If there is no way between the rates.
    pub fn new(from: u32, to: u32, target_dbov: f32) -> Result<Self, Fault> {
        let fault = Fault { from, to };
        let is_possible = |rate: &u32| (8_000..=192_000).contains(rate);
        if ![from, to].iter().all(is_possible) || !to.is_multiple_of(1_000) {
            return Err(fault);
        }
        let resampler = Resampler::between(from, to).map_err(|_| fault)?;
        Ok(Self {
            resampler,
            gain: Gain::new(to, target_dbov),
            limiter: Limiter::new(to, CEILING),
            fade: Fade::new(to),
            frame: (to / FRAMES) as usize,
            ready: Vec::new(),
        })
    }

    /// The same for a message whose loudness is known, as [`loudness()`] tells it.
    #[must_use]
    pub fn known(mut self, dbov: f32) -> Self {
        self.gain.know(dbov);
        self
    }

    /// Puts samples in; takes out the frames of 20 ms that are done.
    pub fn push(&mut self, samples: &[i16]) -> Vec<Vec<i16>> {
        let samples: Vec<f32> = samples.iter().map(|s| f32::from(*s) / 32_768.0).collect();
        let samples = match &mut self.resampler {
            Some(resampler) => resampler.push(&samples),
            None => samples,
        };
        self.pass(samples);
        self.take()
    }

    /// Brings out what is held back, the last frame filled up with silence. The path can be used
    /// again, for what follows after a pause.
    pub fn finish(&mut self) -> Vec<Vec<i16>> {
        if let Some(resampler) = &mut self.resampler {
            let rest = resampler.flush();
            self.pass(rest);
        }
        let rest = self.limiter.flush();
        self.fade.push(&rest, &mut self.ready);
        self.fade.finish(&mut self.ready);
        self.ready.resize(self.ready.len().next_multiple_of(self.frame), 0.0);
        self.take()
    }

    fn pass(&mut self, mut samples: Vec<f32>) {
        self.gain.apply(&mut samples);
        let mut limited = Vec::with_capacity(samples.len());
        self.limiter.push(&samples, &mut limited);
        self.fade.push(&limited, &mut self.ready);
    }

    fn take(&mut self) -> Vec<Vec<i16>> {
        let whole = self.ready.len() - self.ready.len() % self.frame;
        let frames = self.ready[..whole].chunks_exact(self.frame);
        // The cast saturates, and the limiter has left it nothing to do.
        let sample = |sample: &f32| (sample * 32_768.0).round() as i16;
        let frames = frames.map(|frame| frame.iter().map(sample).collect()).collect();
        self.ready.drain(..whole);
        frames
    }
}

/// How loud the speech of a whole recording is; nothing if nobody speaks.
#[must_use]
pub fn loudness(samples: &[i16], rate: u32) -> Option<f32> {
    let mut level = ActiveLevel::new(rate);
    for sample in samples {
        level.push(f32::from(*sample) / 32_768.0);
    }
    level.dbov()
}
