//! Yealink: `key = value` lines behind a line with the format's version.
//!
//! The `.boot` files and those that a model shares are not needed: refused, the phone goes on to
//! its own.

use super::{Content, Format, Lines, Profile, Quote, Rule, Sheet};
use crate::Notify;

pub(super) const PROFILE: Profile = Profile {
    files: &[
        Rule { pattern: "{mac}.boot", content: Content::Nothing },
        Rule { pattern: "y000000000000.boot", content: Content::Nothing },
        Rule { pattern: "y0000000000{nn}.cfg", content: Content::Nothing },
        Rule { pattern: "{mac}.cfg", content: Content::Own(&OWN) },
    ],
    resync: Notify::CHECK_SYNC,
};

const FORMAT: Format = Format::Lines(&Lines {
    head: "#!version:1.0.0.1\n",
    before: "",
    between: " = ",
    quote: Quote::Never,
    blank: "%NULL%",
    // A phone may take quotes around a value for marks and not for a part of it.
    forbidden: "\"",
});

const OWN: Sheet = Sheet {
    format: FORMAT,
    fields: &[
        ("static.auto_provision.server.url", "{url}"),
        ("static.auto_provision.pnp_enable", "?0{if-approved}"),
        ("static.zero_touch.enable", "?0{if-approved}"),
        ("static.redirect.enable", "?0{if-approved}"),
        ("static.trusted_certificates.url", "?{ca}"),
        ("static.security.user_password", "?admin:{admin}"),
        ("local_time.ntp_server1", "{ntp}"),
        ("local_time.time_zone", "{zone-hours}"),
        ("local_time.time_zone_name", "{zone}"),
        ("local_time.summer_time", "{summer:1|0}"),
        ("local_time.dst_time_type", "{summer:1|0}"),
        ("local_time.start_time", "{zone-start-yealink}"),
        ("local_time.end_time", "{zone-end-yealink}"),
        ("local_time.offset_time", "{summer:60|0}"),
        ("sip.notify_reboot_enable", "0"),
        ("features.intercom.allow", "{auto:1|0}"),
        ("features.intercom.tone", "1"),
        ("features.intercom.barge", "0"),
        ("push_xml.sip_notify", "{has-softkey:1|0}"),
        ("push_xml.server", "{softkey}"),
        ("programablekey.1.type", "?{has-softkey:27|28}"),
        ("programablekey.1.label", "Messages{if-softkey}"),
        ("programablekey.1.value", "{softkey}"),
        ("account.1.enable", "1"),
        ("account.1.label", "{title}"),
        ("account.1.display_name", "{display}"),
        ("account.1.user_name", "{user}"),
        ("account.1.auth_name", "{user}"),
        ("account.1.password", "{secret}"),
        ("account.1.sip_server.1.address", "{host}"),
        ("account.1.sip_server.1.port", "{port}"),
        ("account.1.sip_server.1.transport_type", "{transport:0|1|2}"),
        ("account.1.codec.g722.enable", "1"),
        ("account.1.codec.g722.priority", "1"),
        ("account.1.codec.pcmu.enable", "1"),
        ("account.1.codec.pcmu.priority", "2"),
        ("account.1.codec.pcma.enable", "1"),
        ("account.1.codec.pcma.priority", "3"),
        ("account.1.codec.g729.enable", "0"),
        ("account.1.codec.opus.enable", "0"),
        ("account.1.subscribe_mwi", "{has-mailbox:1|0}"),
        ("voice_mail.number.1", "{mailbox}"),
    ],
};
