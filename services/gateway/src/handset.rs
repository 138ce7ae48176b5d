//! A telephone as a client of its own: what its user does with keys and hook becomes commands for
//! the client engine, and what the engine has to tell is rung, said and lit.
//!
//! ```text
//! it dials somebody: greeting -> speaking -> review -> sent        hang up: sent
//!          the inbox: listening <-> menu
//! it is rung:        somebody speaks live, and it may speak up;    its owner wants to speak
//! ```
//!
//! Nothing here knows how a telephone is spoken with: calls have numbers, keys are characters.

mod entry;
mod keys;
mod listening;
mod phrase;
mod speaking;
mod types;

use std::collections::VecDeque;
use std::sync::Arc;

use client_engine::{Change, Command, Engine, Link, Notice};
use machine::{Machine, Moment, Span, Timers};
use message::people::Ring;
use message::{Guid, MessageId};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;

use crate::directory::{Dialled, Directory};
use entry::Entry;
use listening::List;
pub use phrase::{Clip, Phrase};
pub use types::{Bell, Call, End, Input, No, Output, Setup};

/// What a call is for.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Target {
    /// To speak a message.
    Speak { recipients: Vec<Guid>, is_live: bool, reply_to: Option<MessageId> },
    /// To hear what has come, from one on: of the new ones alone, if it is the first.
    Inbox(usize),
    /// Somebody speaks right now.
    Hear(MessageId),
}

/// How far a call is.
#[derive(Debug)]
enum Talk {
    Idle,
    /// Taken, or rung; nobody can be heard yet.
    Coming {
        call: Call,
        target: Target,
        is_ours: bool,
    },
    On {
        call: Call,
        stage: Stage,
    },
}

/// What a call is doing.
#[derive(Debug)]
enum Stage {
    /// Something is said first, then the microphone is opened by this command.
    Greeting(Command),
    /// The microphone is open.
    Speaking { is_live: bool },
    /// A message was spoken; what becomes of it? And what is done then?
    Review { then: Option<Target>, told: u32 },
    /// It is being sent.
    Sending { then: Option<Target> },
    /// A message is heard; first it is said whose it is.
    Listening { list: List, is_announced: bool },
    /// It was heard.
    Menu { list: List },
    /// Somebody speaks live.
    Hearing,
    /// The last words, then this, or the end.
    Leaving { then: Option<Target> },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Due {
    /// Nobody presses a key.
    Key,
    /// A code may be asked for again.
    Invite,
    /// What was heard long ago is deleted.
    Tidy,
}

/// How often old messages are looked for.
const TIDY: Span = seconds(3_600);

/// The telephone.
pub struct Handset {
    engine: Engine,
    rng: ChaCha20Rng,
    entry: Entry,
    directory: Arc<Directory>,
    speaks_up: bool,
    next_call: u64,
    talk: Talk,
    timers: Timers<Due>,
    /// The wall clock at the start of the monotonic one, unix milliseconds.
    unix_start: u64,
    waiting: Option<(u32, u32)>,
    outputs: VecDeque<Output>,
}

impl Handset {
    /// A telephone that begins by reading what is kept of it.
    #[must_use]
    pub fn new(setup: Setup) -> Self {
        let Setup { engine, seed, device, first_call } = setup;
        let now = engine.now;
        let unix_start = engine.unix_millis.saturating_sub(now.millis());
        let mut handset = Self {
            engine: Engine::new(engine),
            rng: ChaCha20Rng::from_seed(seed),
            entry: Entry::new(device),
            directory: Arc::default(),
            speaks_up: false,
            next_call: first_call,
            talk: Talk::Idle,
            timers: Timers::new(),
            unix_start,
            waiting: None,
            outputs: VecDeque::new(),
        };
        handset.timers.set(Due::Tidy, now + TIDY);
        // Nobody may be listening: what is spoken live waits until it is heard.
        handset.command(Command::Autoplay(false), now);
        handset.settle(now);
        handset
    }

    /// What its client shows.
    #[must_use]
    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// Who has which number.
    #[must_use]
    pub fn directory(&self) -> &Directory {
        &self.directory
    }

    fn command(&mut self, command: Command, now: Moment) {
        self.engine.handle(client_engine::Input::Command(command), now);
    }

    fn say(&mut self, phrases: impl IntoIterator<Item = Phrase>) {
        self.outputs.push_back(Output::Say(phrases.into_iter().collect()));
    }

    fn say_clip(&mut self, clip: Clip) {
        self.say([Phrase::Clip(clip)]);
    }

    /// Acts on all that the engine has to say.
    fn settle(&mut self, now: Moment) {
        while let Some(output) = self.engine.poll() {
            match output {
                client_engine::Output::Notice(notice) => self.noticed(notice, now),
                client_engine::Output::Changed(change) => self.changed(change, now),
                output => self.outputs.push_back(Output::Engine(output)),
            }
        }
    }

    fn noticed(&mut self, notice: Notice, now: Moment) {
        match notice {
            Notice::Arriving { message, sender, live: true } => self.speak_up(message, sender),
            Notice::Commanded { person, ring: Ring::Start, draft: Some(draft) } => {
                self.summoned(person, draft, now);
            }
            Notice::Commanded { ring: Ring::Stop, .. } => self.dismissed(),
            Notice::StoppedBySilence => self.stopped(now),
            Notice::StorageFailed(words) => self.unstored(&words),
            Notice::Refused(words) => self.refused(&words, now),
            notice => self.entering(&notice, now),
        }
    }

    fn changed(&mut self, change: Change, now: Moment) {
        match change {
            Change::Messages => self.count(),
            Change::Draft => self.draft_changed(now),
            Change::Playing if self.engine.playing().is_none() => self.played_out(),
            // Before the server has said who there is, the list is an old one.
            Change::People | Change::Session if self.engine.link() == Link::Online => {
                self.outputs.push_back(Output::People);
            }
            Change::Playing | Change::People | Change::Session | Change::Level => {}
        }
    }

    /// Tells the lamp, if there is something new to tell.
    fn count(&mut self) {
        let (new, old) = self.engine.waiting();
        let count = |count: usize| u32::try_from(count).unwrap_or(u32::MAX);
        let waiting = (count(new), count(old));
        if self.waiting != Some(waiting) {
            self.waiting = Some(waiting);
            let (new, old) = waiting;
            self.outputs.push_back(Output::Waiting { new, old });
        }
    }

    /// It calls.
    fn called(&mut self, call: Call, to: &str) {
        let no = match (&self.talk, self.engine.me()) {
            (_, None) => No::NotYet,
            (Talk::Coming { .. } | Talk::On { .. }, _) => No::Busy,
            (Talk::Idle, Some(me)) => match self.directory.resolve(to) {
                None => No::Nobody,
                Some(dialled) => {
                    let target = target(dialled, me.guid);
                    self.talk = Talk::Coming { call, target, is_ours: false };
                    return self.outputs.push_back(Output::Answer(call));
                }
            },
        };
        self.outputs.push_back(Output::Refuse(call, no));
    }

    /// A live message comes: it is heard at once, if that is wished here.
    fn speak_up(&mut self, message: MessageId, sender: Guid) {
        if self.speaks_up && matches!(self.talk, Talk::Idle) {
            self.ring(Bell::SpeakUp, sender, Target::Hear(message));
        }
    }

    /// Its owner wants to speak a message with it.
    fn summoned(&mut self, owner: Guid, draft: MessageId, now: Moment) {
        if !matches!(self.talk, Talk::Idle) {
            return self.excuse(owner, draft, now);
        }
        let (recipients, reply_to) = (vec![owner], Some(draft));
        self.ring(Bell::Speak, owner, Target::Speak { recipients, is_live: true, reply_to });
    }

    /// The owner is told that this telephone does not speak.
    fn excuse(&mut self, owner: Guid, draft: MessageId, now: Moment) {
        self.command(Command::Phone { to: owner, ring: Ring::Stop, draft: Some(draft) }, now);
    }

    /// The owner has changed his mind.
    fn dismissed(&mut self) {
        let call = match &self.talk {
            Talk::Coming { call, target: Target::Speak { .. }, is_ours: true }
            | Talk::On { call, stage: Stage::Greeting(_) | Stage::Speaking { is_live: true } } => {
                *call
            }
            Talk::Idle | Talk::Coming { .. } | Talk::On { .. } => return,
        };
        self.outputs.push_back(Output::HangUp(call));
    }

    fn ring(&mut self, bell: Bell, person: Guid, target: Target) {
        let call = Call(self.next_call);
        self.next_call += 1;
        let name = self.engine.people().into_iter().find(|one| one.guid == person);
        let name = name.map(|one| one.display).unwrap_or_default();
        let number = self.directory.number(person);
        let number = number.map(|number| number.to_string()).unwrap_or_default();
        self.talk = Talk::Coming { call, target, is_ours: true };
        self.outputs.push_back(Output::Ring { call, bell, name, number });
    }

    /// Both sides hear each other.
    fn answered(&mut self, call: Call, now: Moment) {
        match &self.talk {
            Talk::Coming { call: coming, target, .. } if *coming == call => {
                let target = target.clone();
                self.begin(call, target, now);
            }
            Talk::Idle | Talk::Coming { .. } | Talk::On { .. } => {}
        }
    }

    /// Begins what a call is for.
    fn begin(&mut self, call: Call, target: Target, now: Moment) {
        let stage = match target {
            target @ (Target::Speak { is_live: false, .. } | Target::Inbox(_))
                if self.engine.draft().is_some() =>
            {
                self.say_clip(Clip::Unsent);
                Stage::Review { then: Some(target), told: 0 }
            }
            Target::Speak { recipients, is_live, reply_to } => {
                self.greet(recipients, is_live, reply_to)
            }
            Target::Inbox(from) => self.open_inbox(from),
            Target::Hear(message) => {
                self.talk = Talk::On { call, stage: Stage::Hearing };
                return self.command(Command::Play { message, from_ms: 0 }, now);
            }
        };
        self.talk = Talk::On { call, stage };
    }

    /// All that was to be said is said.
    fn said(&mut self, now: Moment) {
        let Talk::On { call, stage } = &mut self.talk else { return };
        let call = *call;
        match stage {
            Stage::Greeting(_) => self.open_microphone(now),
            Stage::Leaving { then } => match then.take() {
                Some(target) => self.begin(call, target, now),
                None => self.outputs.push_back(Output::HangUp(call)),
            },
            Stage::Listening { is_announced: false, .. } => self.play(now),
            Stage::Menu { .. } => self.timers.set(Due::Key, now + listening::PATIENCE),
            Stage::Review { told: 0, .. } => self.draft_changed(now),
            Stage::Review { .. } => self.timers.set(Due::Key, now + speaking::PATIENCE),
            Stage::Speaking { .. }
            | Stage::Sending { .. }
            | Stage::Listening { .. }
            | Stage::Hearing => {}
        }
    }

    /// Says the last words, and then goes on with something else, or hangs up.
    fn leave(&mut self, clips: &[Clip], then: Option<Target>) {
        self.timers.cancel(&Due::Key);
        let Talk::On { stage, .. } = &mut self.talk else { return };
        *stage = Stage::Leaving { then };
        self.say(clips.iter().map(|clip| Phrase::Clip(*clip)));
    }

    /// A call is over.
    fn ended(&mut self, call: Call, end: End, now: Moment) {
        let is_it = match &self.talk {
            Talk::Idle => false,
            Talk::Coming { call: own, .. } | Talk::On { call: own, .. } => *own == call,
        };
        if !is_it {
            return;
        }
        self.timers.cancel(&Due::Key);
        match std::mem::replace(&mut self.talk, Talk::Idle) {
            Talk::Coming { target, is_ours: true, .. } => self.unanswered(target, now),
            Talk::On { stage, .. } => self.hung_up(&stage, end, now),
            Talk::Idle | Talk::Coming { .. } => {}
        }
    }

    /// Nobody has lifted: who wanted to speak is told; what was spoken live is in the inbox.
    fn unanswered(&mut self, target: Target, now: Moment) {
        if let Target::Speak { recipients, reply_to: Some(draft), .. } = target
            && let Some(owner) = recipients.first()
        {
            self.excuse(*owner, draft, now);
        }
    }

    fn due(&mut self, due: Due, now: Moment) {
        match due {
            Due::Key => self.no_key(now),
            Due::Invite => self.outputs.push_back(Output::Invite),
            Due::Tidy => self.tidy(now),
        }
    }
}

fn target(dialled: Dialled, own: Guid) -> Target {
    match dialled {
        Dialled::Inbox(from) => Target::Inbox(from),
        // Who dials the own number wants to hear what has come.
        Dialled::To { recipients, .. } if recipients == [own] => Target::Inbox(0),
        Dialled::To { recipients, is_live } => {
            Target::Speak { recipients, is_live, reply_to: None }
        }
    }
}

impl Machine for Handset {
    type Input = Input;
    type Output = Output;

    fn handle(&mut self, input: Input, now: Moment) {
        match input {
            Input::Engine(input) => self.engine.handle(input, now),
            Input::Directory(directory) => self.directory = directory,
            Input::SpeaksUp(speaks_up) => self.speaks_up = speaks_up,
            Input::Invited(code) => self.invited(code, now),
            Input::Called { call, to } => self.called(call, &to),
            Input::Answered(call) => self.answered(call, now),
            Input::Ended { call, end } => self.ended(call, end, now),
            Input::Key(key) => self.key(key, now),
            Input::Said => self.said(now),
        }
        self.settle(now);
    }

    fn expire(&mut self, now: Moment) {
        self.engine.expire(now);
        self.settle(now);
        while let Some(due) = self.timers.expired(now) {
            self.due(due, now);
            self.settle(now);
        }
    }

    fn poll(&mut self) -> Option<Output> {
        self.outputs.pop_front()
    }

    fn deadline(&self) -> Option<Moment> {
        self.engine.deadline().into_iter().chain(self.timers.next()).min()
    }
}

/// Time to think, in seconds.
const fn seconds(count: u64) -> Span {
    Span::from_secs(count)
}
