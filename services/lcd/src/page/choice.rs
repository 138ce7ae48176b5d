//! Pages on which one of a few things is chosen.

use message::system::Deed;
use settings::Settings;

use crate::keypad::Key;
use crate::page::{Hold, Page, Scene, Step, Then};
use crate::sheet::{Line, Sheet};
use crate::world::World;

/// The entry that is chosen, of so many; it stops at the ends.
pub(super) fn moved(at: usize, key: Key, count: usize) -> usize {
    match key {
        Key::Up => at.saturating_sub(1),
        Key::Down => (at + 1).min(count.saturating_sub(1)),
        Key::Left | Key::Right | Key::Ok | Key::Back => at,
    }
}

fn entry(text: impl Into<String>, is_checked: bool) -> Line {
    Line::Entry { text: text.into(), is_checked }
}

/// The language, as the wizard's first page or from the ring.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Language {
    at: usize,
    in_wizard: bool,
}

impl Language {
    pub(crate) fn new(world: &World, in_wizard: bool) -> Self {
        let at = settings::Language::ALL.iter().position(|own| *own == world.language());
        Self { at: at.unwrap_or(0), in_wizard }
    }

    pub(crate) fn press(&mut self, key: Key, scene: Scene<'_>) -> Step {
        self.at = moved(self.at, key, settings::Language::ALL.len());
        match key {
            Key::Ok => self.choose(scene.world),
            Key::Back if self.in_wizard => Step::Stay,
            Key::Back => Step::Leave,
            Key::Up | Key::Down | Key::Left | Key::Right => Step::Stay,
        }
    }

    fn choose(self, world: &World) -> Step {
        let then = if self.in_wizard { Then::Network } else { Then::Saved };
        let chosen = settings::Language::ALL.get(self.at).copied();
        match (chosen, &world.known) {
            (Some(language), Some(known)) if language != known.settings.language => {
                let settings = Settings { language, ..known.settings.clone() };
                Step::Propose(Box::new(settings), then)
            }
            (Some(_), Some(_)) if self.in_wizard => Step::Go(then),
            (Some(_) | None, Some(_) | None) => Step::Leave,
        }
    }

    pub(crate) fn sheet(self, world: &World) -> Sheet {
        let entries = settings::Language::ALL.into_iter();
        let entries = entries.map(|own| entry(own.own_name(), own == world.language())).collect();
        // Who cannot read the one finds the other.
        let title = if self.in_wizard { "Language/Sprache" } else { world.words().language };
        Sheet { chosen: Some(self.at), ..Sheet::new(title, entries) }
    }
}

/// What a factory reset takes.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Reset {
    at: usize,
}

impl Reset {
    pub(crate) fn press(&mut self, key: Key) -> Step {
        self.at = moved(self.at, key, 2);
        match key {
            Key::Ok => {
                let keep_messages = self.at == 0;
                Step::Open(Page::Hold(Hold::order(Deed::FactoryReset { keep_messages })))
            }
            Key::Back => Step::Leave,
            Key::Up | Key::Down | Key::Left | Key::Right => Step::Stay,
        }
    }

    pub(crate) fn sheet(self, world: &World) -> Sheet {
        let words = world.words();
        let entries = vec![entry(words.keep_messages, false), entry(words.erase_all, false)];
        Sheet { chosen: Some(self.at), ..Sheet::new(words.reset, entries) }
    }
}

/// What becomes of a change that a web page has made.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Trial {
    at: usize,
}

impl Trial {
    pub(crate) fn press(&mut self, key: Key, scene: Scene<'_>) -> Step {
        self.at = moved(self.at, key, 2);
        let pending = scene.world.known.as_ref().and_then(|known| known.pending);
        match (key, pending) {
            (Key::Ok, Some(pending)) if self.at == 0 => Step::Confirm(pending.revision),
            (Key::Ok, Some(pending)) => Step::Revert(pending.revision),
            (Key::Back, _) | (Key::Ok, None) => Step::Leave,
            (Key::Up | Key::Down | Key::Left | Key::Right, _) => Step::Stay,
        }
    }

    pub(crate) fn sheet(self, scene: Scene<'_>) -> Sheet {
        let words = scene.world.words();
        let entries = vec![entry(words.keep, false), entry(words.take_back, false)];
        let corner = scene
            .world
            .trial_seconds(scene.now)
            .map_or_else(String::new, |left| format!("{left} s"));
        Sheet { corner, chosen: Some(self.at), ..Sheet::new(words.trial, entries) }
    }
}
