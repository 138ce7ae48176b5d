//! Desk telephones: baresip with the account from the file that it fetched.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::thread;
use std::time::Duration;

use serde_json::Value;

use crate::begin::{Begun, Hop, begin};
use crate::lan::Host;
use crate::maker::{GRANDSTREAM, Maker};
use crate::programs::{Running, run};
use crate::site::{Site, ask};
use crate::wait;

/// baresip gives up at a digest that it does not know, and comes again after a minute.
pub const PATIENCE: Duration = Duration::from_secs(120);
/// So long after a question that it did not answer a telephone is taken for an old one.
const UNHEARD: Duration = Duration::from_secs(6);
/// Where baresip takes commands, on its own host.
const COMMANDS: u16 = 4_444;
/// The lamp's module before all others: it hangs for ever where a registrar answers within the first
/// millisecond of it.
const LAMP: &str = "module mwi.so\n";
/// Where the appliance's authority is, for who does not trust it yet.
const AUTHORITY: &str = "appliance-ca.crt";
const MODULES: &str = "module_path /usr/lib/baresip/modules\nmodule_app account.so\n\
    module g711.so\nsip_listen 0.0.0.0:5060\n";

/// A telephone that has got its account from its files.
#[derive(Debug)]
pub struct Telephone {
    /// Where it is plugged in.
    pub host: Host,
    /// The name of its log-in.
    pub user: String,
    /// The password of its log-in.
    pub password: String,
    /// What it did to get there.
    pub hops: Vec<Hop>,
}

/// What the appliance knows of it.
#[must_use]
pub fn of(site: &Site, host: &Host) -> Option<Value> {
    let phones = site.control(&["phone", "list"])["phones"].take();
    let all = phones.as_array()?.clone();
    all.into_iter().find(|phone| phone["mac"] == host.mac().as_str())
}

impl Telephone {
    /// One of a maker whose files come by HTTP, from being plugged in to its account.
    #[must_use]
    pub fn start(site: &mut Site) -> Self {
        Self::of_maker(site, &GRANDSTREAM)
    }

    /// From being plugged in to its account.
    #[must_use]
    pub fn of_maker(site: &mut Site, maker: &Maker) -> Self {
        let host = site.lan.host(maker.card);
        let Begun { user, password, hops } = begin(site, &host, maker);
        Self { host, user, password, hops }
    }

    /// baresip with this password; it speaks to the appliance by this transport, and is silent.
    #[must_use]
    pub fn register(&self, site: &Site, password: &str, transport: &str) -> Running {
        baresip(site, &self.host, (&self.user, password), transport)
    }

    /// The appliance's authority, as a telephone fetches it.
    ///
    /// # Panics
    /// The folder is gone.
    #[must_use]
    pub fn authority(&self, site: &Site) -> PathBuf {
        let path = home(site, &self.host, "trust").join("authority.pem");
        let url = format!("http://192.168.50.1/{AUTHORITY}");
        fs::write(&path, ask(&self.host, &["curl", "-sf", "--max-time", "10", &url]))
            .expect("written");
        path
    }

    /// baresip with the password from its file, by TLS with whom this authority vouches for; it is
    /// silent. What it tells of its work is added to the log.
    ///
    /// # Panics
    /// It cannot be started.
    #[must_use]
    pub fn register_sealed(&self, site: &Site, authority: &Path, log: &Path) -> Running {
        let home = home(site, &self.host, "sealed");
        let login = (self.user.as_str(), self.password.as_str());
        fs::write(home.join("accounts"), account(login, "tls") + "\n").expect("written");
        let trust = format!("{MODULES}sip_cafile {}\n", authority.display());
        fs::write(home.join("config"), trust).expect("written");
        self.host.start_telling(&["baresip", "-4", "-f", &home.display().to_string()], log)
    }

    /// baresip that speaks what is in a file, from its first sample whenever a call begins, and
    /// writes down what it hears. It answers by itself only what asks for it.
    #[must_use]
    pub fn speak(&self, site: &Site, speech: &Path, answers: Answers) -> Desk {
        self.speak_by(site, speech, answers, Way::OPEN)
    }

    /// The same by another way.
    ///
    /// # Panics
    /// It is not in service.
    #[must_use]
    pub fn speak_by(&self, site: &Site, speech: &Path, answers: Answers, way: Way) -> Desk {
        let home = home(site, &self.host, "desk");
        let mode = match answers {
            Answers::ByItself => "auto",
            Answers::ByHand => "manual",
        };
        let account = account((&self.user, &self.password), way.transport);
        let encrypted = way.encrypted.map(|how| format!(";mediaenc={how}")).unwrap_or_default();
        let account = format!("{account};audio_codecs=pcmu;mwi=yes{encrypted};answermode={mode}");
        fs::write(home.join("accounts"), format!("{account}\n")).expect("written");
        let trust = match way.transport {
            "tls" => format!("sip_cafile {}\n", self.authority(site).display()),
            _ => String::new(),
        };
        let (speech, sounds) = (speech.display(), home.display());
        let config = format!(
            "{LAMP}{MODULES}{trust}module aufile.so\nmodule aubridge.so\nmodule sndfile.so\n\
             module srtp.so\nmodule_app menu.so\nmodule_app ctrl_tcp.so\n\
             ctrl_tcp_listen 0.0.0.0:{COMMANDS}\naudio_source aufile,{speech}\n\
             audio_player aubridge,nobody\naudio_alert aubridge,nobody\nsnd_path {sounds}\n"
        );
        fs::write(home.join("config"), config).expect("written");
        let (commands, events) = (home.join("commands"), home.join("events"));
        fs::write(&commands, "").expect("written");
        fs::write(&events, "").expect("written");
        let script = format!(
            "tail --pid=$$ -n +1 -f {} | (while kill -0 $$; do busybox nc 127.0.0.1 {COMMANDS}; \
             sleep 0.05; done) > {}",
            commands.display(),
            events.display()
        );
        let words = ["baresip", "-4", "-f", &home.display().to_string()];
        // It gives up at SHA-256, and would come again after a minute; the appliance then asks for
        // what it knows.
        let mut first = self.host.start(&words);
        thread::park_timeout(UNHEARD);
        first.kill();
        fs::write(home.join("accounts"), "").expect("written");
        let running = self.host.start_telling(&words, &home.join("log"));
        let desk = Desk { home, running, _hand: self.host.start(&["sh", "-c", &script]) };
        // It gets its line when somebody hears it: the lamp is told of at once.
        desk.command("uanew", &account);
        wait::until("it is in service", PATIENCE, || self.is_registered(site).then_some(()));
        // It has registered before it is ready.
        thread::park_timeout(Duration::from_secs(2));
        desk
    }

    /// Is its line in service?
    #[must_use]
    pub fn is_registered(&self, site: &Site) -> bool {
        of(site, &self.host).is_some_and(|phone| phone["is_registered"] == true)
    }
}

fn home(site: &Site, host: &Host, name: &str) -> PathBuf {
    let home = site.appliance.folder().join(format!("baresip-{}-{name}", host.mac()));
    fs::create_dir_all(&home).expect("made");
    home
}

fn account((user, password): (&str, &str), transport: &str) -> String {
    format!(
        "<sip:{user}@192.168.50.1;transport={transport}>;auth_user={user};auth_pass={password};regint=60"
    )
}

/// baresip on a host with this name and password; it is silent.
///
/// # Panics
/// It cannot be started.
#[must_use]
pub fn baresip(site: &Site, host: &Host, login: (&str, &str), transport: &str) -> Running {
    let home = home(site, host, transport);
    fs::write(home.join("accounts"), account(login, transport) + "\n").expect("written");
    fs::write(home.join("config"), MODULES).expect("written");
    let words = ["baresip", "-4", "-f", &home.display().to_string()];
    let mut first = host.start(&words);
    let is_registered = || of(site, host).filter(|phone| phone["is_registered"] == true).map(drop);
    if wait::within(UNHEARD, is_registered).is_some() {
        return first;
    }
    // It has given up at SHA-256.
    first.kill();
    host.start(&words)
}

/// How a telephone speaks to the appliance.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Way {
    /// What carries its calls, in SIP's word.
    pub transport: &'static str,
    /// How its speech is encrypted, in baresip's word; none if it is not.
    pub encrypted: Option<&'static str>,
}

impl Way {
    /// By datagrams, and in the clear.
    pub const OPEN: Self = Self { transport: "udp", encrypted: None };
}

/// How a telephone answers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Answers {
    /// At once.
    ByItself,
    /// When it is told to.
    ByHand,
}

/// A telephone on somebody's desk.
#[derive(Debug)]
pub struct Desk {
    home: PathBuf,
    running: Running,
    _hand: Running,
}

impl Desk {
    /// The folder with its commands, its events, and what it has heard.
    #[must_use]
    pub fn home(&self) -> &Path {
        &self.home
    }

    /// Gives it a command of baresip's menu.
    ///
    /// # Panics
    /// The folder is gone.
    pub fn command(&self, command: &str, words: &str) {
        let json = format!(r#"{{"command":"{command}","params":"{words}"}}"#);
        let netstring = format!("{}:{json},", json.len());
        let file = fs::OpenOptions::new().append(true).open(self.home.join("commands"));
        file.and_then(|mut file| file.write_all(netstring.as_bytes())).expect("written");
    }

    /// What has happened to it so far, as it tells it.
    #[must_use]
    pub fn events(&self) -> String {
        fs::read_to_string(self.home.join("events")).unwrap_or_default()
    }

    /// Waits until something has happened so often since it is there.
    pub fn until(&self, event: &str, times: usize) {
        let event = format!("\"{event}\"");
        let is_there = || (self.events().matches(&event).count() >= times).then_some(());
        let found = wait::within(PATIENCE, is_there);
        assert!(found.is_some(), "{event} not within {PATIENCE:?}; it said:\n{}", self.log());
    }

    /// Waits until the call that was established last is over; one that it refused may have ended
    /// before.
    pub fn until_over(&self) {
        let is_over = || {
            let events = self.events();
            let (_, since) = events.rsplit_once("\"CALL_ESTABLISHED\"")?;
            since.contains("\"CALL_CLOSED\"").then_some(())
        };
        let found = wait::within(PATIENCE, is_over);
        assert!(found.is_some(), "no call is over within {PATIENCE:?}; it said:\n{}", self.log());
    }

    /// What it has told of its own work.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.join("log")).unwrap_or_default()
    }

    /// Lifts.
    pub fn lift(&self) {
        self.command("accept", "");
    }

    /// Pulls the plug.
    pub fn vanish(mut self) {
        self.running.kill();
    }

    /// Dials.
    pub fn dial(&self, number: &str) {
        self.command("dial", &format!("sip:{number}@192.168.50.1"));
    }

    /// Presses a key.
    pub fn press(&self, key: char) {
        self.command("sndcode", &key.to_string());
    }

    /// Hangs up.
    pub fn hang_up(&self) {
        self.command("hangup", "");
    }

    /// What it has heard in its calls, the latest last.
    ///
    /// # Panics
    /// The folder cannot be read.
    #[must_use]
    pub fn heard(&self) -> Vec<PathBuf> {
        let all = fs::read_dir(&self.home).expect("readable").filter_map(Result::ok);
        let heard = all.map(|entry| entry.path()).filter(|path| {
            path.file_name()
                .and_then(|name| name.to_str())
                .is_some_and(|name| name.starts_with("dump-") && name.ends_with("-dec.wav"))
        });
        let mut heard: Vec<PathBuf> = heard.collect();
        heard.sort();
        heard
    }
}

/// Speech as a telephone's file wants it: 8 kHz, with so many seconds of silence before and behind.
///
/// # Panics
/// sox fails.
pub fn padded(speech: &Path, before: f32, behind: f32, to: &Path) {
    let (before, behind) = (before.to_string(), behind.to_string());
    sox(speech, to, &["pad", &before, &behind]);
}

/// The same without the silence around it, for a comparison.
///
/// # Panics
/// sox fails.
#[must_use]
pub fn trimmed(sound: &Path) -> PathBuf {
    let to = sound.with_extension("trimmed.wav");
    let silence = ["silence", "1", "0.03", "2%"];
    let turned = ["reverse"];
    sox(sound, &to, &[&silence[..], &turned, &silence, &turned].concat());
    to
}

fn sox(from: &Path, to: &Path, effects: &[&str]) {
    let (from, to) = (from.display().to_string(), to.display().to_string());
    let words = ["-D", &from, "-r", "8000", "-b", "16", "-c", "1", &to];
    let output = run(Command::new("sox").args(words).args(effects), Duration::from_secs(20));
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
}
