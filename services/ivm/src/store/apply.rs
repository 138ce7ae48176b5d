//! One write, as statements: messages, portions, receipts.

use std::collections::BTreeSet;

use rusqlite::{Connection, OptionalExtension as _, params};

use super::accounts::apply_to_people;
use super::blobs::Name;
use super::message::{insert_message, int};
use crate::record::{DiscardOutcome, Fault, Instant, Number, Outcome, ReceiptOutcome, Write};

/// Carries one write out.
pub(super) fn apply(
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
        | Write::SetPerson { .. }
        | Write::PutStation { .. }
        | Write::PutDevice(_)
        | Write::RemoveDevice { .. } => apply_to_people(database, write, doomed)?,
        Write::Open(record) => insert_message(database, record)?,
        Write::Portion { number, stream, sequence, last, body } => {
            let inline = file.is_none().then_some(&body[..]);
            let row = (*number, *stream, *sequence, *last);
            insert_portion(database, row, inline, file)?;
        }
        Write::Complete { number, streams, bytes, at } => {
            complete(database, *number, (*streams, *bytes), *at)?;
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
        Write::Age { age } => {
            database
                .prepare_cached("UPDATE server SET age = max(age, ?1)")?
                .execute([int(*age)])?;
        }
        Write::Forget { before } => {
            database
                .execute("DELETE FROM message WHERE purged = 1 AND age < ?1", [int(*before)])?;
        }
    }
    Ok(Outcome::Done)
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
             VALUES (?1, ?2, ?3, ?4, ?5, ?6) ON CONFLICT DO NOTHING",
        )?
        .execute(params![number, stream, sequence, last, body, file.map(|name| name.as_slice())])?;
    Ok(())
}

fn complete(
    database: &Connection,
    number: Number,
    (streams, bytes): (u16, u64),
    at: Instant,
) -> Result<(), Fault> {
    let ends: u16 = database
        .prepare_cached("SELECT count(*) FROM portion WHERE message = ?1 AND last = 1")?
        .query_row([int(number.0)], |row| row.get(0))?;
    if ends != streams {
        return Err(Fault::Gap);
    }
    database
        .prepare_cached("UPDATE message SET stage = 1, bytes = ?2 WHERE number = ?1 AND stage = 0")?
        .execute(params![int(number.0), int(bytes)])?;
    // The sender has heard itself: its own copy is for its other devices only, and ages like one
    // that was delivered.
    database
        .prepare_cached(
            "UPDATE recipient SET delivered = ?2, delivered_age = ?3
             WHERE message = ?1 AND own = 1",
        )?
        .execute(params![int(number.0), int(at.unix), int(at.age)])?;
    Ok(())
}

fn cut(database: &Connection, number: Number, doomed: &mut BTreeSet<Name>) -> rusqlite::Result<()> {
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
    let Write::Receipt { message, person, device, delivered, played, at } = write else {
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
                     delivered_age = iif(?3, ?6, delivered_age),
                     played = iif(?4, ?5, played)
                 WHERE message = ?1 AND person = ?2",
            )?
            .execute(params![
                number,
                person.bytes(),
                outcome.first_delivered,
                outcome.first_played,
                int(at.unix),
                int(at.age)
            ])?;
    }
    Ok(Some(outcome))
}

/// Closes a person's copy; portions that nobody wants any more go with it.
pub(super) fn close(
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
    database
        .prepare_cached("UPDATE message SET purged = 1 WHERE number = ?1")?
        .execute([number])?;
    Ok(())
}
