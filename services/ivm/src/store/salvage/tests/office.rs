//! A small office's database, made by the writer itself, and what is in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};

use bytes::Bytes;
use chassis::kept;
use message::login::{Cost, Credentials};
use message::speech::{Fate, Mode};
use message::{Guid, MessageId, Priority};
use rusqlite::types::Value;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::record::{
    DeviceRecord, Instant, Invitation, MessageRecord, Number, PersonCopy, Snapshot, Stage, Write,
};
use crate::store::{Birth, Store};

pub(super) const BIRTH: Birth = Birth { server: Guid::from_bytes([0x5e; 16]), secret: [7; 32] };
pub(super) const PEOPLE: u8 = 60;
pub(super) const MESSAGES: u64 = 70;

/// Rows by table and key.
pub(super) type Rows = BTreeMap<&'static str, BTreeMap<String, Vec<Value>>>;

/// The tables, and how many columns are their keys.
const KEYS: [(&str, usize); 8] = [
    ("server", 1),
    ("account", 1),
    ("contact", 2),
    ("device", 1),
    ("message", 1),
    ("recipient", 2),
    ("taken", 2),
    ("portion", 3),
];

/// What a row of a table is known by.
pub(super) fn key(table: &str, row: &[Value]) -> String {
    let length = KEYS.iter().find(|(name, _)| *name == table).map_or(0, |(_, length)| *length);
    format!("{:?}", &row[..length])
}

/// The keys of rows that are not the same.
pub(super) fn differences(one: &Rows, other: &Rows) -> Vec<String> {
    let mut found = Vec::new();
    for (table, _) in KEYS {
        let keys = one[table].keys().chain(other[table].keys());
        let different = keys.filter(|key| one[table].get(*key) != other[table].get(*key));
        found.extend(different.map(|key| format!("{table} {key}")));
    }
    found
}

/// A folder with a database and portions.
pub(crate) struct Office {
    folder: TempDir,
}

impl Office {
    /// Everything is in the database, nothing in its log.
    pub(crate) fn new() -> Self {
        let office = Self { folder: tempfile::tempdir().expect("a folder") };
        let mut store = office.open().expect("opens").0;
        people(&mut store);
        commit(&mut store, (1..=MESSAGES).flat_map(message).collect());
        // Free pages, with rows on them that are deleted.
        let forget = (1..20).flat_map(|number| {
            (0..3).map(move |nth| Write::Expire {
                number: Number(number),
                person: person((number * 7 + nth) as u8 % PEOPLE),
            })
        });
        commit(&mut store, forget.chain([Write::Age { age: 1_000 }]).collect());
        drop(store);
        office
    }

    /// The newest messages are only in the log.
    pub(super) fn with_log() -> Self {
        let office = Self::new();
        let mut store = office.open().expect("opens").0;
        for number in MESSAGES + 1..=MESSAGES + 40 {
            commit(&mut store, message(number));
        }
        let copy = office.copy();
        drop(store);
        assert!(fs::metadata(copy.log()).expect("there is a log").len() > 100_000);
        copy
    }

    /// The same files in another folder.
    pub(super) fn copy(&self) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        copy(self.folder.path(), folder.path());
        Self { folder }
    }

    pub(crate) fn path(&self) -> PathBuf {
        self.folder.path().join("ivm.sqlite")
    }

    pub(crate) fn log(&self) -> PathBuf {
        self.folder.path().join("ivm.sqlite-wal")
    }

    pub(super) fn blobs(&self) -> PathBuf {
        self.folder.path().join("blobs")
    }

    pub(super) fn open(&self) -> anyhow::Result<(Store, Snapshot)> {
        Store::open(&self.path(), &self.blobs(), BIRTH)
    }

    /// How many damaged databases are kept.
    pub(super) fn kept(&self) -> usize {
        kept::all(&self.path()).expect("readable").len()
    }

    /// Destroys a page.
    pub(crate) fn damage(&self, page: usize) {
        let mut bytes = fs::read(self.path()).expect("readable");
        bytes[(page - 1) * 16_384..page * 16_384].fill(0xa5);
        fs::write(self.path(), bytes).expect("writable");
    }

    /// All that is in the database.
    pub(super) fn rows(&self) -> Rows {
        let flags = OpenFlags::SQLITE_OPEN_READ_WRITE;
        let database = Connection::open_with_flags(self.path(), flags).expect("opens");
        let config = rusqlite::config::DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE;
        database.set_db_config(config, true).expect("can be set");
        let rows = KEYS.iter().map(|(table, _)| (*table, table_rows(&database, table)));
        rows.collect()
    }

    /// The database is sound and hangs together.
    pub(super) fn check(&self) {
        let database = Connection::open(self.path()).expect("opens");
        let verdict: String = database
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .expect("can be checked");
        assert_eq!(verdict, "ok");
        let files = "SELECT lower(hex(file)) FROM portion WHERE file IS NOT NULL";
        let mut files = database.prepare(files).expect("prepares");
        for name in files.query_map([], |row| row.get::<_, String>(0)).expect("reads") {
            let name = name.expect("a name");
            assert!(self.blobs().join(&name[..2]).join(&name[2..]).is_file());
        }
        let mut check = database.prepare("PRAGMA foreign_key_check").expect("prepares");
        assert!(!check.exists([]).expect("can be checked"));
    }
}

fn table_rows(database: &Connection, table: &str) -> BTreeMap<String, Vec<Value>> {
    let mut statement = database.prepare(&format!("SELECT * FROM {table}")).expect("prepares");
    let columns = statement.column_count();
    let rows = statement.query_map([], |row| {
        let row: Vec<Value> = (0..columns).map(|at| row.get(at)).collect::<Result<_, _>>()?;
        Ok((key(table, &row), row))
    });
    rows.expect("reads").map(|row| row.expect("a row")).collect()
}

fn copy(from: &Path, to: &Path) {
    for entry in fs::read_dir(from).expect("readable").flatten() {
        let to = to.join(entry.file_name());
        if entry.path().is_dir() {
            fs::create_dir(&to).expect("writable");
            copy(&entry.path(), &to);
        } else {
            fs::copy(entry.path(), to).expect("writable");
        }
    }
}

fn commit(store: &mut Store, writes: Vec<Write>) {
    for result in store.writer.commit(&[writes]) {
        result.expect("is written");
    }
}

fn person(number: u8) -> Guid {
    Guid::from_bytes([number.wrapping_add(1); 16])
}

fn people(store: &mut Store) {
    let mut all = Vec::new();
    for number in 0..PEOPLE {
        let (guid, name) = (person(number), format!("person{number}"));
        let invitation = Invitation { hash: [number; 32], expires: 5 };
        let display = format!("Person {number}");
        let credentials = Box::new(Credentials {
            salt: [number; 16],
            cost: Cost { memory_kib: 65_536, passes: 3, lanes: 1 },
            stored_key: [number; 32],
            server_key: [1; 32],
            public_key: [2; 32],
            sealed_key: vec![number; 60],
            recovery_key: vec![3; 76],
        });
        let device = DeviceRecord {
            guid: Guid::from_bytes([number.wrapping_add(100); 16]),
            account: guid,
            name: "a device".to_owned(),
            token: [number; 32],
            seen: 9,
        };
        let mut writes = vec![Write::AddAccount { guid, name, display, invitation }];
        if !number.is_multiple_of(4) {
            writes.push(Write::Enrol { account: guid, credentials });
            writes.push(Write::PutDevice(device));
        }
        all.append(&mut writes);
    }
    commit(store, all);
    let pairs = (0..PEOPLE).flat_map(|one| (0..9).map(move |other| (one, (one + other) % PEOPLE)));
    let contacts = pairs.map(|(account, contact)| Write::SetContact {
        account: person(account),
        contact: person(contact),
        add: true,
    });
    commit(store, contacts.collect());
}

/// A message with three recipients; some are not complete, and some portions are large.
fn message(number: u64) -> Vec<Write> {
    let copy = |nth: u64| PersonCopy {
        person: person((number * 7 + nth) as u8 % PEOPLE),
        wrapped: vec![number as u8; 80],
        fate: Fate::Stored,
        own: nth == 2,
        closed: false,
    };
    let mut id = [0x77; 16];
    id[..8].copy_from_slice(&number.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
    let record = MessageRecord {
        number: Number(number),
        id: MessageId::from_bytes(id),
        sender: person((number * 7 + 2) as u8 % PEOPLE),
        device: Guid::from_bytes([number as u8; 16]),
        digest: [number as u8; 32],
        mode: Mode::Record,
        priority: Priority::Normal,
        format: vec![1, 2, 3],
        attachments: Vec::new(),
        sender_display: "Somebody".to_owned(),
        sender_key: [4; 32],
        created: 1,
        taken: Instant { unix: 2, age: number },
        reply_to: None,
        recipients: (0..3).map(copy).collect(),
        stage: Stage::Incomplete,
        streams: Vec::new(),
        bytes: 0,
    };
    let mut writes = vec![Write::Open(Box::new(record))];
    let number = Number(number);
    for sequence in 0..8 {
        let last = sequence == 7;
        let length = match (sequence, number.0 % 16) {
            (3, 0) => 70_000,
            (4, 0 | 8) => 40_000,
            (5, 0 | 5) => 6_000,
            _ => 300,
        };
        let bytes = (0..length).map(|at| (at * 31 + number.0 as usize * 7 + sequence) as u8);
        let body = Bytes::from(bytes.collect::<Vec<u8>>());
        let sequence = sequence as u32;
        writes.push(Write::Portion { number, stream: 0, sequence, last, body });
        if last && !number.0.is_multiple_of(11) {
            let at = Instant { unix: 3, age: 4 };
            writes.push(Write::Complete { number, streams: 1, bytes: 2_400, at });
        }
    }
    if number.0.is_multiple_of(11) {
        writes.pop();
    }
    writes
}
