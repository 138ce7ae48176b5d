//! One write, as statements: accounts, contacts, devices.

use std::collections::BTreeSet;

use message::Guid;
use rusqlite::{Connection, params};

use super::apply::close;
use super::blobs::Name;
use super::message::int;
use crate::record::{DeviceRecord, Fault, Invitation, Number, Write};

/// Carries one write about people out.
pub(super) fn apply_to_people(
    database: &Connection,
    write: &Write,
    doomed: &mut BTreeSet<Name>,
) -> Result<(), Fault> {
    match write {
        Write::AddAccount { guid, name, display, invitation } => {
            database.execute(
                "INSERT INTO account (guid, name, display, status, invitation, invitation_expires)
                 VALUES (?1, ?2, ?3, 1, ?4, ?5)",
                params![guid.bytes(), name, display, invitation.hash, int(invitation.expires)],
            )?;
        }
        Write::SetInvitation { account, invitation } => {
            set_invitation(database, account.bytes(), *invitation)?;
        }
        Write::Enrol { account, credentials } => {
            set_credentials(database, account.bytes(), credentials)?;
            database.execute(
                "UPDATE account SET invitation = NULL, invitation_expires = NULL WHERE guid = ?1",
                [account.bytes()],
            )?;
            database.execute("DELETE FROM device WHERE account = ?1", [account.bytes()])?;
        }
        Write::SetCredentials { account, credentials } => {
            set_credentials(database, account.bytes(), credentials)?;
        }
        Write::RemoveAccount { account } => remove_account(database, account.bytes(), doomed)?,
        Write::SetStatus { account, status } => {
            database
                .prepare_cached("UPDATE account SET status = ?2 WHERE guid = ?1")?
                .execute(params![account.bytes(), *status as u8])?;
        }
        Write::SetContact { account, contact, add } => {
            set_contact(database, account.bytes(), contact.bytes(), *add)?;
        }
        Write::SetPerson { account, disabled, quota } => {
            database.execute(
                "UPDATE account SET disabled = ?2, quota = ?3 WHERE guid = ?1",
                params![account.bytes(), disabled, quota.map(int)],
            )?;
        }
        Write::PutStation { account, name, display, owner, invitation } => {
            put_station(database, account.bytes(), (name, display), *owner)?;
            if let Some(invitation) = *invitation {
                set_invitation(database, account.bytes(), invitation)?;
            }
        }
        Write::PutDevice(device) => put_device(database, device)?,
        Write::RemoveDevice { device } => {
            database.execute("DELETE FROM device WHERE guid = ?1", [device.bytes()])?;
        }
        Write::Open(_)
        | Write::Portion { .. }
        | Write::Complete { .. }
        | Write::Cut { .. }
        | Write::Receipt { .. }
        | Write::Discard { .. }
        | Write::Expire { .. }
        | Write::Forget { .. }
        | Write::Age { .. } => {}
    }
    Ok(())
}

fn put_station(
    database: &Connection,
    account: &[u8; 16],
    (name, display): (&str, &str),
    owner: Option<Guid>,
) -> rusqlite::Result<()> {
    let sql = "INSERT INTO account (guid, name, display, status, station, owner)
         VALUES (?1, ?2, ?3, 1, 1, ?4)
         ON CONFLICT (guid) DO UPDATE SET display = ?3, owner = ?4";
    let owner = owner.as_ref().map(Guid::bytes);
    database.execute(sql, params![account, name, display, owner]).map(drop)
}

fn set_invitation(
    database: &Connection,
    account: &[u8; 16],
    invitation: Invitation,
) -> rusqlite::Result<()> {
    let Invitation { hash, expires } = invitation;
    let sql = "UPDATE account SET invitation = ?2, invitation_expires = ?3 WHERE guid = ?1";
    database.execute(sql, params![account, hash, int(expires)]).map(drop)
}

fn set_contact(
    database: &Connection,
    account: &[u8; 16],
    contact: &[u8; 16],
    add: bool,
) -> rusqlite::Result<()> {
    let sql = if add {
        "INSERT OR IGNORE INTO contact (account, contact) VALUES (?1, ?2)"
    } else {
        "DELETE FROM contact WHERE account = ?1 AND contact = ?2"
    };
    database.execute(sql, [account, contact]).map(drop)
}

fn set_credentials(
    database: &Connection,
    account: &[u8; 16],
    credentials: &message::login::Credentials,
) -> rusqlite::Result<()> {
    let cost = credentials.cost;
    database.execute(
        "UPDATE account SET salt = ?2, memory_kib = ?3, passes = ?4, lanes = ?5, stored_key = ?6,
             server_key = ?7, public_key = ?8, sealed_key = ?9, recovery_key = ?10
         WHERE guid = ?1",
        params![
            account,
            credentials.salt,
            cost.memory_kib,
            cost.passes,
            cost.lanes,
            credentials.stored_key,
            credentials.server_key,
            credentials.public_key,
            credentials.sealed_key,
            credentials.recovery_key
        ],
    )?;
    Ok(())
}

fn put_device(database: &Connection, device: &DeviceRecord) -> rusqlite::Result<()> {
    database
        .prepare_cached(
            "INSERT INTO device (guid, account, name, token, seen) VALUES (?1, ?2, ?3, ?4, ?5)
             ON CONFLICT (guid) DO UPDATE SET
                 account = ?2, name = ?3, token = ?4, seen = ?5",
        )?
        .execute(params![
            device.guid.bytes(),
            device.account.bytes(),
            device.name,
            device.token,
            int(device.seen)
        ])?;
    Ok(())
}

fn remove_account(
    database: &Connection,
    account: &[u8; 16],
    doomed: &mut BTreeSet<Name>,
) -> Result<(), Fault> {
    let numbers = {
        let mut open =
            database.prepare("SELECT message FROM recipient WHERE person = ?1 AND closed = 0")?;
        let numbers = open.query_map([account], |row| row.get(0))?;
        numbers.collect::<rusqlite::Result<Vec<i64>>>()?
    };
    for number in numbers {
        close(database, Number(number.unsigned_abs()), account, doomed)?;
    }
    database.execute("DELETE FROM account WHERE guid = ?1", [account])?;
    Ok(())
}
