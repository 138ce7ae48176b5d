//! The audit record and the numbers over time.

use rusqlite::{Result, params};

use super::{Store, count, integer};
use crate::audit::{Entry, MOST, Numbered};
use crate::history::{Row, Sample, Span};

impl Store {
    /// Writes a deed down; the oldest make room.
    pub(crate) fn note(&self, entry: &Entry) -> Result<()> {
        let sql = "INSERT INTO audit (at, who, role, origin, deed, target, outcome)
                   VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)";
        let Entry { at, who, role, origin, deed, target, outcome } = entry;
        let row = params![integer(*at), who, role, origin, deed, target, outcome];
        self.database.prepare_cached(sql)?.execute(row)?;
        let newest = self.database.last_insert_rowid();
        let sql = "DELETE FROM audit WHERE number <= ?1";
        self.database.prepare_cached(sql)?.execute([newest - i64::from(MOST)]).map(drop)
    }

    /// Deeds before this number, the newest first.
    pub(crate) fn deeds(&self, before: u64, most: u32) -> Result<Vec<Numbered>> {
        let sql = "SELECT number, at, who, role, origin, deed, target, outcome FROM audit
                   WHERE number < ?1 ORDER BY number DESC LIMIT ?2";
        let mut rows = self.database.prepare_cached(sql)?;
        let found = rows.query_map(params![integer(before), most], |row| {
            let entry = Entry {
                at: count(row.get(1)?),
                who: row.get(2)?,
                role: row.get(3)?,
                origin: row.get(4)?,
                deed: row.get(5)?,
                target: row.get(6)?,
                outcome: row.get(7)?,
            };
            Ok(Numbered { number: count(row.get(0)?), entry })
        })?;
        found.collect()
    }

    /// Adds a sample to its minute, hour and day, and forgets the oldest of each.
    pub(crate) fn add_sample(&mut self, unix_ms: u64, sample: &Sample) -> Result<()> {
        let transaction = self.database.transaction()?;
        for span in Span::ALL {
            let (at, length) = (integer(span.begin(unix_ms)), integer(span.millis()));
            transaction
                .prepare_cached(
                    "INSERT INTO sample VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11)
                     ON CONFLICT DO UPDATE SET
                         accepted = accepted + excluded.accepted,
                         delivered = delivered + excluded.delivered,
                         online = max(online, excluded.online),
                         people = excluded.people, waiting = excluded.waiting,
                         messages = excluded.messages, bytes = excluded.bytes,
                         disk_total = excluded.disk_total, disk_free = excluded.disk_free",
                )?
                .execute(params![
                    length,
                    at,
                    integer(sample.accepted),
                    integer(sample.delivered),
                    integer(sample.online),
                    integer(sample.people),
                    integer(sample.waiting),
                    integer(sample.messages),
                    integer(sample.bytes),
                    integer(sample.disk_total),
                    integer(sample.disk_free),
                ])?;
            transaction
                .prepare_cached(
                    "DELETE FROM sample WHERE span = ?1 AND at <= (
                         SELECT at FROM sample WHERE span = ?1 ORDER BY at DESC LIMIT 1 OFFSET ?2)",
                )?
                .execute(params![length, span.kept()])?;
        }
        transaction.commit()
    }

    /// Rows of a span, from one time on until before another, the oldest first.
    pub(crate) fn samples(&self, span: Span, from: u64, until: u64) -> Result<Vec<Row>> {
        let sql = "SELECT at, accepted, delivered, online, people, waiting, messages, bytes,
                       disk_total, disk_free FROM sample
                   WHERE span = ?1 AND at >= ?2 AND at < ?3 ORDER BY at LIMIT ?4";
        let mut rows = self.database.prepare_cached(sql)?;
        let bounds = params![integer(span.millis()), integer(from), integer(until), span.kept()];
        let found = rows.query_map(bounds, |row| {
            let number = |at| row.get(at).map(count);
            let sample = Sample {
                accepted: number(1)?,
                delivered: number(2)?,
                online: number(3)?,
                people: number(4)?,
                waiting: number(5)?,
                messages: number(6)?,
                bytes: number(7)?,
                disk_total: number(8)?,
                disk_free: number(9)?,
            };
            Ok(Row { at: number(0)?, sample })
        })?;
        found.collect()
    }
}
