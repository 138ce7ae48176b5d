//! To speak a message: greeting, the message, what becomes of it (rows 38-43, 48, 49).

use client_engine::{Command, DraftState, Source, Talk as Speech, Wish};
use machine::{Moment, Span};
use media::codec::Rate;
use media::tone::Tone;
use message::{Guid, MessageId, Priority};

use super::{Clip, Due, End, Handset, Phrase, Stage, Talk, seconds};

/// For a key that says what becomes of a message.
pub(super) const PATIENCE: Span = seconds(20);
/// How often it is asked.
const ASKED: u32 = 3;
/// Less is no speech: a click of the hook.
const LEAST_MS: u64 = 200;

impl Handset {
    pub(super) fn greet(
        &mut self,
        recipients: Vec<Guid>,
        is_live: bool,
        reply_to: Option<MessageId>,
    ) -> Stage {
        let beep = Phrase::Tone(Tone::Beep);
        if is_live {
            self.say([beep]);
        } else {
            self.say([Phrase::Clip(Clip::Speak), beep]);
        }
        Stage::Greeting(Command::Talk(Speech {
            recipients,
            wish: if is_live { Wish::Live } else { Wish::Record },
            priority: Priority::Normal,
            reply_to,
            source: Source::Microphone { rate: Rate::Wide.hertz() },
        }))
    }

    /// What was to be said before is said.
    pub(super) fn open_microphone(&mut self, now: Moment) {
        let Talk::On { stage, .. } = &mut self.talk else { return };
        let Stage::Greeting(command) = stage else { return };
        let is_live = matches!(command, Command::Talk(Speech { wish: Wish::Live, .. }));
        let command = command.clone();
        *stage = Stage::Speaking { is_live };
        self.command(command, now);
    }

    /// Stops speaking, by key or by silence.
    pub(super) fn stop(&mut self, now: Moment) {
        self.command(Command::StopTalking, now);
        self.stopped(now);
    }

    /// Speaking has stopped.
    pub(super) fn stopped(&mut self, now: Moment) {
        let Talk::On { stage, .. } = &mut self.talk else { return };
        match stage {
            Stage::Speaking { is_live: true } => self.leave(&[Clip::Sent], None),
            Stage::Speaking { is_live: false } => {
                *stage = Stage::Review { then: None, told: 0 };
                self.draft_changed(now);
            }
            _ => {}
        }
    }

    /// The draft has changed: it may be ready, or gone.
    pub(super) fn draft_changed(&mut self, now: Moment) {
        let draft = self.engine.draft();
        let Talk::On { stage, .. } = &mut self.talk else { return };
        match (stage, draft) {
            (Stage::Review { told, .. }, Some(draft))
                if draft.state == DraftState::Ready && *told == 0 =>
            {
                *told = 1;
                if draft.duration_ms < LEAST_MS {
                    return self.discard(now);
                }
                self.say_clip(Clip::Review);
            }
            (Stage::Sending { then }, None) => {
                let then = then.take();
                self.leave(&[Clip::Sent], then);
            }
            // It was on its way already.
            (Stage::Review { then, .. }, None) => {
                let then = then.take();
                self.leave(&[], then);
            }
            _ => {}
        }
    }

    /// Sends it, and then goes on.
    pub(super) fn send(&mut self, now: Moment) {
        let Talk::On { stage, .. } = &mut self.talk else { return };
        let Stage::Review { then, .. } = stage else { return };
        let then = then.take();
        *stage = Stage::Sending { then };
        self.timers.cancel(&Due::Key);
        self.command(Command::Send, now);
    }

    /// Throws it away, and then goes on.
    pub(super) fn discard(&mut self, now: Moment) {
        let Talk::On { stage, .. } = &mut self.talk else { return };
        let then = match stage {
            Stage::Review { then, .. } => then.take(),
            _ => None,
        };
        self.command(Command::Discard, now);
        self.leave(&[Clip::Deleted], then);
    }

    /// Speaks again, or on.
    pub(super) fn speak_again(&mut self, command: Command) {
        self.timers.cancel(&Due::Key);
        let Talk::On { stage, .. } = &mut self.talk else { return };
        *stage = Stage::Greeting(command);
        self.say([Phrase::Tone(Tone::Beep)]);
    }

    /// The engine would not.
    pub(super) fn refused(&mut self, words: &str, now: Moment) {
        log::info!(reason = words; "a telephone was refused something");
        if self.is_entering() {
            return self.enter_again(words, now);
        }
        let Talk::On { stage, .. } = &mut self.talk else { return };
        match stage {
            Stage::Sending { then } => {
                *stage = Stage::Review { then: then.take(), told: 1 };
                self.say([Phrase::Clip(Clip::NotSent), Phrase::Clip(Clip::Review)]);
            }
            Stage::Speaking { .. } if self.engine.draft().is_none() => {
                self.leave(&[Clip::NotSent], None);
            }
            Stage::Hearing => self.leave(&[], None),
            // It cannot be played: the next one.
            Stage::Listening { is_announced: true, .. } => self.turn(1, now),
            _ => {}
        }
    }

    /// The disk takes nothing: nobody shall speak into the void.
    pub(super) fn unstored(&mut self, words: &str) {
        log::error!(reason = words; "a telephone's client cannot store anything");
        let Talk::On { stage, .. } = &self.talk else { return };
        if matches!(stage, Stage::Speaking { .. } | Stage::Sending { .. }) {
            self.leave(&[Clip::Trouble], None);
        }
    }

    /// Nobody presses a key: it is asked again, and then left for another time.
    pub(super) fn nobody_decides(&mut self) {
        let Talk::On { stage: Stage::Review { told, .. }, .. } = &mut self.talk else { return };
        *told += 1;
        if *told > ASKED {
            self.leave(&[], None);
        } else {
            self.say_clip(Clip::Review);
        }
    }

    /// The call is over. Who hangs up sends; of who vanished everything is kept, and offered the
    /// next time.
    pub(super) fn hung_up(&mut self, stage: &Stage, end: End, now: Moment) {
        let is_meant = end == End::HungUp;
        match stage {
            // What an earlier call has left is sent by its key alone.
            Stage::Speaking { is_live: false } | Stage::Review { then: None, .. } if is_meant => {
                self.command(Command::StopTalking, now);
                let draft = self.engine.draft();
                let is_empty = draft.is_none_or(|draft| draft.duration_ms < LEAST_MS);
                self.command(if is_empty { Command::Discard } else { Command::Send }, now);
            }
            // What is heard live ends unfinished, so that everybody knows that something is missing.
            Stage::Speaking { is_live: true } if end == End::Lost => {
                self.command(Command::Discard, now);
            }
            Stage::Speaking { .. } => self.command(Command::StopTalking, now),
            Stage::Listening { .. } | Stage::Hearing | Stage::Review { .. } => {
                self.command(Command::StopPlaying, now);
            }
            Stage::Greeting(Command::Talk(speech)) => {
                if let (Some(draft), Some(owner)) = (speech.reply_to, speech.recipients.first())
                    && speech.wish == Wish::Live
                {
                    // It was lifted, and put back before a word was said.
                    self.excuse(*owner, draft, now);
                }
            }
            Stage::Greeting(_)
            | Stage::Sending { .. }
            | Stage::Menu { .. }
            | Stage::Leaving { .. } => {}
        }
    }
}
