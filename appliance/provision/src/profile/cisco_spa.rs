//! Cisco and Linksys SPA: `<flat-profile>`, an element for each setting, `_1_` for the first line.

use super::{Content, Format, Profile, Rule, Sheet};
use crate::Notify;

pub(super) const PROFILE: Profile = Profile {
    files: &[
        Rule { pattern: "spa{short}.cfg", content: Content::Shared(&LEAD) },
        Rule { pattern: "{mac}.xml", content: Content::Own(&OWN) },
    ],
    resync: Notify::of("resync"),
};

const FORMAT: Format = Format::Elements { root: "flat-profile" };

const LEAD: Sheet = Sheet {
    format: FORMAT,
    fields: &[
        ("Provision_Enable", "Yes"),
        ("Resync_On_Reset", "Yes"),
        ("Resync_From_SIP", "Yes"),
        ("Profile_Rule", "{url}$MA.xml"),
    ],
};

const OWN: Sheet = Sheet {
    format: FORMAT,
    fields: &[
        ("Provision_Enable", "Yes"),
        ("Resync_On_Reset", "Yes"),
        ("Resync_From_SIP", "Yes"),
        ("Profile_Rule", "{url}$MA.xml"),
        ("Custom_CA_Rule", "?{ca}"),
        ("Admin_Passwd", "?{admin}"),
        ("Station_Name", "{title}"),
        ("Select_Logo", "Text Logo"),
        ("Text_Logo", "{title}"),
        ("Primary_NTP_Server", "{ntp}"),
        ("Time_Zone", "{zone-gmt}"),
        ("Daylight_Saving_Time_Enable", "{summer:yes|no}"),
        ("Daylight_Saving_Time_Rule", "{zone-spa-rule}"),
        ("Auto_Answer_Page", "{auto:Yes|No}"),
        ("Voice_Mail_Number", "{mailbox}"),
        ("XML_Application_Service_Name", "Messages{if-softkey}"),
        ("XML_Application_Service_URL", "{softkey}"),
        ("Line_Enable_1_", "{approved:Yes|No}"),
        ("Proxy_1_", "{host}:{port}"),
        ("Register_1_", "{approved:Yes|No}"),
        ("SIP_Transport_1_", "{transport:UDP|TCP|TLS}"),
        ("Display_Name_1_", "{display}"),
        ("User_ID_1_", "{user}"),
        ("Use_Auth_ID_1_", "Yes"),
        ("Auth_ID_1_", "{user}"),
        ("Password_1_", "{secret}"),
        ("Mailbox_ID_1_", "{mailbox}"),
        ("Preferred_Codec_1_", "G722"),
        ("Second_Preferred_Codec_1_", "G711u"),
        ("Third_Preferred_Codec_1_", "G711a"),
        ("Use_Pref_Codec_Only_1_", "No"),
    ],
};
