//! Cisco 7940 and 7960 with SIP firmware: `key: "value"` lines, by TFTP.
//!
//! They speak G.711 and no G.722, and answer no call by themselves.

use super::{Content, Format, Lines, Profile, Quote, Rule, Sheet};
use crate::Notify;

pub(super) const PROFILE: Profile = Profile {
    files: &[
        Rule { pattern: "CTLSEP{MAC}.tlv", content: Content::Nothing },
        Rule { pattern: "OS79XX.TXT", content: Content::Nothing },
        Rule { pattern: "SIPDefault.cnf", content: Content::Shared(&DEFAULT) },
        Rule { pattern: "SIP{MAC}.cnf", content: Content::Own(&OWN) },
        Rule { pattern: "RINGLIST.DAT", content: Content::Nothing },
        Rule { pattern: "dialplan.xml", content: Content::Nothing },
    ],
    resync: Notify::CHECK_SYNC,
};

const FORMAT: Format = Format::Lines(&Lines {
    head: "",
    before: "",
    between: ": ",
    quote: Quote::Always,
    blank: "",
    forbidden: "\"",
});

const DEFAULT: Sheet = Sheet {
    format: FORMAT,
    fields: &[
        ("proxy1_address", "{server}"),
        ("proxy1_port", "{server-port}"),
        ("preferred_codec", "g711ulaw"),
        ("dtmf_outofband", "avt"),
        ("sntp_server", "{ntp}"),
        ("sntp_mode", "unicast"),
    ],
};

const OWN: Sheet = Sheet {
    format: FORMAT,
    fields: &[
        ("phone_label", "{title}"),
        ("phone_password", "?{admin}"),
        ("proxy_register", "{approved:1|0}"),
        ("proxy1_address", "{host}"),
        ("proxy1_port", "{port}"),
        ("line1_name", "{user}"),
        ("line1_shortname", "{title}"),
        ("line1_authname", "{user}"),
        ("line1_password", "{secret}"),
        ("line1_displayname", "{display}"),
        ("messages_uri", "{mailbox}"),
        ("directory_url", "{softkey}"),
        ("preferred_codec", "g711ulaw"),
        ("dtmf_outofband", "avt"),
        ("sntp_server", "{ntp}"),
        ("sntp_mode", "unicast"),
        ("time_zone", "{zone-hours}"),
        ("dst_auto_adjust", "{summer:1|0}"),
        ("dst_offset", "{summer:1|0}"),
        ("dst_start_month", "?{zone-start-month}"),
        ("dst_start_day_of_week", "?{zone-start-weekday-from-1}"),
        ("dst_start_week_of_month", "?{zone-start-week-classic}"),
        ("dst_start_time", "?{zone-start-hour}"),
        ("dst_stop_month", "?{zone-end-month}"),
        ("dst_stop_day_of_week", "?{zone-end-weekday-from-1}"),
        ("dst_stop_week_of_month", "?{zone-end-week-classic}"),
        ("dst_stop_time", "?{zone-end-hour}"),
    ],
};
