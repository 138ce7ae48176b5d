//! One appliance: a machine, its disk, its API, and people who speak through its ports.

use std::path::Path;
use std::time::Duration;

use anyhow::{Context, ensure};
use office::person::Person;
use qemu::accelerator::Accelerator;
use qemu::machine::{Forward, Machine, Options};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::api::Api;
use crate::{base, image};

/// The appliance's ports: pages, pages without TLS, message objects.
pub const PORTS: [u16; 3] = [443, 80, 4431];
/// How long a start may take without KVM on a busy machine.
pub const START: Duration = Duration::from_secs(240);
/// How long a command in the guest may take.
pub const SHELL: Duration = Duration::from_secs(60);

/// An appliance.
#[derive(Debug)]
pub struct Unit {
    /// The machine; another one after each power cut.
    pub machine: Machine,
    options: Options,
    folder: TempDir,
    api: Option<Api>,
}

/// The options of every machine: the image, the ports, the fastest way to emulate.
///
/// # Errors
/// There is no image.
pub fn options() -> anyhow::Result<Options> {
    let options = Options::new(image::image()?);
    let mut options = PORTS.iter().fold(options, |options, port| options.forward(*port));
    options.accelerator = Accelerator::find();
    Ok(options)
}

impl Unit {
    /// One that was just delivered, with a disk that was never started.
    ///
    /// # Errors
    /// There is no image, or QEMU does not start.
    pub fn delivered(change: impl FnOnce(&mut Options)) -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let mut options = options()?.fresh_disk(&folder.path().join("disk.qcow2"))?;
        change(&mut options);
        let machine = Machine::start(options.clone())?;
        Ok(Self { machine, options, folder, api: None })
    }

    /// One as on a PC (firmware, boot loader, slots) that has started for the first time, is well,
    /// and whose panel asks for the language. It goes on from a snapshot, so it is there at once.
    ///
    /// # Errors
    /// There is no image, or it does not start.
    pub fn started() -> anyhow::Result<Self> {
        let folder = tempfile::tempdir()?;
        let (machine, options) = base::go_on(&folder.path().join("disk.qcow2"))?;
        Ok(Self { machine, options, folder, api: None })
    }

    /// The same after the first run.
    ///
    /// # Errors
    /// See there.
    pub fn set_up() -> anyhow::Result<Self> {
        let mut unit = Self::started()?;
        let told = unit.guest("appliancectl --json setup")?;
        let told: Value = serde_json::from_str(&told)?;
        let code = told["code"].as_str().context("no code")?;
        unit.meet()?.set_up(code)?;
        Ok(unit)
    }

    /// A folder of this unit's test.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The way to its API.
    ///
    /// # Errors
    /// Nobody answers.
    pub fn meet(&mut self) -> anyhow::Result<Api> {
        let port = self.port(443)?;
        let api = match &self.api {
            Some(api) => api.at(port),
            None => Api::meet(self.folder.path(), port)?,
        };
        self.api = Some(api.clone());
        Ok(api)
    }

    /// Waits until its API answers.
    ///
    /// # Errors
    /// It does not in time.
    pub fn wait_for_answer(&mut self) -> anyhow::Result<Api> {
        let api = self.meet()?;
        self.machine.wait("the API answers", START, |_| api.answers().then_some(()))?;
        Ok(api)
    }

    /// The port here that leads to a port there.
    ///
    /// # Errors
    /// None does.
    pub fn port(&self, guest: u16) -> anyhow::Result<u16> {
        self.machine.port(guest).with_context(|| format!("port {guest} is not forwarded"))
    }

    /// One more port here, which leads to a port at another address of the guest.
    ///
    /// # Errors
    /// QEMU refuses it.
    pub fn reach(&mut self, address: &str, port: u16) -> anyhow::Result<u16> {
        let words = format!("hostfwd_add lan0 tcp:127.0.0.1:0-{address}:{port}");
        let said = self.machine.qmp().human(&words)?;
        ensure!(said.trim().is_empty(), "{said}");
        let table = self.machine.qmp().human("info usernet")?;
        let (address, port) = (address.to_owned(), port.to_string());
        let row = table
            .lines()
            .map(|row| row.split_whitespace().collect::<Vec<&str>>())
            .find(|row| row.get(4) == Some(&address.as_str()) && row.get(5) == Some(&port.as_str()))
            .with_context(|| format!("{address} is not forwarded:\n{table}"))?;
        Ok(row.get(3).context("no port")?.parse()?)
    }

    /// Words of a shell, as root; what they print.
    ///
    /// # Errors
    /// They fail.
    pub fn guest(&mut self, words: &str) -> anyhow::Result<String> {
        self.machine.shell(words, SHELL)?.good().with_context(|| words.to_owned())
    }

    /// Waits until the start is over: everything runs, and this version has been confirmed.
    ///
    /// # Errors
    /// Something has failed.
    pub fn wait_for_start(&mut self) -> anyhow::Result<()> {
        let state = self.machine.shell("systemctl is-system-running --wait", START)?.text;
        if state.trim() == "running" {
            return Ok(());
        }
        let failed = self.guest("systemctl --failed --no-legend --plain")?;
        let log = self.guest("journalctl -b -q -p warning --no-pager -o cat | tail -n 20")?;
        anyhow::bail!("{state}: {failed}\n{log}")
    }

    /// The power fails; the disk keeps what had reached it.
    ///
    /// # Errors
    /// QEMU cannot be killed.
    pub fn cut_power(&mut self) -> anyhow::Result<()> {
        self.machine.cut_power()
    }

    /// The power is back.
    ///
    /// # Errors
    /// QEMU does not start.
    pub fn power_on(&mut self) -> anyhow::Result<()> {
        self.options.incoming = None;
        self.options.panel = true;
        // People find it where it was.
        for forward in &mut self.options.forwards {
            let host = self.machine.port(forward.guest).unwrap_or_default();
            *forward = Forward { host, ..*forward };
        }
        self.machine = Machine::start(self.options.clone())?;
        Ok(())
    }

    /// The fingerprint of its authority, as its terminals want it.
    ///
    /// # Errors
    /// The guest does not tell.
    pub fn fingerprint(&mut self) -> anyhow::Result<String> {
        let told: Value = serde_json::from_str(&self.guest("appliancectl --json status")?)?;
        Ok(told["fingerprint"].as_str().context("no fingerprint")?.to_owned())
    }

    /// Adds a person, who joins at once from a terminal on this machine.
    ///
    /// # Errors
    /// Something is refused.
    pub fn person(&mut self, name: &str) -> anyhow::Result<Person> {
        let body = json!({ "name": name, "display": name });
        let invited = self.meet()?.post("/people", &body)?;
        let code = invited["code"].as_str().context("no invitation")?.to_owned();
        let person = Person::new(self.folder.path(), name);
        let fingerprint = self.fingerprint()?;
        let (server, password) = (self.server()?, person.password_file());
        person
            .ivm(&["join", &code, "--server", &server, "--password-file", &password])
            .and(&["--fingerprint", &fingerprint])
            .succeeds();
        Ok(person)
    }

    /// Where terminals connect.
    ///
    /// # Errors
    /// The port is not forwarded.
    pub fn server(&self) -> anyhow::Result<String> {
        Ok(format!("127.0.0.1:{}", self.port(4431)?))
    }
}
