//! Fanvil: XML in modules, a list entry for each line.

use super::{Content, Format, Profile, Rule, Sheet};
use crate::Notify;

pub(super) const PROFILE: Profile = Profile {
    files: &[
        Rule { pattern: "f0{model}hw1.100.cfg", content: Content::Nothing },
        Rule { pattern: "{mac}.cfg", content: Content::Own(&OWN) },
    ],
    resync: Notify::CHECK_SYNC,
};

macro_rules! clock {
    ($key:literal) => {
        concat!("GLOBAL_CONFIG_MODULE/", $key)
    };
}

macro_rules! line {
    ($key:literal) => {
        concat!("SIP_CONFIG_MODULE/SIP_Line_List/SIP_Line_List_Entry/", $key)
    };
}

macro_rules! update {
    ($key:literal) => {
        concat!("AUTOUPDATE_CONFIG_MODULE/", $key)
    };
}

const OWN: Sheet = Sheet {
    format: Format::Elements { root: "VOIP_CONFIG_FILE" },
    fields: &[
        ("version", "2.0002"),
        (clock!("Enable_SNTP"), "1"),
        (clock!("SNTP_Server"), "{ntp}"),
        (clock!("Time_Zone"), "{zone-quarters}"),
        (clock!("Enable_DST"), "{summer:2|0}"),
        (clock!("DST_Min_Offset"), "{summer:60|0}"),
        (clock!("DST_Start_Mon"), "?{zone-start-month}"),
        (clock!("DST_Start_Week"), "?{zone-start-week-or-last}"),
        (clock!("DST_Start_Wday"), "?{zone-start-weekday}"),
        (clock!("DST_Start_Hour"), "?{zone-start-hour}"),
        (clock!("DST_End_Mon"), "?{zone-end-month}"),
        (clock!("DST_End_Week"), "?{zone-end-week-or-last}"),
        (clock!("DST_End_Wday"), "?{zone-end-weekday}"),
        (clock!("DST_End_Hour"), "?{zone-end-hour}"),
        ("MMI_CONFIG_MODULE/MMI_Account/MMI_Account_Entry/ID", "?Account1{if-approved}"),
        ("MMI_CONFIG_MODULE/MMI_Account/MMI_Account_Entry/Name", "?admin{if-approved}"),
        ("MMI_CONFIG_MODULE/MMI_Account/MMI_Account_Entry/Password", "?{admin}"),
        ("MMI_CONFIG_MODULE/MMI_Account/MMI_Account_Entry/Level", "?10{if-approved}"),
        (line!("ID"), "SIP1"),
        (line!("Phone_Number"), "{user}"),
        (line!("Display_Name"), "{display}"),
        (line!("Register_Addr"), "{host}"),
        (line!("Register_Port"), "{port}"),
        (line!("Register_User"), "{user}"),
        (line!("Register_Pswd"), "{secret}"),
        (line!("Enable_Reg"), "{approved:1|0}"),
        (line!("Transport"), "{transport:0|1|3}"),
        (line!("MWI_Num"), "{mailbox}"),
        (line!("AudioCodecSets"), "G722,PCMU,PCMA"),
        ("SIP_CONFIG_MODULE/SIPNotifyXML", "{has-softkey:1|0}"),
        ("TELE_CONFIG_MODULE/EnableIntercom", "{auto:1|0}"),
        ("PHONE_CONFIG_MODULE/Menu_Password", "?{admin}"),
        ("PHONE_CONFIG_MODULE/LCD_Title", "{title}"),
        (update!("Download_Server_IP"), "{url-bare}"),
        (update!("Config_File_Name"), "$mac.cfg"),
        (update!("Download_Protocol"), "{scheme:4|5}"),
        (update!("Download_Mode"), "1"),
        (update!("PNP_Enable"), "?0{if-approved}"),
    ],
};
