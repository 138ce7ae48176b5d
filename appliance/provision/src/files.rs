//! Which files a phone asks for, and what a requested name means.

use crate::profile::{Content, Rule, Sheet};
use crate::{Mac, Vendor, pattern};

/// The longest file name that is looked at.
const LONGEST_NAME: usize = 64;

/// A file that a phone asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Asked {
    /// Its name.
    pub name: String,
    /// What we have for it; none for nothing, which is no fault: the phone goes on at once.
    pub kind: Option<Kind>,
}

/// What a file is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It leads the phone to its own file, or is the same for all. No credentials are in it, but
    /// addresses with the phone's token may be.
    Shared,
    /// One phone's own configuration, with credentials once the phone is approved.
    Own,
}

/// Who asks, as far as that is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asker {
    /// The vendor; none before it is known. Then only names that one vendor alone has are ours.
    pub vendor: Option<Vendor>,
    /// The phone's hardware address; none where the network does not tell. Then who serves the file
    /// must still find out whose the address in the name is.
    pub mac: Option<Mac>,
}

/// A file that we have.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// Whose file it is.
    pub vendor: Vendor,
    /// What it is.
    pub kind: Kind,
    /// The hardware address in its name.
    pub mac: Option<Mac>,
    pub(crate) sheet: &'static Sheet,
}

/// What a requested name means.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Request {
    /// A file that we have.
    Wanted(Wanted),
    /// None of ours: refuse it at once (404, TFTP error 1), or the phone waits for a time-out.
    Absent,
}

/// The files that a phone asks for, in its order. Those whose name needs a model that is not known
/// are left out.
#[must_use]
pub fn files(vendor: Vendor, model: &str, mac: Mac) -> Vec<Asked> {
    let asked = |rule: &Rule| {
        let name = pattern::write(rule.pattern, mac, model)?;
        Some(Asked { name, kind: kind(rule).map(|(kind, _)| kind) })
    };
    vendor.profile().files.iter().filter_map(asked).collect()
}

/// What a name means that somebody asks for. Total: any bytes are a name. One slash at the front is
/// no matter; folders, other phones' files and whatever else are absent.
#[must_use]
pub fn request(asker: Asker, name: &[u8]) -> Request {
    let name = name.strip_prefix(b"/").unwrap_or(name);
    if name.len() > LONGEST_NAME {
        return Request::Absent;
    }
    let ours = |vendor: &Vendor| asker.vendor.is_none_or(|known| known == *vendor);
    let mut found = Vendor::ALL.into_iter().filter(ours).filter_map(|vendor| {
        // What a known vendor has not ends the search; for an unknown one it says nothing.
        let counts = |rule: &&Rule| asker.vendor.is_some() || rule.content != Content::Nothing;
        let rules = vendor.profile().files.iter().filter(counts);
        rules.filter_map(|rule| Some((vendor, rule, pattern::find(rule.pattern, name)?))).next()
    });
    let (Some((vendor, rule, mac)), None) = (found.next(), found.next()) else {
        return Request::Absent;
    };
    let is_foreign = mac.is_some_and(|mac| asker.mac.is_some_and(|own| own != mac));
    match kind(rule).filter(|_| !is_foreign) {
        Some((kind, sheet)) => Request::Wanted(Wanted { vendor, kind, mac, sheet }),
        None => Request::Absent,
    }
}

fn kind(rule: &Rule) -> Option<(Kind, &'static Sheet)> {
    match rule.content {
        Content::Nothing => None,
        Content::Shared(sheet) => Some((Kind::Shared, sheet)),
        Content::Own(sheet) => Some((Kind::Own, sheet)),
    }
}
