//! Every page of a real database is damaged in turn: what stood on others is there afterwards.

mod office;
mod pages;

use std::fs;

use chassis::kept::{self, told};
use message::Guid;

use super::{make_room, salvage};
use crate::record::{Fault, Number, Query};
use crate::store::blobs::Blobs;
use crate::store::damage;
pub(crate) use office::Office;
use office::{BIRTH, MESSAGES, PEOPLE, differences};

#[test]
fn a_sound_database_is_left_as_it_is() {
    let office = Office::new();
    let before = office.rows();
    for _ in 0..2 {
        drop(office.open().expect("opens"));
        assert_eq!(office.kept(), 0);
    }
    assert!(differences(&office.rows(), &before).is_empty());
    assert_eq!(told(&office.path()).expect("can be asked"), None);
}

#[test]
fn garbage_and_nothing_are_kept_aside_and_the_server_begins_anew() {
    let long = vec![0x5a; 300_000];
    for content in [&long[..], b"no database", b""] {
        let office = Office::new();
        fs::write(office.path(), content).expect("writable");
        let (store, snapshot) = office.open().expect("opens");
        drop(store);
        assert!(snapshot.accounts.is_empty());
        assert_eq!(fs::read(kept::damaged(&office.path(), 1)).expect("is kept"), content);
        let told = told(&office.path()).expect("can be asked").expect("there is something");
        assert!(told.words.contains("0 people, 0 messages and 0 portions"), "{}", told.words);
        assert!(told.until > told.since);
    }
}

#[test]
fn of_a_database_that_was_cut_off_the_rest_is_there() {
    let office = Office::new();
    let before = office.rows();
    let whole = fs::read(office.path()).expect("readable");
    let most = whole.len() / 8 * 7;
    for part in [most, whole.len() / 3 + 77, 20_000, 16_384, 4_000] {
        let office = office.copy();
        fs::write(office.path(), &whole[..part]).expect("writable");
        drop(office.open().expect("opens"));
        assert_eq!(office.kept(), 1, "{part}");
        office.check();
        let after = office.rows();
        assert!(part < most || after["portion"].len() > 200, "{part}");
        for (table, rows) in &after {
            let new = rows.iter().filter(|(key, _)| !before[table].contains_key(*key));
            assert_eq!(new.count(), 0, "{table} {part}");
        }
    }
}

#[test]
fn a_salvage_that_is_stopped_anywhere_begins_anew_from_the_damaged_files() {
    let office = Office::with_log();
    let mut damaged = fs::read(office.path()).expect("readable");
    damaged[3 * 16_384..4 * 16_384].fill(0xa5);
    let whole = office.copy();
    fs::write(whole.path(), &damaged).expect("writable");
    drop(whole.open().expect("opens"));
    let wanted = whole.rows();
    let log = fs::read(office.log()).expect("readable");
    for stop in 0..6 {
        let office = office.copy();
        fs::write(office.path(), &damaged).expect("writable");
        let blobs = Blobs::open(office.blobs()).expect("opens");
        let mut steps = 0..stop;
        let stopped = salvage(&office.path(), &blobs, BIRTH, &mut || {
            steps.next().map(drop).ok_or_else(|| anyhow::anyhow!("the power is gone"))
        });
        assert_eq!(stopped.is_err(), stop < 5, "{stop}");
        drop(office.open().expect("opens"));
        assert_eq!(office.kept(), 1, "{stop}");
        assert_eq!(differences(&office.rows(), &wanted), [""; 0], "{stop}");
        let kept = kept::damaged(&office.path(), 1);
        let kept = if kept.exists() { kept } else { kept::damaged(&office.path(), 2) };
        assert_eq!(fs::read(&kept).expect("is kept"), damaged, "{stop}");
        assert_eq!(fs::read(kept::with(&kept, "-wal")).expect("is kept"), log, "{stop}");
        assert!(!kept::with(&office.path(), ".new").exists());
    }
}

#[test]
fn two_damaged_databases_are_kept_and_older_ones_make_room() {
    let office = Office::new();
    for _ in 0..4 {
        office.damage(3);
        drop(office.open().expect("opens"));
    }
    drop(office.open().expect("opens"));
    assert_eq!(kept::all(&office.path()).expect("readable"), [3, 4]);
    let path = office.path();
    let free = |path: &std::path::Path| {
        let kept = kept::all(path)?.len() as u64;
        Ok((1 << 30) * (2 - kept.min(2)))
    };
    make_room(&path, free).expect("there is room when the oldest is gone");
    assert_eq!(kept::all(&path).expect("readable"), [4]);
    let full = make_room(&path, |_| Ok(1 << 20)).expect_err("there is none");
    assert!(full.to_string().contains("1 MiB"), "{full}");
}

#[test]
fn damage_that_is_met_while_the_server_runs_is_salvaged_at_the_next_start() {
    let office = Office::new();
    let (store, _) = office.open().expect("opens");
    let before = office.rows();
    let bytes = fs::metadata(office.path()).expect("there").len();
    for page in 25..=bytes as usize / 16_384 {
        office.damage(page);
    }
    let met = (20..=MESSAGES).any(|number| {
        let person = Guid::from_bytes([(number * 7 % u64::from(PEOPLE) + 1) as u8; 16]);
        let (envelope, from, budget) = (true, vec![0], 1 << 20);
        let query = Query::Page { number: Number(number), person, envelope, from, budget };
        matches!(store.pager.answer(&query), Err(Fault::Damaged(_)))
    });
    assert!(met);
    drop(store);
    drop(office.open().expect("opens"));
    assert_eq!(office.kept(), 1);
    office.check();
    assert!(office.rows()["account"].len() == before["account"].len());
    drop(office.open().expect("opens"));
    assert_eq!(office.kept(), 1, "once is enough");
}

#[test]
fn what_a_run_has_met_is_salvaged_even_if_it_cannot_be_seen_from_outside() {
    let office = Office::new();
    let before = office.rows();
    damage::remember(&office.path());
    for _ in 0..2 {
        drop(office.open().expect("opens"));
        assert_eq!(office.kept(), 1);
    }
    assert_eq!(differences(&office.rows(), &before), [""; 0]);
}

#[test]
fn whichever_frame_of_the_log_is_destroyed_only_what_stood_on_it_is_gone() {
    let office = Office::with_log();
    let before = office.rows();
    let log = fs::read(office.log()).expect("readable");
    let frame = 24 + 16_384;
    let frames = (log.len() - 32) / frame;
    for at in (0..frames.saturating_sub(8)).step_by(frames / 12) {
        let office = office.copy();
        let mut damaged = log.clone();
        damaged[32 + at * frame + 100..32 + (at + 1) * frame].fill(0xa5);
        fs::write(office.log(), &damaged).expect("writable");
        drop(office.open().expect("opens"));
        assert_eq!(office.kept(), 1, "{at}");
        office.check();
        let after = office.rows();
        assert_eq!(after["account"], before["account"], "{at}");
        let gone = before["message"].len() - after["message"].len();
        assert!(gone <= 2, "frame {at}: {gone} messages");
    }
}

#[test]
fn a_log_of_noise_is_kept_aside_and_what_is_in_the_database_stays() {
    let office = Office::with_log();
    for content in [vec![0xa5; 300_000], vec![0x5a; 40]] {
        let office = office.copy();
        fs::write(office.log(), &content).expect("writable");
        drop(office.open().expect("opens"));
        assert_eq!(office.kept(), 1);
        office.check();
        assert_eq!(office.rows()["message"].len() as u64, MESSAGES);
        let kept = kept::with(&kept::damaged(&office.path(), 1), "-wal");
        assert_eq!(fs::read(kept).expect("is kept"), content);
    }
}

#[test]
fn what_a_power_cut_leaves_at_the_end_of_the_log_is_no_damage() {
    let office = Office::with_log();
    let before = office.rows();
    let log = fs::read(office.log()).expect("readable");
    let frame = 24 + 16_384;
    for end in [log.len() - 5, log.len() - frame - 1_000, 32 + 10 * frame, 20, 0] {
        let office = office.copy();
        fs::write(office.log(), &log[..end]).expect("writable");
        drop(office.open().expect("opens"));
        assert_eq!(office.kept(), 0, "{end}");
        assert_eq!(office.rows()["account"], before["account"]);
    }
    let hole = office.copy();
    let mut torn = log.clone();
    torn[log.len() - 2 * frame..log.len() - frame].fill(0);
    fs::write(hole.log(), &torn).expect("writable");
    drop(hole.open().expect("opens"));
    assert_eq!(hole.kept(), 0, "the last commit was never acknowledged");
}
