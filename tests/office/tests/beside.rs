//! An office whose router gives the addresses (dnsmasq): the appliance gives none, and telephones
//! come to their lines all the same.

use std::time::Duration;

use office::dhcp::{dnsmasq, peer, script, udhcpc};
use office::files::{fetch, value};
use office::lan::Host;
use office::programs::Running;
use office::site::{Site, ask, dhclient};
use office::telephone;
use office::wait;
use serde_json::{Value, json};

const PATIENCE: Duration = Duration::from_secs(40);
const COMPUTER: [u8; 3] = [0x02, 0x00, 0x5e];
const YEALINK: [u8; 3] = [0x00, 0x15, 0x65];
const SNOM: [u8; 3] = [0x00, 0x04, 0x13];
const APPLIANCE: &str = "192.168.50.1";
const ROUTER: &str = "192.168.50.254";

/// An office with a router.
fn office() -> (Site, Host) {
    let mut site = Site::open();
    let router = site.lan.host(COMPUTER);
    router.set_address(&format!("{ROUTER}/24"));
    (site, router)
}

/// The same where the router gives addresses before the appliance is told anything.
fn office_with_server() -> (Site, Host, Running) {
    let (site, router) = office();
    let running = dnsmasq(&router, "/dev/null");
    (site, router, running)
}

/// What the router has to be told, in the words of this program.
fn snippet(site: &Site, program: &str) -> String {
    let found = site.control(&["dhcp", "snippet"]);
    assert_eq!(found["address"], APPLIANCE);
    let all = found["snippets"].as_array().expect("a list");
    let one = all.iter().find(|one| one["name"] == program).expect("one for it");
    one["text"].as_str().expect("lines").to_owned()
}

/// A telephone with an address of the router's.
struct Guest {
    host: Host,
    address: String,
    agent: &'static str,
}

impl Guest {
    fn plug_in(site: &mut Site, maker: [u8; 3], agent: &'static str) -> Self {
        let host = site.lan.host(maker);
        let told = dhclient(&host, site.appliance.folder(), agent);
        assert!(told.contains("dhcp-server-identifier 192.168.50.254"), "{told}");
        let address = told.rsplit("fixed-address ").next().and_then(|rest| rest.split(';').next());
        let address = address.expect("an address").to_owned();
        host.set_address(&format!("{address}/24"));
        let known = wait::until("it is seen at its address", PATIENCE, || {
            telephone::of(site, &host).filter(|phone| phone["address"] == address.as_str())
        });
        assert_eq!(known["trust"], "awaiting");
        Self { host, address, agent }
    }

    /// `001565000002`.
    fn name(&self) -> String {
        self.host.mac().replace(':', "")
    }

    /// Asks all around where its files are, as its maker's phones do; the URL that it is told.
    fn ask_all(&self, vendor: &str, model: &str) -> String {
        let (script, name) = (peer("newphone.py"), self.name());
        let words = ["python3", &script, &self.address, &name, vendor, model, "20"];
        let said: Value = serde_json::from_str(&ask(&self.host, &words)).expect("JSON");
        assert_eq!(said["answer"], "SIP/2.0 200 OK", "{said}");
        let notify = &said["notify"];
        assert_eq!(
            (&notify["source"], &notify["event"]),
            (&json!(APPLIANCE), &json!("ua-profile"))
        );
        assert_eq!(notify["type"], "application/url");
        notify["url"].as_str().expect("a URL").to_owned()
    }

    fn fetch(&self, url: &str) -> String {
        let (status, file) = fetch(&self.host, self.agent, url);
        assert_eq!(status, 200, "{url}: {file}");
        file
    }
}

fn is_served(host: &Host, script: &str) -> bool {
    host.run(&udhcpc(script, &[])).status.success()
}

// rows 111, 112, 114
#[test]
fn beside_a_router_a_yealink_finds_its_line_by_multicast_and_the_appliance_offers_nothing() {
    let (mut site, _router, mut running) = office_with_server();
    let ear = site.listen();
    site.until("observing");
    let phone = Guest::plug_in(&mut site, YEALINK, "Yealink SIP-T46S 66.84.0.10");
    let url = phone.ask_all("yealink", "T46S");
    assert!(url.starts_with("http://192.168.50.1/p/") && url.len() > 50, "{url}");
    let own = format!("{}.cfg", phone.name());
    let before = phone.fetch(&format!("{url}{own}"));
    assert_eq!(value(&before, "account.1.password"), None, "{before}");
    site.control(&["phone", "approve", &phone.host.mac()]);
    let plain = phone.fetch(&format!("{url}{own}"));
    assert_eq!(value(&plain, "account.1.password"), None, "not where everybody can read it");
    let secure = value(&plain, "static.auto_provision.server.url").expect("where to come");
    let after = phone.fetch(&format!("{secure}{own}"));
    let password = value(&after, "account.1.password").expect("a password");
    let login = (value(&after, "account.1.user_name").expect("a name"), password);
    let _line = telephone::baresip(&site, &phone.host, login, "udp");
    wait::until("its line", telephone::PATIENCE, || {
        telephone::of(&site, &phone.host).filter(|phone| phone["is_registered"] == true)
    });
    // What the settings say changes nothing as long as the router is heard.
    site.set("sole", 100, 199, &json!([]));
    site.until("stood-down");
    let script = script(site.appliance.folder());
    let computer = site.lan.host(COMPUTER);
    assert!(is_served(&computer, &script) && site.lease(&computer).is_none());
    assert_eq!(site.control(&["dhcp", "status"])["foreign"][0]["address"], ROUTER);
    // Without the router nobody gets an address, until the administrator says so.
    running.kill();
    let late = site.lan.host(COMPUTER);
    assert!(!is_served(&late, &script), "nobody has said that we may");
    assert!(ear.heard("discover").iter().any(|said| said["mac"] == late.mac().as_str()));
    assert_eq!((ear.count("offer", APPLIANCE), ear.count("ack", APPLIANCE)), (0, 0));
    assert!(ear.count("offer", ROUTER) > 0, "and we have listened well");
    site.control(&["dhcp", "probe", "--resume"]);
    site.until("giving");
    assert!(is_served(&late, &script) && site.lease(&late).is_some());
    assert!(ear.count("offer", APPLIANCE) > 0);
}

// rows 111, 112, 114
#[test]
fn a_router_that_is_gone_is_not_replaced_before_the_settings_say_sole_and_a_snom_is_served() {
    let (mut site, _router, mut running) = office_with_server();
    let ear = site.listen();
    let phone = Guest::plug_in(&mut site, SNOM, "snomD785");
    let url = phone.ask_all("snom", "snomD785");
    let list = phone.fetch(&url);
    assert!(url.ends_with(&format!("snomD785-{}.htm", phone.name().to_uppercase())), "{url}");
    let own = list.split("url=\"").nth(1).and_then(|rest| rest.split('"').next());
    let own = own.expect("its own file").to_owned();
    site.control(&["phone", "approve", &phone.host.mac()]);
    let plain = phone.fetch(&own);
    let pass = "<user_pass idx=\"1\" perm=\"R\">";
    assert!(plain.contains(&format!("{pass}</user_pass>")), "not where all can read it: {plain}");
    let file = phone.fetch(&own.replace("http://", "https://"));
    assert!(file.contains(pass) && !file.contains(&format!("{pass}</")), "{file}");
    running.kill();
    let script = script(site.appliance.folder());
    let late = site.lan.host(COMPUTER);
    assert!(!is_served(&late, &script));
    site.appliance.kill();
    site.appliance.restart_on(&["--phones", "--bind", "0.0.0.0", "--http-port", "80"]);
    site.until("observing");
    assert!(!is_served(&late, &script), "a restart is no word for it either");
    let by_us = |kind| ear.count(kind, APPLIANCE);
    assert_eq!((by_us("offer"), by_us("ack"), by_us("nak")), (0, 0, 0));
    site.set("sole", 100, 199, &json!([]));
    site.until("giving");
    assert!(is_served(&late, &script) && by_us("offer") > 0);
}

/// A card and what it says of itself: a telephone of each kind, by what it says or by its card, and
/// a computer.
const KINDS: [&str; 16] = [
    "02:00:5e:09:00:01=Cisco SPA504G",
    "02:00:5e:09:00:02=Cisco Systems, Inc. IP Phone CP-8841-3PCC",
    "02:00:5e:09:00:03=Cisco Systems, Inc. IP Phone CP-7941G",
    "02:00:5e:09:00:04=Polycom-VVX",
    "00:04:f2:09:00:05=",
    "02:00:5e:09:00:06=yealink",
    "00:0b:82:09:00:07=",
    "00:04:13:09:00:08=snomD785",
    "02:00:5e:09:00:09=AastraIPPhone6867i",
    "0c:38:3e:09:00:0a=",
    "00:80:f0:09:00:0b=Panasonic",
    "c8:1f:ea:09:00:0c=",
    "02:00:5e:09:00:0d=ictouch.0",
    "3c:28:a6:09:00:0e=alcatel.sip.0",
    "3c:28:a6:09:00:0f=",
    "02:00:5e:09:00:10=MSFT 5.0",
];

// rows 111, 114
#[test]
fn a_router_with_the_lines_that_were_copied_tells_each_kind_what_the_appliance_would() {
    let (mut site, router) = office();
    let config = site.appliance.folder().join("dnsmasq.conf");
    std::fs::write(&config, snippet(&site, "dnsmasq")).expect("written");
    let _running = dnsmasq(&router, &config.display().to_string());
    let crowd = site.lan.host(COMPUTER);
    let script = peer("asks.py");
    let words = [&["python3", &script, ROUTER, APPLIANCE][..], &KINDS].concat();
    let log = site.appliance.folder().join("told");
    let _asking = crowd.start_telling(&words, &log);
    let pairs: Vec<[Value; 2]> = wait::until("what they are told", PATIENCE * 3, || {
        serde_json::from_str(&std::fs::read_to_string(&log).ok()?).ok()
    });
    for (kind, [mut theirs, ours]) in KINDS.into_iter().zip(pairs) {
        // Where we name no server, it names itself.
        if ours["next"] == "0.0.0.0" {
            theirs["next"] = ours["next"].clone();
        }
        // dnsmasq ends a server's name with a zero, which RFC 2132 has clients put up with.
        let name = theirs["66"].as_str().and_then(|name| name.strip_suffix("00"));
        if let Some(name) = name.map(str::to_owned) {
            theirs["66"] = json!(name);
        }
        assert_eq!(theirs, ours, "{kind}");
        let count = ours.as_object().expect("options").len();
        assert_eq!(count > 1, !kind.ends_with("MSFT 5.0"), "{kind}: {ours}");
    }
}

// rows 111, 112, 114
#[test]
fn a_yealink_comes_to_its_own_folder_from_what_the_router_tells_all_of_them() {
    let (mut site, router) = office();
    let config = site.appliance.folder().join("dnsmasq.conf");
    std::fs::write(&config, snippet(&site, "dnsmasq")).expect("written");
    let _running = dnsmasq(&router, &config.display().to_string());
    let phone = Guest::plug_in(&mut site, YEALINK, "yealink");
    let told = dhclient(&phone.host, site.appliance.folder(), "yealink");
    let url = "http://192.168.50.1/p/";
    assert!(told.contains(&format!("option tftp-server-name \"{url}\"")), "{told}");
    let own = format!("{}.cfg", phone.name());
    let before = phone.fetch(&format!("{url}{own}"));
    assert_eq!(value(&before, "account.1.password"), None, "{before}");
    site.control(&["phone", "approve", &phone.host.mac()]);
    let lead = phone.fetch(&format!("{url}{own}"));
    assert_eq!(value(&lead, "account.1.password"), None, "it shows no token yet");
    let secure = value(&lead, "static.auto_provision.server.url").expect("its own folder");
    assert!(secure.starts_with("https://192.168.50.1") && secure.len() > 50, "{secure}");
    let file = phone.fetch(&format!("{secure}{own}"));
    assert!(value(&file, "account.1.password").is_some(), "{file}");
}

// row 111
#[test]
fn kea_reads_what_is_copied_for_it() {
    let (site, router) = office();
    let base = "\"lease-database\": { \"type\": \"memfile\", \"persist\": false },";
    let text = format!("{{ \"Dhcp4\": {{ {base}\n{}\n}} }}\n", snippet(&site, "kea"));
    let config = site.appliance.folder().join("kea.conf");
    std::fs::write(&config, text).expect("written");
    ask(&router, &["kea-dhcp4", "-t", &config.display().to_string()]);
}
