//! The state of a running machine in a file, and its disk as it was then: many machines go on from
//! there, each with a thin disk of its own.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, bail};
use serde_json::json;

use super::{Machine, Options};

/// A saved machine.
#[derive(Clone, Debug)]
pub struct Snapshot {
    options: Options,
    state: PathBuf,
    disk: Option<PathBuf>,
}

impl Machine {
    /// Saves the machine, which ends then; its disk must not be used otherwise any more. A panel is
    /// taken out before: it is plugged into each of the machines that go on.
    ///
    /// # Errors
    /// QEMU refuses it, or does not finish in time.
    pub fn save(mut self, state: &Path, patience: Duration) -> anyhow::Result<Snapshot> {
        if self.options.panel {
            self.panel.unplug();
            self.qmp.execute("device_del", json!({ "id": "panel" }))?;
            self.wait("the panel goes", Duration::from_secs(20), |machine| {
                let devices = machine.qmp.human("info usb").ok()?;
                (!devices.contains("Device")).then_some(())
            })?;
            self.options.panel = false;
        }
        self.qmp.execute("stop", json!({}))?;
        let uri = format!("exec:cat > '{}'", state.display());
        self.qmp.execute("migrate", json!({ "uri": uri }))?;
        let status = self.wait("the state is saved", patience, |machine| {
            let told = machine.qmp.execute("query-migrate", json!({})).ok()?;
            let status = told["status"].as_str()?.to_owned();
            matches!(status.as_str(), "completed" | "failed").then_some(status)
        })?;
        if status != "completed" {
            bail!("QEMU cannot save its state");
        }
        let mut options = self.options.clone();
        let disk = options.disk.take();
        self.quit()?;
        Ok(Snapshot { options, state: state.to_owned(), disk })
    }
}

impl Snapshot {
    /// One that was saved earlier: the options of the machine (without its disk), its state, and
    /// its disk.
    #[must_use]
    pub fn open(options: Options, state: PathBuf, disk: Option<PathBuf>) -> Self {
        Self { options, state, disk }
    }

    /// A machine that goes on, with a disk of its own at this place; without the panel, which
    /// [`Machine::plug_panel`] brings. Its clock is that of the past.
    ///
    /// # Errors
    /// QEMU does not start.
    pub fn go_on(&self, overlay: &Path) -> anyhow::Result<Machine> {
        let mut options = self.options.clone();
        if let Some(disk) = &self.disk {
            crate::disk::overlay(disk, "qcow2", overlay)?;
            options.disk = Some(overlay.to_owned());
        }
        if let Some(variables) = &self.options.variables {
            let own = overlay.with_extension("fd");
            std::fs::copy(variables, &own).context("the firmware's variables")?;
            options.variables = Some(own);
        }
        options.incoming = Some(self.state.clone());
        let mut machine = Machine::start(options)?;
        machine.wait("the state is loaded", Duration::from_secs(60), |machine| {
            let told = machine.qmp.execute("query-status", json!({})).ok()?;
            (told["status"] != "inmigrate").then_some(())
        })?;
        machine.qmp.execute("cont", json!({})).context("the machine does not go on")?;
        Ok(machine)
    }
}
