//! To hear what has come (row 43): one message after the other, the urgent first.

use client_engine::{Command, Direction, MessageState, MessageView};
use machine::{Moment, Span};
use message::MessageId;

use super::phrase::digits;
use super::{Clip, Due, Handset, Phrase, Stage, TIDY, Talk, Target, seconds};

/// For a key that says what becomes of a message that was heard.
pub(super) const PATIENCE: Span = seconds(8);
/// Milliseconds of a day.
const DAY_MS: u64 = 86_400_000;
/// Messages that are offered in one call.
const MOST: usize = 500;

/// The messages that are heard in this call.
#[derive(Debug)]
pub(super) struct List {
    messages: Vec<MessageId>,
    at: usize,
}

impl List {
    fn message(&self) -> Option<MessageId> {
        self.messages.get(self.at).copied()
    }
}

impl Handset {
    /// What has come, in the order in which it is heard: the new ones, the urgent first; then the
    /// old ones, the newest first.
    #[must_use]
    pub fn inbox(&self) -> Vec<MessageView> {
        let mut messages = self.engine.messages();
        messages.retain(|message| {
            message.direction == Direction::Received
                && matches!(
                    message.state,
                    MessageState::Unplayed | MessageState::Played | MessageState::Cut
                )
        });
        // The sort keeps what the engine has sorted: the newest first.
        messages.sort_by_key(|message| match message.state {
            MessageState::Unplayed => {
                (false, std::cmp::Reverse(message.priority.number()), message.created)
            }
            _ => (true, std::cmp::Reverse(0), 0),
        });
        messages.truncate(MOST);
        messages
    }

    /// What there is to hear, from one on.
    pub(super) fn open_inbox(&mut self, from: usize) -> Stage {
        let messages = self.inbox();
        let is_new = |message: &&MessageView| message.state == MessageState::Unplayed;
        let new = messages.iter().filter(is_new).count();
        let words: Vec<Phrase> = match (from, new) {
            // Who has chosen one wants to hear that one.
            (1.., _) => Vec::new(),
            (0, 0) => vec![Phrase::Clip(Clip::NoNew)],
            (0, 1) => vec![Phrase::Clip(Clip::OneNew)],
            (0, many) => {
                let many = digits(u32::try_from(many).unwrap_or(u32::MAX));
                let words = [Phrase::Clip(Clip::YouHave)].into_iter().chain(many);
                words.chain([Phrase::Clip(Clip::NewMessages)]).collect()
            }
        };
        let most = if from == 0 && new > 0 { new } else { messages.len() };
        let list = messages.iter().take(most).skip(from).map(|message| message.id).collect();
        let list = List { messages: list, at: 0 };
        if list.message().is_none() {
            self.say_clip(if messages.is_empty() { Clip::NoMessages } else { Clip::NoMore });
            return Stage::Leaving { then: None };
        }
        let whose = self.whose(&list);
        self.say(words.into_iter().chain(whose));
        Stage::Listening { list, is_announced: false }
    }

    /// Whose message it is, if its sender has a number.
    fn whose(&self, list: &List) -> Vec<Phrase> {
        let message = list.message().and_then(|message| self.engine.message(message));
        let number = message.and_then(|message| self.directory.number(message.sender));
        let whose = number.map(|number| {
            [Phrase::Clip(Clip::From)].into_iter().chain(digits(number)).collect::<Vec<_>>()
        });
        whose.unwrap_or_default()
    }

    /// Plays the message that was announced.
    pub(super) fn play(&mut self, now: Moment) {
        let Talk::On { stage: Stage::Listening { list, is_announced }, .. } = &mut self.talk else {
            return;
        };
        *is_announced = true;
        if let Some(message) = list.message() {
            self.command(Command::Play { message, from_ms: 0 }, now);
        }
    }

    /// Nothing plays any more.
    pub(super) fn played_out(&mut self) {
        let Talk::On { stage, .. } = &mut self.talk else { return };
        match std::mem::replace(stage, Stage::Leaving { then: None }) {
            Stage::Listening { list, is_announced: true } => {
                *stage = Stage::Menu { list };
                self.say_clip(Clip::Heard);
            }
            Stage::Hearing => self.leave(&[], None),
            other => *stage = other,
        }
    }

    /// The present one again, or the next one.
    pub(super) fn turn(&mut self, step: usize, now: Moment) {
        self.timers.cancel(&Due::Key);
        let Talk::On { stage, .. } = &mut self.talk else { return };
        let (Stage::Listening { mut list, .. } | Stage::Menu { mut list }) =
            std::mem::replace(stage, Stage::Leaving { then: None })
        else {
            return;
        };
        list.at += step;
        if list.message().is_none() {
            self.command(Command::StopPlaying, now);
            return self.leave(&[Clip::NoMore], None);
        }
        let whose = self.whose(&list);
        if let Talk::On { stage, .. } = &mut self.talk {
            *stage = Stage::Listening { list, is_announced: false };
        }
        self.command(Command::StopPlaying, now);
        self.say(whose);
    }

    /// The message that is heard, or was.
    pub(super) fn heard(&self) -> Option<MessageView> {
        match &self.talk {
            Talk::On { stage: Stage::Listening { list, .. } | Stage::Menu { list }, .. } => {
                self.engine.message(list.message()?)
            }
            Talk::Idle | Talk::Coming { .. } | Talk::On { .. } => None,
        }
    }

    /// Deletes it, and goes on with the next.
    pub(super) fn delete(&mut self, now: Moment) {
        let Some(message) = self.heard() else { return };
        self.turn(1, now);
        self.command(Command::Delete { message: message.id, everywhere: true }, now);
    }

    /// Deletes what was heard, or sent, longer ago than the office keeps messages: nobody tidies up
    /// at a telephone.
    pub(super) fn tidy(&mut self, now: Moment) {
        self.timers.set(Due::Tidy, now + TIDY);
        let kept = u64::from(self.engine.parameters().retention_days) * DAY_MS;
        let oldest = (self.unix_start + now.millis()).saturating_sub(kept);
        let is_done = |message: &&MessageView| {
            let is_waiting = matches!(
                message.state,
                MessageState::Arriving | MessageState::Unplayed | MessageState::Sending
            );
            !is_waiting && message.created < oldest
        };
        let messages = self.engine.messages();
        for message in messages.iter().filter(is_done) {
            self.command(Command::Delete { message: message.id, everywhere: false }, now);
        }
    }

    /// Answers it.
    pub(super) fn reply(&mut self, now: Moment) {
        let Some(message) = self.heard() else { return };
        self.timers.cancel(&Due::Key);
        let Talk::On { call, .. } = &self.talk else { return };
        let call = *call;
        let target = Target::Speak {
            recipients: vec![message.sender],
            is_live: false,
            reply_to: Some(message.id),
        };
        self.talk = Talk::On { call, stage: Stage::Leaving { then: None } };
        self.command(Command::StopPlaying, now);
        self.begin(call, target, now);
    }
}
