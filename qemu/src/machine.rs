//! A machine: QEMU with an image, a panel, a shell into it, and ports on 127.0.0.1.
//!
//! Everything that waits has a deadline, and whoever waited in vain is shown the end of the
//! serial console and the panel.

mod command;
mod guest;
mod options;
mod snapshot;
mod start;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Child, ExitStatus};
use std::time::Duration;

use anyhow::{Context, anyhow};
use serde_json::{Value, json};
use tempfile::TempDir;

pub use command::escaped;
pub use guest::Output;
pub use options::{Forward, Image, Mode, Options};
pub use snapshot::Snapshot;

use crate::panel::Panel;
use crate::qmp::Qmp;
use crate::wait::Deadline;
use guest::Guest;

/// Lines of the serial console in a complaint.
const TAIL: usize = 30;

/// A machine that runs; it is killed when it is dropped.
#[derive(Debug)]
pub struct Machine {
    options: Options,
    child: Child,
    qmp: Qmp,
    panel: Panel,
    guest: Option<Guest>,
    forwards: Vec<Forward>,
    /// Sockets and logs.
    folder: TempDir,
}

impl Machine {
    /// The panel; plugged in unless the options said otherwise.
    #[must_use]
    pub fn panel(&self) -> &Panel {
        &self.panel
    }

    /// The monitor.
    pub fn qmp(&mut self) -> &mut Qmp {
        &mut self.qmp
    }

    /// The port of this machine that leads to a port of the guest.
    #[must_use]
    pub fn port(&self, guest: u16) -> Option<u16> {
        self.forwards.iter().find(|forward| forward.guest == guest).map(|forward| forward.host)
    }

    /// Its disk as it is now, if it has one.
    #[must_use]
    pub fn disk(&self) -> Option<&Path> {
        self.options.disk.as_deref()
    }

    /// What it is made of.
    #[must_use]
    pub fn options(&self) -> &Options {
        &self.options
    }

    /// Where its sockets and logs are.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The number of QEMU's process.
    #[must_use]
    pub fn pid(&self) -> u32 {
        self.child.id()
    }

    /// All that the serial console has said.
    #[must_use]
    pub fn serial(&self) -> String {
        let bytes = fs::read(self.path("serial.log")).unwrap_or_default();
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// Waits until the serial console has said this.
    ///
    /// # Errors
    /// It has not in time, or QEMU has ended.
    pub fn wait_for_line(&mut self, text: &str, patience: Duration) -> anyhow::Result<()> {
        let what = format!("`{text}` on the serial console");
        self.wait(&what, patience, |machine| machine.serial().contains(text).then_some(()))
    }

    /// Waits until a row of the panel holds this.
    ///
    /// # Errors
    /// None has in time, or QEMU has ended.
    pub fn wait_for_panel(&mut self, text: &str, patience: Duration) -> anyhow::Result<()> {
        let what = format!("`{text}` on the panel");
        self.wait(&what, patience, |machine| machine.panel.picture().shows(text).then_some(()))
    }

    /// Waits until something is so.
    ///
    /// # Errors
    /// It was not in time, or QEMU has ended; with the end of the console and the panel.
    pub fn wait<T>(
        &mut self,
        what: &str,
        patience: Duration,
        mut look: impl FnMut(&mut Self) -> Option<T>,
    ) -> anyhow::Result<T> {
        let mut ended = None;
        let seen = Deadline::after(patience).look(|| {
            let seen = look(self);
            if seen.is_none() {
                ended = self.child.try_wait().ok().flatten();
            }
            seen.map(Some).or(ended.map(|_| None))
        });
        match (seen.flatten(), ended) {
            (Some(seen), _) => Ok(seen),
            (None, Some(status)) => Err(self.complain(&anyhow!("{what}: QEMU ended ({status})"))),
            (None, None) => Err(self.complain(&anyhow!("{what}: not within {patience:?}"))),
        }
    }

    /// An error with what the console and the panel show.
    #[must_use]
    pub fn complain(&self, error: &anyhow::Error) -> anyhow::Error {
        let serial = self.serial();
        let lines: Vec<&str> = serial.lines().collect();
        let tail = lines[lines.len().saturating_sub(TAIL)..].join("\n");
        let said = fs::read_to_string(self.path("qemu.log")).unwrap_or_default();
        let panel = self.panel.picture();
        anyhow!("{error:#}\n--- serial console\n{tail}\n--- QEMU\n{said}--- panel\n{panel}")
    }

    /// Taps a key, and waits until the guest has seen it.
    ///
    /// # Errors
    /// The guest does not look at the keys.
    pub fn tap(&mut self, key: crate::keys::Key) -> anyhow::Result<()> {
        self.panel.tap(key);
        let what = format!("the guest looks at the key {key}");
        self.wait(&what, Duration::from_secs(20), |machine| machine.panel.is_idle().then_some(()))
    }

    /// Executes words of a shell in the guest as root; only development images have that shell.
    ///
    /// # Errors
    /// There is no shell, or the words take too long.
    pub fn shell(&mut self, words: &str, patience: Duration) -> anyhow::Result<Output> {
        let result = self.try_shell(words, patience);
        if result.is_err() {
            self.guest = None;
        }
        result.map_err(|error| self.complain(&error))
    }

    fn try_shell(&mut self, words: &str, patience: Duration) -> anyhow::Result<Output> {
        let deadline = Deadline::after(patience);
        if self.guest.is_none() {
            self.guest = Some(Guest::enter(&self.path("shell.sock"), &deadline)?);
        }
        let guest = self.guest.as_mut().context("no shell")?;
        guest.run(words, &deadline)
    }

    /// Is QEMU gone?
    pub fn has_ended(&mut self) -> bool {
        !matches!(self.child.try_wait(), Ok(None))
    }

    /// Pulls the panel's plug.
    pub fn unplug_panel(&self) {
        self.panel.unplug();
    }

    /// Plugs the panel in, and into a machine that was started without one too.
    ///
    /// # Errors
    /// QEMU refuses it.
    pub fn plug_panel(&mut self) -> anyhow::Result<()> {
        if !self.options.panel {
            let device = json!({ "driver": "usb-redir", "id": "panel", "chardev": "panel" });
            self.qmp.execute("device_add", device)?;
            self.options.panel = true;
        }
        self.panel.plug(&self.path("panel.sock")).context("QEMU does not take the panel")
    }

    /// Pulls the network cable of a card, or puts it back: 0 is the one with the ports, 1 and so on
    /// those at switches.
    ///
    /// # Errors
    /// There is no such card.
    pub fn set_link(&mut self, card: usize, up: bool) -> anyhow::Result<()> {
        let arguments = json!({ "name": format!("nic{card}"), "up": up });
        self.qmp.execute("set_link", arguments).map(|_: Value| ())
    }

    /// Presses the power button, and waits until the machine is off.
    ///
    /// # Errors
    /// It does not go off in time.
    pub fn power_down(&mut self, patience: Duration) -> anyhow::Result<()> {
        self.qmp.execute("system_powerdown", json!({}))?;
        self.wait_for_end(patience).map(|_| ())
    }

    /// Waits until the guest has switched itself off.
    ///
    /// # Errors
    /// It has not in time.
    pub fn wait_for_end(&mut self, patience: Duration) -> anyhow::Result<ExitStatus> {
        let ended = Deadline::after(patience).look(|| self.child.try_wait().ok().flatten());
        ended
            .ok_or_else(|| self.complain(&anyhow!("the machine goes off: not within {patience:?}")))
    }

    /// A power cut: QEMU is killed. What it had not written yet is gone.
    ///
    /// # Errors
    /// It cannot be killed.
    pub fn cut_power(&mut self) -> anyhow::Result<()> {
        self.child.kill()?;
        self.child.wait()?;
        Ok(())
    }

    /// Ends QEMU at once, its disks in order as far as the guest has written them.
    ///
    /// # Errors
    /// It does not end.
    pub fn quit(&mut self) -> anyhow::Result<()> {
        // QEMU may be gone before it answers.
        let _answer = self.qmp.execute("quit", json!({}));
        self.wait_for_end(Duration::from_secs(20)).map(|_| ())
    }

    fn path(&self, name: &str) -> PathBuf {
        self.folder.path().join(name)
    }
}

impl Drop for Machine {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ended = self.cut_power();
    }
}
