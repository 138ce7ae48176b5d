//! Alcatel-Lucent Myriad: `<setting id value>`, a file of the model and a file of the phone.

use super::{Content, Format, Profile, Rule, Sheet};
use crate::Notify;

pub(super) const PROFILE: Profile = Profile {
    files: &[
        Rule { pattern: "config.{model}.xml", content: Content::Shared(&LEAD) },
        Rule { pattern: "config.{mac}.xml", content: Content::Own(&OWN) },
    ],
    resync: Notify::CHECK_SYNC,
};

const LEAD: Sheet = Sheet {
    format: Format::Settings,
    fields: &[
        ("DeviceProvisionServerUrl", "{url-bare}"),
        ("DeviceProvisionFileFirst", "config.$model.xml"),
        ("DeviceProvisionFileSecond", "config.$mac.xml"),
        ("SettingSntpServer", "{ntp}"),
    ],
};

const OWN: Sheet = Sheet {
    format: Format::Settings,
    fields: &[
        ("DeviceProvisionServerUrl", "{url-bare}"),
        ("DeviceProvisionPnpEnable", "?false{if-approved}"),
        ("DeviceSecurityAdminName", "?admin{if-approved}"),
        ("DeviceSecurityAdminPwd", "?{admin}"),
        ("SettingSntpServer", "{ntp}"),
        ("SettingTimeZone", "{zone-clock}"),
        ("SettingTimeZoneLocation", "{zone}"),
        ("Account1Enable", "true"),
        ("Account1Label", "{title}"),
        ("Account1DisplayName", "{display}"),
        ("Account1RegName", "{user}"),
        ("Account1UserName", "{user}"),
        ("Account1Password", "{secret}"),
        ("Account1Server1Address", "{host}"),
        ("Account1Server1Port", "{port}"),
        ("Account1Server1Transport", "{transport:0|1|2}"),
        ("Account1AudioCodec", "9;0;8"),
        ("Account1IntercomEnable", "{auto:true|false}"),
        ("Account1VmNumber", "{mailbox}"),
        ("Account1MwiUri", "{mailbox}"),
    ],
};
