//! Noise removal and automatic gain, by sonora, in steps of 10 ms.

use sonora::config::{
    AdaptiveDigital, GainController2, HighPassFilter, MaxProcessingRate, NoiseSuppression,
    NoiseSuppressionLevel, Pipeline,
};
use sonora::{AudioProcessing, Config, StreamConfig};

/// The rate to clean at for an output rate: cleaning below the output would lose the treble,
/// cleaning above it would be wasted.
pub(super) fn rate_for(output_rate: u32) -> u32 {
    if output_rate <= 16_000 { 16_000 } else { 48_000 }
}

/// A running cleaner.
pub(super) struct Cleaner {
    inner: AudioProcessing,
    step: usize,
    waiting: Vec<f32>,
}

impl Cleaner {
    pub(super) fn new(rate: u32) -> Cleaner {
        let stream = StreamConfig::new(rate, 1);
        let inner = AudioProcessing::builder()
            .config(config())
            .capture_config(stream)
            .render_config(stream)
            .build();
        Cleaner { inner, step: stream.num_frames(), waiting: Vec::new() }
    }

    pub(super) fn push(&mut self, samples: &[f32]) -> Vec<f32> {
        self.waiting.extend_from_slice(samples);
        let whole = self.waiting.len() - self.waiting.len() % self.step;
        let mut out = vec![0.0; whole];
        for (input, output) in
            self.waiting.chunks_exact(self.step).zip(out.chunks_exact_mut(self.step))
        {
            if self.inner.process_capture_f32(&[input], &mut [&mut *output]).is_err() {
                output.copy_from_slice(input);
            }
        }
        self.waiting.drain(..whole);
        out
    }

    /// What is held back, filled up with silence.
    pub(super) fn flush(&mut self) -> Vec<f32> {
        let held = self.waiting.len();
        let fill = held.next_multiple_of(self.step) - held;
        self.push(&vec![0.0; fill])
    }
}

/// As measured on noisy speech: moderate suppression keeps the voice natural; gain starts modest,
/// so that the first word of a recording is not blown up.
fn config() -> Config {
    Config {
        pipeline: Pipeline {
            maximum_internal_processing_rate: MaxProcessingRate::Rate48kHz,
            ..Pipeline::default()
        },
        high_pass_filter: Some(HighPassFilter::default()),
        noise_suppression: Some(NoiseSuppression {
            level: NoiseSuppressionLevel::High,
            ..NoiseSuppression::default()
        }),
        gain_controller2: Some(GainController2 {
            adaptive_digital: Some(AdaptiveDigital {
                initial_gain_db: 6.0,
                max_gain_change_db_per_second: 10.0,
                max_gain_db: 30.0,
                ..AdaptiveDigital::default()
            }),
            ..GainController2::default()
        }),
        ..Config::default()
    }
}
