//! Mitel and Aastra: `key: value` lines; a `#` begins a comment unless the value is quoted.

use super::{Content, Format, Lines, Profile, Quote, Rule, Sheet};
use crate::Notify;

pub(super) const PROFILE: Profile = Profile {
    files: &[
        Rule { pattern: "startup.cfg", content: Content::Shared(&LEAD) },
        Rule { pattern: "aastra.cfg", content: Content::Shared(&LEAD) },
        Rule { pattern: "{model}.cfg", content: Content::Nothing },
        Rule { pattern: "{MAC}.cfg", content: Content::Own(&OWN) },
        Rule { pattern: "startup.tuz", content: Content::Nothing },
        Rule { pattern: "{MAC}.tuz", content: Content::Nothing },
    ],
    resync: Notify::CHECK_SYNC,
};

const FORMAT: Format = Format::Lines(&Lines {
    head: "",
    before: "",
    between: ": ",
    quote: Quote::AroundHash,
    blank: "",
    forbidden: "\"",
});

const LEAD: Sheet = Sheet {
    format: FORMAT,
    fields: &[
        ("contact rcs", "0"),
        ("download protocol", "{scheme:HTTP|HTTPS}"),
        ("http server", "{web-host}"),
        ("http path", "{web-path}"),
        ("http port", "{web-port}"),
        ("https server", "{web-host}"),
        ("https path", "{web-path}"),
        ("https port", "{web-port}"),
        ("time server disabled", "0"),
        ("time server1", "{ntp}"),
    ],
};

const OWN: Sheet = Sheet {
    format: FORMAT,
    fields: &[
        ("contact rcs", "0"),
        ("admin password", "?{admin}"),
        ("sips trusted certificates", "?{ca}"),
        ("time server disabled", "0"),
        ("time server1", "{ntp}"),
        ("time zone name", "Custom"),
        ("time zone minutes", "{zone-minutes-west}"),
        ("dst config", "{summer:3|0}"),
        ("dst minutes", "{summer:60|0}"),
        ("dst [start|end] relative date", "?{summer:1|0}"),
        ("dst start month", "?{zone-start-month}"),
        ("dst start week", "?{zone-start-week-or-last}"),
        ("dst start day", "?{zone-start-weekday-from-1}"),
        ("dst start hour", "?{zone-start-hour}"),
        ("dst end month", "?{zone-end-month}"),
        ("dst end week", "?{zone-end-week-or-last}"),
        ("dst end day", "?{zone-end-weekday-from-1}"),
        ("dst end hour", "?{zone-end-hour}"),
        ("sip transport protocol", "{transport:1|2|4}"),
        ("sip use basic codecs", "0"),
        (
            "sip customized codec",
            "payload=9;ptime=20;silsupp=off,payload=0;ptime=20;silsupp=off,\
             payload=8;ptime=20;silsupp=off",
        ),
        ("sip allow auto answer", "{auto:1|0}"),
        ("sip intercom mute mic", "0"),
        ("sip explicit mwi subscription", "{has-mailbox:1|0}"),
        ("sip line1 proxy ip", "{host}"),
        ("sip line1 proxy port", "{port}"),
        ("sip line1 registrar ip", "{host}"),
        ("sip line1 registrar port", "{port}"),
        ("sip line1 user name", "{user}"),
        ("sip line1 auth name", "{user}"),
        ("sip line1 password", "{secret}"),
        ("sip line1 display name", "{display}"),
        ("sip line1 screen name", "{title}"),
        ("sip line1 vmail", "{mailbox}"),
        ("softkey1 type", "{has-softkey:xml|none}"),
        ("softkey1 label", "Messages{if-softkey}"),
        ("softkey1 value", "{softkey}"),
    ],
};
