//! A period of the voice less or more: what is ready becomes shorter or longer, and nobody hears
//! where.

use crate::codec::Rate;
use crate::conceal::{best_lag, samples};

/// What is taken out or put in: 2.5 to 10 ms.
const SHORTEST_US: usize = 2_500;
const LONGEST_US: usize = 10_000;
/// Two periods at least as like as this can be blended.
const ALIKE: f32 = 0.7;
/// The mean of what is so soft that anything can be blended.
const SOFT: i32 = 64;

/// The most samples that are taken out or put in.
pub(super) const fn longest(rate: Rate) -> usize {
    samples(rate, LONGEST_US)
}

/// Takes a period out of the beginning; tells how many ticks it had, none if no two are alike.
pub(super) fn shorten(ready: &mut Vec<i16>, rate: Rate) -> i64 {
    let Some(period) = period(ready, rate) else { return 0 };
    let blended = blend(&ready[..period], &ready[period..2 * period]);
    ready.splice(..2 * period, blended);
    (period / rate.per_tick()) as i64
}

/// Puts a period in behind the first one; tells how many ticks it has, none if no two are alike.
pub(super) fn lengthen(ready: &mut Vec<i16>, rate: Rate) -> i64 {
    let Some(period) = period(ready, rate) else { return 0 };
    let blended = blend(&ready[period..2 * period], &ready[..period]);
    ready.splice(period..period, blended);
    (period / rate.per_tick()) as i64
}

/// From the one into the other.
fn blend(from: &[i16], to: &[i16]) -> Vec<i16> {
    let length = from.len() as f32 + 1.0;
    let pairs = from.iter().zip(to).enumerate();
    pairs
        .map(|(at, (from, to))| {
            let share = (at + 1) as f32 / length;
            (f32::from(*from) * (1.0 - share) + f32::from(*to) * share).round() as i16
        })
        .collect()
}

/// The period of the beginning, in whole ticks, if it has one.
fn period(ready: &[i16], rate: Rate) -> Option<usize> {
    let longest = longest(rate);
    let beginning = ready.get(..2 * longest)?;
    let sum: i32 = beginning.iter().map(|sample| i32::from(*sample).abs()).sum();
    if sum < SOFT * beginning.len() as i32 {
        return Some(longest);
    }
    let (lag, likeness) = best_lag(beginning, longest, samples(rate, SHORTEST_US), longest);
    let lag = lag - lag % rate.per_tick();
    (likeness >= ALIKE).then_some(lag)
}

#[cfg(test)]
mod tests {
    use super::{lengthen, shorten};
    use crate::codec::Rate;
    use crate::speech::{largest_step, noise, sine};

    #[test]
    fn a_tone_is_shorter_or_longer_by_whole_periods() {
        for rate in [Rate::Narrow, Rate::Wide] {
            let tone = sine(rate.hertz(), 200.0, 8_000.0, 2 * rate.frame());
            let period = rate.hertz() as usize / 200;
            let natural = largest_step(&tone);
            let mut short = tone.clone();
            assert_eq!(shorten(&mut short, rate), 40);
            assert_eq!(short.len(), tone.len() - period);
            let mut long = tone.clone();
            assert_eq!(lengthen(&mut long, rate), 40);
            assert_eq!(long.len(), tone.len() + period);
            assert!(largest_step(&short) <= natural + 2 && largest_step(&long) <= natural + 2);
            assert_eq!((short[0], long[0]), (tone[0], tone[0]));
            assert_eq!((short.last(), long.last()), (tone.last(), tone.last()));
        }
    }

    #[test]
    fn loud_noise_and_too_little_sound_are_left_alone() {
        let loud = noise(320, 9_000.0, 3);
        let mut sound = loud.clone();
        assert_eq!((shorten(&mut sound, Rate::Narrow), lengthen(&mut sound, Rate::Narrow)), (0, 0));
        assert_eq!(sound, loud);
        assert_eq!(shorten(&mut vec![0; 100], Rate::Narrow), 0);
        assert_eq!(shorten(&mut vec![0; 200], Rate::Narrow), 80);
    }
}
