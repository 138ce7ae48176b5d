//! A person with a terminal: the real `ivm` on a home of its own.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

use serde_json::Value;

use crate::programs::{Lines, Running, program, run};
use crate::wait;

/// How long a command may take.
const COMMAND: Duration = Duration::from_secs(60);
/// How long an event may take.
const EVENT: Duration = Duration::from_secs(30);

/// A person.
#[derive(Clone, Debug)]
pub struct Person {
    /// The account's name.
    pub name: String,
    folder: PathBuf,
    /// What runs its terminal: a command that runs its arguments, or nothing.
    within: Vec<String>,
}

impl Person {
    /// A person who has not joined yet, with a folder in `folder`.
    ///
    /// # Panics
    /// The folder cannot be made.
    #[must_use]
    pub fn new(folder: &Path, name: &str) -> Self {
        let folder = folder.join(format!("person-{name}"));
        std::fs::create_dir(&folder).expect("made");
        let person = Self { name: name.to_owned(), folder, within: Vec::new() };
        std::fs::write(person.password_file(), format!("{}\n", person.password()))
            .expect("written");
        // Without a sound card: what is recorded is silence, what is played is heard by nobody.
        let alsa = "pcm.!default { type null }\nctl.!default { type null }\n";
        std::fs::write(person.folder.join("alsa.conf"), alsa).expect("written");
        person
    }

    /// The same, whose terminal runs within this.
    #[must_use]
    pub fn within(self, within: Vec<String>) -> Self {
        Self { within, ..self }
    }

    /// The password, which is nowhere else.
    #[must_use]
    pub fn password(&self) -> String {
        format!("secret staple of {}", self.name)
    }

    /// A file with it.
    #[must_use]
    pub fn password_file(&self) -> String {
        self.folder.join("password").display().to_string()
    }

    /// The home of the terminal.
    #[must_use]
    pub fn home(&self) -> PathBuf {
        self.folder.join("home")
    }

    /// A place for files.
    #[must_use]
    pub fn path(&self, name: &str) -> String {
        self.folder.join(name).display().to_string()
    }

    /// A command, not run yet.
    #[must_use]
    pub fn ivm(&self, words: &[&str]) -> Ivm {
        let ivm = program("ivm").display().to_string();
        let mut all = self.within.iter().cloned().chain([ivm]);
        let mut command = Command::new(all.next().unwrap_or_default());
        command.args(all).arg("--home").arg(self.home()).args(words);
        command.env("ALSA_CONFIG_PATH", self.folder.join("alsa.conf"));
        Ivm(command)
    }

    /// Stays connected from here on.
    ///
    /// # Panics
    /// It does not come on-line.
    #[must_use]
    pub fn listen(&self) -> Listener {
        let listener = self.try_listen();
        listener.event("online");
        listener
    }

    /// The same without waiting for the server.
    ///
    /// # Panics
    /// The program cannot be started.
    #[must_use]
    pub fn try_listen(&self) -> Listener {
        Listener::start(&mut self.ivm(&["listen", "--json"]).0)
    }

    /// Everything in a list command's output.
    #[must_use]
    pub fn list(&self, words: &[&str]) -> Vec<Value> {
        let value = self.ivm(words).and(&["--json"]).succeeds_json();
        value.as_array().cloned().unwrap_or_default()
    }
}

/// A command of a person.
#[derive(Debug)]
pub struct Ivm(pub Command);

/// How it ended.
#[derive(Debug)]
pub struct Ended {
    /// The exit code.
    pub code: Option<i32>,
    /// What it printed.
    pub printed: Vec<u8>,
    /// What it said about trouble.
    pub trouble: String,
}

impl Ivm {
    /// More words.
    #[must_use]
    pub fn and(mut self, words: &[&str]) -> Self {
        self.0.args(words);
        self
    }

    /// Runs it to its end.
    #[must_use]
    pub fn ends(mut self) -> Ended {
        let output = run(&mut self.0, COMMAND);
        Ended {
            code: output.status.code(),
            printed: output.stdout,
            trouble: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    }

    /// Runs it; gives what it printed.
    ///
    /// # Panics
    /// It fails.
    pub fn succeeds(self) -> String {
        let shown = format!("{:?}", self.0);
        let ended = self.ends();
        let (code, trouble) = (ended.code, ended.trouble);
        assert_eq!(code, Some(0), "{shown}: {trouble}");
        String::from_utf8_lossy(&ended.printed).into_owned()
    }

    /// Runs it; gives the JSON that it printed.
    ///
    /// # Panics
    /// It fails, or prints something else.
    #[must_use]
    pub fn succeeds_json(self) -> Value {
        let printed = self.succeeds();
        serde_json::from_str(&printed).expect("JSON")
    }

    /// Runs it; gives what it said when it ended with this code.
    ///
    /// # Panics
    /// It ends otherwise.
    pub fn fails(self, code: i32) -> String {
        let shown = format!("{:?}", self.0);
        let ended = self.ends();
        assert_eq!(ended.code, Some(code), "{shown}: {}", ended.trouble);
        ended.trouble
    }
}

/// `ivm listen` at work.
#[derive(Debug)]
pub struct Listener {
    lines: Lines,
    /// Its process.
    pub process: Running,
}

impl Listener {
    /// Starts one by this command.
    ///
    /// # Panics
    /// It cannot be started.
    #[must_use]
    pub fn start(command: &mut Command) -> Self {
        let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = piped.spawn().expect("ivm starts");
        let lines = Lines::of(child.stdout.take().expect("piped"));
        Self { lines, process: Running(Some(child)) }
    }

    /// Waits for the next event with this name; others are passed over.
    ///
    /// # Panics
    /// It does not come.
    #[must_use]
    pub fn expect(&self, event: &str) -> Value {
        wait::until(event, EVENT, || self.next().filter(|value| value["event"] == event))
    }

    /// The same, for its own sake.
    pub fn event(&self, event: &str) {
        drop(self.expect(event));
    }

    /// The next event, if there is one soon.
    #[must_use]
    pub fn next(&self) -> Option<Value> {
        let line = self.lines.next(Duration::from_millis(100))?;
        serde_json::from_str(&line).ok()
    }
}
