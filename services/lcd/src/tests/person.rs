//! A person in front of the panel, with everything around it played.

use std::net::Ipv4Addr;

use machine::{Machine, Moment, Span};
use message::Guid;
use message::admin::{Account, ServerStatus};
use message::people::Status;
use message::system::{Alarm, Gravity, Health, Interface, Pending, ServiceState};
use settings::{Ipv4, Ipv4Static, Language, Settings};

use crate::keypad::{Key, Keys};
use crate::panel::{Input, Output, Panel};
use crate::screen::{Screen, Size};
use crate::world::{Known, Office, Wall, Whereabouts};

/// 14:05 in UTC.
pub(super) const WALL: u64 = 1_770_300_300_000;

/// A panel, its time, and what it has put out.
pub(super) struct Person {
    pub(super) panel: Panel,
    pub(super) now: Moment,
    pub(super) screen: Screen,
    pub(super) outputs: Vec<Output>,
}

impl Person {
    /// In front of a panel that was just switched on.
    pub(super) fn at_new_panel(size: Size, is_walked: bool) -> Self {
        let now = Moment::from_millis(1_000);
        let panel = Panel::new(size, is_walked, now);
        let screen = Screen::blank(size);
        let mut person = Self { panel, now, screen, outputs: Vec::new() };
        person.take_outputs();
        person
    }

    /// In front of an appliance that is in use.
    pub(super) fn in_the_office(size: Size, language: Language) -> Self {
        let mut person = Self::at_new_panel(size, true);
        person.hear(settings(Settings { language, ..Settings::default() }));
        person.hear(Input::Health(Box::new(health())));
        person.hear(Input::Office(Some(Box::new(office()))));
        person.hear(Input::Whereabouts(Some(whereabouts(None))));
        person.hear(Input::Time(Wall { unix_ms: WALL, offset_s: 0 }));
        person
    }

    /// In front of one that nobody has set up.
    pub(super) fn at_first_boot(size: Size, language: Language) -> Self {
        let mut person = Self::at_new_panel(size, false);
        person.hear(Input::Time(Wall { unix_ms: WALL, offset_s: 0 }));
        person.hear(settings(Settings { language, ..Settings::default() }));
        person.hear(Input::Health(Box::new(health())));
        person.hear(Input::Office(Some(Box::default())));
        person.hear(Input::Whereabouts(Some(whereabouts(Some("7K3M-XQ2W")))));
        person
    }

    pub(super) fn hear(&mut self, input: Input) {
        self.panel.handle(input, self.now);
        self.take_outputs();
    }

    /// Lets time pass, deadline by deadline.
    pub(super) fn wait(&mut self, millis: u64) {
        let until = self.now + Span::from_millis(millis);
        let mut steps = 0;
        while let Some(due) = self.panel.deadline().filter(|due| *due <= until) {
            assert!(due > self.now || steps < 100_000, "the panel never rests");
            steps += 1;
            self.now = self.now.max(due);
            self.panel.expire(self.now);
            self.take_outputs();
        }
        self.now = until;
    }

    /// Puts a finger on a key, and keeps it there.
    pub(super) fn hold(&mut self, key: Key, millis: u64) {
        self.hear(Input::Keys(Keys::one(key)));
        self.wait(millis);
    }

    pub(super) fn let_go(&mut self) {
        self.hear(Input::Keys(Keys::NONE));
        self.wait(40);
    }

    pub(super) fn press(&mut self, key: Key) {
        self.hold(key, 100);
        self.let_go();
    }

    pub(super) fn press_all(&mut self, keys: &[Key]) {
        for key in keys {
            self.press(*key);
        }
    }

    /// A key so many times.
    pub(super) fn press_times(&mut self, key: Key, times: usize) {
        for _ in 0..times {
            self.press(key);
        }
    }

    /// Turns the pages until the title begins with these words.
    pub(super) fn turn_to(&mut self, title: &str) {
        for _ in 0..20 {
            if self.row(0).starts_with(title) {
                return;
            }
            self.press(Key::Right);
        }
        assert_eq!(self.row(0), title, "there is no such page");
    }

    pub(super) fn row(&self, row: usize) -> String {
        let letters = self.screen.rows().nth(row).expect("the glass has this row");
        letters.iter().collect()
    }

    /// Is it on the glass?
    pub(super) fn sees(&self, words: &str) -> bool {
        self.screen.to_string().contains(words)
    }

    /// The settings that were proposed last.
    pub(super) fn proposed(&self) -> Option<&Settings> {
        self.outputs.iter().rev().find_map(|output| match output {
            Output::Propose { settings, .. } => Some(&**settings),
            Output::Draw(_)
            | Output::Order(_)
            | Output::Begin(_)
            | Output::Confirm(_)
            | Output::Revert(_)
            | Output::Search
            | Output::Decide(..)
            | Output::AskTimeline(_)
            | Output::Walked => None,
        })
    }

    fn take_outputs(&mut self) {
        while let Some(output) = self.panel.poll() {
            match output {
                Output::Draw(screen) => self.screen = screen,
                output => self.outputs.push(output),
            }
        }
    }
}

pub(super) fn settings(settings: Settings) -> Input {
    known(settings, None)
}

pub(super) fn known(settings: Settings, pending: Option<Pending>) -> Input {
    Input::Settings(Box::new(Known { revision: 7, settings, pending, is_managed: true }))
}

pub(super) fn fixed(address: [u8; 4], prefix: u8, gateway: [u8; 4]) -> Ipv4 {
    let (address, gateway) = (Ipv4Addr::from(address), Some(Ipv4Addr::from(gateway)));
    Ipv4::Static(Ipv4Static { address, prefix, gateway })
}

pub(super) fn whereabouts(code: Option<&str>) -> Whereabouts {
    let bytes: Vec<String> = (0..32).map(|byte| format!("{:02X}", byte * 7 + 16)).collect();
    Whereabouts {
        https: "https://127.0.0.1:443".to_owned(),
        fingerprint: bytes.join(":"),
        code: code.map(str::to_owned),
    }
}

pub(super) fn health() -> Health {
    let service = |name: &str, is_running| ServiceState {
        name: name.to_owned(),
        is_running,
        words: String::new(),
        memory: 0,
        starts: 1,
    };
    Health {
        version: "0.1.0".to_owned(),
        slot: "A".to_owned(),
        other_version: "0.0.9".to_owned(),
        services: vec![
            service("ivm", true),
            service("admin", true),
            service("system", true),
            service("lcd", true),
        ],
        interfaces: vec![Interface {
            name: "enp1s0".to_owned(),
            mac: "02:00:00:aa:bb:cc".to_owned(),
            has_carrier: true,
            addresses: vec!["fe80::1/64".to_owned(), "192.168.1.23/24".to_owned()],
        }],
        gateway: "192.168.1.1".to_owned(),
        ..Health::default()
    }
}

/// With this alarm alone.
pub(super) fn alarmed(gravity: Gravity) -> Input {
    let alarm = Alarm {
        name: "disk-full".to_owned(),
        gravity,
        words: "The disk is almost full.".to_owned(),
        advice: "Remove messages that nobody fetches, or put in a larger disk.".to_owned(),
        since: 5,
    };
    Input::Health(Box::new(Health { alarms: vec![alarm], ..health() }))
}

pub(super) fn office() -> Office {
    let person = |name: &str, status, waiting| Account {
        guid: Guid::BLANK,
        name: name.to_lowercase(),
        display: name.to_owned(),
        status,
        enrolled: true,
        devices: 1,
        waiting,
        bytes: 0,
        disabled: false,
        quota: None,
    };
    let people = vec![
        person("Zoë Müller", Status::Online, 0),
        person("Ärzte-Empfang", Status::Away, 2),
        person("Bob", Status::Offline, 11),
        person("Łukasz Wiśniewski-Kowalski", Status::Dnd, 0),
        person("Ann", Status::Online, 0),
    ];
    let status = ServerStatus { people: 5, online: 4, waiting: 13, ..ServerStatus::default() };
    Office { status, people }
}
