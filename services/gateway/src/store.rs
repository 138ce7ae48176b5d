//! The phones on disk, with their secrets: readable for nobody else. It decides nothing.

pub(crate) mod clients;
mod writer;

use std::fs::{OpenOptions, Permissions};
use std::net::Ipv4Addr;
use std::os::unix::fs::{OpenOptionsExt as _, PermissionsExt as _};
use std::path::Path;

use anyhow::{Context as _, ensure};
use message::station::Trust;
use provision::{Identity, Mac, Maker, Vendor};
use rusqlite::{Connection, Row, Transaction, params};

use crate::stations::{Record, Secret, Token, Write};

pub(crate) use writer::Writer;

/// The version of the table.
const VERSION: i64 = 1;
const SCHEMA: &str = "
    CREATE TABLE phone (
        mac          BLOB PRIMARY KEY CHECK (length(mac) = 6),
        token        BLOB NOT NULL CHECK (length(token) = 16),
        since        INTEGER NOT NULL CHECK (since >= 0),
        maker        TEXT NOT NULL,
        has_files    INTEGER NOT NULL CHECK (has_files IN (0, 1)),
        model        TEXT NOT NULL,
        trust        INTEGER NOT NULL CHECK (trust BETWEEN 0 AND 2),
        name         TEXT NOT NULL,
        number       INTEGER UNIQUE CHECK (number BETWEEN 0 AND 4294967295),
        person       TEXT NOT NULL,
        speaks_up    INTEGER NOT NULL CHECK (speaks_up IN (0, 1)),
        address      INTEGER CHECK (address BETWEEN 0 AND 4294967295),
        secret       TEXT,
        menu         TEXT,
        is_delivered INTEGER NOT NULL CHECK (is_delivered IN (0, 1)),
        is_led       INTEGER NOT NULL CHECK (is_led IN (0, 1))
    ) STRICT, WITHOUT ROWID;
    PRAGMA user_version = 1;
";
const PUT: &str = "
    INSERT INTO phone (mac, token, since, maker, has_files, model, trust, name, number, person,
                       speaks_up, address, secret, menu, is_delivered, is_led)
    VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)
    ON CONFLICT (mac) DO UPDATE SET
        token = ?2, since = ?3, maker = ?4, has_files = ?5, model = ?6, trust = ?7, name = ?8,
        number = ?9, person = ?10, speaks_up = ?11, address = ?12, secret = ?13, menu = ?14,
        is_delivered = ?15, is_led = ?16
";

/// The database of phones.
#[derive(Debug)]
pub struct Store {
    database: Connection,
}

impl Store {
    /// Opens, or makes, the database, and tells what is in it.
    ///
    /// # Errors
    /// It cannot be used, or is of a later version.
    pub fn open(path: &Path) -> anyhow::Result<(Self, Vec<Record>)> {
        let said = || format!("the database of telephones {}", path.display());
        // Made before SQLite makes it, for SQLite's other files get the same mode.
        let file = OpenOptions::new().create(true).append(true).mode(0o600).open(path);
        file.and_then(|file| file.set_permissions(Permissions::from_mode(0o600)))
            .with_context(said)?;
        let database = Connection::open(path).with_context(said)?;
        database.pragma_update(None, "journal_mode", "WAL").with_context(said)?;
        // What was committed outlives a power cut.
        database.pragma_update(None, "synchronous", "FULL").with_context(said)?;
        // A secret that was replaced is no longer in the file.
        database.pragma_update(None, "secure_delete", true).with_context(said)?;
        let version: i64 = database
            .pragma_query_value(None, "user_version", |row| row.get(0))
            .with_context(said)?;
        ensure!(
            version <= VERSION,
            "the database of telephones is of a later version of this program"
        );
        if version == 0 {
            let schema = format!("BEGIN IMMEDIATE; {SCHEMA} COMMIT;");
            database.execute_batch(&schema).with_context(said)?;
        }
        let records = read(&database).with_context(said)?;
        Ok((Self { database }, records))
    }

    /// Writes several batches down with one commit.
    ///
    /// # Errors
    /// None of it is on disk.
    pub fn write(&mut self, batches: &[Vec<Write>]) -> rusqlite::Result<()> {
        let transaction = self.database.transaction()?;
        for write in batches.iter().flatten() {
            match write {
                Write::Put(record) => put(&transaction, record)?,
                Write::Remove(mac) => {
                    let mut remove =
                        transaction.prepare_cached("DELETE FROM phone WHERE mac = ?1")?;
                    remove.execute([mac.0])?;
                }
            }
        }
        transaction.commit()
    }
}

fn put(transaction: &Transaction<'_>, record: &Record) -> rusqlite::Result<()> {
    let (maker, has_files) = match &record.identity.vendor {
        Maker::Known(vendor) => (vendor.name(), true),
        Maker::Other(name) => (name.as_str(), false),
    };
    transaction.prepare_cached(PUT)?.execute(params![
        record.mac.0,
        record.token.bytes(),
        i64::try_from(record.since).unwrap_or(i64::MAX),
        maker,
        has_files,
        record.identity.model,
        number(record.trust),
        record.name,
        record.number,
        record.person,
        record.speaks_up,
        record.address.map(u32::from),
        record.secret.as_ref().map(Secret::as_str),
        record.menu.as_ref().map(Secret::as_str),
        record.is_delivered,
        record.is_led,
    ])?;
    Ok(())
}

fn read(database: &Connection) -> rusqlite::Result<Vec<Record>> {
    let mut all = database.prepare(
        "SELECT mac, token, since, maker, has_files, model, trust, name, number, person,
                speaks_up, address, secret, menu, is_delivered, is_led
         FROM phone ORDER BY mac",
    )?;
    let records = all.query_map([], record)?;
    records.collect()
}

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    let maker: String = row.get(3)?;
    let has_files: bool = row.get(4)?;
    let mut known = Vendor::ALL.into_iter().filter(|_| has_files);
    let vendor = known.find(|vendor| vendor.name() == maker);
    let secret = |text: Option<String>| text.as_deref().and_then(Secret::parse);
    Ok(Record {
        mac: Mac(row.get(0)?),
        token: Token::of(row.get(1)?),
        since: row.get::<_, i64>(2)?.unsigned_abs(),
        identity: Identity {
            vendor: vendor.map_or(Maker::Other(maker), Maker::Known),
            model: row.get(5)?,
        },
        trust: trust(row.get(6)?),
        name: row.get(7)?,
        number: row.get(8)?,
        person: row.get(9)?,
        speaks_up: row.get(10)?,
        address: row.get::<_, Option<u32>>(11)?.map(Ipv4Addr::from),
        secret: secret(row.get(12)?),
        menu: secret(row.get(13)?),
        is_delivered: row.get(14)?,
        is_led: row.get(15)?,
    })
}

const fn number(trust: Trust) -> u8 {
    match trust {
        Trust::Awaiting => 0,
        Trust::Approved => 1,
        Trust::Refused => 2,
    }
}

/// What the table's own check lets in.
const fn trust(number: u8) -> Trust {
    match number {
        1 => Trust::Approved,
        2 => Trust::Refused,
        _ => Trust::Awaiting,
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::net::Ipv4Addr;
    use std::os::unix::fs::PermissionsExt as _;

    use message::station::Trust;
    use provision::{Identity, Mac, Maker, Vendor};
    use rusqlite::Connection;

    use super::Store;
    use crate::stations::{Record, Secret, Token, Write};

    fn record(last: u8, number: Option<u32>) -> Record {
        Record {
            mac: Mac([0, 0x15, 0x65, 0, 0, last]),
            token: Token::of([last; 16]),
            since: 1_700_000_000_000,
            identity: Identity { vendor: Maker::Known(Vendor::Yealink), model: "T46S".into() },
            trust: Trust::Approved,
            name: "Zoë's".to_owned(),
            number,
            person: "zoe".to_owned(),
            speaks_up: true,
            address: Some(Ipv4Addr::new(192, 168, 77, last)),
            secret: Secret::parse("line-password"),
            menu: Secret::parse("123456789012"),
            is_delivered: true,
            is_led: true,
        }
    }

    #[test]
    fn what_was_written_is_there_after_a_restart_and_what_was_removed_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("gateway.sqlite");
        let (mut store, before) = Store::open(&path).expect("made");
        assert!(before.is_empty());
        let unknown = Record {
            // A name that a vendor of ours has is no proof that it is that vendor's.
            identity: Identity { vendor: Maker::Other("Snom".into()), model: String::new() },
            trust: Trust::Refused,
            address: None,
            secret: None,
            menu: None,
            is_delivered: false,
            is_led: false,
            ..record(2, None)
        };
        let put = |record: &Record| Write::Put(record.clone());
        let first = vec![put(&record(1, Some(201))), put(&unknown)];
        store.write(&[first, vec![put(&record(3, Some(202)))]]).expect("written");
        // The number goes from one phone to another within one batch.
        let replaced = record(1, Some(202));
        let writes = vec![Write::Remove(record(3, None).mac), put(&replaced)];
        store.write(&[writes]).expect("written");
        drop(store);
        let (_, after) = Store::open(&path).expect("opened");
        assert_eq!(after, [replaced, unknown]);
    }

    #[test]
    fn a_batch_that_cannot_be_written_leaves_nothing_behind() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("gateway.sqlite");
        let (mut store, _) = Store::open(&path).expect("made");
        let twice = [1, 2].map(|last| Write::Put(record(last, Some(201))));
        store.write(&[twice.to_vec()]).expect_err("two phones of one number");
        drop(store);
        assert!(Store::open(&path).expect("opened").1.is_empty());
    }

    #[test]
    fn nobody_else_can_read_it() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("gateway.sqlite");
        fs::write(&path, "").expect("written");
        fs::set_permissions(&path, fs::Permissions::from_mode(0o644)).expect("set");
        let (mut store, _) = Store::open(&path).expect("made");
        store.write(&[vec![Write::Put(record(1, None))]]).expect("written");
        for entry in fs::read_dir(folder.path()).expect("read") {
            let file = entry.expect("read");
            let mode = file.metadata().expect("read").permissions().mode() & 0o777;
            assert_eq!(mode, 0o600, "{}", file.path().display());
        }
    }

    #[test]
    fn a_later_version_is_left_alone() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("gateway.sqlite");
        drop(Store::open(&path).expect("made"));
        let database = Connection::open(&path).expect("opened");
        database.pragma_update(None, "user_version", 2).expect("set");
        drop(database);
        let error = Store::open(&path).expect_err("refused");
        assert!(error.to_string().contains("later version"), "{error:#}");
    }
}
