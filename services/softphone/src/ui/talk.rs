//! The keys that speak, review, send, play and delete.

use client_engine::{Command, Direction, DraftState, Source, Talk, Wish};
use message::Priority;

use super::prompt::Prompt;
use super::screen::{Act, Pane, Screen};
use super::{Views, views};
use crate::words;

/// The rate at which the microphone is opened: the signal chain works best with it.
const MICROPHONE_RATE: u32 = 48_000;

impl Screen {
    /// Space: speak, or stop.
    pub(super) fn talk(&mut self, views: &Views) -> Option<Act> {
        match views.draft.as_ref().map(|draft| (draft.state, draft.duration_ms)) {
            Some((DraftState::Ringing | DraftState::Recording | DraftState::Live, _)) => {
                Some(Act::Command(Command::StopTalking))
            }
            Some((DraftState::Finishing, _)) => None,
            Some((DraftState::Ready, said)) if said > 0 => {
                "Enter sends the draft, p plays it, n speaks again, + goes on, d throws it away"
                    .clone_into(&mut self.hint);
                None
            }
            // A draft with files only: now the words.
            Some((DraftState::Ready, _)) | None => self.begin(views),
        }
    }

    fn begin(&mut self, views: &Views) -> Option<Act> {
        let mut recipients = self.marked.clone();
        if recipients.is_empty() {
            recipients.extend(self.chosen_person(views).map(|person| person.guid));
        }
        if recipients.is_empty() {
            "there is nobody to speak to".clone_into(&mut self.hint);
            return None;
        }
        Some(Act::Command(Command::Talk(Talk {
            recipients,
            wish: self.wish,
            priority: self.priority,
            reply_to: self.reply_to.take(),
            source: Source::Microphone { rate: MICROPHONE_RATE },
        })))
    }

    /// `l`: live from the next message on; again: as presence suggests.
    pub(super) fn live(&mut self, _views: &Views) -> Option<Act> {
        self.wish = if self.wish == Wish::Live { Wish::Automatic } else { Wish::Live };
        None
    }

    /// `r`: recorded, also in the middle of a live message (row 71).
    pub(super) fn record(&mut self, views: &Views) -> Option<Act> {
        if views.draft.as_ref().is_some_and(|draft| draft.state == DraftState::Live) {
            return Some(Act::Command(Command::SwitchToRecord));
        }
        self.wish = if self.wish == Wish::Record { Wish::Automatic } else { Wish::Record };
        None
    }

    /// Enter: send the draft; without one it marks a person or plays a message.
    pub(super) fn enter(&mut self, views: &Views) -> Option<Act> {
        match (&views.draft, self.pane) {
            (Some(_), _) => {
                self.marked.clear();
                Some(Act::Command(Command::Send))
            }
            (None, Pane::People) => self.key(super::Key::Char('m'), views),
            (None, Pane::Messages) => self.play(views),
        }
    }

    /// Escape: silence, or no marks.
    pub(super) fn escape(&mut self, views: &Views) -> Option<Act> {
        if views.playing.is_some() {
            return Some(Act::Command(Command::StopPlaying));
        }
        self.marked.clear();
        self.reply_to = None;
        None
    }

    /// `p`: play, or stop playing.
    pub(super) fn play(&mut self, views: &Views) -> Option<Act> {
        if views.playing.is_some() {
            return Some(Act::Command(Command::StopPlaying));
        }
        let waits = views.draft.as_ref().is_some_and(|draft| draft.state == DraftState::Ready);
        if waits && self.pane == Pane::People {
            return Some(Act::Command(Command::Review));
        }
        let message = self.chosen_message(views)?.id;
        self.message = Some(message);
        Some(Act::Command(Command::Play { message, from_ms: 0 }))
    }

    /// `n`, `+`: what a waiting draft can be told.
    pub(super) fn draft_command(&mut self, views: &Views, command: Command) -> Option<Act> {
        if views.draft.is_none() {
            "there is no draft".clone_into(&mut self.hint);
            return None;
        }
        Some(Act::Command(command))
    }

    /// `u`: how urgent.
    pub(super) fn urgency(&mut self) -> Option<Act> {
        self.priority = match self.priority {
            Priority::Normal | Priority::Unknown => Priority::High,
            Priority::High => Priority::Low,
            Priority::Low => Priority::Normal,
        };
        None
    }

    /// `R`: the next message answers the chosen one.
    pub(super) fn reply(&mut self, views: &Views) -> Option<Act> {
        let message = self.chosen_message(views)?;
        let (id, to) = match message.direction {
            Direction::Received => (message.id, vec![message.sender]),
            Direction::Sent => (message.id, message.recipients.clone()),
        };
        self.reply_to = Some(id);
        self.hint = format!("answer to {}: Space to speak", words::partner(message, &views.people));
        self.marked = to;
        None
    }

    /// `s`: save the attachments.
    pub(super) fn save(&mut self, views: &Views) -> Option<Act> {
        let message = self.chosen_message(views)?;
        if message.attachments.is_empty() {
            "this message has no attachments".clone_into(&mut self.hint);
            return None;
        }
        self.ask(Prompt::save(message.id))
    }

    /// `d`: throw the draft away, or delete the chosen message.
    pub(super) fn delete(&mut self, views: &Views, everywhere: bool) -> Option<Act> {
        if let Some(draft) = &views.draft {
            let speaking = draft.state != DraftState::Ready;
            return self.ask(Prompt::discard(speaking));
        }
        let message = self.chosen_message(views)?;
        let unheard = views::is_unheard(message);
        let from = words::partner(message, &views.people);
        self.ask(Prompt::delete(message.id, &from, everywhere, unheard))
    }
}
