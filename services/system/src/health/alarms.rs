//! Which alarms follow from how the machine is.

use message::system::{Alarm, Gravity, Health};

use crate::alarm::alarm;

const MIB: u64 = 1 << 20;
/// Below so many free bytes the message server soon takes nothing more.
const DISK_FULL: u64 = 64 * MIB;
/// Below a tenth of the disk, but never with so many free bytes.
const DISK_LOW: u64 = 1024 * MIB;
/// Below a twentieth of the memory, but never with so many free bytes.
const MEMORY_LOW: u64 = 64 * MIB;
/// An uploaded certificate that ends within so many seconds.
const ENDS_SOON: u64 = 21 * 86_400;

/// What the alarms depend on beside the health itself.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Ground {
    /// Does the appliance manage the machine?
    pub(crate) is_managed: bool,
    /// The program was built then, unix milliseconds: now cannot be before.
    pub(crate) built_ms: u64,
    /// The clock went back by itself.
    pub(crate) went_back: bool,
    /// The check at the end of the last start has failed.
    pub(crate) is_unconfirmed: bool,
    /// The uploaded certificate ends then, unix seconds.
    pub(crate) uploaded_until: Option<u64>,
}

/// The alarms of the machine, without their dates.
pub(crate) fn alarms(health: &Health, ground: &Ground) -> Vec<Alarm> {
    let found = [disk(health), memory(health), clock(health, ground), network(health, ground)];
    let certificate = certificate(health, ground);
    let failed = health.services.iter().filter(|service| service.words.starts_with("failed"));
    let names: Vec<&str> = failed.map(|service| service.name.as_str()).collect();
    let unconfirmed = ground.is_unconfirmed.then(unconfirmed);
    found
        .into_iter()
        .flatten()
        .chain(certificate)
        .chain(service(&names))
        .chain(unconfirmed)
        .collect()
}

fn disk(health: &Health) -> Option<Alarm> {
    let (total, free) = (health.disk_total, health.disk_free);
    if total == 0 {
        return None;
    }
    let left = format!("{} MiB of the disk are free", free / MIB);
    let advice = "Remove people who are gone, or let messages be kept for fewer days.";
    if free < DISK_FULL {
        let words = format!("{left}: no more messages are taken.");
        return Some(alarm("disk-full", Gravity::Critical, words, advice));
    }
    (free < total / 10 && free < DISK_LOW)
        .then(|| alarm("disk-low", Gravity::Warning, format!("{left}."), advice))
}

fn memory(health: &Health) -> Option<Alarm> {
    let (total, free) = (health.memory_total, health.memory_free);
    let is_low = total > 0 && free < total / 20 && free < MEMORY_LOW;
    is_low.then(|| {
        let words = format!("Only {} MiB of memory are free.", free / MIB);
        let advice = "Restart the appliance. If it comes back, it needs more memory.";
        alarm("memory-low", Gravity::Warning, words, advice)
    })
}

fn clock(health: &Health, ground: &Ground) -> Option<Alarm> {
    let words = if health.unix_ms < ground.built_ms {
        "The clock is wrong: it is before the day on which this version was made."
    } else if ground.went_back {
        "The clock has gone back by more than an hour."
    } else {
        return None;
    };
    let advice = "Set the time, or name a time server that can be reached.";
    Some(alarm("clock-wrong", Gravity::Warning, words, advice))
}

fn network(health: &Health, ground: &Ground) -> Option<Alarm> {
    if !ground.is_managed {
        return None;
    }
    let advice = "Look after the cable, and at the network's settings at the panel.";
    let words = if !health.interfaces.iter().any(|one| one.has_carrier) {
        "No cable is plugged in."
    } else if !health.interfaces.iter().any(|one| !one.addresses.is_empty()) {
        "The appliance has no address in the network."
    } else {
        return None;
    };
    Some(alarm("network-down", Gravity::Critical, words, advice))
}

fn certificate(health: &Health, ground: &Ground) -> Option<Alarm> {
    let until = ground.uploaded_until?;
    let now = health.unix_ms / 1000;
    let advice = "Upload a new one, or go back to the appliance's own.";
    if until <= now {
        let words = "The uploaded certificate has ended: browsers warn of the pages.";
        return Some(alarm("certificate-expiring", Gravity::Critical, words, advice));
    }
    let left = until - now;
    (left < ENDS_SOON).then(|| {
        let words = format!("The uploaded certificate ends in {} days.", left / 86_400);
        alarm("certificate-expiring", Gravity::Warning, words, advice)
    })
}

fn service(failed: &[&str]) -> Option<Alarm> {
    (!failed.is_empty()).then(|| {
        let words = format!("A service does not run: {}.", failed.join(", "));
        let advice = "It is started again by itself. If it stays so, get the diagnostics.";
        alarm("service-failed", Gravity::Critical, words, advice)
    })
}

fn unconfirmed() -> Alarm {
    let words = "The check at the end of the last start failed: no message came through.";
    let advice = "Send yourself a message. If it comes, restart; if not, get the diagnostics.";
    alarm("start-check-failed", Gravity::Warning, words, advice)
}
