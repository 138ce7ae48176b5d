//! Desk telephones in an office's network, as far as their files: each is played by real clients of
//! DHCP, HTTP and TFTP on a host of its own, in the order of its maker.

use office::files::{fetch, value};
use office::lan::Host;
use office::site::{Site, ask, dhclient};
use office::wait;
use serde_json::{Value, json};
use std::time::Duration;

const PATIENCE: Duration = Duration::from_secs(30);
const YEALINK: [u8; 3] = [0x00, 0x15, 0x65];
const GRANDSTREAM: [u8; 3] = [0x00, 0x0b, 0x82];
const CISCO: [u8; 3] = [0x00, 0x1b, 0x54];
const APPLIANCE: &str = "192.168.50.1";

/// An office that gives addresses to telephones.
fn office() -> Site {
    let site = Site::open();
    site.set("voice", 100, 199, &json!([]));
    site.until("giving");
    site
}

/// A telephone with an address, and what it was told.
struct Telephone {
    host: Host,
    told: String,
    /// What it calls itself, in DHCP and in HTTP.
    class: String,
}

impl Telephone {
    fn plug_in(site: &mut Site, maker: [u8; 3], class: &str) -> Self {
        let host = site.lan.host(maker);
        let first = dhclient(&host, site.appliance.folder(), class);
        assert!(first.contains("fixed-address"), "{first}");
        let known = wait::until("the telephone is known", PATIENCE, || {
            site.control(&["phone", "list"])["phones"]
                .as_array()?
                .iter()
                .find(|phone| phone["mac"] == host.mac().as_str())
                .cloned()
        });
        let address = known["address"].as_str().expect("it has an address").to_owned();
        host.set_address(&format!("{address}/24"));
        // It asks once more, as after a restart: then its folder is known.
        let told = wait::until("it is told its folder", PATIENCE, || {
            let told = dhclient(&host, site.appliance.folder(), class);
            let last = told.rsplit("tftp-server-name \"").next()?.split('"').next()?.to_owned();
            (last.len() > 50 || class.starts_with("Cisco")).then_some(told)
        });
        Self { host, told, class: class.to_owned() }
    }

    /// The folder of its files.
    fn folder(&self) -> String {
        let last = self.told.rsplit("option tftp-server-name \"").next().expect("it was told");
        let url = last.split('"').next().expect("it ends").to_owned();
        if url.ends_with('/') { url } else { url + "/" }
    }

    /// `001565000002`.
    fn name(&self) -> String {
        self.host.mac().replace(':', "")
    }

    /// Fetches a file by HTTP or HTTPS; its status and what it holds.
    fn fetch(&self, url: &str) -> (u16, String) {
        fetch(&self.host, &self.class, url)
    }

    fn tftp(&self, name: &str) -> Option<String> {
        let words = ["curl", "-s", "--max-time", "10", &format!("tftp://{APPLIANCE}/{name}")];
        let output = self.host.run(&words);
        output.status.success().then(|| String::from_utf8_lossy(&output.stdout).into_owned())
    }
}

fn steps(site: &Site, telephone: &Telephone) -> Vec<(String, String)> {
    let timeline = site.control(&["phone", "timeline", &telephone.host.mac()]);
    let hops = timeline["hops"].as_array().expect("a list").clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    hops.iter().map(|hop| (text(&hop["step"]), text(&hop["words"]))).collect()
}

// rows 35, 36, 83, 112, 114
#[test]
fn a_yealink_gets_its_line_by_https_once_it_is_approved_and_nobody_else_does() {
    let mut site = office();
    let phone = Telephone::plug_in(&mut site, YEALINK, "yealink");
    let folder = phone.folder();
    assert!(folder.starts_with("http://192.168.50.1/p/") && folder.len() > 50, "{folder}");
    let own = format!("{}.cfg", phone.name());
    for absent in ["y000000000000.boot", "y000000000065.cfg", &format!("{}.boot", phone.name())] {
        assert_eq!(phone.fetch(&format!("{folder}{absent}")).0, 404, "{absent}");
    }
    let (status, before) = phone.fetch(&format!("{folder}{}", own.to_uppercase()));
    assert_eq!(status, 200, "names are matched without case");
    assert_eq!(value(&before, "account.1.password"), None, "{before}");
    let ca = value(&before, "static.trusted_certificates.url").expect("our authority");
    let (status, pem) = phone.fetch(ca);
    assert!(status == 200 && pem.starts_with("-----BEGIN CERTIFICATE-----"), "{pem}");
    let listed = site.control(&["phone", "list"]);
    assert_eq!(listed["phones"][0]["trust"], "awaiting");
    site.control(&["phone", "approve", &phone.host.mac()]);
    let (_, plain) = phone.fetch(&format!("{folder}{own}"));
    assert_eq!(value(&plain, "account.1.password"), None, "not where everybody can read it");
    let secure =
        value(&plain, "static.auto_provision.server.url").expect("where to come").to_owned();
    assert!(secure.starts_with("https://192.168.50.1"), "{secure}");
    let stranger = Telephone::plug_in(&mut site, YEALINK, "yealink");
    let stolen = stranger.fetch(&format!("{secure}{own}"));
    assert!(stolen.0 == 404 || value(&stolen.1, "account.1.password").is_none(), "{stolen:?}");
    let (status, after) = phone.fetch(&format!("{secure}{own}"));
    assert_eq!(status, 200);
    let password = value(&after, "account.1.password").expect("a password").to_owned();
    assert!(password.len() >= 16 && !after.contains("awaiting"), "{after}");
    assert_eq!(value(&after, "account.1.user_name"), Some("201"));
    assert_eq!(value(&after, "account.1.sip_server.1.address"), Some(APPLIANCE));
    let admin = site.control(&["phone", "password", &phone.host.mac()]);
    let menus = admin["password"].as_str().expect("a password");
    assert!(after.contains(&format!("admin:{menus}")), "its own menus have a password, too");
    // Its key opens a list of people, which dials; a stranger's does not.
    let anna = site.person("anna");
    let menu = value(&after, "programablekey.1.value").expect("a page for its key").to_owned();
    let (status, page) = phone.fetch(&menu);
    assert!(status == 200 && page.contains("<YealinkIPPhoneTextMenu>"), "{page}");
    let people = page.split("<URI>").nth(1).and_then(|rest| rest.split('<').next());
    let people = people.expect("the way to the people").to_owned();
    let login = ("201", password.as_str());
    let _line = office::telephone::baresip(&site, &phone.host, login, "udp");
    let listed = wait::until("the people", office::telephone::PATIENCE, || {
        let (_, page) = phone.fetch(&people);
        page.contains("<Prompt>Anna").then_some(page)
    });
    assert!(listed.contains("<URI>Dial:101</URI>"), "{listed}");
    let numbers = site.control(&["phone", "list"])["numbers"].take();
    assert_eq!(numbers, json!([{ "number": 101, "name": "Anna" }]));
    let speech = office::speech::recording("vm-intro");
    let spoken = speech.to_str().expect("UTF-8");
    anna.ivm(&["send", "phone-201", "--file", spoken]).succeeds();
    let inbox = people.replace("ivm-people-0", "ivm-inbox-0");
    wait::until("the message", Duration::from_secs(40), || {
        let (_, page) = phone.fetch(&inbox);
        (page.contains("new Anna") && page.contains("<URI>Dial:100*1</URI>")).then_some(())
    });
    assert_eq!(stranger.fetch(&people).0, 404);
    let steps = steps(&site, &phone);
    let names: Vec<&str> = steps.iter().map(|(step, _)| step.as_str()).collect();
    for step in ["discover", "offer", "ack", "no-file", "file"] {
        assert!(names.contains(&step), "{step} is missing in {steps:?}");
    }
    assert!(!site.appliance.logged().contains(&password), "no secret is logged");
}

// rows 112, 114
#[test]
fn a_cisco_that_can_carry_no_token_fetches_once_by_tftp_and_a_grandstream_by_http() {
    let mut site = office();
    site.control(&["phone", "approve-all", "--minutes", "5"]);
    let cisco = Telephone::plug_in(&mut site, CISCO, "Cisco Systems, Inc. IP Phone CP-7941G");
    assert!(cisco.told.contains("option tftp-server-name \"192.168.50.1\""), "{}", cisco.told);
    let own = format!("SEP{}.cnf.xml", cisco.name().to_uppercase());
    assert_eq!(cisco.tftp("CTLSEP000000000000.tlv"), None);
    let file = cisco.tftp(&own).expect("its file");
    let password = file.split("<authPassword>").nth(1).and_then(|rest| rest.split('<').next());
    let password = password.filter(|password| !password.is_empty()).expect("a password");
    let again = cisco.tftp(&own).unwrap_or_default();
    assert!(!again.contains(password), "once for each approval");
    let phone = Telephone::plug_in(&mut site, GRANDSTREAM, "Grandstream GXP2170");
    let url = phone.folder();
    assert_eq!(phone.fetch(&format!("{url}cfg{}", phone.name())).0, 404, "the binary one");
    let (status, file) = phone.fetch(&format!("{url}cfg{}.xml", phone.name()));
    assert!(status == 200 && file.contains("<P34>") && !file.contains("<P34></P34>"), "{file}");
    let spoofed =
        phone.fetch(&format!("http://{APPLIANCE}/p/{}/cfg{}.xml", "0".repeat(32), phone.name()));
    assert_eq!(spoofed.0, 404, "a wrong token is a folder that is not there");
    let numbers = site.control(&["phone", "list"]);
    let mut numbers: Vec<String> = numbers["phones"]
        .as_array()
        .expect("a list")
        .iter()
        .map(|phone| phone["number"].as_str().unwrap_or_default().to_owned())
        .collect();
    numbers.sort();
    assert_eq!(numbers, ["201", "202"]);
    ask(
        &phone.host,
        &["curl", "-s", "--max-time", "10", "-o", "/dev/null", &format!("http://{APPLIANCE}/")],
    );
}
