//! The start of a machine.

use std::fs::File;
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use anyhow::{Context, bail};

use super::{Forward, Machine, Options, command};
use crate::accelerator::QEMU;
use crate::panel::Panel;
use crate::qmp::Qmp;
use crate::wait::Deadline;

/// How long QEMU may take to open its monitor on a busy machine.
const START: Duration = Duration::from_secs(30);

impl Machine {
    /// Starts QEMU. The guest boots meanwhile.
    ///
    /// # Errors
    /// QEMU is missing, or refuses something.
    pub fn start(options: Options) -> anyhow::Result<Self> {
        let folder = tempfile::Builder::new().prefix("ivm-qemu-").tempdir()?;
        let arguments = command::arguments(&options, folder.path())?;
        let log = File::create(folder.path().join("qemu.log"))?;
        let mut starting = Command::new(QEMU);
        starting.args(arguments).stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        if options.apart {
            starting.process_group(0);
        }
        let mut child = starting
            .spawn()
            .context("qemu-system-x86_64 cannot be started; the package is qemu-system-x86")?;
        let qmp = match monitor(&mut child, folder.path()) {
            Ok(qmp) => qmp,
            Err(error) => {
                // It may have ended by itself.
                let _ended = child.kill().and_then(|()| child.wait());
                let said = std::fs::read_to_string(folder.path().join("qemu.log"))?;
                return Err(error.context(said));
            }
        };
        let panel = Panel::new(options.glass);
        let guest = None;
        let forwards = Vec::new();
        let mut machine = Self { options, child, qmp, panel, guest, forwards, folder };
        machine.forwards = machine.ports()?;
        if machine.options.panel {
            machine.plug_panel()?;
        }
        Ok(machine)
    }

    /// Asks which ports QEMU has really got.
    fn ports(&mut self) -> anyhow::Result<Vec<Forward>> {
        if self.options.forwards.is_empty() {
            return Ok(Vec::new());
        }
        let table = self.qmp.human("info usernet")?;
        let forwards: Vec<Forward> = table.lines().filter_map(forward).collect();
        if forwards.len() != self.options.forwards.len() {
            bail!("QEMU forwards other ports than it was told:\n{table}");
        }
        Ok(forwards)
    }
}

/// A row of the table: `TCP[HOST_FORWARD]  9  127.0.0.1 18443  10.0.2.15  443  0  0`.
fn forward(row: &str) -> Option<Forward> {
    let mut words = row.split_whitespace();
    words.next().filter(|kind| *kind == "TCP[HOST_FORWARD]")?;
    let words: Vec<&str> = words.collect();
    Some(Forward { host: words.get(2)?.parse().ok()?, guest: words.get(4)?.parse().ok()? })
}

fn monitor(child: &mut Child, folder: &Path) -> anyhow::Result<Qmp> {
    let socket = folder.join("qmp.sock");
    let connected = Deadline::after(START).look(|| {
        let ended = child.try_wait().ok().flatten();
        let connected = Qmp::connect(&socket);
        (connected.is_ok() || ended.is_some()).then_some(connected)
    });
    connected.context("QEMU does not open its monitor")?.context("QEMU does not start")
}

#[cfg(test)]
mod tests {
    use super::{Forward, forward};

    #[test]
    fn rows_of_forwarded_ports_are_read() {
        let row = "  TCP[HOST_FORWARD]  13       127.0.0.1 38551       10.0.2.15   443     0     0";
        assert_eq!(forward(row), Some(Forward { host: 38551, guest: 443 }));
        assert_eq!(forward("  UDP[236 sec]  9  0.0.0.0 1  10.0.2.15 2 0 0"), None);
        assert_eq!(forward("Hub 0 (lan0):"), None);
    }
}
