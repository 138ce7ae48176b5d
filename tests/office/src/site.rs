//! An office with a network of its own, in which the appliance serves telephones, and the DHCP
//! clients that are plugged in there.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use serde_json::{Value, json};

use crate::appliance::Appliance;
use crate::dhcp::Ear;
use crate::lan::{Host, Lan};
use crate::person::Person;
use crate::programs::{program, run};
use crate::wait;

const PATIENCE: Duration = Duration::from_secs(40);
/// Where people's terminals find the appliance.
const SERVER: &str = "192.168.50.1:4431";
/// A locally administered card.
const COMPUTER: [u8; 3] = [0x02, 0x00, 0x5e];

/// An appliance at 192.168.50.1 in a network of its own.
#[derive(Debug)]
pub struct Site {
    /// The network.
    pub lan: Lan,
    /// The appliance.
    pub appliance: Appliance,
    host: Host,
}

impl Site {
    /// Starts it; nobody gets an address yet.
    #[must_use]
    pub fn open() -> Self {
        let mut lan = Lan::new();
        let host = lan.host(COMPUTER);
        host.set_address("192.168.50.1/24");
        // Telephones are told the ports, so they are the usual ones.
        let ports = ["--objects-port", "4431", "--https-port", "443", "--http-port", "80"];
        let arguments = [&["--phones", "--bind", "0.0.0.0"][..], &ports].concat();
        let appliance = Appliance::start_on(host.within(), &arguments);
        Self { lan, appliance, host }
    }

    /// Starts it with addresses for telephones, each of which is approved as it comes.
    #[must_use]
    pub fn with_telephones() -> Self {
        let site = Self::open();
        site.set("voice", 100, 199, &json!([]));
        site.until("giving");
        site.control(&["phone", "approve-all", "--minutes", "30"]);
        site
    }

    /// Adds a person who joins from a terminal beside the appliance, and stays logged in there.
    ///
    /// # Panics
    /// Something is refused.
    #[must_use]
    pub fn person(&self, name: &str) -> Person {
        let code = self.appliance.invite(name);
        let person = Person::new(self.appliance.folder(), name).within(self.host.within());
        let password = person.password_file();
        let words = ["join", &code, "--server", SERVER, "--password-file", &password];
        person.ivm(&words).and(&["--fingerprint", &self.appliance.fingerprint()]).succeeds();
        person
    }

    /// Gives the appliance another address, such as `192.168.48.1/20`.
    pub fn is_also_at(&self, address: &str) {
        self.host.set_address(address);
    }

    /// Listens to what the appliance hears and says of DHCP.
    #[must_use]
    pub fn listen(&self) -> Ear {
        Ear::at(&self.host, self.appliance.folder())
    }

    /// Runs `appliancectl`; what it says, as JSON.
    ///
    /// # Panics
    /// It is refused.
    pub fn control(&self, words: &[&str]) -> Value {
        let mut command = Command::new(program("appliancectl"));
        command.arg("--state").arg(self.appliance.state()).arg("--json").args(words);
        let output = run(&mut command, PATIENCE);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{words:?}: {said}\n{}", self.appliance.logged());
        serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
    }

    /// Gives addresses from 192.168.50.`first` to `last`, in this mode, and these reservations.
    pub fn set(&self, mode: &str, first: u8, last: u8, reserved: &Value) {
        let pool = |last: u8| format!("192.168.50.{last}");
        let dhcp = json!({
            "mode": mode,
            "subnets": [{
                "network": "192.168.50.0/24",
                "pools": [{ "first": pool(first), "last": pool(last) }],
                "routers": ["192.168.50.1"],
                "dns": ["192.168.50.1"],
                "domain": "office.example",
                "reservations": reserved,
            }],
        });
        self.control(&["settings", "set", "dhcp", &dhcp.to_string()]);
    }

    /// Waits until the DHCP server does that.
    pub fn until(&self, doing: &str) {
        wait::until(doing, PATIENCE, || {
            (self.control(&["dhcp", "status"])["doing"] == doing).then_some(())
        });
    }

    /// The lease of a host.
    ///
    /// # Panics
    /// Leases are no list.
    #[must_use]
    pub fn lease(&self, host: &Host) -> Option<Value> {
        let leases = self.control(&["dhcp", "leases"])["leases"].take();
        let all = leases.as_array().expect("a list").clone();
        all.into_iter().find(|lease| lease["mac"] == host.mac().as_str())
    }
}

/// Runs a program on a host to its end; what it says.
///
/// # Panics
/// It fails.
pub fn ask(host: &Host, words: &[&str]) -> String {
    let output = host.run(words);
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{words:?}: {said}");
    said
}

/// Runs ISC dhclient as a device of this kind; what it was told, as it writes it down.
///
/// # Panics
/// It gets no address.
#[must_use]
pub fn dhclient(host: &Host, folder: &Path, class: &str) -> String {
    dhclient_asking(host, folder, class, "tftp-server-name")
}

/// The same, asking for this option too: `ivm-150` and `ivm-160` are those that have no name.
///
/// # Panics
/// It gets no address.
#[must_use]
pub fn dhclient_asking(host: &Host, folder: &Path, class: &str, option: &str) -> String {
    let path =
        |end: &str| folder.join(format!("dhclient-{}.{end}", host.mac())).display().to_string();
    let (config, leases, pid) = (path("conf"), path("leases"), path("pid"));
    let words = format!(
        "option ivm-150 code 150 = ip-address;\noption ivm-160 code 160 = text;\n\
         send vendor-class-identifier \"{class}\";\n\
         request subnet-mask, routers, {option};\n"
    );
    std::fs::write(&config, words).expect("written");
    let files = ["-cf", &config, "-lf", &leases, "-pf", &pid, "-sf", "/bin/true", "eth0"];
    ask(host, &[&["dhclient", "-1", "-4"][..], &files].concat());
    // It writes its file anew when it starts; then it goes on in the background, to renew.
    let told = wait::until("what dhclient was told", PATIENCE, || {
        let text = std::fs::read_to_string(&leases).ok()?;
        text.trim_end().ends_with('}').then_some(text)
    });
    drop(host.run(&["sh", "-c", &format!("kill $(cat {pid})")]));
    told
}

/// What failed is found in the log.
impl Drop for Site {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("{}", self.appliance.logged());
        }
    }
}
