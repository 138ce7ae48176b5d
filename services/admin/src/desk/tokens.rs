//! Tokens of programs: made by an administrator, shown once, revoked by name.

use super::{Asked, Denied, Desk};
use crate::form::is_name;
use crate::role::Who;
use crate::session::ApiToken;
use crate::store::TokenRecord;

/// Tokens that an appliance takes.
const MOST: usize = 256;
/// The last use is written no more often than this, milliseconds.
const TOUCH_MS: u64 = 60 * 1000;
/// The longest life of a token, days.
pub(crate) const LONGEST_DAYS: u32 = 3_650;
const DAY_MS: u64 = 24 * 60 * 60 * 1000;

impl Desk {
    /// Whose token is this? Notes that it was used. One that has expired is none.
    pub(crate) fn bearer(&self, token: &ApiToken, wall: u64) -> Result<Option<Who>, Denied> {
        let Some(found) = self.store.token(&token.hashed())? else { return Ok(None) };
        if wall >= found.expires {
            return Ok(None);
        }
        if wall.abs_diff(found.used) >= TOUCH_MS {
            self.store.touch_token(&found.who.name, wall)?;
        }
        Ok(Some(found.who))
    }

    /// Every token by name, without its secret.
    pub(crate) fn tokens(&self) -> Result<Vec<TokenRecord>, Denied> {
        Ok(self.store.tokens()?)
    }

    /// Makes a token that lives for so many days.
    pub(crate) fn add_token(
        &self,
        who: &Who,
        days: u32,
        asked: Asked,
    ) -> Result<(ApiToken, TokenRecord), Denied> {
        if !is_name(&who.name) {
            return Err(Denied::BadName);
        }
        if self.store.tokens()?.len() >= MOST {
            return Err(Denied::TooMany);
        }
        let token = ApiToken::from_random(asked.token);
        let life = u64::from(days.clamp(1, LONGEST_DAYS)) * DAY_MS;
        let expires = asked.wall.saturating_add(life);
        let record = TokenRecord { who: who.clone(), made: asked.wall, expires, used: 0 };
        if self.store.add_token(&record, &token.hashed())? {
            Ok((token, record))
        } else {
            Err(Denied::Taken)
        }
    }

    /// Revokes a token.
    pub(crate) fn remove_token(&self, name: &str) -> Result<(), Denied> {
        if self.store.remove_token(name)? { Ok(()) } else { Err(Denied::Unknown) }
    }
}
