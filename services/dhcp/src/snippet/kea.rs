//! For Kea's `Dhcp4`: its JSON, with comments as Kea reads them.

use std::net::Ipv4Addr;

use provision::Sign;

use super::{Told, head, hex, plain};

pub(super) fn write(here: Ipv4Addr, told: &[Told]) -> String {
    let classes: Vec<String> = told.iter().map(kind).collect();
    format!(
        "// {}: a part of \"Dhcp4\" in kea-dhcp4.conf\n\"client-classes\": [\n{}\n]\n",
        head(here),
        classes.join(",\n")
    )
}

fn kind(told: &Told) -> String {
    let options: Vec<String> =
        told.options.iter().map(|(code, value)| option(*code, value)).collect();
    let next = told.next_server.map(|next| format!("\"next-server\": \"{next}\",\n    "));
    format!(
        "  {{ \"name\": \"{}\",\n    \"test\": \"{}\",\n    {}\"option-data\": [\n{}\n    ] }}",
        told.name,
        test(told),
        next.unwrap_or_default(),
        options.join(",\n")
    )
}

fn test(told: &Told) -> String {
    let any = told.signs.iter().map(sign).collect::<Vec<_>>().join(" or ");
    match &told.unless {
        Some(not) => format!("({any}) and not member('{not}')"),
        None => any,
    }
}

fn sign(sign: &Sign) -> String {
    match sign {
        Sign::Begins(text) => format!("substring(option[60].hex, 0, {}) == '{text}'", text.len()),
        Sign::Ends(text) => {
            let length = text.len();
            let longer = length + 1;
            format!(
                "substring(option[60].hex, -{length}, {length}) == '{text}' or \
                 substring(option[60].hex, -{longer}, {length}) == '{text}'"
            )
        }
        Sign::Card(prefix) => format!("substring(pkt4.mac, 0, 3) == 0x{}", hex(prefix, "")),
    }
}

/// The bytes as they are, whatever Kea knows of the option; asked for or not, as we do it.
fn option(code: u8, value: &[u8]) -> String {
    let data = plain(value).map_or_else(|| hex(value, ""), |text| format!("'{text}'"));
    format!(
        "      {{ \"code\": {code}, \"csv-format\": false, \"always-send\": true, \
         \"data\": \"{data}\" }}"
    )
}
