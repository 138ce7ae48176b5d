//! Changing the rate of a stream: an FFT resampler fed in blocks of about 10 ms.

use rubato::audioadapter_buffers::direct::SequentialSlice;
use rubato::{Fft, FixedSync, Resampler as _};

use super::ChainError;

/// A stream's resampler. What comes out is exactly as long as what went in, at the new rate: the
/// delay of the filter is cut off the front and brought out by the flush.
pub struct Resampler {
    inner: Fft<f32>,
    from: u32,
    to: u32,
    waiting: Vec<f32>,
    block: Vec<f32>,
    /// Samples of the filter's delay still to be dropped.
    drop: usize,
    taken: u64,
    given: u64,
}

impl Resampler {
    /// A resampler between two rates, or `None` where they are the same.
    pub fn between(from: u32, to: u32) -> Result<Option<Resampler>, ChainError> {
        if from == to {
            return Ok(None);
        }
        let chunk = (from / 100) as usize;
        let inner = Fft::new_custom(
            from as usize,
            to as usize,
            chunk,
            1,
            1,
            rubato::WindowFunction::BlackmanHarris2,
            FixedSync::Both,
        )
        .map_err(|_| ChainError::Resample { from, to })?;
        let (drop, block) = (inner.output_delay(), vec![0.0; inner.output_frames_max()]);
        Ok(Some(Resampler {
            inner,
            from,
            to,
            waiting: Vec::new(),
            block,
            drop,
            taken: 0,
            given: 0,
        }))
    }

    /// Put samples in, take out what is ready.
    pub fn push(&mut self, samples: &[f32]) -> Vec<f32> {
        self.taken += samples.len() as u64;
        self.feed(samples)
    }

    /// Bring out what is held back, and begin anew.
    pub fn flush(&mut self) -> Vec<f32> {
        let due = self.taken * u64::from(self.to) / u64::from(self.from);
        let mut out = Vec::new();
        let silence = vec![0.0; self.inner.input_frames_next()];
        // Two blocks cover the filter's delay; the bound is for a resampler that gives nothing.
        for _ in 0..4 {
            let made = self.given;
            if made >= due {
                break;
            }
            out.extend(self.feed(&silence));
        }
        let excess = self.given.saturating_sub(due) as usize;
        out.truncate(out.len().saturating_sub(excess));
        self.inner.reset();
        self.waiting.clear();
        self.drop = self.inner.output_delay();
        (self.taken, self.given) = (0, 0);
        out
    }

    fn feed(&mut self, samples: &[f32]) -> Vec<f32> {
        self.waiting.extend_from_slice(samples);
        let needed = self.inner.input_frames_next();
        let mut out = Vec::new();
        let mut at = 0;
        while let Some(block) = self.waiting.get(at..at + needed) {
            let made = resample_block(&mut self.inner, block, &mut self.block);
            let skip = self.drop.min(made);
            self.drop -= skip;
            out.extend_from_slice(&self.block[skip..made]);
            at += needed;
        }
        self.waiting.drain(..at);
        self.given += out.len() as u64;
        out
    }
}

fn resample_block(inner: &mut Fft<f32>, input: &[f32], output: &mut [f32]) -> usize {
    let room = output.len();
    let input = SequentialSlice::new(input, 1, input.len())
        .expect("one channel of as many frames as there are samples");
    let mut output = SequentialSlice::new_mut(output, 1, room)
        .expect("one channel of as many frames as there are samples");
    let (_, made) = inner
        .process_into_buffer(&input, &mut output, None)
        .expect("the block and the room are as long as the resampler asked for");
    made
}

/// All of a recording at another rate.
pub fn resample(samples: &[f32], from: u32, to: u32) -> Result<Vec<f32>, ChainError> {
    for rate in [from, to] {
        if !(8_000..=192_000).contains(&rate) {
            return Err(ChainError::Rate(rate));
        }
    }
    let Some(mut resampler) = Resampler::between(from, to)? else { return Ok(samples.to_vec()) };
    let mut out = resampler.push(samples);
    out.extend(resampler.flush());
    Ok(out)
}

#[cfg(test)]
mod tests {
    use super::resample;

    fn tone(rate: u32, hertz: f32, seconds: f32) -> Vec<f32> {
        (0..(rate as f32 * seconds) as usize)
            .map(|at| 0.5 * (at as f32 * hertz * std::f32::consts::TAU / rate as f32).sin())
            .collect()
    }

    #[test]
    fn a_tone_keeps_its_pitch_place_and_length_at_any_rate() {
        for from in [8_000, 11_025, 16_000, 22_050, 44_100, 48_000, 96_000, 192_000] {
            for to in [8_000, 16_000, 48_000] {
                let out = resample(&tone(from, 440.0, 1.0), from, to).expect("in range");
                assert_eq!(out.len(), to as usize, "{from} to {to}");
                let ideal = tone(to, 440.0, 1.0);
                let middle = to as usize / 4..to as usize * 3 / 4;
                let worst = middle.map(|at| (out[at] - ideal[at]).abs()).fold(0.0, f32::max);
                // The delay is cut off in whole samples, so the place may be off by half of one.
                let half_a_sample = 0.25 * 440.0 * std::f32::consts::TAU / from.min(to) as f32;
                assert!(worst < half_a_sample + 0.005, "{from} to {to}: off by {worst}");
            }
        }
    }

    #[test]
    fn an_odd_pair_of_rates_works_too() {
        let out = resample(&tone(8_001, 440.0, 0.5), 8_001, 16_000).expect("in range");
        assert_eq!(out.len(), 4_000 * 16_000 / 8_001);
        assert!(resample(&[], 8_000, 16_000).expect("in range").is_empty());
        assert!(resample(&[], 7_999, 16_000).is_err());
        assert!(resample(&[], 8_000, 0).is_err());
    }
}
