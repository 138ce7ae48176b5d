//! What a vendor's profile is: files as patterns, and each file as a list of keys with templates.
//!
//! A profile is data. A pattern holds `{mac}`, `{MAC}`, `{model}`, `{short}` (the model without the
//! vendor's own prefix) or `{nn}` (Yealink's number of the hardware). A template holds the words of
//! [`crate::fill`]; a template with a word that has no value is written blank, so that a phone
//! forgets what it was; one that starts with `?` is left out then.

mod alcatel;
mod avaya;
mod cisco_classic;
mod cisco_enterprise;
mod cisco_mpp;
mod cisco_spa;
mod fanvil;
mod grandstream;
mod mitel;
mod panasonic;
mod poly;
mod snom;
mod yealink;

use crate::{Notify, Vendor};

/// All that we know of a vendor's files.
pub(crate) struct Profile {
    /// In the order in which a phone asks.
    pub(crate) files: &'static [Rule],
    pub(crate) resync: Notify,
}

/// One file.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) pattern: &'static str,
    /// What we have for it.
    pub(crate) content: Content,
}

/// What a file holds.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Content {
    /// We have none: say so at once.
    Nothing,
    /// What leads to the phone's own file, or is the same for all: no secret.
    Shared(&'static Sheet),
    /// One phone's own.
    Own(&'static Sheet),
}

/// The content of a file: keys and templates in their order.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Sheet {
    pub(crate) format: Format,
    pub(crate) fields: &'static [(&'static str, &'static str)],
}

/// How keys and values are written down.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Format {
    /// Nested elements: a key is a path below the root, its steps may have attributes in single
    /// quotes; `a/b@c` is an element `b` with nothing but the attribute `c`, left out if blank.
    Elements { root: &'static str },
    /// One element within others, with a key and value as each attribute.
    Attributes { open: &'static [&'static str] },
    /// `<setting id="key" value="value" />`.
    Settings,
    /// A line for each key.
    Lines(&'static Lines),
}

/// How a line is written.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Lines {
    /// What the file begins with.
    pub(crate) head: &'static str,
    /// Before the key.
    pub(crate) before: &'static str,
    /// Between key and value.
    pub(crate) between: &'static str,
    pub(crate) quote: Quote,
    /// What stands for no value.
    pub(crate) blank: &'static str,
    /// What no value may hold.
    pub(crate) forbidden: &'static str,
}

/// When a value stands in double quotes.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Quote {
    Never,
    Always,
    /// If it holds a `#`, which would begin a comment.
    AroundHash,
}

impl Vendor {
    pub(crate) const fn profile(self) -> &'static Profile {
        match self {
            Self::CiscoSpa => &cisco_spa::PROFILE,
            Self::CiscoMpp => &cisco_mpp::PROFILE,
            Self::CiscoEnterprise => &cisco_enterprise::PROFILE,
            Self::CiscoClassic => &cisco_classic::PROFILE,
            Self::Poly => &poly::PROFILE,
            Self::Yealink => &yealink::PROFILE,
            Self::Grandstream => &grandstream::PROFILE,
            Self::Snom => &snom::PROFILE,
            Self::Mitel => &mitel::PROFILE,
            Self::Fanvil => &fanvil::PROFILE,
            Self::Panasonic => &panasonic::PROFILE,
            Self::Avaya => &avaya::PROFILE,
            Self::Alcatel => &alcatel::PROFILE,
        }
    }
}
