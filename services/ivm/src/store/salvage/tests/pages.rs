//! One page after the other.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use super::office::{Office, Rows, key};
use crate::store::cells;
use crate::store::pages::Pages;
use crate::store::roots::{self, Tree};
use crate::store::trees::{Place, Trees};

const PAGE: usize = 16 << 10;

/// What stands on each page, by table and key.
type Standing = BTreeMap<u32, BTreeSet<(&'static str, String)>>;

fn standing(office: &Office) -> (Standing, u32) {
    let pages = Pages::open(&office.path()).expect("opens");
    let roots = roots::find(&pages).expect("are found");
    let mut trees = Trees::new(&pages, roots.keys().copied().collect());
    let mut standing = Standing::new();
    for number in 2..=pages.count() {
        let Place::Tree(root) = trees.place(number) else { continue };
        let Some(Tree::Of(table)) = roots.get(&root) else { continue };
        let page = pages.page(number).expect("readable");
        let cells = cells::read(&pages, number, &page);
        assert_eq!(cells.unreadable, 0);
        let rows = cells.records.iter().map(|record| table.row(record).expect("a row"));
        let keys = rows.map(|row| (table.name, key(table.name, &row)));
        standing.entry(number).or_default().extend(keys);
    }
    (standing, pages.count())
}

/// What no random number is needed for: bytes without any order.
fn noise(seed: usize) -> Vec<u8> {
    let mut state = seed as u64 + 1;
    let next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state as u8
    };
    std::iter::repeat_with(next).take(PAGE).collect()
}

#[test]
fn every_row_is_read_from_the_pages_alone() {
    let office = Office::new();
    let (standing, count) = standing(&office);
    assert!((40..300).contains(&count), "{count}");
    let mut found: BTreeMap<&str, BTreeSet<String>> = BTreeMap::new();
    for (table, key) in standing.into_values().flatten() {
        assert!(found.entry(table).or_default().insert(key), "twice");
    }
    for (table, rows) in office.rows() {
        let keys: BTreeSet<String> = rows.into_keys().collect();
        assert!(found.remove(table).unwrap_or_default() == keys, "{table}");
    }
}

#[test]
fn whichever_page_is_full_of_noise_the_others_are_saved() {
    each_page(|content, page| content.copy_from_slice(&noise(page)));
}

#[test]
fn whichever_page_is_full_of_zeros_the_others_are_saved() {
    each_page(|content, _| content.fill(0));
}

#[test]
fn whichever_page_is_half_destroyed_the_others_are_saved() {
    each_page(|content, page| {
        let half = if page.is_multiple_of(2) { 0..PAGE / 2 } else { PAGE / 2..PAGE };
        content[half.clone()].copy_from_slice(&noise(page)[half]);
    });
}

fn each_page(destroy: impl Fn(&mut [u8], usize)) {
    let whole = Office::new();
    let (standing, count) = standing(&whole);
    let (before, bytes) = (whole.rows(), fs::read(whole.path()).expect("readable"));
    let mut salvaged = 0;
    for page in 1..=count as usize {
        let office = whole.copy();
        let mut damaged = bytes.clone();
        destroy(&mut damaged[(page - 1) * PAGE..page * PAGE], page);
        fs::write(office.path(), &damaged).expect("writable");
        drop(office.open().unwrap_or_else(|error| unreachable!("page {page}: {error:#}")));
        salvaged += office.kept();
        if office.kept() > 0 {
            office.check();
            let kept = chassis::kept::damaged(&office.path(), 1);
            assert_eq!(fs::read(kept).expect("is kept"), damaged, "page {page}");
        }
        let nothing = BTreeSet::new();
        let lost = standing.get(&(page as u32)).unwrap_or(&nothing);
        compare(&before, &office.rows(), lost, page);
    }
    assert!(salvaged > count as usize / 2, "damage is noticed: {salvaged} of {count}");
}

/// Nothing is gone but what stood on the page, and what cannot be without it.
fn compare(before: &Rows, after: &Rows, lost: &BTreeSet<(&'static str, String)>, page: usize) {
    for table in ["account", "device", "contact", "message", "recipient"] {
        for (key, row) in &before[table] {
            if lost.contains(&(table, key.clone())) || hangs_on_lost(table, key, lost) {
                continue;
            }
            let now = after[table].get(key);
            let is_same = now == Some(row) || table == "message" && now.is_some();
            assert!(is_same, "page {page}: {table} {key} is {now:?}, was {row:?}");
        }
        let new = after[table].keys().filter(|key| !before[table].contains_key(*key));
        assert_eq!(new.count(), 0, "page {page}: {table}");
    }
    let account = |key: &&String| after["account"].contains_key(*key);
    assert!(before["account"].keys().all(|key| account(&key)), "the names of people are left");
    let portions = before["portion"].keys();
    let gone: Vec<&String> = portions.filter(|key| !after["portion"].contains_key(*key)).collect();
    let messages = |keys: &mut dyn Iterator<Item = &String>| -> BTreeSet<String> {
        keys.map(|key| message_of(key)).collect()
    };
    let of = ["message", "recipient", "portion"];
    let touched = lost.iter().filter(|(table, _)| of.contains(table)).map(|(_, key)| key);
    let touched = messages(&mut touched.into_iter());
    let untouched = messages(&mut gone.into_iter());
    let untouched: Vec<&String> = untouched.difference(&touched).collect();
    // The rest of a long portion is on pages of its own.
    assert!(untouched.len() <= 1, "page {page}: portions of {untouched:?}");
    assert!(lost.is_empty() || untouched.is_empty(), "page {page}: portions of {untouched:?}");
}

fn hangs_on_lost(table: &str, key: &str, lost: &BTreeSet<(&'static str, String)>) -> bool {
    let gone = |name: &str| lost.contains(&("message", name.to_owned()));
    table == "recipient" && gone(&format!("[{}]", message_of(key)))
}

/// The first part of a key.
fn message_of(key: &str) -> String {
    key.trim_matches(['[', ']'])
        .split(", Blob")
        .next()
        .unwrap_or_default()
        .split(", Int")
        .next()
        .unwrap_or_default()
        .to_owned()
}
