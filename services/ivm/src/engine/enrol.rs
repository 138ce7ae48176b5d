//! Taking up an invitation, and choosing another password. The client makes keys and verifier; the
//! server only keeps them.

use message::login::{Credentials, Enrol, Invitation, InvitationInfo};
use message::people::Topic;
use message::{ErrorCode, Guid, Object, Refusal};
use voice::account::derive::Costs;

use super::Engine;
use super::conn::ConnId;
use super::people::Account;
use super::proof::sha256;
use super::route::{Served, read, refusal};
use super::tickets::{Asker, Then};
use crate::record::Write;

/// The longest sealed key, in bytes; it is 60 or 76.
const LONGEST_KEY: usize = 512;

impl Engine {
    /// What is this invitation for?
    pub(super) fn invitation(&mut self, conn: ConnId, object: &Object) -> Served {
        let invitation: Invitation = read(object)?;
        self.check_stranger(conn)?;
        let account = self.invited_account(conn, &invitation.code)?;
        let account = self.people.get(account);
        let Some((account, valid)) = account.and_then(|found| Some((found, found.invitation?)))
        else {
            return refusal(ErrorCode::Credentials, "this invitation is not known");
        };
        let keys = account.credentials.as_ref();
        let info = InvitationInfo {
            account: account.guid,
            name: account.name.clone(),
            display: account.display.clone(),
            expires: valid.expires,
            public_key: keys.map(|keys| keys.public_key),
            recovery_key: keys.map(|keys| keys.recovery_key.clone()),
        };
        self.answer(Asker { conn, header: object.header }, &info);
        Ok(())
    }

    /// The account that a code invites to; a wrong code counts as an attempt.
    fn invited_account(&mut self, conn: ConnId, code: &str) -> Result<Guid, Refusal> {
        self.check_attempts(conn, "")?;
        let now = self.unix_now();
        let found = self.people.by_invitation(&sha256(code.trim().as_bytes()));
        let Some((guid, invitation)) =
            found.and_then(|found| Some((found.guid, found.invitation?)))
        else {
            self.count_wrong(conn, None);
            return refusal(ErrorCode::Credentials, "this invitation is not known");
        };
        if invitation.expires <= now {
            return refusal(ErrorCode::Expired, "this invitation has expired; ask for a new one");
        }
        Ok(guid)
    }

    /// Takes up an invitation.
    pub(super) fn enrol(&mut self, conn: ConnId, object: &Object) -> Served {
        let enrol: Enrol = read(object)?;
        self.check_stranger(conn)?;
        let account = self.invited_account(conn, &enrol.code)?;
        check_credentials(&enrol.credentials)?;
        let credentials = Box::new(enrol.credentials);
        let asker = Asker { conn, header: object.header };
        let writes = vec![Write::Enrol { account, credentials: credentials.clone() }];
        self.commit(writes, Then::Enrolled { asker, account, credentials, fresh: true });
        Ok(())
    }

    /// Another password for the person who is logged in; the key pair stays.
    pub(super) fn change_password(&mut self, conn: ConnId, object: &Object) -> Served {
        let credentials: Credentials = read(object)?;
        let (account, _) = self.person(conn)?;
        check_credentials(&credentials)?;
        let present = self.people.get(account).and_then(|person| person.credentials.as_ref());
        if present.is_none_or(|present| present.public_key != credentials.public_key) {
            return refusal(ErrorCode::Invalid, "a new password keeps the account's key");
        }
        let credentials = Box::new(credentials);
        let asker = Asker { conn, header: object.header };
        let writes = vec![Write::SetCredentials { account, credentials: credentials.clone() }];
        self.commit(writes, Then::Enrolled { asker, account, credentials, fresh: false });
        Ok(())
    }

    /// Credentials are on disk. Taking up an invitation ends every log-in that there was.
    pub(super) fn enrolled(
        &mut self,
        asker: Asker,
        guid: Guid,
        credentials: Credentials,
        fresh: bool,
    ) {
        let Some(account) = self.people.get_mut(guid) else { return };
        account.credentials = Some(credentials);
        if fresh {
            self.people.set_invitation(guid, None);
            self.end_log_ins(guid);
            self.roster_changed(guid);
        }
        self.accepted(asker);
    }

    fn end_log_ins(&mut self, guid: Guid) {
        let Some(account) = self.people.get(guid) else { return };
        let devices: Vec<Guid> = account.devices.keys().copied().collect();
        let conns: Vec<ConnId> = account.conns.iter().copied().collect();
        for device in devices {
            self.people.remove_device(device);
        }
        for conn in conns {
            self.drop_conn(conn, ErrorCode::Credentials, "the password was reset");
        }
    }

    /// Takes apart what hangs on a connection of a person that is over.
    pub(super) fn person_left(&mut self, conn: ConnId, person: Guid) {
        let Some(account) = self.people.get_mut(person) else { return };
        account.conns.remove(&conn);
        if account.present.remove(&conn) {
            self.presence_changed(person);
        }
    }

    /// Connections of a person that are subscribed to a topic.
    pub(super) fn listeners(&self, account: &Account, topic: Topic) -> Vec<ConnId> {
        let conns = account.conns.iter().copied();
        conns.filter(|conn| self.is_subscribed(*conn, topic)).collect()
    }
}

fn check_credentials(credentials: &Credentials) -> Served {
    let cost = credentials.cost;
    Costs::new(cost.memory_kib, cost.passes, cost.lanes)
        .map_err(|error| Refusal::new(ErrorCode::Invalid, error.to_string()))?;
    let keys = [&credentials.sealed_key, &credentials.recovery_key];
    if keys.iter().any(|key| key.is_empty() || key.len() > LONGEST_KEY) {
        return refusal(ErrorCode::Invalid, "a sealed key has an impossible length");
    }
    Ok(())
}
