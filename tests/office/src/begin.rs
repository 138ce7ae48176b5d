//! What a telephone does between being plugged in and its account: DHCP, then the files of its
//! maker, by real clients on a host of its own; and how long each of it took.

use std::path::Path;
use std::time::Duration;

use crate::lan::Host;
use crate::maker::{Ask, Maker, Way, value};
use crate::site::{Site, dhclient_asking};
use crate::wait;

/// An approval and what it takes to be seen.
const PATIENCE: Duration = Duration::from_secs(60);
/// A telephone that was told no way, or got no password, begins again after a while.
const AGAIN: Duration = Duration::from_millis(500);

/// A step of a beginning.
#[derive(Clone, Debug)]
pub struct Hop {
    /// What was done, such as the name of a file.
    pub what: String,
    /// What came of it.
    pub result: String,
    /// How long the telephone's side took for it: its program's start and all.
    pub took: Duration,
    /// How much of that it waited for an answer, where its program tells.
    pub ours: Option<Duration>,
}

/// A telephone that has its account.
#[derive(Debug)]
pub struct Begun {
    /// Its user's name.
    pub user: String,
    /// Its password.
    pub password: String,
    /// All that it did, in order.
    pub hops: Vec<Hop>,
}

/// Plays it on a host.
///
/// # Panics
/// It gets no account.
#[must_use]
pub fn begin(site: &Site, host: &Host, maker: &Maker) -> Begun {
    let mut played = Played { host, maker, folder: site.appliance.folder(), hops: Vec::new() };
    let found = wait::within(PATIENCE, || {
        let found = played.way().and_then(|way| played.account(&way));
        if found.is_none() {
            wait::pause(AGAIN);
        }
        found
    });
    let hops = played.hops;
    let Some((user, password)) = found else {
        unreachable!("{} gets no account: {hops:#?}", maker.name);
    };
    Begun { user, password, hops }
}

struct Played<'p> {
    host: &'p Host,
    maker: &'p Maker,
    folder: &'p Path,
    hops: Vec<Hop>,
}

impl Played<'_> {
    /// Asks for an address; where it then goes for its files.
    fn way(&mut self) -> Option<String> {
        let before = wait::now();
        let told = dhclient_asking(self.host, self.folder, self.maker.class, self.maker.option);
        let took = before.elapsed();
        let address = told.rsplit("fixed-address ").next()?.split(';').next()?.to_owned();
        if self.host.addresses().is_empty() {
            self.host.set_address(&format!("{address}/24"));
        }
        let (_, behind) = told.rsplit_once(&format!("option {} ", self.maker.option))?;
        // dhclient writes what a shell would take for a variable with a backslash.
        let way = behind.split(';').next()?.trim_matches('"').replace("\\$", "$");
        let result = format!("{address}, {} {}", self.maker.option, masked(&way));
        self.hops.push(Hop { what: "DHCP".to_owned(), result, took, ours: None });
        Some(way)
    }

    /// Fetches file after file; the account that is in its own one.
    fn account(&mut self, way: &str) -> Option<(String, String)> {
        let way = self.filled(way);
        let (base, first) = match self.maker.way {
            Way::Folder => (format!("{}/", way.trim_end_matches('/')), None),
            Way::Tftp => (format!("tftp://{way}/"), None),
            Way::File => {
                let (folder, name) = way.rsplit_once('/')?;
                (format!("{folder}/"), Some(name.to_owned()))
            }
        };
        let text = self.files(&base, first)?;
        let account = |text: &str| {
            let user = value(self.maker.user, text)?.to_owned();
            Some((user, value(self.maker.password, text)?.to_owned()))
        };
        if let Some(account) = account(&text) {
            return Some(account);
        }
        // It is sent to where nobody listens.
        let moved = self.filled(value(self.maker.moved?, &text)?);
        let text = match moved.strip_suffix('/') {
            Some(_) => self.files(&moved, None)?,
            None => self.fetch(&moved)?,
        };
        account(&text)
    }

    /// The text of its own file.
    fn files(&mut self, base: &str, first: Option<String>) -> Option<String> {
        let mut led = first;
        let mut own = None;
        for ask in self.maker.files {
            match ask {
                Ask::Absent(name) => {
                    let found = self.fetch(&format!("{base}{}", self.filled(name)));
                    assert!(found.is_none(), "{name} is there");
                }
                Ask::Leads(name, between) => {
                    let name = led.take().unwrap_or_else(|| self.filled(name));
                    let text = self.fetch(&format!("{base}{name}"))?;
                    led = value(*between, &text).map(|next| self.filled(next));
                }
                Ask::Own(name) => {
                    let name = led.take().unwrap_or_else(|| self.filled(name));
                    own = self.fetch(&format!("{base}{name}"));
                }
                Ask::Led => {
                    let next = led.take()?;
                    let url = if next.contains("://") { next } else { format!("{base}{next}") };
                    own = self.fetch(&url);
                }
            }
        }
        own
    }

    /// A file, if it is there.
    fn fetch(&mut self, url: &str) -> Option<String> {
        let agent = format!("{} 1.0", self.maker.class);
        let words = ["curl", "-s", "-k", "--max-time", "10", "-A", &agent];
        let before = wait::now();
        let output = self.host.run(&[&words[..], &["-w", "\n%{time_total}", url]].concat());
        let took = before.elapsed();
        let said = String::from_utf8_lossy(&output.stdout).into_owned();
        let (text, total) = said.rsplit_once('\n')?;
        // A refusal has a page for people.
        let is_there =
            output.status.success() && !text.is_empty() && !text.starts_with("<!doctype");
        let result = if is_there { format!("{} bytes", text.len()) } else { "absent".to_owned() };
        let ours = total.parse().ok().map(Duration::from_secs_f32);
        self.hops.push(Hop { what: masked(url), result, took, ours });
        is_there.then(|| text.to_owned())
    }

    /// With its own address and model for what stands for them.
    fn filled(&self, text: &str) -> String {
        let mac = self.host.mac().replace(':', "");
        let upper = mac.to_uppercase();
        let pairs = [
            ("{mac}", mac.as_str()),
            ("{MAC}", &upper),
            ("$mac", &mac),
            ("$MA", &mac),
            ("$PSN", "504G"),
            ("[PHONE_MAC_ADDRESS]", &mac),
            ("&amp;", "&"),
        ];
        pairs.iter().fold(text.to_owned(), |text, (from, to)| text.replace(from, to))
    }
}

/// An address without the secret in it.
fn masked(url: &str) -> String {
    let parts = url.split('/').map(|part| if part.len() == 32 { "*" } else { part });
    parts.collect::<Vec<_>>().join("/")
}
