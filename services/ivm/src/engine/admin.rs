//! Calls of local services (rows 78, 79, 104): people, invitations, status. Only privileged peers
//! may make them.

use std::fmt::Write as _;

use message::admin::{
    Account, AddPerson, AskStatus, Invite, Invited, ListPeople, People, RemovePerson, ServerStatus,
    SetPerson,
};
use message::people::{Parameters, Status};
use message::{ErrorCode, Guid, Refusal, Rights, State};
use rand_core::Rng;

use super::Engine;
use super::people::Account as Person;
use super::proof::sha256;
use super::route::{Served, refusal};
use super::tickets::{Asker, Then};
use crate::record::{AccountRecord, Invitation, Query, Totals, Write};

/// Accounts in one answer.
const MOST_LISTED: usize = 1_000;
/// The longest name of an account.
const LONGEST_NAME: usize = 32;
/// The longest name as people read it, in characters.
const LONGEST_DISPLAY: usize = 64;

/// The least room of a person, bytes: one long message.
const LEAST_QUOTA: u64 = 1 << 20;
/// What somebody reads who is shut out.
const SHUT_OUT: &str = "an administrator has shut this account out";

/// A person on the way to the disk.
#[derive(Debug)]
pub(super) struct NewPerson {
    pub(super) record: AccountRecord,
    code: String,
}

impl Engine {
    /// How is the server?
    pub(super) fn ask_status(&mut self, asker: Asker, call: AskStatus) -> Served {
        let AskStatus {} = call;
        self.load(Query::Totals, Then::Totals { asker });
        Ok(())
    }

    /// Makes an account with an invitation.
    pub(super) fn add_person(&mut self, asker: Asker, call: AddPerson) -> Served {
        let AddPerson { name, display } = call;
        check_name(&name)?;
        let display = check_display(&display)?;
        self.check_free(&name)?;
        let (invitation, code) = self.new_invitation();
        let guid = Guid::new(self.unix_now(), &mut self.rng);
        self.people.reserved.insert(name.clone());
        let write =
            Write::AddAccount { guid, name: name.clone(), display: display.clone(), invitation };
        let record = AccountRecord { invitation: Some(invitation), ..account(guid, name, display) };
        let person = Box::new(NewPerson { record, code });
        self.commit(vec![write], Then::Added { asker, person });
        Ok(())
    }

    /// Is there room for an account of this name?
    pub(super) fn check_free(&self, name: &str) -> Served {
        if self.people.by_name(name).is_some() || self.people.reserved.contains(name) {
            return refusal(ErrorCode::Conflict, "there is a person of this name");
        }
        if self.people.len() + self.people.reserved.len() >= self.limits.people {
            return refusal(ErrorCode::TooMany, "this server has as many people as it takes");
        }
        Ok(())
    }

    pub(super) fn new_invitation(&mut self) -> (Invitation, String) {
        let mut bytes = [0; 16];
        self.rng.fill_bytes(&mut bytes);
        let mut code = String::with_capacity(32);
        for byte in bytes {
            write!(code, "{byte:02x}").expect("writing to a string cannot fail");
        }
        let expires = self.unix_now().saturating_add(self.limits.invitation.millis());
        (Invitation { hash: sha256(code.as_bytes()), expires }, code)
    }

    /// The account is on disk.
    pub(super) fn person_added(&mut self, asker: Asker, person: NewPerson) {
        let NewPerson { record, code } = person;
        let guid = record.guid;
        let expires = record.invitation.map_or(0, |invitation| invitation.expires);
        let invited = Invited { guid, name: record.name.clone(), code, expires };
        self.people.reserved.remove(&record.name);
        log::info!(account:% = guid; "an account was made");
        self.people.add(record);
        self.answer(asker, &invited);
        self.roster_changed(guid);
    }

    /// Tells the accounts behind a name.
    pub(super) fn list_people(&mut self, asker: Asker, call: &ListPeople) -> Served {
        let listed = self.people.by_names_after(&call.after);
        let listed = listed.filter(|account| account.station.is_none()).take(MOST_LISTED);
        let people = People { people: listed.map(seen).collect() };
        self.answer(asker, &people);
        Ok(())
    }

    /// Shuts an account out or lets it in again, and sets its room.
    pub(super) fn set_person(&mut self, asker: Asker, call: &SetPerson) -> Served {
        let Some(account) = self.people.by_name(&call.name) else {
            return refusal(ErrorCode::UnknownPerson, "there is no person of this name");
        };
        if call.quota.is_some_and(|quota| quota < LEAST_QUOTA) {
            return refusal(ErrorCode::Invalid, "a quota has at least 1 MiB");
        }
        let (account, disabled, quota) = (account.guid, call.disabled, call.quota);
        let writes = vec![Write::SetPerson { account, disabled, quota }];
        self.commit(writes, Then::PersonSet { asker, account, disabled, quota });
        Ok(())
    }

    /// It is on disk: who is shut out is so at once. Its devices stay known, for later.
    pub(super) fn person_set(
        &mut self,
        asker: Asker,
        guid: Guid,
        disabled: bool,
        quota: Option<u64>,
    ) {
        let Some(account) = self.people.get_mut(guid) else {
            let gone = Refusal::new(ErrorCode::UnknownPerson, "the account is gone");
            return self.refuse(asker, &gone);
        };
        (account.disabled, account.quota) = (disabled, quota);
        log::info!(account:% = guid, disabled; "an account was changed");
        let conns: Vec<_> = if disabled { account.conns.iter().copied().collect() } else { vec![] };
        for conn in conns {
            self.drop_conn(conn, ErrorCode::ShutOut, SHUT_OUT);
        }
        if let Some(account) = self.people.get(guid) {
            let now = seen(account);
            self.answer(asker, &now);
        }
    }

    /// Refuses an account that is shut out.
    pub(super) fn check_admitted(&self, guid: Guid) -> Served {
        match self.people.get(guid) {
            Some(account) if account.disabled => refusal(ErrorCode::ShutOut, SHUT_OUT),
            Some(_) | None => Ok(()),
        }
    }

    /// Removes an account.
    pub(super) fn remove_person(&mut self, asker: Asker, call: &RemovePerson) -> Served {
        let Some(account) = self.people.by_name(&call.name) else {
            return refusal(ErrorCode::UnknownPerson, "there is no person of this name");
        };
        let account = account.guid;
        self.commit(vec![Write::RemoveAccount { account }], Then::Removed { asker, account });
        Ok(())
    }

    /// The account is gone from the disk.
    pub(super) fn person_removed(&mut self, asker: Asker, guid: Guid) {
        if let Some(account) = self.people.remove(guid) {
            log::info!(account:% = guid; "an account was removed");
            for conn in account.conns {
                self.drop_conn(conn, ErrorCode::Credentials, "the account was removed");
            }
            for message in account.incoming {
                if let Some(incoming) = self.incoming.get_mut(&message) {
                    for copy in &mut incoming.record.recipients {
                        copy.closed |= copy.person == guid;
                    }
                }
            }
            self.roster_lost(guid);
        }
        self.accepted(asker);
    }

    /// Makes another invitation for an account.
    pub(super) fn invite(&mut self, asker: Asker, call: &Invite) -> Served {
        let Some(account) = self.people.by_name(&call.name) else {
            return refusal(ErrorCode::UnknownPerson, "there is no person of this name");
        };
        if account.credentials.is_some() && !call.reset {
            return refusal(ErrorCode::Conflict, "the account is in use; ask for a reset");
        }
        let account = account.guid;
        let (invitation, code) = self.new_invitation();
        let writes = vec![Write::SetInvitation { account, invitation }];
        self.commit(writes, Then::Invited { asker, account, invitation, code });
        Ok(())
    }

    /// The invitation is on disk.
    pub(super) fn invited(
        &mut self,
        asker: Asker,
        guid: Guid,
        invitation: Invitation,
        code: String,
    ) {
        self.people.set_invitation(guid, Some(invitation));
        let Some(account) = self.people.get(guid) else { return };
        let name = account.name.clone();
        let invited = Invited { guid, name, code, expires: invitation.expires };
        self.answer(asker, &invited);
    }

    /// The store has counted.
    pub(super) fn totals(&mut self, asker: Asker, totals: Totals) {
        let open =
            |rights: Rights| move |state: State, has: Rights| state == State::Open && has == rights;
        let count = |wanted: &dyn Fn(State, Rights) -> bool| {
            let conns = self.conns.values().map(|peer| &peer.connection);
            conns.filter(|known| wanted(known.state(), known.rights())).count() as u64
        };
        let people = || self.people.iter().filter(|account| account.station.is_none());
        let status = ServerStatus {
            version: self.version.clone(),
            uptime_ms: self.now.millis(),
            people: people().count() as u64,
            online: people().filter(|person| !person.present.is_empty()).count() as u64,
            connections: count(&open(Rights::Client)) + count(&open(Rights::Service)),
            incoming: self.incoming.len() as u64,
            waiting: self.people.iter().map(|person| person.waiting).sum(),
            messages: totals.messages,
            bytes: totals.bytes,
            accepted: self.accepted,
            delivered: self.delivered,
            fingerprint: self.fingerprint.clone(),
        };
        self.answer(asker, &status);
    }

    /// The office's choices have changed; clients see them when they next ask or log in.
    pub(super) fn set_parameters(&mut self, parameters: Parameters) {
        self.parameters = parameters.clamped();
    }
}

/// An account that nobody has used.
pub(super) fn account(guid: Guid, name: String, display: String) -> AccountRecord {
    AccountRecord {
        guid,
        name,
        display,
        status: Status::Online,
        credentials: None,
        invitation: None,
        contacts: Vec::new(),
        devices: Vec::new(),
        waiting: 0,
        waiting_bytes: 0,
        disabled: false,
        quota: None,
        station: None,
    }
}

/// An account as an administrator sees it.
fn seen(account: &Person) -> Account {
    Account {
        guid: account.guid,
        name: account.name.clone(),
        display: account.display.clone(),
        status: account.status(),
        enrolled: account.credentials.is_some(),
        devices: u32::try_from(account.devices.len()).unwrap_or(u32::MAX),
        waiting: account.waiting,
        bytes: account.waiting_bytes,
        disabled: account.disabled,
        quota: account.quota,
    }
}

/// A name as people read it, without the blanks around it.
pub(super) fn check_display(display: &str) -> Result<String, Refusal> {
    let display = display.trim().to_owned();
    let length = display.chars().count();
    if length == 0 || length > LONGEST_DISPLAY || display.chars().any(char::is_control) {
        return refusal(ErrorCode::Invalid, "a displayed name has 1 to 64 characters");
    }
    Ok(display)
}

pub(super) fn check_name(name: &str) -> Served {
    let letter = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit();
    let good = name.len() <= LONGEST_NAME
        && name.bytes().next().is_some_and(letter)
        && name.bytes().all(|byte| letter(byte) || b"._-".contains(&byte));
    if good {
        Ok(())
    } else {
        refusal(ErrorCode::Invalid, "a name has 1 to 32 of a-z 0-9 . _ - and begins with a-z 0-9")
    }
}
