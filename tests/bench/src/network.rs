//! A network of its own with two hosts: one serves, the other asks. And what runs on them.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use office::lan::{Host, Lan};
use office::programs::{Running, run};
use office::wait;
use serde_json::Value;

use crate::process;

/// Where the servers are.
pub(crate) const SERVER: &str = "10.70.0.1";
/// Where those are who ask.
pub(crate) const CLIENTS: &str = "10.70.255.254";
/// A locally administered card.
const CARD: [u8; 3] = [0x02, 0x00, 0x5e];

/// The network: 10.70.0.0/16.
pub(crate) struct Network {
    /// Who serves.
    pub(crate) server: Host,
    /// Who asks.
    pub(crate) clients: Host,
    _lan: Lan,
}

impl Network {
    /// Makes it.
    pub(crate) fn open() -> Self {
        let mut lan = Lan::new();
        let (server, clients) = (lan.host(CARD), lan.host(CARD));
        server.set_address(&format!("{SERVER}/16"));
        clients.set_address(&format!("{CLIENTS}/16"));
        Self { server, clients, _lan: lan }
    }

    /// All of 10.71.0.0/16 are addresses of the host that asks, behind its own one.
    pub(crate) fn with_many_addresses(self) -> Result<Self> {
        let way = ["ip", "route", "add", "10.71.0.0/16", "via", CLIENTS];
        let own = ["ip", "route", "add", "local", "10.71.0.0/16", "dev", "lo"];
        for (host, words) in [(&self.server, &way[..]), (&self.clients, &own)] {
            let output = host.run(words);
            let said = String::from_utf8_lossy(&output.stderr);
            ensure!(output.status.success(), "{words:?}: {said}");
        }
        Ok(self)
    }
}

/// A server at work; it ends in good order when dropped.
pub(crate) struct Serving(Running);

impl Serving {
    /// Starts it; what it says is added to a log.
    pub(crate) fn start(host: &Host, words: &[&str], log: &Path) -> Self {
        Self(host.start_telling(words, log))
    }

    /// Processor time that it and its children have used, milliseconds.
    pub(crate) fn cpu_ms(&self) -> Result<u64> {
        let child = self.0.0.as_ref().context("the server has ended")?;
        process::tree_cpu_ms(child.id())
    }
}

impl Drop for Serving {
    fn drop(&mut self) {
        self.0.end();
    }
}

/// Runs a part of this program on a host; what it says, as JSON.
pub(crate) fn part(host: &Host, words: &[&str], patience: Duration) -> Result<Value> {
    let me = std::env::current_exe().context("where am I?")?;
    let me = me.to_str().context("the path is no text")?;
    let output = on(host, &[&[me][..], words].concat(), patience);
    let said = String::from_utf8_lossy(&output.stderr);
    ensure!(output.status.success(), "{words:?}: {said}");
    serde_json::from_slice(&output.stdout).context("what a part says is no JSON")
}

/// Runs a command on a host to its end.
pub(crate) fn on(host: &Host, words: &[&str], patience: Duration) -> Output {
    let within = host.within();
    let (first, rest) = within.split_first().map_or(("", &[][..]), |(a, b)| (a.as_str(), b));
    run(Command::new(first).args(rest).args(words), patience)
}

/// Waits until a question is answered.
pub(crate) fn until(what: &str, mut asked: impl FnMut() -> bool) -> Result<()> {
    let patience = Duration::from_secs(15);
    wait::within(patience, || asked().then_some(())).with_context(|| format!("{what}: too late"))
}

/// Is such a program installed? Where it is.
pub(crate) fn program(name: &str) -> Option<PathBuf> {
    let path = std::env::var_os("PATH")?;
    std::env::split_paths(&path)
        .find_map(|folder| Some(folder.join(name)).filter(|path| path.is_file()))
}
