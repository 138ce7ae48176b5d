//! Where telephones are (RFC 3261, section 10): bindings of a user to its contacts, which end by
//! time. Who may bind is decided before.

#[cfg(test)]
mod tests;

use std::collections::BTreeMap;

use machine::{Moment, Span, Timers};

use crate::message::uri::Uri;
use crate::message::value::{NameAddr, number};
use crate::message::{Message, name};
use crate::station::User;
use crate::way::{Flow, Way};

/// A phone that asks for less would cost more than its news is worth.
pub const EXPIRES_LEAST: u32 = 60;
/// After an hour at most we know that a phone is gone.
pub const EXPIRES_MOST: u32 = 3_600;
/// Places of one user at most; the oldest makes room.
pub const CONTACTS_MOST: usize = 4;
/// What of a phone's name for itself is kept.
const AGENT_MOST: usize = 128;

/// One place of a user.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Binding {
    /// The address that the phone gave itself, as it wrote it.
    pub contact: String,
    /// How it is reached.
    pub way: Way,
    /// The program that it is, as it said.
    pub agent: String,
    /// Until when.
    pub until: Moment,
    call_id: String,
    turn: u32,
}

/// What a registration changed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Places that were not there.
    pub added: Vec<Binding>,
    /// Places that the phone gave back.
    pub removed: Vec<Binding>,
    /// Places that made room for newer ones.
    pub replaced: Vec<Binding>,
}

/// Why a registration changes nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// It cannot be understood: 400.
    Malformed,
    /// A later one was there already: 500.
    Old,
}

/// All bindings.
#[derive(Debug, Default)]
pub struct Registrar {
    bindings: BTreeMap<User, Vec<Binding>>,
    timers: Timers<(User, String)>,
}

impl Registrar {
    /// The places of a user.
    #[must_use]
    pub fn of(&self, user: &User) -> &[Binding] {
        self.bindings.get(user).map_or(&[], Vec::as_slice)
    }

    /// All users with their places.
    pub fn all(&self) -> impl Iterator<Item = (&User, &Binding)> {
        self.bindings.iter().flat_map(|(user, all)| all.iter().map(move |one| (user, one)))
    }

    /// Is something bound to this stream?
    #[must_use]
    pub fn uses(&self, flow: Flow) -> bool {
        self.all().any(|(_, binding)| binding.way.flow == Some(flow))
    }

    /// When [`Registrar::expired`] has something.
    #[must_use]
    pub fn deadline(&self) -> Option<Moment> {
        self.timers.next()
    }

    /// The next place whose time is over.
    pub fn expired(&mut self, now: Moment) -> Option<(User, Binding)> {
        loop {
            let (user, contact) = self.timers.expired(now)?;
            if let Some(binding) = self.remove(&user, |binding| binding.contact == contact).pop() {
                return Some((user, binding));
            }
        }
    }

    /// Takes out all places of a user for which something holds.
    pub fn remove(&mut self, user: &User, is_gone: impl Fn(&Binding) -> bool) -> Vec<Binding> {
        let Some(all) = self.bindings.get_mut(user) else { return Vec::new() };
        let (gone, left): (Vec<_>, Vec<_>) =
            std::mem::take(all).into_iter().partition(|binding| is_gone(binding));
        *all = left;
        if all.is_empty() {
            self.bindings.remove(user);
        }
        for binding in &gone {
            self.timers.cancel(&(user.clone(), binding.contact.clone()));
        }
        gone
    }

    /// Takes a `REGISTER` that came this way and is the user's.
    ///
    /// # Errors
    /// It changes nothing, and why.
    pub fn register(
        &mut self,
        user: &User,
        request: &Message,
        way: Way,
        now: Moment,
    ) -> Result<Change, Refusal> {
        let seen = request.essentials().map_err(|_| Refusal::Malformed)?;
        let (call_id, turn) = (seen.call_id, seen.cseq.number);
        let is_old = |binding: &Binding| binding.call_id == call_id && turn <= binding.turn;
        let wishes = wishes(request)?;
        let mut change = Change::default();
        if let Wishes::Nothing = wishes {
            // All go, and only when nothing newer came from the same phone.
            if self.of(user).iter().any(is_old) {
                return Err(Refusal::Old);
            }
            change.removed = self.remove(user, |_| true);
            return Ok(change);
        }
        let Wishes::These(wishes) = wishes else { return Ok(change) };
        let same = |wish: &Wish| {
            let is_same = |one: &&Binding| is_same(&one.contact, &wish.uri);
            self.of(user).iter().find(is_same)
        };
        if wishes.iter().filter_map(same).any(is_old) {
            return Err(Refusal::Old);
        }
        let agent: String =
            request.get(name::USER_AGENT).unwrap_or_default().chars().take(AGENT_MOST).collect();
        for wish in wishes {
            let before = self.remove(user, |one| is_same(&one.contact, &wish.uri));
            if wish.expires == 0 {
                change.removed.extend(before);
                continue;
            }
            let way = Uri::parse(&wish.uri).map_or(way, |uri| way.towards(&uri));
            let until = now + Span::from_secs(u64::from(wish.expires));
            let (contact, agent, call_id) = (wish.uri, agent.clone(), call_id.clone());
            let binding = Binding { contact, way, agent, until, call_id, turn };
            let is_known = before.iter().any(|old| old.way == way && old.agent == binding.agent);
            if !is_known {
                change.added.push(binding.clone());
            }
            change.replaced.extend(self.put(user, binding));
        }
        Ok(change)
    }

    /// Puts one place in; the oldest makes room.
    fn put(&mut self, user: &User, binding: Binding) -> Vec<Binding> {
        let mut gone = Vec::new();
        if self.of(user).len() >= CONTACTS_MOST
            && let Some(oldest) = self.of(user).first().map(|binding| binding.contact.clone())
        {
            gone = self.remove(user, |binding| binding.contact == oldest);
        }
        self.timers.set((user.clone(), binding.contact.clone()), binding.until);
        self.bindings.entry(user.clone()).or_default().push(binding);
        gone
    }
}

/// One place that is wanted, with its clamped time; 0 is to remove it.
struct Wish {
    uri: String,
    expires: u32,
}

enum Wishes {
    /// Only to be told what is there.
    Question,
    /// `Contact: *`.
    Nothing,
    These(Vec<Wish>),
}

fn wishes(request: &Message) -> Result<Wishes, Refusal> {
    let all = request.number(name::EXPIRES);
    let contacts: Vec<&str> = request.all(name::CONTACT).collect();
    if contacts.contains(&"*") {
        let is_well = contacts.len() == 1 && all == Some(0);
        return is_well.then_some(Wishes::Nothing).ok_or(Refusal::Malformed);
    }
    if contacts.is_empty() {
        return Ok(Wishes::Question);
    }
    let mut wishes = Vec::new();
    for contact in contacts {
        let address = NameAddr::parse(contact).ok_or(Refusal::Malformed)?;
        // What cannot be called cannot be bound; others than SIP are not ours to keep.
        Uri::parse(&address.uri).ok_or(Refusal::Malformed)?;
        let own = address.params.get("expires").and_then(|text| number(&text));
        let expires = match own.or(all).unwrap_or(EXPIRES_MOST) {
            0 => 0,
            more => more.clamp(EXPIRES_LEAST, EXPIRES_MOST),
        };
        wishes.push(Wish { uri: address.uri, expires });
    }
    // More than fit would push each other out.
    wishes.truncate(CONTACTS_MOST);
    Ok(Wishes::These(wishes))
}

fn is_same(one: &str, other: &str) -> bool {
    one == other
        || matches!((Uri::parse(one), Uri::parse(other)), (Some(a), Some(b)) if a.is_same(&b))
}
