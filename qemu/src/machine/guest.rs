//! A root shell in the guest behind the virtio console, which only development images have.

use std::io::{ErrorKind, Read, Write};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::time::Duration;

use anyhow::{Context, anyhow, bail};

use crate::wait::Deadline;

/// What a command may print.
const LARGEST: usize = 16 << 20;
/// How long one knock waits for the shell.
const KNOCK: Duration = Duration::from_millis(700);
/// What the guest's terminal takes as one line.
const LINE: usize = 3000;

/// What a command has left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Output {
    /// Its status.
    pub status: i32,
    /// What it printed, errors too.
    pub text: String,
}

impl Output {
    /// The text of a command that succeeded.
    ///
    /// # Errors
    /// It failed.
    pub fn good(self) -> anyhow::Result<String> {
        if self.status == 0 {
            return Ok(self.text);
        }
        Err(anyhow!("status {}: {}", self.status, self.text))
    }
}

#[derive(Debug)]
pub(super) struct Guest {
    stream: UnixStream,
    heard: Vec<u8>,
    number: u64,
}

impl Guest {
    /// Knocks until a shell answers.
    pub(super) fn enter(socket: &Path, deadline: &Deadline) -> anyhow::Result<Self> {
        let stream = UnixStream::connect(socket).context("no console")?;
        let mut guest = Self { stream, heard: Vec::new(), number: 0 };
        // A plain shell that prints nothing by itself, in the place of whichever is there.
        let plain = "exec env TERM=dumb PS1= PS2= sh";
        while !deadline.passed() {
            guest.number += 1;
            let sign = format!("knock-{}-heard", guest.number);
            guest.send(&format!("\n{plain}\nstty -echo; echo kn''ock-{}-heard\n", guest.number))?;
            let patience = Deadline::after(KNOCK.min(deadline.left()));
            if guest.read_until(&sign, &patience).is_ok() {
                return Ok(guest);
            }
        }
        bail!("no shell answers in the guest; is it a development image?")
    }

    /// Runs words in a shell of their own.
    pub(super) fn run(&mut self, words: &str, deadline: &Deadline) -> anyhow::Result<Output> {
        if words.lines().any(|line| line.len() > LINE) {
            bail!("a line of more than {LINE} bytes does not fit through the guest's terminal");
        }
        self.number += 1;
        let number = self.number;
        let (begin, end) = (format!("begin-{number}-here"), format!("end-{number}-status-"));
        self.send(&format!(
            "echo beg''in-{number}-here; (\n{words}\n) </dev/null 2>&1; \
             ended=$?; echo; echo e''nd-{number}-status-$ended-\n"
        ))?;
        let mut text = self.read_until(&end, deadline).with_context(|| format!("`{words}`"))?;
        let deadline = Deadline::after(deadline.left().max(KNOCK));
        text += &self.read_until("-", &deadline)?;
        let (_, text) = text.split_once(&begin).context("the shell does not begin")?;
        let (text, status) = text.split_once(&end).context("the shell does not end")?;
        let status = status.trim_end_matches('-').parse().context("the shell tells no status")?;
        let text = text.trim_start_matches('\n').trim_end_matches('\n');
        Ok(Output { status, text: text.to_owned() })
    }

    fn send(&mut self, text: &str) -> anyhow::Result<()> {
        self.stream.write_all(text.as_bytes()).context("the console is gone")
    }

    /// Everything up to and with the sign, without carriage returns.
    fn read_until(&mut self, sign: &str, deadline: &Deadline) -> anyhow::Result<String> {
        let mut bytes = [0; 4096];
        let mut looked = 0;
        loop {
            let start = looked.min(self.heard.len());
            if let Some(at) = find(&self.heard[start..], sign.as_bytes()) {
                let seen: Vec<u8> = self.heard.drain(..start + at + sign.len()).collect();
                return Ok(String::from_utf8_lossy(&seen).into_owned());
            }
            looked = self.heard.len().saturating_sub(sign.len());
            let left = deadline.left();
            if left.is_zero() || self.heard.len() > LARGEST {
                let heard = std::mem::take(&mut self.heard);
                let end = &heard[heard.len().saturating_sub(1000)..];
                bail!("the guest has said only: {}", String::from_utf8_lossy(end));
            }
            self.stream.set_read_timeout(Some(left))?;
            match self.stream.read(&mut bytes) {
                Ok(0) => bail!("the console is gone"),
                Ok(length) => {
                    self.heard.extend(bytes[..length].iter().filter(|byte| **byte != b'\r'));
                }
                Err(error)
                    if matches!(
                        error.kind(),
                        ErrorKind::WouldBlock | ErrorKind::TimedOut | ErrorKind::Interrupted
                    ) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }
}

fn find(heard: &[u8], sign: &[u8]) -> Option<usize> {
    heard.windows(sign.len()).position(|part| part == sign)
}
