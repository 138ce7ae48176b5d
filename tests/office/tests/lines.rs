//! The lines of desk telephones: baresip registers with the account from the file that it fetched.

use std::fs;
use std::time::Duration;

use office::lan::Host;
use office::programs::Running;
use office::site::{Site, ask, dhclient};
use office::wait;
use serde_json::{Value, json};

/// baresip gives up at a digest that it does not know, and comes again after a minute.
const PATIENCE: Duration = Duration::from_secs(120);
const GRANDSTREAM: [u8; 3] = [0x00, 0x0b, 0x82];

/// A Grandstream: its files come by HTTP.
struct Telephone {
    host: Host,
    user: String,
    password: String,
}

fn of(site: &Site, host: &Host) -> Option<Value> {
    let phones = site.control(&["phone", "list"])["phones"].take();
    let all = phones.as_array().expect("a list").clone();
    all.into_iter().find(|phone| phone["mac"] == host.mac().as_str())
}

impl Telephone {
    /// From being plugged in to its account.
    fn start(site: &mut Site) -> Self {
        let host = site.lan.host(GRANDSTREAM);
        let folder = site.appliance.folder().to_owned();
        let class = "Grandstream GXP2170";
        let url = wait::until("it is told its folder", PATIENCE, || {
            let told = dhclient(&host, &folder, class);
            let address = told.rsplit("fixed-address ").next()?.split(';').next()?.to_owned();
            if host.addresses().is_empty() {
                host.set_address(&format!("{address}/24"));
            }
            let url = told.rsplit("tftp-server-name \"").next()?.split('"').next()?.to_owned();
            (url.len() > 50).then_some(url)
        });
        let name = host.mac().replace(':', "");
        let url = format!("{url}cfg{name}.xml");
        let file = wait::until("its file with its secrets", PATIENCE, || {
            let said = ask(&host, &["curl", "-s", "-A", class, "--max-time", "10", &url]);
            (!said.contains("<P34></P34>") && said.contains("<P34>")).then_some(said)
        });
        let field = |name: &str| {
            let rest = file.split(&format!("<{name}>")).nth(1).expect("the field is there");
            rest.split('<').next().expect("it ends").to_owned()
        };
        let (user, password) = (field("P35"), field("P34"));
        Self { host, user, password }
    }

    /// baresip with this account; it speaks to the appliance by this transport.
    fn register(&self, site: &Site, password: &str, transport: &str) -> Running {
        let home = site.appliance.folder().join(format!("baresip-{}-{transport}", self.host.mac()));
        fs::create_dir_all(&home).expect("made");
        let user = &self.user;
        let account = format!(
            "<sip:{user}@192.168.50.1;transport={transport}>;auth_user={user};auth_pass={password};regint=60\n"
        );
        fs::write(home.join("accounts"), account).expect("written");
        let config = "module_path /usr/lib/baresip/modules\nmodule_app account.so\n\
                      module g711.so\nsip_listen 0.0.0.0:5060\n";
        fs::write(home.join("config"), config).expect("written");
        let home = home.display().to_string();
        self.host.start(&["baresip", "-4", "-f", &home])
    }

    fn is_registered(&self, site: &Site) -> bool {
        of(site, &self.host).is_some_and(|phone| phone["is_registered"] == true)
    }
}

fn office() -> Site {
    let site = Site::open();
    site.set("voice", 100, 199, &json!([]));
    site.until("giving");
    site.control(&["phone", "approve-all", "--minutes", "30"]);
    site
}

#[test]
fn a_telephone_is_in_service_from_the_file_that_it_fetched_and_from_nowhere_else() {
    let mut site = office();
    let phone = Telephone::start(&mut site);
    assert!(!phone.is_registered(&site));
    let running = phone.register(&site, &phone.password, "udp");
    wait::until("it is in service", PATIENCE, || phone.is_registered(&site).then_some(()));
    let seen = of(&site, &phone.host).expect("it is known");
    assert_eq!((seen["number"].as_str(), seen["trouble"].as_str()), (Some("201"), Some("")));
    let timeline = site.control(&["phone", "timeline", &phone.host.mac()]);
    let steps = timeline["hops"].as_array().expect("a list");
    let last = steps.last().expect("steps");
    assert_eq!(last["step"], "register");
    assert!(last["words"].as_str().is_some_and(|agent| agent.starts_with("baresip")), "{last}");
    // The same account at another desk: it is not in service there, and the office hears of it.
    let thief = Telephone::start(&mut site);
    let stolen =
        Telephone { host: thief.host, user: phone.user.clone(), password: phone.password.clone() };
    let _thief = stolen.register(&site, &stolen.password, "udp");
    let words = "It speaks from another address than it was given.";
    wait::until("the thief is refused", PATIENCE, || {
        let timeline = site.control(&["phone", "timeline", &phone.host.mac()]);
        let steps = timeline["hops"].as_array()?.clone();
        steps.iter().any(|hop| hop["words"] == words).then_some(())
    });
    drop(running);
    assert!(!site.appliance.logged().contains(&phone.password), "no secret is logged");
}

#[test]
fn a_telephone_registers_over_a_stream_too_and_a_wrong_password_is_named() {
    let mut site = office();
    let phone = Telephone::start(&mut site);
    let wrong = phone.register(&site, "not-the-password", "udp");
    wait::until("the trouble is named", PATIENCE, || {
        let seen = of(&site, &phone.host)?;
        seen["trouble"].as_str()?.contains("password").then_some(())
    });
    drop(wrong);
    let _running = phone.register(&site, &phone.password, "tcp");
    wait::until("it is in service", PATIENCE, || phone.is_registered(&site).then_some(()));
}
