//! Commands for RouterOS, from version 7.16 on. It tells kinds apart by option 60 and not by cards.

use std::net::Ipv4Addr;

use provision::Sign;

use super::{Told, head, hex, plain};

pub(super) fn write(here: Ipv4Addr, told: &[Told]) -> String {
    let mut lines = vec![
        format!("# {}: RouterOS 7.16 or later", head(here)),
        "# Put the names of your server and pool in the place of these two.".to_owned(),
        ":local server \"dhcp1\"".to_owned(),
        ":local pool \"dhcp\"".to_owned(),
    ];
    for one in told {
        lines.extend(kind(one));
    }
    lines.into_iter().map(|line| line + "\n").collect()
}

fn kind(told: &Told) -> Vec<String> {
    let Told { name, signs, options, .. } = told;
    let says = signs.iter().filter_map(|sign| match sign {
        Sign::Begins(text) | Sign::Ends(text) => Some(*text),
        Sign::Card(_) => None,
    });
    let says: Vec<&str> = says.collect();
    if says.is_empty() {
        return vec![format!(
            "# {name}: known by their cards only, which RouterOS does not look at."
        )];
    }
    let adds = options.iter().map(|(code, value)| {
        let value = plain(value).map_or_else(|| format!("0x{}", hex(value, "")), quoted);
        format!(
            "/ip/dhcp-server/option/add name={name}-{code} code={code} force=yes value=\"{value}\""
        )
    });
    let names: Vec<String> = options.keys().map(|code| format!("{name}-{code}")).collect();
    let set =
        format!("/ip/dhcp-server/option/sets/add name={name} options=\"{}\"", names.join(","));
    let matchers = says.iter().enumerate().map(|(number, text)| {
        format!(
            "/ip/dhcp-server/matcher/add name={name}-{number} server=$server address-pool=$pool \
             code=60 matching-type=substring value=\"{text}\" option-set={name}"
        )
    });
    adds.chain([set]).chain(matchers).collect()
}

/// A text is quoted within the value; a `$` would begin a variable.
fn quoted(text: &str) -> String {
    format!("'{}'", text.replace('$', "\\$"))
}
