//! Who may act as an administrator: first run, log-in, sessions, log-out, another password; other
//! administrators and the tokens of programs; the record of what was done.
//!
//! One thread owns the desk, so that password hashing happens one at a time and what is decided
//! does not change in between.

mod administrators;
mod records;
mod tokens;

use std::net::IpAddr;

use machine::Moment;

use crate::code::Hashed;
use crate::password::{self, Verifier, Weak};
use crate::role::{Role, Who};
use crate::session::{ABSOLUTE_MS, IDLE_MS, Session, Token};
use crate::store::Store;
use crate::throttle::Throttle;

pub(crate) use tokens::LONGEST_DAYS;

/// The name of the administrator that the first run makes.
pub(crate) const FIRST: &str = "admin";

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
    /// The name, the password or the code is wrong.
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
    /// No administrator and no token is called so.
    #[error("There is none of this name.")]
    Unknown,
    /// Another one is called so.
    #[error("There is one of this name already.")]
    Taken,
    /// The name cannot be one.
    #[error(
        "A name has 1 to 32 of a-z, 0-9, dot, hyphen and underscore, and begins with a letter or \
         digit."
    )]
    BadName,
    /// Nobody with every right would be left.
    #[error("This is the last one with the role administrator; somebody must be left.")]
    Last,
    /// As many as there can be.
    #[error("There are as many as this appliance takes. Remove one first.")]
    TooMany,
    /// The database failed.
    #[error("The appliance could not keep this: {0}")]
    Store(#[from] rusqlite::Error),
}

impl Denied {
    /// Writes an attempt to log in that was not let in into the log. One that only has to wait is
    /// for who looks closely: nobody can fill the log by guessing.
    pub(crate) fn note(&self, address: IpAddr) {
        let is_early = matches!(self, Self::TooOften(_));
        let level = if is_early { log::Level::Debug } else { log::Level::Warn };
        log::log!(level, address:%, why:% = self; "an attempt to log in failed");
    }
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
        let is_fresh = store.administrators()?.is_empty();
        Ok(Self { store, throttle: Throttle::default(), code: is_fresh.then_some(code) })
    }

    /// Does the appliance wait for its first run?
    pub(crate) fn is_fresh(&self) -> bool {
        self.code.is_some()
    }

    /// The first run: makes the first administrator and logs it in. The code is void after.
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
        self.throttle.succeeded(asked.from, asked.now);
        let verifier = verifier(new, asked)?;
        let who = Who { name: FIRST.to_owned(), role: Role::Administrator };
        if !self.store.add_administrator(&who, &verifier, asked.wall)? {
            return Err(Denied::AlreadySetUp);
        }
        self.code = None;
        self.open_session(FIRST, asked)
    }

    /// Logs in.
    pub(crate) fn log_in(
        &mut self,
        name: &str,
        password: &str,
        asked: Asked,
    ) -> Result<(Token, Who), Denied> {
        let who = self.verify(name, password, asked)?;
        Ok((self.open_session(&who.name, asked)?, who))
    }

    /// Whose living session is this? Notes that it was used.
    pub(crate) fn logged_in(&self, token: &Token, wall: u64) -> Result<Option<Who>, Denied> {
        let hashed = token.hashed();
        let Some((who, session)) = self.store.session(&hashed)? else {
            return Ok(None);
        };
        if !session.is_alive(wall) {
            self.store.remove_session(&hashed)?;
            return Ok(None);
        }
        if session.is_stale(wall) {
            self.store.touch_session(&hashed, wall)?;
        }
        Ok(Some(who))
    }

    /// Logs out.
    pub(crate) fn log_out(&self, token: &Token) -> Result<(), Denied> {
        Ok(self.store.remove_session(&token.hashed())?)
    }

    /// Sets another password of one's own: every session of that administrator ends, and a new one
    /// begins.
    pub(crate) fn change_password(
        &mut self,
        name: &str,
        old: &str,
        new: &NewPassword,
        asked: Asked,
    ) -> Result<Token, Denied> {
        let who = self.verify(name, old, asked)?;
        self.store.set_verifier(&who.name, &verifier(new, asked)?)?;
        self.open_session(&who.name, asked)
    }

    fn verify(&mut self, name: &str, password: &str, asked: Asked) -> Result<Who, Denied> {
        self.admit(asked)?;
        let name = name.trim().to_ascii_lowercase();
        let known = self.store.administrator(&name)?;
        let Some(known) = known else {
            // An unknown name takes as long as a known one.
            let _ = Verifier::of("nobody", asked.salt);
            return Err(Denied::Wrong);
        };
        if !known.verifier.accepts(password) {
            return Err(Denied::Wrong);
        }
        self.throttle.succeeded(asked.from, asked.now);
        Ok(known.who)
    }

    fn admit(&mut self, asked: Asked) -> Result<(), Denied> {
        let admitted = self.throttle.admit(asked.from, asked.now);
        admitted.map_err(|wait| Denied::TooOften(wait.millis().div_ceil(1000).max(1)))
    }

    fn open_session(&self, name: &str, asked: Asked) -> Result<Token, Denied> {
        self.store.remove_sessions_before(asked.wall.saturating_sub(IDLE_MS.max(ABSOLUTE_MS)))?;
        let token = Token::from_random(asked.token);
        let session = Session { made: asked.wall, used: asked.wall };
        self.store.add_session(&token.hashed(), name, session)?;
        Ok(token)
    }
}

/// What is kept of a new password, if it is good enough.
fn verifier(new: &NewPassword, asked: Asked) -> Result<Verifier, Denied> {
    password::check(&new.first)?;
    if new.first != new.again {
        return Err(Weak::Differs.into());
    }
    Ok(Verifier::of(&new.first, asked.salt))
}

#[cfg(test)]
mod tests;
