//! How far a phone has come on its way to a line: what its trouble is told from. A restart
//! forgets it, and a phone's next step tells it again.

use std::net::Ipv4Addr;

use machine::Moment;
use message::station::Step;

/// How far a phone has come.
#[derive(Clone, Debug, Default)]
pub(super) struct Progress {
    pub(super) address: Addressing,
    /// When it got its address at its last start; renewals do not count.
    pub(super) leased_at: Option<Moment>,
    pub(super) file: Option<File>,
    pub(super) line: Line,
}

/// How it is with its address.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Addressing {
    /// Nothing was seen yet.
    #[default]
    Unseen,
    /// It looks for an address since then.
    Looking { since: Moment },
    /// It was offered one then.
    Offered { at: Moment },
    /// It has one.
    Leased,
    /// It was refused one, in these words.
    Refused { words: String },
    /// It has given it back.
    Released,
}

/// The last file that it asked for.
#[derive(Clone, Debug)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) asker: Ipv4Addr,
    pub(super) at: Moment,
    pub(super) given: Given,
    /// Why it did not reach the phone; empty if nobody says so.
    pub(super) fault: String,
}

/// What a phone was given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Given {
    /// We have no such file.
    Nothing,
    /// A file that leads it to its own.
    Lead,
    /// Its own file with its secrets.
    Secrets,
    /// Its own file without secrets, or no file, for this reason.
    Withheld(Why),
}

/// Why a phone does not get its secrets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Why {
    /// Nobody has approved it.
    Awaiting,
    /// It has not the address that a DHCP server gave to its card.
    Address,
    /// It came without its token.
    Token,
    /// It can come by HTTPS, and did not.
    Clear,
    /// Its ten minutes are over.
    Late,
    /// It can show nothing but its address, and has fetched them once.
    Spent,
}

/// How it is with its line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) enum Line {
    /// Nothing was seen yet.
    #[default]
    Unseen,
    /// In service.
    Registered,
    /// Refused, in these words.
    Refused { words: String },
    /// Out of service since then.
    Gone { since: Moment },
}

impl Progress {
    /// A step of DHCP.
    pub(super) fn step(&mut self, step: Step, words: &str, now: Moment) {
        self.address = match (step, &self.address) {
            (Step::Discover, Addressing::Looking { since }) => {
                Addressing::Looking { since: *since }
            }
            (Step::Discover, _) => Addressing::Looking { since: now },
            (Step::Offer, _) => Addressing::Offered { at: now },
            (Step::Ack | Step::Inform, before) => {
                if *before != Addressing::Leased {
                    self.leased_at = Some(now);
                }
                Addressing::Leased
            }
            (Step::Nak, _) => Addressing::Refused { words: words.to_owned() },
            (Step::Release, _) => Addressing::Released,
            (
                Step::Announce
                | Step::File
                | Step::NoFile
                | Step::FileFailed
                | Step::Register
                | Step::RegisterFailed
                | Step::Unregister,
                _,
            ) => return,
        };
    }

    /// Has it asked for nothing since it got its address at its last start?
    pub(super) fn is_mute(&self) -> Option<Moment> {
        let leased_at = self.leased_at?;
        let has_asked = self.file.as_ref().is_some_and(|file| file.at >= leased_at);
        (!has_asked).then_some(leased_at)
    }
}
