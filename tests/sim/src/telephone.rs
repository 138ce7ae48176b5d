//! A simulated telephone: the handset of the gateway around its client engine. A call can be heard
//! as soon as it is taken; what it says takes half a second for each phrase.

use std::sync::Arc;

use gateway::directory::Directory;
use gateway::handset::{Bell, Call, Clip, End, Handset, Input, No, Output, Phrase, Setup};
use machine::{Machine as _, Moment, Span};
use message::Guid;

use crate::device::DeviceId;
use crate::events::{Event, Events};

/// How long one phrase takes.
const PHRASE_MS: u64 = 500;
/// Until a call that was taken can be heard.
const TAKEN: Span = Span::from_millis(40);

/// What can be seen of it.
pub struct Telephone {
    pub(crate) handset: Handset,
    /// The call that it is in, or that it rings for, and whether it was lifted.
    pub call: Option<(Call, bool)>,
    /// For what it rings, or rang last.
    pub bell: Option<Bell>,
    /// Why its last call was refused.
    pub refused: Option<No>,
    /// The words that it has said, all of them.
    pub said: Vec<Clip>,
    /// New and old messages, as its lamp shows them.
    pub waiting: Option<(u32, u32)>,
    /// It wants a code for its account.
    pub wants_code: bool,
    saying: u64,
    calls: u64,
}

impl Telephone {
    pub(crate) fn new(number: u64, engine: client_engine::Setup) -> Self {
        let seed = engine.seed.map(|byte| !byte);
        let setup = Setup {
            engine,
            seed,
            device: "a simulated telephone".to_owned(),
            first_call: number << 24,
        };
        Self {
            handset: Handset::new(setup),
            call: None,
            bell: None,
            refused: None,
            said: Vec::new(),
            waiting: None,
            wants_code: false,
            saying: 0,
            calls: 0,
        }
    }

    /// Tells it something; what it says meanwhile is cut off by what it says then.
    pub(crate) fn tell(&mut self, input: Input, now: Moment) {
        if let Input::Ended { call, .. } = &input
            && self.call.is_some_and(|(own, _)| own == *call)
        {
            self.call = None;
            self.saying += 1;
        }
        self.handset.handle(input, now);
    }

    /// It dials.
    pub(crate) fn dial(&mut self, to: &str, now: Moment) {
        self.calls += 1;
        let call = Call((1 << 63) + self.calls);
        (self.call, self.refused) = (Some((call, true)), None);
        self.tell(Input::Called { call, to: to.to_owned() }, now);
    }

    /// The next deed of its client engine; all others are done here.
    pub(crate) fn poll(
        &mut self,
        (id, life): (DeviceId, u64),
        events: &mut Events,
        now: Moment,
    ) -> Option<client_engine::Output> {
        loop {
            let mut plan = |after: Span, input| {
                events.plan(now + after, Event::Telephone(id, life, Box::new(input)));
            };
            match self.handset.poll()? {
                Output::Engine(output) => return Some(output),
                Output::Invite => self.wants_code = true,
                Output::Answer(call) => plan(TAKEN, Input::Answered(call)),
                Output::Refuse(_, no) => (self.call, self.refused) = (None, Some(no)),
                Output::HangUp(call) => plan(TAKEN, Input::Ended { call, end: End::Released }),
                Output::Ring { call, bell, .. } => {
                    (self.call, self.bell) = (Some((call, false)), Some(bell));
                }
                Output::Say(phrases) => {
                    self.said.extend(phrases.iter().filter_map(|phrase| match phrase {
                        Phrase::Clip(clip) => Some(*clip),
                        Phrase::Tone(_) => None,
                    }));
                    self.saying += 1;
                    let length = PHRASE_MS * phrases.len() as u64;
                    let event = Event::Said(id, life, self.saying);
                    events.plan(now + Span::from_millis(length), event);
                }
                Output::People => {
                    let directory = Arc::new(self.directory());
                    plan(Span::ZERO, Input::Directory(directory));
                }
                Output::Waiting { new, old } => self.waiting = Some((new, old)),
            }
        }
    }

    /// People from 101 on by their names, telephones by theirs.
    fn directory(&self) -> Directory {
        let engine = self.handset.engine();
        let mut all: Vec<(String, Guid)> =
            engine.people().into_iter().map(|person| (person.name, person.guid)).collect();
        all.extend(engine.me().map(|me| (me.name, me.guid)));
        all.sort();
        let mut people = 101..;
        Directory::new(all.into_iter().filter_map(|(name, guid)| {
            let number = match name.strip_prefix("phone-") {
                Some(number) => number.parse().ok()?,
                None => people.next()?,
            };
            Some((guid, number))
        }))
    }

    pub(crate) fn is_saying(&self, saying: u64) -> bool {
        self.saying == saying && self.call.is_some_and(|(_, is_lifted)| is_lifted)
    }
}
