//! Who else speaks DHCP in an office: BusyBox's client, dnsmasq as the router's server, and somebody
//! who listens to all of it.

use std::path::{Path, PathBuf};
use std::time::Duration;

use serde_json::Value;

use crate::lan::Host;
use crate::programs::Running;
use crate::wait;

/// A program may take so long to begin on a busy machine.
const START: Duration = Duration::from_secs(30);

/// A script for udhcpc that writes down what it was told.
///
/// # Panics
/// The folder cannot be written.
#[must_use]
pub fn script(folder: &Path) -> String {
    let path = folder.join("told.sh");
    let words = "#!/bin/sh\n[ \"$1\" = bound ] || exit 0\nip address add $ip/$mask dev $interface\n\
                 set >\"$0.$interface.$1\"\n";
    std::fs::write(&path, words).expect("written");
    let mut mode = std::fs::metadata(&path).expect("there").permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    std::fs::set_permissions(&path, mode).expect("set");
    path.display().to_string()
}

/// What starts udhcpc: it asks five times, and then gives up.
#[must_use]
pub fn udhcpc<'w>(script: &'w str, more: &[&'w str]) -> Vec<&'w str> {
    let words = ["busybox", "udhcpc", "-i", "eth0", "-f", "-q", "-n", "-t", "5", "-s", script];
    [&words[..], more].concat()
}

/// Starts dnsmasq as the server of 192.168.50.10 to .60, with what else stands in a file.
#[must_use]
pub fn dnsmasq(router: &Host, config: &str) -> Running {
    let words = ["dnsmasq", "--keep-in-foreground", "--port=0", "--user=root", "--leasefile-ro"];
    let range = ["--dhcp-range=192.168.50.10,192.168.50.60,1h", "--interface=eth0"];
    let config = format!("--conf-file={config}");
    let more = ["--no-ping", "--dhcp-authoritative", &config];
    router.start(&[&words[..], &range, &more].concat())
}

/// The path of a peer that is written in Python.
#[must_use]
pub fn peer(name: &str) -> String {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("peer").join(name).display().to_string()
}

/// Somebody who writes down every message of DHCP that passes a card.
#[derive(Debug)]
pub struct Ear {
    log: PathBuf,
    _running: Running,
}

impl Ear {
    /// Listens from now on.
    #[must_use]
    pub fn at(host: &Host, folder: &Path) -> Self {
        let log = folder.join(format!("heard-{}", host.mac()));
        let running = host.start_telling(&["python3", &peer("listener.py")], &log);
        let ear = Self { log, _running: running };
        wait::until("the listener", START, || (!ear.heard("listening").is_empty()).then_some(()));
        ear
    }

    /// What was heard of this kind.
    #[must_use]
    pub fn heard(&self, kind: &str) -> Vec<Value> {
        let text = std::fs::read_to_string(&self.log).unwrap_or_default();
        let all = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        all.filter(|said| said["kind"] == kind).collect()
    }

    /// How often somebody has said that.
    #[must_use]
    pub fn count(&self, kind: &str, source: &str) -> usize {
        self.heard(kind).iter().filter(|said| said["source"] == source).count()
    }
}
