//! What comes out of a telephone's earpiece: phrases first, then the message that plays, in frames
//! of 20 ms.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use media::codec::Rate;
use media::level::{Path, TELEPHONE_DBOV};
use media::tone::{Player, Tone};

use crate::handset::{Clip, Phrase};

/// The rate of a telephone's leg on our side.
pub const RATE: Rate = Rate::Wide;
/// Milliseconds of a frame.
const FRAME_MS: u64 = 20;
/// How often the place in a message is told, in frames.
const TOLD_EVERY: u64 = 10;
/// Silence between two phrases, in frames.
const PAUSE: usize = 3;

/// The words of one language, at [`RATE`].
#[derive(Clone, Debug, Default)]
pub struct Words(BTreeMap<Clip, Arc<[i16]>>);

impl Words {
    /// The words whose recordings there are; for what is missing nothing is said.
    #[must_use]
    pub fn new(clips: impl IntoIterator<Item = (Clip, Arc<[i16]>)>) -> Self {
        Self(clips.into_iter().collect())
    }

    /// How many there are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.0.len()
    }
}

/// What has happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// All phrases are said.
    Said,
    /// So many milliseconds of the message were played.
    Played(u64),
}

/// The earpiece.
pub struct Speaker {
    words: Arc<Words>,
    /// Frames of phrases.
    phrases: VecDeque<Vec<i16>>,
    is_saying: bool,
    path: Option<(u32, Path)>,
    message: VecDeque<Vec<i16>>,
    /// No more will come of the message.
    is_ending: bool,
    played: u64,
    events: VecDeque<Event>,
}

impl Speaker {
    /// A silent one.
    #[must_use]
    pub fn new(words: Arc<Words>) -> Self {
        Self {
            words,
            phrases: VecDeque::new(),
            is_saying: false,
            path: None,
            message: VecDeque::new(),
            is_ending: false,
            played: 0,
            events: VecDeque::new(),
        }
    }

    /// Says this, and nothing of what was to be said before. Nothing to say is said at once.
    pub fn say(&mut self, phrases: &[Phrase]) {
        self.phrases.clear();
        for phrase in phrases {
            match phrase {
                Phrase::Clip(clip) => self.clip(*clip),
                Phrase::Tone(tone) => self.tone(*tone),
            }
        }
        self.is_saying = true;
    }

    fn clip(&mut self, clip: Clip) {
        let Some(samples) = self.words.0.get(&clip) else { return };
        let frames = samples.chunks(RATE.frame()).map(|chunk| {
            let mut frame = chunk.to_vec();
            frame.resize(RATE.frame(), 0);
            frame
        });
        self.phrases.extend(frames);
        self.phrases.extend(std::iter::repeat_n(vec![0; RATE.frame()], PAUSE));
    }

    /// A tone, after what is said already.
    pub fn tone(&mut self, tone: Tone) {
        let mut player = Player::new(tone, RATE);
        self.phrases.extend(std::iter::from_fn(|| player.next_frame()));
    }

    /// More of the message that plays.
    pub fn play(&mut self, samples: &[f32], rate: u32) {
        if self.path.as_ref().is_none_or(|(of, _)| *of != rate) {
            let path = Path::new(rate, RATE.hertz(), TELEPHONE_DBOV);
            self.path = path.ok().map(|path| (rate, path));
        }
        let Some((_, path)) = &mut self.path else { return };
        // The cast saturates.
        let samples: Vec<i16> = samples.iter().map(|s| (s * 32_768.0).round() as i16).collect();
        self.message.extend(path.push(&samples));
        self.is_ending = false;
    }

    /// The message ends with what was given.
    pub fn play_end(&mut self) {
        if let Some((_, path)) = &mut self.path {
            self.message.extend(path.finish());
        }
        self.is_ending = true;
    }

    /// Nothing more of the message.
    pub fn play_stop(&mut self) {
        self.message.clear();
        self.path = None;
        self.is_ending = false;
        self.played = 0;
    }

    /// The next 20 ms; nothing for silence.
    pub fn frame(&mut self) -> Option<Vec<i16>> {
        if let Some(frame) = self.phrases.pop_front() {
            return Some(frame);
        }
        if std::mem::take(&mut self.is_saying) {
            self.events.push_back(Event::Said);
            return None;
        }
        let frame = self.message.pop_front();
        if frame.is_some() {
            self.played += 1;
        }
        let is_over = self.message.is_empty() && self.is_ending;
        if is_over || (frame.is_some() && self.played.is_multiple_of(TOLD_EVERY)) {
            self.events.push_back(Event::Played(self.played * FRAME_MS));
        }
        if is_over {
            self.play_stop();
        }
        frame
    }

    /// What has happened meanwhile.
    pub fn poll(&mut self) -> Option<Event> {
        self.events.pop_front()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use media::tone::Tone;

    use super::{Event, RATE, Speaker, Words};
    use crate::handset::{Clip, Phrase};

    fn speaker() -> Speaker {
        let clip: Arc<[i16]> = vec![1_000; RATE.frame() * 2 + 1].into();
        Speaker::new(Arc::new(Words::new([(Clip::Sent, clip)])))
    }

    fn frames(speaker: &mut Speaker, most: usize) -> Vec<Option<Vec<i16>>> {
        (0..most).map(|_| speaker.frame()).collect()
    }

    #[test]
    fn phrases_come_one_after_the_other_and_their_end_is_told() {
        let mut speaker = speaker();
        speaker.say(&[
            Phrase::Clip(Clip::Sent),
            Phrase::Tone(Tone::Beep),
            Phrase::Clip(Clip::From),
        ]);
        let said = frames(&mut speaker, 100);
        let count = said.iter().flatten().count();
        assert_eq!(count, 3 + super::PAUSE + 15, "what has no recording is left out");
        assert!(said.iter().flatten().all(|frame| frame.len() == RATE.frame()));
        assert_eq!(speaker.poll(), Some(Event::Said));
        assert_eq!(speaker.poll(), None, "it is told once");
        speaker.say(&[]);
        assert_eq!((speaker.frame(), speaker.poll()), (None, Some(Event::Said)));
    }

    // row 28
    #[test]
    fn a_message_waits_for_what_is_said_and_its_end_is_told() {
        let mut speaker = speaker();
        let second: Vec<f32> = (0..16_000).map(|at| (at as f32 * 0.1).sin() * 0.2).collect();
        speaker.play(&second, 16_000);
        speaker.say(&[Phrase::Tone(Tone::Beep)]);
        speaker.play_end();
        frames(&mut speaker, 16);
        assert_eq!(speaker.poll(), Some(Event::Said));
        let heard = frames(&mut speaker, 100);
        let count = heard.iter().flatten().count();
        assert!((50..=53).contains(&count), "a second: {count} frames");
        let told: Vec<Event> = std::iter::from_fn(|| speaker.poll()).collect();
        assert_eq!(told.last(), Some(&Event::Played(count as u64 * 20)));
        assert!(told.len() >= 5, "and on the way: {told:?}");
        let loudest = heard.iter().flatten().flatten().map(|s| s.unsigned_abs()).max();
        assert!(loudest > Some(1_000), "{loudest:?}");
    }

    #[test]
    fn what_is_stopped_is_silent_at_once() {
        let mut speaker = speaker();
        speaker.play(&[0.1; 48_000], 48_000);
        assert!(speaker.frame().is_some());
        speaker.play_stop();
        assert_eq!(frames(&mut speaker, 10), vec![None; 10]);
        assert_eq!(speaker.poll(), None);
        speaker.play_end();
        assert_eq!((speaker.frame(), speaker.poll()), (None, Some(Event::Played(0))));
    }
}
