//! Snom: a list of files, and XML with an index for each identity.

use super::{Content, Format, Profile, Rule, Sheet};
use crate::Notify;

pub(super) const PROFILE: Profile = Profile {
    files: &[
        Rule { pattern: "snom{model}-{MAC}.htm", content: Content::Shared(&LEAD) },
        Rule { pattern: "{MAC}.xml", content: Content::Own(&OWN) },
    ],
    resync: Notify::of("check-sync;reboot=false"),
};

const LEAD: Sheet = Sheet {
    format: Format::Elements { root: "setting-files" },
    fields: &[("file@url", "{url}{MAC}.xml")],
};

macro_rules! phone {
    ($key:literal) => {
        concat!("phone-settings/", $key, " perm='R'")
    };
}

macro_rules! identity {
    ($key:literal) => {
        concat!("phone-settings/", $key, " idx='1' perm='R'")
    };
}

const OWN: Sheet = Sheet {
    format: Format::Elements { root: "settings" },
    fields: &[
        (phone!("setting_server"), "{url}"),
        (phone!("pnp_config"), "?off{if-approved}"),
        (phone!("http_user"), "?admin{if-approved}"),
        (phone!("http_pass"), "?{admin}"),
        (phone!("admin_mode_password"), "?{admin}"),
        (phone!("ntp_server"), "{ntp}"),
        (phone!("timezone"), "{zone-snom}"),
        (phone!("utc_offset"), "?{zone-snom-offset}"),
        (phone!("dst"), "?{zone-snom-dst}"),
        (phone!("answer_after_policy"), "{auto:idle|off}"),
        (identity!("user_active"), "on"),
        (identity!("user_idle_text"), "{title}"),
        (identity!("user_host"), "{host}"),
        (identity!("user_outbound"), "{host}:{port};transport={transport:udp|tcp|tls}"),
        (identity!("user_name"), "{user}"),
        (identity!("user_pname"), "{user}"),
        (identity!("user_pass"), "{secret}"),
        (identity!("user_realname"), "{display}"),
        (identity!("user_mailbox"), "{mailbox}"),
        (identity!("codec_priority_list"), "g722,pcmu,pcma,telephone-event"),
        ("functionKeys/fkey idx='1' context='active' perm='R'", "?url {softkey}"),
        ("certificates/certificate@url", "?{ca}"),
    ],
};
