//! The store: what is on disk stays, what is not was never promised.

use message::speech::{Happened, Mode, Sending};

use super::{Office, code, message_id};
use crate::record::{Answer, Fault, Instant, Number, Query, Stage, Write};
use crate::store::{Birth, Store};
use bytes::Bytes;
use message::{ErrorCode, Guid};

impl Office {
    fn files(&self) -> usize {
        let root = self.folder.path().join("blobs");
        let folders = std::fs::read_dir(root).expect("readable").flatten();
        let in_folder =
            |folder: std::fs::DirEntry| std::fs::read_dir(folder.path()).map_or(0, Iterator::count);
        folders.map(in_folder).sum()
    }

    fn check_integrity(&self) {
        let path = self.folder.path().join("ivm.sqlite");
        let database = rusqlite::Connection::open(path).expect("opens");
        let verdict: String = database
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .expect("can be checked");
        assert_eq!(verdict, "ok");
        let strays: Option<String> = {
            let mut check = database.prepare("PRAGMA foreign_key_check").expect("prepares");
            let mut rows = check.query([]).expect("runs");
            rows.next().expect("reads").map(|row| row.get(0).expect("a table"))
        };
        assert_eq!(strays, None);
    }
}

// rows 73, 81
#[test]
fn what_was_acknowledged_survives_a_kill_and_what_was_not_is_sent_again() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    office.speak(&anna, 1, Mode::Record, &[bert], 3);
    office.slow_disk = true;
    office.speak(&anna, 2, Mode::Record, &[bert], 3);
    office.slow_disk = false;
    office.restart();
    office.check_integrity();
    let anna = office.come_back(&anna);
    let sending = vec![message_id(1), message_id(2)];
    office.attend_with(
        &anna,
        &message::speech::CheckIn { sending, ..message::speech::CheckIn::default() },
    );
    let progress = office.progress(anna.conn);
    assert!(progress[0].known && progress[0].stored);
    assert!(!progress[1].known);
    office.speak(&anna, 2, Mode::Record, &[bert], 3);
    let bert = office.log_in("bert");
    office.attend(&bert);
    assert_eq!(office.envelopes(bert.conn).len(), 2);
}

#[test]
fn a_kill_between_any_two_commits_leaves_a_message_that_goes_on() {
    for done in 0..5 {
        let mut office = Office::new();
        let anna = office.present("anna");
        let bert = office.person("bert");
        office.slow_disk = true;
        office.speak(&anna, 1, Mode::Record, &[bert], 4);
        let held = std::mem::take(&mut office.held);
        for (ticket, writes) in held.into_iter().take(done) {
            office.write(ticket, &[writes]);
        }
        office.slow_disk = false;
        office.restart();
        office.check_integrity();
        let anna = office.come_back(&anna);
        office.speak(&anna, 1, Mode::Record, &[bert], 4);
        assert!(office.progress(anna.conn).iter().any(|progress| progress.stored), "{done}");
        let bert = office.log_in("bert");
        office.attend(&bert);
        let numbers: Vec<u32> = office.portions(bert.conn).iter().map(|part| part.1).collect();
        assert_eq!(numbers, [0, 1, 2, 3], "{done}");
    }
}

// row 78
#[test]
fn large_portions_are_files_and_go_when_nobody_wants_them() {
    let mut office = Office::new();
    let (anna, bert) = (office.present("anna"), office.present("bert"));
    office.open(&anna, 1, Mode::Record, &[bert.account]);
    office.portion_of(&anna, 1, (0, 0, false), &vec![1; 100_000]);
    office.portion_of(&anna, 1, (0, 1, true), &vec![2; 100_000]);
    assert_eq!(office.files(), 2);
    assert_eq!(office.portions(bert.conn).len(), 2);
    office.acknowledge(&bert, 1, Happened::Delivered);
    assert_eq!(office.files(), 2, "kept for new devices");
    for device in [&bert, &anna] {
        let discard = message::speech::Discard { message: message_id(1) };
        office.ask(device.conn, &discard);
    }
    assert_eq!(office.files(), 0);
}

#[test]
fn files_that_nothing_names_are_swept_at_the_start() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    office.open(&anna, 1, Mode::Record, &[bert]);
    office.portion_of(&anna, 1, (0, 0, false), &vec![1; 100_000]);
    let stray = office.folder.path().join("blobs").join("ab");
    std::fs::create_dir_all(&stray).expect("writable");
    std::fs::write(stray.join("c".repeat(62)), b"stray").expect("writable");
    assert_eq!(office.files(), 2);
    office.restart();
    assert_eq!(office.files(), 1);
}

#[test]
fn a_damaged_file_is_noticed_and_the_other_messages_still_come() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    office.open(&anna, 1, Mode::Record, &[bert]);
    office.portion_of(&anna, 1, (0, 0, true), &vec![1; 100_000]);
    office.speak(&anna, 2, Mode::Record, &[bert], 1);
    let root = office.folder.path().join("blobs");
    for folder in std::fs::read_dir(root).expect("readable").flatten() {
        for file in std::fs::read_dir(folder.path()).expect("readable").flatten() {
            std::fs::write(file.path(), b"damaged").expect("writable");
        }
    }
    let bert = office.log_in("bert");
    office.attend(&bert);
    let came = office.envelopes(bert.conn);
    assert_eq!(came.len(), 1);
    assert_eq!(came[0].message, message_id(2));
}

#[test]
fn a_failing_disk_is_told_and_changes_nothing_in_memory() {
    let mut office = Office::new();
    let anna = office.present("anna");
    office.fault = Some(Fault::Failed("broken".into()));
    let status = message::people::SetStatus { status: message::people::Status::Away };
    assert_eq!(code(&office.ask(anna.conn, &status)), ErrorCode::Internal);
    let admin = office.connect_service();
    let add = message::admin::AddPerson { name: "carl".into(), display: "Carl".into() };
    assert_eq!(code(&office.ask(admin, &add)), ErrorCode::Internal);
    office.fault = None;
    assert!(office.ask(admin, &add).read::<message::admin::Invited>().is_ok());
}

#[test]
fn a_batch_is_all_or_nothing_and_does_not_harm_its_neighbours() {
    let mut office = Office::new();
    let anna = office.present("anna");
    let bert = office.person("bert");
    let sending: Sending = office.open(&anna, 1, Mode::Record, &[bert]).read().expect("sending");
    assert_eq!(sending.fates.len(), 1);
    let store = office.store.as_mut().expect("open");
    let number = Number(1);
    let portion = |sequence, last| Write::Portion {
        number,
        stream: 0,
        sequence,
        last,
        body: Bytes::from_static(b"x"),
    };
    let complete = Write::Complete { number, streams: 1, bytes: 1, at: Instant::default() };
    let batches = [
        vec![portion(0, false)],
        vec![portion(2, true), complete.clone()],
        vec![portion(1, true), complete],
    ];
    let results = store.writer.commit(&batches);
    assert!(results[0].is_ok() && results[2].is_ok());
    assert_eq!(results[1], Err(Fault::Gap));
    let answer = store.asker.answer(&Query::Message { id: message_id(1) }).expect("answers");
    let Answer::Message(Some(record)) = answer else { unreachable!("it is there") };
    assert_eq!((record.stage, record.streams[0].next), (Stage::Complete, 2));
}

#[test]
fn a_database_of_a_later_version_is_left_alone() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let path = folder.path().join("ivm.sqlite");
    let database = rusqlite::Connection::open(&path).expect("opens");
    database.pragma_update(None, "user_version", 99).expect("writes");
    drop(database);
    let birth = Birth { server: Guid::BLANK, secret: [0; 32] };
    assert!(Store::open(&path, &folder.path().join("blobs"), birth).is_err());
}
