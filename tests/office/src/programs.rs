//! Where the executables are, and how they are run.

use std::io::{BufRead, BufReader};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Output, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use crate::wait;

/// The path of an executable of this workspace, in the folder where this test was built.
///
/// # Panics
/// It was not built.
#[must_use]
pub fn program(name: &str) -> PathBuf {
    let here = std::env::current_exe().expect("this test is a file");
    let found = here.ancestors().skip(1).map(|folder| folder.join(name)).find(|path| {
        path.is_file() && path.parent().is_some_and(|folder| folder.join("deps").is_dir())
    });
    assert!(found.is_some(), "{name} is missing: run `cargo build -p bundle -p softphone` first");
    found.unwrap_or_default()
}

/// Runs a command to its end.
///
/// # Panics
/// It cannot be started, or does not end in time.
#[must_use]
pub fn run(command: &mut Command, patience: Duration) -> Output {
    let shown = format!("{command:?}");
    let piped = command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let child = piped.spawn().expect("the program starts");
    let mut running = Running(Some(child));
    let (send, receive) = channel();
    let child = running.0.take().expect("it was just started");
    let pid = child.id();
    thread::spawn(move || send.send(child.wait_with_output()));
    match receive.recv_timeout(patience) {
        Ok(output) => output.expect("the program can be waited for"),
        Err(_) => {
            kill(pid);
            unreachable!("{shown} did not end within {patience:?}")
        }
    }
}

/// A process that ends with its owner.
#[derive(Debug)]
pub struct Running(pub Option<Child>);

impl Running {
    /// Kills it with SIGKILL, and waits until it is gone.
    pub fn kill(&mut self) {
        if let Some(mut child) = self.0.take() {
            // It may have ended by itself.
            drop(child.kill());
            drop(child.wait());
        }
    }

    /// Asks it to end with SIGTERM, and waits for that.
    ///
    /// # Panics
    /// It does not.
    pub fn end(&mut self) {
        let Some(child) = &mut self.0 else { return };
        signal(child.id(), nix::sys::signal::Signal::SIGTERM);
        wait::until("the end of a process", Duration::from_secs(20), || {
            child.try_wait().expect("it can be waited for")
        });
        self.0 = None;
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        self.kill();
    }
}

/// Kills a process with SIGKILL.
pub fn kill(pid: u32) {
    signal(pid, nix::sys::signal::Signal::SIGKILL);
}

fn signal(pid: u32, signal: nix::sys::signal::Signal) {
    let pid = i32::try_from(pid).expect("process ids are small");
    // It may have ended by itself.
    let _gone = nix::sys::signal::kill(nix::unistd::Pid::from_raw(pid), signal);
}

/// The lines that a process prints, as they come.
#[derive(Debug)]
pub struct Lines(Receiver<String>);

impl Lines {
    /// Reads in the background.
    #[must_use]
    pub fn of(stdout: ChildStdout) -> Self {
        let (send, lines) = channel();
        thread::spawn(move || {
            for line in BufReader::new(stdout).lines().map_while(Result::ok) {
                if send.send(line).is_err() {
                    return;
                }
            }
        });
        Self(lines)
    }

    /// The next line; none if there was none in time, or there will be none any more.
    #[must_use]
    pub fn next(&self, patience: Duration) -> Option<String> {
        self.0.recv_timeout(patience).ok()
    }
}
