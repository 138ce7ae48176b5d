//! The loudspeaker of a simulated device: plays in virtual time what it is given.

use machine::Moment;

/// What was given since the last end, and how much of it was heard.
#[derive(Clone, Debug, Default)]
pub(crate) struct Player {
    given_ms: f64,
    heard_ms: f64,
    since: Option<Moment>,
    ending: bool,
    /// When the first sound came, of everything played so far.
    pub(crate) first_sound: Option<Moment>,
    /// Milliseconds heard in all.
    pub(crate) total_ms: f64,
    /// Loudest sample so far.
    pub(crate) loudest: f32,
}

impl Player {
    /// More sound.
    pub(crate) fn give(&mut self, samples: &[f32], rate: u32, now: Moment) {
        self.run(now);
        self.given_ms += samples.len() as f64 * 1000.0 / f64::from(rate);
        self.loudest = samples.iter().fold(self.loudest, |peak, sample| peak.max(sample.abs()));
        self.first_sound.get_or_insert(now);
        self.since.get_or_insert(now);
    }

    /// No more will come.
    pub(crate) fn end(&mut self) {
        self.ending = true;
    }

    /// Silence.
    pub(crate) fn stop(&mut self) {
        (self.given_ms, self.heard_ms, self.ending, self.since) = (0.0, 0.0, false, None);
    }

    /// Lets time pass.
    pub(crate) fn run(&mut self, now: Moment) {
        if let Some(since) = self.since.replace(now) {
            let passed = now.since(since).millis() as f64;
            let heard = (self.heard_ms + passed).min(self.given_ms);
            self.total_ms += heard - self.heard_ms;
            self.heard_ms = heard;
        }
    }

    /// What to report: the place, while something plays.
    pub(crate) fn report(&mut self, now: Moment) -> Option<u64> {
        self.since?;
        self.run(now);
        let position = self.heard_ms.round() as u64;
        if self.ending && self.heard_ms >= self.given_ms {
            self.stop();
        }
        Some(position)
    }
}
