//! Who watches, and what is told: all phones, all folders, all lines.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use machine::{Moment, Span};
use message::station::{Folder, Folders, Hop, Number, Phone, Phones, Trust};
use provision::Maker;

use super::record::Station;
use super::timeline::shown;
use super::trouble::trouble;
use super::{Answer, Line, News, Output, Stations, Ticket};

/// Phones are told at most so often.
const PAUSE: Span = Span::from_secs(1);
/// Beyond so many phones their last steps are left out, and the list fits into one object.
const MOST_WITH_STEPS: usize = 1_000;
/// The longest vendor, model and words in the list, bytes.
const LONGEST: usize = 48;

/// Who was told what.
#[derive(Debug, Default)]
pub(super) struct Told {
    phones_to: BTreeSet<u64>,
    folders_to: BTreeSet<u64>,
    phones: Arc<Phones>,
    folders: Arc<Folders>,
    lines: (String, Vec<Line>),
    pub(super) numbers: Vec<Number>,
    /// When phones were told last.
    at: Option<Moment>,
    /// May something have changed that phones are told of?
    pub(super) is_due: bool,
}

impl Told {
    pub(super) fn gone(&mut self, conn: u64) {
        self.phones_to.remove(&conn);
        self.folders_to.remove(&conn);
    }

    /// When phones are told next, if anything waits to be told.
    pub(super) fn next(&self) -> Option<Moment> {
        let waits = self.is_due && !self.phones_to.is_empty();
        self.at.filter(|_| waits).map(|at| at + PAUSE)
    }
}

impl Stations {
    pub(super) fn ask_phones(&mut self, ticket: Ticket, conn: u64, watch: bool, now: Moment) {
        if watch {
            self.told.phones_to.insert(conn);
        }
        self.answer_phones(ticket, now);
    }

    pub(super) fn answer_phones(&mut self, ticket: Ticket, now: Moment) {
        let phones = Arc::new(self.phones(now));
        self.answer(ticket, Answer::Phones(phones));
    }

    /// Tells who watches, if there is something new and a second has passed.
    pub(super) fn tell_phones(&mut self, now: Moment) {
        let is_early = self.told.at.is_some_and(|at| now < at + PAUSE);
        if !self.told.is_due || is_early || self.told.phones_to.is_empty() {
            return;
        }
        self.told.is_due = false;
        let phones = self.phones(now);
        if phones == *self.told.phones {
            return;
        }
        self.told.at = Some(now);
        self.told.phones = Arc::new(phones);
        for conn in &self.told.phones_to {
            let news = News::Phones(Arc::clone(&self.told.phones));
            self.outputs.push_back(Output::Tell(*conn, news));
        }
    }

    fn phones(&self, now: Moment) -> Phones {
        let has_steps = self.stations.len() <= MOST_WITH_STEPS;
        let phones = self.stations.values().map(|one| self.phone(one, has_steps, now)).collect();
        let open = self.open_until.filter(|(until, _)| now < *until);
        let open_until = open.map_or(0, |(_, unix_ms)| unix_ms);
        Phones { phones, open_until, numbers: self.told.numbers.clone() }
    }

    fn phone(&self, station: &Station, has_steps: bool, now: Moment) -> Phone {
        let record = &station.record;
        let vendor = match &record.identity.vendor {
            Maker::Known(vendor) => vendor.name().to_owned(),
            Maker::Other(name) => shown(name, LONGEST),
        };
        Phone {
            mac: record.mac.0,
            vendor,
            model: shown(&record.identity.model, LONGEST),
            name: record.name.clone(),
            trust: record.trust,
            address: record.address.map_or(0, u32::from),
            is_registered: station.progress.line == super::progress::Line::Registered,
            number: record.number.map(|number| number.to_string()).unwrap_or_default(),
            person: record.person.clone(),
            speaks_up: record.speaks_up,
            last: station.timeline.last().filter(|_| has_steps).map(brief),
            trouble: trouble(station, now),
            since: record.since,
        }
    }

    pub(super) fn ask_folders(&mut self, ticket: Ticket, conn: u64, watch: bool) {
        if watch {
            self.told.folders_to.insert(conn);
        }
        let folders = Arc::clone(&self.told.folders);
        self.answer(ticket, Answer::Folders(folders));
    }

    /// Folders as they are on disk; a phone that was refused has none.
    pub(super) fn folders_changed(&mut self) {
        let known = self.kept.values().filter(|record| record.trust != Trust::Refused);
        let folders = known.map(|record| Folder {
            mac: record.mac.0,
            token: record.token.text(),
            secure: record.is_led,
        });
        let folders = Folders { folders: folders.collect() };
        if folders == *self.told.folders {
            return;
        }
        self.told.folders = Arc::new(folders);
        for conn in &self.told.folders_to {
            let news = News::Folders(Arc::clone(&self.told.folders));
            self.outputs.push_back(Output::Tell(*conn, news));
        }
    }

    /// Lines as they are on disk.
    pub(super) fn lines_changed(&mut self) {
        let approved = self.kept.values().filter(|record| record.trust == Trust::Approved);
        let lines: BTreeMap<u32, Line> = approved
            .filter_map(|record| {
                let (number, secret) = (record.number?, record.secret.clone()?);
                let vendor = match record.identity.vendor {
                    Maker::Known(vendor) => Some(vendor),
                    Maker::Other(_) => None,
                };
                let (mac, address, speaks_up) = (record.mac, record.address, record.speaks_up);
                let (name, person) = (record.name.clone(), record.person.clone());
                let line = Line {
                    number: number.to_string(),
                    secret,
                    mac,
                    address,
                    vendor,
                    speaks_up,
                    name,
                    person,
                };
                Some((number, line))
            })
            .collect();
        let lines = (self.office.name.clone(), lines.into_values().collect());
        if lines != self.told.lines {
            self.told.lines.clone_from(&lines);
            let (realm, lines) = lines;
            self.outputs.push_back(Output::Lines { realm, lines });
        }
    }
}

/// A step for the list.
fn brief(hop: &Hop) -> Hop {
    let (class, wishes) = (Vec::new(), Vec::new());
    Hop { class, wishes, words: shown(&hop.words, LONGEST), ..hop.clone() }
}
