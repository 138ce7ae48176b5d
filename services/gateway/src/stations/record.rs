//! What is known of a phone: what is kept on disk, and what a restart may forget.

use std::net::Ipv4Addr;

use machine::{Moment, Span};
use message::station::Trust;
use provision::{Identity, Mac};

use super::carriage::Carriage;
use super::progress::Progress;
use super::secret::{Secret, Token};
use super::timeline::Timeline;

/// What is kept of a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its hardware address.
    pub mac: Mac,
    /// The part of its URL that nobody guesses.
    pub token: Token,
    /// When it was seen first, unix milliseconds.
    pub since: u64,
    /// What it is.
    pub identity: Identity,
    /// How far it is trusted.
    pub trust: Trust,
    /// What the administrator calls it; empty for nothing yet.
    pub name: String,
    /// Its number; none until it is approved.
    pub number: Option<u32>,
    /// Whose it is; empty for nobody's.
    pub person: String,
    /// May live messages come out of its speaker by themselves?
    pub speaks_up: bool,
    /// The address that it has from a DHCP server.
    pub address: Option<Ipv4Addr>,
    /// The password of its line, while it is approved.
    pub secret: Option<Secret>,
    /// The password of its menus, from its first approval on.
    pub menu: Option<Secret>,
    /// Has it fetched the password of its line?
    pub is_delivered: bool,
    /// Was it told our authority and to come by HTTPS?
    pub is_led: bool,
}

impl Record {
    pub(super) fn carriage(&self) -> Carriage {
        Carriage::of(&self.identity.vendor)
    }
}

/// How long the secrets of a phone may be fetched after its approval.
pub(super) const WINDOW: Span = Span::from_secs(600);

/// A phone asks again for a file that is lost on the way, for at most as long as a transfer lasts.
const REPEATS: Span = Span::from_secs(60);

/// The time in which a phone's secrets may be fetched.
#[derive(Clone, Debug)]
pub(super) struct Window {
    pub(super) until: Moment,
    /// The first fetch, unless it failed.
    pub(super) fetch: Option<Fetch>,
}

/// A fetch of a phone's secrets.
#[derive(Clone, Debug)]
pub(super) struct Fetch {
    pub(super) name: String,
    pub(super) at: Moment,
    pub(super) has_arrived: bool,
}

/// A phone.
#[derive(Clone, Debug)]
pub(super) struct Station {
    /// As it is to be; what is on disk stands elsewhere until this is, too.
    pub(super) record: Record,
    /// What it said last that it is; not believed of an approved phone.
    pub(super) said: Identity,
    pub(super) timeline: Timeline,
    pub(super) progress: Progress,
    pub(super) window: Option<Window>,
    /// When it did anything last; none for nothing since the start.
    pub(super) seen: Option<Moment>,
}

impl Station {
    pub(super) fn of(record: Record) -> Self {
        Self {
            said: record.identity.clone(),
            timeline: Timeline::default(),
            progress: Progress::default(),
            window: None,
            seen: None,
            record,
        }
    }

    pub(super) fn has_open_window(&self, now: Moment) -> bool {
        self.window.as_ref().is_some_and(|window| now < window.until)
    }

    /// Has it fetched its secrets since its approval? Repeats until they have arrived are the same
    /// fetch.
    pub(super) fn has_fetched(&self, now: Moment) -> bool {
        let fetch = self.window.as_ref().and_then(|window| window.fetch.as_ref());
        fetch.is_some_and(|fetch| fetch.has_arrived || now >= fetch.at + REPEATS)
    }
}
