//! The reading side of the store: answers queries, changes nothing.

use std::path::{Path, PathBuf};

use bytes::Bytes;
use message::login::{Cost, Credentials};
use message::people::Status;
use message::speech::{Envelope, Happened, Receipt};
use message::{Guid, MessageId};
use rusqlite::{Connection, OpenFlags, OptionalExtension as _, Row, params};

use super::blobs::{Blobs, Name};
use super::damage;
use super::message::{attachments_of, count, int, mode_of, priority_of, read_message};
use super::schema::prepare_reader;
use crate::record::{
    AccountRecord, Aged, Answer, CheckedIn, DeviceRecord, Fault, Invitation, Number, Page, Place,
    Query, Receiving, Stage, Station, StoredPortion, Totals, Unfinished,
};

/// A connection that only reads.
pub struct Reader {
    path: PathBuf,
    database: Connection,
    blobs: Blobs,
}

impl Reader {
    /// Opens the database, which a writer has made.
    pub(super) fn open(path: &Path, blobs: Blobs) -> rusqlite::Result<Self> {
        // SQLite's WAL needs to write its shared memory even for a reader.
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
        let database = Connection::open_with_flags(path, flags)?;
        prepare_reader(&database)?;
        Ok(Self { path: path.to_owned(), database, blobs })
    }

    /// Answers a query from what is committed now.
    ///
    /// # Errors
    /// The database or a file cannot be read.
    pub fn answer(&self, query: &Query) -> Result<Answer, Fault> {
        let answer = self.look_up(query);
        if matches!(answer, Err(Fault::Damaged(_))) {
            damage::remember(&self.path);
        }
        answer
    }

    fn look_up(&self, query: &Query) -> Result<Answer, Fault> {
        let snapshot = self.database.unchecked_transaction()?;
        let answer = match query {
            Query::Message { id } => {
                Answer::Message(read_message(&self.database, *id)?.map(Box::new))
            }
            Query::CheckIn { person, sending, receiving, watching } => {
                let checked = self.check_in(*person, sending, receiving, watching)?;
                Answer::CheckIn(Box::new(checked))
            }
            Query::Waiting { person, device, after, limit } => {
                Answer::Waiting(self.waiting(*person, *device, *after, *limit)?)
            }
            Query::Page { number, person, envelope, from, budget } => {
                let page = self.page(*number, *person, *envelope, from, *budget)?;
                Answer::Page(page.map(Box::new))
            }
            Query::Aged { .. } => Answer::Aged(self.aged(query)?),
            Query::Totals => Answer::Totals(self.totals()?),
        };
        snapshot.finish()?;
        Ok(answer)
    }

    fn check_in(
        &self,
        person: Guid,
        sending: &[MessageId],
        receiving: &[MessageId],
        watching: &[MessageId],
    ) -> rusqlite::Result<CheckedIn> {
        let mut checked = CheckedIn::default();
        for id in sending {
            let record = read_message(&self.database, *id)?;
            checked.sending.extend(record.filter(|record| record.sender == person));
        }
        for id in receiving {
            checked.receiving.push((*id, self.receiving(*id, person)?));
        }
        for id in watching {
            self.receipts(*id, person, &mut checked.receipts)?;
        }
        Ok(checked)
    }

    fn receiving(&self, id: MessageId, person: Guid) -> rusqlite::Result<Receiving> {
        let Some(record) = read_message(&self.database, id)? else { return Ok(Receiving::Gone) };
        let Some(copy) = record.recipients.iter().find(|copy| copy.person == person) else {
            return Ok(Receiving::Gone);
        };
        Ok(match record.stage {
            Stage::Cut => Receiving::Gone,
            Stage::Incomplete | Stage::Complete if copy.closed => Receiving::Discarded,
            Stage::Incomplete => Receiving::Incomplete(Box::new(record)),
            Stage::Complete => Receiving::Complete {
                place: Place::new(record.priority, record.number),
                streams: record.stream_count(),
            },
        })
    }

    fn receipts(
        &self,
        message: MessageId,
        sender: Guid,
        receipts: &mut Vec<Receipt>,
    ) -> rusqlite::Result<()> {
        let mut rows = self.database.prepare_cached(
            "SELECT r.person, r.delivered, r.played
             FROM message m JOIN recipient r ON r.message = m.number
             WHERE m.id = ?1 AND m.sender = ?2 AND r.own = 0 ORDER BY r.place",
        )?;
        let found = rows.query_map([message.bytes(), sender.bytes()], |row| {
            let person = Guid::from_bytes(row.get(0)?);
            let times = [row.get::<_, Option<i64>>(1)?, row.get::<_, Option<i64>>(2)?];
            Ok((person, times))
        })?;
        for row in found {
            let (person, times) = row?;
            for (happened, time) in [Happened::Delivered, Happened::Played].into_iter().zip(times) {
                let time = time.map(i64::unsigned_abs);
                receipts.extend(time.map(|time| Receipt { message, happened, person, time }));
            }
        }
        Ok(())
    }

    fn waiting(
        &self,
        person: Guid,
        device: Guid,
        after: Option<Place>,
        limit: u32,
    ) -> rusqlite::Result<Vec<(Place, MessageId)>> {
        let (rank, number) =
            after.map_or((-1, -1), |place| (i64::from(place.rank), int(place.number.0)));
        let mut rows = self.database.prepare_cached(
            "SELECT r.rank, r.message, m.id
             FROM recipient r JOIN message m ON m.number = r.message
             WHERE r.person = ?1 AND r.closed = 0 AND m.stage = 1
                 AND (r.rank, r.message) > (?3, ?4)
                 AND NOT EXISTS (SELECT 1 FROM taken t
                     WHERE t.message = r.message AND t.device = ?2)
             ORDER BY r.rank, r.message LIMIT ?5",
        )?;
        let bounds = params![person.bytes(), device.bytes(), rank, number, limit];
        let found = rows.query_map(bounds, |row| {
            let place = Place { rank: row.get(0)?, number: Number(count(row, 1)?) };
            Ok((place, MessageId::from_bytes(row.get(2)?)))
        })?;
        found.collect()
    }

    fn page(
        &self,
        number: Number,
        person: Guid,
        envelope: bool,
        from: &[u32],
        budget: usize,
    ) -> Result<Option<Page>, Fault> {
        let Some((head, complete)) = self.envelope(number, person)? else { return Ok(None) };
        let streams = 0..=u16::try_from(head.attachments.len()).unwrap_or(u16::MAX);
        let mut page = Page {
            sender: head.sender,
            priority: head.urgency(),
            envelope: envelope.then_some(head),
            portions: Vec::new(),
            end: complete,
        };
        let mut bytes = 0;
        for stream in streams {
            if bytes >= budget {
                page.end = false;
                break;
            }
            let sequence = from.get(usize::from(stream)).copied().unwrap_or(0);
            bytes += self.portions(number, (stream, sequence), budget - bytes, &mut page)?;
        }
        Ok(Some(page))
    }

    /// Reads portions of one stream until the budget is used; tells how many bytes they are.
    fn portions(
        &self,
        number: Number,
        (stream, from): (u16, u32),
        budget: usize,
        page: &mut Page,
    ) -> Result<usize, Fault> {
        let mut rows = self.database.prepare_cached(
            "SELECT sequence, last, body, file FROM portion
             WHERE message = ?1 AND stream = ?2 AND sequence >= ?3 ORDER BY sequence",
        )?;
        let mut found = rows.query(params![int(number.0), stream, from])?;
        let mut bytes = 0;
        while let Some(row) = found.next()? {
            if bytes >= budget {
                page.end = false;
                break;
            }
            let body: Option<Vec<u8>> = row.get(2)?;
            let file: Option<Name> = row.get(3)?;
            let body = match (body, file) {
                (Some(body), _) => body,
                (None, Some(name)) => {
                    self.blobs.get(&name).map_err(|error| Fault::Failed(error.to_string()))?
                }
                (None, None) => Vec::new(),
            };
            bytes += body.len();
            page.portions.push(StoredPortion {
                stream,
                sequence: row.get(0)?,
                last: row.get(1)?,
                body: Bytes::from(body),
            });
        }
        Ok(bytes)
    }

    /// The envelope of a copy that may still be delivered, and whether the message is complete.
    fn envelope(&self, number: Number, person: Guid) -> rusqlite::Result<Option<(Envelope, bool)>> {
        self.database
            .prepare_cached(
                "SELECT m.id, m.sender, m.sender_display, m.sender_key, m.mode, m.format,
                     r.wrapped, m.recipients, m.attachments, m.created, m.taken, m.reply_to,
                     r.own, m.priority, m.stage = 1
                 FROM message m JOIN recipient r ON r.message = m.number
                 WHERE m.number = ?1 AND r.person = ?2 AND r.closed = 0",
            )?
            .query_row(params![int(number.0), person.bytes()], |row| {
                Ok((read_envelope(row)?, row.get(14)?))
            })
            .optional()
    }

    fn aged(&self, query: &Query) -> rusqlite::Result<Aged> {
        let Query::Aged { incomplete_before, delivered_before, arrived_before, limit } = query
        else {
            return Ok(Aged::default());
        };
        let mut aged = Aged::default();
        let mut rows = self.database.prepare_cached(
            "SELECT number, id FROM message WHERE stage = 0 AND age < ?1 LIMIT ?2",
        )?;
        let found = rows.query_map(params![int(*incomplete_before), limit], |row| {
            Ok((Number(count(row, 0)?), MessageId::from_bytes(row.get(1)?)))
        })?;
        aged.incomplete = found.collect::<rusqlite::Result<_>>()?;
        let copy = |row: &Row<'_>| Ok((Number(count(row, 0)?), Guid::from_bytes(row.get(1)?)));
        let mut rows = self.database.prepare_cached(
            "SELECT r.message, r.person FROM recipient r
             WHERE r.closed = 0 AND r.delivered_age < ?1 AND NOT EXISTS (
                 SELECT 1 FROM device d WHERE d.account = r.person AND NOT EXISTS (
                     SELECT 1 FROM taken t WHERE t.message = r.message AND t.device = d.guid))
             LIMIT ?2",
        )?;
        let delivered = rows.query_map(params![int(*delivered_before), limit], copy)?;
        aged.copies = delivered.collect::<rusqlite::Result<_>>()?;
        let mut rows = self.database.prepare_cached(
            "SELECT r.message, r.person FROM message m JOIN recipient r ON r.message = m.number
             WHERE m.purged = 0 AND m.stage = 1 AND m.age < ?1 AND r.closed = 0 LIMIT ?2",
        )?;
        let old = rows.query_map(params![int(*arrived_before), limit], copy)?;
        for copy in old {
            aged.copies.push(copy?);
        }
        Ok(aged)
    }

    fn totals(&self) -> rusqlite::Result<Totals> {
        self.database
            .prepare_cached(
                "SELECT count(*), coalesce(sum(bytes), 0) FROM message WHERE purged = 0",
            )?
            .query_row([], |row| Ok(Totals { messages: count(row, 0)?, bytes: count(row, 1)? }))
    }

    /// Every message that is not complete.
    pub(super) fn unfinished(&self) -> rusqlite::Result<Vec<Unfinished>> {
        let mut rows = self.database.prepare(
            "SELECT m.id, m.sender,
                 (SELECT coalesce(sum(coalesce(length(p.body), 262144)), 0)
                  FROM portion p WHERE p.message = m.number)
             FROM message m WHERE m.stage = 0",
        )?;
        let found = rows.query_map([], |row| {
            Ok(Unfinished {
                message: MessageId::from_bytes(row.get(0)?),
                sender: Guid::from_bytes(row.get(1)?),
                bytes: count(row, 2)?,
            })
        })?;
        found.collect()
    }

    /// Every account, with what waits for it.
    pub(super) fn accounts(&self) -> rusqlite::Result<Vec<AccountRecord>> {
        let mut rows = self.database.prepare(
            "SELECT a.guid, a.name, a.display, a.status, a.salt, a.memory_kib, a.passes, a.lanes,
                 a.stored_key, a.server_key, a.public_key, a.sealed_key, a.recovery_key,
                 a.invitation, a.invitation_expires,
                 (SELECT count(*) FROM recipient r JOIN message m ON m.number = r.message
                  WHERE r.person = a.guid AND r.closed = 0 AND r.own = 0
                      AND r.delivered IS NULL AND m.stage = 1),
                 (SELECT coalesce(sum(m.bytes), 0)
                  FROM recipient r JOIN message m ON m.number = r.message
                  WHERE r.person = a.guid AND r.closed = 0 AND r.own = 0
                      AND r.delivered IS NULL AND m.stage = 1),
                 a.disabled, a.quota, a.station, a.owner
             FROM account a ORDER BY a.name",
        )?;
        let accounts = rows.query_map([], read_account)?;
        let mut accounts = accounts.collect::<rusqlite::Result<Vec<_>>>()?;
        for account in &mut accounts {
            account.contacts = self.contacts(account.guid)?;
            account.devices = self.devices(account.guid)?;
        }
        Ok(accounts)
    }

    fn contacts(&self, account: Guid) -> rusqlite::Result<Vec<Guid>> {
        let mut rows =
            self.database.prepare_cached("SELECT contact FROM contact WHERE account = ?1")?;
        let found = rows.query_map([account.bytes()], |row| row.get(0).map(Guid::from_bytes))?;
        found.collect()
    }

    fn devices(&self, account: Guid) -> rusqlite::Result<Vec<DeviceRecord>> {
        let mut rows = self
            .database
            .prepare_cached("SELECT guid, name, token, seen FROM device WHERE account = ?1")?;
        let found = rows.query_map([account.bytes()], |row| {
            Ok(DeviceRecord {
                guid: Guid::from_bytes(row.get(0)?),
                account,
                name: row.get(1)?,
                token: row.get(2)?,
                seen: count(row, 3)?,
            })
        })?;
        found.collect()
    }
}

fn read_envelope(row: &Row<'_>) -> rusqlite::Result<Envelope> {
    let recipients: Vec<u8> = row.get(7)?;
    let (recipients, _) = recipients.as_chunks::<16>();
    Ok(Envelope {
        message: MessageId::from_bytes(row.get(0)?),
        sender: Guid::from_bytes(row.get(1)?),
        sender_display: row.get(2)?,
        sender_key: row.get(3)?,
        mode: mode_of(row.get(4)?),
        format: row.get(5)?,
        wrapped: row.get(6)?,
        recipients: recipients.iter().map(|guid| Guid::from_bytes(*guid)).collect(),
        attachments: attachments_of(&row.get::<_, Vec<u8>>(8)?),
        created: count(row, 9)?,
        taken: count(row, 10)?,
        reply_to: row.get::<_, Option<[u8; 16]>>(11)?.map(MessageId::from_bytes),
        own: row.get(12)?,
        priority: priority_of(row.get(13)?).number(),
    })
}

fn read_account(row: &Row<'_>) -> rusqlite::Result<AccountRecord> {
    let credentials = match row.get::<_, Option<[u8; 16]>>(4)? {
        None => None,
        Some(salt) => Some(Credentials {
            salt,
            cost: Cost { memory_kib: row.get(5)?, passes: row.get(6)?, lanes: row.get(7)? },
            stored_key: row.get(8)?,
            server_key: row.get(9)?,
            public_key: row.get(10)?,
            sealed_key: row.get(11)?,
            recovery_key: row.get(12)?,
        }),
    };
    let invitation = match row.get::<_, Option<[u8; 32]>>(13)? {
        None => None,
        Some(hash) => Some(Invitation { hash, expires: count(row, 14)? }),
    };
    let owner = row.get::<_, Option<[u8; 16]>>(20)?.map(Guid::from_bytes);
    Ok(AccountRecord {
        guid: Guid::from_bytes(row.get(0)?),
        name: row.get(1)?,
        display: row.get(2)?,
        status: status_of(row.get(3)?),
        credentials,
        invitation,
        contacts: Vec::new(),
        devices: Vec::new(),
        waiting: count(row, 15)?,
        waiting_bytes: count(row, 16)?,
        disabled: row.get(17)?,
        quota: row.get::<_, Option<i64>>(18)?.map(i64::unsigned_abs),
        station: row.get::<_, bool>(19)?.then_some(Station { owner }),
    })
}

fn status_of(number: u8) -> Status {
    match number {
        2 => Status::Away,
        3 => Status::Dnd,
        _ => Status::Online,
    }
}
