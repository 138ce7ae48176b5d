//! What the administrator decides about phones.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use machine::{Moment, Span};
use message::station::{PhoneOrder, Trust};
use message::{ErrorCode, Refusal};
use provision::{Mac, Maker};

use super::Stations;
use super::keeping::Deed;
use super::record::{Record, Station};
use super::secret::{Secret, Token};
use crate::directory::FIRST_PHONE;

/// Every new phone is approved for at most so many seconds.
const LONGEST_OPEN_S: u32 = 3_600;
/// The longest name, in characters.
const LONGEST_NAME: usize = 64;
/// The same in bytes, and the longest address of a person: all phones go into one object.
const LONGEST_NAME_BYTES: usize = 128;
const LONGEST_PERSON_BYTES: usize = 64;

impl Stations {
    pub(super) fn carry_out(
        &mut self,
        mac: Mac,
        order: PhoneOrder,
        now: Moment,
    ) -> Result<(), Refusal> {
        if let PhoneOrder::ApproveAll { seconds } = order {
            return self.approve_all(mac, seconds, now);
        }
        let station = self.stations.get_mut(&mac).ok_or_else(unknown)?;
        let record = &mut station.record;
        match order {
            PhoneOrder::Approve => self.approve(mac),
            PhoneOrder::Refuse => {
                record.trust = Trust::Refused;
                self.take_secrets(mac);
            }
            PhoneOrder::ApproveAll { .. } => {}
            PhoneOrder::Name { name } => record.name = text(&name, LONGEST_NAME_BYTES)?,
            PhoneOrder::Assign { person } => record.person = text(&person, LONGEST_PERSON_BYTES)?,
            PhoneOrder::SpeakUp { yes } => record.speaks_up = yes,
            PhoneOrder::Resync => {
                if record.trust != Trust::Approved {
                    let words = "Only a telephone that was approved has secrets.";
                    return Err(Refusal::new(ErrorCode::Conflict, words));
                }
                self.renew(mac);
            }
            PhoneOrder::Replace { old } => self.replace(mac, Mac(old))?,
            PhoneOrder::Forget => self.remove(mac),
        }
        self.dirty.insert(mac);
        self.told.is_due = true;
        Ok(())
    }

    fn approve_all(&mut self, mac: Mac, seconds: u32, now: Moment) -> Result<(), Refusal> {
        if mac != Mac([0; 6]) || seconds > LONGEST_OPEN_S {
            let words = "All new telephones are approved for at most 3600 seconds.";
            return Err(Refusal::new(ErrorCode::Invalid, words));
        }
        let open = Span::from_secs(u64::from(seconds));
        let until = (now + open, self.time.unix_ms.saturating_add(open.millis()));
        self.open_until = (seconds > 0).then_some(until);
        self.told.is_due = true;
        Ok(())
    }

    /// A phone that is seen for the first time while every new one is approved. What has no files
    /// waits for somebody who sets it up.
    pub(super) fn approve_newcomer(&mut self, mac: Mac) {
        let station = self.stations.get(&mac);
        if station.is_some_and(|one| matches!(one.record.identity.vendor, Maker::Known(_))) {
            self.approve(mac);
        }
    }

    fn approve(&mut self, mac: Mac) {
        let number = self.free_number();
        let Some(Station { record, said, .. }) = self.stations.get_mut(&mac) else { return };
        record.trust = Trust::Approved;
        record.number.get_or_insert(number);
        // Somebody looks at it: now it is what it says.
        record.identity = said.clone();
        record.menu.get_or_insert_with(|| Secret::of_menu(&mut self.rng));
        self.renew(mac);
    }

    /// New secrets, which may be fetched for ten minutes from when they are on disk.
    fn renew(&mut self, mac: Mac) {
        let Some(station) = self.stations.get_mut(&mac) else { return };
        station.record.secret = Some(Secret::of_line(&mut self.rng));
        station.record.is_delivered = false;
        station.window = None;
        self.dirty.insert(mac);
        self.after_commit(Deed::Open(mac));
        self.after_commit(Deed::Resync(mac));
    }

    /// Nothing that it knew is worth anything any more.
    fn take_secrets(&mut self, mac: Mac) {
        let Some(station) = self.stations.get_mut(&mac) else { return };
        station.record.secret = None;
        station.record.is_delivered = false;
        station.record.token = Token::fresh(&mut self.rng);
        station.window = None;
    }

    fn replace(&mut self, mac: Mac, old: Mac) -> Result<(), Refusal> {
        if mac == old {
            let words = "A telephone cannot take its own place.";
            return Err(Refusal::new(ErrorCode::Invalid, words));
        }
        let gone = self.stations.get(&old).ok_or_else(unknown)?.record.clone();
        self.remove(old);
        let Some(Station { record, .. }) = self.stations.get_mut(&mac) else { return Ok(()) };
        let Record { name, number, person, speaks_up, .. } = gone;
        record.number = number.or(record.number);
        (record.name, record.person, record.speaks_up) = (name, person, speaks_up);
        self.approve(mac);
        Ok(())
    }

    /// The smallest that nobody has, neither on disk nor on its way there.
    fn free_number(&self) -> u32 {
        let to_be = self.stations.values().map(|station| &station.record);
        let taken: BTreeSet<u32> =
            to_be.chain(self.kept.values()).filter_map(|record| record.number).collect();
        (FIRST_PHONE..).find(|number| !taken.contains(number)).unwrap_or(u32::MAX)
    }

    /// Whose address is this?
    pub(super) fn owner(&self, address: Ipv4Addr) -> Option<Mac> {
        self.by_address.get(&address).copied()
    }
}

fn unknown() -> Refusal {
    Refusal::new(ErrorCode::NotFound, "There is no such telephone.")
}

/// What a person has typed, as one line.
fn text(typed: &str, most_bytes: usize) -> Result<String, Refusal> {
    let text = typed.trim();
    let is_line = !text.chars().any(char::is_control);
    if is_line && text.chars().count() <= LONGEST_NAME && text.len() <= most_bytes {
        return Ok(text.to_owned());
    }
    let words = format!("A name is one line of at most 64 characters and {most_bytes} bytes.");
    Err(Refusal::new(ErrorCode::Invalid, words))
}
