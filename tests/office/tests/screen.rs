//! The full screen on a real terminal (a pseudo-terminal of `script`).

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use office::appliance::Appliance;
use office::person::Person;
use office::programs::{Running, program};
use office::speech::recording;
use office::wait;

/// What leaves the alternate screen.
const RESTORED: &str = "\u{1b}[?1049l";

/// `ivm` in a terminal of 80 columns and 24 rows.
struct Screen {
    process: Running,
    keys: ChildStdin,
    output: Receiver<Vec<u8>>,
    seen: String,
}

impl Screen {
    fn open(person: &Person) -> Self {
        let (ivm, home) = (program("ivm"), person.home());
        let command =
            format!("stty cols 80 rows 24; exec {} --home {}", ivm.display(), home.display());
        let mut script = Command::new("script");
        script.args(["-q", "-e", "-f", "-c", &command, "/dev/null"]);
        script.env("ALSA_CONFIG_PATH", person.path("alsa.conf")).env("TERM", "xterm-256color");
        let mut child: Child = script
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null())
            .spawn()
            .expect("script starts");
        let keys = child.stdin.take().expect("piped");
        let mut stdout = child.stdout.take().expect("piped");
        let (send, output) = channel();
        thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(count @ 1..) = stdout.read(&mut buffer) {
                if send.send(buffer[..count].to_vec()).is_err() {
                    return;
                }
            }
        });
        Self { process: Running(Some(child)), keys, output, seen: String::new() }
    }

    /// Waits for a text. Only what is drawn for the first time comes whole: later a terminal is
    /// told what has changed.
    fn shows(&mut self, text: &str) {
        wait::until(text, Duration::from_secs(20), || {
            while let Ok(bytes) = self.output.try_recv() {
                self.seen.push_str(&String::from_utf8_lossy(&bytes));
            }
            self.seen.contains(text).then_some(())
        });
    }

    fn press(&mut self, keys: &str) {
        self.seen.clear();
        self.keys.write_all(keys.as_bytes()).expect("typed");
        self.keys.flush().expect("typed");
    }

    fn ends(&mut self) -> Option<i32> {
        let ended = wait::until("the end", Duration::from_secs(20), || {
            self.process.0.as_mut().and_then(|child| child.try_wait().expect("a child"))
        });
        ended.code()
    }
}

// rows 10, 12, 16, 28
#[test]
fn one_speaks_sends_and_plays_on_the_screen_and_the_terminal_comes_back() {
    let office = Appliance::start();
    let [anna, bob] = ["anna", "bob"].map(|name| office.person(name));
    let speech = recording("hello-world").display().to_string();
    anna.ivm(&["send", "bob", "--file", &speech]).succeeds();
    let mut screen = Screen::open(&bob);
    screen.shows("Anna");
    screen.shows("new");
    // Play what came: its sender is told.
    screen.press("\tp");
    wait::until("the receipt", Duration::from_secs(20), || {
        let sent = anna.list(&["sent"]);
        (!sent[0]["recipients"][0]["played"].is_null()).then_some(())
    });
    // Speak into the silent microphone, and send.
    screen.press("\tr \r");
    wait::until("the answer", Duration::from_secs(20), || {
        (anna.list(&["inbox"]).len() == 1).then_some(())
    });
    screen.press("q");
    screen.shows(RESTORED);
    assert_eq!(screen.ends(), Some(0));
}

#[test]
fn a_terminal_that_is_killed_from_outside_comes_back_too() {
    let office = Appliance::start();
    let bob = office.person("bob");
    let mut screen = Screen::open(&bob);
    screen.shows("People");
    let lock = std::fs::read_to_string(bob.home().join("receiver.lock")).expect("a receiver");
    let mut kill = Command::new("kill");
    assert!(kill.args(["-TERM", &lock]).status().expect("kill runs").success());
    screen.shows(RESTORED);
    assert_eq!(screen.ends(), Some(0));
}

#[test]
fn without_an_account_there_is_no_screen() {
    let folder = tempfile::tempdir().expect("a folder");
    let nobody = Person::new(folder.path(), "nobody");
    let said = nobody.ivm(&[]).fails(3);
    assert!(said.contains("ivm login"), "{said}");
}
