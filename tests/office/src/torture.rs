//! Kills at random moments while messages flow: what the server has acknowledged arrives, and
//! nothing is shown twice.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::fs::File;
use std::process::{Child, Stdio};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard};
use std::thread;
use std::time::Duration;

use rand_chacha::ChaCha8Rng;
use rand_core::{Rng, SeedableRng};
use serde_json::Value;

use crate::appliance::Appliance;
use crate::person::{Listener, Person};
use crate::speech::recording;
use crate::wait;

/// The longest pause between two kills.
const LONGEST_PAUSE_MS: u64 = 1500;
/// How long what was acknowledged may take to arrive after the last kill.
const SETTLE: Duration = Duration::from_secs(180);
/// So long nothing on a line that is up: then nothing is left.
const QUIET: Duration = Duration::from_secs(3);

/// One run: two people, an appliance, and somebody who kills.
#[derive(Clone, Copy, Debug)]
pub struct Torture {
    kills: u32,
    seed: u64,
}

/// What came of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Kills of the server, the sender, the receiver.
    pub kills: [u32; 3],
    /// Messages that were begun.
    pub begun: usize,
    /// Messages that the server acknowledged.
    pub acknowledged: usize,
    /// Messages that arrived.
    pub arrived: usize,
    /// Acknowledged messages that did not.
    pub lost: usize,
    /// Messages that were shown more than once.
    pub twice: usize,
}

impl fmt::Display for Counts {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { kills: [server, sender, receiver], begun, acknowledged, arrived, lost, twice } =
            self;
        write!(
            f,
            "{} kills (server {server}, sender {sender}, receiver {receiver}), {begun} messages \
             begun, {acknowledged} acknowledged, {arrived} arrived, {lost} lost, {twice} shown \
             twice",
            server + sender + receiver
        )
    }
}

/// What the sending thread and the killing one share.
#[derive(Default)]
struct Shared {
    stop: AtomicBool,
    sending: Mutex<Option<Child>>,
}

impl Shared {
    fn sending(&self) -> MutexGuard<'_, Option<Child>> {
        self.sending.lock().expect("nobody panics with it")
    }
}

impl Torture {
    /// So many kills, at moments that this seed chooses.
    #[must_use]
    pub const fn new(kills: u32, seed: u64) -> Self {
        Self { kills, seed }
    }

    /// Runs it to the end.
    ///
    /// # Panics
    /// Something cannot be started.
    #[must_use]
    pub fn run(self) -> Counts {
        let mut office = Appliance::start();
        let [anna, bob] = ["anna", "bob"].map(|name| office.person(name));
        drop(anna.list(&["contacts"]));
        let shared = Arc::new(Shared::default());
        let sender = {
            let (shared, anna) = (Arc::clone(&shared), anna.clone());
            thread::spawn(move || send_all_the_time(&anna, &shared))
        };
        let mut audience =
            Audience { listener: bob.listen(), shown: BTreeMap::new(), online: true };
        let mut rng = ChaCha8Rng::seed_from_u64(self.seed);
        let mut counts = Counts::default();
        for _ in 0..self.kills {
            audience.watch(Duration::from_millis(rng.next_u64() % LONGEST_PAUSE_MS));
            match rng.next_u32() % 5 {
                0 | 1 => {
                    counts.kills[0] += 1;
                    office.kill();
                    wait::pause(Duration::from_millis(rng.next_u64() % 300));
                    office.restart();
                }
                2 | 3 => counts.kills[1] += u32::from(kill_sender(&shared)),
                _ => {
                    counts.kills[2] += 1;
                    audience.listener.process.kill();
                    audience.watch(Duration::from_millis(100));
                    audience.listener = bob.try_listen();
                }
            }
        }
        shared.stop.store(true, Ordering::Relaxed);
        let (begun, acknowledged) = sender.join().expect("the sender ends");
        audience.wait_for(&acknowledged);
        counts.begun = begun;
        counts.count(&acknowledged, &audience, &bob);
        counts
    }
}

impl Counts {
    fn count(&mut self, acknowledged: &BTreeSet<String>, audience: &Audience, bob: &Person) {
        let listed: Vec<String> = bob.list(&["inbox"]).iter().filter_map(id_of).collect();
        let different: BTreeSet<&String> = listed.iter().collect();
        self.acknowledged = acknowledged.len();
        self.arrived = different.len();
        self.lost = acknowledged.iter().filter(|id| !different.contains(id)).count();
        let announced = audience.shown.values().filter(|times| **times > 1).count();
        self.twice = announced + (listed.len() - different.len());
    }
}

/// Who receives, and what it was shown.
struct Audience {
    listener: Listener,
    shown: BTreeMap<String, u32>,
    online: bool,
}

impl Audience {
    /// Takes note of what is shown; tells whether anything was.
    fn watch(&mut self, span: Duration) -> bool {
        let end = wait::now() + span;
        let before: u32 = self.shown.values().sum();
        while wait::now() < end {
            let Some(event) = self.listener.next() else { continue };
            match event["event"].as_str() {
                Some("online") => self.online = true,
                Some("offline" | "connecting" | "listening") => self.online = false,
                Some("arrived") => {
                    *self.shown.entry(id_of(&event).unwrap_or_default()).or_default() += 1;
                }
                Some(_) | None => {}
            }
        }
        self.shown.values().sum::<u32>() > before
    }

    /// Waits until all of these were shown, or nothing comes any more on a line that is up: the
    /// announcement of a few may have died with a receiver that was killed.
    fn wait_for(&mut self, acknowledged: &BTreeSet<String>) {
        let end = wait::now() + SETTLE;
        while wait::now() < end && !acknowledged.iter().all(|id| self.shown.contains_key(id)) {
            if !self.watch(QUIET) && self.online {
                break;
            }
        }
        // What comes a second time would come now.
        self.watch(QUIET);
        self.listener.process.end();
        self.watch(Duration::from_millis(200));
    }
}

fn id_of(value: &Value) -> Option<String> {
    value["id"].as_str().map(str::to_owned)
}

fn kill_sender(shared: &Shared) -> bool {
    match &mut *shared.sending() {
        Some(child) => child.kill().is_ok(),
        None => false,
    }
}

/// One message after the other, until it is told to stop: how many, and which were acknowledged.
fn send_all_the_time(anna: &Person, shared: &Shared) -> (usize, BTreeSet<String>) {
    let speech = recording("vm-goodbye").display().to_string();
    let output = anna.path("sent.json");
    let (mut begun, mut acknowledged) = (0, BTreeSet::new());
    while !shared.stop.load(Ordering::Relaxed) {
        begun += 1;
        // Every other one live.
        let mode = if begun % 2 == 0 { "--live" } else { "--record" };
        let words = ["send", "bob", "--json", "--timeout", "30", mode, "--file", &speech];
        let mut command = anna.ivm(&words).0;
        let file = File::create(&output).expect("the file can be written");
        let quiet = command.stdin(Stdio::null()).stdout(file).stderr(Stdio::null());
        *shared.sending() = Some(quiet.spawn().expect("ivm starts"));
        let ended = wait::until("the end of a send", Duration::from_secs(120), || {
            shared.sending().as_mut().and_then(|child| child.try_wait().expect("a child"))
        });
        *shared.sending() = None;
        if ended.success() {
            let printed = std::fs::read_to_string(&output).unwrap_or_default();
            let value: Value = serde_json::from_str(&printed).expect("an acknowledged message");
            acknowledged.extend(id_of(&value));
        }
    }
    (begun, acknowledged)
}
