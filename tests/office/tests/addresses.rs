//! The DHCP server and the clients that offices have, in network namespaces: BusyBox's udhcpc, ISC
//! dhclient, dhcpcd; a foreign server (dnsmasq); a device that uses an address without asking.

use std::path::Path;
use std::process::Command;
use std::time::Duration;

use office::appliance::Appliance;
use office::lan::{Host, Lan};
use office::programs::{program, run};
use office::wait;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(40);
/// A locally administered card.
const COMPUTER: [u8; 3] = [0x02, 0x00, 0x5e];
/// Yealink's.
const YEALINK: [u8; 3] = [0x00, 0x15, 0x65];

/// An appliance at 192.168.50.1 in a network of its own.
struct Office {
    lan: Lan,
    appliance: Appliance,
    _host: Host,
}

impl Office {
    fn open() -> Self {
        let mut lan = Lan::new();
        let host = lan.host(COMPUTER);
        host.set_address("192.168.50.1/24");
        let ports = ["--port-base", "0", "--http-port", "80"];
        let arguments = [&["--phones", "--bind", "0.0.0.0"][..], &ports].concat();
        let appliance = Appliance::start_on(host.within(), &arguments);
        Self { lan, appliance, _host: host }
    }

    fn control(&self, words: &[&str]) -> Value {
        let mut command = Command::new(program("appliancectl"));
        command.arg("--state").arg(self.appliance.state()).arg("--json").args(words);
        let output = run(&mut command, PATIENCE);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{words:?}: {said}\n{}", self.appliance.logged());
        serde_json::from_slice(&output.stdout).unwrap_or(Value::Null)
    }

    fn set(&self, mode: &str, first: u8, last: u8, reserved: Value) {
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

    /// Waits until the server does that.
    fn until(&self, doing: &str) {
        wait::until(doing, PATIENCE, || {
            (self.control(&["dhcp", "status"])["doing"] == doing).then_some(())
        });
    }

    /// The lease of a host.
    fn lease(&self, host: &Host) -> Option<Value> {
        let leases = self.control(&["dhcp", "leases"])["leases"].take();
        let all = leases.as_array().expect("a list").clone();
        all.into_iter().find(|lease| lease["mac"] == host.mac().as_str())
    }
}

/// Runs a client to its end; it is to have got an address.
fn ask(host: &Host, words: &[&str]) -> String {
    let output = host.run(words);
    let said = String::from_utf8_lossy(&[output.stdout, output.stderr].concat()).into_owned();
    assert!(output.status.success(), "{words:?}: {said}");
    said
}

/// A script for udhcpc that writes down what it was told.
fn script(folder: &Path) -> String {
    let path = folder.join("told.sh");
    let words = "#!/bin/sh\n[ \"$1\" = bound ] || exit 0\nip address add $ip/$mask dev $interface\n\
                 set >\"$0.$interface.$1\"\n";
    std::fs::write(&path, words).expect("written");
    let mut mode = std::fs::metadata(&path).expect("there").permissions();
    std::os::unix::fs::PermissionsExt::set_mode(&mut mode, 0o755);
    std::fs::set_permissions(&path, mode).expect("set");
    path.display().to_string()
}

/// Runs ISC dhclient as a device of this kind; what it was told, as it writes it down.
fn dhclient(host: &Host, folder: &Path, class: &str) -> String {
    let path =
        |end: &str| folder.join(format!("dhclient-{}.{end}", host.mac())).display().to_string();
    let (config, leases, pid) = (path("conf"), path("leases"), path("pid"));
    let words = format!(
        "send vendor-class-identifier \"{class}\";\nrequest subnet-mask, routers, tftp-server-name;\n"
    );
    std::fs::write(&config, words).expect("written");
    let files = ["-cf", &config, "-lf", &leases, "-pf", &pid, "-sf", "/bin/true", "eth0"];
    ask(host, &[&["dhclient", "-1", "-4"][..], &files].concat());
    // It goes on in the background to renew what it has.
    drop(host.run(&["sh", "-c", &format!("kill $(cat {pid})")]));
    std::fs::read_to_string(&leases).expect("it has written it down")
}

fn udhcpc<'w>(script: &'w str, more: &[&'w str]) -> Vec<&'w str> {
    let words = ["busybox", "udhcpc", "-i", "eth0", "-f", "-q", "-n", "-t", "5", "-s", script];
    [&words[..], more].concat()
}

// row 111
#[test]
fn three_kinds_of_clients_get_addresses_and_keep_them_over_a_crash() {
    let mut office = Office::open();
    let [one, two, three] = [COMPUTER, COMPUTER, COMPUTER].map(|maker| office.lan.host(maker));
    let reserved = json!([{ "mac": three.mac(), "address": "192.168.50.20", "name": "printer" }]);
    office.set("sole", 100, 199, reserved);
    office.until("giving");
    let folder = office.appliance.folder().to_owned();
    let script = script(&folder);
    ask(&one, &udhcpc(&script, &[]));
    let told = std::fs::read_to_string(format!("{script}.eth0.bound")).expect("it was told");
    for line in ["router='192.168.50.1'", "dns='192.168.50.1'", "domain='office.example'"] {
        assert!(told.contains(line), "{line} is not in {told}");
    }
    assert!(told.contains("lease='86400'") && told.contains("subnet='255.255.255.0'"), "{told}");
    let kept = dhclient(&two, &folder, "MSFT 5.0");
    assert!(kept.contains("fixed-address 192.168.50.1"), "{kept}");
    let words = ["dhcpcd", "--oneshot", "--ipv4only", "--noarp", "--script", "/bin/true", "eth0"];
    ask(&three, &words);
    assert_eq!(three.addresses(), ["192.168.50.20"], "it was reserved");
    let before = [&one, &two, &three].map(|host| office.lease(host).expect("a lease"));
    assert!(before.iter().all(|lease| lease["state"] == "bound"), "{before:?}");
    office.appliance.kill();
    office.appliance.restart_on(&["--phones", "--bind", "0.0.0.0", "--http-port", "80"]);
    let after = [&one, &two, &three].map(|host| office.lease(host).expect("a lease"));
    assert_eq!(before, after);
    office.until("giving");
    ask(&one, &udhcpc(&script, &[]));
    let again = office.lease(&one).expect("a lease");
    assert_eq!(again["address"], before[0]["address"], "it keeps what it had");
}

// row 111
#[test]
fn a_telephone_is_told_where_its_files_are_and_a_computer_is_not() {
    let mut office = Office::open();
    let phone = office.lan.host(YEALINK);
    let computer = office.lan.host(COMPUTER);
    office.set("voice", 100, 199, json!([]));
    office.until("giving");
    let told = dhclient(&phone, office.appliance.folder(), "yealink");
    assert!(told.contains("option tftp-server-name \"http://192.168.50.1/p/"), "{told}");
    assert!(told.contains("dhcp-lease-time 604800"), "a week for telephones: {told}");
    let told = dhclient(&computer, office.appliance.folder(), "MSFT 5.0");
    assert!(!told.contains("tftp-server-name"), "{told}");
    assert!(told.contains("dhcp-lease-time 86400"), "{told}");
    let lease = office.lease(&phone).expect("a lease");
    assert_eq!(lease["device"], "Yealink");
}

// row 111
#[test]
fn an_address_that_somebody_uses_without_asking_is_given_to_nobody() {
    let mut office = Office::open();
    let squatter = office.lan.host(COMPUTER);
    squatter.set_address("192.168.50.100/24");
    let client = office.lan.host(COMPUTER);
    office.set("sole", 100, 110, json!([]));
    office.until("giving");
    let script = script(office.appliance.folder());
    ask(&client, &udhcpc(&script, &[]));
    assert_eq!(client.addresses(), ["192.168.50.101"]);
    let leases = office.control(&["dhcp", "leases"]);
    assert_eq!(leases["leases"][0]["state"], "quarantined");
    let words = "Another device uses 192.168.50.100, which it was not given.";
    assert_eq!(leases["trouble"], words);
    let health = office.control(&["health"]);
    let alarms = health["alarms"].as_array().expect("a list");
    assert!(alarms.iter().any(|alarm| alarm["name"] == "dhcp-taken"), "{alarms:?}");
    let freed = office.control(&["dhcp", "free", "192.168.50.100"]);
    assert_eq!(freed["leases"][0]["address"], "192.168.50.100");
}

// row 111
#[test]
fn beside_another_server_no_address_is_given_until_somebody_says_so() {
    let mut office = Office::open();
    let router = office.lan.host(COMPUTER);
    router.set_address("192.168.50.254/24");
    let foreign = || {
        let words = ["dnsmasq", "--keep-in-foreground", "--conf-file=/dev/null", "--port=0"];
        let more = ["--user=root", "--leasefile-ro", "--no-ping", "--dhcp-authoritative"];
        let range = ["--dhcp-range=192.168.50.10,192.168.50.60,1h", "--interface=eth0"];
        router.start(&[&words[..], &more, &range].concat())
    };
    let mut running = foreign();
    office.set("sole", 100, 199, json!([]));
    office.until("stood-down");
    let client = office.lan.host(COMPUTER);
    let script = script(office.appliance.folder());
    ask(&client, &udhcpc(&script, &[]));
    assert_eq!(office.lease(&client), None, "we have given nothing");
    let status = office.control(&["dhcp", "status"]);
    assert_eq!(status["foreign"][0]["address"], "192.168.50.254");
    running.kill();
    office.control(&["dhcp", "probe"]);
    office.until("stood-down");
    office.control(&["dhcp", "probe", "--resume"]);
    office.until("giving");
    let second = office.lan.host(COMPUTER);
    ask(&second, &udhcpc(&script, &[]));
    assert!(office.lease(&second).is_some());
    // It comes back: within seconds, and before the next client is served, we stop.
    let _running = foreign();
    let third = office.lan.host(COMPUTER);
    ask(&third, &udhcpc(&script, &[]));
    office.until("stood-down");
    office.appliance.kill();
    office.appliance.restart_on(&["--phones", "--bind", "0.0.0.0", "--http-port", "80"]);
    office.until("stood-down");
}
