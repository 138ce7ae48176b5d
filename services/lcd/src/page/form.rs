//! The network, one question after the other.
//!
//! ```text
//!   method --DHCP--------------------------------------------------> apply
//!          --fixed--> address --> bits --> gateway --> DNS server --> apply
//!   OK goes on unless the settings find a fault, back goes back
//! ```

use std::net::{IpAddr, Ipv4Addr};

use settings::{Ipv4, Ipv4Static, Settings};

use crate::keypad::Key;
use crate::page::digits::Digits;
use crate::page::{Note, Page, Scene, Step, Then};
use crate::sheet::{Line, Sheet};
use crate::world::World;

/// What most office networks have.
const USUAL_PREFIX: u8 = 24;

/// The questions in their order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Question {
    Method,
    Address,
    Prefix,
    Gateway,
    NameServer,
    Apply,
}

/// All answers so far, and the question that is on the glass.
#[derive(Clone, Debug)]
pub(crate) struct Form {
    question: Question,
    in_wizard: bool,
    is_fixed: bool,
    address: Digits,
    prefix: u8,
    gateway: Digits,
    name_server: Digits,
}

impl Form {
    /// A form that is filled in with what is in force: who changes to a fixed address mostly wants
    /// the one that DHCP has given.
    pub(crate) fn new(world: &World, in_wizard: bool) -> Self {
        let network = world.known.as_ref().map(|known| &known.settings.network);
        let in_force = match world.address() {
            Some((IpAddr::V4(address), prefix)) => {
                let prefix = prefix.parse().unwrap_or(USUAL_PREFIX).clamp(1, 31);
                let gateway = world.health.as_ref().and_then(|health| health.gateway.parse().ok());
                Ipv4Static { address, prefix, gateway }
            }
            Some((IpAddr::V6(_), _)) | None => {
                let address = Ipv4Addr::new(192, 168, 1, 2);
                Ipv4Static { address, prefix: USUAL_PREFIX, gateway: None }
            }
        };
        let (is_fixed, fixed) = match network.map(|network| network.ipv4) {
            Some(Ipv4::Static(fixed)) => (true, fixed),
            Some(Ipv4::Dhcp | Ipv4::Off) | None => (false, in_force),
        };
        let four = |address: &IpAddr| match address {
            IpAddr::V4(address) => Some(*address),
            IpAddr::V6(_) => None,
        };
        let name_server = network.and_then(|network| network.dns.iter().find_map(four));
        Self {
            question: Question::Method,
            in_wizard,
            is_fixed,
            address: Digits::of(fixed.address),
            prefix: fixed.prefix,
            gateway: Digits::of(fixed.gateway.unwrap_or(Ipv4Addr::UNSPECIFIED)),
            name_server: Digits::of(name_server.unwrap_or(Ipv4Addr::UNSPECIFIED)),
        }
    }

    pub(crate) fn press(&mut self, key: Key, scene: Scene<'_>) -> Step {
        match key {
            Key::Ok => return self.go_on(scene.world),
            Key::Back => return self.go_back(),
            Key::Up | Key::Down | Key::Left | Key::Right => {}
        }
        match self.question {
            Question::Method => match key {
                Key::Up => self.is_fixed = false,
                Key::Down => self.is_fixed = true,
                Key::Left | Key::Right | Key::Ok | Key::Back => {}
            },
            Question::Address => self.address.press(key),
            Question::Prefix => match key {
                Key::Up | Key::Right => self.prefix = (self.prefix + 1).min(31),
                Key::Down | Key::Left => self.prefix = self.prefix.saturating_sub(1).max(1),
                Key::Ok | Key::Back => {}
            },
            Question::Gateway => self.gateway.press(key),
            Question::NameServer => self.name_server.press(key),
            Question::Apply => {}
        }
        Step::Stay
    }

    fn go_back(&mut self) -> Step {
        self.question = match self.question {
            Question::Method => return Step::Leave,
            Question::Apply if self.is_fixed => Question::NameServer,
            Question::Address | Question::Apply => Question::Method,
            Question::Prefix => Question::Address,
            Question::Gateway => Question::Prefix,
            Question::NameServer => Question::Gateway,
        };
        Step::Stay
    }

    fn go_on(&mut self, world: &World) -> Step {
        let Some(known) = &world.known else { return Step::Leave };
        let settings = self.applied_to(&known.settings);
        let fields: &[&str] = match self.question {
            Question::Method | Question::Address => &[],
            Question::Prefix => &["network.ipv4.prefix", "network.ipv4.address"],
            Question::Gateway => &["network.ipv4.gateway"],
            Question::NameServer => &["network.dns"],
            Question::Apply => return self.apply(world, settings),
        };
        let fault = settings.faults().into_iter().find(|fault| fields.contains(&fault.field));
        if let Some(fault) = fault {
            if fault.field == "network.ipv4.address" {
                self.question = Question::Address;
            }
            let words = world.words();
            return Step::Open(Page::Note(Note::new(words.not_possible, words.fault(&fault))));
        }
        self.question = match self.question {
            Question::Method if self.is_fixed => Question::Address,
            Question::Method if settings == known.settings => {
                return if self.in_wizard { Step::Go(Then::Walked) } else { Step::Leave };
            }
            Question::Address => Question::Prefix,
            Question::Prefix => Question::Gateway,
            Question::Gateway => Question::NameServer,
            Question::Method | Question::NameServer | Question::Apply => Question::Apply,
        };
        Step::Stay
    }

    fn apply(&self, world: &World, settings: Settings) -> Step {
        let words = world.words();
        let then = if self.in_wizard { Then::Walked } else { Then::Saved };
        if world.known.as_ref().is_some_and(|known| known.settings == settings) {
            return Step::Go(then);
        }
        match settings.faults().first() {
            Some(fault) => {
                Step::Open(Page::Note(Note::new(words.not_possible, words.fault(fault))))
            }
            None => Step::Propose(Box::new(settings), then),
        }
    }

    /// The settings with what was answered; what is not asked for here stays.
    fn applied_to(&self, settings: &Settings) -> Settings {
        let mut settings = settings.clone();
        if !self.is_fixed {
            settings.network.ipv4 = Ipv4::Dhcp;
            return settings;
        }
        let some = |digits: &Digits| Some(digits.address()).filter(|ip| !ip.is_unspecified());
        settings.network.ipv4 = Ipv4::Static(Ipv4Static {
            address: self.address.address(),
            prefix: self.prefix,
            gateway: some(&self.gateway),
        });
        let dns = &mut settings.network.dns;
        let place = dns.iter().position(IpAddr::is_ipv4);
        match (place, some(&self.name_server)) {
            (Some(place), Some(address)) => dns[place] = IpAddr::V4(address),
            (Some(place), None) => {
                dns.remove(place);
            }
            (None, Some(address)) => dns.insert(0, IpAddr::V4(address)),
            (None, None) => {}
        }
        settings
    }

    pub(crate) fn sheet(&self, scene: Scene<'_>) -> Sheet {
        let words = scene.world.words();
        let edit = |title: &str, digits: &Digits, hint: &str| {
            let hints = [digits.text(), words.digit_keys.to_owned(), hint.to_owned()];
            let body = hints.into_iter().map(Line::Words).collect();
            Sheet { cursor: Some(digits.column()), ..Sheet::new(title, body) }
        };
        match self.question {
            Question::Method => self.method(scene.world),
            Question::Address => edit(words.address, &self.address, words.ok_next),
            Question::Gateway => edit(words.gateway, &self.gateway, words.zeros_for_none),
            Question::NameServer => {
                edit(words.name_server, &self.name_server, words.zeros_for_none)
            }
            Question::Prefix => {
                let mask = Ipv4Addr::from_bits(u32::MAX << (32 - u32::from(self.prefix)));
                let body = vec![
                    Line::Either(format!("/{0} {mask}", self.prefix), format!("/{}", self.prefix)),
                    Line::words(words.ok_next),
                ];
                Sheet { corner: "↑↓".to_owned(), ..Sheet::new(words.prefix, body) }
            }
            Question::Apply => self.summary(scene.world),
        }
    }

    fn method(&self, world: &World) -> Sheet {
        let words = world.words();
        let ipv4 = world.known.as_ref().map(|known| known.settings.network.ipv4);
        let entry = |text: &str, is_checked| Line::Entry { text: text.to_owned(), is_checked };
        let body = vec![
            entry(words.dhcp, matches!(ipv4, Some(Ipv4::Dhcp))),
            entry(words.fixed, matches!(ipv4, Some(Ipv4::Static(_)))),
            Line::pair(words.now, world.address_words()),
        ];
        Sheet { chosen: Some(usize::from(self.is_fixed)), ..Sheet::new(words.network, body) }
    }

    fn summary(&self, world: &World) -> Sheet {
        let words = world.words();
        let shown = |digits: &Digits| match digits.address() {
            Ipv4Addr::UNSPECIFIED => words.none.to_owned(),
            address => address.to_string(),
        };
        let mut body = vec![Line::words(words.dhcp)];
        if self.is_fixed {
            body = vec![
                Line::words(format!("{}/{}", self.address.address(), self.prefix)),
                Line::pair("GW", shown(&self.gateway)),
                Line::pair("DNS", shown(&self.name_server)),
            ];
        } else {
            body.push(Line::words(words.ok_applies));
        }
        Sheet { corner: "OK".to_owned(), ..Sheet::new(words.apply, body) }
    }
}
