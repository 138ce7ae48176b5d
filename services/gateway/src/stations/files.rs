//! Which file a phone gets, and whether its secrets are in it.
//!
//! A phone's secrets are given if all of this holds:
//!
//! 1. it is approved, and that is on disk;
//! 2. the address in the file's name, the card to which DHCP gave the asker's IP address, and the
//!    card that the kernel knows there are one and the same;
//! 3. it shows the token of its folder, and comes by HTTPS, as far as its vendor's phones can
//!    ([`Carriage`]);
//! 4. its ten minutes after an approval are not over, or it has fetched these very secrets before:
//!    after a power cut all phones of an office ask again, and nobody may have to approve them all.
//!    A phone that can show no token has one fetch for each approval, and keeps what it has.
//!
//! A phone that has its secrets and asks in a way in which it does not get them is told that there
//! is no such file: it goes on with what it has, which a file without secrets would wipe out.

use std::net::Ipv4Addr;

use machine::Moment;
use message::station::{AskPhoneFile, FileSent, PhoneFile, Step, Trust, Via};
use message::{ErrorCode, Refusal};
use provision::screen::has_screen;
use provision::{
    Asker, Clues, Identity, Kind, Mac, Maker, Number, Phone, Request, Url, Wanted, identify,
    render, request,
};

use super::carriage::Carriage;
use super::keeping::Deed;
use super::progress::{File, Given, Why};
use super::record::{Fetch, Record, Station};
use super::timeline::is_card;
use super::{Alarm, Answer, Output, Stations, Ticket};
use crate::directory::INBOX;
use crate::office::Notice;
use crate::pages::Page;

/// The longest name that is shown, bytes; no file of ours has a longer one.
const LONGEST_NAME: usize = 64;

/// What a phone gets, and why not more.
struct Choice {
    given: Given,
    /// The record whose secrets are in the file.
    secrets: Option<Record>,
    notice: Notice,
    is_there: bool,
}

/// A question for a file, with what the network says of who asks.
struct Visit<'a> {
    ask: &'a AskPhoneFile,
    mac: Mac,
    asker: Ipv4Addr,
    /// Has it the address that DHCP gave to its card?
    is_at_home: bool,
    now: Moment,
}

impl Stations {
    pub(super) fn ask_file(
        &mut self,
        ticket: Ticket,
        ask: &AskPhoneFile,
        neighbour: Option<Mac>,
        now: Moment,
    ) {
        if let Some(page) = Page::named(&ask.name) {
            return self.ask_page(ticket, ask, page, neighbour);
        }
        match self.file(ask, neighbour, now) {
            Some((mac, file)) if self.is_stored(mac) => self.answer(ticket, Answer::File(file)),
            // That these secrets are known from now on is on disk first.
            Some((_, file)) => self.after_commit(Deed::AnswerFile(ticket, file)),
            None => {
                let refusal = Refusal::new(ErrorCode::NotFound, "There is no such file for it.");
                self.answer(ticket, Answer::No(refusal));
            }
        }
    }

    fn file(
        &mut self,
        ask: &AskPhoneFile,
        neighbour: Option<Mac>,
        now: Moment,
    ) -> Option<(Mac, PhoneFile)> {
        let asker = Ipv4Addr::from(ask.asker);
        let name = shown_name(&ask.name);
        self.note_stranger(&ask.name, asker, neighbour, now);
        let mac = neighbour.filter(|mac| is_card(*mac))?;
        let is_at_home = self.owner(asker) == Some(mac);
        let visit = Visit { ask, mac, asker, is_at_home, now };
        let Some(wanted) = self.wanted(&visit) else {
            self.note_file(&visit, &name, Given::Nothing);
            return None;
        };
        let choice = self.choose(&visit, &wanted);
        self.note_file(&visit, &name, choice.given);
        if !choice.is_there {
            return None;
        }
        let file = self.render(&visit, &wanted, &choice)?;
        self.given(&visit, &wanted, &choice);
        Some((mac, file))
    }

    /// The file of ours that is meant, if this phone may have any.
    fn wanted(&mut self, visit: &Visit<'_>) -> Option<Wanted> {
        let Visit { ask, mac, .. } = *visit;
        let known = self.kept.get(&mac);
        if !ask.token.is_empty() && !known.is_some_and(|known| known.token.is(&ask.token)) {
            return None;
        }
        if ask.certified.as_deref().and_then(certified).is_some_and(|other| other != mac) {
            return None;
        }
        let is_known = self.stations.contains_key(&mac);
        let said = Some(ask.agent.as_str()).filter(|agent| !is_known || !agent.is_empty());
        let said = said.and_then(|agent| {
            identify(&Clues { agent: Some(agent), mac: Some(mac), ..Clues::default() })
        });
        if let (Some(station), Some(said)) = (self.stations.get_mut(&mac), said.clone())
            && station.says(said)
        {
            self.dirty.insert(mac);
        }
        let own = self.stations.get(&mac).map(|station| &station.record);
        if own.is_some_and(|record| record.trust == Trust::Refused) {
            return None;
        }
        let vendor = match own.map(|record| &record.identity).or(said.as_ref()) {
            Some(Identity { vendor: Maker::Known(vendor), .. }) => Some(*vendor),
            Some(Identity { vendor: Maker::Other(_), .. }) | None => None,
        };
        let Request::Wanted(wanted) = request(Asker { vendor, mac: Some(mac) }, &ask.name) else {
            return None;
        };
        // By a name that only one vendor's phones ask for, a phone says what it is, too.
        let named = Identity { vendor: Maker::Known(wanted.vendor), model: String::new() };
        let is_ours = match self.stations.get_mut(&mac) {
            Some(station) if vendor.is_none() => station.says(named),
            Some(_) => return Some(wanted),
            None => self.admit(mac, said.filter(|_| vendor.is_some()).unwrap_or(named), visit.now),
        };
        is_ours.then(|| self.dirty.insert(mac)).map(|_| wanted)
    }

    fn choose(&self, visit: &Visit<'_>, wanted: &Wanted) -> Choice {
        let lead =
            Choice { given: Given::Lead, secrets: None, notice: Notice::Awaiting, is_there: true };
        if wanted.kind == Kind::Shared {
            return lead;
        }
        match self.secrets(visit) {
            Ok(record) => Choice { given: Given::Secrets, secrets: Some(record), ..lead },
            Err(why) => {
                let kept = self.kept.get(&visit.mac);
                let is_delivered = kept.is_some_and(|record| record.is_delivered);
                let is_led = kept.is_some_and(|record| record.is_led);
                let (is_there, notice) = match why {
                    Why::Awaiting => (true, Notice::Awaiting),
                    Why::Address => (false, Notice::Soon),
                    // It was told to come by HTTP, for it has lost our certificate.
                    Why::Clear => (!is_delivered || !is_led, Notice::Soon),
                    Why::Token => (!is_delivered, Notice::Soon),
                    Why::Late | Why::Spent => (!is_delivered, Notice::TooLate),
                };
                Choice { given: Given::Withheld(why), notice, is_there, ..lead }
            }
        }
    }

    /// The record whose secrets the phone may have now, or why it may not.
    fn secrets(&self, visit: &Visit<'_>) -> Result<Record, Why> {
        let Visit { ask, mac, is_at_home, now, .. } = *visit;
        let (Some(station), Some(kept)) = (self.stations.get(&mac), self.kept.get(&mac)) else {
            return Err(Why::Awaiting);
        };
        let is_approved = |record: &Record| record.trust == Trust::Approved;
        let is_settled = kept.secret == station.record.secret && kept.secret.is_some();
        if !is_approved(kept) || !is_approved(&station.record) || !is_settled {
            return Err(Why::Awaiting);
        }
        if !is_at_home {
            return Err(Why::Address);
        }
        let is_open = station.has_open_window(now);
        match station.record.carriage() {
            Carriage::Never => Err(Why::Awaiting),
            Carriage::Once if station.has_fetched(now) => Err(Why::Spent),
            Carriage::Once if is_open => Ok(kept.clone()),
            Carriage::Once if kept.is_delivered => Err(Why::Spent),
            Carriage::Once => Err(Why::Late),
            // What is there was compared before.
            Carriage::Clear | Carriage::Secure if ask.token.is_empty() => Err(Why::Token),
            Carriage::Secure if ask.via != Via::Https => Err(Why::Clear),
            Carriage::Clear | Carriage::Secure if is_open || kept.is_delivered => Ok(kept.clone()),
            Carriage::Clear | Carriage::Secure => Err(Why::Late),
        }
    }

    fn render(&self, visit: &Visit<'_>, wanted: &Wanted, choice: &Choice) -> Option<PhoneFile> {
        let record = &self.stations.get(&visit.mac)?.record;
        let ours = Ipv4Addr::from(visit.ask.ours);
        let is_secure = record.carriage() == Carriage::Secure;
        // A lead comes before the certificate; the phone's own file brings it.
        let by_https =
            visit.ask.via == Via::Https || is_secure && (wanted.kind == Kind::Own || record.is_led);
        // Who is not where DHCP has put it is not told the token of whom it says it is.
        let token = if visit.is_at_home { record.token.text() } else { String::new() };
        let phone = Phone {
            mac: visit.mac,
            model: record.identity.model.clone(),
            url: self.office.folder(ours, &token, by_https)?,
        };
        let station = match &choice.secrets {
            Some(record) => Some(station(record, softkey(record, &phone.url))?),
            None => None,
        };
        let office = self.office.told(ours, is_secure, choice.notice)?;
        let file = render(wanted, &phone, station.as_ref(), &office).ok()?;
        Some(PhoneFile { bytes: file.bytes().to_vec(), media: file.media.to_owned() })
    }

    /// Remembers what a phone was given.
    fn given(&mut self, visit: &Visit<'_>, wanted: &Wanted, choice: &Choice) {
        let Some(station) = self.stations.get_mut(&visit.mac) else { return };
        let record = &mut station.record;
        let before = (record.is_led, record.is_delivered);
        let is_led = record.carriage() == Carriage::Secure
            && visit.is_at_home
            && (wanted.kind == Kind::Own || visit.ask.via == Via::Https);
        record.is_led |= is_led;
        if choice.given == Given::Secrets {
            record.is_delivered = true;
            if let Some(window) = &mut station.window {
                let name = shown_name(&visit.ask.name);
                let (at, has_arrived) = (visit.now, false);
                window.fetch.get_or_insert(Fetch { name, at, has_arrived });
            }
        }
        if before != (record.is_led, record.is_delivered) {
            self.dirty.insert(visit.mac);
        }
    }

    fn note_file(&mut self, visit: &Visit<'_>, name: &str, given: Given) {
        let time = self.time;
        let Some(station) = self.stations.get_mut(&visit.mac) else { return };
        let asker = visit.asker;
        if given == Given::Nothing {
            station.note((Step::NoFile, name, Some(asker)), time);
        }
        // What is no file of ours hides nothing of what was asked for before.
        let hides = given != Given::Nothing || station.progress.is_mute().is_some();
        if hides {
            let (name, fault) = (name.to_owned(), String::new());
            station.progress.file = Some(File { name, asker, at: time.now, given, fault });
        }
        station.seen = Some(time.now);
        self.told.is_due = true;
    }

    /// Somebody who is not the phone asks for a file with its hardware address in the name.
    fn note_stranger(&mut self, name: &[u8], asker: Ipv4Addr, neighbour: Option<Mac>, now: Moment) {
        let time = self.time;
        let Some(mac) = named(name).filter(|mac| neighbour != Some(*mac)) else { return };
        let Some(station) = self.stations.get_mut(&mac) else { return };
        if !self.strangers.take(now) {
            return;
        }
        let words = format!("{asker} asked for this phone's files, and is not at its place.");
        station.note((Step::FileFailed, &words, Some(asker)), time);
        self.outputs.push_back(Output::Alarm(Alarm::Stranger { mac, asker }));
    }

    pub(super) fn sent(&mut self, ticket: Ticket, sent: &FileSent) {
        let asker = Ipv4Addr::from(sent.asker);
        let (name, time) = (shown_name(&sent.name), self.time);
        let is_there = |file: &File| file.asker == asker;
        let other = || {
            let mut all = self.stations.values();
            all.find(|one| one.progress.file.as_ref().is_some_and(is_there))
                .map(|one| one.record.mac)
        };
        let mac = self.owner(asker).or_else(other);
        if let Some(station) = mac.and_then(|mac| self.stations.get_mut(&mac)) {
            station.arrived(&name, &sent.fault);
            let words = format!("{name}: {}", sent.fault);
            let (step, words) = if sent.fault.is_empty() {
                (Step::File, name.as_str())
            } else {
                (Step::FileFailed, words.as_str())
            };
            station.note((step, words, Some(asker)), time);
            self.told.is_due = true;
        }
        self.answer(ticket, Answer::Yes);
    }
}

impl Station {
    /// A file has reached it, or not.
    fn arrived(&mut self, name: &str, fault: &str) {
        if let Some(file) = self.progress.file.as_mut().filter(|file| file.name == name) {
            fault.clone_into(&mut file.fault);
        }
        let Some(window) = &mut self.window else { return };
        if let Some(fetch) = window.fetch.as_mut().filter(|fetch| fetch.name == name) {
            fetch.has_arrived |= fault.is_empty();
            if !fetch.has_arrived {
                // It did not get them: its one fetch is still to come.
                window.fetch = None;
            }
        }
    }
}

/// A file's name as it is shown.
fn shown_name(name: &[u8]) -> String {
    String::from_utf8_lossy(name.get(..LONGEST_NAME).unwrap_or(name)).into_owned()
}

/// Where a phone's pages begin, if its screen has such pages.
fn softkey(record: &Record, folder: &Url) -> Option<Url> {
    match record.identity.vendor {
        Maker::Known(vendor) if has_screen(vendor) => {
            Url::parse(&format!("{}{}", folder.as_str(), Page::Menu.name()))
        }
        Maker::Known(_) | Maker::Other(_) => None,
    }
}

/// What an approved phone is to be.
fn station(record: &Record, softkey: Option<Url>) -> Option<provision::Station> {
    let number = record.number?.to_string();
    let display = if record.name.is_empty() { number.clone() } else { record.name.clone() };
    let secret = |secret: &super::Secret| provision::Secret::parse(secret.as_str());
    Some(provision::Station {
        mac: record.mac,
        user: Number::parse(&number)?,
        secret: secret(record.secret.as_ref()?)?,
        display,
        mailbox: Number::parse(&INBOX.to_string()),
        admin: secret(record.menu.as_ref()?)?,
        auto_answer: record.speaks_up,
        softkey,
    })
}

/// The hardware address in a file's name.
fn named(name: &[u8]) -> Option<Mac> {
    let mut places = name.get(..LONGEST_NAME).unwrap_or(name).windows(12);
    places.find_map(|digits| std::str::from_utf8(digits).ok().and_then(Mac::parse))
}

/// The hardware address at the end of the name in a certificate of a phone's maker.
fn certified(name: &str) -> Option<Mac> {
    let ending = |length: usize| name.get(name.len().checked_sub(length)?..);
    ending(17).and_then(Mac::parse).or_else(|| ending(12).and_then(Mac::parse))
}
