//! Looking at the machine: every ten seconds, and when somebody wants to know.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, UNIX_EPOCH};

use chassis::layout::Layout;
use machine::Moment;
use message::system::{Health, Interface};
use nix::ifaddrs::getifaddrs;
use nix::net::if_::InterfaceFlags;
use nix::sys::statvfs::statvfs;
use tokio::sync::watch;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::answer::Desk;
use super::services;
use crate::deed::{Request, Slots};
use crate::health::{self, Ground, Since};
use crate::shell_deed::{Grounds, perform};
use crate::shell_update;

/// Between two looks.
const EVERY: Duration = Duration::from_secs(10);
/// A look is that good for who asks.
const FRESH_MS: u64 = 1_000;
/// Somebody who asks waits so long for a look; then the last one has to do.
const PATIENCE: Duration = Duration::from_secs(5);
/// A clock that went back by so many milliseconds was set wrong once.
const BACK_MS: u64 = 3_600_000;
/// The slots are asked for again after so many looks: it costs a program of root.
const SLOTS_EVERY: u32 = 60;

/// What is remembered from look to look.
#[derive(Default)]
struct Memory {
    since: Since,
    /// The wall time at a moment, to see the clock go back.
    at: Option<(Moment, u64)>,
    went_back: bool,
    slots: Slots,
    looks: u32,
    sets: u64,
}

/// Looks until the context drains.
pub(super) fn keep_looking(desk: &Arc<Desk>) {
    let task = Arc::clone(desk);
    desk.context.spawn("look", async move {
        let mut memory = Memory::default();
        let mut wanted = task.wanted.subscribe();
        loop {
            look(&task, &mut memory).await;
            tokio::select! {
                () = task.context.draining() => return,
                _ = timeout(EVERY, wanted.changed()) => {}
            }
        }
    });
}

/// The health as it is now, or was a second ago.
pub(super) async fn now(desk: &Desk) -> Health {
    let mut health: watch::Receiver<Health> = desk.health.subscribe();
    let last = health.borrow_and_update().clone();
    let unix_ms = desk.context.clock().unix_millis();
    if last.unix_ms.abs_diff(unix_ms) <= FRESH_MS {
        return last;
    }
    desk.look_soon();
    match timeout(PATIENCE, health.changed()).await {
        Ok(Ok(())) => health.borrow().clone(),
        Ok(Err(_)) | Err(_) => last,
    }
}

/// The clock was set by hand: that it went back is no alarm.
pub(super) fn clock_was_set(desk: &Desk) {
    desk.clock_sets.send_modify(|sets| *sets += 1);
    desk.look_soon();
}

async fn look(desk: &Desk, memory: &mut Memory) {
    let context = &desk.context;
    let layout = context.layout().clone();
    let is_managed = layout.deed_socket.is_some();
    if is_managed && memory.looks.is_multiple_of(SLOTS_EVERY) {
        match perform(&layout, Request::SlotStatus, |_| {}).await {
            Ok(outcome) => memory.slots = outcome.slots.unwrap_or_default(),
            Err(error) => log::debug!(error:%; "the slots are not known"),
        }
    }
    memory.looks = memory.looks.wrapping_add(1);
    let unix_ms = context.clock().unix_millis();
    let running = if is_managed { None } else { Some(services::here(context)) };
    let seen = spawn_blocking(move || see(&layout, unix_ms, running));
    let Ok((mut health, ground, mut alarms)) = seen.await else { return };
    memory.watch_clock(context.clock().now(), unix_ms, *desk.clock_sets.borrow());
    health.other_version.clone_from(&memory.slots.other_version);
    let (went_back, uploaded_until) = (memory.went_back, desk.keys.uploaded_until());
    let ground = Ground { is_managed, went_back, uploaded_until, ..ground };
    alarms.extend(health::alarms(&health, &ground));
    alarms.extend(desk.keepers_alarms.borrow().iter().cloned());
    alarms.extend(desk.raised.on(unix_ms));
    health.alarms = memory.since.date(alarms, unix_ms);
    desk.keys.follow_names(context);
    desk.health.send_replace(health);
}

impl Memory {
    fn watch_clock(&mut self, now: Moment, unix_ms: u64, sets: u64) {
        if sets != self.sets {
            (self.sets, self.at, self.went_back) = (sets, None, false);
        }
        if let Some((then, was)) = self.at {
            let expected = was.saturating_add(now.since(then).millis());
            self.went_back |= unix_ms.saturating_add(BACK_MS) < expected;
        }
        self.at = Some((now, unix_ms));
    }
}

type Seen = (Health, Ground, Vec<message::system::Alarm>);

fn see(layout: &Layout, unix_ms: u64, running: Option<Vec<message::system::ServiceState>>) -> Seen {
    let text = |path: &str| fs::read_to_string(path).unwrap_or_default();
    let (memory_total, memory_free) = health::memory(&text("/proc/meminfo"));
    let (disk_total, disk_free) = disk(&layout.system_state);
    let (services, is_unconfirmed) =
        running.map_or_else(services::of_systemd, |services| (services, false));
    let health = Health {
        version: Grounds::of(layout.clone()).version,
        slot: shell_update::running_slot(),
        uptime_ms: health::uptime_ms(&text("/proc/uptime")),
        alarms: Vec::new(),
        services,
        interfaces: interfaces(),
        gateway: health::gateway(&text("/proc/net/route")),
        disk_total,
        disk_free,
        memory_total,
        memory_free,
        load: health::load(&text("/proc/loadavg")),
        unix_ms,
        is_time_synced: Path::new("/run/systemd/timesync/synchronized").exists(),
        other_version: String::new(),
    };
    let ground = Ground { built_ms: built_ms(), is_unconfirmed, ..Ground::default() };
    (health, ground, shell_update::alarms(layout, unix_ms))
}

fn disk(path: &Path) -> (u64, u64) {
    let bytes = statvfs(path).map(|disk| {
        let size = disk.fragment_size();
        (disk.blocks().saturating_mul(size), disk.blocks_available().saturating_mul(size))
    });
    bytes.unwrap_or_default()
}

/// The program's own file is as old as the program.
fn built_ms() -> u64 {
    let changed = std::env::current_exe().and_then(fs::metadata).and_then(|file| file.modified());
    let since = changed.ok().and_then(|time| time.duration_since(UNIX_EPOCH).ok());
    since.and_then(|since| u64::try_from(since.as_millis()).ok()).unwrap_or(0)
}

fn interfaces() -> Vec<Interface> {
    let mut found: BTreeMap<String, Interface> = BTreeMap::new();
    for entry in getifaddrs().into_iter().flatten() {
        if entry.flags.contains(InterfaceFlags::IFF_LOOPBACK) {
            continue;
        }
        let name = entry.interface_name.clone();
        let interface = found.entry(name.clone()).or_insert_with(|| Interface {
            name,
            mac: String::new(),
            has_carrier: entry.flags.contains(InterfaceFlags::IFF_RUNNING),
            addresses: Vec::new(),
        });
        let Some(address) = entry.address else { continue };
        if let Some(mac) = address.as_link_addr().and_then(|link| link.addr()) {
            let bytes = mac.map(|byte| format!("{byte:02x}"));
            interface.mac = bytes.join(":");
        }
        let mask = entry.netmask;
        if let Some(four) = address.as_sockaddr_in() {
            let mask = mask.as_ref().and_then(|mask| mask.as_sockaddr_in());
            let bits = mask.map_or(32, |mask| mask.ip().to_bits().count_ones());
            interface.addresses.push(format!("{}/{bits}", four.ip()));
        } else if let Some(six) = address.as_sockaddr_in6() {
            let mask = mask.as_ref().and_then(|mask| mask.as_sockaddr_in6());
            let bits = mask.map_or(128, |mask| mask.ip().to_bits().count_ones());
            if !six.ip().is_unicast_link_local() {
                interface.addresses.push(format!("{}/{bits}", six.ip()));
            }
        }
    }
    found.into_values().collect()
}

/// The first wired interface, by name.
pub(super) fn first_wired() -> Option<String> {
    let mut names: Vec<String> = interfaces().into_iter().map(|one| one.name).collect();
    names.retain(|name| name.starts_with("en") || name.starts_with("eth"));
    names.into_iter().min()
}

#[cfg(test)]
mod tests {
    use machine::Moment;

    use super::Memory;

    #[test]
    fn a_clock_that_goes_back_is_seen_and_one_that_was_set_is_not() {
        let mut memory = Memory::default();
        let hour = 3_600_000;
        memory.watch_clock(Moment::from_millis(0), 10 * hour, 0);
        memory.watch_clock(Moment::from_millis(10_000), 20 * hour, 0);
        assert!(!memory.went_back, "forward is how a clock is found by its time server");
        memory.watch_clock(Moment::from_millis(20_000), 18 * hour, 0);
        assert!(memory.went_back);
        memory.watch_clock(Moment::from_millis(30_000), 2 * hour, 1);
        assert!(!memory.went_back);
    }
}
