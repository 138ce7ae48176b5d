//! The database as the desk uses it.

use rusqlite::Connection;

use super::{STEPS, Store, TokenRecord};
use crate::audit::Entry;
use crate::history::{Sample, Span};
use crate::password::Verifier;
use crate::role::{Role, Who};
use crate::session::Session;

fn verifier(salt: u8) -> Verifier {
    Verifier { salt: [salt; 16], memory_kib: 8, passes: 1, hash: [salt; 32] }
}

fn who(name: &str) -> Who {
    Who { name: name.to_owned(), role: Role::Operator }
}

fn open() -> (tempfile::TempDir, Store) {
    let folder = tempfile::tempdir().expect("a folder");
    let store = Store::open(&folder.path().join("admin.sqlite")).expect("a database");
    (folder, store)
}

#[test]
fn what_was_kept_is_there_after_a_restart() {
    let (folder, store) = open();
    let session = Session { made: 1, used: 2 };
    assert!(store.add_administrator(&who("eva"), &verifier(1), 5).expect("written"));
    assert!(!store.add_administrator(&who("eva"), &verifier(2), 6).expect("written"));
    store.add_session(&[7; 32], "eva", session).expect("written");
    drop(store);
    let store = Store::open(&folder.path().join("admin.sqlite")).expect("the database");
    let known = store.administrator("eva").expect("read").expect("eva");
    assert_eq!((known.who, known.verifier), (who("eva"), verifier(1)));
    assert_eq!(store.session(&[7; 32]).expect("read"), Some((who("eva"), session)));
    assert_eq!(store.session(&[8; 32]).expect("read"), None);
}

#[test]
fn the_only_administrator_of_an_earlier_version_is_called_admin() {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("a");
    let old = Connection::open(&path).expect("a database");
    old.execute_batch(STEPS[0]).expect("the first tables");
    old.execute("INSERT INTO administrator VALUES (1, zeroblob(16), 8, 1, zeroblob(32))", [])
        .expect("an administrator");
    drop(old);
    let store = Store::open(&path).expect("brought up to date");
    let all = store.administrators().expect("read");
    assert_eq!(all[0].who, Who { name: "admin".to_owned(), role: Role::Administrator });
    drop(store);
    assert_eq!(Store::open(&path).expect("again").administrators().expect("read").len(), 1);
}

#[test]
fn another_password_another_role_and_removal_end_sessions() {
    let (_folder, mut store) = open();
    for name in ["a", "b", "c", "d"] {
        store.add_administrator(&who(name), &verifier(1), 0).expect("written");
        let token = [name.as_bytes()[0]; 32];
        store.add_session(&token, name, Session { made: 1, used: 1 }).expect("written");
    }
    store.set_verifier("a", &verifier(2)).expect("written");
    store.set_role("b", Role::Administrator).expect("written");
    store.remove_administrator("c").expect("written");
    let left = [*b"a", *b"b", *b"c", *b"d"].map(|name| {
        let found = store.session(&[name[0]; 32]).expect("read");
        found.is_some()
    });
    assert_eq!(left, [false, false, false, true]);
}

#[test]
fn sessions_are_touched_and_removed() {
    let (_folder, store) = open();
    store.add_administrator(&who("a"), &verifier(1), 0).expect("written");
    for token in [[1; 32], [2; 32], [3; 32]] {
        store.add_session(&token, "a", Session { made: 1, used: 1 }).expect("written");
    }
    store.touch_session(&[1; 32], 50).expect("written");
    store.touch_session(&[2; 32], 50).expect("written");
    store.remove_session(&[2; 32]).expect("written");
    store.remove_sessions_before(50).expect("written");
    let left = [[1; 32], [2; 32], [3; 32]].map(|t| store.session(&t).expect("read").is_some());
    assert_eq!(left, [true, false, false]);
}

#[test]
fn tokens_are_kept_by_hash_and_revoked_by_name() {
    let (_folder, store) = open();
    let token = TokenRecord { who: who("script"), made: 1, expires: 9, used: 0 };
    assert!(store.add_token(&token, &[1; 32]).expect("written"));
    assert!(!store.add_token(&token, &[2; 32]).expect("written"));
    store.touch_token("script", 4).expect("written");
    let found = store.token(&[1; 32]).expect("read").expect("the token");
    assert_eq!((found.who, found.used), (who("script"), 4));
    assert!(store.remove_token("script").expect("written"));
    assert!(!store.remove_token("script").expect("written"));
    assert_eq!(store.token(&[1; 32]).expect("read"), None);
}

#[test]
fn deeds_are_listed_from_the_newest_and_go_on_by_number() {
    let (_folder, store) = open();
    for at in 1..=5 {
        let text = String::new;
        let entry = Entry {
            at,
            who: "eva".to_owned(),
            role: text(),
            origin: text(),
            deed: "add-person".to_owned(),
            target: text(),
            outcome: text(),
        };
        store.note(&entry).expect("written");
    }
    let first = store.deeds(u64::MAX, 2).expect("read");
    assert_eq!(first.iter().map(|deed| deed.entry.at).collect::<Vec<_>>(), [5, 4]);
    let next = store.deeds(first[1].number, 9).expect("read");
    assert_eq!(next.iter().map(|deed| deed.entry.at).collect::<Vec<_>>(), [3, 2, 1]);
}

#[test]
fn samples_add_up_and_the_oldest_make_room() {
    let (_folder, mut store) = open();
    let minute = Span::Minute.millis();
    let begin = Span::Day.begin(1_777_911_600_000);
    let sample = Sample { accepted: 2, online: 3, disk_free: 7, ..Sample::default() };
    for at in 0..90 {
        store.add_sample(begin + at * minute, &sample).expect("written");
    }
    let quiet = Sample { online: 1, disk_free: 6, ..Sample::default() };
    store.add_sample(begin + 89 * minute + 5, &quiet).expect("written");
    let rows = |span| store.samples(span, begin, u64::MAX).expect("read");
    assert_eq!(rows(Span::Minute).len(), 90);
    let hours = rows(Span::Hour);
    assert_eq!([hours[0].sample.accepted, hours[1].sample.accepted], [120, 60]);
    let day = rows(Span::Day)[0].sample;
    assert_eq!((day.accepted, day.online, day.disk_free), (180, 3, 6));
    assert_eq!(store.samples(Span::Minute, begin, begin + minute).expect("read").len(), 1);
    for at in 0..u64::from(Span::Day.kept()) + 20 {
        store.add_sample(begin + at * Span::Day.millis(), &quiet).expect("written");
    }
    let kept = store.samples(Span::Day, 0, u64::MAX).expect("read");
    assert_eq!(kept.len(), Span::Day.kept() as usize);
    assert_eq!(kept[0].at, begin + 20 * Span::Day.millis());
}
