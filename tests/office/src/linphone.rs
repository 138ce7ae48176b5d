//! Desk telephones of another program: linphonec, with the account from the file that was fetched.

use std::fs::{self, File, OpenOptions};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::programs::{Running, run};
use crate::site::Site;
use crate::telephone::{PATIENCE, Telephone};
use crate::wait;

const APPLIANCE: &str = "192.168.50.1";

/// A telephone on somebody's desk.
#[derive(Debug)]
pub struct Linphone {
    home: PathBuf,
    keys: File,
    _running: Running,
}

impl Linphone {
    /// Speaks what is in a file from the first sample of each call, and writes down what it hears;
    /// waits until it is in service.
    ///
    /// # Panics
    /// It is not.
    #[must_use]
    pub fn start(site: &Site, telephone: &Telephone, speech: &Path) -> Self {
        let home = site.appliance.folder().join(format!("linphone-{}", telephone.host.mac()));
        fs::create_dir_all(home.join(".local/share/linphone")).expect("made");
        let (settings, typed, log) = (home.join("settings"), home.join("typed"), home.join("log"));
        fs::write(&settings, configuration(telephone)).expect("written");
        let made = run(Command::new("mkfifo").arg(&typed), Duration::from_secs(5));
        assert!(made.status.success(), "{made:?}");
        // Open at both ends: it never sees the end of what is typed.
        let keys = OpenOptions::new().read(true).write(true).open(&typed).expect("a pipe");
        // It takes a network without a way out for none.
        let _output = telephone.host.run(&["ip", "route", "add", "default", "via", APPLIANCE]);
        // It does nothing while it waits for keys that are none of a terminal's.
        let script = format!(
            "HOME={} exec script -qefc 'linphonec -S -c {}' {} < {}",
            home.display(),
            settings.display(),
            log.display(),
            typed.display()
        );
        let running = telephone.host.start(&["sh", "-c", &script]);
        let mut desk = Self { home, keys, _running: running };
        desk.types("soundcard use files");
        desk.types(&format!("play {}", speech.display()));
        desk.types(&format!("record {}", desk.heard().display()));
        let is_there =
            wait::within(PATIENCE, || telephone.is_registered(site).then_some(())).is_some();
        assert!(is_there, "it is not in service:\n{}", desk.log());
        desk
    }

    /// Types a command.
    ///
    /// # Panics
    /// It has ended.
    pub fn types(&mut self, command: &str) {
        writeln!(self.keys, "{command}").expect("typed");
    }

    /// Dials.
    pub fn dial(&mut self, number: &str) {
        self.types(&format!("call sip:{number}@{APPLIANCE}"));
    }

    /// Waits until it has said something so often.
    pub fn until(&self, words: &str, times: usize) {
        let found =
            wait::within(PATIENCE, || (self.log().matches(words).count() >= times).then_some(()));
        assert!(found.is_some(), "it does not say {words}:\n{}", self.log());
    }

    /// What it says.
    #[must_use]
    pub fn log(&self) -> String {
        fs::read_to_string(self.home.join("log")).unwrap_or_default()
    }

    /// What it has heard in its last call.
    #[must_use]
    pub fn heard(&self) -> PathBuf {
        self.home.join("heard.wav")
    }
}

fn configuration(Telephone { user, password, .. }: &Telephone) -> String {
    format!(
        "[sip]\nsip_port=5060\nsip_tcp_port=0\nsip_tls_port=0\ndefault_proxy=0\nuse_ipv6=0\n\
         media_encryption=none\n\
         [auth_info_0]\nusername={user}\nuserid={user}\npasswd={password}\nrealm=ivm\n\
         [proxy_0]\nreg_proxy=<sip:{APPLIANCE};transport=udp>\n\
         reg_identity=sip:{user}@{APPLIANCE}\nreg_expires=600\nreg_sendregister=1\npublish=0\n\
         [sound]\necho_cancellation=0\n[net]\ndns_srv_enabled=0\n"
    )
}
