//! The morning of an office: its telephones are switched on at the same moment, and want an
//! address, their files and their lines. Our appliance, and dnsmasq with Kamailio.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use office::lan::Host;
use serde_json::Value;

use crate::dhcp::DNSMASQ;
use crate::network::{Network, SERVER, Serving, part, program, until};
use crate::ours::Ours;
use crate::storm_load::{ALONE, PHONES, card};
use crate::storm_phone::file_name;
use crate::{sip, storm_load};

const PATIENCE: Duration = Duration::from_secs(240);
/// What stands in the place of a token where no server asks for one.
const FOLDER: &str = "00112233445566778899aabbccddeeff";

/// A start of telephones.
struct Start {
    what: String,
    /// How many.
    phones: u32,
    /// As they told it.
    told: Value,
}

/// Measures what is installed; the section of the page.
pub(crate) fn run(folder: &Path) -> Result<String> {
    let mut page = format!("## 9. {PHONES} telephones are switched on at once\n\n");
    let ours = ours()?;
    let is_there = program("dnsmasq").is_some() && program("kamailio").is_some();
    let peers = if is_there { peers(folder)? } else { Vec::new() };
    put(&mut page, &ours, &peers);
    if !is_there {
        page.push_str("\n`dnsmasq` or `kamailio` is not installed.\n");
    }
    Ok(page)
}

fn ours() -> Result<Vec<Start>> {
    eprintln!("{PHONES} telephones, ours ..");
    let network = Network::open();
    let ours = Ours::start(&network);
    ours.give_addresses()?;
    ours.control(&["phone", "approve-all", "--minutes", "5"])?;
    let starts = starts("ours", &network.clients, || ours.until_idle())?;
    for (words, many) in ours.phones()? {
        eprintln!("  {many}: {words}");
    }
    Ok(starts)
}

/// One telephone alone, all for the first time, and all once more.
fn starts(name: &str, clients: &Host, rest: impl Fn() -> Result<()>) -> Result<Vec<Start>> {
    let mut starts = Vec::new();
    let plan = [
        ("one alone", "alone", 1),
        ("all, never seen before", "all", PHONES),
        ("all, after a power cut", "all", PHONES),
    ];
    for (words, which, phones) in plan {
        rest()?;
        let told = part(clients, &["storm", which], PATIENCE)?;
        starts.push(Start { what: format!("{name}: {words}"), phones, told });
    }
    Ok(starts)
}

fn peers(folder: &Path) -> Result<Vec<Start>> {
    eprintln!("{PHONES} telephones, dnsmasq and kamailio ..");
    let network = Network::open();
    let files = folder.join("storm");
    let inner = files.join("p").join(FOLDER);
    std::fs::create_dir_all(&inner).context("make a folder")?;
    let all = (0..PHONES).chain([ALONE]);
    let lines: Vec<(String, String)> =
        all.clone().map(|phone| (phone.to_string(), format!("password-of-{phone}"))).collect();
    for (phone, (user, password)) in all.zip(&lines) {
        let text = format!("<P35>{user}</P35><P34>{password}</P34>\n{}", " ".repeat(1_400));
        std::fs::write(inner.join(file_name(card(phone))), text).context("write a file")?;
    }
    let config = folder.join("storm.cfg");
    std::fs::write(&config, sip::configuration(lines.into_iter())).context("write storm.cfg")?;
    let _registrar = sip::start(&network.server, &config, folder);
    let _dnsmasq = dnsmasq(&network.server, &files, folder);
    until("dnsmasq and kamailio", || {
        part(&network.clients, &["storm", "alone"], PATIENCE).is_ok()
    })?;
    starts("dnsmasq and kamailio", &network.clients, || Ok(()))
}

fn dnsmasq(host: &Host, files: &Path, folder: &Path) -> Serving {
    let root = format!("--tftp-root={}", files.display());
    let leases = format!("--dhcp-leasefile={}", folder.join("storm.leases").display());
    let told = format!("--dhcp-option-force=66,http://{SERVER}/p/{FOLDER}/");
    let (many, quiet) = ("--tftp-max=1000", "--log-facility=/dev/null");
    let own = ["--enable-tftp", many, quiet, &root, &leases, &told];
    let words = [&DNSMASQ[..], &own].concat();
    Serving::start(host, &words, &folder.join("storm.log"))
}

/// Switches telephones on: a part of this program.
pub(crate) fn load(which: &str) -> Result<Value> {
    match which {
        "alone" => storm_load::run([ALONE].into_iter()),
        _ => storm_load::run(0..PHONES),
    }
}

fn put(page: &mut String, ours: &[Start], peers: &[Start]) {
    page.push_str(
        "| | in service | all, s | address p50, p99 ms | file p50, p99 ms \
         | REGISTER p50, p99 ms | said again | came too early |\n\
         |---|---|---|---|---|---|---|---|\n",
    );
    for Start { what, phones, told } in ours.iter().chain(peers) {
        let two = |hop: &str| {
            let millis = |name: &str| told[hop][name].as_f64().unwrap_or(0.0) / 1_000.0;
            format!("{:.1}, {:.1}", millis("p50"), millis("p99"))
        };
        let _ = writeln!(
            page,
            "| {what} | {} of {phones} | {:.2} | {} | {} | {} | {} | {} |",
            told["done"],
            seconds(told),
            two("address"),
            two("file"),
            two("service"),
            told["again"],
            told["rounds"],
        );
    }
    for (ours, peer) in ours.iter().zip(peers) {
        let words = ours.what.trim_start_matches("ours: ");
        let of = |hop: &str| {
            let both = |name: &str| {
                let number = |start: &Start| start.told[hop][name].as_f64().unwrap_or(0.0);
                number(ours) / number(peer).max(f64::MIN_POSITIVE)
            };
            format!("{:.2}, {:.2}", both("p50"), both("p99"))
        };
        let all = seconds(&ours.told) / seconds(&peer.told).max(f64::MIN_POSITIVE);
        let (address, file, service) = (of("address"), of("file"), of("service"));
        let _ =
            writeln!(page, "| ratio: {words} | | {all:.2} | {address} | {file} | {service} | | |");
    }
}

fn seconds(told: &Value) -> f64 {
    told["all"].as_f64().unwrap_or(0.0) / 1e6
}
