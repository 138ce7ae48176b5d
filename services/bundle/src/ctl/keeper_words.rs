//! Settings by their keys, and health and log lines for people and programs to read.

use std::fmt::Write as _;

use message::system::{Alarm, Gravity, Health, LogLine};
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::macros::format_description;

/// The part of the settings that a key such as `network.ipv4` names.
pub(crate) fn part<'a>(settings: &'a Value, key: &str) -> Result<&'a Value, String> {
    let mut at = settings;
    for name in key.split('.') {
        at = at.get(name).ok_or_else(|| format!("there is no setting {key}"))?;
    }
    Ok(at)
}

/// Puts a value in the place that a key names; what is no JSON is a text. Whether there is such a
/// setting, the keeper knows.
pub(crate) fn set(settings: &mut Value, key: &str, text: &str) -> Result<(), String> {
    let value = serde_json::from_str(text).unwrap_or_else(|_| Value::from(text));
    let (parent, name) = match key.rsplit_once('.') {
        Some((parent, name)) => (format!("/{}", parent.replace('.', "/")), name),
        None => (String::new(), key),
    };
    let parent = settings.pointer_mut(&parent).and_then(Value::as_object_mut);
    let parent = parent.ok_or_else(|| format!("there is no setting {key}"))?;
    parent.insert(name.to_owned(), value);
    Ok(())
}

/// Health as JSON.
pub(crate) fn health_json(health: &Health) -> Value {
    let alarm = |alarm: &Alarm| {
        json!({ "name": alarm.name, "gravity": gravity(alarm.gravity), "words": alarm.words,
                "advice": alarm.advice, "since": alarm.since })
    };
    let services = health.services.iter().map(|one| {
        json!({ "name": one.name, "running": one.is_running, "words": one.words,
                "memory": one.memory, "starts": one.starts })
    });
    let interfaces = health.interfaces.iter().map(|one| {
        json!({ "name": one.name, "mac": one.mac, "carrier": one.has_carrier,
                "addresses": one.addresses })
    });
    json!({
        "version": health.version,
        "slot": health.slot,
        "other_version": health.other_version,
        "uptime_ms": health.uptime_ms,
        "alarms": health.alarms.iter().map(alarm).collect::<Vec<_>>(),
        "services": services.collect::<Vec<_>>(),
        "interfaces": interfaces.collect::<Vec<_>>(),
        "gateway": health.gateway,
        "disk": { "total": health.disk_total, "free": health.disk_free },
        "memory": { "total": health.memory_total, "free": health.memory_free },
        "load": f64::from(health.load) / 100.0,
        "unix_ms": health.unix_ms,
        "time_synced": health.is_time_synced,
    })
}

/// Health as words.
pub(crate) fn health(health: &Health) -> String {
    let mut text = String::new();
    let mut line = |name: &str, value: String| {
        writeln!(text, "{name:<11} {value}").expect("a string takes all");
    };
    for alarm in &health.alarms {
        line(gravity(alarm.gravity), format!("{} {}", alarm.words, alarm.advice));
    }
    let slot = if health.slot.is_empty() { "" } else { ", slot " };
    line("version", format!("{}{slot}{}", health.version, health.slot));
    if !health.other_version.is_empty() {
        line("other slot", health.other_version.clone());
    }
    line("up for", format!("{} min", health.uptime_ms / 60_000));
    for service in &health.services {
        line("service", format!("{:<8} {}", service.name, service.words));
    }
    for interface in &health.interfaces {
        let cable = if interface.has_carrier { "" } else { "no cable " };
        line("network", format!("{:<8} {cable}{}", interface.name, interface.addresses.join(" ")));
    }
    if !health.gateway.is_empty() {
        line("gateway", health.gateway.clone());
    }
    let of = |free: u64, total: u64| format!("{} of {} MiB free", free >> 20, total >> 20);
    line("disk", of(health.disk_free, health.disk_total));
    line("memory", of(health.memory_free, health.memory_total));
    let synced = if health.is_time_synced { "by a time server" } else { "not by a time server" };
    line("time", format!("{} ({synced})", time(health.unix_ms)));
    text
}

/// A line of the log as JSON.
pub(crate) fn log_json(line: &LogLine) -> String {
    let LogLine { unix_ms, service, level, words } = line;
    json!({ "unix_ms": unix_ms, "service": service, "level": level, "words": words }).to_string()
}

/// A line of the log as words. What a terminal would obey is shown, not sent.
pub(crate) fn log(line: &LogLine) -> String {
    let level = match line.level {
        0..=3 => "ERROR",
        4 => "WARN ",
        5 | 6 => "INFO ",
        7.. => "DEBUG",
    };
    let words: String = line
        .words
        .chars()
        .map(|letter| if letter.is_control() { '\u{fffd}' } else { letter })
        .collect();
    format!("{} {level} {}: {words}", time(line.unix_ms), line.service)
}

const fn gravity(gravity: Gravity) -> &'static str {
    match gravity {
        Gravity::Notice => "notice",
        Gravity::Warning => "warning",
        Gravity::Critical => "CRITICAL",
    }
}

fn time(unix_ms: u64) -> String {
    let form = format_description!("[year]-[month]-[day] [hour]:[minute]:[second] UTC");
    let seconds = i64::try_from(unix_ms / 1000).unwrap_or(i64::MAX);
    let time = OffsetDateTime::from_unix_timestamp(seconds).ok();
    time.and_then(|time| time.format(form).ok()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use message::system::{Alarm, Gravity, Health, LogLine};
    use serde_json::{Value, json};

    use super::{health, health_json, log, part, set};

    fn settings() -> Value {
        json!({ "host": "ivm", "office": { "keep_days": 90 }, "network": { "vlan": null } })
    }

    #[test]
    fn a_key_leads_to_its_setting() {
        let mut settings = settings();
        assert_eq!(part(&settings, "office.keep_days"), Ok(&json!(90)));
        assert!(part(&settings, "office.keep_days.x").is_err() && part(&settings, "").is_err());
        set(&mut settings, "office.keep_days", "30").expect("there");
        set(&mut settings, "host", "office-2").expect("there");
        set(&mut settings, "network.ipv4", "{\"method\":\"dhcp\"}").expect("there");
        let expected = json!({ "host": "office-2", "office": { "keep_days": 30 },
                               "network": { "vlan": null, "ipv4": { "method": "dhcp" } } });
        assert_eq!(settings, expected);
        assert!(set(&mut settings, "nowhere.x", "1").is_err());
        assert!(set(&mut settings, "host.x", "1").is_err());
    }

    #[test]
    fn alarms_come_first_and_the_same_is_told_to_programs() {
        let alarm = Alarm {
            name: "disk-low".into(),
            gravity: Gravity::Critical,
            words: "It is full.".into(),
            advice: "Make room.".into(),
            since: 1,
        };
        let sick = Health {
            version: "0.1.0".into(),
            alarms: vec![alarm],
            unix_ms: 1_700_000_000_000,
            ..Health::default()
        };
        let words = health(&sick);
        assert!(words.starts_with("CRITICAL    It is full. Make room.\nversion     0.1.0\n"));
        assert!(words.contains("2023-11-14 22:13:20 UTC"), "{words}");
        assert_eq!(health_json(&sick)["alarms"][0]["name"], "disk-low");
    }

    #[test]
    fn a_line_of_the_log_cannot_command_the_terminal() {
        let words = "name=\u{1b}[2J".to_owned();
        let line = LogLine { unix_ms: 0, service: "ivm".into(), level: 4, words };
        let shown = log(&line);
        assert_eq!(shown, "1970-01-01 00:00:00 UTC WARN  ivm: name=\u{fffd}[2J");
    }
}
