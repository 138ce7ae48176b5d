//! The telephones: a list to choose from, and one of them with its way to a line.

use std::net::Ipv4Addr;

use message::station::{Hop, Phone, PhoneOrder, Trust};

use crate::keypad::Key;
use crate::page::{Page, Scene, Step, moved, scrolled};
use crate::sheet::{Line, Sheet};
use crate::words::Words;
use crate::world::{World, called, can_be_approved};

/// Every new telephone is approved for so long, at a press of a key.
const OPEN_S: u32 = 300;
/// So many of its latest steps are shown.
const HOPS: usize = 16;

/// The list. Telephones come and change their places meanwhile: what is chosen is the telephone.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Telephones {
    /// The entry that is chosen: a telephone; none for the last entry, which is about all.
    at: Option<[u8; 6]>,
    /// Was a key pressed? Before, the first entry is chosen, whichever it is.
    is_moved: bool,
}

impl Telephones {
    pub(crate) fn press(&mut self, key: Key, scene: Scene<'_>) -> Step {
        let phones = scene.world.telephones();
        let count = phones.len() + usize::from(scene.world.may_change());
        let at = self.place(&phones);
        match key {
            Key::Ok => return Self::choose(phones.get(at).copied(), scene.world),
            Key::Back => return Step::Leave,
            Key::Up | Key::Down | Key::Left | Key::Right => {}
        }
        self.at = phones.get(moved(at, key, count)).map(|phone| phone.mac);
        self.is_moved = true;
        Step::Stay
    }

    /// Where the chosen entry is now.
    fn place(self, phones: &[&Phone]) -> usize {
        match self.at {
            Some(mac) => phones.iter().position(|phone| phone.mac == mac).unwrap_or(0),
            None if self.is_moved => phones.len(),
            None => 0,
        }
    }

    fn choose(phone: Option<&Phone>, world: &World) -> Step {
        match phone {
            Some(phone) => Step::Open(Page::Telephone(Telephone { mac: phone.mac, scroll: 0 })),
            None if world.may_change() => {
                let seconds = if world.open_minutes().is_some() { 0 } else { OPEN_S };
                Step::Decide([0; 6], PhoneOrder::ApproveAll { seconds })
            }
            None => Step::Stay,
        }
    }

    pub(crate) fn sheet(self, world: &World) -> Sheet {
        let words = world.words();
        let phones = world.telephones();
        let mut entries: Vec<Line> = phones.iter().map(|phone| entry(phone)).collect();
        let open = world.open_minutes();
        if world.may_change() {
            let text = if open.is_some() { words.approve_none } else { words.approve_all };
            entries.push(Line::Entry { text: text.to_owned(), is_checked: false });
        }
        let corner = open.map_or_else(String::new, |minutes| format!("{minutes} min"));
        let chosen = Some(self.place(&phones).min(entries.len().saturating_sub(1)));
        Sheet { chosen, corner, ..Sheet::new(words.telephones, entries) }
    }
}

/// Checked when its line is in service; a question mark where somebody has to decide.
fn entry(phone: &Phone) -> Line {
    let mark = if phone.trust == Trust::Awaiting { "? " } else { "" };
    Line::Entry { text: format!("{mark}{}", called(phone)), is_checked: phone.is_registered }
}

/// One telephone: how it is, what is the matter with it, what it did lately.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Telephone {
    /// Its hardware address.
    pub(crate) mac: [u8; 6],
    scroll: usize,
}

impl Telephone {
    pub(crate) fn press(&mut self, key: Key, scene: Scene<'_>) -> Step {
        match key {
            Key::Ok => return self.approve(scene.world),
            Key::Back => return Step::Leave,
            Key::Up | Key::Down | Key::Left | Key::Right => {}
        }
        self.scroll = scrolled(self.scroll, key, self.sheet(scene.world).most_scroll(scene.size));
        Step::Stay
    }

    fn approve(self, world: &World) -> Step {
        match world.telephone(self.mac) {
            Some(phone) if can_be_approved(phone) && world.may_change() => {
                Step::Decide(self.mac, PhoneOrder::Approve)
            }
            Some(_) => Step::Stay,
            None => Step::Leave,
        }
    }

    pub(crate) fn sheet(self, world: &World) -> Sheet {
        let words = world.words();
        let Some(phone) = world.telephone(self.mac) else {
            let is_away = world.phones.is_none();
            let said = if is_away { words.starting } else { words.forgotten };
            return Sheet::new(words.telephones, vec![Line::words(said)]);
        };
        let mut body = vec![Line::words(state(phone, words))];
        if can_be_approved(phone) && world.may_change() {
            body.push(Line::words(words.ok_approves));
        }
        if !phone.trouble.is_empty() && phone.trust == Trust::Approved {
            body.push(Line::words(phone.trouble.as_str()));
        }
        if !phone.number.is_empty() {
            body.push(Line::pair(words.number, phone.number.as_str()));
        }
        if !phone.person.is_empty() {
            body.push(Line::pair(words.owner, phone.person.as_str()));
        }
        if phone.address != 0 {
            let address = Ipv4Addr::from_bits(phone.address).to_string();
            body.push(Line::pair(words.address, address));
        }
        body.push(Line::words(format!("{} {}", phone.vendor, phone.model).trim()));
        body.push(Line::words(hardware(phone.mac)));
        let hops = world.hops(self.mac).iter().rev().take(HOPS);
        body.extend(hops.map(|hop| Line::words(step(hop, world))));
        Sheet { scroll: self.scroll, ..Sheet::new(called(phone), body) }
    }
}

fn state(phone: &Phone, words: &'static Words) -> &'static str {
    match phone.trust {
        Trust::Awaiting => words.awaits,
        Trust::Refused => words.refused,
        Trust::Approved if phone.is_registered => words.in_service,
        Trust::Approved => words.out_of_service,
    }
}

/// As it is printed on the back of a telephone.
fn hardware(mac: [u8; 6]) -> String {
    let pairs = mac.map(|byte| format!("{byte:02X}"));
    pairs.join(":")
}

/// A step: when, what, and what there is to add.
fn step(hop: &Hop, world: &World) -> String {
    let (clock, what) = (world.clock_at(hop.at), world.words().step(hop.step));
    let mut said = format!("{clock} {what}").trim_start().to_owned();
    if hop.address != 0 {
        said.push(' ');
        said.push_str(&Ipv4Addr::from_bits(hop.address).to_string());
    }
    if !hop.words.is_empty() {
        said.push(' ');
        said.push_str(&hop.words);
    }
    said
}
