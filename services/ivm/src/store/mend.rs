//! Mending a database that was gathered from a damaged one, so that it hangs together again.

use rusqlite::{Connection, params};

use super::Birth;
use super::message::attachments_of;
use super::report::Saved;

/// A person of whom only the name is left cannot log in, and may have been shut out: an
/// administrator lets it in again and invites it anew.
const NAMES: &str = "
    INSERT OR IGNORE INTO account (guid, name, display, status, disabled)
    SELECT guid, name, name, 1, 1 FROM seen_name
    WHERE guid NOT IN (SELECT guid FROM account)";

/// What belongs to people and messages that are lost.
const STRAYS: [&str; 5] = [
    "DELETE FROM contact WHERE account NOT IN (SELECT guid FROM account)
         OR contact NOT IN (SELECT guid FROM account)",
    "DELETE FROM device WHERE account NOT IN (SELECT guid FROM account)",
    "DELETE FROM recipient WHERE message NOT IN (SELECT number FROM message)",
    "DELETE FROM taken WHERE message NOT IN (SELECT number FROM message)",
    "DELETE FROM portion WHERE message NOT IN (SELECT number FROM message)",
];

/// Portions behind a gap: nobody can be sent them, and an unfinished message goes on at the gap.
const GAPS: &str = "
    CREATE TEMP TABLE gap AS
        SELECT message, stream, min(sequence) AS sequence FROM (
            SELECT message, stream, sequence, row_number() OVER (
                PARTITION BY message, stream ORDER BY sequence) - 1 AS place FROM portion)
        WHERE sequence <> place GROUP BY message, stream;
    DELETE FROM portion WHERE EXISTS (
        SELECT 1 FROM gap WHERE gap.message = portion.message AND gap.stream = portion.stream
            AND portion.sequence >= gap.sequence);
    DROP TABLE gap";

/// Messages of which nobody has an open copy, or that have been dropped already, have no portions.
const PURGED: &str = "
    UPDATE message SET purged = 1 WHERE stage > 0 AND NOT EXISTS (
        SELECT 1 FROM recipient WHERE message = number AND closed = 0);
    DELETE FROM portion WHERE message IN (SELECT number FROM message WHERE purged = 1);
    DELETE FROM taken WHERE message IN (SELECT number FROM message WHERE purged = 1)";

/// The server is at least as old as what it has kept.
const AGE: &str = "
    UPDATE server SET age = max(age, coalesce((SELECT max(age) FROM message), 0),
        coalesce((SELECT max(delivered_age) FROM recipient), 0))";

/// Mends the database and counts what is in it.
pub(super) fn mend(database: &Connection, birth: Birth, saved: &mut Saved) -> rusqlite::Result<()> {
    saved.names = database.execute(NAMES, [])? as u64;
    database
        .execute("INSERT OR IGNORE INTO seen_message SELECT DISTINCT message FROM recipient", [])?;
    for sql in STRAYS {
        database.execute(sql, [])?;
    }
    database.execute_batch(GAPS)?;
    (saved.broken, saved.maimed) = incomplete(database)?;
    database.execute_batch(PURGED)?;
    saved.is_renamed = database.execute(
        "INSERT OR IGNORE INTO server (one, guid, secret, age) VALUES (1, ?1, ?2, 0)",
        params![birth.server.bytes(), birth.secret],
    )? > 0;
    database.execute(AGE, [])?;
    let count =
        |sql: &str| database.query_row(sql, [], |row| row.get::<_, i64>(0)).map(i64::unsigned_abs);
    saved.people = count("SELECT count(*) FROM account")? - saved.names;
    saved.messages = count("SELECT count(*) FROM message WHERE purged = 0")?;
    saved.portions = count("SELECT count(*) FROM portion")?;
    saved.lost = count(
        "SELECT count(*) FROM seen_message WHERE number NOT IN (SELECT number FROM message)",
    )?;
    Ok(())
}

/// How many complete messages lack portions, and how many lack somebody's copy.
fn incomplete(database: &Connection) -> rusqlite::Result<(u64, u64)> {
    let mut messages = database.prepare(
        "SELECT attachments, length(recipients) / 16,
             (SELECT count(*) FROM portion WHERE message = number AND last = 1),
             (SELECT count(*) FROM recipient WHERE message = number),
             stage = 1 AND EXISTS (
                 SELECT 1 FROM recipient WHERE message = number AND closed = 0)
         FROM message WHERE purged = 0",
    )?;
    let mut rows = messages.query([])?;
    let (mut broken, mut maimed) = (0, 0);
    while let Some(row) = rows.next()? {
        let streams = attachments_of(&row.get::<_, Vec<u8>>(0)?).len() as i64 + 1;
        let (people, ends, copies): (i64, i64, i64) = (row.get(1)?, row.get(2)?, row.get(3)?);
        broken += u64::from(row.get::<_, bool>(4)? && ends < streams);
        maimed += u64::from(copies < people);
    }
    Ok((broken, maimed))
}
