//! Pages that only say something: until a key is pressed, or until an answer is there.

use message::system::Deed;

use crate::keypad::Key;
use crate::page::{Scene, Step, Then, scrolled};
use crate::rom::CHECK;
use crate::sheet::{Line, Sheet, bar};
use crate::world::World;

/// Something to read.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    title: String,
    text: String,
    /// Also show the address in force, as it changes.
    with_address: bool,
    /// Is it the last word of what was done?
    is_end: bool,
    scroll: usize,
}

impl Note {
    /// Why something is not done; the page below stays.
    pub(crate) fn new(title: &str, text: impl Into<String>) -> Self {
        let (title, text) = (title.to_owned(), text.into());
        Self { title, text, with_address: false, is_end: false, scroll: 0 }
    }

    /// Something has gone well; all pages are left behind it.
    pub(crate) fn done(title: &str, text: &str, with_address: bool) -> Self {
        let title = format!("{title} {CHECK}");
        Self { with_address, is_end: true, ..Self::new(&title, text) }
    }

    pub(crate) fn press(&mut self, key: Key, scene: Scene<'_>) -> Step {
        match key {
            Key::Up | Key::Down => {
                let most = self.sheet(scene.world).most_scroll(scene.size);
                self.scroll = scrolled(self.scroll, key, most);
                Step::Stay
            }
            Key::Left | Key::Right | Key::Ok | Key::Back if self.is_end => Step::Home,
            Key::Left | Key::Right | Key::Ok | Key::Back => Step::Leave,
        }
    }

    pub(crate) fn sheet(&self, world: &World) -> Sheet {
        let words = world.words();
        let mut body = Vec::new();
        if !self.text.is_empty() {
            body.push(Line::words(self.text.as_str()));
        }
        if self.with_address {
            body.push(Line::pair(words.address, world.address_words()));
        }
        Sheet { scroll: self.scroll, ..Sheet::new(self.title.as_str(), body) }
    }
}

/// An answer is being waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Waiting {
    /// What follows a yes.
    pub(crate) then: Then,
    deed: Option<Deed>,
}

impl Waiting {
    /// For new settings.
    pub(crate) fn settings(then: Then) -> Self {
        Self { then, deed: None }
    }

    /// For the end of the machine.
    pub(crate) fn end(deed: Deed) -> Self {
        Self { then: Then::Ending, deed: Some(deed) }
    }

    pub(crate) fn press(self, key: Key) -> Step {
        match key {
            Key::Back => Step::Leave,
            Key::Up | Key::Down | Key::Left | Key::Right | Key::Ok => Step::Stay,
        }
    }

    pub(crate) fn sheet(self, world: &World) -> Sheet {
        let words = world.words();
        let title = match self.deed {
            None => words.working,
            Some(Deed::Restart | Deed::StartOtherSlot | Deed::SetClock { .. }) => words.restarting,
            Some(Deed::Shutdown) => words.switching_off,
            Some(Deed::FactoryReset { .. }) => words.resetting,
        };
        Sheet::new(title, vec![Line::words(words.please_wait)])
    }
}

/// How far the job is that was begun here; it goes on when the page is left.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Progress;

impl Progress {
    pub(crate) fn press(self, key: Key) -> Step {
        match key {
            Key::Back => Step::Home,
            Key::Up | Key::Down | Key::Left | Key::Right | Key::Ok => Step::Stay,
        }
    }

    pub(crate) fn sheet(self, scene: Scene<'_>) -> Sheet {
        let words = scene.world.words();
        let job = scene.world.job.as_ref();
        let percent = u64::from(job.map_or(0, |job| job.percent));
        let body = job.map(|job| Line::words(job.words.as_str())).into_iter().collect();
        let foot = bar(scene.size.columns, percent, 100);
        let sheet = Sheet::new(words.update, body).with_corner(format!("{percent} %"));
        Sheet { foot: Some(foot), ..sheet }
    }
}
