//! The writing side of the store: batches of writes, many of them in one commit.
//!
//! A batch is all or nothing. The group shares one transaction and so one sync of the disk; where
//! the disk refuses the group, each batch is tried alone, so that small ones still get through.

use std::collections::{BTreeMap, BTreeSet};
use std::io;

use rusqlite::{Connection, ErrorCode, OptionalExtension as _, TransactionBehavior, params};

use crate::record::{
    DeviceRecord, DiscardOutcome, Fault, Invitation, Number, Outcome, ReceiptOutcome, Write,
};
use super::blobs::{Blobs, Name};
use super::message::{insert_message, int};

/// Portions up to this size stand in the database, larger ones in files.
const INLINE: usize = 64 << 10;

/// Files of one group: where each large portion was put, by batch and place in it.
type Files = BTreeMap<(usize, usize), Name>;

/// What one batch came to.
pub type Committed = Result<Vec<Outcome>, Fault>;

/// The one connection that writes.
pub struct Writer {
    pub(super) database: Connection,
    pub(super) blobs: Blobs,
}

impl Writer {
    /// Carries batches out; on return those that succeeded are on disk.
    pub fn commit(&mut self, batches: &[Vec<Write>]) -> Vec<Committed> {
        let mut results: Vec<Option<Committed>> = vec![None; batches.len()];
        let files = self.put_files(batches, &mut results);
        let mut doomed = BTreeSet::new();
        if let Err(fault) = self.commit_group(batches, &files, &mut results, &mut doomed) {
            log::warn!(fault:%; "a group of writes failed; trying each alone");
            doomed.clear();
            for (at, batch) in batches.iter().enumerate() {
                if !matches!(results[at], Some(Err(Fault::Full | Fault::Failed(_)))) {
                    let one = self.commit_alone(at, batch, &files, &mut doomed);
                    results[at] = Some(one);
                }
            }
        }
        self.remove_files(&doomed);
        results
            .into_iter()
            .map(|result| result.unwrap_or_else(|| Err(Fault::Failed("was not tried".into()))))
            .collect()
    }

    /// Puts large portions into files, whole and synced, before a row names them.
    fn put_files(&self, batches: &[Vec<Write>], results: &mut [Option<Committed>]) -> Files {
        let mut files = Files::new();
        let mut folders = BTreeSet::new();
        for (at, batch) in batches.iter().enumerate() {
            for (place, write) in batch.iter().enumerate() {
                let Write::Portion { body, .. } = write else { continue };
                if body.len() <= INLINE {
                    continue;
                }
                match self.blobs.put(body, &mut folders) {
                    Ok(name) => {
                        files.insert((at, place), name);
                    }
                    Err(error) => results[at] = Some(Err(fault_of_file(&error))),
                }
            }
        }
        if let Err(error) = self.blobs.sync(&folders) {
            for (at, _) in files.keys() {
                results[*at] = Some(Err(fault_of_file(&error)));
            }
        }
        files
    }

    fn commit_group(
        &mut self,
        batches: &[Vec<Write>],
        files: &Files,
        results: &mut [Option<Committed>],
        doomed: &mut BTreeSet<Name>,
    ) -> Result<(), Fault> {
        let group = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut done = Vec::with_capacity(batches.len());
        for (at, batch) in batches.iter().enumerate() {
            if results[at].is_some() {
                continue;
            }
            group.prepare_cached("SAVEPOINT batch")?.execute([])?;
            let result = match apply_all(&group, at, batch, files, doomed) {
                Err(fault @ (Fault::Gap | Fault::Conflict)) => {
                    group.prepare_cached("ROLLBACK TO batch")?.execute([])?;
                    Err(fault)
                }
                Err(fault) => return Err(fault),
                Ok(outcomes) => Ok(outcomes),
            };
            group.prepare_cached("RELEASE batch")?.execute([])?;
            done.push((at, result));
        }
        group.commit()?;
        for (at, result) in done {
            results[at] = Some(result);
        }
        Ok(())
    }

    fn commit_alone(
        &mut self,
        at: usize,
        batch: &[Write],
        files: &Files,
        doomed: &mut BTreeSet<Name>,
    ) -> Committed {
        let alone = self.database.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let outcomes = apply_all(&alone, at, batch, files, doomed)?;
        alone.commit()?;
        Ok(outcomes)
    }

    /// Removes files that no row names any more. One that stays is rubbish that the next start
    /// sweeps, so that errors only need telling.
    fn remove_files(&self, doomed: &BTreeSet<Name>) {
        for name in doomed {
            let removed = is_named(&self.database, name)
                .map_err(io::Error::other)
                .and_then(|named| if named { Ok(()) } else { self.blobs.remove(name) });
            if let Err(error) = removed {
                log::warn!(error:%; "a file of a portion could not be removed");
            }
        }
    }
}

/// Does a portion name this file?
pub(super) fn is_named(database: &Connection, name: &Name) -> rusqlite::Result<bool> {
    database
        .prepare_cached("SELECT EXISTS (SELECT 1 FROM portion WHERE file = ?1)")?
        .query_row([name.as_slice()], |row| row.get(0))
}

fn apply_all(
    database: &Connection,
    at: usize,
    batch: &[Write],
    files: &Files,
    doomed: &mut BTreeSet<Name>,
) -> Committed {
    let mut outcomes = Vec::with_capacity(batch.len());
    for (place, write) in batch.iter().enumerate() {
        let file = files.get(&(at, place));
        outcomes.push(apply(database, write, file, doomed)?);
    }
    Ok(outcomes)
}

fn apply(
    database: &Connection,
    write: &Write,
    file: Option<&Name>,
    doomed: &mut BTreeSet<Name>,
) -> Result<Outcome, Fault> {
    match write {
        Write::AddAccount { .. }
        | Write::SetInvitation { .. }
        | Write::Enrol { .. }
        | Write::SetCredentials { .. }
        | Write::RemoveAccount { .. }
        | Write::SetStatus { .. }
        | Write::SetContact { .. }
        | Write::PutDevice(_)
        | Write::RemoveDevice { .. } => apply_to_people(database, write, doomed)?,
        Write::Open(record) => insert_message(database, record)?,
        Write::Portion { number, stream, sequence, last, body } => {
            let inline = file.is_none().then_some(&body[..]);
            let row = (*number, *stream, *sequence, *last);
            insert_portion(database, row, inline, file)?;
        }
        Write::Complete { number, bytes, time } => {
            complete(database, *number, *bytes, *time)?;
            purge_if_done(database, *number, doomed)?;
        }
        Write::Cut { number } => cut(database, *number, doomed)?,
        Write::Receipt { .. } => return Ok(Outcome::Receipt(receipt(database, write)?)),
        Write::Discard { message, person } => {
            let number = number_of(database, message.bytes())?;
            let outcome = number.map(|number| close(database, number, person.bytes(), doomed));
            return Ok(Outcome::Discarded(outcome.transpose()?.flatten()));
        }
        Write::Expire { number, person } => {
            let outcome = close(database, *number, person.bytes(), doomed)?;
            return Ok(Outcome::Discarded(outcome));
        }
        Write::Forget { before } => {
            database.execute(
                "DELETE FROM message WHERE purged = 1 AND taken < ?1",
                [int(*before)],
            )?;
        }
    }
    Ok(Outcome::Done)
}

fn apply_to_people(
    database: &Connection,
    write: &Write,
    doomed: &mut BTreeSet<Name>,
) -> Result<(), Fault> {
    match write {
        Write::AddAccount { guid, name, display, invitation } => {
            database.execute(
                "INSERT INTO account (guid, name, display, status, invitation, invitation_expires)
                 VALUES (?1, ?2, ?3, 1, ?4, ?5)",
                params![
                    guid.bytes(),
                    name,
                    display,
                    invitation.hash,
                    int(invitation.expires)
                ],
            )?;
        }
        Write::SetInvitation { account, invitation } => {
            let Invitation { hash, expires } = invitation;
            database.execute(
                "UPDATE account SET invitation = ?2, invitation_expires = ?3 WHERE guid = ?1",
                params![account.bytes(), hash, int(*expires)],
            )?;
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
        Write::SetContact { account, contact, add: true } => {
            database.execute(
                "INSERT OR IGNORE INTO contact (account, contact) VALUES (?1, ?2)",
                [account.bytes(), contact.bytes()],
            )?;
        }
        Write::SetContact { account, contact, add: false } => {
            database.execute(
                "DELETE FROM contact WHERE account = ?1 AND contact = ?2",
                [account.bytes(), contact.bytes()],
            )?;
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
        | Write::Forget { .. } => {}
    }
    Ok(())
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
        let mut open = database
            .prepare("SELECT message FROM recipient WHERE person = ?1 AND closed = 0")?;
        let numbers = open.query_map([account], |row| row.get(0))?;
        numbers.collect::<rusqlite::Result<Vec<i64>>>()?
    };
    for number in numbers {
        close(database, Number(number.unsigned_abs()), account, doomed)?;
    }
    database.execute("DELETE FROM account WHERE guid = ?1", [account])?;
    Ok(())
}

fn insert_portion(
    database: &Connection,
    (number, stream, sequence, last): (Number, u16, u32, bool),
    body: Option<&[u8]>,
    file: Option<&Name>,
) -> Result<(), Fault> {
    let number = int(number.0);
    if let Some(before) = sequence.checked_sub(1) {
        let there: bool = database
            .prepare_cached(
                "SELECT EXISTS (SELECT 1 FROM portion
                 WHERE message = ?1 AND stream = ?2 AND sequence = ?3 AND last = 0)",
            )?
            .query_row(params![number, stream, before], |row| row.get(0))?;
        if !there {
            return Err(Fault::Gap);
        }
    }
    database
        .prepare_cached(
            "INSERT INTO portion (message, stream, sequence, last, body, file)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
        )?
        .execute(params![number, stream, sequence, last, body, file.map(|name| name.as_slice())])?;
    Ok(())
}

fn complete(database: &Connection, number: Number, bytes: u64, time: u64) -> rusqlite::Result<()> {
    database
        .prepare_cached("UPDATE message SET stage = 1, bytes = ?2 WHERE number = ?1 AND stage = 0")?
        .execute(params![int(number.0), int(bytes)])?;
    // The sender has heard itself: its own copy is for its other devices only, and ages like one
    // that was delivered.
    database
        .prepare_cached("UPDATE recipient SET delivered = ?2 WHERE message = ?1 AND own = 1")?
        .execute(params![int(number.0), int(time)])?;
    Ok(())
}

fn cut(
    database: &Connection,
    number: Number,
    doomed: &mut BTreeSet<Name>,
) -> rusqlite::Result<()> {
    let number_sql = int(number.0);
    let changed = database
        .execute("UPDATE message SET stage = 2 WHERE number = ?1 AND stage = 0", [number_sql])?;
    if changed > 0 {
        database.execute("UPDATE recipient SET closed = 1 WHERE message = ?1", [number_sql])?;
        purge_if_done(database, number, doomed)?;
    }
    Ok(())
}

fn number_of(database: &Connection, id: &[u8; 16]) -> rusqlite::Result<Option<Number>> {
    database
        .prepare_cached("SELECT number FROM message WHERE id = ?1")?
        .query_row([id], |row| row.get::<_, i64>(0))
        .optional()
        .map(|number| number.map(|number| Number(number.unsigned_abs())))
}

fn receipt(database: &Connection, write: &Write) -> rusqlite::Result<Option<ReceiptOutcome>> {
    let Write::Receipt { message, person, device, delivered, played, time } = write else {
        return Ok(None);
    };
    let found = database
        .prepare_cached(
            "SELECT m.number, m.sender, m.stage, m.bytes, r.own, r.delivered, r.played
             FROM message m JOIN recipient r ON r.message = m.number
             WHERE m.id = ?1 AND r.person = ?2 AND r.fate < 3",
        )?
        .query_row([message.bytes(), person.bytes()], |row| {
            let delivered: Option<i64> = row.get(5)?;
            let played: Option<i64> = row.get(6)?;
            let outcome = ReceiptOutcome {
                sender: message::Guid::from_bytes(row.get(1)?),
                own: row.get(4)?,
                first_delivered: delivered.is_none(),
                first_played: played.is_none(),
                bytes: row.get::<_, i64>(3)?.unsigned_abs(),
            };
            Ok((row.get::<_, i64>(0)?, row.get::<_, i64>(2)?, outcome))
        })
        .optional()?;
    let Some((number, stage, mut outcome)) = found else { return Ok(None) };
    if *delivered && stage != 1 {
        return Ok(None);
    }
    outcome.first_delivered &= *delivered;
    outcome.first_played &= *played;
    if *delivered {
        database
            .prepare_cached("INSERT OR IGNORE INTO taken (message, device) VALUES (?1, ?2)")?
            .execute(params![number, device.bytes()])?;
    }
    if outcome.first_delivered || outcome.first_played {
        database
            .prepare_cached(
                "UPDATE recipient SET delivered = iif(?3, ?5, delivered),
                     played = iif(?4, ?5, played)
                 WHERE message = ?1 AND person = ?2",
            )?
            .execute(params![
                number,
                person.bytes(),
                outcome.first_delivered,
                outcome.first_played,
                int(*time)
            ])?;
    }
    Ok(Some(outcome))
}

fn close(
    database: &Connection,
    number: Number,
    person: &[u8; 16],
    doomed: &mut BTreeSet<Name>,
) -> Result<Option<DiscardOutcome>, Fault> {
    let found = database
        .prepare_cached(
            "SELECT m.stage = 1 AND r.own = 0 AND r.closed = 0 AND r.delivered IS NULL, m.bytes
             FROM message m JOIN recipient r ON r.message = m.number
             WHERE m.number = ?1 AND r.person = ?2 AND r.fate < 3",
        )?
        .query_row(params![int(number.0), person], |row| {
            let bytes = row.get::<_, i64>(1)?.unsigned_abs();
            Ok(DiscardOutcome { waited: row.get(0)?, bytes })
        })
        .optional()?;
    if found.is_some() {
        database
            .prepare_cached("UPDATE recipient SET closed = 1 WHERE message = ?1 AND person = ?2")?
            .execute(params![int(number.0), person])?;
        purge_if_done(database, number, doomed)?;
    }
    Ok(found)
}

/// Drops the portions of a message that is not open and of which nobody wants a copy.
fn purge_if_done(
    database: &Connection,
    number: Number,
    doomed: &mut BTreeSet<Name>,
) -> rusqlite::Result<()> {
    let number = int(number.0);
    let done: bool = database
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM message WHERE number = ?1 AND stage > 0 AND purged = 0)
                 AND NOT EXISTS (SELECT 1 FROM recipient WHERE message = ?1 AND closed = 0)",
        )?
        .query_row([number], |row| row.get(0))?;
    if !done {
        return Ok(());
    }
    let mut files = database
        .prepare_cached("SELECT file FROM portion WHERE message = ?1 AND file IS NOT NULL")?;
    for name in files.query_map([number], |row| row.get::<_, Name>(0))? {
        doomed.insert(name?);
    }
    database.prepare_cached("DELETE FROM portion WHERE message = ?1")?.execute([number])?;
    database.prepare_cached("DELETE FROM taken WHERE message = ?1")?.execute([number])?;
    database.prepare_cached("UPDATE message SET purged = 1 WHERE number = ?1")?.execute([number])?;
    Ok(())
}

impl From<rusqlite::Error> for Fault {
    fn from(error: rusqlite::Error) -> Self {
        match error.sqlite_error_code() {
            Some(ErrorCode::DiskFull) => Self::Full,
            Some(ErrorCode::ConstraintViolation) => Self::Conflict,
            Some(_) | None => Self::Failed(error.to_string()),
        }
    }
}

fn fault_of_file(error: &io::Error) -> Fault {
    match error.kind() {
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Fault::Full,
        _ => Fault::Failed(error.to_string()),
    }
}
