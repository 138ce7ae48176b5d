//! Tokens of programs: only the hash of each is kept.

use rusqlite::{OptionalExtension, Result, Row, params};

use super::{Store, count, integer};
use crate::role::{Role, Who};

/// A token without its secret. Times are unix milliseconds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct TokenRecord {
    pub(crate) who: Who,
    pub(crate) made: u64,
    pub(crate) expires: u64,
    /// When it was last used; 0 for never.
    pub(crate) used: u64,
}

fn record(row: &Row<'_>) -> Result<TokenRecord> {
    let word: String = row.get(1)?;
    let role = Role::of_word(&word).unwrap_or(Role::Operator);
    Ok(TokenRecord {
        who: Who { name: row.get(0)?, role },
        made: count(row.get(2)?),
        expires: count(row.get(3)?),
        used: count(row.get(4)?),
    })
}

impl Store {
    /// Every token by name.
    pub(crate) fn tokens(&self) -> Result<Vec<TokenRecord>> {
        let sql = "SELECT name, role, made, expires, used FROM token ORDER BY name";
        let mut rows = self.database.prepare_cached(sql)?;
        let found = rows.query_map([], record)?;
        found.collect()
    }

    /// The token with this hash.
    pub(crate) fn token(&self, hash: &[u8; 32]) -> Result<Option<TokenRecord>> {
        let sql = "SELECT name, role, made, expires, used FROM token WHERE hash = ?1";
        self.database.prepare_cached(sql)?.query_row(params![hash], record).optional()
    }

    /// Keeps a token; false if there is one of this name.
    pub(crate) fn add_token(&self, token: &TokenRecord, hash: &[u8; 32]) -> Result<bool> {
        let sql = "INSERT INTO token (name, hash, role, made, expires, used)
                   VALUES (?1, ?2, ?3, ?4, ?5, 0) ON CONFLICT (name) DO NOTHING";
        let (name, role) = (&token.who.name, token.who.role.word());
        let row = params![name, hash, role, integer(token.made), integer(token.expires)];
        Ok(self.database.execute(sql, row)? > 0)
    }

    /// Notes when a token was used.
    pub(crate) fn touch_token(&self, name: &str, used: u64) -> Result<()> {
        let sql = "UPDATE token SET used = ?2 WHERE name = ?1";
        self.database.execute(sql, params![name, integer(used)]).map(drop)
    }

    /// Revokes a token; false if there is none of this name.
    pub(crate) fn remove_token(&self, name: &str) -> Result<bool> {
        Ok(self.database.execute("DELETE FROM token WHERE name = ?1", [name])? > 0)
    }
}
