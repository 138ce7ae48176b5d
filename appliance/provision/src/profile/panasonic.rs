//! Panasonic: `KEY="value"` lines; a file of the model names the file of the phone.

use super::{Content, Format, Lines, Profile, Quote, Rule, Sheet};
use crate::Notify;

pub(super) const PROFILE: Profile = Profile {
    files: &[
        Rule { pattern: "KX-{short}.cfg", content: Content::Shared(&LEAD) },
        Rule { pattern: "Config{MAC}.cfg", content: Content::Own(&OWN) },
    ],
    resync: Notify::CHECK_SYNC,
};

/// The phone reads only files that begin with this line.
const FORMAT: Format = Format::Lines(&Lines {
    head: "# Panasonic SIP Phone Standard Format File # DO NOT CHANGE THIS LINE!\n",
    before: "",
    between: "=",
    quote: Quote::Always,
    blank: "",
    forbidden: "\"",
});

const LEAD: Sheet = Sheet {
    format: FORMAT,
    fields: &[
        ("CFG_STANDARD_FILE_PATH", "{url}Config{MAC}.cfg"),
        ("CFG_PRODUCT_FILE_PATH", ""),
        ("CFG_MASTER_FILE_PATH", ""),
    ],
};

const OWN: Sheet = Sheet {
    format: FORMAT,
    fields: &[
        ("CFG_STANDARD_FILE_PATH", "{url}Config{MAC}.cfg"),
        ("CFG_RESYNC_FROM_SIP", "check-sync"),
        ("CFG_ROOT_CERTIFICATE_PATH", "?{ca}"),
        ("PNP_ENABLE", "?N{if-approved}"),
        ("ADMIN_PASS", "?{admin}"),
        ("NTP_ADDR", "{ntp}"),
        ("TIME_ZONE", "{zone-minutes}"),
        ("DST_ENABLE", "{summer:Y|N}"),
        ("DST_OFFSET", "{summer:60|0}"),
        ("DST_START_MONTH", "?{zone-start-month}"),
        ("DST_START_ORDINAL_DAY", "?{zone-start-week}"),
        ("DST_START_DAY_OF_WEEK", "?{zone-start-weekday}"),
        ("DST_START_TIME", "?{zone-start-minute-of-day}"),
        ("DST_STOP_MONTH", "?{zone-end-month}"),
        ("DST_STOP_ORDINAL_DAY", "?{zone-end-week}"),
        ("DST_STOP_DAY_OF_WEEK", "?{zone-end-weekday}"),
        ("DST_STOP_TIME", "?{zone-end-minute-of-day}"),
        ("PHONE_NUMBER_1", "{user}"),
        ("DISPLAY_NAME_1", "{title}"),
        ("SIP_URI_1", "sip:{user}@{host}"),
        ("SIP_RGSTR_ADDR_1", "{host}"),
        ("SIP_RGSTR_PORT_1", "{port}"),
        ("SIP_PRXY_ADDR_1", "{host}"),
        ("SIP_PRXY_PORT_1", "{port}"),
        ("SIP_TRANSPORT_1", "{transport:0|1|2}"),
        ("SIP_AUTHID_1", "{user}"),
        ("SIP_PASS_1", "{secret}"),
        ("SIP_RGSTR_ENABLE_1", "{approved:Y|N}"),
        ("CODEC_ENABLE0_1", "Y"),
        ("CODEC_PRIORITY0_1", "1"),
        ("CODEC_ENABLE4_1", "Y"),
        ("CODEC_PRIORITY4_1", "2"),
        ("CODEC_ENABLE1_1", "Y"),
        ("CODEC_PRIORITY1_1", "3"),
        ("CODEC_ENABLE3_1", "N"),
        ("VM_SUBSCRIBE_ENABLE", "{has-mailbox:Y|N}"),
        ("VM_NUMBER_1", "{mailbox}"),
        ("XMLAPP_ENABLE", "{has-softkey:Y|N}"),
        ("XMLAPP_START_URL", "{softkey}"),
    ],
};
