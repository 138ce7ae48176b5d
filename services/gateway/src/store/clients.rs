//! What the telephones' clients keep, by the telephones' numbers, and which numbers people have: one
//! database, one thread. It decides nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{OpenOptions, Permissions};
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;
use std::thread::Builder;

use anyhow::{Context as _, ensure};
use bytes::Bytes;
use client_engine::{Input, Ticket, Write};
use message::Guid;
use rusqlite::{Connection, params};
use tokio::sync::{mpsc, oneshot};

/// The version of the tables.
const VERSION: i64 = 2;
const SCHEMA: &str = "
    CREATE TABLE record (
        station INTEGER NOT NULL CHECK (station BETWEEN 1 AND 4294967295),
        key     BLOB NOT NULL,
        value   BLOB NOT NULL,
        PRIMARY KEY (station, key)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE number (
        person BLOB PRIMARY KEY CHECK (length(person) = 16),
        number INTEGER NOT NULL UNIQUE CHECK (number BETWEEN 1 AND 4294967295)
    ) STRICT, WITHOUT ROWID;
";
/// What the second version has beside the first: telephones whose accounts are still to be removed.
const LEAVING: &str = "
    CREATE TABLE leaving (
        station INTEGER PRIMARY KEY CHECK (station BETWEEN 1 AND 4294967295)
    ) STRICT;
    PRAGMA user_version = 2;
";
/// Requests that wait: each telephone has a few at a time.
const WAITING: usize = 1_024;
/// Requests whose writes share a commit.
const GROUP: usize = 64;

/// Where a client's answers go: one for each of its requests, so that the thread never waits for
/// somebody who waits for the thread.
pub(crate) type Answers = mpsc::UnboundedSender<Input>;

/// One request.
enum Request {
    Write { station: u32, ticket: Ticket, writes: Vec<Write>, to: Answers },
    Scan { station: u32, ticket: Ticket, range: Range, to: Answers },
    Forget(u32),
    Left(u32),
    Numbers { numbers: Vec<(Guid, u32)>, done: oneshot::Sender<bool> },
}

/// What is to be read.
struct Range {
    prefix: Vec<u8>,
    after: Option<Vec<u8>>,
    limit: usize,
}

/// What is on disk at the start, beside the clients' records.
#[derive(Debug, Default, PartialEq, Eq)]
pub(crate) struct Kept {
    /// People's numbers.
    pub(crate) numbers: BTreeMap<Guid, u32>,
    /// The telephones that have records.
    pub(crate) stations: BTreeSet<u32>,
    /// Those whose records are forgotten, and whose accounts are still to be removed.
    pub(crate) leaving: BTreeSet<u32>,
}

/// The way to the thread. Clones share it.
#[derive(Clone)]
pub(crate) struct Clients {
    requests: mpsc::Sender<Request>,
}

impl Clients {
    /// Opens the database, tells what is in it, and starts the thread.
    pub(crate) fn open(path: &Path) -> anyhow::Result<(Self, Kept)> {
        let said = || format!("the database of telephones' clients {}", path.display());
        let database = open(path).with_context(said)?;
        let kept = kept(&database).with_context(said)?;
        let (requests, mut asked) = mpsc::channel(WAITING);
        let run = move || {
            let mut database = database;
            let mut group = Vec::with_capacity(GROUP);
            while asked.blocking_recv_many(&mut group, GROUP) > 0 {
                serve(&mut database, &mut group);
            }
        };
        let thread = Builder::new().name("telephones' clients".to_owned()).spawn(run);
        thread.context("starting the thread of the clients' store")?;
        Ok((Self { requests }, kept))
    }

    /// Asks for writes, all or none; answered by stored.
    pub(crate) async fn write(
        &self,
        station: u32,
        ticket: Ticket,
        writes: Vec<Write>,
        to: &Answers,
    ) {
        self.ask(Request::Write { station, ticket, writes, to: to.clone() }).await;
    }

    /// Asks for records; answered by scanned.
    pub(crate) async fn scan(
        &self,
        station: u32,
        ticket: Ticket,
        (prefix, after, limit): (Vec<u8>, Option<Vec<u8>>, usize),
        to: &Answers,
    ) {
        let range = Range { prefix, after, limit };
        self.ask(Request::Scan { station, ticket, range, to: to.clone() }).await;
    }

    /// Forgets all that a telephone's client has kept; that its account is still to be removed is
    /// kept.
    pub(crate) async fn forget(&self, station: u32) {
        self.ask(Request::Forget(station)).await;
    }

    /// Its account is removed.
    pub(crate) async fn left(&self, station: u32) {
        self.ask(Request::Left(station)).await;
    }

    /// Keeps people's numbers; tells whether they are on disk.
    pub(crate) async fn keep(&self, numbers: Vec<(Guid, u32)>) -> bool {
        let (done, told) = oneshot::channel();
        self.ask(Request::Numbers { numbers, done }).await;
        told.await.unwrap_or(false)
    }

    async fn ask(&self, request: Request) {
        if self.requests.send(request).await.is_err() {
            log::error!("the telephones' clients have no store any more");
        }
    }
}

fn open(path: &Path) -> anyhow::Result<Connection> {
    // Made before SQLite makes it, for SQLite's other files get the same mode.
    let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path)?;
    file.set_permissions(Permissions::from_mode(0o600))?;
    let database = Connection::open(path)?;
    database.pragma_update(None, "journal_mode", "WAL")?;
    // What was acknowledged outlives a power cut.
    database.pragma_update(None, "synchronous", "FULL")?;
    // Speech that was deleted is no longer in the file.
    database.pragma_update(None, "secure_delete", true)?;
    let version: i64 = database.pragma_query_value(None, "user_version", |row| row.get(0))?;
    ensure!(version <= VERSION, "it is of a later version of this program");
    if version == 0 {
        database.execute_batch(&format!("BEGIN IMMEDIATE; {SCHEMA} {LEAVING} COMMIT;"))?;
    } else if version == 1 {
        database.execute_batch(&format!("BEGIN IMMEDIATE; {LEAVING} COMMIT;"))?;
    }
    Ok(database)
}

fn kept(database: &Connection) -> rusqlite::Result<Kept> {
    let mut all = database.prepare("SELECT person, number FROM number")?;
    let numbers = all.query_map([], |row| Ok((Guid::from_bytes(row.get(0)?), row.get(1)?)))?;
    let stations = |query| {
        let mut all = database.prepare(query)?;
        let rows = all.query_map([], |row| row.get(0))?;
        rows.collect::<rusqlite::Result<BTreeSet<u32>>>()
    };
    Ok(Kept {
        numbers: numbers.collect::<rusqlite::Result<_>>()?,
        stations: stations("SELECT DISTINCT station FROM record")?,
        leaving: stations("SELECT station FROM leaving")?,
    })
}

/// Carries requests out in their order; neighbouring writes share a commit.
fn serve(database: &mut Connection, group: &mut Vec<Request>) {
    let mut writes = Vec::new();
    for request in group.drain(..) {
        match request {
            Request::Write { station, ticket, writes: wanted, to } => {
                writes.push((station, ticket, wanted, to));
            }
            other => {
                commit(database, &mut writes);
                serve_one(database, other);
            }
        }
    }
    commit(database, &mut writes);
}

fn serve_one(database: &mut Connection, request: Request) {
    match request {
        Request::Write { .. } => {}
        Request::Scan { station, ticket, range, to } => match scan(database, station, &range) {
            Ok((records, more)) => answer(&to, Input::Scanned { ticket, records, more }),
            // Its client does not start, and says so where it waits.
            Err(error) => log::error!(error:%, station; "a telephone's records cannot be read"),
        },
        Request::Forget(station) => {
            if let Err(error) = forget(database, station) {
                log::error!(error:%, station; "a telephone's records cannot be deleted");
            }
        }
        Request::Left(station) => {
            let left = database.execute("DELETE FROM leaving WHERE station = ?1", [station]);
            if let Err(error) = left {
                log::error!(error:%, station; "a telephone's account will be removed once more");
            }
        }
        Request::Numbers { numbers, done } => {
            let kept = keep(database, &numbers);
            if let Err(error) = &kept {
                log::error!(error:%; "people's numbers cannot be stored");
            }
            // Who has gone away needs no answer.
            let _told = done.send(kept.is_ok());
        }
    }
}

fn forget(database: &mut Connection, station: u32) -> rusqlite::Result<()> {
    let transaction = database.transaction()?;
    transaction.execute("DELETE FROM record WHERE station = ?1", [station])?;
    transaction.execute("INSERT OR IGNORE INTO leaving VALUES (?1)", [station])?;
    transaction.commit()
}

type Wanted = (u32, Ticket, Vec<Write>, Answers);

/// Commits the group at once; if that fails each for itself, so that one that does not fit on the
/// disk takes no other with it.
fn commit(database: &mut Connection, group: &mut Vec<Wanted>) {
    if group.is_empty() {
        return;
    }
    let all = group
        .iter()
        .flat_map(|(station, _, writes, _)| writes.iter().map(|write| (*station, write)));
    let together = write(database, all);
    for (station, ticket, writes, to) in group.drain(..) {
        let result = match &together {
            Ok(()) => Ok(()),
            Err(_) => write(database, writes.iter().map(|write| (station, write))),
        };
        let input = match result {
            Ok(()) => Input::Stored(ticket),
            Err(error) => Input::StoreFailed(ticket, error.to_string()),
        };
        answer(&to, input);
    }
}

fn write<'a>(
    database: &mut Connection,
    writes: impl Iterator<Item = (u32, &'a Write)>,
) -> rusqlite::Result<()> {
    let transaction = database.transaction()?;
    for (station, write) in writes {
        match write {
            Write::Put(key, value) => transaction
                .prepare_cached("INSERT OR REPLACE INTO record VALUES (?1, ?2, ?3)")?
                .execute(params![station, key, &value[..]])?,
            Write::DeletePrefix(prefix) => transaction
                .prepare_cached(
                    "DELETE FROM record WHERE station = ?1 AND key >= ?2
                     AND substr(key, 1, length(?2)) = ?2",
                )?
                .execute(params![station, prefix])?,
        };
    }
    transaction.commit()
}

type Page = (Vec<(Vec<u8>, Bytes)>, bool);

fn scan(database: &Connection, station: u32, range: &Range) -> rusqlite::Result<Page> {
    let mut all = database.prepare_cached(
        "SELECT key, value FROM record WHERE station = ?1 AND key >= ?2 ORDER BY key",
    )?;
    let from = range.after.as_ref().map_or(&range.prefix, |after| after.max(&range.prefix));
    let mut rows = all.query(params![station, from])?;
    let (mut records, mut size) = (Vec::new(), 0);
    while let Some(row) = rows.next()? {
        let key = row.get_ref(0)?.as_blob()?;
        if range.after.as_deref() == Some(key) {
            continue;
        }
        if !key.starts_with(&range.prefix) {
            break;
        }
        let value = row.get_ref(1)?.as_blob()?;
        if !records.is_empty() && size + value.len() > range.limit {
            return Ok((records, true));
        }
        size += value.len();
        records.push((key.to_vec(), Bytes::copy_from_slice(value)));
    }
    Ok((records, false))
}

fn keep(database: &mut Connection, numbers: &[(Guid, u32)]) -> rusqlite::Result<()> {
    let transaction = database.transaction()?;
    for (person, number) in numbers {
        transaction
            .prepare_cached("INSERT OR REPLACE INTO number VALUES (?1, ?2)")?
            .execute(params![person.bytes(), number])?;
    }
    transaction.commit()
}

/// Who has gone away needs no answer.
fn answer(to: &Answers, input: Input) {
    drop(to.send(input));
}

#[cfg(test)]
mod tests {
    use bytes::Bytes;
    use client_engine::{Input, Ticket, Write};
    use message::Guid;
    use tokio::sync::mpsc;

    use rusqlite::Connection;

    use super::{Clients, Kept, SCHEMA};

    const ONE: u32 = 201;
    const TWO: u32 = 202;

    fn put(key: &[u8]) -> Write {
        Write::Put(key.to_vec(), Bytes::copy_from_slice(key))
    }

    async fn keys(clients: &Clients, station: u32, prefix: &[u8]) -> Vec<Vec<u8>> {
        let (to, mut answers) = mpsc::unbounded_channel();
        clients.scan(station, Ticket(9), (prefix.to_vec(), None, 1 << 20), &to).await;
        match answers.recv().await {
            Some(Input::Scanned { records, more: false, .. }) => {
                records.into_iter().map(|(key, _)| key).collect()
            }
            other => unreachable!("{other:?}"),
        }
    }

    #[tokio::test]
    async fn each_telephone_has_its_own_records_and_they_outlive_the_process() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("clients.sqlite");
        let (clients, kept) = Clients::open(&path).expect("opened");
        assert_eq!(kept, Kept::default());
        let (to, mut answers) = mpsc::unbounded_channel();
        clients.write(ONE, Ticket(1), vec![put(b"r1"), put(b"r2"), put(b"p1")], &to).await;
        clients.write(TWO, Ticket(2), vec![put(b"r3"), put(&[0xff, 0xff])], &to).await;
        for ticket in [1, 2] {
            let answer = answers.recv().await;
            assert!(matches!(answer, Some(Input::Stored(Ticket(t))) if t == ticket));
        }
        assert_eq!(keys(&clients, ONE, b"r").await, [b"r1", b"r2"]);
        assert_eq!(keys(&clients, TWO, b"").await, [&b"r3"[..], &[0xff, 0xff]]);
        clients.write(TWO, Ticket(3), vec![Write::DeletePrefix(vec![0xff])], &to).await;
        clients.write(ONE, Ticket(4), vec![Write::DeletePrefix(b"r".to_vec())], &to).await;
        let person = Guid::from_bytes([7; 16]);
        assert!(clients.keep(vec![(person, 101)]).await);
        drop(clients);
        let (clients, kept) = Clients::open(&path).expect("opened");
        assert_eq!(kept.numbers.into_iter().collect::<Vec<_>>(), [(person, 101)]);
        assert_eq!(kept.stations, [ONE, TWO].into());
        assert_eq!(keys(&clients, ONE, b"").await, [b"p1"]);
        assert_eq!(keys(&clients, TWO, b"").await, [b"r3"]);
        clients.forget(ONE).await;
        assert!(keys(&clients, ONE, b"").await.is_empty());
        let (_, kept) = Clients::open(&path).expect("opened");
        assert_eq!((kept.stations, kept.leaving), ([TWO].into(), [ONE].into()));
        clients.left(ONE).await;
        assert!(keys(&clients, ONE, b"").await.is_empty());
        assert!(Clients::open(&path).expect("opened").1.leaving.is_empty());
    }

    #[tokio::test]
    async fn a_database_of_the_first_version_goes_on() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("clients.sqlite");
        let old = Connection::open(&path).expect("opened");
        old.execute_batch(&format!("{SCHEMA} PRAGMA user_version = 1;")).expect("made");
        old.execute("INSERT INTO record VALUES (201, x'72', x'72')", []).expect("written");
        drop(old);
        let (clients, kept) = Clients::open(&path).expect("opened");
        assert_eq!((kept.stations, kept.leaving), ([ONE].into(), [].into()));
        clients.forget(ONE).await;
        assert!(keys(&clients, ONE, b"").await.is_empty());
    }

    #[tokio::test]
    async fn a_long_list_comes_page_by_page() {
        let folder = tempfile::tempdir().expect("a folder");
        let (clients, _) = Clients::open(&folder.path().join("clients.sqlite")).expect("opened");
        let (to, mut answers) = mpsc::unbounded_channel();
        let writes = (0..10).map(|at| put(&[b'r', at])).collect();
        clients.write(ONE, Ticket(1), writes, &to).await;
        answers.recv().await.expect("stored");
        let (mut after, mut seen) = (None, 0);
        loop {
            clients.scan(ONE, Ticket(2), (b"r".to_vec(), after.take(), 7), &to).await;
            let Some(Input::Scanned { records, more, .. }) = answers.recv().await else {
                unreachable!("a page")
            };
            seen += records.len();
            after = records.last().map(|(key, _)| key.clone());
            if !more {
                break;
            }
            assert_eq!(records.len(), 3, "two bytes each");
        }
        assert_eq!(seen, 10);
    }
}
