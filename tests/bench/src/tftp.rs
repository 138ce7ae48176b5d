//! Files for telephones: the same clients fetch from our server, tftpd-hpa, atftpd and dnsmasq.

use std::fmt::Write;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, Result};
use office::lan::Host;
use serde_json::Value;

use crate::network::{Network, Serving, part, program, until};
use crate::tftp_load::{LARGE, SMALL, TIMES, TOGETHER, file};

const PATIENCE: Duration = Duration::from_secs(60);

/// The peers: Debian's package, and its program.
const PEERS: [(&str, &str); 3] =
    [("tftpd-hpa", "in.tftpd"), ("atftpd", "atftpd"), ("dnsmasq", "dnsmasq")];

/// What one server did.
struct Outcome {
    name: String,
    /// All clients of the small file, as they told it.
    many: Value,
    /// Processor time for each of them, microseconds.
    cpu_us: f64,
    /// The large file, as its client told it.
    large: Value,
}

/// Measures what is installed; the section of the page.
pub(crate) fn run(folder: &Path) -> Result<String> {
    let files = folder.join("files");
    std::fs::create_dir_all(&files).context("make a folder")?;
    for (name, len) in [SMALL, LARGE] {
        std::fs::write(files.join(name), file(len)).context("write a file")?;
    }
    let mut outcomes = vec![measure("ours", &files, folder)?];
    let mut missing = Vec::new();
    for (name, executable) in PEERS {
        if program(executable).is_some() {
            outcomes.push(measure(name, &files, folder)?);
        } else {
            missing.push(name);
        }
    }
    let mut page = format!(
        "## 7. TFTP: {TOGETHER} clients fetch {} KB at once, one fetches {TIMES} MB\n\n",
        SMALL.1 / 1_000
    );
    put(&mut page, &outcomes);
    for name in missing {
        let _ = writeln!(page, "\n`{name}` is not installed.");
    }
    Ok(page)
}

fn measure(name: &str, files: &Path, folder: &Path) -> Result<Outcome> {
    eprintln!("TFTP, {name} ..");
    let network = Network::open();
    let host = &network.server;
    let serving = serve(name, host, files, folder)?;
    until(name, || part(host, &["fetch", "one"], PATIENCE).is_ok())?;
    let before = serving.cpu_ms()?;
    let many = part(host, &["fetch", "many"], PATIENCE)?;
    let cpu_us = (serving.cpu_ms()? - before) as f64 * 1000.0 / TOGETHER as f64;
    let large = part(host, &["fetch", "large"], PATIENCE)?;
    Ok(Outcome { name: name.to_owned(), many, cpu_us, large })
}

fn serve(name: &str, host: &Host, files: &Path, folder: &Path) -> Result<Serving> {
    let files = files.display().to_string();
    let me = std::env::current_exe().context("where am I?")?.display().to_string();
    let state = folder.join("files-state").display().to_string();
    let root = format!("--tftp-root={files}");
    // Where a server has a bound on transfers at once, it is above their number.
    let words: Vec<&str> = match name {
        "tftpd-hpa" => {
            vec!["in.tftpd", "-L", "-a", "127.0.0.1:69", "-u", "root", "-s", files.as_str()]
        }
        "atftpd" => vec![
            "atftpd",
            "--daemon",
            "--no-fork",
            "--maxthread=1000",
            "--user=root.root",
            "--bind-address=127.0.0.1",
            "--port=69",
            "--verbose=3",
            files.as_str(),
        ],
        "dnsmasq" => vec![
            "dnsmasq",
            "--keep-in-foreground",
            "--conf-file=/dev/null",
            "--port=0",
            "--user=root",
            "--enable-tftp",
            "--tftp-max=1000",
            "--listen-address=127.0.0.1",
            "--log-facility=/dev/null",
            root.as_str(),
        ],
        _ => vec![me.as_str(), "files", state.as_str()],
    };
    Ok(Serving::start(host, &words, &folder.join(format!("{name}.log"))))
}

fn put(page: &mut String, outcomes: &[Outcome]) {
    page.push_str(
        "| | all done, s | p50 ms | p99 ms | said again | not served | CPU µs a client \
         | one client, MB/s | window |\n|---|---|---|---|---|---|---|---|---|\n",
    );
    for one in outcomes {
        let Outcome { name, many, cpu_us, large } = one;
        let _ = writeln!(
            page,
            "| {name} | {:.2} | {:.1} | {:.1} | {} | {} | {cpu_us:.0} | {:.1} | {} |",
            number(many, "seconds"),
            number(many, "p50") / 1_000.0,
            number(many, "p99") / 1_000.0,
            many["again"],
            many["failed"],
            speed(large),
            large["window"],
        );
    }
    let Some((ours, peers)) = outcomes.split_first() else { return };
    for peer in peers {
        let ratio = |a: f64, b: f64| a / b.max(f64::MIN_POSITIVE);
        let of = |name| ratio(number(&ours.many, name), number(&peer.many, name));
        let _ = writeln!(
            page,
            "| ours / {} | {:.2} | {:.2} | {:.2} | | | {:.2} | {:.2} | |",
            peer.name,
            of("seconds"),
            of("p50"),
            of("p99"),
            ratio(ours.cpu_us, peer.cpu_us),
            ratio(speed(&ours.large), speed(&peer.large)),
        );
    }
}

fn speed(large: &Value) -> f64 {
    (TIMES * LARGE.1) as f64 / 1e6 / number(large, "seconds").max(f64::MIN_POSITIVE)
}

fn number(value: &Value, name: &str) -> f64 {
    value[name].as_f64().unwrap_or(0.0)
}
