//! The pages that lie on top of each other above the ring (see `ring`), a file for each, and what a
//! key on a page leads to.
//!
//! ```text
//!   ring --OK--> Language                    --choose--> Waiting --> Note "Saved"
//!        --OK--> Form: method > address > bits > gateway > DNS > apply --> Waiting --> Note
//!        --OK--> Reset: keep, erase --choose--> Hold --3 s--> Waiting, for good
//!        --OK--> Hold (restart, off, other slot) --3 s--> Waiting, for good
//!        --OK--> Hold (update from a stick) --3 s--> Waiting --> Progress --> Note
//!        --OK--> Trial: keep, take back --choose--> Waiting --> Note
//!        --OK--> Alarms
//!        --OK--> Telephones --choose--> Telephone --OK--> Waiting --> Telephone
//!   back leaves the topmost page; a refusal is a Note above the page that asked for it
//! ```

mod alarms;
mod choice;
mod digits;
mod form;
mod hold;
mod note;
mod telephones;

use machine::Moment;
use message::station::PhoneOrder;
use settings::Settings;

use crate::keypad::{Key, Stroke};
use crate::screen::Size;
use crate::sheet::Sheet;
use crate::world::World;

pub(crate) use alarms::Alarms;
use choice::moved;
pub(crate) use choice::{Language, Reset, Trial};
pub(crate) use form::Form;
pub(crate) use hold::{Hold, Weighty, update_name};
pub(crate) use note::{Note, Progress, Waiting};
pub(crate) use telephones::{Telephone, Telephones};

/// A page above the ring.
#[derive(Clone, Debug)]
pub(crate) enum Page {
    /// Chooses the language.
    Language(Language),
    /// Changes the network.
    Form(Box<Form>),
    /// Asks for a key to be held.
    Hold(Hold),
    /// Chooses what a factory reset takes.
    Reset(Reset),
    /// Chooses what becomes of a change on trial.
    Trial(Trial),
    /// Explains the alarms.
    Alarms(Alarms),
    /// Chooses a telephone.
    Telephones(Telephones),
    /// Shows a telephone.
    Telephone(Telephone),
    /// Says something until a key is pressed.
    Note(Note),
    /// Waits for an answer.
    Waiting(Waiting),
    /// Shows how far a job is.
    Progress(Progress),
}

/// What a stroke on a page leads to.
#[derive(Debug)]
pub(crate) enum Step {
    /// Nothing further.
    Stay,
    /// This page is left.
    Leave,
    /// All pages are left.
    Home,
    /// A page on top of this one.
    Open(Page),
    /// New settings are asked for.
    Propose(Box<Settings>, Then),
    /// The page has nothing to change; on to what would come after the answer.
    Go(Then),
    /// What was asked twice is to be done.
    Do(Weighty),
    /// The DHCP server is to look for others, and to give addresses if there is none.
    Search,
    /// Something is decided about this telephone, or about all of them.
    Decide([u8; 6], PhoneOrder),
    /// The change on trial of this revision is kept.
    Confirm(u64),
    /// The change on trial of this revision is taken back.
    Revert(u64),
}

/// What follows a yes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Then {
    /// A note that says so.
    Saved,
    /// The page from where it was asked, which shows what came of it.
    Back,
    /// The wizard's next page: the network.
    Network,
    /// The wizard is through.
    Walked,
    /// The job that was begun is watched.
    Progress,
    /// The machine ends; nothing follows.
    Ending,
}

/// What a page is told with a stroke.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Scene<'a> {
    /// All that is known.
    pub(crate) world: &'a World,
    /// The glass.
    pub(crate) size: Size,
    /// The time.
    pub(crate) now: Moment,
}

impl Page {
    /// What a stroke leads to.
    pub(crate) fn stroke(&mut self, stroke: Stroke, scene: Scene<'_>) -> Step {
        if let Self::Hold(hold) = self {
            return hold.stroke(stroke, scene.now);
        }
        let (Stroke::Press(key) | Stroke::Again(key)) = stroke else { return Step::Stay };
        let again = matches!(stroke, Stroke::Again(_));
        if again && matches!(key, Key::Ok | Key::Back) {
            return Step::Stay;
        }
        match self {
            Self::Language(page) => page.press(key, scene),
            Self::Form(page) => page.press(key, scene),
            Self::Reset(page) => page.press(key),
            Self::Trial(page) => page.press(key, scene),
            Self::Alarms(page) => page.press(key, scene),
            Self::Telephones(page) => page.press(key, scene),
            Self::Telephone(page) => page.press(key, scene),
            Self::Note(page) => page.press(key, scene),
            Self::Waiting(page) => page.press(key),
            Self::Progress(page) => page.press(key),
            Self::Hold(_) => Step::Stay,
        }
    }

    /// What it shows.
    pub(crate) fn sheet(&self, scene: Scene<'_>) -> Sheet {
        match self {
            Self::Language(page) => page.sheet(scene.world),
            Self::Form(page) => page.sheet(scene),
            Self::Hold(page) => page.sheet(scene),
            Self::Reset(page) => page.sheet(scene.world),
            Self::Trial(page) => page.sheet(scene),
            Self::Alarms(page) => page.sheet(scene.world),
            Self::Telephones(page) => page.sheet(scene.world),
            Self::Telephone(page) => page.sheet(scene.world),
            Self::Note(page) => page.sheet(scene.world),
            Self::Waiting(page) => page.sheet(scene.world),
            Self::Progress(page) => page.sheet(scene),
        }
    }

    /// When it looks different by itself; it was drawn last at `drawn`.
    pub(crate) fn deadline(&self, size: Size, drawn: Moment) -> Option<Moment> {
        match self {
            Self::Hold(page) => page.deadline(size, drawn),
            Self::Language(_)
            | Self::Form(_)
            | Self::Reset(_)
            | Self::Trial(_)
            | Self::Alarms(_)
            | Self::Telephones(_)
            | Self::Telephone(_)
            | Self::Note(_)
            | Self::Waiting(_)
            | Self::Progress(_) => None,
        }
    }
}

/// Moves a scroll position by a key.
pub(crate) fn scrolled(scroll: usize, key: Key, most: usize) -> usize {
    match key {
        Key::Up => scroll.min(most).saturating_sub(1),
        Key::Down => (scroll + 1).min(most),
        Key::Left | Key::Right | Key::Ok | Key::Back => scroll,
    }
}
