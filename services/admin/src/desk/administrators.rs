//! Other administrators: who there is, adding, changing and removing them.

use super::{Asked, Denied, Desk, NewPassword, verifier};
use crate::form::is_name;
use crate::role::{Role, Who};
use crate::store::Administrator;

/// Administrators that an appliance takes.
const MOST: usize = 64;

impl Desk {
    /// Every administrator by name.
    pub(crate) fn administrators(&self) -> Result<Vec<Administrator>, Denied> {
        Ok(self.store.administrators()?)
    }

    /// Is there an administrator of this name?
    pub(crate) fn knows(&self, name: &str) -> Result<bool, Denied> {
        Ok(self.store.administrator(name)?.is_some())
    }

    /// Adds an administrator with its first password.
    pub(crate) fn add_administrator(
        &mut self,
        who: &Who,
        password: &NewPassword,
        asked: Asked,
    ) -> Result<Administrator, Denied> {
        if !is_name(&who.name) {
            return Err(Denied::BadName);
        }
        if self.store.administrators()?.len() >= MOST {
            return Err(Denied::TooMany);
        }
        let verifier = verifier(password, asked)?;
        if self.store.add_administrator(who, &verifier, asked.wall)? {
            Ok(Administrator { who: who.clone(), made: asked.wall })
        } else {
            Err(Denied::Taken)
        }
    }

    /// Gives an administrator another role, or another password, or both. Its sessions end.
    pub(crate) fn change_administrator(
        &mut self,
        name: &str,
        role: Option<Role>,
        password: Option<&NewPassword>,
        asked: Asked,
    ) -> Result<Administrator, Denied> {
        let before = self.find(name)?;
        let role = role.filter(|role| *role != before.who.role);
        if role.is_some_and(|role| role < Role::Administrator) {
            self.check_another(name)?;
        }
        let verifier = password.map(|password| verifier(password, asked)).transpose()?;
        if let Some(verifier) = verifier {
            self.store.set_verifier(name, &verifier)?;
        }
        if let Some(role) = role {
            self.store.set_role(name, role)?;
        }
        self.find(name)
    }

    /// Removes an administrator; its sessions end.
    pub(crate) fn remove_administrator(&mut self, name: &str) -> Result<(), Denied> {
        self.find(name)?;
        self.check_another(name)?;
        Ok(self.store.remove_administrator(name)?)
    }

    fn find(&self, name: &str) -> Result<Administrator, Denied> {
        let all = self.store.administrators()?;
        all.into_iter().find(|one| one.who.name == name).ok_or(Denied::Unknown)
    }

    /// Somebody else with every right has to be left.
    fn check_another(&self, name: &str) -> Result<(), Denied> {
        let all = self.store.administrators()?;
        let another =
            all.iter().any(|one| one.who.name != name && one.who.role == Role::Administrator);
        if another { Ok(()) } else { Err(Denied::Last) }
    }
}
