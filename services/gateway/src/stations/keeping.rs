//! What is on disk, what is on its way there, and what waits for it.
//!
//! One commit is under way at a time; what changes meanwhile is the next one. Where the disk refuses
//! one, phones are again what they are on disk, and whoever waits for more is told.

use std::collections::BTreeSet;

use machine::Moment;
use message::station::{PhoneFile, Trust};
use message::{ErrorCode, Refusal};
use provision::{Mac, Maker};

use super::record::{Record, Station, WINDOW, Window};
use super::{Alarm, Answer, Output, Stations, Ticket, Write};

/// What is done when all that was decided before is on disk.
#[derive(Debug)]
pub(super) enum Deed {
    AnswerPhones(Ticket),
    AnswerFile(Ticket, PhoneFile),
    /// The secrets of this phone may be fetched from now on.
    Open(Mac),
    /// It should fetch its files again.
    Resync(Mac),
}

/// What is on its way to the disk.
#[derive(Debug)]
pub(super) struct Commit {
    writes: Vec<Write>,
    deeds: Vec<Deed>,
}

impl Stations {
    /// What was on disk at the start.
    pub(super) fn keep(&mut self, records: Vec<Record>) {
        for record in records {
            if let Some(address) = record.address {
                self.by_address.insert(address, record.mac);
            }
            self.kept.insert(record.mac, record.clone());
            self.stations.insert(record.mac, Station::of(record));
        }
        self.told.is_due = true;
        self.lines_changed();
        self.folders_changed();
    }

    /// Does it when all that has changed is on disk.
    pub(super) fn after_commit(&mut self, deed: Deed) {
        self.next.push(deed);
    }

    /// Is all that is known of a phone on disk?
    pub(super) fn is_stored(&self, mac: Mac) -> bool {
        let is_meant = |write: &Write| match write {
            Write::Put(record) => record.mac == mac,
            Write::Remove(removed) => *removed == mac,
        };
        let is_under_way = self.doing.as_ref().is_some_and(|it| it.writes.iter().any(is_meant));
        !is_under_way && !self.dirty.contains(&mac)
    }

    pub(super) fn begin_commit(&mut self) -> Option<Output> {
        if self.doing.is_some() || (self.dirty.is_empty() && self.next.is_empty()) {
            return None;
        }
        let dirty = std::mem::take(&mut self.dirty);
        // Removed first: a number may go from one phone to another.
        let (put, removed): (Vec<Mac>, Vec<Mac>) =
            dirty.into_iter().partition(|mac| self.stations.contains_key(mac));
        let mut writes: Vec<Write> = removed.into_iter().map(Write::Remove).collect();
        let records = put.iter().filter_map(|mac| self.stations.get(mac));
        writes.extend(records.map(|station| Write::Put(station.record.clone())));
        let deeds = std::mem::take(&mut self.next);
        self.doing = Some(Commit { writes: writes.clone(), deeds });
        Some(Output::Commit(writes))
    }

    pub(super) fn committed(&mut self, result: Result<(), String>, now: Moment) {
        let Some(Commit { writes, deeds }) = self.doing.take() else { return };
        if let Err(words) = result {
            return self.undo(&writes, deeds, words);
        }
        for write in writes {
            match write {
                Write::Put(record) => {
                    self.kept.insert(record.mac, record);
                }
                Write::Remove(mac) => {
                    self.kept.remove(&mac);
                }
            }
        }
        let (kept, dirty) = (&self.kept, &self.dirty);
        self.leaving.retain(|mac, _| kept.contains_key(mac) && dirty.contains(mac));
        self.lines_changed();
        self.folders_changed();
        for deed in deeds {
            self.carry_on(deed, now);
        }
    }

    fn carry_on(&mut self, deed: Deed, now: Moment) {
        match deed {
            Deed::AnswerPhones(ticket) => self.answer_phones(ticket, now),
            Deed::AnswerFile(ticket, file) => self.answer(ticket, Answer::File(file)),
            Deed::Open(mac) => {
                if let Some(station) = self.stations.get_mut(&mac) {
                    station.window = Some(Window { until: now + WINDOW, fetch: None });
                    self.told.is_due = true;
                }
            }
            Deed::Resync(mac) => {
                let Some(record) = self.kept.get(&mac) else { return };
                if let Maker::Known(vendor) = record.identity.vendor
                    && record.trust == Trust::Approved
                    && let (Some(number), Some(address)) = (record.number, record.address)
                {
                    let number = number.to_string();
                    self.outputs.push_back(Output::Resync { mac, number, address, vendor });
                }
            }
        }
    }

    /// What was not stored is undone, and what was decided on top of it.
    fn undo(&mut self, writes: &[Write], deeds: Vec<Deed>, words: String) {
        let mut touched: BTreeSet<Mac> = std::mem::take(&mut self.dirty);
        touched.extend(writes.iter().map(|write| match write {
            Write::Put(record) => record.mac,
            Write::Remove(mac) => *mac,
        }));
        for mac in touched {
            match (self.kept.get(&mac), self.stations.get_mut(&mac)) {
                (Some(record), Some(station)) => {
                    station.record = record.clone();
                    if let Some(window) = &mut station.window {
                        window.fetch = None;
                    }
                }
                (Some(record), None) => {
                    let gone = self.leaving.remove(&mac);
                    let mut station = gone.unwrap_or_else(|| Station::of(record.clone()));
                    station.record = record.clone();
                    self.stations.insert(mac, station);
                }
                (None, _) => {
                    self.stations.remove(&mac);
                }
            }
        }
        let all = self.stations.values();
        let addresses = all.filter_map(|one| Some((one.record.address?, one.record.mac)));
        self.by_address = addresses.collect();
        self.told.is_due = true;
        let refusal = Refusal::new(ErrorCode::Internal, "The telephones cannot be stored.");
        for deed in deeds.into_iter().chain(std::mem::take(&mut self.next)) {
            match deed {
                Deed::AnswerPhones(ticket) | Deed::AnswerFile(ticket, _) => {
                    self.answer(ticket, Answer::No(refusal.clone()));
                }
                Deed::Open(_) | Deed::Resync(_) => {}
            }
        }
        self.alarm(Alarm::Unstored(words));
    }
}
