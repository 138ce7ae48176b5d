//! The roster, contacts and the key directory (rows 11, 79, 83).
//!
//! In an office of ordinary size everyone sees everyone, contacts are flagged; in a very large one
//! a person sees its contacts and finds others by name.

use message::people::{ContactChange, KeyQuery, Keys, Person, Roster, Topic};
use message::{ErrorCode, Guid, Object};

use super::Engine;
use super::conn::ConnId;
use super::people::Account;
use super::presence::sees;
use super::route::{Served, read, refusal};
use super::tickets::{Asker, Then};
use crate::record::Write;

/// People in one question for keys.
const MOST_KEYS: usize = 256;

impl Engine {
    /// Sends the whole roster, in objects of bounded length.
    pub(super) fn send_roster(&mut self, conn: ConnId) {
        let viewer = self.conns.get(&conn).map(|peer| peer.connection.peer());
        let Some(viewer) = viewer.and_then(|guid| self.people.get(guid)) else { return };
        let everyone = self.sees_everyone();
        let seen = self.people.iter().filter(|other| everyone || sees(viewer, other.guid));
        let people: Vec<Person> = seen.map(|other| entry(other, viewer)).collect();
        let chunks = people.len().div_ceil(self.limits.roster_chunk).max(1);
        for number in 0..chunks {
            let from = number * self.limits.roster_chunk;
            let to = people.len().min(from + self.limits.roster_chunk);
            let roster = Roster {
                people: people[from..to].to_vec(),
                removed: Vec::new(),
                first: number == 0,
                last: number + 1 == chunks,
            };
            let object = Object::of(self.fresh_id(conn), &roster);
            self.send(conn, object);
        }
    }

    /// An account is new or changed: all who see it are told, and local services (row 103).
    pub(super) fn roster_changed(&mut self, guid: Guid) {
        let everyone = self.sees_everyone();
        for (conn, viewer) in self.people_listeners() {
            let (Some(viewer), Some(other)) = (self.people.get(viewer), self.people.get(guid))
            else {
                continue;
            };
            if everyone || sees(viewer, guid) {
                let person = entry(other, viewer);
                self.send_change(conn, vec![person], Vec::new());
            }
        }
        for conn in self.account_listeners() {
            let Some(account) = self.people.get(guid) else { return };
            let person = entry(account, account);
            self.send_change(conn, vec![person], Vec::new());
        }
    }

    /// An account is gone: all who saw it are told.
    pub(super) fn roster_lost(&mut self, guid: Guid) {
        let listeners = self.people_listeners().into_iter().map(|(conn, _)| conn);
        let listeners: Vec<ConnId> = listeners.chain(self.account_listeners()).collect();
        for conn in listeners {
            self.send_change(conn, Vec::new(), vec![guid]);
        }
    }

    fn account_listeners(&self) -> Vec<ConnId> {
        let listening =
            self.conns.iter().filter(|(_, peer)| peer.topics.contains(&Topic::Accounts));
        listening.map(|(conn, _)| *conn).collect()
    }

    fn send_change(&mut self, conn: ConnId, people: Vec<Person>, removed: Vec<Guid>) {
        let roster = Roster { people, removed, first: false, last: true };
        let object = Object::of(self.fresh_id(conn), &roster);
        self.send(conn, object);
    }

    /// Puts a person on the contact list, or takes it off.
    pub(super) fn change_contact(&mut self, conn: ConnId, object: &Object) -> Served {
        let ContactChange { name, add } = read(object)?;
        let (account, _) = self.person(conn)?;
        let Some(contact) = self.people.by_name(&name.trim().to_lowercase()) else {
            return refusal(ErrorCode::UnknownPerson, "there is no person of this name");
        };
        let contact = contact.guid;
        if contact == account {
            return refusal(ErrorCode::Invalid, "nobody is a contact of oneself");
        }
        let Some(person) = self.people.get(account) else { return Ok(()) };
        if add
            && !person.contacts.contains(&contact)
            && person.contacts.len() >= self.limits.contacts
        {
            return refusal(ErrorCode::TooMany, "the contact list is full");
        }
        let asker = Asker { conn, header: object.header };
        let writes = vec![Write::SetContact { account, contact, add }];
        self.commit(writes, Then::Contact { asker, account, contact, add });
        Ok(())
    }

    /// The contact list is on disk: all devices of the account are told.
    pub(super) fn contact_changed(
        &mut self,
        asker: Asker,
        account: Guid,
        contact: Guid,
        add: bool,
    ) {
        let Some(person) = self.people.get_mut(account) else { return };
        if add {
            person.contacts.insert(contact);
        } else {
            person.contacts.remove(&contact);
        }
        self.accepted(asker);
        let everyone = self.sees_everyone();
        let (Some(person), Some(other)) = (self.people.get(account), self.people.get(contact))
        else {
            return;
        };
        let change = entry(other, person);
        for conn in self.listeners(person, Topic::People) {
            if everyone || add {
                self.send_change(conn, vec![change.clone()], Vec::new());
            } else {
                self.send_change(conn, Vec::new(), vec![contact]);
            }
        }
    }

    /// Whose keys? Anyone in the office may be asked for, by GUID or by name.
    pub(super) fn key_query(&mut self, conn: ConnId, object: &Object) -> Served {
        let query: KeyQuery = read(object)?;
        let (viewer, _) = self.person(conn)?;
        if query.guids.len() + query.names.len() > MOST_KEYS {
            return refusal(ErrorCode::TooMany, "too many people in one question");
        }
        let Some(viewer) = self.people.get(viewer) else { return Ok(()) };
        let by_guid = query.guids.iter().filter_map(|guid| self.people.get(*guid));
        let by_name = query.names.iter().filter_map(|name| self.people.by_name(name));
        let people = by_guid.chain(by_name).map(|other| entry(other, viewer)).collect();
        self.answer(Asker { conn, header: object.header }, &Keys { people });
        Ok(())
    }
}

/// A person as `viewer` sees it.
fn entry(account: &Account, viewer: &Account) -> Person {
    Person {
        guid: account.guid,
        name: account.name.clone(),
        display: account.display.clone(),
        status: account.status(),
        public_key: account.credentials.as_ref().map(|known| known.public_key),
        sealed: account.station.is_none(),
        contact: viewer.contacts.contains(&account.guid),
        owner: account.station.and_then(|station| station.owner),
    }
}
