//! Damaged files: the pages start, and nobody becomes an administrator by it.

use std::fs;
use std::net::{IpAddr, Ipv4Addr};
use std::path::{Path, PathBuf};

use chassis::kept;
use machine::Moment;
use tempfile::TempDir;

use crate::code::Code;
use crate::desk::{Asked, Denied, Desk, NewPassword};
use crate::history::{Sample, Span};
use crate::password::Verifier;
use crate::role::{Role, Who};
use crate::store::{Store, TokenRecord};

const PAGE: usize = 4_096;

fn who(name: &str) -> Who {
    Who { name: name.to_owned(), role: Role::Administrator }
}

fn office() -> (TempDir, PathBuf) {
    let folder = tempfile::tempdir().expect("a folder");
    let path = folder.path().join("admin.sqlite");
    let mut store = Store::open_or_salvage(&path).expect("a database");
    let verifier = Verifier { salt: [1; 16], memory_kib: 8, passes: 1, hash: [2; 32] };
    for name in ["admin", "eva"] {
        store.add_administrator(&who(name), &verifier, 5).expect("written");
    }
    let token = TokenRecord { who: who("script"), made: 1, expires: 9, used: 0 };
    store.add_token(&token, &[3; 32]).expect("written");
    for minute in 0..500 {
        let sample = Sample { accepted: minute, ..Sample::default() };
        store.add_sample(minute * Span::Minute.millis(), &sample).expect("written");
    }
    (folder, path)
}

fn damaged(bytes: &[u8], page: usize, path: &Path) -> Store {
    let mut bytes = bytes.to_owned();
    bytes[page * PAGE..(page + 1) * PAGE].fill(0xa5);
    fs::write(path, bytes).expect("writable");
    Store::open_or_salvage(path).unwrap_or_else(|error| unreachable!("page {page}: {error:#}"))
}

#[test]
fn whichever_page_is_destroyed_the_pages_start() {
    let (_folder, path) = office();
    drop(Store::open_or_salvage(&path).expect("sound"));
    assert!(kept::all(&path).expect("readable").is_empty());
    let bytes = fs::read(&path).expect("readable");
    let (mut with_administrators, mut with_numbers) = (0, 0);
    let pages = bytes.len() / PAGE;
    for page in 0..pages {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("admin.sqlite");
        let store = damaged(&bytes, page, &path);
        with_administrators += usize::from(store.administrators().expect("read").len() == 2);
        let numbers = store.samples(Span::Minute, 0, u64::MAX).expect("read").len();
        with_numbers += usize::from(numbers > 100);
    }
    assert!(with_administrators >= pages - 3, "{with_administrators} of {pages}");
    assert!(with_numbers >= pages - 4, "{with_numbers} of {pages}");
}

#[test]
fn without_administrators_the_first_run_takes_the_code_on_the_panel() {
    for garbage in [vec![0xa5; 20_000], b"no database".to_vec()] {
        let (_folder, path) = office();
        fs::write(&path, &garbage).expect("writable");
        let store = Store::open_or_salvage(&path).expect("begins anew");
        assert!(store.administrators().expect("read").is_empty());
        let told = kept::told(&path).expect("readable").expect("it is told");
        assert!(told.words.contains("the code on the panel"));
        assert_eq!(fs::read(kept::damaged(&path, 1)).expect("is kept"), garbage);
        let code = Code::from_random([7; 8]);
        let mut desk = Desk::open(store, code.hashed()).expect("opens");
        assert!(desk.is_fresh());
        let new = || NewPassword {
            first: "a long enough password".to_owned(),
            again: "a long enough password".to_owned(),
        };
        let asked = Asked {
            from: IpAddr::V4(Ipv4Addr::LOCALHOST),
            now: Moment::START,
            wall: 1,
            token: [1; 32],
            salt: [2; 16],
        };
        assert!(matches!(desk.set_up("", &new(), asked), Err(Denied::Wrong)));
        assert!(matches!(desk.log_in("admin", "", asked), Err(Denied::Wrong)));
        assert!(desk.set_up(&code.shown(), &new(), asked).is_ok());
    }
}
