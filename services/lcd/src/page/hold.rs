//! What cannot be taken back is asked twice: the second time, OK has to be held for three seconds.

use machine::{Moment, Span};
use message::system::Deed;

use crate::keypad::{Key, Stroke};
use crate::page::{Scene, Step};
use crate::screen::Size;
use crate::sheet::{Line, Sheet, bar};
use crate::world::World;

/// Nobody leans on a key for so long by accident.
const HELD: Span = Span::from_millis(3_000);

/// What is asked twice.
#[derive(Clone, Debug)]
pub(crate) enum Weighty {
    /// An order to the machine.
    Order(Deed),
    /// An update, by the name that the job takes.
    Update(String),
}

/// Something that waits for a key to be held.
#[derive(Clone, Debug)]
pub(crate) struct Hold {
    weighty: Weighty,
    since: Option<Moment>,
}

impl Hold {
    pub(crate) fn order(deed: Deed) -> Self {
        Self { weighty: Weighty::Order(deed), since: None }
    }

    pub(crate) fn update(file: &str) -> Self {
        Self { weighty: Weighty::Update(file.to_owned()), since: None }
    }

    pub(crate) fn stroke(&mut self, stroke: Stroke, now: Moment) -> Step {
        match stroke {
            Stroke::Press(Key::Ok) => self.since = Some(now),
            Stroke::Release(Key::Ok) => self.since = None,
            Stroke::Press(Key::Back) => return Step::Leave,
            Stroke::Press(_) | Stroke::Again(_) | Stroke::Release(_) => {}
        }
        Step::Stay
    }

    /// What to do, when the key was held long enough.
    pub(crate) fn due(&self, now: Moment) -> Option<Weighty> {
        self.since.filter(|since| now.since(*since) >= HELD).map(|_| self.weighty.clone())
    }

    /// When the bar grows next, seen from `drawn`.
    pub(crate) fn deadline(&self, size: Size, drawn: Moment) -> Option<Moment> {
        let since = self.since?;
        let halves = drawn.since(since).millis() / step(size) + 1;
        Some(since + HELD.min(Span::from_millis(halves * step(size))))
    }

    pub(crate) fn sheet(&self, scene: Scene<'_>) -> Sheet {
        let words = scene.world.words();
        let held = self.since.map_or(0, |since| scene.now.since(since).millis());
        let foot = match self.since {
            None => words.hold.to_owned(),
            Some(_) => bar(scene.size.columns, held, HELD.millis()),
        };
        let body = self.what(scene.world);
        Sheet { foot: Some(foot), ..Sheet::new(title(scene.world, &self.weighty), body) }
    }

    fn what(&self, world: &World) -> Vec<Line> {
        let words = world.words();
        match &self.weighty {
            Weighty::Update(file) => vec![Line::words(update_name(file))],
            Weighty::Order(Deed::FactoryReset { keep_messages: true }) => {
                vec![Line::words(words.keep_messages)]
            }
            Weighty::Order(Deed::FactoryReset { keep_messages: false }) => {
                vec![Line::words(words.erase_all)]
            }
            Weighty::Order(Deed::StartOtherSlot) => {
                let other = world.health.as_ref().map_or("", |health| &health.other_version);
                vec![Line::words(other)]
            }
            Weighty::Order(Deed::Restart | Deed::Shutdown | Deed::SetClock { .. }) => Vec::new(),
        }
    }
}

/// Milliseconds for half a cell of the bar.
fn step(size: Size) -> u64 {
    HELD.millis() / (size.columns as u64 * 2)
}

fn title(world: &World, weighty: &Weighty) -> &'static str {
    let words = world.words();
    match weighty {
        Weighty::Update(_) => words.update,
        Weighty::Order(Deed::Restart | Deed::SetClock { .. }) => words.restart,
        Weighty::Order(Deed::Shutdown) => words.switch_off,
        Weighty::Order(Deed::FactoryReset { .. }) => words.reset,
        Weighty::Order(Deed::StartOtherSlot) => words.other_version,
    }
}

/// What distinguishes one update's file from the next: its version.
pub(crate) fn update_name(file: &str) -> &str {
    let name = file.rsplit('/').next().unwrap_or(file);
    let name = name.strip_suffix(".raucb").unwrap_or(name);
    name.strip_prefix("ivm-appliance").unwrap_or(name).trim_start_matches(['-', '_'])
}
