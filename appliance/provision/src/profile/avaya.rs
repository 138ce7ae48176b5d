//! Avaya J100 for other makers' servers: `SET name "value"` lines, files that fetch files.

use super::{Content, Format, Lines, Profile, Quote, Rule, Sheet};
use crate::Notify;

pub(super) const PROFILE: Profile = Profile {
    files: &[
        Rule { pattern: "J100Supgrade.txt", content: Content::Shared(&UPGRADE) },
        Rule { pattern: "46xxsettings.txt", content: Content::Shared(&LEAD) },
        Rule { pattern: "{mac}.cfg", content: Content::Own(&OWN) },
    ],
    resync: Notify::CHECK_SYNC,
};

const STEPS: Format = Format::Lines(&Lines {
    head: "## IVM\n",
    before: "",
    between: " ",
    quote: Quote::Never,
    blank: "",
    forbidden: "\"$",
});

/// No other firmware: on to the settings.
const UPGRADE: Sheet = Sheet { format: STEPS, fields: &[("GET", "46xxsettings.txt")] };

const LEAD: Sheet = Sheet { format: STEPS, fields: &[("GET", "{mac}.cfg")] };

/// A `$` would name one of the phone's own values.
const FORMAT: Format = Format::Lines(&Lines {
    head: "## IVM\n",
    before: "SET ",
    between: " ",
    quote: Quote::Always,
    blank: "",
    forbidden: "\"$",
});

const OWN: Sheet = Sheet {
    format: FORMAT,
    fields: &[
        ("ENABLE_AVAYA_ENVIRONMENT", "0"),
        ("DISCOVER_AVAYA_ENVIRONMENT", "0"),
        ("ENABLE_3PCC_ENVIRONMENT", "1"),
        ("DES_STAT", "?0{if-approved}"),
        ("TRUSTCERTS", "?{ca}"),
        ("ADMIN_PASSWORD", "?{admin}"),
        ("FORCE_WEB_ADMIN_PASSWORD", "?{admin}"),
        ("SNTPSRVR", "{ntp}"),
        ("GMTOFFSET", "{zone-clock}"),
        ("DAYLIGHT_SAVING_SETTING_MODE", "{summer:2|0}"),
        ("DSTOFFSET", "{summer:1|0}"),
        ("DSTSTART", "?{zone-start-avaya}"),
        ("DSTSTOP", "?{zone-end-avaya}"),
        ("SIP_CONTROLLER_LIST", "{host}:{port};transport={transport:udp|tcp|tls}"),
        ("SIPDOMAIN", "{host}"),
        ("FORCE_SIP_USERNAME", "{user}"),
        ("FORCE_SIP_PASSWORD", "{secret}"),
        ("FORCE_SIP_EXTENSION", "{user}"),
        ("DISPLAY_NAME", "{title}"),
        ("ENABLE_G722", "1"),
        ("ENABLE_G711U", "1"),
        ("ENABLE_G711A", "1"),
        ("ENABLE_G729", "0"),
        ("ENABLE_G726", "0"),
        ("ENABLE_OPUS", "0"),
        ("CODEC_PRIORITY", "G722,G711U,G711A"),
        ("ENABLE_AUTO_ANSWER_SUPPORT", "{auto:1|0}"),
        ("ENABLE_OOD_RESET_NOTIFY", "1"),
        ("MWISRVR", "{host}"),
        ("PSTN_VM_NUM", "{mailbox}"),
    ],
};
