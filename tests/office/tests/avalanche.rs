//! Three hundred DHCP clients that start in a few bursts, and an appliance that is killed in the
//! middle of each: what a client was promised is its own afterwards, and nobody else's.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use office::dhcp::peer;
use office::lan::Host;
use office::programs::Running;
use office::site::Site;
use office::wait;
use rand_chacha::ChaCha8Rng;
use rand_core::{Rng as _, SeedableRng as _};
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(120);
const COMPUTER: [u8; 3] = [0x02, 0x00, 0x5e];
const BURSTS: usize = 5;
const CLIENTS: usize = 60;
const SEED: u64 = 111;
/// A kill comes so many milliseconds at most after the acknowledgement that it waits for, which is
/// twice the time from one client to the next: it hits any moment of the work.
const LONGEST_PAUSE_MS: u64 = 40;

/// What clients were promised: addresses and who has each.
#[derive(Default)]
struct Promised(BTreeMap<String, String>);

impl Promised {
    /// Reads what the clients say; how many have an address, and how many were refused one.
    fn read(&mut self, log: &Path) -> [usize; 2] {
        let text = std::fs::read_to_string(log).unwrap_or_default();
        let said = text.lines().filter_map(|line| serde_json::from_str::<Value>(line).ok());
        let mut counts = [0, 0];
        for said in said {
            let word = |name: &str| said[name].as_str().unwrap_or_default().to_owned();
            if said["kind"] == "nak" {
                counts[1] += 1;
                continue;
            }
            counts[0] += 1;
            let (address, mac) = (word("address"), word("mac"));
            let other = self.0.insert(address.clone(), mac.clone());
            let is_its = other.as_ref().is_none_or(|other| *other == mac);
            assert!(is_its, "{address} was {other:?}'s, and was given to {mac}");
        }
        counts
    }

    /// Everything that was promised is in the list of leases.
    fn is_kept_by(&self, site: &Site) {
        let leases = site.control(&["dhcp", "leases"])["leases"].take();
        let all = leases.as_array().expect("a list");
        let bound = all.iter().filter(|lease| lease["state"] == "bound");
        let word = |lease: &Value, name: &str| lease[name].as_str().unwrap_or_default().to_owned();
        let kept: BTreeMap<String, String> =
            bound.map(|lease| (word(lease, "address"), word(lease, "mac"))).collect();
        for (address, mac) in &self.0 {
            assert_eq!(kept.get(address), Some(mac), "{address} was promised to {mac}");
        }
    }
}

/// Clients that have started, and where they tell what comes of it.
struct Burst {
    log: PathBuf,
    running: Running,
}

impl Burst {
    fn start(crowd: &Host, folder: &Path, name: &str, words: &[&str]) -> Self {
        let log = folder.join(name);
        let script = peer("avalanche.py");
        let running = crowd.start_telling(&[&["python3", &script], words].concat(), &log);
        Self { log, running }
    }

    /// Until each of them is served; they end by themselves.
    fn until_served(&mut self) {
        let Some(child) = &mut self.running.0 else { return };
        let ended = wait::within(PATIENCE, || child.try_wait().expect("it can be waited for"));
        let said = std::fs::read_to_string(&self.log).unwrap_or_default();
        assert!(ended.is_some_and(|status| status.success()), "not all are served: {said}");
    }
}

/// An office with room for all of them.
fn office() -> Site {
    let site = Site::open();
    site.is_also_at("192.168.48.1/20");
    let pool = json!({ "first": "192.168.51.0", "last": "192.168.52.255" });
    let subnet = json!({ "network": "192.168.48.0/20", "pools": [pool] });
    let dhcp = json!({ "mode": "voice", "subnets": [subnet] });
    site.control(&["settings", "set", "dhcp", &dhcp.to_string()]);
    site.until("giving");
    site
}

// row 111
// row 111
#[test]
fn no_lease_is_lost_or_given_twice_when_the_appliance_is_killed_in_an_avalanche() {
    let mut site = office();
    let folder = site.appliance.folder().to_owned();
    let crowd = site.lan.host(COMPUTER);
    let mut chance = ChaCha8Rng::seed_from_u64(SEED);
    let mut promised = Promised::default();
    let mut in_the_middle = 0;
    for burst in 0..BURSTS {
        let (first, count) = ((burst * CLIENTS).to_string(), CLIENTS.to_string());
        let words = ["start", &first, &count];
        let mut clients = Burst::start(&crowd, &folder, &format!("burst-{burst}"), &words);
        // From the very first acknowledgement to almost the last one.
        let enough = usize::try_from(chance.next_u32()).expect("32 bits") % (CLIENTS - 5);
        wait::until("acknowledgements", PATIENCE, || {
            (promised.read(&clients.log)[0] > enough).then_some(())
        });
        wait::pause(Duration::from_millis(chance.next_u64() % LONGEST_PAUSE_MS));
        site.appliance.kill();
        let [served, _] = promised.read(&clients.log);
        in_the_middle += usize::from(served < CLIENTS);
        site.appliance.restart_on(&["--phones", "--bind", "0.0.0.0", "--http-port", "80"]);
        promised.is_kept_by(&site);
        clients.until_served();
        promised.read(&clients.log);
        promised.is_kept_by(&site);
    }
    assert_eq!(promised.0.len(), BURSTS * CLIENTS, "an address for each");
    assert!(in_the_middle > BURSTS / 2, "{in_the_middle} kills came before all were served");
    let known = folder.join("known");
    let lines: Vec<String> =
        promised.0.iter().map(|(address, mac)| format!("{mac} {address}\n")).collect();
    std::fs::write(&known, lines.concat()).expect("written");
    let known = known.display().to_string();
    let mut renewed = Burst::start(&crowd, &folder, "renewed", &["renew", &known]);
    renewed.until_served();
    assert_eq!(promised.read(&renewed.log), [BURSTS * CLIENTS, 0], "each keeps what it has");
    promised.is_kept_by(&site);
}
