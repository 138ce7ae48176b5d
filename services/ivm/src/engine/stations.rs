//! Telephones: recipients and senders of their own, whose manager is their client (rows 76, 79), and
//! what their owners command (row 45).

use message::admin::{Invited, PutStation, RemoveStation};
use message::people::PhoneCommand;
use message::{ErrorCode, Guid, Object};

use super::Engine;
use super::admin::{check_display, check_name};
use super::conn::ConnId;
use super::people::Account;
use super::route::{Served, read, refusal};
use super::tickets::{Asker, Then};
use crate::record::{Invitation, Station, Write};

/// A telephone on its way to the disk.
#[derive(Debug)]
pub(super) struct Putting {
    account: Guid,
    pub(super) name: String,
    display: String,
    owner: Option<Guid>,
    invitation: Option<(Invitation, String)>,
}

impl Engine {
    /// Makes a telephone's account, or changes it.
    pub(super) fn put_station(&mut self, asker: Asker, call: PutStation) -> Served {
        let PutStation { name, display, owner, invite } = call;
        check_name(&name)?;
        let display = check_display(&display)?;
        let owner = self.people.by_name(&owner).filter(|owner| owner.station.is_none());
        let owner = owner.map(|owner| owner.guid);
        let account = match self.people.by_name(&name) {
            Some(Account { station: None, .. }) => {
                return refusal(ErrorCode::Conflict, "there is a person of this name");
            }
            Some(known) => known.guid,
            None => {
                self.check_free(&name)?;
                self.people.reserved.insert(name.clone());
                Guid::new(self.unix_now(), &mut self.rng)
            }
        };
        let invitation = invite.then(|| self.new_invitation());
        let write = Write::PutStation {
            account,
            name: name.clone(),
            display: display.clone(),
            owner,
            invitation: invitation.as_ref().map(|(invitation, _)| *invitation),
        };
        let putting = Box::new(Putting { account, name, display, owner, invitation });
        self.commit(vec![write], Then::StationPut { asker, putting });
        Ok(())
    }

    /// The telephone is on disk.
    pub(super) fn station_put(&mut self, asker: Asker, putting: Putting) {
        let Putting { account: guid, name, display, owner, invitation } = putting;
        self.people.reserved.remove(&name);
        if self.people.get(guid).is_none() {
            log::info!(account:% = guid, name = name.as_str(); "a telephone has an account");
            self.people.add(super::admin::account(guid, name.clone(), display.clone()));
        }
        if let Some(account) = self.people.get_mut(guid) {
            account.display = display;
            account.station = Some(Station { owner });
        }
        let (code, expires) = match invitation {
            Some((invitation, code)) => {
                self.people.set_invitation(guid, Some(invitation));
                (code, invitation.expires)
            }
            None => (String::new(), 0),
        };
        self.answer(asker, &Invited { guid, name, code, expires });
        self.roster_changed(guid);
    }

    /// Removes a telephone.
    pub(super) fn remove_station(&mut self, asker: Asker, call: &RemoveStation) -> Served {
        match self.people.by_name(&call.name) {
            None => self.accepted(asker),
            Some(Account { station: None, .. }) => {
                return refusal(ErrorCode::Conflict, "a person has this name, and no telephone");
            }
            Some(station) => {
                let account = station.guid;
                self.commit(
                    vec![Write::RemoveAccount { account }],
                    Then::Removed { asker, account },
                );
            }
        }
        Ok(())
    }

    /// A person wants its telephone to ring, or to stop: the station's client hears of it.
    pub(super) fn phone_command(&mut self, conn: ConnId, object: &Object) -> Served {
        let (person, _) = self.person(conn)?;
        let _checked: PhoneCommand = read(object)?;
        let to = object.header.destination;
        let is_pair = |station: Guid, owner: Guid| {
            let station = self.people.get(station).and_then(|account| account.station);
            station.is_some_and(|station| station.owner == Some(owner))
        };
        // A telephone's client tells its owner, too, that it does not ring any more.
        let is_theirs = is_pair(to, person) || is_pair(person, to);
        let Some(account) = self.people.get(to).filter(|_| is_theirs) else {
            return refusal(ErrorCode::NoStation, "there is no such telephone of yours");
        };
        let clients: Vec<ConnId> = account.present.iter().copied().collect();
        if clients.is_empty() {
            return refusal(ErrorCode::NoStation, "the telephone is not in service");
        }
        for client in clients {
            let command = Object { header: object.header, body: object.body.clone() };
            self.send(client, command.addressed(person, to));
        }
        self.accepted(Asker { conn, header: object.header });
        Ok(())
    }
}
