//! Addresses, and who may reach what.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use maud::{Markup, html};
use settings::{Admission, Ipv4, Ipv4Static, Ipv6, Ipv6Static, Settings, Vlan};

use super::View;
use crate::pages::field::{Faults, Fields, Input, Sheet};
use crate::pages::frame::unmanaged;

pub(super) const NAMES: [&str; 14] = [
    "network.interface",
    "network.vlan",
    "network.ipv4.method",
    "network.ipv4.address",
    "network.ipv4.prefix",
    "network.ipv4.gateway",
    "network.ipv6.method",
    "network.ipv6.address",
    "network.ipv6.prefix",
    "network.ipv6.gateway",
    "network.dns",
    "firewall.pages",
    "firewall.objects",
    "firewall.answers_ping",
];

pub(super) fn fields(settings: &Settings) -> Fields {
    let network = &settings.network;
    let vlan = network.vlan.map(|vlan| vlan.number().to_string()).unwrap_or_default();
    let dns: Vec<String> = network.dns.iter().map(IpAddr::to_string).collect();
    let fields = Fields::default()
        .with("network.interface", network.interface.clone().unwrap_or_default())
        .with("network.vlan", vlan)
        .with("network.dns", dns.join(", "))
        .ticked("firewall.answers_ping", settings.firewall.answers_ping);
    let fields = ipv6(ipv4(fields, network.ipv4), network.ipv6);
    let fields = admission(fields, "firewall.pages", &settings.firewall.pages);
    admission(fields, "firewall.objects", &settings.firewall.objects)
}

fn ipv4(fields: Fields, ipv4: Ipv4) -> Fields {
    match ipv4 {
        Ipv4::Dhcp => fields.with("network.ipv4.method", "dhcp"),
        Ipv4::Off => fields.with("network.ipv4.method", "off"),
        Ipv4::Static(Ipv4Static { address, prefix, gateway }) => fields
            .with("network.ipv4.method", "static")
            .with("network.ipv4.address", address.to_string())
            .with("network.ipv4.prefix", prefix.to_string())
            .with("network.ipv4.gateway", gateway.map(|ip| ip.to_string()).unwrap_or_default()),
    }
}

fn ipv6(fields: Fields, ipv6: Ipv6) -> Fields {
    match ipv6 {
        Ipv6::Auto => fields.with("network.ipv6.method", "auto"),
        Ipv6::Off => fields.with("network.ipv6.method", "off"),
        Ipv6::Static(Ipv6Static { address, prefix, gateway }) => fields
            .with("network.ipv6.method", "static")
            .with("network.ipv6.address", address.to_string())
            .with("network.ipv6.prefix", prefix.to_string())
            .with("network.ipv6.gateway", gateway.map(|ip| ip.to_string()).unwrap_or_default()),
    }
}

fn admission(fields: Fields, name: &str, admission: &Admission) -> Fields {
    let networks = format!("{name}.networks");
    match admission {
        Admission::Everywhere => fields.with(name, "everywhere"),
        Admission::Nowhere => fields.with(name, "nowhere"),
        Admission::Networks(all) => fields.with(name, "networks").with(&networks, all.join(", ")),
    }
}

pub(super) fn edit(fields: &Fields, settings: &mut Settings) -> Faults {
    let mut faults = Faults::default();
    let network = &mut settings.network;
    let interface = fields.text("network.interface");
    network.interface = (!interface.is_empty()).then(|| interface.to_owned());
    network.vlan = match fields.text("network.vlan") {
        "" => None,
        text => {
            let vlan = text.parse().ok().and_then(Vlan::new);
            if vlan.is_none() {
                faults.add("network.vlan", "A VLAN has a number from 1 to 4094.");
            }
            vlan.or(network.vlan)
        }
    };
    match fields.text("network.ipv4.method") {
        "static" => {
            if let Some(fixed) = static_ipv4(fields, &mut faults) {
                network.ipv4 = Ipv4::Static(fixed);
            }
        }
        "off" => network.ipv4 = Ipv4::Off,
        _ => network.ipv4 = Ipv4::Dhcp,
    }
    match fields.text("network.ipv6.method") {
        "static" => {
            if let Some(fixed) = static_ipv6(fields, &mut faults) {
                network.ipv6 = Ipv6::Static(fixed);
            }
        }
        "off" => network.ipv6 = Ipv6::Off,
        _ => network.ipv6 = Ipv6::Auto,
    }
    let servers: Result<Vec<IpAddr>, _> =
        fields.list("network.dns").into_iter().map(str::parse).collect();
    match servers {
        Ok(servers) => network.dns = servers,
        Err(_) => faults.add("network.dns", "Name servers are addresses, such as 192.168.1.1."),
    }
    settings.firewall.pages = admitted(fields, "firewall.pages");
    settings.firewall.objects = admitted(fields, "firewall.objects");
    settings.firewall.answers_ping = fields.is_ticked("firewall.answers_ping");
    faults
}

fn static_ipv4(fields: &Fields, faults: &mut Faults) -> Option<Ipv4Static> {
    let address: Option<Ipv4Addr> = fields.text("network.ipv4.address").parse().ok();
    if address.is_none() {
        faults.add("network.ipv4.address", "An IPv4 address looks like 192.168.1.20.");
    }
    let prefix = fields.number("network.ipv4.prefix", faults);
    let gateway = match fields.text("network.ipv4.gateway") {
        "" => None,
        text => match text.parse() {
            Ok(gateway) => Some(gateway),
            Err(_) => {
                faults.add("network.ipv4.gateway", "An IPv4 address looks like 192.168.1.1.");
                return None;
            }
        },
    };
    Some(Ipv4Static { address: address?, prefix: prefix?, gateway })
}

fn static_ipv6(fields: &Fields, faults: &mut Faults) -> Option<Ipv6Static> {
    let address: Option<Ipv6Addr> = fields.text("network.ipv6.address").parse().ok();
    if address.is_none() {
        faults.add("network.ipv6.address", "An IPv6 address looks like fd00::20.");
    }
    let prefix = fields.number("network.ipv6.prefix", faults);
    let gateway = match fields.text("network.ipv6.gateway") {
        "" => None,
        text => match text.parse() {
            Ok(gateway) => Some(gateway),
            Err(_) => {
                faults.add("network.ipv6.gateway", "An IPv6 address looks like fe80::1.");
                return None;
            }
        },
    };
    Some(Ipv6Static { address: address?, prefix: prefix?, gateway })
}

fn admitted(fields: &Fields, name: &str) -> Admission {
    match fields.text(name) {
        "networks" => {
            let networks = fields.list(&format!("{name}.networks"));
            Admission::Networks(networks.into_iter().map(str::to_owned).collect())
        }
        "nowhere" => Admission::Nowhere,
        _ => Admission::Everywhere,
    }
}

/// The fields as they are shown: an address that is to stay begins with what DHCP has given.
pub(super) fn suggested(view: &View<'_>) -> Fields {
    let fields = view.fields.clone();
    let names = ["network.ipv4.address", "network.ipv4.prefix", "network.ipv4.gateway"];
    let is_typed = names.iter().any(|name| !fields.text(name).is_empty());
    let Some(health) = view.health.filter(|_| view.is_managed && !is_typed) else { return fields };
    let addresses = health.interfaces.iter().filter(|one| one.has_carrier);
    let mut given = addresses.flat_map(|one| &one.addresses).filter_map(|address| {
        let (address, prefix) = address.split_once('/')?;
        let ip: Ipv4Addr = address.parse().ok()?;
        (!ip.is_loopback() && !ip.is_link_local()).then_some((address, prefix))
    });
    let Some((address, prefix)) = given.next() else { return fields };
    let gateway = health.gateway.parse::<Ipv4Addr>().map(|ip| ip.to_string()).unwrap_or_default();
    let values = [address, prefix, gateway.as_str()];
    names.iter().zip(values).fold(fields, |fields, (name, value)| fields.with(name, value))
}

/// The interfaces and the addresses in force.
pub(super) fn beside(view: &View<'_>) -> Markup {
    html! {
        @if !view.is_managed {
            (unmanaged("Its addresses are the machine's own: what is set here is kept, and counts when the same settings come to an appliance."))
        }
        @if let Some(health) = view.health {
            section.card aria-labelledby="in-force" {
                h2 id="in-force" { "In force" }
                div.wide-table tabindex="0" role="region" aria-labelledby="in-force" {
                    table.plain.interfaces {
                        thead { tr { th scope="col" { "Interface" } th scope="col" { "Cable" } th scope="col" { "Addresses" } } }
                        tbody {
                            @for interface in &health.interfaces {
                                tr {
                                    th scope="row" { strong { (interface.name) } br; span.quiet.small.mono { (interface.mac) } }
                                    td { @if interface.has_carrier { "Connected" } @else { "No cable" } }
                                    td.mono { @for address in &interface.addresses { div { (address) } } }
                                }
                            }
                        }
                    }
                }
                @if !health.gateway.is_empty() { p { "Gateway: " span.mono { (health.gateway) } } }
            }
        }
    }
}

pub(super) fn form(sheet: Sheet<'_>, view: &View<'_>) -> Markup {
    html! {
        section.card aria-labelledby="ipv4-title" {
            h2 id="ipv4-title" { "IPv4" }
            (sheet.choice("network.ipv4.method", "Address", &[
                ("dhcp", "From the office's DHCP server"), ("static", "This one"), ("off", "None")]))
            div.only-static {
                div.pair {
                    (Input::text("network.ipv4.address", "Address").such_as("192.168.1.20").on(sheet))
                    (Input::text("network.ipv4.prefix", "Prefix length").such_as("24")
                        .hint("24 is the mask 255.255.255.0.").on(sheet))
                    (Input::text("network.ipv4.gateway", "Gateway").such_as("192.168.1.1").on(sheet))
                }
            }
        }
        section.card aria-labelledby="ipv6-title" {
            h2 id="ipv6-title" { "IPv6" }
            (sheet.choice("network.ipv6.method", "Address", &[
                ("auto", "As the office's routers advertise"), ("static", "This one"), ("off", "None")]))
            div.only-static {
                div.pair {
                    (Input::text("network.ipv6.address", "Address").such_as("fd00::20").on(sheet))
                    (Input::text("network.ipv6.prefix", "Prefix length").such_as("64").on(sheet))
                    (Input::text("network.ipv6.gateway", "Gateway").such_as("fe80::1").on(sheet))
                }
            }
        }
        section.card aria-labelledby="link-title" {
            h2 id="link-title" { "Line and names" }
            div.pair {
                (interface(sheet, view))
                (Input::text("network.vlan", "VLAN").such_as("none").hint("Leave it empty for none.").on(sheet))
                (Input::text("network.dns", "Name servers").such_as("those that the network offers")
                    .hint("Addresses, with commas between them.").on(sheet))
            }
        }
        section.card aria-labelledby="admission-title" {
            h2 id="admission-title" { "Who may reach it" }
            (admission_form(sheet, "firewall.pages", "The pages: these, and the client in a browser"))
            (admission_form(sheet, "firewall.objects", "The message server, for clients of their own"))
            (sheet.tick("firewall.answers_ping", "Answer pings", None))
        }
    }
}

fn interface(sheet: Sheet<'_>, view: &View<'_>) -> Markup {
    let now = sheet.fields.text("network.interface");
    let found = view.health.map(|health| health.interfaces.as_slice()).unwrap_or_default();
    let mut options = vec![(String::new(), "The first with a cable".to_owned())];
    options.extend(found.iter().map(|one| (one.name.clone(), one.name.clone())));
    if !options.iter().any(|(name, _)| name == now) {
        options.push((now.to_owned(), now.to_owned()));
    }
    sheet.select("network.interface", "Interface", None, &options)
}

fn admission_form(sheet: Sheet<'_>, name: &str, legend: &str) -> Markup {
    let networks = format!("{name}.networks");
    html! {
        div.admission {
            (sheet.choice(name, legend, &[
                ("everywhere", "From everywhere"), ("networks", "From these networks"), ("nowhere", "From nowhere")]))
            (Input::text(&networks, "Networks").such_as("192.168.1.0/24")
                .hint("Only for “from these networks”; with commas between them.").on(sheet))
        }
    }
}
