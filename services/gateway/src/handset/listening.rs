//! To hear what has come (row 43): one message after the other, the urgent first.

use client_engine::{Command, Direction, MessageState, MessageView};
use machine::{Moment, Span};
use message::MessageId;

use super::phrase::digits;
use super::{Clip, Due, Handset, Phrase, Stage, Talk, Target, seconds};

/// For a key that says what becomes of a message that was heard.
pub(super) const PATIENCE: Span = seconds(8);
/// Old messages that are offered when there are no new ones.
const MOST_OLD: usize = 50;

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
    /// What there is to hear.
    pub(super) fn open_inbox(&mut self) -> Stage {
        let mut messages = self.engine.messages();
        messages.retain(|message| message.direction == Direction::Received);
        let is_new = |message: &&MessageView| message.state == MessageState::Unplayed;
        let mut new: Vec<&MessageView> = messages.iter().filter(is_new).collect();
        new.sort_by_key(|message| (std::cmp::Reverse(message.priority.number()), message.created));
        let old = |message: &&MessageView| {
            matches!(message.state, MessageState::Played | MessageState::Cut)
        };
        let old = messages.iter().filter(old).take(MOST_OLD);
        let (words, list): (Vec<Phrase>, Vec<&MessageView>) = match new.len() {
            0 => (vec![Phrase::Clip(Clip::NoNew)], old.collect()),
            1 => (vec![Phrase::Clip(Clip::OneNew)], new),
            many => {
                let many = digits(u32::try_from(many).unwrap_or(u32::MAX));
                let words = [Phrase::Clip(Clip::YouHave)].into_iter().chain(many);
                (words.chain([Phrase::Clip(Clip::NewMessages)]).collect(), new)
            }
        };
        if list.is_empty() {
            self.say_clip(Clip::NoMessages);
            return Stage::Leaving { then: None };
        }
        let list = List { messages: list.iter().map(|message| message.id).collect(), at: 0 };
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
