//! Cisco enterprise phones with SIP firmware: nested XML that a call manager would serve by TFTP.
//!
//! These phones cannot carry a token in their URL; who serves the file checks where the phone is.

use super::{Content, Format, Profile, Rule, Sheet};
use crate::Notify;

pub(super) const PROFILE: Profile = Profile {
    files: &[
        Rule { pattern: "CTLSEP{MAC}.tlv", content: Content::Nothing },
        Rule { pattern: "ITLSEP{MAC}.tlv", content: Content::Nothing },
        Rule { pattern: "ITLFile.tlv", content: Content::Nothing },
        Rule { pattern: "SEP{MAC}.cnf.xml", content: Content::Own(&OWN) },
        Rule { pattern: "XmlDefault.cnf.xml", content: Content::Shared(&DEFAULT) },
        Rule { pattern: "dialplan.xml", content: Content::Shared(&DIAL_PLAN) },
    ],
    resync: Notify {
        event: "service-control",
        content_type: Some("text/plain"),
        body: "action=restart\r\n",
    },
};

const DEFAULT: Sheet = Sheet {
    format: Format::Elements { root: "Default" },
    fields: &[
        (
            "callManagerGroup/members/member priority='0'/callManager/ports/ethernetPhonePort",
            "2000",
        ),
        ("callManagerGroup/members/member priority='0'/callManager/ports/sipPort", "{server-port}"),
        ("callManagerGroup/members/member priority='0'/callManager/processNodeName", "{server}"),
    ],
};

/// Whatever is dialled goes out after five seconds, or at once with the dial key.
const DIAL_PLAN: Sheet = Sheet {
    format: Format::Attributes { open: &["DIALTEMPLATE", "TEMPLATE"] },
    fields: &[("MATCH", "*"), ("TIMEOUT", "5")],
};

macro_rules! line {
    ($key:literal) => {
        concat!("sipProfile/sipLines/line button='1' lineIndex='1'/", $key)
    };
}

macro_rules! manager {
    ($key:literal) => {
        concat!("devicePool/callManagerGroup/members/member priority='0'/callManager/", $key)
    };
}

const OWN: Sheet = Sheet {
    format: Format::Elements { root: "device" },
    fields: &[
        ("fullConfig", "true"),
        ("deviceProtocol", "SIP"),
        ("sshUserId", "?admin{if-approved}"),
        ("sshPassword", "?{admin}"),
        ("devicePool/dateTimeSetting/dateTemplate", "Y.M.D"),
        ("devicePool/dateTimeSetting/timeZone", "{zone-cisco}"),
        ("devicePool/dateTimeSetting/ntps/ntp/name", "{ntp}"),
        ("devicePool/dateTimeSetting/ntps/ntp/ntpMode", "Unicast"),
        (manager!("ports/ethernetPhonePort"), "2000"),
        (manager!("ports/sipPort"), "{server-port}"),
        (manager!("processNodeName"), "{server}"),
        ("sipProfile/sipProxies/registerWithProxy", "{approved:true|false}"),
        ("sipProfile/sipStack/timerRegisterExpires", "3600"),
        ("sipProfile/sipStack/remotePartyID", "true"),
        ("sipProfile/enableVad", "false"),
        ("sipProfile/preferredCodec", "g722"),
        ("sipProfile/advertiseG722Codec", "1"),
        ("sipProfile/dtmfAvtPayload", "101"),
        ("sipProfile/dtmfOutofBand", "avt"),
        ("sipProfile/phoneLabel", "{title}"),
        (line!("featureID"), "9"),
        (line!("featureLabel"), "{title}"),
        (line!("proxy"), "USECALLMANAGER"),
        (line!("port"), "{server-port}"),
        (line!("name"), "{user}"),
        (line!("displayName"), "{display}"),
        (line!("autoAnswer/autoAnswerEnabled"), "{auto:2|0}"),
        (line!("callWaiting"), "3"),
        (line!("authName"), "{user}"),
        (line!("authPassword"), "{secret}"),
        (line!("sharedLine"), "false"),
        (line!("messageWaitingLampPolicy"), "1"),
        (line!("messagesNumber"), "{mailbox}"),
        (line!("contact"), "{user}"),
        ("sipProfile/voipControlPort", "5060"),
        ("sipProfile/dialTemplate", "dialplan.xml"),
        ("commonProfile/phonePassword", "?{admin}"),
        ("vendorConfig/webAccess", "1"),
        ("vendorConfig/sshAccess", "1"),
        ("deviceSecurityMode", "{transport:1|1|3}"),
        ("directoryURL", "{softkey}"),
        ("transportLayerProtocol", "{transport:2|1|3}"),
    ],
};
