//! Administrators, their verifiers, and their log-ins.

use rusqlite::{OptionalExtension, Result, Row, params};

use super::{Store, count, integer};
use crate::password::Verifier;
use crate::role::{Role, Who};
use crate::session::Session;

/// An administrator without what checks the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Administrator {
    pub(crate) who: Who,
    /// When it was added, unix milliseconds; 0 for unknown.
    pub(crate) made: u64,
}

/// An administrator with what checks the password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Known {
    pub(crate) who: Who,
    pub(crate) verifier: Verifier,
}

fn who(row: &Row<'_>, at: usize) -> Result<Who> {
    let word: String = row.get(at + 1)?;
    // A role that this version does not know is the smallest.
    Ok(Who { name: row.get(at)?, role: Role::of_word(&word).unwrap_or(Role::Operator) })
}

impl Store {
    /// Every administrator by name.
    pub(crate) fn administrators(&self) -> Result<Vec<Administrator>> {
        let sql = "SELECT name, role, made FROM administrator ORDER BY name";
        let mut rows = self.database.prepare_cached(sql)?;
        let found = rows.query_map([], |row| {
            Ok(Administrator { who: who(row, 0)?, made: count(row.get(2)?) })
        })?;
        found.collect()
    }

    /// The administrator of this name.
    pub(crate) fn administrator(&self, name: &str) -> Result<Option<Known>> {
        let sql = "SELECT name, role, salt, memory_kib, passes, hash FROM administrator
                   WHERE name = ?1";
        self.database
            .query_row(sql, [name], |row| {
                let verifier = Verifier {
                    salt: row.get(2)?,
                    memory_kib: row.get(3)?,
                    passes: row.get(4)?,
                    hash: row.get(5)?,
                };
                Ok(Known { who: who(row, 0)?, verifier })
            })
            .optional()
    }

    /// Adds an administrator; false if there is one of this name.
    pub(crate) fn add_administrator(
        &self,
        who: &Who,
        verifier: &Verifier,
        made: u64,
    ) -> Result<bool> {
        let Verifier { salt, memory_kib, passes, hash } = verifier;
        let sql = "INSERT INTO administrator VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)
                   ON CONFLICT DO NOTHING";
        let row = params![who.name, who.role.word(), salt, memory_kib, passes, hash, integer(made)];
        Ok(self.database.execute(sql, row)? > 0)
    }

    /// Another password: ends every session of that administrator.
    pub(crate) fn set_verifier(&mut self, name: &str, verifier: &Verifier) -> Result<()> {
        let transaction = self.database.transaction()?;
        let Verifier { salt, memory_kib, passes, hash } = verifier;
        let sql = "UPDATE administrator SET salt = ?2, memory_kib = ?3, passes = ?4, hash = ?5
                   WHERE name = ?1";
        transaction.execute(sql, params![name, salt, memory_kib, passes, hash])?;
        transaction.execute("DELETE FROM session WHERE name = ?1", [name])?;
        transaction.commit()
    }

    /// Another role: ends every session of that administrator.
    pub(crate) fn set_role(&mut self, name: &str, role: Role) -> Result<()> {
        let transaction = self.database.transaction()?;
        let sql = "UPDATE administrator SET role = ?2 WHERE name = ?1";
        transaction.execute(sql, params![name, role.word()])?;
        transaction.execute("DELETE FROM session WHERE name = ?1", [name])?;
        transaction.commit()
    }

    /// Removes an administrator with its sessions.
    pub(crate) fn remove_administrator(&self, name: &str) -> Result<()> {
        self.database.execute("DELETE FROM administrator WHERE name = ?1", [name]).map(drop)
    }

    /// Keeps a session under the hash of its token.
    pub(crate) fn add_session(&self, token: &[u8; 32], name: &str, session: Session) -> Result<()> {
        let (made, used) = (integer(session.made), integer(session.used));
        let sql = "INSERT OR REPLACE INTO session VALUES (?1, ?2, ?3, ?4)";
        self.database.execute(sql, params![token, name, made, used]).map(drop)
    }

    /// The session under this hash, and whose it is.
    pub(crate) fn session(&self, token: &[u8; 32]) -> Result<Option<(Who, Session)>> {
        let sql = "SELECT a.name, a.role, s.made, s.used FROM session s
                   JOIN administrator a ON a.name = s.name WHERE s.token = ?1";
        let mut found = self.database.prepare_cached(sql)?;
        found
            .query_row(params![token], |row| {
                let session = Session { made: count(row.get(2)?), used: count(row.get(3)?) };
                Ok((who(row, 0)?, session))
            })
            .optional()
    }

    /// Notes when a session was used.
    pub(crate) fn touch_session(&self, token: &[u8; 32], used: u64) -> Result<()> {
        let sql = "UPDATE session SET used = ?2 WHERE token = ?1";
        self.database.execute(sql, params![token, integer(used)]).map(drop)
    }

    /// Ends a session.
    pub(crate) fn remove_session(&self, token: &[u8; 32]) -> Result<()> {
        self.database.execute("DELETE FROM session WHERE token = ?1", params![token]).map(drop)
    }

    /// Ends the sessions that were last used before `limit`.
    pub(crate) fn remove_sessions_before(&self, limit: u64) -> Result<()> {
        let sql = "DELETE FROM session WHERE used < ?1";
        self.database.execute(sql, params![integer(limit)]).map(drop)
    }
}
