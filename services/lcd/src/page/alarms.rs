//! The alarms in words, with what to do about each.

use crate::keypad::Key;
use crate::page::{Scene, Step, scrolled};
use crate::rom::BELL;
use crate::sheet::{Line, Sheet};
use crate::world::World;

/// All alarms, one below the other.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Alarms {
    scroll: usize,
}

impl Alarms {
    pub(crate) fn press(&mut self, key: Key, scene: Scene<'_>) -> Step {
        match key {
            Key::Ok | Key::Back => return Step::Leave,
            Key::Up | Key::Down | Key::Left | Key::Right => {}
        }
        self.scroll = scrolled(self.scroll, key, self.sheet(scene.world).most_scroll(scene.size));
        Step::Stay
    }

    pub(crate) fn sheet(self, world: &World) -> Sheet {
        let words = world.words();
        let mut body = Vec::new();
        for alarm in world.alarms() {
            let (what, advice) = words.alarm(alarm);
            body.push(Line::words(format!("{BELL}{what}")));
            if !advice.is_empty() {
                body.push(Line::words(advice));
            }
        }
        if body.is_empty() {
            body.push(Line::words(words.no_alarm));
        }
        let corner = world.alarms().len().to_string();
        Sheet { corner, scroll: self.scroll, ..Sheet::new(words.alarms, body) }
    }
}
