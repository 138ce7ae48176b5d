//! Tones that a telephone plays to its user: made here, as sound like any other.

use std::f32::consts::TAU;

use crate::codec::Rate;

/// What is to be told.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Tone {
    /// Speak after this one.
    Beep,
    /// Nobody can take it now; until it is stopped.
    Busy,
    /// It was done.
    Confirmation,
    /// The recording will end soon.
    Warning,
}

/// A part of a tone: its frequencies together, none for silence.
struct Note {
    hertz: &'static [f32],
    ms: usize,
}

/// Amplitude of all frequencies of a note together: -18 dBov for a single one, which is as loud
/// as speech without being a shock at the ear.
const AMPLITUDE: f32 = 5_800.0;
/// The edges of a note, without which it would click.
const EDGE_MS: usize = 5;

const fn note(hertz: &'static [f32], ms: usize) -> Note {
    Note { hertz, ms }
}

impl Tone {
    /// Its notes, and whether they are repeated.
    const fn notes(self) -> (&'static [Note], bool) {
        const BEEP: &[Note] = &[note(&[1_000.0], 300)];
        // ITU-T E.180, and most of the world.
        const BUSY: &[Note] = &[note(&[425.0], 500), note(&[], 500)];
        const CONFIRMATION: &[Note] = &[
            note(&[350.0, 440.0], 100),
            note(&[], 100),
            note(&[350.0, 440.0], 100),
            note(&[], 100),
            note(&[350.0, 440.0], 100),
        ];
        const WARNING: &[Note] = &[note(&[1_400.0], 120), note(&[], 80), note(&[1_400.0], 120)];
        match self {
            Self::Beep => (BEEP, false),
            Self::Busy => (BUSY, true),
            Self::Confirmation => (CONFIRMATION, false),
            Self::Warning => (WARNING, false),
        }
    }
}

/// Plays a tone, frame by frame.
pub struct Player {
    tone: Tone,
    rate: Rate,
    note: usize,
    /// Samples of the note that were played.
    at: usize,
}

impl Player {
    /// From its beginning.
    #[must_use]
    pub const fn new(tone: Tone, rate: Rate) -> Self {
        Self { tone, rate, note: 0, at: 0 }
    }

    /// The next 20 ms, the last ones filled up with silence; `None` when it is over.
    pub fn next_frame(&mut self) -> Option<Vec<i16>> {
        let (notes, _) = self.tone.notes();
        notes.get(self.note)?;
        Some((0..self.rate.frame()).map(|_| self.sample()).collect())
    }

    fn sample(&mut self) -> i16 {
        let (notes, is_repeated) = self.tone.notes();
        let Some(note) = notes.get(self.note) else { return 0 };
        let per_ms = 8 * self.rate.per_tick();
        let (length, edge) = (note.ms * per_ms, EDGE_MS * per_ms);
        let time = self.at as f32 / self.rate.hertz() as f32;
        let waves: f32 = note.hertz.iter().map(|hertz| (TAU * hertz * time).sin()).sum();
        let from_edge = self.at.min(length - self.at) as f32 / edge as f32;
        self.at += 1;
        if self.at == length {
            self.at = 0;
            self.note += 1;
            if is_repeated {
                self.note %= notes.len();
            }
        }
        let share = AMPLITUDE / note.hertz.len().max(1) as f32;
        (waves * share * from_edge.min(1.0)).round() as i16
    }
}

#[cfg(test)]
mod tests {
    use super::{Player, Tone};
    use crate::codec::Rate;
    use crate::speech::{decibels, largest_step};

    fn played(tone: Tone, rate: Rate, most: usize) -> Vec<i16> {
        let mut player = Player::new(tone, rate);
        let frames = std::iter::from_fn(|| player.next_frame()).take(most);
        frames.flatten().collect()
    }

    /// The power at a frequency, in dB against full scale.
    fn power_at(samples: &[i16], hertz: f32, rate: Rate) -> f32 {
        let turn = std::f32::consts::TAU * hertz / rate.hertz() as f32;
        let (mut re, mut im) = (0.0, 0.0);
        for (at, sample) in samples.iter().enumerate() {
            let (sin, cos) = (turn * at as f32).sin_cos();
            re += f32::from(*sample) * cos;
            im += f32::from(*sample) * sin;
        }
        20.0 * ((re * re + im * im).sqrt() * 2.0 / samples.len() as f32 / 32_768.0).log10()
    }

    #[test]
    fn each_tone_has_its_length_and_its_pitch() {
        for rate in [Rate::Narrow, Rate::Wide] {
            let beep = played(Tone::Beep, rate, 1_000);
            assert_eq!(beep.len(), 15 * rate.frame());
            assert!((decibels(&beep) + 18.0).abs() < 0.5, "{}", decibels(&beep));
            assert!((power_at(&beep, 1_000.0, rate) + 15.0).abs() < 1.0);
            assert!(power_at(&beep, 1_300.0, rate) < -50.0);
            let done = played(Tone::Confirmation, rate, 1_000);
            assert_eq!(done.len(), 25 * rate.frame());
            assert!(done[6 * rate.frame()..9 * rate.frame()].iter().all(|sample| *sample == 0));
            assert_eq!(played(Tone::Warning, rate, 1_000).len(), 16 * rate.frame());
        }
    }

    #[test]
    fn busy_goes_on_until_it_is_stopped() {
        let busy = played(Tone::Busy, Rate::Narrow, 500);
        assert_eq!(busy.len(), 500 * 160);
        let second = |at: usize| decibels(&busy[at * 4_000..(at + 1) * 4_000]);
        assert!(second(16) > -19.0 && second(17) < -90.0 && second(18) > -19.0);
    }

    #[test]
    fn no_tone_clicks() {
        for tone in [Tone::Beep, Tone::Busy, Tone::Confirmation, Tone::Warning] {
            let sound = played(tone, Rate::Wide, 100);
            let steepest = std::f32::consts::TAU * 1_400.0 / 16_000.0 * 5_800.0;
            assert!(largest_step(&sound) as f32 <= steepest + 40.0, "{tone:?}");
        }
    }
}
