//! The state of the screen, and what each key makes of it.

use client_engine::{Command, DraftState, MessageView, PersonView, Wish};
use message::people::Status;
use message::{Guid, MessageId, Priority};

use super::prompt::{Answer, Prompt};
use super::{Filter, Key, Views};
use crate::deed::Deed;

/// How far a page goes.
const PAGE: usize = 10;

/// What the shell shall do.
#[derive(Clone, Debug)]
pub enum Act {
    /// For the engine.
    Command(Command),
    /// Attach the file at this path.
    Attach(String),
    /// Save the attachments of a message in this folder.
    Save(MessageId, String),
    /// Leave.
    Quit,
}

/// The pane that has the keys.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Pane {
    /// The people of the office.
    #[default]
    People,
    /// The messages.
    Messages,
}

/// The state of the screen. People and messages are chosen by their ids, so that a list that
/// changes does not move the choice to somebody else.
#[derive(Debug)]
pub struct Screen {
    /// Which pane has the keys.
    pub pane: Pane,
    /// Which messages are listed.
    pub filter: Filter,
    /// For whom the next message is.
    pub marked: Vec<Guid>,
    /// Live or recorded.
    pub wish: Wish,
    /// How urgent the next message is.
    pub priority: Priority,
    /// The message that the next one answers.
    pub reply_to: Option<MessageId>,
    /// One line for the person.
    pub hint: String,
    /// Is the help shown?
    pub help: bool,
    pub(super) prompt: Option<Prompt>,
    pub(super) person: Option<Guid>,
    pub(super) message: Option<MessageId>,
    /// Where the panes were drawn: for clicks.
    pub(super) places: super::draw::Places,
}

impl Default for Screen {
    fn default() -> Self {
        Self {
            pane: Pane::People,
            filter: Filter::All,
            marked: Vec::new(),
            wish: Wish::Automatic,
            priority: Priority::Normal,
            reply_to: None,
            hint: String::new(),
            help: false,
            prompt: None,
            person: None,
            message: None,
            places: super::draw::Places::default(),
        }
    }
}

impl Screen {
    /// What a key does.
    pub fn key(&mut self, key: Key, views: &Views) -> Option<Act> {
        if key == Key::Ctrl('c') {
            return Some(Act::Quit);
        }
        if let Some(prompt) = self.prompt.take() {
            return self.answer(prompt, key, views);
        }
        if self.help {
            self.help = false;
            return None;
        }
        self.hint.clear();
        match key {
            Key::Char(letter) => self.letter(letter, views),
            Key::Enter => self.enter(views),
            Key::Esc => self.escape(views),
            Key::Tab | Key::BackTab | Key::Left | Key::Right => {
                self.pane = match self.pane {
                    Pane::People => Pane::Messages,
                    Pane::Messages => Pane::People,
                };
                None
            }
            Key::Up => self.step(views, |at, _| at.saturating_sub(1)),
            Key::Down => self.step(views, |at, _| at + 1),
            Key::PageUp => self.step(views, |at, _| at.saturating_sub(PAGE)),
            Key::PageDown => self.step(views, |at, _| at + PAGE),
            Key::Home => self.step(views, |_, _| 0),
            Key::End => self.step(views, |_, count| count),
            Key::Paste(path) => Some(Act::Attach(unquoted(&path))),
            Key::Click(column, row) => self.click(column, row, views),
            Key::Backspace | Key::Ctrl(_) => None,
        }
    }

    fn letter(&mut self, letter: char, views: &Views) -> Option<Act> {
        match letter {
            ' ' => self.talk(views),
            'l' => self.live(views),
            'r' => self.record(views),
            'p' => self.play(views),
            'a' => self.ask(Prompt::attach()),
            's' => self.save(views),
            'd' => self.delete(views, false),
            'D' => self.delete(views, true),
            'R' => self.reply(views),
            'm' | 'x' => self.mark(views),
            'n' => self.draft_command(views, Command::ReRecord),
            '+' => self.draft_command(views, Command::Append),
            'u' => self.urgency(),
            'o' => Some(Act::Command(Command::SetStatus(next_status(views)))),
            'c' => self.contact(views),
            'v' => self.verify(views),
            'f' => {
                self.filter = self.filter.next();
                None
            }
            'j' => self.step(views, |at, _| at + 1),
            'k' => self.step(views, |at, _| at.saturating_sub(1)),
            '?' => {
                self.help = true;
                None
            }
            'q' => self.quit(views),
            _ => None,
        }
    }

    /// Whose safety number is being compared.
    #[must_use]
    pub fn compares(&self) -> Option<Guid> {
        self.prompt.as_ref().and_then(Prompt::compares)
    }

    pub(super) fn ask(&mut self, prompt: Prompt) -> Option<Act> {
        self.prompt = Some(prompt);
        None
    }

    fn answer(&mut self, prompt: Prompt, key: Key, views: &Views) -> Option<Act> {
        match prompt.key(key) {
            Answer::Open(prompt) => {
                self.prompt = Some(prompt);
                None
            }
            Answer::Given(act) => Some(act),
            Answer::Trust(guid) => {
                let name = views.people.iter().find(|person| person.guid == guid)?.name.clone();
                Deed::Trust(name).command(&views.people).map(Act::Command)
            }
            Answer::None => None,
        }
    }

    /// The person that is chosen.
    pub(super) fn chosen_person<'a>(&self, views: &'a Views) -> Option<&'a PersonView> {
        views.people.get(self.person_at(views))
    }

    /// The message that is chosen.
    pub(super) fn chosen_message<'a>(&self, views: &'a Views) -> Option<&'a MessageView> {
        views.messages.get(self.message_at(views))
    }

    /// Its line in the list of people.
    pub(super) fn person_at(&self, views: &Views) -> usize {
        let chosen = |person: &PersonView| Some(person.guid) == self.person;
        views.people.iter().position(chosen).unwrap_or(0)
    }

    /// Its line in the list of messages.
    pub(super) fn message_at(&self, views: &Views) -> usize {
        let chosen = |message: &MessageView| Some(message.id) == self.message;
        views.messages.iter().position(chosen).unwrap_or(0)
    }

    fn step(&mut self, views: &Views, to: impl Fn(usize, usize) -> usize) -> Option<Act> {
        match self.pane {
            Pane::People => {
                let last = views.people.len().checked_sub(1)?;
                let at = to(self.person_at(views), last).min(last);
                self.person = Some(views.people[at].guid);
            }
            Pane::Messages => {
                let last = views.messages.len().checked_sub(1)?;
                let at = to(self.message_at(views), last).min(last);
                self.message = Some(views.messages[at].id);
            }
        }
        None
    }

    fn click(&mut self, column: u16, row: u16, views: &Views) -> Option<Act> {
        let (pane, at) = self.places.line_at(column, row)?;
        self.pane = pane;
        match pane {
            Pane::People => {
                self.person = Some(views.people.get(at)?.guid);
                self.mark(views)
            }
            Pane::Messages => {
                self.message = Some(views.messages.get(at)?.id);
                None
            }
        }
    }

    fn mark(&mut self, views: &Views) -> Option<Act> {
        let person = self.chosen_person(views)?.guid;
        match self.marked.iter().position(|marked| *marked == person) {
            Some(at) => {
                self.marked.remove(at);
            }
            None => self.marked.push(person),
        }
        self.person = Some(person);
        self.readdress(views)
    }

    /// A draft that waits follows the marks.
    pub(super) fn readdress(&self, views: &Views) -> Option<Act> {
        let waits = views.draft.as_ref().is_some_and(|draft| draft.state == DraftState::Ready);
        let (recipients, priority) = (self.marked.clone(), self.priority);
        (waits && !recipients.is_empty())
            .then_some(Act::Command(Command::Readdress { recipients, priority }))
    }

    fn contact(&mut self, views: &Views) -> Option<Act> {
        let person = self.chosen_person(views)?;
        let name = person.name.clone();
        Some(Act::Command(if person.contact {
            Command::RemoveContact(name)
        } else {
            Command::AddContact(name)
        }))
    }

    fn verify(&mut self, views: &Views) -> Option<Act> {
        // The shell shows the safety number: it costs a moment to compute.
        let guid = self.chosen_person(views)?.guid;
        self.ask(Prompt::verify(guid))
    }

    fn quit(&mut self, views: &Views) -> Option<Act> {
        let speaking = views.draft.as_ref().is_some_and(|draft| draft.state != DraftState::Ready);
        if speaking { self.ask(Prompt::quit()) } else { Some(Act::Quit) }
    }
}

fn next_status(views: &Views) -> Status {
    match views.me.as_ref().map(|me| me.status) {
        Some(Status::Online) => Status::Away,
        Some(Status::Away) => Status::Dnd,
        Some(Status::Dnd | Status::Offline) | None => Status::Online,
    }
}

/// A path as terminals paste it when a file is dropped: quoted, or with a scheme.
fn unquoted(text: &str) -> String {
    let text = text.trim();
    let text = text.strip_prefix("file://").unwrap_or(text);
    let quoted = |mark: char| text.strip_prefix(mark)?.strip_suffix(mark);
    match quoted('\'').or_else(|| quoted('"')) {
        Some(inner) => inner.to_owned(),
        None => text.replace("\\ ", " "),
    }
}
