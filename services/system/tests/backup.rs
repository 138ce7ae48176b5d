//! Backups of real files and real databases: made, checked, taken up by another appliance, and
//! refused when something is wrong with them.

use std::fs;
use std::io;
use std::path::Path;

use chassis::layout::{Layout, Ports};
use rusqlite::Connection;
use system::deed::{Outcome, Passphrase, Report, Request};
use system::shell_deed::{Grounds, act};
use system::shell_early::{confirm, finish, give_up_restore};
use tempfile::TempDir;

const PASSPHRASE: &str = "correct horse battery";
/// The name of a portion's file: what it holds does not matter here.
const PORTION: &str = "ab/cdefcdefcdefcdefcdefcdefcdefcdefcdefcdefcdefcdefcdefcdefcdefcd";

struct Appliance {
    grounds: Grounds,
    _folder: TempDir,
}

impl Appliance {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a temp dir");
        let layout = Layout::under(folder.path(), Ports::FREE);
        layout.make_directories().expect("made");
        Self { grounds: Grounds::of(layout), _folder: folder }
    }

    /// With people, a message in a large portion, settings and an authority.
    fn lived_in(name: &str) -> Self {
        let appliance = Self::new();
        let layout = &appliance.grounds.layout;
        let database = Connection::open(&layout.ivm_database).expect("opens");
        database.pragma_update(None, "journal_mode", "WAL").expect("set");
        let text = "CREATE TABLE account (name TEXT);
            CREATE TABLE message (number INTEGER PRIMARY KEY);
            CREATE TABLE portion (message INTEGER REFERENCES message, file BLOB, body BLOB);
            INSERT INTO message VALUES (1);
            PRAGMA user_version = 1;";
        database.execute_batch(text).expect("made");
        database.execute("INSERT INTO account VALUES (?1)", [name]).expect("added");
        let file: String = PORTION.replace('/', "");
        database
            .execute("INSERT INTO portion VALUES (1, unhex(?1), zeroblob(100000))", [file])
            .expect("added");
        let portion = layout.ivm_blobs.join(PORTION);
        fs::create_dir_all(portion.parent().expect("a folder")).expect("made");
        fs::write(portion, vec![7; 200_000]).expect("written");
        fs::create_dir_all(&layout.authority).expect("made");
        fs::write(layout.authority.join("authority.pem"), name).expect("written");
        let settings = system::book::Record::first().to_json();
        fs::write(layout.system_state.join("settings.json"), settings).expect("written");
        Connection::open(&layout.admin_database)
            .and_then(|admin| admin.execute_batch("CREATE TABLE administrator (id);"))
            .expect("made");
        appliance
    }

    fn act(&self, request: Request) -> Result<Outcome, String> {
        act(&self.grounds, request, &mut |report| {
            assert!(matches!(report, Report::Progress { percent: 0..=100, .. }));
        })
        .map_err(|error| format!("{error:#}"))
    }

    fn backup(&self, with_messages: bool) -> Vec<u8> {
        let passphrase = Passphrase::new(PASSPHRASE.to_owned());
        let made = self.act(Request::Backup { passphrase, with_messages }).expect("a backup");
        let path = self.grounds.layout.exchange.join(made.file.expect("a file"));
        assert_eq!(fs::read_dir(&self.grounds.layout.exchange).expect("there").count(), 1);
        assert!(!self.at("backup.tmp").exists());
        let bytes = fs::read(&path).expect("readable");
        fs::remove_file(path).expect("removed");
        bytes
    }

    fn restore(&self, backup: &[u8], passphrase: &str) -> Result<Outcome, String> {
        fs::write(self.grounds.layout.exchange.join("a.ivmbackup"), backup).expect("written");
        let passphrase = Passphrase::new(passphrase.to_owned());
        self.act(Request::Restore { file: "a.ivmbackup".to_owned(), passphrase })
    }

    fn start(&self) {
        finish(&self.grounds, &mut || Ok(())).expect("a start");
    }

    /// A start that is cut off before step `last`; tells whether it was.
    fn cut_start(&self, last: usize) -> bool {
        let mut steps = 0;
        let mut step = || {
            steps += 1;
            if steps > last { Err(io::Error::other("the power went")) } else { Ok(()) }
        };
        finish(&self.grounds, &mut step).is_err()
    }

    fn at(&self, path: &str) -> std::path::PathBuf {
        self.grounds.layout.state.join(path)
    }

    /// Who lives here, by the database and by the authority; how many messages there are.
    fn identity(&self) -> (String, String, i64) {
        let database = Connection::open(&self.grounds.layout.ivm_database).expect("opens");
        let one = |sql: &str| database.query_row(sql, [], |row| row.get(0)).expect("a row");
        let messages = database
            .query_row("SELECT count(*) FROM portion", [], |row| row.get(0))
            .expect("a count");
        let authority = fs::read_to_string(self.at("system/authority/authority.pem"));
        (one("SELECT name FROM account"), authority.expect("there"), messages)
    }
}

fn same(name: &str, messages: i64) -> (String, String, i64) {
    (name.to_owned(), name.to_owned(), messages)
}

#[test]
fn a_blank_unit_becomes_the_appliance_of_the_backup() {
    let old = Appliance::lived_in("anna");
    let backup = old.backup(true);
    assert!(!backup.windows(4).any(|part| part == b"anna"), "nothing can be read in it");
    let new = Appliance::new();
    new.restore(&backup, PASSPHRASE).expect("it is whole");
    assert!(!new.at("ivm/ivm.sqlite").exists(), "nothing happens before the next start");
    new.start();
    assert_eq!(new.identity(), same("anna", 1));
    let portion = fs::read(new.grounds.layout.ivm_blobs.join(PORTION)).expect("there");
    assert_eq!(portion, vec![7; 200_000]);
    assert!(new.at("system/settings.json").exists() && new.at("admin/admin.sqlite").exists());
    confirm(&new.grounds.layout).expect("confirmed");
    assert!(!new.at("restore.old").exists() && !new.at("restore.new").exists());
}

#[test]
fn without_messages_there_are_people_and_no_messages() {
    let backup = Appliance::lived_in("anna").backup(false);
    assert!(backup.len() < 100_000);
    let new = Appliance::lived_in("bob");
    new.restore(&backup, PASSPHRASE).expect("it is whole");
    new.start();
    assert_eq!(new.identity(), same("anna", 0));
}

#[test]
fn a_backup_is_made_while_a_service_writes() {
    let appliance = Appliance::lived_in("anna");
    let open = Connection::open(&appliance.grounds.layout.ivm_database).expect("opens");
    open.execute_batch("BEGIN IMMEDIATE; INSERT INTO account VALUES ('half');").expect("writes");
    let backup = appliance.backup(true);
    open.execute_batch("COMMIT").expect("commits");
    let new = Appliance::new();
    new.restore(&backup, PASSPHRASE).expect("it is whole");
    new.start();
    let database = Connection::open(&new.grounds.layout.ivm_database).expect("opens");
    let count: i64 =
        database.query_row("SELECT count(*) FROM account", [], |row| row.get(0)).expect("a count");
    assert_eq!(count, 1, "what was not committed is not in it");
}

#[test]
fn what_is_wrong_with_a_backup_is_said_and_nothing_changes() {
    let backup = Appliance::lived_in("anna").backup(true);
    let here = Appliance::lived_in("bob");
    let mut changed = backup.clone();
    changed[70_000] ^= 1;
    let mut newer = backup.clone();
    newer[9] = 2;
    let cases: [(&[u8], &str, &str); 6] = [
        (&backup, "wrong horse battery", "passphrase is wrong"),
        (&backup[..backup.len() / 2], PASSPHRASE, "cut off"),
        (&backup[..30], PASSPHRASE, "not a backup"),
        (b"a photograph of a horse, and nothing else but a horse", PASSPHRASE, "not a backup"),
        (&changed, PASSPHRASE, "damaged"),
        (&newer, PASSPHRASE, "newer version"),
    ];
    for (bytes, passphrase, expected) in cases {
        let words = here.restore(bytes, passphrase).expect_err(expected);
        assert!(words.contains(expected), "{words}");
        assert!(!here.at("restore.part").exists() && !here.at("restore.new").exists());
    }
    let path = here.grounds.layout.exchange.join("link.ivmbackup");
    std::os::unix::fs::symlink("/etc/hostname", path).expect("linked");
    let passphrase = Passphrase::new(PASSPHRASE.to_owned());
    let link = Request::Restore { file: "link.ivmbackup".to_owned(), passphrase };
    assert!(here.act(link).expect_err("a link").contains("there is no file"));
    here.start();
    assert_eq!(here.identity(), same("bob", 1));
}

#[test]
fn a_newer_program_s_backup_is_not_taken() {
    let mut old = Appliance::lived_in("anna");
    old.grounds.version = "99.0.0".to_owned();
    let backup = old.backup(true);
    let words = Appliance::new().restore(&backup, PASSPHRASE).expect_err("newer");
    assert!(words.contains("99.0.0") && words.contains("update this appliance first"), "{words}");
}

#[test]
fn a_power_cut_at_any_step_of_a_restore_ends_in_the_whole_backup() {
    let backup = Appliance::lived_in("anna").backup(true);
    let mut cut = 0;
    loop {
        let here = Appliance::lived_in("bob");
        here.restore(&backup, PASSPHRASE).expect("it is whole");
        let was_cut = here.cut_start(cut);
        // And once more a step later, before it comes to an end.
        here.cut_start(cut / 2);
        here.start();
        assert_eq!(here.identity(), same("anna", 1), "cut before step {cut}");
        if !was_cut {
            break;
        }
        cut += 1;
    }
    assert!(cut > 12, "the steps were counted: {cut}");
}

#[test]
fn a_power_cut_at_any_step_of_the_way_back_ends_in_what_was_before() {
    let backup = Appliance::lived_in("anna").backup(true);
    let mut cut = 0;
    loop {
        let here = Appliance::lived_in("bob");
        here.restore(&backup, PASSPHRASE).expect("it is whole");
        here.start();
        assert!(give_up_restore(&here.grounds.layout).expect("noted"));
        let was_cut = here.cut_start(cut);
        here.start();
        assert_eq!(here.identity(), same("bob", 1), "cut before step {cut}");
        assert!(!here.at("restore.old").exists());
        if !was_cut {
            break;
        }
        cut += 1;
    }
    assert!(cut > 8, "the steps were counted: {cut}");
}

#[test]
fn a_power_cut_at_any_step_of_a_reset_ends_in_a_reset_appliance() {
    for keep_messages in [true, false] {
        let mut cut = 0;
        loop {
            let here = Appliance::lived_in("bob");
            here.act(Request::FactoryReset { keep_messages }).expect("noted");
            let was_cut = here.cut_start(cut);
            here.start();
            assert!(!here.at("system/settings.json").exists(), "cut before step {cut}");
            assert!(!here.at("admin/admin.sqlite").exists() && !here.at("reset").exists());
            if keep_messages {
                assert_eq!(here.identity(), same("bob", 1));
            } else {
                assert!(is_empty(&here.at("ivm")) && is_empty(&here.at("system")));
            }
            if !was_cut {
                break;
            }
            cut += 1;
        }
        assert!(cut > 8, "the steps were counted: {cut}");
    }
}

fn is_empty(folder: &Path) -> bool {
    fs::read_dir(folder).expect("there").next().is_none()
}
