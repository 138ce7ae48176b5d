//! The alarms that the keeper and the look at the machine can raise: stable names, what is wrong,
//! and what to do about it.

use message::system::{Alarm, Gravity};

/// The settings come from a copy.
pub(crate) const RESTORED: &str = "settings-restored";
/// A change was not confirmed.
pub(crate) const TAKEN_BACK: &str = "unconfirmed-change";
/// A change could not be made.
pub(crate) const NOT_MADE: &str = "change-not-made";
/// The machine is not as the settings say.
pub(crate) const NOT_APPLIED: &str = "settings-not-applied";

/// An alarm; since when it is on, who gathers them fills in.
pub(crate) fn alarm(name: &str, gravity: Gravity, words: impl Into<String>, advice: &str) -> Alarm {
    let (words, advice) = (words.into(), advice.to_owned());
    Alarm { name: name.to_owned(), gravity, words, advice, since: 0 }
}

pub(crate) fn restored(why: &str) -> Alarm {
    let advice = "Look through the settings and save them once; the damaged file is kept.";
    alarm(RESTORED, Gravity::Warning, why, advice)
}

pub(crate) fn taken_back() -> Alarm {
    let words = "A change of the network or the firewall was not confirmed and was taken back.";
    let advice = "Make it again and confirm it within a minute, or make it at the panel.";
    alarm(TAKEN_BACK, Gravity::Notice, words, advice)
}

pub(crate) fn not_made(why: &str) -> Alarm {
    let words = format!("A change of the network or the firewall could not be made: {why}");
    let advice = "What was before is in force again. Look at the values, and make the change anew.";
    alarm(NOT_MADE, Gravity::Notice, words, advice)
}

pub(crate) fn not_applied(why: &str) -> Alarm {
    let words = format!("The machine does not follow its settings: {why}");
    let advice = "It is tried again twice a minute. If it stays so, restart the appliance.";
    alarm(NOT_APPLIED, Gravity::Critical, words, advice)
}
