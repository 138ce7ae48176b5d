//! Who makes a phone, as far as files go: one vendor for each family of files.

use std::fmt;

/// A family of phones that asks for the same files and reads the same settings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Vendor {
    /// Cisco and Linksys SPA: telephones and adapters.
    CiscoSpa,
    /// Cisco multiplatform phones, `CP-8841-3PCC` and its like.
    CiscoMpp,
    /// Cisco enterprise phones, 79xx and 88xx, with SIP firmware.
    CiscoEnterprise,
    /// Cisco 7940 and 7960, which read lines where their younger sisters read XML.
    CiscoClassic,
    /// Poly and Polycom.
    Poly,
    /// Yealink.
    Yealink,
    /// Grandstream.
    Grandstream,
    /// Snom.
    Snom,
    /// Mitel 68xx, 69xx and Aastra.
    Mitel,
    /// Fanvil.
    Fanvil,
    /// Panasonic KX-HDV and KX-UT.
    Panasonic,
    /// Avaya J100 with the firmware for other makers' servers.
    Avaya,
    /// Alcatel-Lucent Enterprise Myriad and 8028s with SIP firmware.
    Alcatel,
}

impl Vendor {
    /// All that there are.
    pub const ALL: [Self; 13] = [
        Self::CiscoSpa,
        Self::CiscoMpp,
        Self::CiscoEnterprise,
        Self::CiscoClassic,
        Self::Poly,
        Self::Yealink,
        Self::Grandstream,
        Self::Snom,
        Self::Mitel,
        Self::Fanvil,
        Self::Panasonic,
        Self::Avaya,
        Self::Alcatel,
    ];

    /// What people call it.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::CiscoSpa => "Cisco SPA",
            Self::CiscoMpp => "Cisco MPP",
            Self::CiscoEnterprise => "Cisco enterprise",
            Self::CiscoClassic => "Cisco 7940/7960",
            Self::Poly => "Poly",
            Self::Yealink => "Yealink",
            Self::Grandstream => "Grandstream",
            Self::Snom => "Snom",
            Self::Mitel => "Mitel",
            Self::Fanvil => "Fanvil",
            Self::Panasonic => "Panasonic",
            Self::Avaya => "Avaya J100",
            Self::Alcatel => "Alcatel-Lucent Myriad",
        }
    }
}

impl fmt::Display for Vendor {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// Who made a phone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Maker {
    /// One that has a profile.
    Known(Vendor),
    /// One that has none, as it named itself, in printable characters: set it up by hand.
    Other(String),
}

/// What a phone is, as far as it said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Identity {
    /// Who made it.
    pub vendor: Maker,
    /// Which one it is, such as `504G`, `8841-3PCC`, `T46S`; empty if it did not say.
    pub model: String,
}
