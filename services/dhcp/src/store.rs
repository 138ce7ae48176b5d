//! The leases on disk. It decides nothing.

use std::net::Ipv4Addr;
use std::path::Path;

use anyhow::{Context as _, ensure};
use rusqlite::{Connection, Row, params};

use crate::lease::{Client, Lease, State};
use crate::packet::Hardware;

/// The version of the table.
const VERSION: i64 = 1;
const SCHEMA: &str = "
    CREATE TABLE lease (
        address  INTEGER PRIMARY KEY CHECK (address BETWEEN 0 AND 4294967295),
        named    BLOB,                    -- option 61, where the client has one
        kind     INTEGER NOT NULL CHECK (kind BETWEEN 0 AND 255),
        card     BLOB NOT NULL CHECK (length(card) <= 16),
        state    INTEGER NOT NULL CHECK (state BETWEEN 0 AND 2),
        until    INTEGER NOT NULL CHECK (until >= 0),
        host     TEXT NOT NULL,
        class    TEXT NOT NULL
    ) STRICT;
    CREATE TABLE stand (
        one        INTEGER PRIMARY KEY CHECK (one = 1),
        stood_down INTEGER NOT NULL CHECK (stood_down BETWEEN 0 AND 1)
    ) STRICT;
    INSERT INTO stand (one, stood_down) VALUES (1, 0);
    PRAGMA user_version = 1;
";

/// The database of leases.
#[derive(Debug)]
pub struct Store {
    database: Connection,
}

/// What was on disk.
#[derive(Debug, Default)]
pub struct Kept {
    /// The leases, by address.
    pub leases: Vec<Lease>,
    /// Another server had made us stop.
    pub stood_down: bool,
}

impl Store {
    /// Opens, or makes, the database, and tells what is in it.
    ///
    /// # Errors
    /// It cannot be used, or is of a later version.
    pub fn open(path: &Path) -> anyhow::Result<(Self, Kept)> {
        let said = || format!("the database of leases {}", path.display());
        let database = Connection::open(path).with_context(said)?;
        database.pragma_update(None, "journal_mode", "WAL").with_context(said)?;
        // What was committed outlives a power cut.
        database.pragma_update(None, "synchronous", "FULL").with_context(said)?;
        let version: i64 = database
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .with_context(said)?;
        ensure!(version <= VERSION, "the database of leases is of a later version of this program");
        if version == 0 {
            let schema = format!("BEGIN IMMEDIATE; {SCHEMA} COMMIT;");
            database.execute_batch(&schema).with_context(said)?;
        }
        let leases = read(&database).with_context(said)?;
        let stood_down = database
            .query_row("SELECT stood_down FROM stand", [], |row| row.get(0))
            .with_context(said)?;
        Ok((Self { database }, Kept { leases, stood_down }))
    }

    /// Puts leases on disk, all of them with one commit; each takes the place of what was known of
    /// its address. With them, if it is told, whether another server has made us stop.
    ///
    /// # Errors
    /// None of them is on disk.
    pub fn write(&mut self, leases: &[Lease], stood_down: Option<bool>) -> rusqlite::Result<()> {
        let transaction = self.database.transaction()?;
        if let Some(stood_down) = stood_down {
            transaction.execute("UPDATE stand SET stood_down = ?1", [stood_down])?;
        }
        {
            let mut insert = transaction.prepare_cached(
                "INSERT OR REPLACE INTO lease (address, named, kind, card, state, until, host, class)
                 VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
            )?;
            for lease in leases {
                let named = match &lease.client {
                    Client::Named(name) => Some(name),
                    Client::Card(..) => None,
                };
                insert.execute(params![
                    u32::from(lease.address),
                    named,
                    lease.hardware.kind,
                    lease.hardware.bytes(),
                    number(lease.state),
                    i64::try_from(lease.until).unwrap_or(i64::MAX),
                    lease.host,
                    lease.class,
                ])?;
            }
        }
        transaction.commit()
    }
}

fn read(database: &Connection) -> rusqlite::Result<Vec<Lease>> {
    let mut all = database.prepare(
        "SELECT address, named, kind, card, state, until, host, class FROM lease ORDER BY address",
    )?;
    let leases = all.query_map([], lease)?;
    leases.collect()
}

fn lease(row: &Row<'_>) -> rusqlite::Result<Lease> {
    let (kind, card): (u8, Vec<u8>) = (row.get(2)?, row.get(3)?);
    let hardware = Hardware::new(kind, &card).unwrap_or(Hardware::ethernet([0; 6]));
    let named: Option<Vec<u8>> = row.get(1)?;
    Ok(Lease {
        address: Ipv4Addr::from(row.get::<_, u32>(0)?),
        client: named.map_or(Client::Card(kind, card), Client::Named),
        hardware,
        state: state(row.get(4)?),
        until: row.get::<_, i64>(5)?.unsigned_abs(),
        host: row.get(6)?,
        class: row.get(7)?,
    })
}

const fn number(state: State) -> u8 {
    match state {
        State::Bound => 0,
        State::Released => 1,
        State::Quarantined => 2,
    }
}

/// What the table's own check lets in.
const fn state(number: u8) -> State {
    match number {
        0 => State::Bound,
        1 => State::Released,
        _ => State::Quarantined,
    }
}

#[cfg(test)]
mod tests {
    use std::net::Ipv4Addr;

    use rusqlite::Connection;

    use super::Store;
    use crate::lease::{Client, Lease, State};
    use crate::packet::Hardware;

    fn lease(last: u8, client: Client, state: State) -> Lease {
        Lease {
            address: Ipv4Addr::new(10, 0, 0, last),
            client,
            hardware: Hardware::ethernet([last; 6]),
            state,
            until: 1_800_000_000,
            host: "phone".to_owned(),
            class: "yealink".to_owned(),
        }
    }

    #[test]
    fn what_was_written_is_there_after_a_restart() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("dhcp.sqlite");
        let (mut store, before) = Store::open(&path).expect("made");
        assert!(before.leases.is_empty() && !before.stood_down);
        let card = lease(1, Client::Card(1, vec![1; 6]), State::Bound);
        let named = lease(2, Client::Named(b"\xff\x00it".to_vec()), State::Quarantined);
        store.write(&[card, named.clone()], None).expect("written");
        let released = lease(1, Client::Card(1, vec![1; 6]), State::Released);
        store.write(std::slice::from_ref(&released), Some(true)).expect("written");
        drop(store);
        let (_, after) = Store::open(&path).expect("opened");
        assert_eq!(after.leases, [released, named]);
        assert!(after.stood_down);
    }

    #[test]
    fn a_later_version_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("dhcp.sqlite");
        drop(Store::open(&path).expect("made"));
        let database = Connection::open(&path).expect("opened");
        database.pragma_update(None, "user_version", 2).expect("set");
        drop(database);
        let error = Store::open(&path).expect_err("refused");
        assert!(error.to_string().contains("later version"), "{error:#}");
    }
}
