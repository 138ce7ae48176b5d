//! The desk over a real database.

use std::net::IpAddr;

use machine::Moment;
use tempfile::TempDir;

use super::{Asked, Denied, Desk, FIRST, NewPassword};
use crate::code::Code;
use crate::password::Weak;
use crate::role::{Role, Who};
use crate::session::{IDLE_MS, Token};
use crate::store::Store;

const GOOD: &str = "correct horse battery";

fn asked(seconds: u64) -> Asked {
    let millis = seconds * 1000;
    Asked {
        from: IpAddr::from([127, 0, 0, 1]),
        now: Moment::from_millis(millis),
        wall: 1_700_000_000_000 + millis,
        token: [u8::try_from(seconds % 251).expect("below 251"); 32],
        salt: [3; 16],
    }
}

fn typed(password: &str) -> NewPassword {
    NewPassword { first: password.to_owned(), again: password.to_owned() }
}

fn is_logged_in(desk: &Desk, token: &Token, wall: u64) -> bool {
    desk.logged_in(token, wall).expect("read").is_some()
}

fn who(name: &str, role: Role) -> Who {
    Who { name: name.to_owned(), role }
}

fn fresh(folder: &TempDir) -> (Desk, String) {
    let code = Code::from_random([5; 8]);
    let store = Store::open(&folder.path().join("a")).expect("a database");
    (Desk::open(store, code.hashed()).expect("a desk"), code.shown())
}

#[test]
fn the_code_works_once() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut desk, code) = fresh(&folder);
    assert!(desk.is_fresh());
    let weak = desk.set_up(&code, &typed("password12"), asked(1));
    assert!(matches!(weak, Err(Denied::Weak(Weak::Trivial))));
    let token = desk.set_up(&code, &typed(GOOD), asked(2)).expect("set up");
    assert!(is_logged_in(&desk, &token, asked(3).wall));
    assert!(!desk.is_fresh());
    let again = desk.set_up(&code, &typed(GOOD), asked(4));
    assert!(matches!(again, Err(Denied::AlreadySetUp)));
}

#[test]
fn codes_cannot_be_tried_out() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut desk, code) = fresh(&folder);
    for _ in 0..6 {
        let tried = desk.set_up("ZZZZ-ZZZZ", &typed(GOOD), asked(1));
        assert!(matches!(tried, Err(Denied::Wrong)));
    }
    let right = desk.set_up(&code, &typed(GOOD), asked(1));
    assert!(matches!(right, Err(Denied::TooOften(2))));
    assert!(desk.set_up(&code, &typed(GOOD), asked(3)).is_ok());
}

#[test]
fn a_restart_does_not_make_the_appliance_fresh_again() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut desk, code) = fresh(&folder);
    assert!(desk.set_up(&code, &typed(GOOD), asked(2)).is_ok());
    drop(desk);
    let (mut desk, code) = fresh(&folder);
    assert!(!desk.is_fresh());
    assert!(desk.set_up(&code, &typed(GOOD), asked(4)).is_err());
    assert!(desk.log_in(FIRST, GOOD, asked(5)).is_ok());
    assert!(matches!(desk.log_in(FIRST, "another password", asked(5)), Err(Denied::Wrong)));
}

#[test]
fn sessions_end_by_log_out_by_time_and_by_another_password() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut desk, code) = fresh(&folder);
    let first = desk.set_up(&code, &typed(GOOD), asked(1)).expect("set up");
    let (second, _) = desk.log_in(FIRST, GOOD, asked(2)).expect("logged in");
    desk.log_out(&first).expect("written");
    assert!(!is_logged_in(&desk, &first, asked(3).wall));
    assert!(is_logged_in(&desk, &second, asked(3).wall));
    assert!(!is_logged_in(&desk, &second, asked(3).wall + IDLE_MS));
    let (third, _) = desk.log_in(FIRST, GOOD, asked(4)).expect("logged in");
    let changed = desk.change_password(FIRST, GOOD, &typed("four blue office chairs"), asked(5));
    let fourth = changed.expect("changed");
    assert!(!is_logged_in(&desk, &third, asked(6).wall));
    assert!(is_logged_in(&desk, &fourth, asked(6).wall));
    assert!(desk.log_in(FIRST, GOOD, asked(7)).is_err());
}

#[test]
fn administrators_have_roles_and_one_with_every_right_is_left() {
    let folder = tempfile::tempdir().expect("a folder");
    let (mut desk, code) = fresh(&folder);
    desk.set_up(&code, &typed(GOOD), asked(1)).expect("set up");
    let eva = who("eva", Role::Operator);
    desk.add_administrator(&eva, &typed(GOOD), asked(2)).expect("added");
    let twice = desk.add_administrator(&eva, &typed(GOOD), asked(2));
    assert!(matches!(twice, Err(Denied::Taken)));
    let odd = desk.add_administrator(&who("E va", Role::Operator), &typed(GOOD), asked(2));
    assert!(matches!(odd, Err(Denied::BadName)));
    let weak = desk.add_administrator(&who("b", Role::Operator), &typed("short"), asked(2));
    assert!(matches!(weak, Err(Denied::Weak(_))));
    let (session, known) = desk.log_in("Eva ", GOOD, asked(3)).expect("logged in");
    assert_eq!(known, eva);
    assert!(matches!(desk.log_in("nobody", GOOD, asked(3)), Err(Denied::Wrong)));
    assert!(matches!(desk.remove_administrator(FIRST), Err(Denied::Last)));
    let operator = desk.change_administrator(FIRST, Some(Role::Operator), None, asked(4));
    assert!(matches!(operator, Err(Denied::Last)));
    desk.change_administrator("eva", Some(Role::Administrator), None, asked(4)).expect("changed");
    assert!(!is_logged_in(&desk, &session, asked(5).wall), "with another role, log in again");
    desk.remove_administrator(FIRST).expect("removed");
    assert!(matches!(desk.remove_administrator(FIRST), Err(Denied::Unknown)));
    assert_eq!(desk.administrators().expect("read")[0].who, who("eva", Role::Administrator));
}

#[test]
fn tokens_end_by_time_and_by_name() {
    let folder = tempfile::tempdir().expect("a folder");
    let (desk, _) = fresh(&folder);
    let script = who("script", Role::Operator);
    let (token, record) = desk.add_token(&script, 1, asked(1)).expect("made");
    assert!(matches!(desk.add_token(&script, 1, asked(2)), Err(Denied::Taken)));
    let bearer = |wall| desk.bearer(&token, wall).expect("read");
    assert_eq!(bearer(record.expires - 1), Some(script.clone()));
    assert_eq!(bearer(record.expires), None);
    assert_eq!(desk.tokens().expect("read")[0].used, record.expires - 1);
    desk.remove_token("script").expect("revoked");
    assert_eq!(bearer(record.made), None);
    assert!(matches!(desk.remove_token("script"), Err(Denied::Unknown)));
}
