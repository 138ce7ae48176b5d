//! The executables themselves, as people and scripts start them.

use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;
use tempfile::TempDir;

/// An appliance as a process of its own.
pub(crate) struct Appliance {
    child: Child,
    pub(crate) ready: Value,
    directory: TempDir,
}

impl Appliance {
    pub(crate) fn start() -> Self {
        let directory = tempfile::tempdir().expect("a temp dir");
        let mut child = start(&directory.path().join("state"));
        let mut line = String::new();
        let out = child.stdout.take().expect("piped");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let ready = serde_json::from_str(&line).expect("JSON");
        Self { child, ready, directory }
    }

    pub(crate) fn ctl(&self, words: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_appliancectl"));
        command.arg("--state").arg(self.directory.path().join("state")).args(words);
        command.stdin(Stdio::null()).output().expect("it starts")
    }

    pub(crate) fn json(&self, words: &[&str]) -> Value {
        let output = self.ctl(&[&["--json"], words].concat());
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice(&output.stdout).expect("JSON")
    }

    pub(crate) fn stop(mut self, signal: Signal) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        kill(Pid::from_raw(pid), signal).expect("it runs");
        assert!(self.child.wait().expect("it ends").success());
        let state = self.directory.path().join("state");
        assert!(
            !state.join("run/admin/web.json").exists() && !state.join("run/ready.json").exists()
        );
    }
}

fn start(state: &Path) -> Child {
    Command::new(env!("CARGO_BIN_EXE_appliance"))
        .args(["run", "--port-base", "0", "--json", "--log", "error", "--state"])
        .arg(state)
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .expect("it starts")
}

// rows 74, 78
#[test]
fn an_appliance_runs_takes_people_and_ends() {
    let appliance = Appliance::start();
    let https = appliance.ready["https"].as_str().expect("an address");
    assert_eq!(appliance.ready["ready"], true);
    assert!(https.starts_with("https://127.0.0.1:"));
    assert_eq!(appliance.ready["code"].as_str().map(str::len), Some(9));
    assert_eq!(appliance.ready["fingerprint"].as_str().map(str::len), Some(95));

    let added = appliance.json(&["user", "add", "anna", "--display", "Anna Schmidt"]);
    let code = added["code"].as_str().expect("a code");
    assert_eq!(added["link"], format!("{https}/join#{code}"));
    let objects = appliance.ready["objects"].as_str().expect("an address");
    assert_eq!(added["join"], format!("ivm join {code} --server {objects}"));
    let elsewhere = appliance.json(&["user", "invite", "anna", "--url", "https://ivm.example/"]);
    assert!(
        elsewhere["link"].as_str().is_some_and(|it| it.starts_with("https://ivm.example/join#"))
    );

    assert_eq!(appliance.json(&["user", "list"])[0]["display"], "Anna Schmidt");
    assert_eq!(appliance.json(&["status"])["people"], 1);
    assert_eq!(appliance.json(&["status"])["fingerprint"], appliance.ready["fingerprint"]);
    assert_eq!(appliance.json(&["messages"])["waiting"], 0);
    assert_eq!(appliance.json(&["setup"])["code"], appliance.ready["code"]);
    assert_eq!(appliance.json(&["user", "remove", "anna", "--yes"])["removed"], "anna");
    appliance.stop(Signal::SIGTERM);
}

#[test]
fn exits_tell_scripts_what_went_wrong() {
    let appliance = Appliance::start();
    let exit = |words: &[&str]| appliance.ctl(words).status.code();
    assert_eq!(exit(&["user", "add", "anna"]), Some(0));
    assert_eq!(exit(&["user", "add", "anna"]), Some(5));
    assert_eq!(exit(&["user", "add", "Not A Name"]), Some(5));
    assert_eq!(exit(&["user", "invite", "zoe"]), Some(6));
    assert_eq!(exit(&["user", "remove", "anna"]), Some(2));
    assert_eq!(exit(&["user", "list", "--nonsense"]), Some(2));
    let list = String::from_utf8(appliance.ctl(&["user", "list"]).stdout).expect("text");
    assert!(list.contains("anna") && list.contains("invited"));
    appliance.stop(Signal::SIGINT);
}

#[test]
fn two_appliances_do_not_share_a_state_directory() {
    let appliance = Appliance::start();
    let mut second = start(&appliance.directory.path().join("state"));
    assert_eq!(second.wait().expect("it ends").code(), Some(1));
    let mut words = String::new();
    let mut errors = second.stderr.take().expect("piped");
    errors.read_to_string(&mut words).expect("text");
    assert!(words.contains("another appliance uses"), "{words}");
    appliance.stop(Signal::SIGTERM);
}

#[test]
fn without_an_appliance_the_command_line_says_so() {
    let directory = tempfile::tempdir().expect("a temp dir");
    let output = Command::new(env!("CARGO_BIN_EXE_appliancectl"))
        .args(["status", "--state"])
        .arg(directory.path())
        .output()
        .expect("it starts");
    assert_eq!(output.status.code(), Some(4));
    assert!(String::from_utf8_lossy(&output.stderr).contains("no appliance answers"));
}
