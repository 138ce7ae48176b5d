//! Whether somebody is speaking: a small neural network (earshot) and a counter.
//!
//! The network scores windows of 16 ms and calls noise speech now and then, so one window proves
//! nothing. The counter goes up by one for a window that sounds like speech and down by one for
//! one that does not, between 0 and 6; speech begins when it reaches 4 and ends when it is back
//! at 0. A window too quiet to be speech does not count, whatever the network says.

use earshot::Detector;

use super::ChainError;
use super::level::Level;
use super::resample::Resampler;

const RATE: u32 = 16_000;
const WINDOW: usize = 256;
const WINDOW_MS: u32 = 16;
const SCORE: f32 = 0.5;
const QUIET_DBFS: f32 = -50.0;
const BEGIN: u8 = 4;
const MOST: u8 = 6;

/// A running detector.
pub struct SpeechDetector {
    network: Box<Detector>,
    to_network: Option<Resampler>,
    waiting: Vec<f32>,
    counter: u8,
    speaking: bool,
    silent_windows: u32,
}

impl SpeechDetector {
    /// A detector of speech at a rate.
    pub fn new(rate: u32) -> Result<SpeechDetector, ChainError> {
        Ok(SpeechDetector {
            network: Detector::default_boxed(),
            to_network: Resampler::between(rate, RATE)?,
            waiting: Vec::new(),
            counter: 0,
            speaking: false,
            silent_windows: 0,
        })
    }

    /// Put sound in; whether somebody is speaking at its end.
    pub fn push(&mut self, samples: &[f32]) -> bool {
        match &mut self.to_network {
            Some(resampler) => self.waiting.extend(resampler.push(samples)),
            None => self.waiting.extend_from_slice(samples),
        }
        let whole = self.waiting.len() - self.waiting.len() % WINDOW;
        let rest = self.waiting.split_off(whole);
        let windows = std::mem::replace(&mut self.waiting, rest);
        for window in windows.chunks_exact(WINDOW) {
            // A resampler rings over full scale, which the network does not take.
            let window: Vec<f32> = window.iter().map(|s| s.clamp(-1.0, 1.0)).collect();
            let score = self.network.predict_f32(&window);
            self.count(score >= SCORE && Level::of(&window).rms_dbfs > QUIET_DBFS);
        }
        self.speaking
    }

    /// Milliseconds since somebody last spoke, or since the beginning.
    pub fn silent_ms(&self) -> u32 {
        self.silent_windows.saturating_mul(WINDOW_MS)
    }

    fn count(&mut self, voice: bool) {
        self.counter =
            if voice { (self.counter + 1).min(MOST) } else { self.counter.saturating_sub(1) };
        self.speaking = if self.speaking { self.counter > 0 } else { self.counter >= BEGIN };
        self.silent_windows = if self.speaking { 0 } else { self.silent_windows.saturating_add(1) };
    }
}

#[cfg(test)]
mod tests {
    use super::SpeechDetector;

    #[test]
    fn a_single_window_neither_begins_nor_ends_speech() {
        let mut detector = SpeechDetector::new(16_000).expect("its own rate");
        detector.count(true);
        assert!(!detector.speaking);
        for _ in 0..5 {
            detector.count(true);
        }
        assert!(detector.speaking);
        detector.count(false);
        assert!(detector.speaking);
        assert_eq!(detector.silent_ms(), 0);
        for _ in 0..10 {
            detector.count(false);
        }
        assert!(!detector.speaking);
        assert_eq!(detector.silent_ms(), 5 * 16 + 16);
    }
}
