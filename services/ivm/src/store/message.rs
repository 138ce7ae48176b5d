//! Messages as rows: written when one is opened, read when one is asked for.

use message::speech::{Fate, Mode, Reached, Sealed};
use message::{Guid, MessageId, Priority};
use rusqlite::{Connection, OptionalExtension as _, Row, params};

use crate::record::{Instant, MessageRecord, Number, PersonCopy, Place, Stage};

/// A count as SQLite takes it.
pub(super) fn int(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

/// A count as SQLite gives it back.
pub(super) fn count(row: &Row<'_>, at: usize) -> rusqlite::Result<u64> {
    row.get::<_, i64>(at).map(|value| u64::try_from(value).unwrap_or(0))
}

/// Writes a message and its copies.
pub(super) fn insert_message(
    database: &Connection,
    record: &MessageRecord,
) -> rusqlite::Result<()> {
    let number = int(record.number.0);
    let attachments =
        minicbor::to_vec(&record.attachments).expect("writing to a vector cannot fail");
    let recipients: Vec<u8> = record.addressees().flat_map(|guid| *guid.bytes()).collect();
    database
        .prepare_cached(
            "INSERT INTO message (number, id, sender, device, digest, mode, priority, format,
                 attachments, recipients, sender_display, sender_key, created, taken, age, reply_to,
                 stage, bytes)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, 0, 0)",
        )?
        .execute(params![
            number,
            record.id.bytes(),
            record.sender.bytes(),
            record.device.bytes(),
            record.digest,
            mode_number(record.mode),
            record.priority.number(),
            record.format,
            attachments,
            recipients,
            record.sender_display,
            record.sender_key,
            int(record.created),
            int(record.taken.unix),
            int(record.taken.age),
            record.reply_to.as_ref().map(MessageId::bytes),
        ])?;
    let rank = Place::new(record.priority, record.number).rank;
    let mut insert = database.prepare_cached(
        "INSERT INTO recipient (message, person, place, wrapped, fate, own, rank, closed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    for (place, copy) in record.recipients.iter().enumerate() {
        insert.execute(params![
            number,
            copy.person.bytes(),
            int(place as u64),
            copy.wrapped,
            fate_number(copy.fate),
            copy.own,
            rank,
            copy.closed
        ])?;
        if copy.own {
            database
                .prepare_cached("INSERT INTO taken (message, device) VALUES (?1, ?2)")?
                .execute(params![number, record.device.bytes()])?;
        }
    }
    Ok(())
}

/// Reads a message by its id.
pub(super) fn read_message(
    database: &Connection,
    id: MessageId,
) -> rusqlite::Result<Option<MessageRecord>> {
    let record = database
        .prepare_cached(
            "SELECT number, sender, device, digest, mode, priority, format, attachments,
                 sender_display, sender_key, created, taken, age, reply_to, stage, bytes
             FROM message WHERE id = ?1",
        )?
        .query_row([id.bytes()], |row| read_row(row, id))
        .optional()?;
    let Some(mut record) = record else { return Ok(None) };
    record.recipients = read_copies(database, record.number)?;
    record.streams = read_streams(database, &record)?;
    if record.stage == Stage::Incomplete {
        record.bytes = database
            .prepare_cached(
                "SELECT coalesce(sum(coalesce(length(body), 262144)), 0)
                 FROM portion WHERE message = ?1",
            )?
            .query_row([int(record.number.0)], |row| count(row, 0))?;
    }
    Ok(Some(record))
}

fn read_row(row: &Row<'_>, id: MessageId) -> rusqlite::Result<MessageRecord> {
    Ok(MessageRecord {
        number: Number(count(row, 0)?),
        id,
        sender: Guid::from_bytes(row.get(1)?),
        device: Guid::from_bytes(row.get(2)?),
        digest: row.get(3)?,
        mode: mode_of(row.get(4)?),
        priority: priority_of(row.get(5)?),
        format: row.get(6)?,
        attachments: attachments_of(&row.get::<_, Vec<u8>>(7)?),
        sender_display: row.get(8)?,
        sender_key: row.get(9)?,
        created: count(row, 10)?,
        taken: Instant { unix: count(row, 11)?, age: count(row, 12)? },
        reply_to: row.get::<_, Option<[u8; 16]>>(13)?.map(MessageId::from_bytes),
        recipients: Vec::new(),
        stage: stage_of(row.get(14)?),
        streams: Vec::new(),
        bytes: count(row, 15)?,
    })
}

fn read_copies(database: &Connection, number: Number) -> rusqlite::Result<Vec<PersonCopy>> {
    let mut rows = database.prepare_cached(
        "SELECT person, wrapped, fate, own, closed FROM recipient
         WHERE message = ?1 ORDER BY place",
    )?;
    let copies = rows.query_map([int(number.0)], |row| {
        Ok(PersonCopy {
            person: Guid::from_bytes(row.get(0)?),
            wrapped: row.get(1)?,
            fate: fate_of(row.get(2)?),
            own: row.get(3)?,
            closed: row.get(4)?,
        })
    })?;
    copies.collect()
}

/// How far each stream is. A complete message may have lost its portions already.
fn read_streams(database: &Connection, record: &MessageRecord) -> rusqlite::Result<Vec<Reached>> {
    let mut newest = database.prepare_cached(
        "SELECT sequence, last FROM portion WHERE message = ?1 AND stream = ?2
         ORDER BY sequence DESC LIMIT 1",
    )?;
    let mut streams = Vec::new();
    for stream in 0..record.stream_count() {
        let found = newest
            .query_row(params![int(record.number.0), stream], |row| {
                Ok((row.get::<_, u32>(0)?, row.get::<_, bool>(1)?))
            })
            .optional()?;
        let whole = record.stage == Stage::Complete;
        match found {
            Some((sequence, last)) => {
                streams.push(Reached { stream, next: sequence + 1, complete: last || whole });
            }
            None if whole => streams.push(Reached { stream, next: 0, complete: true }),
            None => {}
        }
    }
    Ok(streams)
}

/// The attachments as they were written.
pub(super) fn attachments_of(bytes: &[u8]) -> Vec<Sealed> {
    minicbor::decode(bytes).unwrap_or_default()
}

fn mode_number(mode: Mode) -> u8 {
    match mode {
        Mode::Live => 1,
        Mode::Record => 2,
    }
}

pub(super) fn mode_of(number: u8) -> Mode {
    if number == 1 { Mode::Live } else { Mode::Record }
}

pub(super) fn priority_of(number: u8) -> Priority {
    Priority::from_number(number).unwrap_or_default()
}

fn stage_of(number: u8) -> Stage {
    match number {
        0 => Stage::Incomplete,
        1 => Stage::Complete,
        _ => Stage::Cut,
    }
}

fn fate_number(fate: Fate) -> u8 {
    match fate {
        Fate::Live => 1,
        Fate::Stored => 2,
        Fate::Unknown => 3,
        Fate::Full => 4,
    }
}

fn fate_of(number: u8) -> Fate {
    match number {
        1 => Fate::Live,
        2 => Fate::Stored,
        4 => Fate::Full,
        _ => Fate::Unknown,
    }
}
