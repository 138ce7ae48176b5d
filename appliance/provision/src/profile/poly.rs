//! Poly: settings as XML attributes, and a master file that names the files which hold them.

use super::{Content, Format, Profile, Rule, Sheet};
use crate::Notify;

pub(super) const PROFILE: Profile = Profile {
    files: &[
        Rule { pattern: "{mac}.cfg", content: Content::Shared(&LEAD) },
        Rule { pattern: "000000000000.cfg", content: Content::Shared(&MASTER) },
        Rule { pattern: "ivm-{mac}.cfg", content: Content::Own(&OWN) },
        Rule { pattern: "{mac}-license.cfg", content: Content::Nothing },
        Rule { pattern: "{mac}-directory.xml", content: Content::Nothing },
    ],
    resync: Notify::CHECK_SYNC,
};

const LEAD: Sheet = Sheet {
    format: Format::Attributes { open: &["APPLICATION"] },
    fields: &[
        ("APP_FILE_PATH", ""),
        ("CONFIG_FILES", "ivm-{mac}.cfg"),
        ("MISC_FILES", ""),
        ("LOG_FILE_DIRECTORY", ""),
        ("OVERRIDES_DIRECTORY", ""),
        ("CONTACTS_DIRECTORY", ""),
    ],
};

/// For a phone that asks for it first; the phone replaces what stands in the brackets.
const MASTER: Sheet = Sheet {
    format: Format::Attributes { open: &["APPLICATION"] },
    fields: &[
        ("APP_FILE_PATH", ""),
        ("CONFIG_FILES", "ivm-[PHONE_MAC_ADDRESS].cfg"),
        ("MISC_FILES", ""),
        ("LOG_FILE_DIRECTORY", ""),
        ("OVERRIDES_DIRECTORY", ""),
        ("CONTACTS_DIRECTORY", ""),
    ],
};

const OWN: Sheet = Sheet {
    format: Format::Attributes { open: &["PHONE_CONFIG", "ALL"] },
    fields: &[
        ("device.set", "1"),
        ("device.prov.serverName.set", "1"),
        ("device.prov.serverName", "{place}"),
        ("device.prov.serverType.set", "1"),
        ("device.prov.serverType", "{scheme:HTTP|HTTPS}"),
        ("device.prov.ztpEnabled.set", "?1{if-approved}"),
        ("device.prov.ztpEnabled", "?0{if-approved}"),
        ("device.auth.localAdminPassword.set", "?1{if-approved}"),
        ("device.auth.localAdminPassword", "?{admin}"),
        ("device.sec.TLS.customCaCert1.set", "?1{if-ca}"),
        ("device.sec.TLS.customCaCert1", "?{ca}"),
        ("tcpIpApp.sntp.address", "{ntp}"),
        ("tcpIpApp.sntp.address.overrideDHCP", "1"),
        ("tcpIpApp.sntp.gmtOffset", "{zone-seconds}"),
        ("tcpIpApp.sntp.gmtOffset.overrideDHCP", "1"),
        ("tcpIpApp.sntp.daylightSavings.enable", "{summer:1|0}"),
        ("tcpIpApp.sntp.daylightSavings.fixedDayEnable", "0"),
        ("tcpIpApp.sntp.daylightSavings.start.month", "?{zone-start-month}"),
        ("tcpIpApp.sntp.daylightSavings.start.date", "?{zone-start-first-date}"),
        ("tcpIpApp.sntp.daylightSavings.start.dayOfWeek", "?{zone-start-weekday-from-1}"),
        ("tcpIpApp.sntp.daylightSavings.start.dayOfWeek.lastInMonth", "?{zone-start-is-last}"),
        ("tcpIpApp.sntp.daylightSavings.start.time", "?{zone-start-hour}"),
        ("tcpIpApp.sntp.daylightSavings.stop.month", "?{zone-end-month}"),
        ("tcpIpApp.sntp.daylightSavings.stop.date", "?{zone-end-first-date}"),
        ("tcpIpApp.sntp.daylightSavings.stop.dayOfWeek", "?{zone-end-weekday-from-1}"),
        ("tcpIpApp.sntp.daylightSavings.stop.dayOfWeek.lastInMonth", "?{zone-end-is-last}"),
        ("tcpIpApp.sntp.daylightSavings.stop.time", "?{zone-end-hour}"),
        ("voice.codecPref.G722", "1"),
        ("voice.codecPref.G711_Mu", "2"),
        ("voice.codecPref.G711_A", "3"),
        ("voice.codecPref.G729_AB", "0"),
        ("reg.1.server.1.address", "{host}"),
        ("reg.1.server.1.port", "{port}"),
        ("reg.1.server.1.transport", "{transport:UDPOnly|TCPOnly|TLS}"),
        ("reg.1.server.1.register", "{approved:1|0}"),
        ("reg.1.address", "{user}"),
        ("reg.1.auth.userId", "{user}"),
        ("reg.1.auth.password", "{secret}"),
        ("reg.1.displayName", "{display}"),
        ("reg.1.label", "{title}"),
        ("voIpProt.SIP.alertInfo.1.value", "info=alert-autoanswer"),
        ("voIpProt.SIP.alertInfo.1.class", "{auto:autoAnswer|default}"),
        ("voIpProt.SIP.specialEvent.checkSync.alwaysReboot", "0"),
        ("msg.mwi.1.subscribe", "{mailbox}"),
        ("msg.mwi.1.callBackMode", "{has-mailbox:contact|disabled}"),
        ("msg.mwi.1.callBack", "{mailbox}"),
        ("mb.main.home", "{softkey}"),
        ("feature.enhancedFeatureKeys.enabled", "{has-softkey:1|0}"),
        ("softkey.1.enable", "{has-softkey:1|0}"),
        ("softkey.1.label", "Messages{if-softkey}"),
        ("softkey.1.action", "{softkey}"),
        ("softkey.1.use.idle", "{has-softkey:1|0}"),
    ],
};
