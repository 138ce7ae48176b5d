//! People: the roster, presence, contacts, and the keys that are pinned for them.
//!
//! The first key seen for a person is pinned. If the server names another one later, nothing is
//! sent to that person and nothing from it is opened until the key is trusted by command.

use std::collections::BTreeMap;

use machine::Moment;
use message::people::{
    ContactChange, Parameters, Person, Presence, Roster as RosterBody, SetStatus, Status,
};
use message::{Guid, Object};
use voice::ids::AccountId;
use voice::seal::keys::PublicKey;
use voice::seal::safety::SafetyNumber;

use crate::engine::Engine;
use crate::paths::RecordKey;
use crate::records::{AccountRecord, PersonRecord};
use crate::session::Request;
use crate::storage::{Durable, put};
use crate::{Change, Notice, PersonView, Trust};

/// More people than any office has; a roster beyond is cut off.
const MOST_PEOPLE: usize = 100_000;
/// The longest name that is shown.
const LONGEST_NAME: usize = 64;

/// Everybody that this client knows of.
#[derive(Default)]
pub(crate) struct Roster {
    people: BTreeMap<Guid, PersonRecord>,
    presence: BTreeMap<Guid, Status>,
    /// While a new list comes: who was on it so far.
    coming: Option<Vec<Guid>>,
}

impl Roster {
    /// A person from the storage.
    pub(crate) fn restore(&mut self, person: PersonRecord) {
        self.people.insert(person.guid, person);
    }

    /// Nothing is known of who is there.
    pub(crate) fn link_lost(&mut self) {
        self.presence.clear();
        self.coming = None;
    }

    /// A person, if known.
    pub(crate) fn get(&self, person: Guid) -> Option<&PersonRecord> {
        self.people.get(&person)
    }

    /// Is the person there?
    pub(crate) fn status(&self, person: Guid) -> Status {
        self.presence.get(&person).copied().unwrap_or_default()
    }

    /// The key to seal with; none without a key, or while another one is offered.
    pub(crate) fn trusted_key(&self, person: Guid) -> Option<PublicKey> {
        let person = self.people.get(&person)?;
        if person.offered.is_some() { None } else { person.pinned.map(PublicKey) }
    }

    /// Is the person sealed end to end? Strangers are taken to be.
    pub(crate) fn is_sealed(&self, person: Guid) -> bool {
        self.people.get(&person).is_none_or(|person| person.sealed)
    }

    /// Everybody on the roster.
    pub(crate) fn listed(&self) -> impl Iterator<Item = &PersonRecord> {
        self.people.values().filter(|person| person.listed)
    }

    /// What a client shows of a person.
    pub(crate) fn view(&self, person: &PersonRecord, own: Guid) -> PersonView {
        let trust = match person {
            PersonRecord { offered: Some(_), .. } => Trust::Changed,
            PersonRecord { pinned: None, .. } => Trust::None,
            PersonRecord { verified: true, .. } => Trust::Verified,
            PersonRecord { .. } => Trust::Pinned,
        };
        PersonView {
            guid: person.guid,
            name: person.name.clone(),
            display: person.display.clone(),
            status: self.status(person.guid),
            sealed: person.sealed,
            contact: person.contact,
            trust,
            owner: person.owner,
            is_own_telephone: !person.sealed && person.owner == Some(own),
        }
    }
}

impl Engine {
    /// A piece of the roster.
    pub(crate) fn on_roster(&mut self, object: &Object) {
        let Ok(body) = object.read::<RosterBody>() else { return };
        if body.first {
            self.roster.coming = Some(Vec::new());
        }
        for person in &body.people {
            self.take_person(person);
        }
        if let Some(coming) =
            self.roster.coming.as_mut().filter(|coming| coming.len() < MOST_PEOPLE)
        {
            coming.extend(body.people.iter().map(|person| person.guid));
        }
        for gone in &body.removed {
            self.unlist(*gone);
        }
        if body.last
            && let Some(mut listed) = self.roster.coming.take()
        {
            listed.sort_unstable();
            let unlisted = self.roster.listed().map(|person| person.guid);
            let unlisted: Vec<Guid> =
                unlisted.filter(|guid| listed.binary_search(guid).is_err()).collect();
            for gone in unlisted {
                self.unlist(gone);
            }
        }
        self.desk.changed(Change::People);
    }

    /// Who came and went.
    pub(crate) fn on_presence(&mut self, object: &Object) {
        let Ok(body) = object.read::<Presence>() else { return };
        for change in body.changes {
            if self.roster.people.contains_key(&change.person) {
                self.roster.presence.insert(change.person, change.status);
            }
        }
        self.desk.changed(Change::People);
    }

    /// The office's parameters changed.
    pub(crate) fn on_parameters(&mut self, object: &Object) {
        let Ok(parameters) = object.read::<Parameters>() else { return };
        if let Some(account) = self.account.clone() {
            let parameters = parameters.clamped();
            self.take_account(AccountRecord { parameters, ..account }, None);
        }
    }

    fn take_person(&mut self, person: &Person) {
        let known = self.roster.people.get(&person.guid);
        if known.is_none() && self.roster.people.len() >= MOST_PEOPLE {
            return;
        }
        let before = known.cloned();
        let mut record = before.clone().unwrap_or_else(|| stranger(person.guid));
        record.name = clean(&person.name);
        record.display = clean(&person.display);
        record.sealed = person.sealed;
        record.contact = person.contact;
        record.owner = person.owner;
        record.listed = true;
        self.roster.presence.insert(person.guid, person.status);
        let record = self.compare_key(record, person.public_key);
        self.keep_person(before.as_ref(), record);
    }

    /// The key that somebody uses: pinned if it is the first, compared with the pinned one else.
    /// Tells whether it is the trusted one.
    pub(crate) fn meet_key(&mut self, person: Guid, display: &str, key: [u8; 32]) -> bool {
        if person == self.own_guid() {
            return self.private.as_ref().is_some_and(|private| private.public().0 == key);
        }
        let before = self.roster.people.get(&person).cloned();
        if before.is_none() && self.roster.people.len() >= MOST_PEOPLE {
            return false;
        }
        let record = before
            .clone()
            .unwrap_or_else(|| PersonRecord { display: clean(display), ..stranger(person) });
        let record = self.compare_key(record, Some(key));
        let trusted = record.pinned == Some(key);
        self.keep_person(before.as_ref(), record);
        trusted
    }

    fn compare_key(&mut self, mut record: PersonRecord, key: Option<[u8; 32]>) -> PersonRecord {
        let own = record.guid == self.own_guid();
        match key {
            Some(key) if record.pinned.is_none() || own => {
                record.pinned = Some(key);
                record.offered = None;
            }
            Some(key) if record.pinned == Some(key) => record.offered = None,
            Some(key) if record.offered != Some(key) => {
                record.offered = Some(key);
                self.desk.notice(Notice::KeyChanged(record.guid));
            }
            Some(_) | None => {}
        }
        record
    }

    fn keep_person(&mut self, before: Option<&PersonRecord>, record: PersonRecord) {
        if before != Some(&record) {
            self.desk.write(vec![put(RecordKey::Person(record.guid), &record)]);
            self.desk.changed(Change::People);
            self.roster.people.insert(record.guid, record);
        }
    }

    fn unlist(&mut self, person: Guid) {
        self.roster.presence.remove(&person);
        if let Some(before) = self.roster.people.get(&person).cloned() {
            let record = PersonRecord { listed: false, contact: false, ..before.clone() };
            self.keep_person(Some(&before), record);
        }
    }

    /// The person has compared the safety number.
    pub(crate) fn trust_key(&mut self, person: Guid) {
        let Some(before) = self.roster.people.get(&person).cloned() else {
            return self.desk.refuse("no such person");
        };
        let pinned = before.offered.or(before.pinned);
        if pinned.is_none() {
            return self.desk.refuse("the person has no key yet");
        }
        let record = PersonRecord { pinned, offered: None, verified: true, ..before };
        let write = put(RecordKey::Person(person), &record);
        self.desk.write_then(vec![write], Durable::Trusted(person));
        self.roster.people.insert(person, record);
        self.desk.changed(Change::People);
    }

    /// The number to compare with a person: over the key that would be trusted.
    pub(crate) fn safety_number_of(&self, person: Guid) -> Option<String> {
        let own = (AccountId(*self.own_guid().bytes()), self.private.as_ref()?.public());
        let record = self.roster.people.get(&person)?;
        let key = PublicKey(record.offered.or(record.pinned)?);
        let number = SafetyNumber::new((&own.0, &own.1), (&AccountId(*person.bytes()), &key));
        Some(number.to_string())
    }

    /// Puts a person on the contact list, or takes it off.
    pub(crate) fn change_contact(&mut self, name: String, add: bool, now: Moment) {
        if !self.session.is_open() {
            return self.desk.refuse("the contact list can be changed on-line only");
        }
        self.ask(&ContactChange { name, add }, Request::Plain("contact list"), now);
    }

    /// Sets the person's own status.
    pub(crate) fn set_status(&mut self, status: Status, now: Moment) {
        let Some(account) = self.account.clone() else {
            return self.desk.refuse("log in first");
        };
        if status == Status::Offline {
            return self.desk.refuse("to be off-line, leave");
        }
        self.take_account(AccountRecord { status, ..account }, None);
        if self.session.is_open() {
            self.ask(&SetStatus { status }, Request::Plain("status"), now);
        }
    }
}

fn stranger(guid: Guid) -> PersonRecord {
    PersonRecord {
        guid,
        name: String::new(),
        display: String::new(),
        sealed: true,
        contact: false,
        listed: false,
        pinned: None,
        verified: false,
        offered: None,
        owner: None,
    }
}

/// A name as it may be shown: without control characters and marks that turn the direction of
/// writing, and not too long.
pub(crate) fn clean(text: &str) -> String {
    let shown = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200e}' | '\u{200f}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}')
    };
    text.chars().filter(shown).take(LONGEST_NAME).collect::<String>().trim().to_owned()
}

#[cfg(test)]
mod tests {
    use super::clean;

    #[test]
    fn a_name_cannot_turn_the_writing_around_or_fill_the_screen() {
        assert_eq!(clean(" Anna\u{202e}\n\u{1b}[2J "), "Anna[2J");
        assert_eq!(clean(&"x".repeat(1000)).len(), 64);
    }
}
