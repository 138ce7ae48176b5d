//! For ISC dhcpd's configuration file.

use std::collections::BTreeSet;
use std::net::Ipv4Addr;

use provision::Sign;

use super::{Told, head, hex, plain};

const CLASS: &str = "option vendor-class-identifier";

pub(super) fn write(here: Ipv4Addr, told: &[Told]) -> String {
    let codes: BTreeSet<u8> = told.iter().flat_map(|one| one.options.keys().copied()).collect();
    let own = codes.into_iter().filter(|code| usual(*code).is_none());
    let named = own.map(|code| format!("option ivm-{code} code {code} = string;"));
    let kinds = told.iter().flat_map(|one| kind(one, told));
    let first = format!("# {}: for dhcpd.conf, outside of all braces", head(here));
    [first].into_iter().chain(named).chain(kinds).map(|line| line + "\n").collect()
}

/// What it calls the option by itself.
const fn usual(code: u8) -> Option<&'static str> {
    match code {
        43 => Some("vendor-encapsulated-options"),
        66 => Some("tftp-server-name"),
        _ => None,
    }
}

fn kind(told: &Told, all: &[Told]) -> Vec<String> {
    let mut lines =
        vec![format!("class \"{}\" {{", told.name), format!("  match if {};", test(told, all))];
    for (code, value) in &told.options {
        let name = usual(*code).map_or_else(|| format!("ivm-{code}"), str::to_owned);
        let value = plain(value).map_or_else(|| hex(value, ":"), |text| format!("\"{text}\""));
        lines.push(format!("  option {name} {value};"));
    }
    // Asked for or not, as we do it.
    let codes: Vec<u8> = told.options.keys().copied().collect();
    let list = "option dhcp-parameter-request-list";
    lines.push(format!("  {list} = concat({list}, {});", hex(&codes, ", ")));
    lines.extend(told.next_server.map(|next| format!("  next-server {next};")));
    lines.push("}".to_owned());
    lines
}

fn test(told: &Told, all: &[Told]) -> String {
    let any = |one: &Told| one.signs.iter().map(sign).collect::<Vec<_>>().join("\n    or ");
    let not = all.iter().find(|one| told.unless.as_ref() == Some(&one.name));
    match not {
        Some(not) => format!("({})\n    and not ({})", any(told), any(not)),
        None => any(told),
    }
}

fn sign(sign: &Sign) -> String {
    match sign {
        Sign::Begins(text) => format!("substring({CLASS}, 0, {}) = \"{text}\"", text.len()),
        Sign::Ends(text) => format!("{CLASS} ~= \"{text}\""),
        Sign::Card(prefix) => format!("substring(hardware, 1, 3) = {}", hex(prefix, ":")),
    }
}
