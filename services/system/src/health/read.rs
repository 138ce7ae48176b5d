//! What the kernel's files and systemd's programs say. A line that is not understood is left out:
//! the next version of either must not stop the rest.

use std::net::Ipv4Addr;

use message::system::ServiceState;

/// Bytes of memory and, of these, available (proc(5), `/proc/meminfo`).
pub(crate) fn memory(meminfo: &str) -> (u64, u64) {
    let bytes = |name: &str| {
        let line = meminfo.lines().find_map(|line| line.strip_prefix(name))?;
        line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok()?.checked_mul(1024)
    };
    (bytes("MemTotal:").unwrap_or(0), bytes("MemAvailable:").unwrap_or(0))
}

/// The load of the last minute in hundredths (`/proc/loadavg`).
pub(crate) fn load(loadavg: &str) -> u32 {
    let first = loadavg.split_whitespace().next().unwrap_or_default();
    let (whole, part) = first.split_once('.').unwrap_or((first, "0"));
    let whole: u32 = whole.parse().unwrap_or(0);
    let part: u32 = part.get(..2).and_then(|part| part.parse().ok()).unwrap_or(0);
    whole.saturating_mul(100).saturating_add(part)
}

/// Milliseconds since the machine started (`/proc/uptime`).
pub(crate) fn uptime_ms(uptime: &str) -> u64 {
    let first = uptime.split_whitespace().next().unwrap_or_default();
    let (whole, part) = first.split_once('.').unwrap_or((first, "0"));
    let whole: u64 = whole.parse().unwrap_or(0);
    let part: u64 = part.get(..2).and_then(|part| part.parse().ok()).unwrap_or(0);
    whole.saturating_mul(1000).saturating_add(part * 10)
}

/// The gateway in force (`/proc/net/route`): of the default routes the one with the least metric.
pub(crate) fn gateway(route: &str) -> String {
    let routes = route.lines().skip(1).filter_map(|line| {
        let mut words = line.split_whitespace().skip(1);
        let (destination, gateway) = (words.next()?, words.next()?);
        let metric: u32 = words.nth(3)?.parse().ok()?;
        let gateway = u32::from_str_radix(gateway, 16).ok()?;
        (destination == "00000000" && gateway != 0).then_some((metric, gateway))
    });
    // The kernel writes the four bytes as they lie in memory.
    let first = routes.min().map(|(_, gateway)| Ipv4Addr::from(gateway.to_ne_bytes()));
    first.map(|address| address.to_string()).unwrap_or_default()
}

/// What `systemctl show` says of the appliance's units: blocks of `KEY=VALUE`, a blank line
/// between two.
pub(crate) fn services(shown: &str) -> Vec<ServiceState> {
    shown.split("\n\n").filter_map(service).collect()
}

fn service(block: &str) -> Option<ServiceState> {
    let value =
        |name: &str| block.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix('='));
    let name = value("Id")?.strip_prefix("ivm-")?.strip_suffix(".service")?;
    if value("LoadState")? != "loaded" {
        return None;
    }
    let (active, sub) = (value("ActiveState")?, value("SubState").unwrap_or_default());
    let starts: u32 = value("NRestarts").and_then(|count| count.parse().ok()).unwrap_or(0);
    let words = match (active, sub) {
        ("active", _) => "active".to_owned(),
        ("failed", _) | (_, "auto-restart") => {
            let result = value("Result").unwrap_or("unknown");
            let code = value("ExecMainStatus").unwrap_or("0");
            format!("failed ({result}, exit {code})")
        }
        (active, sub) => format!("{active} ({sub})"),
    };
    Some(ServiceState {
        name: name.to_owned(),
        is_running: active == "active",
        words,
        memory: value("MemoryCurrent").and_then(|bytes| bytes.parse().ok()).unwrap_or(0),
        starts: starts.saturating_add(u32::from(active == "active")),
    })
}
