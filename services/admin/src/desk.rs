//! Who may act as the administrator: first run, log-in, sessions, log-out, another password.
//!
//! One thread owns the desk, so that password hashing happens one at a time and what is decided
//! does not change in between.

use std::net::IpAddr;

use machine::Moment;

use crate::code::Hashed;
use crate::password::{self, Verifier, Weak};
use crate::session::{ABSOLUTE_MS, IDLE_MS, Session, Token};
use crate::store::Store;
use crate::throttle::Throttle;

/// When and from where something is asked, and fresh randomness for the answer.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Asked {
    /// The address of the browser.
    pub(crate) from: IpAddr,
    /// Monotonic time, for waits.
    pub(crate) now: Moment,
    /// Unix milliseconds, for what outlives a restart.
    pub(crate) wall: u64,
    /// For a token.
    pub(crate) token: [u8; 32],
    /// For a salt.
    pub(crate) salt: [u8; 16],
}

/// Why the desk says no.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Denied {
    /// The password or the code is wrong.
    #[error("That is not right. Check it and try again.")]
    Wrong,
    /// Too many attempts; wait so many seconds.
    #[error("Too many attempts. Try again in {} s.", .0)]
    TooOften(u64),
    /// The first run is over.
    #[error("This appliance is set up already.")]
    AlreadySetUp,
    /// The new password is not good enough.
    #[error(transparent)]
    Weak(#[from] Weak),
    /// The database failed.
    #[error("The appliance could not keep this: {0}")]
    Store(#[from] rusqlite::Error),
}

/// The new password, typed twice.
pub(crate) struct NewPassword {
    pub(crate) first: String,
    pub(crate) again: String,
}

/// The desk.
pub(crate) struct Desk {
    store: Store,
    throttle: Throttle,
    /// The code of the first run; `None` once the appliance is set up.
    code: Option<Hashed>,
}

impl Desk {
    /// A desk over a database; the code counts only while no administrator is set.
    pub(crate) fn open(store: Store, code: Hashed) -> Result<Self, Denied> {
        let is_fresh = store.verifier()?.is_none();
        Ok(Self { store, throttle: Throttle::default(), code: is_fresh.then_some(code) })
    }

    /// Does the appliance wait for its first run?
    pub(crate) fn is_fresh(&self) -> bool {
        self.code.is_some()
    }

    /// The first run: sets the administrator's password and logs in. The code is void after.
    pub(crate) fn set_up(
        &mut self,
        code: &str,
        new: &NewPassword,
        asked: Asked,
    ) -> Result<Token, Denied> {
        let expected = self.code.ok_or(Denied::AlreadySetUp)?;
        self.admit(asked)?;
        if !expected.accepts(code) {
            return Err(Denied::Wrong);
        }
        self.throttle.succeeded(asked.from);
        self.keep(new, asked)?;
        self.code = None;
        self.open_session(asked)
    }

    /// Logs in.
    pub(crate) fn log_in(&mut self, password: &str, asked: Asked) -> Result<Token, Denied> {
        self.verify(password, asked)?;
        self.open_session(asked)
    }

    /// Is this token of a living session? Notes that it was used.
    pub(crate) fn is_logged_in(&self, token: &Token, wall: u64) -> Result<bool, Denied> {
        let hashed = token.hashed();
        let Some(session) = self.store.session(&hashed)? else {
            return Ok(false);
        };
        if !session.is_alive(wall) {
            self.store.remove_session(&hashed)?;
            return Ok(false);
        }
        if session.is_stale(wall) {
            self.store.touch_session(&hashed, wall)?;
        }
        Ok(true)
    }

    /// Logs out.
    pub(crate) fn log_out(&self, token: &Token) -> Result<(), Denied> {
        Ok(self.store.remove_session(&token.hashed())?)
    }

    /// Sets another password: every session ends, and a new one begins.
    pub(crate) fn change_password(
        &mut self,
        old: &str,
        new: &NewPassword,
        asked: Asked,
    ) -> Result<Token, Denied> {
        self.verify(old, asked)?;
        self.keep(new, asked)?;
        self.open_session(asked)
    }

    fn verify(&mut self, password: &str, asked: Asked) -> Result<(), Denied> {
        self.admit(asked)?;
        let verifier = self.store.verifier()?.ok_or(Denied::Wrong)?;
        if !verifier.accepts(password) {
            return Err(Denied::Wrong);
        }
        self.throttle.succeeded(asked.from);
        Ok(())
    }

    fn admit(&mut self, asked: Asked) -> Result<(), Denied> {
        let admitted = self.throttle.admit(asked.from, asked.now);
        admitted.map_err(|wait| Denied::TooOften(wait.millis().div_ceil(1000).max(1)))
    }

    fn keep(&mut self, new: &NewPassword, asked: Asked) -> Result<(), Denied> {
        password::check(&new.first)?;
        if new.first != new.again {
            return Err(Weak::Differs.into());
        }
        Ok(self.store.set_verifier(&Verifier::of(&new.first, asked.salt))?)
    }

    fn open_session(&self, asked: Asked) -> Result<Token, Denied> {
        self.store.remove_sessions_before(asked.wall.saturating_sub(IDLE_MS.max(ABSOLUTE_MS)))?;
        let token = Token::from_random(asked.token);
        let session = Session { made: asked.wall, used: asked.wall };
        self.store.add_session(&token.hashed(), session)?;
        Ok(token)
    }
}

#[cfg(test)]
mod tests {
    use std::net::IpAddr;

    use machine::Moment;
    use tempfile::TempDir;

    use super::{Asked, Denied, Desk, NewPassword};
    use crate::code::Code;
    use crate::password::Weak;
    use crate::session::IDLE_MS;
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
        assert!(desk.is_logged_in(&token, asked(3).wall).expect("read"));
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
        assert!(desk.log_in(GOOD, asked(5)).is_ok());
        assert!(matches!(desk.log_in("another password", asked(5)), Err(Denied::Wrong)));
    }

    #[test]
    fn sessions_end_by_log_out_by_time_and_by_another_password() {
        let folder = tempfile::tempdir().expect("a folder");
        let (mut desk, code) = fresh(&folder);
        let first = desk.set_up(&code, &typed(GOOD), asked(1)).expect("set up");
        let second = desk.log_in(GOOD, asked(2)).expect("logged in");
        desk.log_out(&first).expect("written");
        assert!(!desk.is_logged_in(&first, asked(3).wall).expect("read"));
        assert!(desk.is_logged_in(&second, asked(3).wall).expect("read"));
        assert!(!desk.is_logged_in(&second, asked(3).wall + IDLE_MS).expect("read"));
        let third = desk.log_in(GOOD, asked(4)).expect("logged in");
        let changed = desk.change_password(GOOD, &typed("four blue office chairs"), asked(5));
        let fourth = changed.expect("changed");
        assert!(!desk.is_logged_in(&third, asked(6).wall).expect("read"));
        assert!(desk.is_logged_in(&fourth, asked(6).wall).expect("read"));
        assert!(desk.log_in(GOOD, asked(7)).is_err());
    }
}
