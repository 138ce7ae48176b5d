//! Who is it? First the place, then the secret.

use std::collections::BTreeMap;

use machine::{Moment, Span};

use super::{Arrival, Engine, Gone, Owner, Reason, Why};
use crate::digest::{Algorithm, Answer, Verdict};
use crate::message::uri::Uri;
use crate::message::{Method, name};
use crate::station::{Station, User};
use crate::way::canonical;

/// How we ask who it is: as who serves, or as who passes on. Phones expect one or the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Door {
    Server,
    Proxy,
}

impl Door {
    const fn words(self) -> (u16, &'static str, &'static str) {
        match self {
            Self::Server => (401, name::WWW_AUTHENTICATE, name::AUTHORIZATION),
            Self::Proxy => (407, name::PROXY_AUTHENTICATE, name::PROXY_AUTHORIZATION),
        }
    }
}

/// A phone that has said nothing to a question for so long has not understood it.
const UNHEARD: Span = Span::from_secs(4);

/// How a phone takes our questions. Some that know only MD5 give up when they see another
/// algorithm beside it (baresip 1.0 does), and begin anew a while later: these are asked for MD5
/// alone.
#[derive(Debug, Default)]
pub(super) struct Ears {
    /// The first question that was not answered.
    unanswered: Option<Moment>,
    is_old: bool,
}

impl Ears {
    /// It is asked once more: only for MD5?
    fn asked(&mut self, now: Moment) -> bool {
        let first = *self.unanswered.get_or_insert(now);
        self.is_old |= now.since(first) >= UNHEARD;
        self.is_old
    }

    fn answered(&mut self, algorithm: Algorithm) {
        self.unanswered = None;
        self.is_old &= algorithm == Algorithm::Md5;
    }
}

/// Bytes of a name that somebody unknown gives himself, for the administrator.
const CLAIM_MOST: usize = 64;

impl Engine {
    /// The user whose phone this is. None if it was asked for its secret, or refused.
    pub(super) fn admit(&mut self, arrival: &Arrival, door: Door, now: Moment) -> Option<User> {
        let claimed = claim(arrival);
        let source = arrival.way.remote;
        let user = User::parse(&claimed).filter(|user| self.stations.contains_key(user));
        let Some(user) = user else {
            return self.refuse(arrival, claimed, Why::Unknown, now);
        };
        let station = self.stations.get(&user)?;
        let is_here = station.address.map(canonical) == Some(canonical(source.ip()));
        if !is_here {
            return self.refuse(arrival, claimed, Why::Elsewhere, now);
        }
        let (_, _, header) = door.words();
        let answers = arrival.request.all(header).filter_map(Answer::parse);
        let Some(answer) = answers.into_iter().find(|a| a.realm == self.guard.realm()) else {
            return self.challenge(arrival, &user, door, false, now);
        };
        self.ears.entry(user.clone()).or_default().answered(answer.algorithm);
        let secret = (answer.username == user.as_str()).then_some(&station.secret);
        let asked = (arrival.method().as_str(), arrival.request.target().unwrap_or_default());
        match self.guard.weigh(&answer, secret, asked, source.ip(), now) {
            Verdict::Right => Some(user),
            Verdict::Stale => self.challenge(arrival, &user, door, true, now),
            Verdict::Wrong => self.refuse(arrival, claimed, Why::WrongSecret, now),
            Verdict::Throttled => self.refuse(arrival, claimed, Why::Throttled, now),
        }
    }

    fn challenge(
        &mut self,
        arrival: &Arrival,
        user: &User,
        door: Door,
        is_stale: bool,
        now: Moment,
    ) -> Option<User> {
        let (code, header, _) = door.words();
        let source = arrival.way.remote.ip();
        let is_old = self.ears.entry(user.clone()).or_default().asked(now);
        let challenges = self.guard.challenges(source, is_stale, now);
        let challenges = challenges.into_iter().skip(usize::from(is_old));
        let response = self.response(arrival, code);
        let response = challenges.fold(response, |r, c| r.with(header, c));
        self.answer_with(arrival, &response, now);
        None
    }

    fn refuse(&mut self, arrival: &Arrival, user: String, why: Why, now: Moment) -> Option<User> {
        self.reply(arrival, 403, now);
        self.tell(arrival.way.remote, user, why, now);
        None
    }

    /// Takes a new table of stations: who is no longer in it as it was, is out at once.
    pub(super) fn stations(&mut self, stations: BTreeMap<User, Station>, now: Moment) {
        let was = std::mem::replace(&mut self.stations, stations);
        let addresses = self.stations.values().filter_map(|station| station.address);
        self.known = addresses.map(canonical).collect();
        let is_same = |user: &User, old: &Station| {
            let new = self.stations.get(user);
            new.is_some_and(|new| new.secret == old.secret && new.address == old.address)
        };
        let changed: Vec<User> =
            was.iter().filter(|(user, old)| !is_same(user, old)).map(|(u, _)| u.clone()).collect();
        for user in changed {
            self.ears.remove(&user);
            for binding in self.registrar.remove(&user, |_| true) {
                self.gone(user.clone(), binding, Gone::Withdrawn);
            }
            self.forget_subscriptions(&user);
            let calls = self.calls.iter().filter(|(_, session)| session.user == user);
            let calls: Vec<_> = calls.map(|(call, _)| *call).collect();
            for call in calls {
                self.hang_up(call, Reason::NotRegistered, now);
            }
            if !self.stations.contains_key(&user) {
                self.waiting.remove(&user);
            }
        }
    }

    /// Has the dialog of a request an owner?
    pub(super) fn owner(&self, arrival: &Arrival) -> Option<Owner> {
        let tag = arrival.seen.to.tag()?;
        self.owners.get(&(arrival.seen.call_id.clone(), tag)).copied()
    }
}

/// Who it says it is: who registers, or who calls.
fn claim(arrival: &Arrival) -> String {
    let is_register = *arrival.method() == Method::Register;
    let address = if is_register { &arrival.seen.to } else { &arrival.seen.from };
    let user = Uri::parse(&address.uri).and_then(|uri| uri.user).unwrap_or_default();
    user.chars().filter(|c| !c.is_control()).take(CLAIM_MOST).collect()
}
