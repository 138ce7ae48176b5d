//! Zone, time servers, and the clock itself.

use std::fs;
use std::io;
use std::os::unix::fs::symlink;
use std::time::Duration;

use anyhow::{Context as _, ensure};
use chassis::durable;
use nix::sys::time::TimeSpec;
use nix::time::{ClockId, clock_settime};

use super::grounds::Grounds;
use super::program;
use crate::deed::Outcome;

const ZONES: &str = "usr/share/zoneinfo";
/// `/etc/localtime` of the image, which is read-only, leads here.
const LOCAL_TIME: &str = "run/ivm/localtime";
const TIME_SYNC: &str = "run/systemd/timesyncd.conf.d";
const SERVICE: &str = "systemd-timesyncd.service";
const SECONDS: u32 = 60;

pub(super) fn zone(grounds: &Grounds, name: &str) -> anyhow::Result<Outcome> {
    let zones = grounds.at(ZONES);
    let zone = zones.join(name);
    let real = zone.canonicalize().with_context(|| format!("there is no time zone {name}"))?;
    let is_zone = real.starts_with(zones.canonicalize()?) && real.is_file();
    ensure!(is_zone, "there is no time zone {name}");
    let link = grounds.at(LOCAL_TIME);
    let fresh = link.with_extension("new");
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error.into()),
        Ok(()) | Err(_) => {}
    }
    symlink(&zone, &fresh)?;
    fs::rename(&fresh, &link)?;
    Ok(Outcome::default())
}

pub(super) fn servers(grounds: &Grounds, on: bool, servers: &[String]) -> anyhow::Result<Outcome> {
    write_servers(grounds, servers)?;
    let verb = if on { "restart" } else { "stop" };
    program::run(SECONDS, &["systemctl", verb, SERVICE])?;
    Ok(Outcome::default())
}

fn write_servers(grounds: &Grounds, servers: &[String]) -> anyhow::Result<()> {
    let folder = grounds.at(TIME_SYNC);
    fs::create_dir_all(&folder)?;
    let text = format!("[Time]\nNTP={}\n", servers.join(" "));
    durable::write(&folder.join("10-ivm.conf"), text.as_bytes(), 0o644)?;
    Ok(())
}

pub(super) fn set(unix_ms: u64) -> anyhow::Result<Outcome> {
    let time = TimeSpec::from_duration(Duration::from_millis(unix_ms));
    clock_settime(ClockId::CLOCK_REALTIME, time).context("the clock cannot be set")?;
    // A machine without a battery for its clock has no such device, and forgets.
    if let Err(error) = program::run(SECONDS, &["hwclock", "--systohc", "--utc"]) {
        log::info!(error:% = format!("{error:#}"); "the clock's battery keeps another time");
    }
    Ok(Outcome::default())
}

#[cfg(test)]
mod tests {
    use std::fs;

    use chassis::layout::{Layout, Ports};

    use super::{Grounds, write_servers, zone};

    #[test]
    fn a_zone_is_a_link_to_what_exists_and_servers_are_a_file() {
        let folder = tempfile::tempdir().expect("a temp dir");
        let mut grounds = Grounds::of(Layout::under(folder.path(), Ports::FREE));
        grounds.machine = folder.path().join("machine");
        let zones = grounds.at("usr/share/zoneinfo/Europe");
        fs::create_dir_all(&zones).expect("made");
        fs::create_dir_all(grounds.at("run/ivm")).expect("made");
        fs::write(zones.join("Berlin"), "TZif").expect("written");
        for _ in 0..2 {
            zone(&grounds, "Europe/Berlin").expect("it exists");
        }
        assert_eq!(fs::read(grounds.at("run/ivm/localtime")).expect("it leads there"), b"TZif");
        assert!(zone(&grounds, "Europe").is_err() && zone(&grounds, "Mars/Base").is_err());
        write_servers(&grounds, &["a.example".into(), "fd00::1".into()]).expect("written");
        let text = fs::read_to_string(grounds.at("run/systemd/timesyncd.conf.d/10-ivm.conf"));
        assert_eq!(text.expect("there"), "[Time]\nNTP=a.example fd00::1\n");
    }
}
