//! A process that writes is killed; another looks at what it has left.

use std::env;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use bytes::Bytes;
use message::speech::{Fate, Mode};
use message::{Guid, Priority};

use super::message_id;
use crate::record::{Answer, Instant, MessageRecord, Number, PersonCopy, Query, Stage, Write};
use crate::store::{Birth, Store};

/// The folder of the process that will be killed.
const FOLDER: &str = "IVM_TEST_FOLDER";
const PERSON: Guid = Guid::from_bytes([4; 16]);

fn open(folder: &Path) -> Store {
    let birth = Birth { server: Guid::BLANK, secret: [0; 32] };
    let store = Store::open(&folder.join("ivm.sqlite"), &folder.join("blobs"), birth);
    store.expect("opens").0
}

fn record(number: u8) -> MessageRecord {
    let wrapped = vec![0; 80];
    let copy =
        PersonCopy { person: PERSON, wrapped, fate: Fate::Stored, own: false, closed: false };
    MessageRecord {
        number: Number(u64::from(number)),
        id: message_id(number),
        sender: Guid::BLANK,
        device: Guid::BLANK,
        digest: [0; 32],
        mode: Mode::Record,
        priority: Priority::Normal,
        format: Vec::new(),
        attachments: Vec::new(),
        sender_display: String::new(),
        sender_key: [0; 32],
        created: 0,
        taken: Instant::default(),
        reply_to: None,
        recipients: vec![copy],
        stage: Stage::Incomplete,
        streams: Vec::new(),
        bytes: 0,
    }
}

/// Every third portion is large enough for a file of its own.
fn body(number: u8, sequence: u32) -> Bytes {
    let length = if sequence.is_multiple_of(3) { 70_000 } else { 100 };
    Bytes::from(vec![number ^ sequence as u8; length])
}

#[test]
#[ignore = "it is started by another test, to be killed"]
fn a_process_that_writes_until_it_is_killed() {
    let Some(folder) = env::var_os(FOLDER) else { return };
    let mut store = open(Path::new(&folder));
    for number in 1..=250 {
        let done = store.writer.commit(&[vec![Write::Open(Box::new(record(number)))]]);
        assert!(done[0].is_ok());
        for sequence in 0..10 {
            let last = sequence == 9;
            let (at, number_of) = (Instant::default(), Number(u64::from(number)));
            let body = body(number, sequence);
            let mut batch =
                vec![Write::Portion { number: number_of, stream: 0, sequence, last, body }];
            if last {
                let complete = Write::Complete { number: number_of, streams: 1, bytes: 1, at };
                batch.push(complete);
            }
            assert!(store.writer.commit(&[batch])[0].is_ok());
            println!("\nacknowledged {number} {sequence}");
        }
    }
}

// rows 78, 81
#[test]
fn what_a_killed_process_has_acknowledged_is_there() {
    for lines in [1, 7, 10, 31, 64] {
        let folder = tempfile::tempdir().expect("a temporary folder");
        let (number, sequence) = kill_after(lines, folder.path());
        let store = open(folder.path());
        for earlier in 1..=number {
            check(&store, earlier, if earlier < number { 9 } else { sequence });
        }
        let database = rusqlite::Connection::open(folder.path().join("ivm.sqlite")).expect("opens");
        let verdict: String = database
            .query_row("PRAGMA integrity_check", [], |row| row.get(0))
            .expect("can be checked");
        assert_eq!(verdict, "ok");
    }
}

/// Starts the writing process and kills it after so many acknowledgements; tells the last one.
fn kill_after(lines: usize, folder: &Path) -> (u8, u32) {
    let mut child = Command::new(env::current_exe().expect("a test has a program"))
        .args(["--ignored", "--exact", "--nocapture"])
        .arg("tests::killed::a_process_that_writes_until_it_is_killed")
        .env(FOLDER, folder)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let output = BufReader::new(child.stdout.take().expect("piped"));
    let acknowledged = output.lines().map_while(Result::ok).filter_map(|line| {
        let (number, sequence) = line.strip_prefix("acknowledged ")?.split_once(' ')?;
        Some((number.parse().ok()?, sequence.parse().ok()?))
    });
    let last = acknowledged.take(lines).last().expect("it writes");
    child.kill().expect("it runs");
    child.wait().expect("it was ours");
    last
}

/// Everything up to this portion is there, whole, without a gap.
fn check(store: &Store, number: u8, at_least: u32) {
    let answer = store.asker.answer(&Query::Message { id: message_id(number) });
    let Ok(Answer::Message(Some(found))) = answer else { unreachable!("it was acknowledged") };
    assert!(found.streams[0].next > at_least);
    assert_eq!(found.stage == Stage::Complete, found.streams[0].complete);
    let query = Query::Page {
        number: found.number,
        person: PERSON,
        envelope: true,
        from: vec![0],
        budget: 10 << 20,
    };
    let Ok(Answer::Page(Some(page))) = store.pager.answer(&query) else {
        unreachable!("its portions are whole")
    };
    assert_eq!(page.portions.len(), found.streams[0].next as usize);
    for (sequence, portion) in (0..).zip(page.portions) {
        assert_eq!(portion.body, body(number, sequence));
    }
}
