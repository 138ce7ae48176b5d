//! Addresses: `perfdhcp` asks our server, Kea's and dnsmasq the same.

use std::fmt::Write;
use std::path::Path;
use std::process::Output;
use std::time::Duration;

use anyhow::{Context, Result};
use office::lan::Host;

use crate::network::{CLIENTS, Network, SERVER, Serving, on, program, until};
use crate::ours::Ours;

/// Exchanges a second that every server is asked for.
const RATE: u32 = 500;
/// For so long, seconds.
const SECONDS: u32 = 5;
/// Clients of the avalanche.
const AVALANCHE: u32 = 500;
/// Clients that come again and again while the highest rate is looked for.
const REGULARS: u32 = 2_000;
/// Seconds of each attempt at a rate.
const TRIAL: u32 = 2;
/// More is not tried.
const MOST: u32 = 16_384;
/// A case may take so long.
const PATIENCE: Duration = Duration::from_secs(20);

/// What came of an even load.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
struct Even {
    /// Exchanges that were not answered in a second.
    drops: u32,
    /// Exchanges that were.
    done: u32,
    /// Milliseconds from DISCOVER to OFFER.
    offer_ms: f64,
    /// Milliseconds from REQUEST to ACK.
    ack_ms: f64,
}

/// What one server did.
struct Outcome {
    name: String,
    even: Even,
    /// Processor time of each exchange, microseconds.
    cpu_us: f64,
    /// Seconds until everybody of the avalanche had an address.
    avalanche_s: Option<f64>,
    /// The highest rate at which nobody was left without an answer.
    highest: u32,
}

/// Measures what is installed; the section of the page.
pub(crate) fn run(folder: &Path) -> Result<String> {
    let mut page =
        format!("## 6. DHCP: {RATE} exchanges a second, {AVALANCHE} clients at once\n\n");
    if program("perfdhcp").is_none() {
        page.push_str("Not measured: `perfdhcp` is not installed.\n");
        return Ok(page);
    }
    let mut outcomes = vec![ours()?];
    let mut missing = Vec::new();
    for (name, serve) in [("kea-dhcp4", kea as Serve), ("dnsmasq", dnsmasq as Serve)] {
        if program(name).is_some() {
            outcomes.push(peer(name, serve, folder)?);
        } else {
            missing.push(name);
        }
    }
    put(&mut page, &outcomes);
    for name in missing {
        let _ = writeln!(page, "\n`{name}` is not installed.");
    }
    Ok(page)
}

fn ours() -> Result<Outcome> {
    eprintln!("DHCP, ours ..");
    let network = Network::open();
    let ours = Ours::start(&network);
    ours.give_addresses()?;
    measure("ours", &network.clients, || ours.cpu_ms())
}

type Serve = fn(&Host, &Path) -> Result<Serving>;

fn peer(name: &str, serve: Serve, folder: &Path) -> Result<Outcome> {
    eprintln!("DHCP, {name} ..");
    let network = Network::open();
    let serving = serve(&network.server, folder)?;
    measure(name, &network.clients, || serving.cpu_ms())
}

fn kea(host: &Host, folder: &Path) -> Result<Serving> {
    let (config, log, place) =
        (folder.join("kea.json"), folder.join("kea.log"), folder.display().to_string());
    let leases = folder.join("kea.csv");
    let json = serde_json::json!({ "Dhcp4": {
        "interfaces-config": { "interfaces": ["eth0"] },
        "lease-database": { "type": "memfile", "persist": true, "name": leases },
        "valid-lifetime": 604_800,
        "subnet4": [{
            "subnet": "10.70.0.0/16",
            "pools": [{ "pool": "10.70.1.0 - 10.70.250.255" }],
            "option-data": [{ "name": "routers", "data": SERVER }],
        }],
        "loggers": [{
            "name": "kea-dhcp4", "severity": "ERROR", "output_options": [{ "output": "stderr" }],
        }],
    }});
    std::fs::write(&config, json.to_string()).context("write kea.json")?;
    let places = ["KEA_LOCKFILE_DIR", "KEA_PIDFILE_DIR"].map(|name| format!("{name}={place}"));
    let config = config.display().to_string();
    let words = ["env", &places[0], &places[1], "kea-dhcp4", "-c", &config];
    Ok(Serving::start(host, &words, &log))
}

/// dnsmasq, as a DHCP server of this network.
pub(crate) const DNSMASQ: [&str; 10] = [
    "dnsmasq",
    "--keep-in-foreground",
    "--conf-file=/dev/null",
    "--port=0",
    "--user=root",
    "--interface=eth0",
    "--quiet-dhcp",
    // It would ask for three seconds each time, and nobody else meanwhile.
    "--no-ping",
    "--dhcp-authoritative",
    "--dhcp-range=10.70.1.0,10.70.250.255,255.255.0.0,7d",
];

fn dnsmasq(host: &Host, folder: &Path) -> Result<Serving> {
    let leases = format!("--dhcp-leasefile={}", folder.join("dnsmasq.leases").display());
    let own = ["--dhcp-lease-max=65536", &leases];
    let words = [&DNSMASQ[..], &own].concat();
    Ok(Serving::start(host, &words, &folder.join("dnsmasq.log")))
}

fn measure(name: &str, clients: &Host, cpu_ms: impl Fn() -> Result<u64>) -> Result<Outcome> {
    until(name, || {
        steady(clients, 20, 1, 1, "mac=00:0c:0f:00:00:00").is_ok_and(|even| even.done > 0)
    })?;
    let before = cpu_ms()?;
    let even = steady(clients, RATE, SECONDS, RATE * SECONDS, "mac=00:0c:01:00:00:00")?;
    let cpu_us = (cpu_ms()? - before) as f64 * 1000.0 / f64::from(even.done.max(1));
    let avalanche_s = avalanche(clients);
    let highest = highest(clients)?;
    Ok(Outcome { name: name.to_owned(), even, cpu_us, avalanche_s, highest })
}

fn steady(clients: &Host, rate: u32, seconds: u32, many: u32, cards: &str) -> Result<Even> {
    let numbers = [rate, many, seconds].map(|number| number.to_string());
    let [rate, many, seconds] = numbers.each_ref().map(String::as_str);
    let load = ["-r", rate, "-R", many, "-p", seconds, "-W", "1000000", "-b", cards];
    let output = perfdhcp(clients, &load);
    Even::read(&text(&output.stdout))
        .with_context(|| format!("perfdhcp says something else: {}", text(&output.stderr)))
}

/// Seconds until everybody has an address; none if it takes longer than fifteen.
fn avalanche(clients: &Host) -> Option<f64> {
    let many = AVALANCHE.to_string();
    let load = ["--scenario", "avalanche", "-R", &many, "-b", "mac=00:0c:02:00:00:00"];
    let output = perfdhcp(clients, &load);
    let said = text(&output.stdout);
    let time = said.split("It took ").nth(1)?.split_whitespace().next()?;
    let parts = time.split(':').map(|part| part.parse::<f64>().ok());
    parts.reduce(|sum, part| Some(sum? * 60.0 + part?))?
}

/// Doubles the rate until somebody is left without an answer, and halves the rest three times.
fn highest(clients: &Host) -> Result<u32> {
    let is_good = |rate: u32| -> Result<bool> {
        let even = steady(clients, rate, TRIAL, REGULARS, "mac=00:0c:03:00:00:00")?;
        // At its end perfdhcp waits: its own rate is lower. What counts is that it has kept up.
        Ok(even.drops == 0 && even.done >= rate * TRIAL * 9 / 10)
    };
    // So that everybody has been there before.
    steady(clients, RATE, REGULARS / RATE, REGULARS, "mac=00:0c:03:00:00:00")?;
    let (mut good, mut bad) = (0, RATE);
    while bad <= MOST && is_good(bad)? {
        (good, bad) = (bad, bad * 2);
    }
    if bad > MOST {
        return Ok(good);
    }
    for _ in 0..3 {
        let middle = u32::midpoint(good, bad);
        if is_good(middle)? {
            good = middle;
        } else {
            bad = middle;
        }
    }
    Ok(good)
}

/// It fails if anybody was left without an answer, and says how many.
fn perfdhcp(clients: &Host, load: &[&str]) -> Output {
    let words = ["timeout", "15", "perfdhcp", "-4", "-l", CLIENTS];
    on(clients, &[&words[..], load, &[SERVER]].concat(), PATIENCE)
}

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

impl Even {
    /// Reads what `perfdhcp` says at its end.
    fn read(said: &str) -> Option<Self> {
        let (_, offers) = said.split_once("DISCOVER-OFFER***")?;
        let (offers, acks) = offers.split_once("REQUEST-ACK***")?;
        let field = |text: &str, name: &str| {
            let rest = text.split_once(name)?.1;
            rest.split_whitespace().next()?.parse::<f64>().ok()
        };
        let count = |text, name| Some(field(text, name)? as u32);
        Some(Self {
            drops: count(offers, "drops: ")? + count(acks, "drops: ")?,
            done: count(acks, "received packets: ")?,
            // There is none where nothing was received.
            offer_ms: field(offers, "avg delay: ").unwrap_or(0.0),
            ack_ms: field(acks, "avg delay: ").unwrap_or(0.0),
        })
    }
}

fn put(page: &mut String, outcomes: &[Outcome]) {
    page.push_str(
        "| | unanswered | OFFER ms | ACK ms | CPU µs an exchange | all at once, s \
         | highest rate |\n\
         |---|---|---|---|---|---|---|\n",
    );
    for one in outcomes {
        let Even { drops, done, offer_ms, ack_ms, .. } = one.even;
        let whole = one.avalanche_s.map_or("over 15".to_owned(), |time| format!("{time:.2}"));
        let _ = writeln!(
            page,
            "| {} | {drops} of {} | {offer_ms:.1} | {ack_ms:.1} | {:.0} | {whole} | {} |",
            one.name,
            drops + done,
            one.cpu_us,
            one.highest
        );
    }
    let Some((ours, peers)) = outcomes.split_first() else { return };
    for peer in peers {
        let ratio = |a: f64, b: f64| a / b.max(f64::MIN_POSITIVE);
        let whole = ours.avalanche_s.zip(peer.avalanche_s);
        let whole = whole.map_or("-".to_owned(), |(a, b)| format!("{:.2}", ratio(a, b)));
        let _ = writeln!(
            page,
            "| ours / {} | | {:.2} | {:.2} | {:.2} | {whole} | {:.2} |",
            peer.name,
            ratio(ours.even.offer_ms, peer.even.offer_ms),
            ratio(ours.even.ack_ms, peer.even.ack_ms),
            ratio(ours.cpu_us, peer.cpu_us),
            ratio(f64::from(ours.highest), f64::from(peer.highest)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::Even;

    #[test]
    fn what_perfdhcp_says_is_read() {
        let said = "***Rate statistics***\n\
            Rate: 131.852 4-way exchanges/second, expected rate: 500\n\
            ***Statistics for: DISCOVER-OFFER***\nsent packets: 1921\nreceived packets: 682\n\
            drops: 1239\ndrops ratio: 64.4977 %\n\nmin delay: 7.973 ms\n\
            avg delay: 513.312 ms\n\
            ***Statistics for: REQUEST-ACK***\nsent packets: 682\nreceived packets: 662\n\
            drops: 20\navg delay: 380.339 ms\n";
        let even = Even { drops: 1259, done: 662, offer_ms: 513.312, ack_ms: 380.339 };
        assert_eq!(Even::read(said), Some(even));
        assert_eq!(Even::read("Rate: 1\n"), None);
    }
}
