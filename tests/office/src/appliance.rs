//! The real `appliance run`, started, killed and started again.

use std::fs::File;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;
use tempfile::TempDir;

use crate::person::Person;
use crate::programs::{Lines, Running, program, run};

/// How long a start may take on a busy machine.
const START: Duration = Duration::from_secs(30);
/// How long a command of the administrator may take.
const COMMAND: Duration = Duration::from_secs(20);

/// An appliance with its state in a folder of its own, on ports of its own.
#[derive(Debug)]
pub struct Appliance {
    folder: TempDir,
    state: PathBuf,
    process: Running,
    ready: Value,
    wrapper: Vec<String>,
    environment: Vec<(String, String)>,
}

impl Appliance {
    /// Starts one on free ports.
    #[must_use]
    pub fn start() -> Self {
        Self::start_with(Vec::new(), Vec::new())
    }

    /// The same behind a wrapper (a command that runs its arguments; `STATE` in it becomes the
    /// folder of the state), with more environment.
    ///
    /// # Panics
    /// It does not start.
    #[must_use]
    pub fn start_with(wrapper: Vec<String>, environment: Vec<(String, String)>) -> Self {
        Self::begin(wrapper, environment, &["--port-base", "0"])
    }

    /// The same behind a wrapper, with these arguments.
    ///
    /// # Panics
    /// It does not start.
    #[must_use]
    pub fn start_on(wrapper: Vec<String>, arguments: &[&str]) -> Self {
        Self::begin(wrapper, Vec::new(), arguments)
    }

    fn begin(wrapper: Vec<String>, environment: Vec<(String, String)>, arguments: &[&str]) -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        let state = folder.path().join("state");
        std::fs::create_dir(&state).expect("made");
        let process = Running(None);
        let mut appliance =
            Self { folder, state, process, ready: Value::Null, wrapper, environment };
        appliance.run(arguments);
        appliance
    }

    /// Starts it again where it was.
    ///
    /// # Panics
    /// It does not start.
    pub fn restart(&mut self) {
        self.restart_on(&["--http-port", "0"]);
    }

    /// The same, with more arguments.
    ///
    /// # Panics
    /// It does not start.
    pub fn restart_on(&mut self, arguments: &[&str]) {
        let objects = port(&self.server());
        let https = port(self.ready["https"].as_str().unwrap_or_default());
        let ports = ["--objects-port", &objects, "--https-port", &https];
        self.run(&[&ports[..], arguments].concat());
    }

    fn run(&mut self, ports: &[&str]) {
        let state = self.state.to_str().expect("UTF-8").to_owned();
        let mut words: Vec<String> =
            self.wrapper.iter().map(|word| word.replace("STATE", &state)).collect();
        words.push(program("appliance").to_str().expect("UTF-8").to_owned());
        let (first, rest) = words.split_first().expect("the program itself");
        let log = File::options()
            .append(true)
            .create(true)
            .open(self.log())
            .expect("the log can be written");
        let mut child = Command::new(first)
            .args(rest)
            .args(["run", "--json", "--state", &state])
            .args(ports)
            .envs(self.environment.iter().cloned())
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(log)
            .spawn()
            .expect("the appliance starts");
        let lines = Lines::of(child.stdout.take().expect("piped"));
        self.process = Running(Some(child));
        let line = lines.next(START);
        assert!(line.is_some(), "the appliance is not ready:\n{}", self.logged());
        self.ready = serde_json::from_str(&line.unwrap_or_default()).expect("JSON");
    }

    /// Kills it with SIGKILL.
    pub fn kill(&mut self) {
        self.process.kill();
    }

    /// Ends it in good order.
    pub fn end(&mut self) {
        self.process.end();
    }

    /// The number of its process, or of the wrapper's.
    #[must_use]
    pub fn pid(&self) -> Option<u32> {
        self.process.0.as_ref().map(std::process::Child::id)
    }

    /// Where terminals connect.
    #[must_use]
    pub fn server(&self) -> String {
        self.ready["objects"].as_str().unwrap_or_default().to_owned()
    }

    /// The one-time code of its first run.
    #[must_use]
    pub fn code(&self) -> String {
        self.ready["code"].as_str().unwrap_or_default().to_owned()
    }

    /// The fingerprint of its certificate.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        self.ready["fingerprint"].as_str().unwrap_or_default().to_owned()
    }

    /// Where its state is.
    #[must_use]
    pub fn state(&self) -> &Path {
        &self.state
    }

    /// A folder for what belongs to the test.
    #[must_use]
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    fn log(&self) -> PathBuf {
        self.folder.path().join("appliance.log")
    }

    /// What it has logged.
    #[must_use]
    pub fn logged(&self) -> String {
        std::fs::read_to_string(self.log()).unwrap_or_default()
    }

    /// Adds a person; gives the code of the invitation.
    ///
    /// # Panics
    /// It is refused.
    #[must_use]
    pub fn invite(&self, name: &str) -> String {
        self.invite_at(name, &self.state)
    }

    fn invite_at(&self, name: &str, state: &Path) -> String {
        let display = name[..1].to_uppercase() + &name[1..];
        let mut command = Command::new(program("appliancectl"));
        command.arg("--state").arg(state).args(["--json", "user", "add", name]);
        let output = run(command.args(["--display", &display]), COMMAND);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert!(output.status.success(), "{name} is not added: {said}");
        let value: Value = serde_json::from_slice(&output.stdout).expect("JSON");
        value["code"].as_str().expect("a code").to_owned()
    }

    /// Adds a person who joins at once from a terminal, and stays logged in there.
    ///
    /// # Panics
    /// Something is refused.
    #[must_use]
    pub fn person(&self, name: &str) -> Person {
        self.person_in(name, self.state())
    }

    /// The same when the state stands elsewhere for us than for the appliance.
    ///
    /// # Panics
    /// Something is refused.
    #[must_use]
    pub fn person_in(&self, name: &str, state: &Path) -> Person {
        let code = self.invite_at(name, state);
        let person = Person::new(self.folder(), name);
        let password = person.password_file();
        person
            .ivm(&["join", &code, "--server", &self.server(), "--password-file", &password])
            .and(&["--fingerprint", &self.fingerprint()])
            .succeeds();
        person
    }
}

fn port(place: &str) -> String {
    place.rsplit(':').next().unwrap_or_default().to_owned()
}
