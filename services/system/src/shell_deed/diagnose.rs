//! What a technician needs, in one tar.gz: what the caller knows (health, settings), what the
//! machine's own tools say. Nothing of it is a secret: no database, no key, no code, and lines of
//! the log come from services that log none.

use std::collections::BTreeMap;
use std::io::{BufWriter, Write as _};

use anyhow::Context as _;
use chassis::clock::Clock;
use flate2::Compression;
use flate2::write::GzEncoder;

use super::copy::Handover;
use super::grounds::Grounds;
use super::{pack, program};
use crate::backup::archive::BLOCK;
use crate::deed::{Outcome, Report};

/// The name of the file in the exchange directory: there is one at a time.
const NAME: &str = "ivm-diagnostics.tar.gz";
const SECONDS: u32 = 30;
/// What is asked, and where the answer stands.
const QUESTIONS: [(&str, &[&str]); 12] = [
    (
        "journal.txt",
        &[
            "journalctl",
            "--no-pager",
            "--unit=ivm-*",
            "--lines=20000",
            "--output=short-iso-precise",
        ],
    ),
    ("journal-warnings.txt", &["journalctl", "--no-pager", "--priority=warning", "--lines=2000"]),
    ("units.txt", &["systemctl", "--no-pager", "--full", "--lines=20", "status", "ivm-*"]),
    ("failed.txt", &["systemctl", "--no-pager", "--failed"]),
    ("start.txt", &["systemd-analyze", "--no-pager", "blame"]),
    ("network.txt", &["networkctl", "--no-pager", "status", "--all"]),
    ("addresses.txt", &["ip", "address"]),
    ("routes.txt", &["ip", "route", "show", "table", "all"]),
    ("disk.txt", &["df", "--human-readable"]),
    ("memory.txt", &["cat", "/proc/meminfo"]),
    ("kernel.txt", &["uname", "--all"]),
    ("slots.txt", &["rauc", "status", "--detailed"]),
];

pub(super) fn collect(
    grounds: &Grounds,
    files: &BTreeMap<String, String>,
    tell: &mut dyn FnMut(Report),
) -> anyhow::Result<Outcome> {
    let handover = Handover::begin(grounds, NAME)?;
    match write(grounds, &handover, files, tell) {
        Ok(()) => handover.end(grounds)?,
        Err(error) => {
            handover.give_up();
            return Err(error);
        }
    }
    Ok(Outcome { file: Some(NAME.to_owned()), ..Outcome::of("The diagnostics are collected.") })
}

fn write(
    grounds: &Grounds,
    handover: &Handover,
    files: &BTreeMap<String, String>,
    tell: &mut dyn FnMut(Report),
) -> anyhow::Result<()> {
    let seconds = Clock::start().unix_millis() / 1000;
    let mut out = GzEncoder::new(BufWriter::new(&handover.file), Compression::default());
    let mut add = |name: &str, text: &str| {
        let path = format!("ivm-diagnostics/{name}");
        pack::add(&mut out, &path, text.len() as u64, seconds, &mut text.as_bytes())
    };
    add("version.txt", &format!("{}\n", grounds.version))?;
    for (name, text) in files {
        add(name, text)?;
    }
    // A machine that is not managed is not ours to tell about.
    let questions = if grounds.is_managed() { &QUESTIONS[..] } else { &QUESTIONS[8..11] };
    for (at, (name, words)) in questions.iter().enumerate() {
        let percent = u8::try_from(5 + 90 * at / questions.len()).unwrap_or(95);
        tell(Report::Progress { percent, words: format!("Asking: {}.", words[0]) });
        let text = match program::hear(SECONDS, words) {
            Ok(said) if said.errors.is_empty() => said.out,
            Ok(said) => format!("{}\n{}", said.out, said.errors),
            Err(error) => format!("{error:#}\n"),
        };
        add(name, &text)?;
    }
    out.write_all(&[0; 2 * BLOCK])?;
    out.finish()?.flush().context("the diagnostics cannot be written")
}
