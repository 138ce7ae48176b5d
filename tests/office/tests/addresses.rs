//! The DHCP server and the clients that offices have, in network namespaces: BusyBox's udhcpc, ISC
//! dhclient, dhcpcd; a foreign server (dnsmasq); a device that uses an address without asking.

use office::dhcp::{dnsmasq, script, udhcpc};
use office::site::{Site, ask, dhclient};
use serde_json::json;

/// A locally administered card.
const COMPUTER: [u8; 3] = [0x02, 0x00, 0x5e];
/// Yealink's.
const YEALINK: [u8; 3] = [0x00, 0x15, 0x65];

// row 111
#[test]
fn three_kinds_of_clients_get_addresses_and_keep_them_over_a_crash() {
    let mut office = Site::open();
    let [one, two, three] = [COMPUTER, COMPUTER, COMPUTER].map(|maker| office.lan.host(maker));
    let reserved = json!([{ "mac": three.mac(), "address": "192.168.50.20", "name": "printer" }]);
    office.set("sole", 100, 199, &reserved);
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
    let mut office = Site::open();
    let phone = office.lan.host(YEALINK);
    let computer = office.lan.host(COMPUTER);
    office.set("voice", 100, 199, &json!([]));
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
    let mut office = Site::open();
    let squatter = office.lan.host(COMPUTER);
    squatter.set_address("192.168.50.100/24");
    let client = office.lan.host(COMPUTER);
    office.set("sole", 100, 110, &json!([]));
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
    let mut office = Site::open();
    let router = office.lan.host(COMPUTER);
    router.set_address("192.168.50.254/24");
    let mut running = dnsmasq(&router, "/dev/null");
    office.set("sole", 100, 199, &json!([]));
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
    let _running = dnsmasq(&router, "/dev/null");
    let third = office.lan.host(COMPUTER);
    ask(&third, &udhcpc(&script, &[]));
    office.until("stood-down");
    office.appliance.kill();
    office.appliance.restart_on(&["--phones", "--bind", "0.0.0.0", "--http-port", "80"]);
    office.until("stood-down");
}
