//! An office's network in network namespaces: a switch, and hosts with a card each. Nothing of it
//! is seen outside, and it is gone with the test. Root is not needed where user namespaces are.

use std::fs::File;
use std::io::{BufRead as _, BufReader};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::Duration;

use crate::programs::{Running, run};

/// A command of the network may take so long on a busy machine.
const COMMAND: Duration = Duration::from_secs(20);

/// The network: a switch, to which hosts are plugged in.
#[derive(Debug)]
pub struct Lan {
    switch: Space,
    hosts: u8,
}

/// A machine in the network, with the card `eth0`.
#[derive(Debug)]
pub struct Host {
    space: Space,
    mac: [u8; 6],
}

/// A network namespace, as long as the process lives that holds it.
#[derive(Debug)]
struct Space(Running);

impl Space {
    /// Starts the process that holds it, by `within`.
    fn hold(within: &[String]) -> Self {
        let words = ["sh", "-c", "ip link set lo up && echo held && exec cat"];
        let (first, rest) = within.split_first().expect("a command");
        let mut child = Command::new(first)
            .args(rest)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a network namespace can be made");
        let mut line = String::new();
        let out = child.stdout.take().expect("piped");
        BufReader::new(out).read_line(&mut line).expect("it says something");
        assert_eq!(line, "held\n", "no network namespace can be made");
        Self(Running(Some(child)))
    }

    fn pid(&self) -> u32 {
        self.0.0.as_ref().map(Child::id).expect("it lives as long as we do")
    }

    /// What runs its arguments in it.
    fn within(&self) -> Vec<String> {
        let pid = self.pid().to_string();
        let user: &[&str] = if is_root() { &[] } else { &["--user", "--preserve-credentials"] };
        let words = [&["nsenter", "--target", &pid, "--net", "--mount"][..], user].concat();
        words.into_iter().map(str::to_owned).collect()
    }

    fn run(&self, words: &[&str]) -> Output {
        let within = self.within();
        let (first, rest) = within.split_first().expect("a command");
        run(Command::new(first).args(rest).args(words), COMMAND)
    }

    fn ip(&self, words: &str) {
        let words: Vec<&str> = ["ip"].into_iter().chain(words.split(' ')).collect();
        let output = self.run(&words);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{words:?}: {said}");
    }
}

fn is_root() -> bool {
    nix::unistd::geteuid().is_root()
}

impl Lan {
    /// A network with nobody in it.
    ///
    /// # Panics
    /// This machine lets nobody make network namespaces.
    #[must_use]
    pub fn new() -> Self {
        let user: &[&str] = if is_root() { &[] } else { &["--map-root-user"] };
        let words = [&["unshare"], user, &["--net", "--mount"]].concat();
        let words: Vec<String> = words.into_iter().map(str::to_owned).collect();
        let switch = Space::hold(&words);
        switch.ip("link add switch type bridge");
        switch.ip("link set switch up");
        Self { switch, hosts: 0 }
    }

    /// Plugs in a host whose card begins with these three bytes; it has no address.
    ///
    /// # Panics
    /// More than 255 are plugged in.
    #[must_use]
    pub fn host(&mut self, maker: [u8; 3]) -> Host {
        self.hosts = self.hosts.checked_add(1).expect("a small office");
        let number = self.hosts;
        let mut words = self.switch.within();
        words.extend(["unshare", "--net", "--mount"].map(str::to_owned));
        let space = Space::hold(&words);
        let [a, b, c] = maker;
        let mac = [a, b, c, 0, 0, number];
        let host = Host { space, mac };
        let pid = host.space.pid();
        let card = host.mac();
        self.switch.ip(&format!("link add port{number} type veth peer name eth0 netns {pid}"));
        host.space.ip(&format!("link set eth0 address {card}"));
        self.switch.ip(&format!("link set port{number} master switch"));
        self.switch.ip(&format!("link set port{number} up"));
        host.space.ip("link set eth0 up");
        host
    }
}

impl Default for Lan {
    fn default() -> Self {
        Self::new()
    }
}

impl Host {
    /// Its hardware address, with colons.
    #[must_use]
    pub fn mac(&self) -> String {
        let bytes: Vec<String> = self.mac.iter().map(|byte| format!("{byte:02x}")).collect();
        bytes.join(":")
    }

    /// Gives it an address of its own, such as `192.168.50.1/24`.
    pub fn set_address(&self, address: &str) {
        self.space.ip(&format!("address add {address} dev eth0"));
    }

    /// What runs its arguments on this host.
    #[must_use]
    pub fn within(&self) -> Vec<String> {
        self.space.within()
    }

    /// Runs a command on this host to its end.
    #[must_use]
    pub fn run(&self, words: &[&str]) -> Output {
        self.space.run(words)
    }

    /// Starts a command on this host; it ends with what is returned.
    ///
    /// # Panics
    /// It cannot be started.
    #[must_use]
    pub fn start(&self, words: &[&str]) -> Running {
        self.start_with(words, Stdio::null(), Stdio::null())
    }

    /// The same, for somebody who wants to read later what it has said: it is added to a file.
    ///
    /// # Panics
    /// It cannot be started, or the file cannot be written.
    #[must_use]
    pub fn start_telling(&self, words: &[&str], log: &Path) -> Running {
        let log = File::options().create(true).append(true).open(log).expect("a log");
        let copy = log.try_clone().expect("the same file");
        self.start_with(words, log.into(), copy.into())
    }

    fn start_with(&self, words: &[&str], out: Stdio, trouble: Stdio) -> Running {
        let within = self.within();
        let (first, rest) = within.split_first().expect("a command");
        let mut command = Command::new(first);
        let quiet = command.args(rest).args(words).stdin(Stdio::null());
        let child = quiet.stdout(out).stderr(trouble).spawn();
        Running(Some(child.expect("the program starts")))
    }

    /// The IPv4 addresses of its card, without their prefix lengths.
    #[must_use]
    pub fn addresses(&self) -> Vec<String> {
        let output = self.run(&["ip", "-4", "-o", "address", "show", "dev", "eth0"]);
        let text = String::from_utf8_lossy(&output.stdout).into_owned();
        let after_inet = text.lines().filter_map(|line| line.split(" inet ").nth(1));
        let bare = after_inet.filter_map(|rest| rest.split(['/', ' ']).next());
        bare.map(str::to_owned).collect()
    }
}
