//! What the panel knows of the telephones.

use message::station::{Hop, Phone, Trust};

use super::{World, in_order};

impl World {
    /// All telephones: who waits for somebody to decide, then who has no line, then the others.
    pub(crate) fn telephones(&self) -> Vec<&Phone> {
        let mut phones: Vec<&Phone> = self.phones.iter().flat_map(|all| &all.phones).collect();
        phones.sort_by_cached_key(|phone| (rank(phone), in_order(&called(phone)), phone.mac));
        phones
    }

    pub(crate) fn telephone(&self, mac: [u8; 6]) -> Option<&Phone> {
        self.phones.iter().flat_map(|all| &all.phones).find(|phone| phone.mac == mac)
    }

    /// How many wait for somebody to decide.
    pub(crate) fn newcomers(&self) -> usize {
        self.count(|phone| phone.trust == Trust::Awaiting)
    }

    /// How many have a line, of how many that should.
    pub(crate) fn lines(&self) -> (usize, usize) {
        let ours = self.count(|phone| phone.trust == Trust::Approved);
        (self.count(|phone| phone.trust == Trust::Approved && phone.is_registered), ours)
    }

    fn count(&self, is_one: impl Fn(&Phone) -> bool) -> usize {
        self.phones.iter().flat_map(|all| &all.phones).filter(|phone| is_one(phone)).count()
    }

    /// Minutes for which every new telephone is still approved, the last one counted whole.
    pub(crate) fn open_minutes(&self) -> Option<u64> {
        let until = self.phones.as_ref().map_or(0, |phones| phones.open_until);
        let now = self.wall.map_or(0, |wall| wall.unix_ms);
        (until > now).then(|| (until - now).div_ceil(60_000))
    }

    /// What a telephone did lately, as far as that was asked for.
    pub(crate) fn hops(&self, mac: [u8; 6]) -> &[Hop] {
        self.timeline.as_ref().filter(|(of, _)| *of == mac).map_or(&[], |(_, hops)| hops)
    }
}

/// What a telephone is called; as long as nobody has named it, by its maker and the end of its
/// hardware address, which is printed on it.
pub(crate) fn called(phone: &Phone) -> String {
    if !phone.name.is_empty() {
        return phone.name.clone();
    }
    let [.., fifth, sixth] = phone.mac;
    format!("{} {fifth:02X}{sixth:02X}", phone.vendor).trim_start().to_owned()
}

/// Can it be made one of ours here: is it not, or did it not come to its line?
pub(crate) fn can_be_approved(phone: &Phone) -> bool {
    let is_lost = !phone.is_registered && !phone.trouble.is_empty();
    phone.trust != Trust::Approved || is_lost
}

fn rank(phone: &Phone) -> u8 {
    match phone.trust {
        Trust::Awaiting => 0,
        Trust::Approved if !phone.is_registered => 1,
        Trust::Approved => 2,
        Trust::Refused => 3,
    }
}
