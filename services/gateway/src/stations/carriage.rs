//! What a phone has to show before it gets its secrets, by vendor: the best that its files let it
//! do. A line of this table is a promise to every phone of the vendor; see `docs/phones.md`.

use provision::{Maker, Vendor};

/// How secrets go to a phone, the weakest first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Carriage {
    /// It can carry no token: by whatever way it asks, once for each approval.
    Once,
    /// In clear, to who has the token.
    Clear,
    /// By HTTPS only, to who has the token: its first file installs our authority.
    Secure,
    /// It has no files.
    Never,
}

impl Carriage {
    pub(super) const fn of(maker: &Maker) -> Self {
        match maker {
            Maker::Known(vendor) => Self::of_vendor(*vendor),
            Maker::Other(_) => Self::Never,
        }
    }

    const fn of_vendor(vendor: Vendor) -> Self {
        match vendor {
            // Their addresses of files are addresses only.
            Vendor::CiscoEnterprise | Vendor::CiscoClassic => Self::Once,
            // Their files have no place for an authority, or for calls only (Mitel).
            Vendor::Grandstream | Vendor::Fanvil | Vendor::Alcatel | Vendor::Mitel => Self::Clear,
            Vendor::CiscoSpa
            | Vendor::CiscoMpp
            | Vendor::Poly
            | Vendor::Yealink
            | Vendor::Snom
            | Vendor::Panasonic
            | Vendor::Avaya => Self::Secure,
        }
    }
}
