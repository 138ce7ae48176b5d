//! Who there is: accounts by GUID, name, device and invitation, with their connections. All of it
//! is in memory; every change of it was on disk first.

use std::collections::{BTreeMap, BTreeSet};

use message::login::Credentials;
use message::people::Status;
use message::{Guid, MessageId};

use super::conn::ConnId;
use crate::record::{AccountRecord, DeviceRecord, Invitation, Station, Unfinished};

/// One person.
#[derive(Debug)]
pub(super) struct Account {
    pub(super) guid: Guid,
    pub(super) name: String,
    pub(super) display: String,
    /// The status that the person chose; counts while a device is connected.
    pub(super) chosen: Status,
    pub(super) credentials: Option<Credentials>,
    pub(super) invitation: Option<Invitation>,
    pub(super) contacts: BTreeSet<Guid>,
    pub(super) devices: BTreeMap<Guid, DeviceRecord>,
    /// Logged-in connections.
    pub(super) conns: BTreeSet<ConnId>,
    /// Those of them that take messages: the person is on-line while there is one.
    pub(super) present: BTreeSet<ConnId>,
    /// Messages being received for this person.
    pub(super) incoming: BTreeSet<MessageId>,
    /// Messages that this person has begun and not finished, whether it is connected or not.
    pub(super) unfinished: BTreeMap<MessageId, u64>,
    /// Bytes of them.
    pub(super) unfinished_bytes: u64,
    /// Complete messages that no device has yet.
    pub(super) waiting: u64,
    /// Their bytes.
    pub(super) waiting_bytes: u64,
    /// May it not log in?
    pub(super) disabled: bool,
    /// Bytes that its waiting messages may take; none: as everyone's.
    pub(super) quota: Option<u64>,
    /// What it is if it is no person's.
    pub(super) station: Option<Station>,
    /// The status that others were last told.
    pub(super) told: Status,
}

impl Account {
    /// How the person is now (row 82).
    pub(super) fn status(&self) -> Status {
        if self.present.is_empty() { Status::Offline } else { self.chosen }
    }

    /// So much of a message that this person sends is here.
    pub(super) fn begun(&mut self, message: MessageId, bytes: u64) {
        let before = self.unfinished.insert(message, bytes).unwrap_or(0);
        self.unfinished_bytes = (self.unfinished_bytes + bytes).saturating_sub(before);
    }

    /// A message that this person sends is complete, or given up.
    fn finished(&mut self, message: MessageId) {
        if let Some(bytes) = self.unfinished.remove(&message) {
            self.unfinished_bytes = self.unfinished_bytes.saturating_sub(bytes);
        }
    }

    fn new(record: AccountRecord) -> Self {
        let devices = record.devices.into_iter().map(|device| (device.guid, device)).collect();
        Self {
            guid: record.guid,
            name: record.name,
            display: record.display,
            chosen: record.status,
            credentials: record.credentials,
            invitation: record.invitation,
            contacts: record.contacts.into_iter().collect(),
            devices,
            conns: BTreeSet::new(),
            present: BTreeSet::new(),
            incoming: BTreeSet::new(),
            unfinished: BTreeMap::new(),
            unfinished_bytes: 0,
            waiting: record.waiting,
            waiting_bytes: record.waiting_bytes,
            disabled: record.disabled,
            quota: record.quota,
            station: record.station,
            told: Status::Offline,
        }
    }
}

/// Everyone.
#[derive(Debug, Default)]
pub(super) struct People {
    accounts: BTreeMap<Guid, Account>,
    names: BTreeMap<String, Guid>,
    devices: BTreeMap<Guid, Guid>,
    invitations: BTreeMap<[u8; 32], Guid>,
    /// Names of accounts that are being made.
    pub(super) reserved: BTreeSet<String>,
}

impl People {
    /// Everyone whom the store has kept.
    pub(super) fn new(records: Vec<AccountRecord>, unfinished: &[Unfinished]) -> Self {
        let mut people = Self::default();
        for record in records {
            people.add(record);
        }
        for Unfinished { message, sender, bytes } in unfinished {
            if let Some(account) = people.accounts.get_mut(sender) {
                account.begun(*message, *bytes);
            }
        }
        people
    }

    /// Adds an account.
    pub(super) fn add(&mut self, record: AccountRecord) {
        let account = Account::new(record);
        self.names.insert(account.name.clone(), account.guid);
        for device in account.devices.keys() {
            self.devices.insert(*device, account.guid);
        }
        if let Some(invitation) = account.invitation {
            self.invitations.insert(invitation.hash, account.guid);
        }
        self.accounts.insert(account.guid, account);
    }

    /// Takes an account out, and off everyone's contacts.
    pub(super) fn remove(&mut self, guid: Guid) -> Option<Account> {
        let account = self.accounts.remove(&guid)?;
        self.names.remove(&account.name);
        for device in account.devices.keys() {
            self.devices.remove(device);
        }
        if let Some(invitation) = account.invitation {
            self.invitations.remove(&invitation.hash);
        }
        for other in self.accounts.values_mut() {
            other.contacts.remove(&guid);
        }
        Some(account)
    }

    /// The account with this GUID.
    pub(super) fn get(&self, guid: Guid) -> Option<&Account> {
        self.accounts.get(&guid)
    }

    /// The account with this GUID.
    pub(super) fn get_mut(&mut self, guid: Guid) -> Option<&mut Account> {
        self.accounts.get_mut(&guid)
    }

    /// The account with this name.
    pub(super) fn by_name(&self, name: &str) -> Option<&Account> {
        self.names.get(name).and_then(|guid| self.accounts.get(guid))
    }

    /// The account of this device, and the device.
    pub(super) fn by_device(&self, device: Guid) -> Option<(&Account, &DeviceRecord)> {
        let account = self.accounts.get(self.devices.get(&device)?)?;
        account.devices.get(&device).map(|record| (account, record))
    }

    /// The account with this invitation.
    pub(super) fn by_invitation(&self, hash: &[u8; 32]) -> Option<&Account> {
        self.invitations.get(hash).and_then(|guid| self.accounts.get(guid))
    }

    /// Everyone in the order of the names, behind `after`.
    pub(super) fn by_names_after(&self, after: &str) -> impl Iterator<Item = &Account> {
        use std::ops::Bound::{Excluded, Unbounded};
        let names = self.names.range::<str, _>((Excluded(after), Unbounded));
        names.filter_map(|(_, guid)| self.accounts.get(guid))
    }

    /// Everyone.
    pub(super) fn iter(&self) -> impl Iterator<Item = &Account> {
        self.accounts.values()
    }

    /// How many there are.
    pub(super) fn len(&self) -> usize {
        self.accounts.len()
    }

    /// A message is complete, or given up; its sender may be known.
    pub(super) fn finished(&mut self, message: MessageId, sender: Option<Guid>) {
        match sender {
            Some(sender) => {
                if let Some(account) = self.accounts.get_mut(&sender) {
                    account.finished(message);
                }
            }
            None => self.accounts.values_mut().for_each(|account| account.finished(message)),
        }
    }

    /// A device is new, or changed.
    pub(super) fn put_device(&mut self, device: DeviceRecord) {
        if let Some(account) = self.accounts.get_mut(&device.account) {
            self.devices.insert(device.guid, device.account);
            account.devices.insert(device.guid, device);
        }
    }

    /// A device is forgotten.
    pub(super) fn remove_device(&mut self, device: Guid) {
        if let Some(account) = self.devices.remove(&device)
            && let Some(account) = self.accounts.get_mut(&account)
        {
            account.devices.remove(&device);
        }
    }

    /// The account has another invitation, or none.
    pub(super) fn set_invitation(&mut self, guid: Guid, invitation: Option<Invitation>) {
        let Some(account) = self.accounts.get_mut(&guid) else { return };
        if let Some(old) = account.invitation.take() {
            self.invitations.remove(&old.hash);
        }
        if let Some(new) = invitation {
            self.invitations.insert(new.hash, guid);
        }
        account.invitation = invitation;
    }
}
