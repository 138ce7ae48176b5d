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

/// A deed that waits for a key to be held.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Hold {
    deed: Deed,
    since: Option<Moment>,
}

impl Hold {
    pub(crate) fn new(deed: Deed) -> Self {
        Self { deed, since: None }
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

    /// The deed, when the key was held long enough.
    pub(crate) fn due(self, now: Moment) -> Option<Deed> {
        self.since.filter(|since| now.since(*since) >= HELD).map(|_| self.deed)
    }

    /// When the bar grows next, seen from `drawn`.
    pub(crate) fn deadline(self, size: Size, drawn: Moment) -> Option<Moment> {
        let since = self.since?;
        let halves = drawn.since(since).millis() / step(size) + 1;
        Some(since + HELD.min(Span::from_millis(halves * step(size))))
    }

    pub(crate) fn sheet(self, scene: Scene<'_>) -> Sheet {
        let words = scene.world.words();
        let held = self.since.map_or(0, |since| scene.now.since(since).millis());
        let foot = match self.since {
            None => words.hold.to_owned(),
            Some(_) => bar(scene.size.columns, held, HELD.millis()),
        };
        let body = self.what(scene.world);
        Sheet { foot: Some(foot), ..Sheet::new(title(scene.world, self.deed), body) }
    }

    fn what(self, world: &World) -> Vec<Line> {
        let words = world.words();
        match self.deed {
            Deed::FactoryReset { keep_messages: true } => vec![Line::words(words.keep_messages)],
            Deed::FactoryReset { keep_messages: false } => vec![Line::words(words.erase_all)],
            Deed::StartOtherSlot => {
                let other = world.health.as_ref().map_or("", |health| &health.other_version);
                vec![Line::words(other)]
            }
            Deed::Restart | Deed::Shutdown | Deed::SetClock { .. } => Vec::new(),
        }
    }
}

/// Milliseconds for half a cell of the bar.
fn step(size: Size) -> u64 {
    HELD.millis() / (size.columns as u64 * 2)
}

fn title(world: &World, deed: Deed) -> &'static str {
    let words = world.words();
    match deed {
        Deed::Restart | Deed::SetClock { .. } => words.restart,
        Deed::Shutdown => words.switch_off,
        Deed::FactoryReset { .. } => words.reset,
        Deed::StartOtherSlot => words.other_version,
    }
}
