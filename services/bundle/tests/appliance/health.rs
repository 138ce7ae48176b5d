//! The check of the health, and a backup that makes another appliance the same one: with the
//! programs themselves.

use std::io::{BufRead, BufReader, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

use nix::sys::signal::{Signal, kill};
use nix::unistd::Pid;
use serde_json::Value;

const PASSPHRASE: &str = "correct horse battery\n";

/// An `appliance run`; the process ends with it.
struct Running {
    child: Child,
    ready: Value,
    state: PathBuf,
}

impl Running {
    fn start(state: PathBuf) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_appliance"))
            .args(["run", "--port-base", "0", "--json", "--log", "error", "--state"])
            .arg(&state)
            .stdout(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut line = String::new();
        let out = child.stdout.take().expect("piped");
        BufReader::new(out).read_line(&mut line).expect("a line");
        let ready = serde_json::from_str(&line).expect("JSON");
        Self { child, ready, state }
    }

    fn ctl(&self, words: &[&str], input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_appliancectl"))
            .arg("--state")
            .arg(&self.state)
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("it starts");
        let mut pipe = child.stdin.take().expect("piped");
        // Who does not read has ended already.
        let _ = pipe.write_all(input.as_bytes());
        drop(pipe);
        child.wait_with_output().expect("it ends")
    }

    fn done(&self, words: &[&str], input: &str) -> String {
        let output = self.ctl(words, input);
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn names(&self) -> Vec<String> {
        let people: Value =
            serde_json::from_str(&self.done(&["--json", "user", "list"], "")).expect("JSON");
        let people = people.as_array().expect("a list").iter();
        people.map(|one| one["name"].as_str().expect("a name").to_owned()).collect()
    }

    fn stop(mut self) {
        let pid = i32::try_from(self.child.id()).expect("a process id");
        kill(Pid::from_raw(pid), Signal::SIGTERM).expect("it runs");
        assert!(self.child.wait().expect("it ends").success());
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Stopped already, unless a check has failed.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn health(state: &Path) -> (bool, Value) {
    let output = Command::new(env!("CARGO_BIN_EXE_appliance"))
        .args(["health", "--json", "--log", "error", "--state"])
        .arg(state)
        .output()
        .expect("it starts");
    (output.status.success(), serde_json::from_slice(&output.stdout).expect("JSON"))
}

#[test]
fn a_message_to_itself_says_that_the_appliance_is_well_and_nothing_of_it_stays() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let state = folder.path().join("state");
    let (is_well, found) = health(&state);
    assert!(!is_well && found["well"] == false);
    let words = found["steps"][0]["trouble"].as_str().expect("words");
    assert!(words.contains("no appliance runs"), "{words}");
    let appliance = Running::start(state);
    appliance.done(&["user", "add", "anna"], "");
    let (is_well, found) = health(&appliance.state);
    assert!(is_well && found["well"] == true, "{found}");
    let steps: Vec<&str> = found["steps"]
        .as_array()
        .expect("steps")
        .iter()
        .filter_map(|s| s["step"].as_str())
        .collect();
    assert_eq!(steps, ["pages", "self-message"]);
    assert_eq!(appliance.names(), ["anna"]);
    appliance.stop();
}

#[test]
fn a_backup_makes_another_appliance_the_same_one() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let old = Running::start(folder.path().join("old"));
    old.done(&["user", "add", "anna"], "");
    let file = folder.path().join("office.ivmbackup");
    let file = file.to_str().expect("text");
    old.done(&["backup", file], PASSPHRASE);
    let again = old.ctl(&["backup", file], PASSPHRASE);
    assert!(!again.status.success(), "what is there is not overwritten");
    let new = Running::start(folder.path().join("new"));
    assert_ne!(new.ready["fingerprint"], old.ready["fingerprint"]);
    let wrong = new.ctl(&["restore", file], "another horse battery\n");
    let words = String::from_utf8_lossy(&wrong.stderr).into_owned();
    assert!(!wrong.status.success() && words.contains("passphrase is wrong"), "{words}");
    new.done(&["restore", file], PASSPHRASE);
    assert!(new.names().is_empty(), "nothing happens before the next start");
    let state = new.state.clone();
    new.stop();
    let new = Running::start(state);
    assert_eq!(new.ready["fingerprint"], old.ready["fingerprint"]);
    assert_eq!(new.names(), ["anna"]);
    new.done(&["reset", "--keep-messages", "--yes"], "");
    let state = new.state.clone();
    new.stop();
    let new = Running::start(state);
    assert_eq!(new.ready["fingerprint"], old.ready["fingerprint"]);
    assert_eq!(new.names(), ["anna"]);
    let archive = folder.path().join("diagnostics.tar.gz");
    new.done(&["diagnostics", archive.to_str().expect("text")], "");
    assert!(archive.metadata().expect("it is there").len() > 500);
    new.stop();
    old.stop();
}
