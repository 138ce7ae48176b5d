//! An older version that starts over data which a newer one has migrated.

use std::fs;
use std::io;

use chassis::layout::{Layout, Ports};
use rusqlite::Connection;
use system::shell_deed::Grounds;
use system::shell_early::finish;
use tempfile::TempDir;

/// An appliance after an update that migrated the database of people, and came back.
fn gone_back() -> (TempDir, Grounds) {
    let folder = tempfile::tempdir().expect("a temp dir");
    let layout = Layout::under(folder.path(), Ports::FREE);
    layout.make_directories().expect("made");
    let mut grounds = Grounds::of(layout);
    grounds.version = "1.0.0".to_owned();
    let kept = folder.path().join("before-update");
    for service in ["ivm", "admin"] {
        fs::create_dir_all(kept.join(service)).expect("made");
    }
    fs::write(kept.join("version"), "1.0.0").expect("written");
    let make = |path: &std::path::Path, who: &str, version: i64| {
        let database = Connection::open(path).expect("opens");
        let text = format!(
            "CREATE TABLE person (name); INSERT INTO person VALUES ('{who}');
             PRAGMA user_version = {version};"
        );
        database.execute_batch(&text).expect("made");
    };
    make(&kept.join("ivm/ivm.sqlite"), "old", 1);
    make(&grounds.layout.ivm_database, "new", 2);
    make(&kept.join("admin/admin.sqlite"), "old", 1);
    make(&grounds.layout.admin_database, "new", 1);
    (folder, grounds)
}

fn who(path: &std::path::Path) -> String {
    let database = Connection::open(path).expect("opens");
    database.query_row("SELECT name FROM person", [], |row| row.get(0)).expect("a row")
}

#[test]
fn what_the_older_version_cannot_read_is_taken_back_whenever_the_power_goes() {
    let mut cut = 0;
    loop {
        let (folder, grounds) = gone_back();
        let mut steps = 0;
        let mut step = || {
            steps += 1;
            if steps > cut { Err(io::Error::other("the power went")) } else { Ok(()) }
        };
        let was_cut = finish(&grounds, &mut step).is_err();
        finish(&grounds, &mut || Ok(())).expect("a start");
        assert_eq!(who(&grounds.layout.ivm_database), "old", "cut before step {cut}");
        assert_eq!(who(&grounds.layout.admin_database), "new", "it can be read: it stays");
        assert_eq!(who(&folder.path().join("newer/ivm/ivm.sqlite")), "new", "nothing is deleted");
        if !was_cut {
            break;
        }
        cut += 1;
    }
    assert!(cut > 4, "the steps were counted: {cut}");
}

#[test]
fn the_newer_version_keeps_its_own_data() {
    let (folder, mut grounds) = gone_back();
    grounds.version = "2.0.0".to_owned();
    finish(&grounds, &mut || Ok(())).expect("a start");
    assert_eq!(who(&grounds.layout.ivm_database), "new");
    assert!(!folder.path().join("newer").exists());
}
