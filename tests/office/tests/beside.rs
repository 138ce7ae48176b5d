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

/// An office with a router that gives addresses, which is there before the appliance is told
/// anything.
fn office(config: &str) -> (Site, Host, Running) {
    let mut site = Site::open();
    let router = site.lan.host(COMPUTER);
    router.set_address(&format!("{ROUTER}/24"));
    let running = dnsmasq(&router, config);
    (site, router, running)
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
    let (mut site, _router, mut running) = office("/dev/null");
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
    let (mut site, _router, mut running) = office("/dev/null");
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
