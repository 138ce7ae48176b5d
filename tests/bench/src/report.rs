//! Runs benchmarks in turn and puts the figures into words.

use std::collections::BTreeMap;
use std::fmt::Write;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result, bail};
use tempfile::TempDir;

use crate::relay::{Outcome, ROOM, SPEAKERS};
use crate::server::Server;
use crate::{connect, dhcp, durable, idle, live, live_mumble, process, sip, speech, storm, tftp};

/// The line of the page below which the figures stand.
const MARK: &str = "<!-- figures: everything below is written by `make bench` -->\n";

/// What is to be measured, and with what.
pub(crate) struct Wanted {
    /// Real speech.
    pub(crate) speech: Option<PathBuf>,
    /// The voice pipeline for Node.js.
    pub(crate) wasm: Option<PathBuf>,
    /// Numbers of sections.
    pub(crate) sections: Vec<u8>,
}

/// A section's number and its Markdown.
type Section = (u8, String);

/// Measures.
pub(crate) async fn measure(wanted: &Wanted) -> Result<Vec<Section>> {
    let folder = tempfile::tempdir()?;
    let mut sections = Vec::new();
    for number in wanted.sections.iter().copied() {
        sections.push((number, section(number, wanted, folder.path()).await?));
    }
    Ok(sections)
}

async fn section(number: u8, wanted: &Wanted, folder: &Path) -> Result<String> {
    let mut page = String::new();
    match number {
        1 => {
            eprintln!("durable messages ..");
            put_durable(&mut page, &with_server(async |s| durable::run(s, folder).await).await?);
        }
        2 => {
            eprintln!("live, ours ..");
            let ours = with_server(live::run).await?;
            eprintln!("live, mumble-server ..");
            put_live(&mut page, &ours, &live_mumble::run(folder).await?);
        }
        3 => {
            eprintln!("idle clients ..");
            let (before, after) = with_server(idle::run).await?;
            put_idle(&mut page, before, after);
        }
        4 => {
            eprintln!("connecting ..");
            put_connect(&mut page, &with_server(connect::run).await?);
        }
        5 => {
            eprintln!("voice pipeline ..");
            let speech = wanted.speech.as_ref().context("no --speech")?;
            let wasm = wanted.wasm.as_ref().context("no --wasm")?;
            put_speech(&mut page, &speech::run(speech, wasm, folder)?);
        }
        // These wait for other processes, not for sockets of this one.
        6 => page = tokio::task::block_in_place(|| dhcp::run(folder))?,
        7 => page = tokio::task::block_in_place(|| tftp::run(folder))?,
        8 => page = tokio::task::block_in_place(|| sip::run(folder))?,
        9 => page = tokio::task::block_in_place(|| storm::run(folder))?,
        other => bail!("there is no section {other}"),
    }
    Ok(page)
}

/// Puts new figures in the place of the old ones; sections that were not measured stay.
pub(crate) fn write(page: &Path, measured: &[Section]) -> Result<()> {
    let text = fs::read_to_string(page).with_context(|| format!("read {}", page.display()))?;
    let (words, figures) = text.split_once(MARK).context("the page has no mark for the figures")?;
    let report = merged(figures, measured);
    fs::write(page, format!("{words}{MARK}{report}")).context("write the page")
}

/// The figures of a page with the measured ones among them.
fn merged(figures: &str, measured: &[Section]) -> String {
    let old = figures.split("\n## ").skip(1).filter_map(|section| {
        let number = section.split('.').next()?.parse().ok()?;
        Some((number, format!("## {}\n", section.trim_end())))
    });
    let mut sections: BTreeMap<u8, String> = old.collect();
    sections.extend(measured.iter().map(|(at, text)| (*at, format!("{}\n", text.trim_end()))));
    let sections: Vec<String> = sections.into_values().collect();
    format!("\nMachine: {}.\n\n{}", process::machine(), sections.join("\n"))
}

/// A fresh server for each benchmark, so that none finds another's data.
async fn with_server<T>(run: impl AsyncFnOnce(&Server) -> Result<T>) -> Result<T> {
    let state: TempDir = tempfile::tempdir()?;
    let server = Server::start(state.path())?;
    run(&server).await
}

fn put_durable(page: &mut String, rates: &durable::Rates) {
    let ratio = rates.server / rates.raw;
    line(page, "## 1. Durable messages of 30 KB\n");
    line(page, "| | messages/s | ratio |\n|---|---|---|");
    line(page, &format!("| acknowledged by the server, TLS | {:.0} | {ratio:.2} |", rates.server));
    line(page, &format!("| plain writes, one fdatasync for 32 | {:.0} | 1 |\n", rates.raw));
}

fn put_live(page: &mut String, ours: &Outcome, mumble: &Outcome) {
    line(page, &format!("## 2. Live: {SPEAKERS} speakers, {} listeners each\n", ROOM - 1));
    line(page, "| | heard | p50 ms | p99 ms | CPU µs a forwarded portion |\n|---|---|---|---|---|");
    for (name, outcome) in [("ours", ours), ("mumble-server 1.3", mumble)] {
        let (p50, p99) = (outcome.p50_us as f64 / 1000.0, outcome.p99_us as f64 / 1000.0);
        let (heard, due, cpu) = (outcome.heard, outcome.due, outcome.cpu_us);
        line(page, &format!("| {name} | {heard} of {due} | {p50:.2} | {p99:.2} | {cpu:.1} |"));
    }
    let ratio = |ours: f64, theirs: f64| ours / theirs.max(f64::MIN_POSITIVE);
    let p50 = ratio(ours.p50_us as f64, mumble.p50_us as f64);
    let p99 = ratio(ours.p99_us as f64, mumble.p99_us as f64);
    let cpu = ratio(ours.cpu_us, mumble.cpu_us);
    line(page, &format!("| ratio | | {p50:.2} | {p99:.2} | {cpu:.2} |\n"));
}

fn put_idle(page: &mut String, before: u64, after: u64) {
    let clients = idle::CLIENTS as u64;
    let each = after.saturating_sub(before) as f64 / clients as f64;
    line(page, &format!("## 3. Memory with {clients} idle TLS clients\n"));
    line(page, "| | MiB |\n|---|---|");
    line(page, &format!("| accounts made, nobody connected | {:.1} |", before as f64 / 1024.0));
    line(page, &format!("| all connected | {:.1} |", after as f64 / 1024.0));
    line(page, &format!("| ratio | {:.1} |\n", after as f64 / before.max(1) as f64));
    line(page, &format!("{each:.0} KiB a client.\n"));
}

fn put_connect(page: &mut String, waited: &connect::Waited) {
    let millis = |time: std::time::Duration| time.as_secs_f64() * 1000.0;
    let ratio = millis(waited.delivery) / millis(waited.socket).max(f64::MIN_POSITIVE);
    line(page, "## 4. Twenty waiting messages of 30 KB on connecting\n");
    line(page, "| | ms |\n|---|---|");
    line(page, &format!("| connect, log in, last byte | {:.1} |", millis(waited.whole)));
    line(page, &format!("| check-in to last byte | {:.1} |", millis(waited.delivery)));
    line(
        page,
        &format!("| the same bytes through a plain TCP socket | {:.1} |", millis(waited.socket)),
    );
    line(page, &format!("| ratio of the two last | {ratio:.1} |\n"));
}

fn put_speech(page: &mut String, both: &speech::Both) {
    let seconds = both.speech.as_secs_f64();
    let times = |figure: std::time::Duration| seconds / figure.as_secs_f64();
    line(page, &format!("## 5. Voice pipeline, {seconds:.0} s of speech\n"));
    line(
        page,
        "| | making, × real time | playing, × real time | bytes a second |\n|---|---|---|---|",
    );
    for (name, figures) in [("native", &both.native), ("WebAssembly in Node.js", &both.wasm)] {
        let (making, playing) = (times(figures.making), times(figures.playing));
        let bytes = figures.bytes as f64 / seconds;
        line(page, &format!("| {name} | {making:.0} | {playing:.0} | {bytes:.0} |"));
    }
    let making = both.native.making.as_secs_f64() / both.wasm.making.as_secs_f64();
    let playing = both.native.playing.as_secs_f64() / both.wasm.playing.as_secs_f64();
    line(page, &format!("| ratio | {making:.2} | {playing:.2} | |"));
}

fn line(page: &mut String, text: &str) {
    let _ = writeln!(page, "{text}");
}

#[cfg(test)]
mod tests {
    use super::merged;

    #[test]
    fn what_was_not_measured_stays_and_what_is_new_comes_in_its_order() {
        let old = "\nMachine: another.\n\n## 1. A\n\na\n\n## 3. C\n\nc\n";
        let new = [(2, "## 2. B\n\nb\n\n".to_owned()), (3, "## 3. C\n\nnew\n".to_owned())];
        let page = merged(old, &new);
        let (_, figures) = page.split_once("\n\n").expect("the machine first");
        assert_eq!(figures, "## 1. A\n\na\n\n## 2. B\n\nb\n\n## 3. C\n\nnew\n");
        assert_eq!(merged(&page, &[]), page);
    }
}
