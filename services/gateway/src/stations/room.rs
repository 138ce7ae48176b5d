//! How many phones there may be, and how fast they may become more: whoever makes up hardware
//! addresses fills no disk and pushes out nobody who was approved.

use machine::{Moment, Span};
use message::station::Trust;
use provision::{Identity, Mac};

use super::record::{Record, Station};
use super::secret::Token;
use super::{Alarm, Output, Stations};

/// Phones in all.
const MOST: usize = 2_000;
/// Of these, without approval.
const MOST_UNAPPROVED: usize = 500;

/// New phones: those of an office that is switched on, and one each second from then on. A phone
/// that is left out asks again. So many are half of those that may be there without approval.
pub(super) const NEWCOMERS: Bucket = Bucket::of(256, Span::from_secs(1));
/// Alarms about strangers.
pub(super) const STRANGERS: Bucket = Bucket::of(3, Span::from_secs(60));
/// Other alarms.
pub(super) const ALARMS: Bucket = Bucket::of(3, Span::from_secs(60));

/// So many at once, and one more after each pause.
#[derive(Debug)]
pub(super) struct Bucket {
    most: u64,
    pause: Span,
    left: u64,
    filled: Moment,
}

impl Bucket {
    const fn of(most: u64, pause: Span) -> Self {
        Self { most, pause, left: most, filled: Moment::START }
    }

    pub(super) fn take(&mut self, now: Moment) -> bool {
        let more = now.since(self.filled).millis() / self.pause.millis();
        if more > 0 {
            self.left = self.left.saturating_add(more).min(self.most);
            self.filled = self.filled + Span::from_millis(more * self.pause.millis());
        }
        let is_there = self.left > 0;
        self.left = self.left.saturating_sub(1);
        is_there
    }
}

impl Stations {
    /// A phone that was not known; false if there is no room for it.
    pub(super) fn admit(&mut self, mac: Mac, identity: Identity, now: Moment) -> bool {
        if !self.newcomers.take(now) || !self.make_room(mac) {
            return false;
        }
        let record = Record {
            mac,
            token: Token::fresh(&mut self.rng),
            since: self.time.unix_ms,
            identity,
            trust: Trust::Awaiting,
            name: String::new(),
            number: None,
            person: String::new(),
            speaks_up: false,
            address: None,
            secret: None,
            menu: None,
            is_delivered: false,
            is_led: false,
        };
        self.stations.insert(mac, Station::of(record));
        self.dirty.insert(mac);
        self.told.is_due = true;
        if self.open_until.is_some_and(|(until, _)| now < until) {
            self.approve_newcomer(mac);
        }
        true
    }

    /// Pushes out the phone without approval that was silent for the longest, if there are too many.
    fn make_room(&mut self, newcomer: Mac) -> bool {
        let unapproved = || {
            let all = self.stations.values();
            all.filter(|station| station.record.trust != Trust::Approved)
        };
        if self.stations.len() < MOST && unapproved().count() < MOST_UNAPPROVED {
            return true;
        }
        let Some(oldest) = unapproved().min_by_key(|station| (station.seen, station.record.since))
        else {
            self.alarm(Alarm::Full(newcomer));
            return false;
        };
        self.remove(oldest.record.mac);
        true
    }

    /// Tells the administrator, but not without end.
    pub(super) fn alarm(&mut self, alarm: Alarm) {
        if self.alarms.take(self.time.now) {
            self.outputs.push_back(Output::Alarm(alarm));
        }
    }

    /// Forgets a phone.
    pub(super) fn remove(&mut self, mac: Mac) {
        if let Some(station) = self.stations.remove(&mac) {
            self.leaving.insert(mac, station);
        }
        self.by_address.retain(|_, owner| *owner != mac);
        self.dirty.insert(mac);
        self.told.is_due = true;
    }
}
