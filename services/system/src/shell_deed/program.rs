//! Other programs: started without a shell, with a bound on their time and on what they may say.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::process::{Child, Command, Stdio};

use anyhow::{Context as _, bail};

/// Bytes that are read of what a program says; it loses its voice behind that.
const MOST: u64 = 4 << 20;

/// What a program said, and whether it ended well.
#[derive(Clone, Debug)]
pub(crate) struct Said {
    pub(crate) succeeded: bool,
    pub(crate) out: String,
    pub(crate) errors: String,
}

fn command(seconds: u32, words: &[&str]) -> Command {
    // Our own waiting would need a thread for each pipe and a clock; timeout(1) has both.
    let mut command = Command::new("timeout");
    command.arg("--kill-after=5").arg(seconds.to_string()).args(words);
    command.env("LC_ALL", "C.UTF-8").stdin(Stdio::null());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn spawn(seconds: u32, words: &[&str], stdin: Stdio) -> anyhow::Result<Child> {
    let mut command = command(seconds, words);
    command.stdin(stdin).spawn().with_context(|| format!("{} cannot be started", words[0]))
}

/// Runs a program, whatever comes of it.
pub(crate) fn hear(seconds: u32, words: &[&str]) -> anyhow::Result<Said> {
    gather(spawn(seconds, words, Stdio::null())?)
}

fn gather(mut child: Child) -> anyhow::Result<Said> {
    let errors = child.stderr.take();
    let errors = std::thread::spawn(move || {
        let mut text = Vec::new();
        // What cannot be read was not said.
        let _ = errors.map(|from| from.take(MOST).read_to_end(&mut text));
        String::from_utf8_lossy(&text).into_owned()
    });
    let mut out = Vec::new();
    if let Some(from) = child.stdout.take() {
        from.take(MOST).read_to_end(&mut out)?;
    }
    let status = child.wait()?;
    let errors = errors.join().unwrap_or_default();
    let out = String::from_utf8_lossy(&out).into_owned();
    Ok(Said { succeeded: status.success(), out, errors })
}

/// Runs a program that has to end well.
pub(super) fn run(seconds: u32, words: &[&str]) -> anyhow::Result<String> {
    let said = hear(seconds, words)?;
    ended_well(words, said)
}

/// The same with something on its standard input.
pub(super) fn feed(seconds: u32, words: &[&str], input: &str) -> anyhow::Result<String> {
    let mut child = spawn(seconds, words, Stdio::piped())?;
    if let Some(mut pipe) = child.stdin.take()
        && let Err(error) = pipe.write_all(input.as_bytes())
    {
        log::debug!(error:%; "{} does not listen to the end", words[0]);
    }
    ended_well(words, gather(child)?)
}

fn ended_well(words: &[&str], said: Said) -> anyhow::Result<String> {
    if said.succeeded {
        return Ok(said.out);
    }
    let reason = said.errors.lines().chain(said.out.lines()).rev();
    let reason = reason.map(str::trim).find(|line| !line.is_empty()).unwrap_or("no reason given");
    bail!("{} failed: {reason}", words[0])
}

/// Runs a program and tells each of its lines as it comes; says how it ended.
pub(super) fn follow(
    seconds: u32,
    words: &[&str],
    mut line: impl FnMut(&str),
) -> anyhow::Result<Said> {
    let mut child = spawn(seconds, words, Stdio::null())?;
    let mut lines = Vec::new();
    if let Some(out) = child.stdout.take() {
        for text in BufReader::new(out.take(MOST)).split(b'\n') {
            let text = String::from_utf8_lossy(&text?).into_owned();
            line(&text);
            lines.push(text);
        }
    }
    let mut said = gather(child)?;
    said.out = lines.join("\n");
    Ok(said)
}
