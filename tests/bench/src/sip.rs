//! Lines in service: the same thousand telephones register with us and with Kamailio.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use gateway::stations::{Record, Secret, Token};
use message::station::Trust;
use office::lan::Host;
use provision::{Identity, Mac, Maker, Vendor};
use serde_json::Value;

use crate::network::{Network, SERVER, Serving, part, program, until};
use crate::ours::Ours;
use crate::sip_load::{FIRST, PHONES, address, password};

const PATIENCE: Duration = Duration::from_secs(75);

/// What one registrar did.
struct Outcome {
    name: &'static str,
    /// As the telephones told it.
    all: Value,
    /// Processor time of each registration, microseconds.
    cpu_us: f64,
}

/// Measures what is installed; the section of the page.
pub(crate) fn run(folder: &Path) -> Result<String> {
    let mut page = format!("## 8. SIP: {PHONES} telephones register at once\n\n");
    let [first, again] = ours()?;
    let peer = program("kamailio").map(|_| kamailio(folder)).transpose()?;
    let [peer_first, peer_again] = peer.map_or([None, None], |peer| peer.map(Some));
    page.push_str(HEAD);
    put(&mut page, &first, peer_first.as_ref());
    put(&mut page, &again, peer_again.as_ref());
    if peer_first.is_none() {
        page.push_str("\n`kamailio` is not installed.\n");
    }
    page.push_str(
        "\nThe first time, each telephone's client logs in at the message server, too, and hears who \
         is there; *again* is what telephones do from then on.\n",
    );
    Ok(page)
}

fn ours() -> Result<[Outcome; 2]> {
    eprintln!("SIP, ours ..");
    let network = Network::open().with_many_addresses()?;
    let ours = Ours::start_with(&network, (0..=PHONES).map(record).collect())?;
    // Each telephone has a client of its own, which logs in.
    ours.until_idle()?;
    let rest = || ours.until_idle();
    measure(["ours", "ours, again"], &network.clients, || ours.cpu_ms(), rest)
}

/// A telephone that was approved long ago.
fn record(phone: u32) -> Record {
    let [_, a, b, c] = phone.to_be_bytes();
    Record {
        mac: Mac([0x00, 0x0b, 0x82, a, b, c]),
        token: Token::of([0; 16]),
        since: 0,
        identity: Identity {
            vendor: Maker::Known(Vendor::Grandstream),
            model: "GXP2170".to_owned(),
        },
        trust: Trust::Approved,
        name: String::new(),
        number: Some(FIRST + phone),
        person: String::new(),
        speaks_up: false,
        address: Some(address(phone)),
        secret: Secret::parse(&password(phone)),
        menu: Secret::parse("123456789012"),
        is_delivered: true,
        is_led: false,
    }
}

fn kamailio(folder: &Path) -> Result<[Outcome; 2]> {
    eprintln!("SIP, kamailio ..");
    let network = Network::open().with_many_addresses()?;
    let config = folder.join("kamailio.cfg");
    let lines = (0..=PHONES).map(|phone| ((FIRST + phone).to_string(), password(phone)));
    std::fs::write(&config, configuration(lines)).context("write kamailio.cfg")?;
    let serving = start(&network.server, &config, folder);
    let names = ["kamailio", "kamailio, again"];
    measure(names, &network.clients, || serving.cpu_ms(), || Ok(()))
}

/// Starts it in the foreground.
pub(crate) fn start(host: &Host, config: &Path, folder: &Path) -> Serving {
    let (config, place) = (config.display().to_string(), folder.display().to_string());
    let pid = folder.join("kamailio.pid").display().to_string();
    let words = ["kamailio", "-DD", "-E", "-f", &config, "-Y", &place, "-P", &pid, "-m", "64"];
    Serving::start(host, &words, &folder.join("kamailio.log"))
}

/// A registrar that keeps its lines in memory, as ours does, and asks for the digest that ours
/// asks for first.
pub(crate) fn configuration(lines: impl Iterator<Item = (String, String)>) -> String {
    let lines = lines.map(|(user, word)| format!("    $sht(lines=>{user}) = \"{word}\";\n"));
    format!(
        "debug=0\nlog_stderror=yes\nchildren=2\nlisten=udp:{SERVER}:5060\nauto_aliases=no\n\
         disable_tcp=yes\nloadmodule \"tm.so\"\nloadmodule \"sl.so\"\nloadmodule \"pv.so\"\n\
         loadmodule \"usrloc.so\"\nloadmodule \"registrar.so\"\nloadmodule \"auth.so\"\n\
         loadmodule \"htable.so\"\nmodparam(\"usrloc\", \"db_mode\", 0)\n\
         modparam(\"auth\", \"algorithm\", \"SHA-256\")\n\
         modparam(\"htable\", \"htable\", \"lines=>size=10;\")\n\
         event_route[htable:mod-init] {{\n{}}}\n\
         request_route {{\n\
         \x20   if ($rm != \"REGISTER\") {{ sl_send_reply(\"405\", \"Not here\"); exit; }}\n\
         \x20   if ($sht(lines=>$au) == $null\n\
         \x20           || !pv_www_authenticate(\"ivm\", \"$sht(lines=>$au)\", \"0\")) {{\n\
         \x20       www_challenge(\"ivm\", \"1\");\n        exit;\n    }}\n\
         \x20   save(\"location\");\n    exit;\n}}\n",
        lines.collect::<String>()
    )
}

/// What the telephones need when they come, and when they come again.
fn measure(
    names: [&'static str; 2],
    clients: &Host,
    cpu_ms: impl Fn() -> Result<u64>,
    rest: impl Fn() -> Result<()>,
) -> Result<[Outcome; 2]> {
    until(names[0], || part(clients, &["register", "one"], PATIENCE).is_ok())?;
    rest()?;
    let once = |name| {
        let before = cpu_ms()?;
        let all = part(clients, &["register", "many"], PATIENCE)?;
        rest()?;
        let cpu_us = (cpu_ms()? - before) as f64 * 1000.0 / f64::from(PHONES);
        Ok::<_, anyhow::Error>(Outcome { name, all, cpu_us })
    };
    Ok([once(names[0])?, once(names[1])?])
}

const HEAD: &str = "| | registrations/s | all, s | p50 ms | p99 ms | said again | not registered \
    | CPU µs a registration |\n|---|---|---|---|---|---|---|---|\n";

fn put(page: &mut String, ours: &Outcome, peer: Option<&Outcome>) {
    for Outcome { name, all, cpu_us } in [Some(ours), peer].into_iter().flatten() {
        let number = |field| all[field].as_f64().unwrap_or(0.0);
        let _ = writeln!(
            page,
            "| {name} | {:.0} | {:.2} | {:.1} | {:.1} | {} | {} | {cpu_us:.0} |",
            rate(all),
            number("seconds"),
            number("p50") / 1_000.0,
            number("p99") / 1_000.0,
            all["again"],
            all["failed"],
        );
    }
    if let Some(peer) = peer {
        let ratio = |a: f64, b: f64| a / b.max(f64::MIN_POSITIVE);
        let of = |field: &str| {
            let number = |all: &Value| all[field].as_f64().unwrap_or(0.0);
            ratio(number(&ours.all), number(&peer.all))
        };
        let _ = writeln!(
            page,
            "| ratio | {:.2} | {:.2} | {:.2} | {:.2} | | | {:.2} |",
            ratio(rate(&ours.all), rate(&peer.all)),
            of("seconds"),
            of("p50"),
            of("p99"),
            ratio(ours.cpu_us, peer.cpu_us),
        );
    }
}

/// Registrations a second.
fn rate(all: &Value) -> f64 {
    let done = f64::from(PHONES) - all["failed"].as_f64().unwrap_or(0.0);
    done / all["seconds"].as_f64().unwrap_or(1.0).max(f64::MIN_POSITIVE)
}
