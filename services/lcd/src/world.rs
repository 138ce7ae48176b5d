//! What the panel knows of the appliance, as it was last told, and what follows from it.

mod phones;

use std::net::IpAddr;

use machine::Moment;
use message::admin::{Account, ServerStatus};
use message::lease::{Doing, Leases};
use message::people::Status;
use message::station::{Hop, Phones};
use message::system::{Alarm, Gravity, Health, Interface, JobState, Pending};
use serde::Deserialize;
use settings::{Ipv4, Language, Settings};

use crate::rom::fold;
use crate::words::Words;

pub(crate) use phones::{called, can_be_approved};

/// The settings as the settings keeper tells them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Known {
    /// What a change has to name.
    pub revision: u64,
    /// The settings in force.
    pub settings: Settings,
    /// A change on trial.
    pub pending: Option<Pending>,
    /// Does the appliance manage this machine?
    pub is_managed: bool,
}

/// How the message server is.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Office {
    /// Its counts.
    pub status: ServerStatus,
    /// The accounts.
    pub people: Vec<Account>,
}

/// Where the pages are, as the administration says in a file of JSON.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Whereabouts {
    /// The origin of the pages.
    pub https: String,
    /// The fingerprint of the appliance's certificate authority.
    pub fingerprint: String,
    /// The one-time code; absent once the first run is done.
    pub code: Option<String>,
}

/// The time on the wall.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wall {
    /// Milliseconds since 1970.
    pub unix_ms: u64,
    /// Seconds that the office's clock is ahead of UTC.
    pub offset_s: i32,
}

/// All of it.
#[derive(Clone, Debug, Default)]
pub(crate) struct World {
    pub(crate) known: Option<Known>,
    pub(crate) health: Option<Health>,
    pub(crate) office: Option<Office>,
    /// How the DHCP server is, where there is one.
    pub(crate) leases: Option<Leases>,
    /// The telephones, where they are served.
    pub(crate) phones: Option<Phones>,
    /// What one of them did lately, the oldest first.
    pub(crate) timeline: Option<([u8; 6], Vec<Hop>)>,
    pub(crate) whereabouts: Option<Whereabouts>,
    pub(crate) wall: Option<Wall>,
    /// Has the settings keeper gone since it was last heard?
    pub(crate) is_system_away: bool,
    /// When a change on trial is taken back.
    pub(crate) trial_ends: Option<Moment>,
    /// The job that was begun here.
    pub(crate) job: Option<JobState>,
}

impl World {
    pub(crate) fn language(&self) -> Language {
        self.known.as_ref().map_or_else(Language::default, |known| known.settings.language)
    }

    pub(crate) fn words(&self) -> &'static Words {
        Words::of(self.language())
    }

    /// May the machine be changed here?
    pub(crate) fn may_change(&self) -> bool {
        self.known.as_ref().is_some_and(|known| known.settings.panel.may_change)
    }

    pub(crate) fn is_managed(&self) -> bool {
        self.known.as_ref().is_some_and(|known| known.is_managed)
    }

    /// Has the DHCP server stopped because of another one?
    pub(crate) fn has_stood_down(&self) -> bool {
        self.leases.as_ref().is_some_and(|leases| leases.doing == Doing::StoodDown)
    }

    pub(crate) fn code(&self) -> Option<&str> {
        self.whereabouts.as_ref()?.code.as_deref()
    }

    pub(crate) fn alarms(&self) -> &[Alarm] {
        self.health.as_ref().map_or(&[], |health| &health.alarms)
    }

    /// Is there an alarm that the lamp is on for?
    pub(crate) fn is_alarmed(&self) -> bool {
        self.alarms().iter().any(|alarm| alarm.gravity >= Gravity::Warning)
    }

    /// The update that a stick holds, by the name that a job takes: the settings keeper names it in
    /// its notice.
    pub(crate) fn stick_update(&self) -> Option<&str> {
        let notice = self.alarms().iter().find(|alarm| alarm.name == "update-on-stick")?;
        let mut words = notice.words.split_whitespace();
        words.find(|word| word.starts_with("stick/")).map(|word| word.trim_end_matches('.'))
    }

    /// Seconds until the change on trial is taken back.
    pub(crate) fn trial_seconds(&self, now: Moment) -> Option<u64> {
        self.trial_ends.map(|ends| ends.since(now).millis().div_ceil(1000))
    }

    /// Is there another version to go back to?
    pub(crate) fn has_other_version(&self) -> bool {
        self.health.as_ref().is_some_and(|health| !health.other_version.is_empty())
    }

    /// Hours and minutes; nothing while the clock is unknown.
    pub(crate) fn clock(&self) -> String {
        self.wall.map_or_else(String::new, |wall| self.clock_at(wall.unix_ms))
    }

    /// The same of another moment of this season, unix milliseconds.
    pub(crate) fn clock_at(&self, unix_ms: u64) -> String {
        let Some(Wall { offset_s, .. }) = self.wall else { return String::new() };
        let local = i64::try_from(unix_ms / 1000).unwrap_or(0) + i64::from(offset_s);
        let minutes = local.div_euclid(60).rem_euclid(24 * 60);
        format!("{:02}:{:02}", minutes / 60, minutes % 60)
    }

    /// Interfaces with a cable's end.
    fn interfaces(&self) -> impl Iterator<Item = &Interface> {
        let all = self.health.iter().flat_map(|health| &health.interfaces);
        all.filter(|interface| interface.name != "lo")
    }

    /// The address at which the office reaches the appliance, with its prefix.
    pub(crate) fn address(&self) -> Option<(IpAddr, &str)> {
        let all = self.interfaces().flat_map(|interface| &interface.addresses);
        let parsed = all.filter_map(|text| {
            let (address, prefix) = text.split_once('/')?;
            Some((address.parse::<IpAddr>().ok()?, prefix))
        });
        parsed.filter(|(address, _)| !address.is_loopback()).min_by_key(|(ip, _)| remoteness(*ip))
    }

    /// The address in words, or what is in its way.
    pub(crate) fn address_words(&self) -> String {
        let words = self.words();
        match self.address() {
            Some((address, _)) => address.to_string(),
            None if self.health.is_none() => words.starting.to_owned(),
            None if !self.interfaces().any(|interface| interface.has_carrier) => {
                words.no_cable.to_owned()
            }
            None => match self.known.as_ref().map(|known| known.settings.network.ipv4) {
                Some(Ipv4::Dhcp) => words.waiting_for_dhcp.to_owned(),
                Some(Ipv4::Static(_) | Ipv4::Off) | None => words.no_address.to_owned(),
            },
        }
    }

    /// What to open in a browser. The administration names the address that it found at its start;
    /// the one in force goes before it.
    pub(crate) fn web(&self) -> Option<String> {
        let told = self.whereabouts.as_ref()?.https.as_str();
        let told = told.strip_suffix(":443").unwrap_or(told);
        let Some((scheme, rest)) = told.split_once("://") else { return Some(told.to_owned()) };
        let (host, port) = match rest.rsplit_once(':') {
            Some((host, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => {
                (host, format!(":{port}"))
            }
            Some(_) | None => (rest, String::new()),
        };
        let Ok(ip) = host.trim_matches(['[', ']']).parse::<IpAddr>() else {
            return Some(told.to_owned());
        };
        let in_force = self.address().map(|(address, _)| address);
        match in_force {
            Some(IpAddr::V6(address)) if self.is_managed() => {
                Some(format!("{scheme}://[{address}]{port}"))
            }
            Some(address) if self.is_managed() => Some(format!("{scheme}://{address}{port}")),
            None if self.is_managed() && ip.is_loopback() => None,
            Some(_) | None => Some(told.to_owned()),
        }
    }

    /// The people who are there, by the name that people read.
    pub(crate) fn present(&self) -> Vec<&str> {
        let people = self.office.iter().flat_map(|office| &office.people);
        let present = people.filter(|person| person.status != Status::Offline);
        let mut names: Vec<&str> = present.map(name).collect();
        names.sort_by_key(|name| in_order(name));
        names
    }

    /// The people for whom messages wait, and how many.
    pub(crate) fn awaited(&self) -> Vec<(&str, u64)> {
        let people = self.office.iter().flat_map(|office| &office.people);
        let awaited = people.filter(|person| person.waiting > 0);
        let mut names: Vec<_> = awaited.map(|person| (name(person), person.waiting)).collect();
        names.sort_by_key(|(name, _)| in_order(name));
        names
    }
}

fn name(person: &Account) -> &str {
    if person.display.is_empty() { &person.name } else { &person.display }
}

/// By the letters that are on the glass, large ones beside small ones.
fn in_order(name: &str) -> String {
    fold(name).to_lowercase()
}

/// IPv4 before IPv6, and what is valid on one wire only behind both.
fn remoteness(address: IpAddr) -> u8 {
    match address {
        IpAddr::V4(address) if !address.is_link_local() => 0,
        IpAddr::V6(address) if !address.is_unicast_link_local() => 1,
        IpAddr::V4(_) => 2,
        IpAddr::V6(_) => 3,
    }
}
