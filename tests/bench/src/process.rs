//! What the kernel says of a process: processor time and memory, and what this machine is.

use std::fs;

use anyhow::{Context, Result};

/// Clock ticks a second of /proc/PID/stat: fixed at 100 on Linux for user space.
const TICKS: u64 = 100;

/// Processor time, user and system, that a process has used, in milliseconds.
pub(crate) fn cpu_ms(pid: u32) -> Result<u64> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).context("read /proc/PID/stat")?;
    let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
    let mut fields = after_name.split_whitespace().skip(11);
    let mut ticks = || fields.next().and_then(|field| field.parse::<u64>().ok());
    let total = ticks().zip(ticks()).map(|(user, system)| user + system);
    Ok(total.context("unexpected /proc/PID/stat")? * 1000 / TICKS)
}

/// The same of a process and all that it has started, those that have ended included.
pub(crate) fn tree_cpu_ms(pid: u32) -> Result<u64> {
    let entries = fs::read_dir("/proc").context("read /proc")?.flatten();
    let stats = entries.filter_map(|entry| {
        let pid: u32 = entry.file_name().to_str()?.parse().ok()?;
        let stat = fs::read_to_string(entry.path().join("stat")).ok()?;
        let after_name = stat.rsplit_once(')').map_or("", |(_, rest)| rest);
        let number = |at| after_name.split_whitespace().nth(at)?.parse::<u64>().ok();
        // Its own time, and that of its children whose end it has seen.
        let ticks = (11..15).filter_map(number).sum::<u64>();
        Some((pid, u32::try_from(number(1)?).ok()?, ticks))
    });
    let stats: Vec<(u32, u32, u64)> = stats.collect();
    let mut family = vec![pid];
    let mut ticks = 0;
    while let Some(member) = family.pop() {
        ticks += stats.iter().filter(|one| one.0 == member).map(|one| one.2).sum::<u64>();
        family.extend(stats.iter().filter(|one| one.1 == member).map(|one| one.0));
    }
    Ok(ticks * 1000 / TICKS)
}

/// Resident memory of a process in KiB: what is its own, without shared file pages.
pub(crate) fn resident_kib(pid: u32) -> Result<u64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status")).context("read status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:"));
    let number = line.and_then(|line| line.split_whitespace().next()?.parse().ok());
    number.context("no RssAnon in /proc/PID/status")
}

/// One line on the machine: processor, cores, memory, kernel.
pub(crate) fn machine() -> String {
    let cpuinfo = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
    let field = |name: &str| {
        let line = cpuinfo.lines().find(|line| line.starts_with(name));
        line.and_then(|line| line.split_once(':')).map_or("unknown", |(_, value)| value.trim())
    };
    let cores = cpuinfo.lines().filter(|line| line.starts_with("processor")).count();
    let meminfo = fs::read_to_string("/proc/meminfo").unwrap_or_default();
    let kib = meminfo.split_whitespace().nth(1).and_then(|kib| kib.parse::<u64>().ok());
    let gib = kib.unwrap_or(0) >> 20;
    let kernel = fs::read_to_string("/proc/sys/kernel/osrelease").unwrap_or_default();
    format!("{} × {cores}, {gib} GiB, Linux {}", field("model name"), kernel.trim())
}
