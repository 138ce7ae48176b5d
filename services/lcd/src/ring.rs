//! The ring of pages that anybody may look at, below all other pages.
//!
//! ```text
//!   [Set-up] [Change on trial] Status  People  Messages  Network  [Addresses]  [Telephones]
//!   Services  Version  Language  Restart  Switch off  Factory reset          (then Set-up or Status again)
//!
//!   left, right   the page before, the next one
//!   up, down      scroll; at the end of a page, the next page
//!   OK            opens what can be changed or chosen there
//!   back          to the first page
//! ```
//!
//! Set-up is there while the first run is not done, a change on trial while there is one, Addresses
//! and Telephones where they are served. What would change the machine is there where the appliance
//! manages it and the panel may change it.

mod sheets;

use message::system::Deed;

use crate::keypad::Key;
use crate::page::{Alarms, Form, Hold, Language, Page, Reset, Scene, Step, Telephones, Trial};
use crate::world::World;

/// A page of the ring.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Spot {
    Setup,
    Trial,
    Status,
    People,
    Messages,
    Network,
    Addresses,
    Telephones,
    Services,
    Version,
    Language,
    Restart,
    SwitchOff,
    Reset,
}

/// Where in the ring the panel is.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Ring {
    spot: Spot,
    scroll: usize,
}

impl Default for Ring {
    fn default() -> Self {
        Self { spot: Spot::Status, scroll: 0 }
    }
}

impl Ring {
    /// The pages that there are now.
    pub(crate) fn spots(world: &World) -> Vec<Spot> {
        let mut spots = Vec::new();
        if world.code().is_some() {
            spots.push(Spot::Setup);
        }
        let is_managed = world.is_managed();
        let changes = is_managed && world.may_change();
        if changes && world.known.as_ref().is_some_and(|known| known.pending.is_some()) {
            spots.push(Spot::Trial);
        }
        spots.extend([Spot::Status, Spot::People, Spot::Messages]);
        spots.push(Spot::Network);
        if world.leases.is_some() {
            spots.push(Spot::Addresses);
        }
        if world.phones.is_some() {
            spots.push(Spot::Telephones);
        }
        spots.extend([Spot::Services, Spot::Version]);
        if world.may_change() {
            spots.push(Spot::Language);
        }
        if changes {
            spots.extend([Spot::Restart, Spot::SwitchOff, Spot::Reset]);
        }
        spots
    }

    /// To the first page.
    pub(crate) fn go_home(&mut self, world: &World) {
        let first = Self::spots(world).first().copied();
        *self = Self { spot: first.unwrap_or(Spot::Status), scroll: 0 };
    }

    /// To a certain page.
    pub(crate) fn go_to(&mut self, spot: Spot) {
        *self = Self { spot, scroll: 0 };
    }

    /// Where it is.
    pub(crate) fn spot(&self) -> Spot {
        self.spot
    }

    /// Away from a page that is no more.
    pub(crate) fn follow(&mut self, world: &World) {
        if !Self::spots(world).contains(&self.spot) {
            self.go_home(world);
        }
    }

    pub(crate) fn press(&mut self, key: Key, again: bool, scene: Scene<'_>) -> Step {
        let most = self.sheet(scene.world, None).most_scroll(scene.size);
        match key {
            Key::Left => self.turn(scene.world, -1),
            Key::Right => self.turn(scene.world, 1),
            Key::Up if self.scroll.min(most) > 0 => self.scroll = self.scroll.min(most) - 1,
            Key::Down if self.scroll < most => self.scroll += 1,
            // Who keeps the key down stops at the end of the page.
            Key::Up if !again => self.turn(scene.world, -1),
            Key::Down if !again => self.turn(scene.world, 1),
            Key::Back => self.go_home(scene.world),
            Key::Ok if !again => return self.open(scene.world),
            Key::Up | Key::Down | Key::Ok => {}
        }
        Step::Stay
    }

    fn turn(&mut self, world: &World, by: isize) {
        let spots = Self::spots(world);
        let at = spots.iter().position(|spot| *spot == self.spot).unwrap_or(0);
        let next = (at + spots.len()).saturating_add_signed(by) % spots.len();
        self.go_to(spots[next]);
    }

    fn open(&self, world: &World) -> Step {
        let may_change = world.is_managed() && world.may_change();
        match self.spot {
            Spot::Status if !world.alarms().is_empty() => {
                Step::Open(Page::Alarms(Alarms::default()))
            }
            Spot::Network if may_change => {
                Step::Open(Page::Form(Box::new(Form::new(world, false))))
            }
            Spot::Version if may_change && world.stick_update().is_some() => {
                Step::Open(Page::Hold(Hold::update(world.stick_update().unwrap_or_default())))
            }
            Spot::Version if may_change && world.has_other_version() => {
                Step::Open(Page::Hold(Hold::order(Deed::StartOtherSlot)))
            }
            Spot::Addresses if world.may_change() && world.has_stood_down() => Step::Search,
            Spot::Telephones => Step::Open(Page::Telephones(Telephones::default())),
            Spot::Language => Step::Open(Page::Language(Language::new(world, false))),
            Spot::Trial => Step::Open(Page::Trial(Trial::default())),
            Spot::Restart => Step::Open(Page::Hold(Hold::order(Deed::Restart))),
            Spot::SwitchOff => Step::Open(Page::Hold(Hold::order(Deed::Shutdown))),
            Spot::Reset => Step::Open(Page::Reset(Reset::default())),
            Spot::Setup
            | Spot::Status
            | Spot::People
            | Spot::Messages
            | Spot::Network
            | Spot::Addresses
            | Spot::Services
            | Spot::Version => Step::Stay,
        }
    }
}
