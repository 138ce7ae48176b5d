//! What each key means.
//!
//! | | `#` | `*` | 1 | 2 | 3 | 4 |
//! |---|---|---|---|---|---|---|
//! | greeting | speak at once | end | | | | |
//! | speaking | stop | throw away | | | | |
//! | review | send | throw away | hear it | speak it again | speak on | |
//! | a message | next | end | hear it again | next | delete | answer |

use client_engine::Command;
use machine::{Moment, Span};

use super::{Due, Handset, Output, Stage, Talk};

impl Handset {
    pub(super) fn key(&mut self, key: char, now: Moment) {
        let Talk::On { call, stage } = &self.talk else { return };
        let call = *call;
        match (stage, key) {
            (Stage::Greeting(_), '#') => {
                self.say([]);
                self.open_microphone(now);
            }
            (Stage::Speaking { .. }, '#') => self.stop(now),
            (Stage::Speaking { .. }, '*') => self.discard(now),
            (Stage::Review { told: 1.., .. }, _) => self.decide(key, now),
            (Stage::Listening { .. } | Stage::Menu { .. }, '1') => self.turn(0, now),
            (Stage::Listening { .. } | Stage::Menu { .. }, '2' | '#') => self.turn(1, now),
            (Stage::Listening { .. } | Stage::Menu { .. }, '3') => self.delete(now),
            (Stage::Listening { .. } | Stage::Menu { .. }, '4') => self.reply(now),
            (
                Stage::Greeting(_)
                | Stage::Listening { .. }
                | Stage::Menu { .. }
                | Stage::Hearing
                | Stage::Leaving { .. },
                '*',
            ) => self.outputs.push_back(Output::HangUp(call)),
            _ => {}
        }
    }

    /// What becomes of a message that was spoken?
    fn decide(&mut self, key: char, now: Moment) {
        let draft = self.engine.draft();
        let length = draft.map_or(Span::ZERO, |draft| Span::from_millis(draft.duration_ms));
        // Whoever listens to it has so much longer to think.
        self.timers.set(Due::Key, now + length + super::speaking::PATIENCE);
        match key {
            '#' => {
                self.command(Command::StopPlaying, now);
                self.send(now);
            }
            '1' => {
                self.say([]);
                self.command(Command::Review, now);
            }
            '2' => self.speak_again(Command::ReRecord),
            '3' => self.speak_again(Command::Append),
            '*' => {
                self.command(Command::StopPlaying, now);
                self.discard(now);
            }
            _ => {}
        }
    }

    /// Nobody presses one.
    pub(super) fn no_key(&mut self, now: Moment) {
        match &self.talk {
            Talk::On { stage: Stage::Menu { .. }, .. } => self.turn(1, now),
            Talk::On { stage: Stage::Review { .. }, .. } => self.nobody_decides(),
            Talk::Idle | Talk::Coming { .. } | Talk::On { .. } => {}
        }
    }
}
