//! The thread that writes leases: whatever waits goes to the disk with one commit.

use std::net::Ipv4Addr;
use std::thread;

use anyhow::Context as _;
use tokio::sync::mpsc;

use crate::lease::Lease;
use crate::store::Store;

/// Leases on their way: every address of a pool can wait, and each has one answer.
const WAITING: usize = 65_536;
/// Leases in one commit.
const GROUP: usize = 1_024;

/// What came of it.
pub(super) type Outcome = (Vec<Ipv4Addr>, Result<(), String>);

/// The way to the thread.
pub(super) struct Disk {
    leases: mpsc::Sender<Job>,
    outcomes: mpsc::Receiver<Outcome>,
}

enum Job {
    Lease(Lease),
    StoodDown(bool),
}

impl Disk {
    /// Starts the thread; it ends with us.
    pub(super) fn start(store: Store) -> anyhow::Result<Self> {
        let (leases, jobs) = mpsc::channel(WAITING);
        let (done, outcomes) = mpsc::channel(WAITING);
        let work = move || work(store, jobs, &done);
        thread::Builder::new()
            .name("dhcp disk".to_owned())
            .spawn(work)
            .context("cannot start the thread that writes leases")?;
        Ok(Self { leases, outcomes })
    }

    /// Has a lease written; false if too many wait already.
    pub(super) fn write(&self, lease: Lease) -> bool {
        self.leases.try_send(Job::Lease(lease)).is_ok()
    }

    /// Has it written whether another server has made us stop.
    pub(super) fn remember(&self, stood_down: bool) -> bool {
        self.leases.try_send(Job::StoodDown(stood_down)).is_ok()
    }

    /// The next outcome; nothing once the thread is gone. Cancel-safe.
    pub(super) async fn next(&mut self) -> Option<Outcome> {
        self.outcomes.recv().await
    }
}

fn work(mut store: Store, mut jobs: mpsc::Receiver<Job>, done: &mpsc::Sender<Outcome>) {
    let mut batch = Vec::new();
    while jobs.blocking_recv_many(&mut batch, GROUP) > 0 {
        let (mut leases, mut stood_down) = (Vec::new(), None);
        for job in batch.drain(..) {
            match job {
                Job::Lease(lease) => leases.push(lease),
                Job::StoodDown(yes) => stood_down = Some(yes),
            }
        }
        let written = store.write(&leases, stood_down).map_err(|error| error.to_string());
        if let (Err(error), true) = (&written, leases.is_empty()) {
            log::warn!(error:%; "that the server has stood down could not be written");
        }
        let addresses = leases.iter().map(|lease| lease.address).collect();
        // At the end of the service nobody waits for it.
        let _ = done.blocking_send((addresses, written));
    }
}
