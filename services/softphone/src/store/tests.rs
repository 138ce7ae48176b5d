//! The ordered map, on a real file.

use std::os::unix::fs::PermissionsExt;

use bytes::Bytes;
use client_engine::{Input, Ticket, Write};

use super::{Answer, Database, Store};

fn put(key: &[u8], value: &[u8]) -> Write {
    Write::Put(key.to_vec(), Bytes::copy_from_slice(value))
}

fn keys(database: &Database, prefix: &[u8], after: Option<&[u8]>, limit: usize) -> (String, bool) {
    let page = database.scan(prefix, after, limit).expect("readable");
    let keys: Vec<String> =
        page.records.iter().map(|(key, _)| String::from_utf8_lossy(key).into_owned()).collect();
    (keys.join(" "), page.more)
}

// rows 33, 34
#[test]
fn records_come_in_order_in_pages_that_end_where_the_prefix_ends() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ivm.db");
    let mut database = Database::open(&path).expect("opened");
    let writes =
        [put(b"b2", b"xx"), put(b"a", b"x"), put(b"b1", b"xx"), put(b"b3", b"xx"), put(b"c", b"")];
    database.write(&writes).expect("written");
    let says = |keys: &str, more| (keys.to_owned(), more);
    assert_eq!(keys(&database, b"b", None, 4), says("b1 b2", true));
    assert_eq!(keys(&database, b"b", Some(b"b2"), 4), says("b3", false));
    assert_eq!(keys(&database, b"b", None, 0), says("b1", true));
    assert_eq!(keys(&database, b"", None, 99), says("a b1 b2 b3 c", false));
    assert_eq!(keys(&database, b"b", Some(b"a"), 99), says("b1 b2 b3", false));
    assert_eq!(keys(&database, b"bb", None, 99), says("", false));
    let mode = std::fs::metadata(&path).expect("there").permissions().mode();
    assert_eq!(mode & 0o777, 0o600);
}

#[test]
fn a_prefix_is_deleted_and_nothing_else() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut database = Database::open(&folder.path().join("ivm.db")).expect("opened");
    let end = [put(b"a\xfe", b""), put(b"a\xff", b""), put(b"a\xff\xff", b""), put(b"b", b"")];
    database.write(&end).expect("written");
    database.write(&[Write::DeletePrefix(b"a\xff".to_vec())]).expect("deleted");
    assert_eq!(database.scan(b"", None, 99).expect("readable").records.len(), 2);
    database.write(&[put(b"\xff\xff", b""), Write::DeletePrefix(b"\xff".to_vec())]).expect("done");
    assert_eq!(database.scan(b"", None, 99).expect("readable").records.len(), 2);
    database.write(&[Write::DeletePrefix(Vec::new())]).expect("deleted");
    assert_eq!(database.scan(b"", None, 99).expect("readable").records.len(), 0);
}

#[test]
fn settings_outlive_the_process() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ivm.db");
    let mut database = Database::open(&path).expect("opened");
    assert_eq!(database.setting("server").expect("readable"), None);
    database.set(&[("server", "a"), ("server", "b")]).expect("set");
    drop(database);
    let again = Database::open(&path).expect("opened");
    assert_eq!(again.setting("server").expect("readable").as_deref(), Some("b"));
}

#[test]
fn two_processes_write_into_one_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ivm.db");
    let mut one = Database::open(&path).expect("opened");
    let mut two = Database::open(&path).expect("opened");
    for number in 0..20u8 {
        one.write(&[put(&[1, number], b"one")]).expect("written");
        two.write(&[put(&[2, number], b"two")]).expect("written");
    }
    assert_eq!(one.scan(&[2], None, 1000).expect("readable").records.len(), 20);
    assert_eq!(two.scan(&[1], None, 1000).expect("readable").records.len(), 20);
}

#[test]
fn who_only_looks_sees_its_own_writes_and_keeps_none() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("ivm.db");
    let mut below = Database::open(&path).expect("opened");
    below.write(&[put(b"a1", b"x"), put(b"a2", b"x"), put(b"b", b"x")]).expect("written");
    let mut above = Database::open(&path).expect("opened").only_looking();
    let writes = [Write::DeletePrefix(b"a2".to_vec()), put(b"a0", b"y"), put(b"a1", b"y")];
    above.write(&writes).expect("seen");
    assert_eq!(keys(&above, b"a", None, 99), ("a0 a1".to_owned(), false));
    assert_eq!(keys(&above, b"a", Some(b"a0"), 99), ("a1".to_owned(), false));
    assert_eq!(keys(&above, b"", None, 1), ("a0 a1".to_owned(), true));
    assert_eq!(keys(&below, b"", None, 99), ("a1 a2 b".to_owned(), false));
    assert_eq!(&below.scan(b"a1", None, 99).expect("readable").records[0].1[..], b"x");
}

#[test]
fn records_are_copied_to_another_database() {
    let folder = tempfile::tempdir().expect("a folder");
    let mut from = Database::open(&folder.path().join("from.db")).expect("opened");
    from.write(&[put(b"a1", b"new"), put(b"a2", b"new"), put(b"b", b"")]).expect("written");
    let path = folder.path().join("to.db");
    let mut to = Database::open(&path).expect("opened");
    to.write(&[put(b"a1", b"old")]).expect("written");
    from.copy_to(&path, &[b"a"], true).expect("copied");
    assert_eq!(keys(&to, b"", None, 99), ("a1 a2".to_owned(), false));
    assert_eq!(&to.scan(b"a1", None, 99).expect("readable").records[0].1[..], b"old");
    from.copy_to(&path, &[b"a"], false).expect("copied");
    assert_eq!(&to.scan(b"a1", None, 99).expect("readable").records[0].1[..], b"new");
}

#[tokio::test]
async fn requests_are_answered_in_their_order() {
    let folder = tempfile::tempdir().expect("a folder");
    let database = Database::open(&folder.path().join("ivm.db")).expect("opened");
    let mut store = Store::start(database).expect("started");
    for number in 0..200u8 {
        store.write(Ticket(number.into()), vec![put(&[number], b"x")]);
    }
    store.scan(Ticket(999), Vec::new(), None, 1000);
    for number in 0..200u64 {
        let answer = store.next().await;
        assert!(matches!(answer, Answer::Input(Input::Stored(Ticket(n))) if n == number));
    }
    let Answer::Input(Input::Scanned { ticket: Ticket(999), records, more: false }) =
        store.next().await
    else {
        unreachable!("the scan was asked last")
    };
    assert_eq!(records.len(), 200);
    assert_eq!(store.unanswered(), 0);
}
