//! What each page of the ring says.

use std::net::Ipv4Addr;

use message::lease::{Doing, Leases};
use message::station::Trust;
use message::system::{Alarm, Health};
use settings::Ipv4;

use crate::page::update_name;
use crate::ring::{Ring, Spot};
use crate::rom::{BELL, CHECK};
use crate::sheet::{Line, Sheet};
use crate::words::Words;
use crate::world::{World, called};

impl Ring {
    /// The page that it is at; `ringing` is an alarm that nobody has read yet.
    pub(crate) fn sheet(&self, world: &World, ringing: Option<&Alarm>) -> Sheet {
        let words = world.words();
        let mut sheet = match self.spot {
            Spot::Setup => setup(world),
            Spot::Trial => {
                let body = vec![Line::words(words.trial_words), Line::words(words.ok_next)];
                Sheet::new(words.trial, body)
            }
            Spot::Status => return Sheet { scroll: self.scroll, ..status(world, ringing) },
            Spot::People => people(world),
            Spot::Messages => messages(world),
            Spot::Network => network(world),
            Spot::Addresses => addresses(world),
            Spot::Telephones => telephones(world),
            Spot::Services => services(world),
            Spot::Version => version(world),
            Spot::Language => {
                let name = world.language().own_name();
                let body =
                    vec![Line::words(format!("{name} {CHECK}")), Line::words(words.ok_changes)];
                Sheet::new(words.language, body)
            }
            Spot::Restart => order(words.restart, words.about_restart, words.ok_restart),
            Spot::SwitchOff => order(words.switch_off, words.about_switch_off, words.ok_switch_off),
            Spot::Reset => order(words.reset, words.about_reset, words.ok_next),
        };
        sheet.scroll = self.scroll;
        sheet.corner = self.place(world);
        sheet
    }

    /// Which page it is, of how many.
    fn place(&self, world: &World) -> String {
        let spots = Self::spots(world);
        let at = spots.iter().position(|spot| *spot == self.spot).unwrap_or(0);
        format!("{}/{}", at + 1, spots.len())
    }
}

/// Where to go with a browser, the code that it asks for, and the fingerprint to compare.
fn setup(world: &World) -> Sheet {
    let words = world.words();
    let mut body = match world.web() {
        Some(web) => {
            // Browsers try https by themselves.
            let short = web.split_once("://").map_or(web.as_str(), |(_, rest)| rest);
            vec![Line::Either(web.clone(), short.to_owned())]
        }
        None => vec![Line::pair(words.address, world.address_words())],
    };
    body.push(Line::pair(words.code, world.code().unwrap_or_default()));
    body.push(Line::words(words.fingerprint));
    if let Some(whereabouts) = &world.whereabouts {
        body.push(Line::words(in_groups(&whereabouts.fingerprint)));
    }
    Sheet::new(words.setup, body)
}

/// Four hexadecimal digits at a time: easier to read aloud than pairs, and fewer rows.
fn in_groups(fingerprint: &str) -> String {
    let digits: Vec<char> = fingerprint.chars().filter(char::is_ascii_hexdigit).collect();
    let groups = digits.chunks(4).map(|four| four.iter().collect::<String>());
    groups.collect::<Vec<_>>().join(" ")
}

fn status(world: &World, ringing: Option<&Alarm>) -> Sheet {
    let words = world.words();
    let name = world.known.as_ref().map_or("", |known| known.settings.host.as_str());
    let mut body = vec![Line::words(world.address_words())];
    match &world.office {
        Some(office) => {
            let online = format!("{}/{}", office.status.online, office.status.people);
            body.push(Line::pair(words.online, online));
            body.push(Line::pair(words.waiting, office.status.waiting.to_string()));
        }
        None => body.push(Line::words(words.no_messages_server)),
    }
    if world.is_system_away {
        body.insert(1, Line::words(words.no_settings));
    }
    if let Some(alarm) = ringing {
        let (what, _) = words.alarm(alarm);
        let sheet = Sheet::new(format!("{BELL}{what}"), body);
        return Sheet { foot: Some(words.ok_explains.to_owned()), ..sheet };
    }
    let bell = if world.is_alarmed() { format!("{BELL} ") } else { String::new() };
    Sheet::new(name, body).with_corner(format!("{bell}{}", world.clock()))
}

/// What cannot be taken back: what it means, and how to go on.
fn order(title: &str, about: &str, go_on: &str) -> Sheet {
    Sheet::new(title, vec![Line::words(about), Line::words(go_on)])
}

fn people(world: &World) -> Sheet {
    let words = world.words();
    if world.office.is_none() {
        return Sheet::new(words.people, vec![Line::words(words.no_messages_server)]);
    }
    let present = world.present();
    let mut body: Vec<Line> = present.into_iter().map(Line::words).collect();
    if body.is_empty() {
        body.push(Line::words(words.nobody));
    }
    Sheet::new(words.people, body)
}

fn messages(world: &World) -> Sheet {
    let words = world.words();
    if world.office.is_none() {
        return Sheet::new(words.messages, vec![Line::words(words.no_messages_server)]);
    }
    let awaited = world.awaited().into_iter();
    let mut body: Vec<Line> =
        awaited.map(|(name, count)| Line::pair(name, count.to_string())).collect();
    if body.is_empty() {
        body.push(Line::words(words.nothing_waits));
    }
    Sheet::new(words.messages, body)
}

fn network(world: &World) -> Sheet {
    let words = world.words();
    let method = match world.known.as_ref().map(|known| known.settings.network.ipv4) {
        Some(Ipv4::Dhcp) | None => words.dhcp,
        Some(Ipv4::Static(_)) => words.fixed,
        Some(Ipv4::Off) => words.off,
    };
    let address = match world.address() {
        Some((address, prefix)) => format!("{address}/{prefix}"),
        None => world.address_words(),
    };
    let mut body = vec![Line::words(address), Line::words(method)];
    if world.is_managed() && world.may_change() {
        body.push(Line::words(words.ok_changes));
    }
    let gateway = world.health.as_ref().map_or("", |health| &health.gateway);
    let gateway = if gateway.is_empty() { words.none } else { gateway };
    body.push(Line::pair("GW", gateway));
    let dns = world.known.iter().flat_map(|known| &known.settings.network.dns);
    body.extend(dns.map(|address| Line::pair("DNS", address.to_string())));
    Sheet::new(words.network, body)
}

/// Whether addresses are given, and how many are left.
fn addresses(world: &World) -> Sheet {
    let words = world.words();
    let Some(Leases { doing, pool, used, foreign, .. }) = &world.leases else {
        return Sheet::new(words.addresses, Vec::new());
    };
    let said = match doing {
        Doing::Observing => words.looks_on,
        Doing::Probing => words.searching,
        Doing::Giving => words.giving,
        Doing::StoodDown => words.stood_down,
    };
    let mut body = vec![Line::words(said)];
    if world.may_change() && world.has_stood_down() {
        body.push(Line::words(words.ok_search));
    }
    body.push(Line::pair(words.in_use, format!("{used}/{pool}")));
    let others = foreign.iter().map(|other| Ipv4Addr::from_bits(other.address).to_string());
    body.extend(others.map(|other| Line::pair(words.other_server, other)));
    Sheet::new(words.addresses, body)
}

/// How many are in service and how many wait, and who has trouble.
fn telephones(world: &World) -> Sheet {
    let words = world.words();
    let phones = world.telephones();
    if phones.is_empty() {
        let mut body = vec![Line::words(words.no_telephone)];
        if world.may_change() {
            body.push(Line::words(words.ok_next));
        }
        return Sheet::new(words.telephones, body);
    }
    let (in_service, ours) = world.lines();
    let mut body = vec![Line::pair(words.lines, format!("{in_service}/{ours}"))];
    let newcomers = world.newcomers();
    if newcomers > 0 {
        body.push(Line::pair(words.newcomers, newcomers.to_string()));
    }
    body.push(Line::words(words.ok_next));
    let troubled = phones.into_iter().filter(|phone| phone.trust == Trust::Approved);
    let troubled = troubled.filter(|phone| !phone.trouble.is_empty());
    body.extend(troubled.map(|phone| Line::words(format!("{}: {}", called(phone), phone.trouble))));
    Sheet::new(words.telephones, body)
}

fn services(world: &World) -> Sheet {
    let words = world.words();
    let services = world.health.iter().flat_map(|health| &health.services);
    let mut body: Vec<Line> = services
        .map(|service| {
            let state = if service.is_running { words.runs } else { words.stopped };
            Line::pair(words.service(&service.name), state)
        })
        .collect();
    if body.is_empty() {
        body.push(Line::words(words.no_settings));
    }
    Sheet::new(words.services, body)
}

fn version(world: &World) -> Sheet {
    let words = world.words();
    let body = match &world.health {
        Some(health) => versions(words, health, world),
        None => vec![Line::words(words.no_settings)],
    };
    Sheet::new(words.version, body)
}

fn versions(words: &Words, health: &Health, world: &World) -> Vec<Line> {
    let mut body = vec![Line::pair("IVM", health.version.as_str())];
    let may_change = world.is_managed() && world.may_change();
    if let Some(file) = world.stick_update() {
        body.push(Line::pair(words.on_stick, update_name(file)));
        if may_change {
            body.push(Line::words(words.ok_update));
        }
    }
    if !health.slot.is_empty() {
        body.push(Line::pair(words.slot, health.slot.as_str()));
    }
    if world.has_other_version() {
        body.push(Line::pair(words.other_version, health.other_version.as_str()));
        if may_change && world.stick_update().is_none() {
            body.push(Line::words(words.ok_other));
        }
    }
    body
}
