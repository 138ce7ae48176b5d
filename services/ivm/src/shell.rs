//! The engine's outer side: sockets, the store's threads, the disk's free space, the wall clock.
//! It decides nothing.
//!
//! ```text
//! socket -> reader task -> inputs -> engine -> batch -> writer task -> socket
//!                                    |    ^
//!                                    v    |
//!                              store threads (one writes, two read)
//! ```
//!
//! Nothing here grows without bound: a reader waits while too many bytes are on their way to the
//! engine; the engine takes nothing more from sockets while the store has too much to do; what is
//! on its way to one socket is bounded by the engine's window.

mod alarm;
mod link;
mod office;
mod threads;

use std::collections::{BTreeMap, VecDeque};
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use ::link::server::{Accepted, TlsListener, UnixListener};
use chassis::context::Context;
use chassis::drive::Shell;
use chassis::hub::News;
use message::Object;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::{Interval, MissedTickBehavior, interval};

use crate::engine::{Caller, ConnId, Duty, Engine, Input, Output};
use link::Link;
pub(crate) use office::watch;
use threads::Job;
pub(crate) use threads::Threads;

/// Objects, acknowledgements of writing and endings on their way to the engine. Enough for a burst;
/// a reader that finds it full waits, and its peer with it.
const INPUTS: usize = 1_024;
/// Bytes of objects on their way to the engine, in KiB.
const INPUT_KIB: usize = 64 << 10;
/// Connections that were accepted and not yet told to the engine.
const ARRIVALS: usize = 64;
/// How often the engine is told the wall time and the free space.
const TICK: Duration = Duration::from_secs(5);

/// What of the office the shell has to know.
pub(crate) struct OfficeSide {
    /// On which disk messages are.
    pub(crate) disk: PathBuf,
    /// The settings, whenever they change.
    pub(crate) settings: mpsc::Receiver<News>,
    /// Users of services that may not do everything.
    pub(crate) duties: BTreeMap<u32, Duty>,
}

/// The sockets and threads around an engine.
pub(crate) struct IvmShell {
    context: Context,
    inputs: mpsc::Receiver<Input>,
    sender: mpsc::Sender<Input>,
    arrivals: mpsc::Receiver<Accepted>,
    room: Arc<Semaphore>,
    links: BTreeMap<ConnId, Link>,
    touched: Vec<ConnId>,
    connections: u64,
    threads: Threads,
    ticks: Interval,
    ticked: VecDeque<Input>,
    disk: PathBuf,
    settings: mpsc::Receiver<News>,
    duties: BTreeMap<u32, Duty>,
    drained: bool,
}

impl IvmShell {
    /// A shell that accepts on these sockets.
    pub(crate) fn new(
        context: &Context,
        tls: TlsListener,
        unix: UnixListener,
        threads: Threads,
        office: OfficeSide,
    ) -> Self {
        let OfficeSide { disk, settings, duties } = office;
        let (sender, inputs) = mpsc::channel(INPUTS);
        let (arrive, arrivals) = mpsc::channel(ARRIVALS);
        accept_tls(context, tls, arrive.clone());
        accept_unix(context, unix, arrive);
        let mut ticks = interval(TICK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        Self {
            context: context.clone(),
            inputs,
            sender,
            arrivals,
            room: Arc::new(Semaphore::new(INPUT_KIB)),
            links: BTreeMap::new(),
            touched: Vec::new(),
            connections: 0,
            threads,
            ticks,
            ticked: VecDeque::new(),
            disk,
            settings,
            duties,
            drained: false,
        }
    }

    /// Waits until the store's threads have ended; tells whether they ended well.
    pub(crate) async fn join(self) -> bool {
        self.threads.join().await
    }

    fn arrived(&mut self, accepted: Accepted) -> Input {
        self.connections += 1;
        let conn = ConnId(self.connections);
        let caller = Caller {
            address: accepted.peer.address.map(|at| at.ip().to_string()).unwrap_or_default(),
            exporter: accepted.peer.exporter,
            rights: accepted.peer.rights,
        };
        let duty = accepted.peer.user.and_then(|user| self.duties.get(&user));
        self.ticked.extend(duty.map(|duty| Input::Duty { conn, duty: *duty }));
        let link = link::start(&self.context, conn, accepted, &self.sender, &self.room);
        self.links.insert(conn, link);
        Input::Accepted { conn, caller }
    }

    fn received(&mut self, input: Input) -> Input {
        match &input {
            Input::Object { object, .. } => self.room.add_permits(link::permits(object)),
            Input::Closed { conn } => {
                self.links.remove(conn);
            }
            Input::Accepted { .. }
            | Input::Duty { .. }
            | Input::Broken { .. }
            | Input::Written { .. }
            | Input::Committed { .. }
            | Input::Answered { .. }
            | Input::Wall { .. }
            | Input::Space { .. }
            | Input::Parameters(_)
            | Input::Drain => {}
        }
        input
    }

    fn ticked(&mut self) {
        let unix_millis = self.context.clock().unix_millis();
        self.ticked.push_back(Input::Wall { unix_millis });
        match nix::sys::statvfs::statvfs(&self.disk) {
            Ok(disk) => {
                let free = disk.blocks_available().saturating_mul(disk.fragment_size());
                self.ticked.push_back(Input::Space { free });
            }
            Err(error) => log::warn!(error:%; "the free space of the disk is not known"),
        }
    }

    fn queue(&mut self, conn: ConnId, object: Object) {
        if let Some(link) = self.links.get_mut(&conn) {
            if link.is_idle() {
                self.touched.push(conn);
            }
            link.queue(object);
        }
    }
}

impl Shell for IvmShell {
    type Machine = Engine;

    async fn next(&mut self) -> Option<Input> {
        loop {
            if self.drained || self.threads.have_failed() {
                return None;
            }
            if let Some(input) = self.ticked.pop_front() {
                return Some(input);
            }
            let room = !self.threads.are_busy();
            tokio::select! {
                biased;
                Some(answer) = self.threads.answered() => return Some(answer),
                _ = self.ticks.tick() => self.ticked(),
                Some(news) = self.settings.recv() => {
                    if let Some(parameters) = office::heard(&news) {
                        return Some(Input::Parameters(parameters));
                    }
                }
                Some(accepted) = self.arrivals.recv(), if room => {
                    return Some(self.arrived(accepted));
                }
                Some(input) = self.inputs.recv(), if room => return Some(self.received(input)),
                else => return None,
            }
        }
    }

    async fn perform(&mut self, output: Output) {
        match output {
            Output::Send { conn, object } => self.queue(conn, object),
            Output::Admitted { conn } => {
                if let Some(link) = self.links.get(&conn) {
                    link.admit();
                }
            }
            Output::Close { conn } => {
                // Its halves end when the link is gone: the writer after all that was queued.
                if let Some(link) = self.links.remove(&conn) {
                    link.finish();
                }
            }
            Output::Commit { ticket, writes } => self.threads.begin(Job::Commit(ticket, writes)),
            Output::Load { ticket, query } => self.threads.begin(Job::Load(ticket, query)),
            Output::Drained => self.drained = true,
        }
    }

    async fn settle(&mut self) {
        for conn in std::mem::take(&mut self.touched) {
            if let Some(link) = self.links.get_mut(&conn)
                && !link.flush()
            {
                self.links.remove(&conn);
            }
        }
        self.threads.settle();
    }

    fn drain(&mut self) -> Option<Input> {
        Some(Input::Drain)
    }
}

fn accept_tls(context: &Context, mut listener: TlsListener, arrive: mpsc::Sender<Accepted>) {
    let draining = context.clone();
    context.spawn("ivm tls", async move {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = draining.draining() => return,
            };
            if arrive.send(accepted).await.is_err() {
                return;
            }
        }
    });
}

fn accept_unix(context: &Context, mut listener: UnixListener, arrive: mpsc::Sender<Accepted>) {
    let draining = context.clone();
    context.spawn("ivm unix", async move {
        loop {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = draining.draining() => return,
            };
            if arrive.send(accepted).await.is_err() {
                return;
            }
        }
    });
}
