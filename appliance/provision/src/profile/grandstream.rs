//! Grandstream: XML of numbered P-values.

use super::{Content, Format, Profile, Rule, Sheet};
use crate::Notify;

pub(super) const PROFILE: Profile = Profile {
    files: &[
        Rule { pattern: "cfg{mac}", content: Content::Nothing },
        Rule { pattern: "cfg{mac}.xml", content: Content::Own(&OWN) },
        Rule { pattern: "cfg{model}.xml", content: Content::Nothing },
        Rule { pattern: "cfg.xml", content: Content::Nothing },
    ],
    resync: Notify::CHECK_SYNC,
};

const OWN: Sheet = Sheet {
    format: Format::Elements { root: "gs_provision version='1'" },
    fields: &[
        // The way to us, and none by itself.
        ("config version='1'/P212", "{scheme:1|2}"),
        ("config version='1'/P237", "{place}"),
        ("config version='1'/P1414", "?0{if-approved}"),
        ("config version='1'/P2", "?{admin}"),
        // Clock.
        ("config version='1'/P30", "{ntp}"),
        ("config version='1'/P64", "customize"),
        ("config version='1'/P246", "{zone-posix}"),
        // Account: active, name on the screen, server, transport, user, log-in, password, name.
        ("config version='1'/P271", "1"),
        ("config version='1'/P270", "{title}"),
        ("config version='1'/P47", "{host}:{port}"),
        ("config version='1'/P130", "{transport:0|1|2}"),
        ("config version='1'/P35", "{user}"),
        ("config version='1'/P36", "{user}"),
        ("config version='1'/P34", "{secret}"),
        ("config version='1'/P3", "{display}"),
        // Codecs: G.722, mu-law, A-law, and the same again for the places that are left.
        ("config version='1'/P57", "9"),
        ("config version='1'/P58", "0"),
        ("config version='1'/P59", "8"),
        ("config version='1'/P60", "9"),
        ("config version='1'/P61", "0"),
        ("config version='1'/P62", "8"),
        // Answer if the caller asks for it.
        ("config version='1'/P298", "{auto:1|0}"),
        // Messages: number, subscription.
        ("config version='1'/P33", "{mailbox}"),
        ("config version='1'/P99", "{has-mailbox:1|0}"),
        // Pages: no phone book, an application.
        ("config version='1'/P330", "0"),
        ("config version='1'/P331", ""),
        ("config version='1'/P337", "{softkey}"),
        // Fetch again when told by SIP.
        ("config version='1'/P26015", "1"),
    ],
};
