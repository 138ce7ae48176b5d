//! Who gives addresses in the office: the first network as a form; what the DHCP server does, who
//! has which address, and other servers beside it.

use std::net::Ipv4Addr;

use maud::{Markup, html};
use message::lease::{Doing, Lease, LeaseState, Leases};
use settings::{DhcpMode, Pool, Reservation, Settings, Subnet};

use super::View;
use crate::pages::field::{Faults, Fields, Input, Sheet};
use crate::pages::frame::{Frame, away_with_phones};
use crate::pages::icon::Icon;
use crate::pages::words;

pub(super) const NAMES: [&str; 11] = [
    "dhcp.mode",
    "dhcp.network",
    "dhcp.first",
    "dhcp.last",
    "dhcp.excluded",
    "dhcp.routers",
    "dhcp.dns",
    "dhcp.ntp",
    "dhcp.domain",
    "dhcp.lease_min",
    "dhcp.reservations",
];

pub(super) fn fields(settings: &Settings) -> Fields {
    let dhcp = &settings.dhcp;
    let mode = match dhcp.mode {
        DhcpMode::Observe => "observe",
        DhcpMode::Sole => "sole",
        DhcpMode::Voice => "voice",
    };
    let fields = Fields::default().with("dhcp.mode", mode);
    let Some(subnet) = dhcp.subnets.first() else {
        return fields.with("dhcp.lease_min", "1440");
    };
    let pool = subnet.pools.first();
    let reserved = subnet
        .reservations
        .iter()
        .map(|one| format!("{} {} {}", one.mac, one.address, one.name).trim_end().to_owned());
    fields
        .with("dhcp.network", subnet.network.to_string())
        .with("dhcp.first", pool.map(|pool| pool.first.to_string()).unwrap_or_default())
        .with("dhcp.last", pool.map(|pool| pool.last.to_string()).unwrap_or_default())
        .with("dhcp.excluded", joined(&subnet.excluded))
        .with("dhcp.routers", joined(&subnet.routers))
        .with("dhcp.dns", joined(&subnet.dns))
        .with("dhcp.ntp", joined(&subnet.ntp))
        .with("dhcp.domain", subnet.domain.clone())
        .with("dhcp.lease_min", subnet.lease_min.to_string())
        .with("dhcp.reservations", reserved.collect::<Vec<_>>().join("\n"))
}

fn joined(addresses: &[Ipv4Addr]) -> String {
    addresses.iter().map(Ipv4Addr::to_string).collect::<Vec<_>>().join(", ")
}

/// Puts the form into the first network; the others are left as they are.
pub(super) fn edit(fields: &Fields, settings: &mut Settings) -> Faults {
    let mut faults = Faults::default();
    let dhcp = &mut settings.dhcp;
    dhcp.mode = match fields.text("dhcp.mode") {
        "sole" => DhcpMode::Sole,
        "voice" => DhcpMode::Voice,
        _ => DhcpMode::Observe,
    };
    if fields.text("dhcp.network").is_empty() {
        if !dhcp.subnets.is_empty() {
            dhcp.subnets.remove(0);
        }
        return faults;
    }
    let (network, first, last) = (
        parsed(fields, "dhcp.network", "A network looks like 192.168.5.0/24.", &mut faults),
        parsed(fields, "dhcp.first", "An address looks like 192.168.5.100.", &mut faults),
        parsed(fields, "dhcp.last", "An address looks like 192.168.5.199.", &mut faults),
    );
    let (Some(network), Some(first), Some(last)) = (network, first, last) else { return faults };
    let pool = Pool { first, last };
    if dhcp.subnets.is_empty() {
        dhcp.subnets.push(Subnet::new(network, pool));
    }
    let Some(subnet) = dhcp.subnets.first_mut() else { return faults };
    subnet.network = network;
    match subnet.pools.first_mut() {
        Some(old) => *old = pool,
        None => subnet.pools.push(pool),
    }
    for (name, list) in [
        ("dhcp.excluded", &mut subnet.excluded),
        ("dhcp.routers", &mut subnet.routers),
        ("dhcp.dns", &mut subnet.dns),
        ("dhcp.ntp", &mut subnet.ntp),
    ] {
        let all: Result<Vec<Ipv4Addr>, _> = fields.list(name).into_iter().map(str::parse).collect();
        match all {
            Ok(all) => *list = all,
            Err(_) => faults.add(name, "These are addresses, such as 192.168.5.1."),
        }
    }
    subnet.domain = fields.text("dhcp.domain").to_owned();
    if let Some(minutes) = fields.number("dhcp.lease_min", &mut faults) {
        subnet.lease_min = minutes;
    }
    reservations(fields, subnet, &mut faults);
    faults
}

fn parsed<T: std::str::FromStr>(
    fields: &Fields,
    name: &str,
    words: &str,
    faults: &mut Faults,
) -> Option<T> {
    let value = fields.text(name).parse().ok();
    if value.is_none() {
        faults.add(name, words);
    }
    value
}

/// A line for each: hardware address, address, and what people call the device.
fn reservations(fields: &Fields, subnet: &mut Subnet, faults: &mut Faults) {
    let lines = fields.whole("dhcp.reservations").lines().map(str::trim);
    let read = |line: &str| {
        let mut parts = line.splitn(3, char::is_whitespace);
        let mac = parts.next()?.parse().ok()?;
        let address = parts.next()?.parse().ok()?;
        let name = parts.next().unwrap_or_default().trim().to_owned();
        Some(Reservation { mac, address, name })
    };
    let mut all = Vec::new();
    for line in lines.filter(|line| !line.is_empty()) {
        match read(line) {
            Some(reservation) => all.push(reservation),
            None => {
                let words =
                    format!("“{line}” is not like 00:15:65:12:34:56 192.168.5.20 Reception.");
                return faults.add("dhcp.reservations", words);
            }
        }
    }
    subnet.reservations = all;
}

pub(super) fn form(sheet: Sheet<'_>) -> Markup {
    html! {
        section.card aria-labelledby="giving" {
            h2 id="giving" { "Who gives addresses?" }
            (sheet.choice("dhcp.mode", "The appliance", &[
                ("observe", "looks on: the office has a DHCP server already"),
                ("sole", "is the office's only DHCP server"),
                ("voice", "is in a network of telephones only"),
            ]))
            p.hint {
                "Two DHCP servers in one network break telephones. Before the appliance gives the first address it looks "
                "whether another server answers, and it stops by itself when one is heard later. In a network of "
                "telephones only, it has the last word."
            }
        }
        section.card aria-labelledby="pool" {
            h2 id="pool" { "Addresses" }
            (Input::text("dhcp.network", "Network").such_as("192.168.5.0/24").on(sheet))
            div.pair {
                (Input::text("dhcp.first", "First address").such_as("192.168.5.100").on(sheet))
                (Input::text("dhcp.last", "Last address").such_as("192.168.5.199").on(sheet))
            }
            (Input::text("dhcp.excluded", "Not these").hint("Addresses in between that somebody has already.").on(sheet))
            div.pair {
                (Input::text("dhcp.routers", "Router").such_as("192.168.5.1").on(sheet))
                (Input::text("dhcp.dns", "Name servers").such_as("192.168.5.1").on(sheet))
            }
            div.pair {
                (Input::text("dhcp.ntp", "Time servers").hint("Empty: devices are told none.").on(sheet))
                (Input::text("dhcp.domain", "Domain").such_as("office.example").on(sheet))
            }
            (Input::number("dhcp.lease_min", "For how long", 5, 43_200).unit("minutes")
                .hint("Telephones get an address for a week at least.").on(sheet))
            (sheet.lines("dhcp.reservations", "Always the same address",
                "A line for each device: hardware address, address, name.", 4))
        }
    }
}

/// How the server is, above the form.
pub(super) fn beside(view: &View<'_>) -> Markup {
    let Some(dhcp) = view.dhcp else { return away_with_phones("DHCP server") };
    let (class, icon, said) = match dhcp.doing {
        Doing::Observing => (
            "banner note-banner",
            Icon::About,
            "It gives no addresses; it helps telephones to find their files.",
        ),
        Doing::Probing => ("banner wait", Icon::Clock, "It looks whether there is another server."),
        Doing::Giving => ("banner good", Icon::Tick, "It gives addresses."),
        Doing::StoodDown => (
            "banner wait",
            Icon::Warning,
            "It has stopped giving addresses, because there is another server.",
        ),
    };
    html! {
        div data-part="doing" {
            p class=(class) role="status" { (icon) span { (said) } }
            @if !dhcp.trouble.is_empty() { p.banner.wait { (Icon::Warning) span { (dhcp.trouble) } } }
        }
    }
}

/// Other servers and the leases, below the form.
pub(super) fn below(frame: &Frame, dhcp: &Leases) -> Markup {
    html! {
        section.card aria-labelledby="others" {
            h2 id="others" { "Other servers" }
            div data-part="others" {
                @if dhcp.foreign.is_empty() { p.quiet { "None was heard." } }
                @for server in &dhcp.foreign {
                    p { strong.mono { (Ipv4Addr::from_bits(server.address)) } " was heard last on " (frame.date(server.at)) "." }
                }
            }
            form.deeds method="post" action="/admin/addresses/probe" {
                (frame.token())
                button.button type="submit" name="resume" value="no" { "Look for other servers" }
                @if dhcp.doing == Doing::StoodDown {
                    button.button.primary type="submit" name="resume" value="yes" { "Look, and give addresses again if there is none" }
                }
            }
            p.hint { "It takes five seconds." }
            p { a href="/admin/addresses/router" { "What to tell the office's router" } ", so that its telephones find the appliance." }
        }
        section.card.list aria-labelledby="leases" {
            h2 id="leases" { "Who has which address" }
            div data-part="leases" {
                p.quiet { (words::number(dhcp.used.into())) " of " (words::count(dhcp.pool.into(), "address", "addresses")) " in use" }
                @if !dhcp.leases.is_empty() { (table(frame, dhcp)) }
            }
            p.quiet.small.live data-refresh="5" hidden { "Live" }
        }
    }
}

fn table(frame: &Frame, dhcp: &Leases) -> Markup {
    html! {
        table.people {
            thead {
                tr {
                    th scope="col" { "Address" }
                    th scope="col" { "Device" }
                    th scope="col" { "Until" }
                    th scope="col" { span.visually-hidden { "Deeds" } }
                }
            }
            tbody { @for lease in &dhcp.leases { (row(frame, lease)) } }
        }
    }
}

fn row(frame: &Frame, lease: &Lease) -> Markup {
    let address = Ipv4Addr::from_bits(lease.address);
    let card: Vec<String> = lease.card.iter().map(|byte| format!("{byte:02x}")).collect();
    let until = frame.date(lease.until.saturating_mul(1_000));
    let state = match (lease.state, lease.is_reserved) {
        (LeaseState::Bound, true) => format!("always its own, asked for until {until}"),
        (LeaseState::Bound, false) => until,
        (LeaseState::Released, _) => "given back".to_owned(),
        (LeaseState::Quarantined, _) => {
            format!("nobody's until {until}: another device was found at it")
        }
    };
    html! {
        tr {
            th scope="row" { span.mono { (address) } }
            td {
                span.person-name { (if lease.host.is_empty() { &lease.device } else { &lease.host }) }
                " " span.quiet.small.mono { (card.join(":")) }
                @if !lease.host.is_empty() && !lease.device.is_empty() { " " span.quiet.small { (lease.device) } }
            }
            td { (state) }
            td {
                @if lease.state != LeaseState::Released {
                    form method="post" action="/admin/addresses/free" {
                        (frame.token())
                        button.button.small type="submit" name="address" value=(address) {
                            span { "Free" span.visually-hidden { " " (address) } }
                        }
                    }
                }
            }
        }
    }
}
