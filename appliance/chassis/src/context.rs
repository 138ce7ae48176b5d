//! What every service is given: layout, clock, tasks, the signal to drain, what it announces.

use std::collections::BTreeMap;
use std::future::Future;
use std::net::SocketAddr;
use std::panic::AssertUnwindSafe;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use futures_util::FutureExt;
use log::{error, info, warn};
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::timeout;

use crate::clock::Clock;
use crate::layout::Layout;

/// How long tasks may take to end once the drain has begun; the rest is ended by force.
/// Shorter than what systemd gives before it kills.
const GRACE: Duration = Duration::from_secs(10);

/// What a service is given. Clones are the same context.
#[derive(Clone, Debug)]
pub struct Context {
    inner: Arc<Inner>,
}

#[derive(Debug)]
struct Inner {
    layout: Layout,
    clock: Clock,
    stage: watch::Sender<Stage>,
    tasks: watch::Sender<Tasks>,
    announced: watch::Sender<BTreeMap<&'static str, SocketAddr>>,
    services: watch::Sender<BTreeMap<&'static str, Service>>,
}

/// How a service of this process is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Service {
    /// Has it not ended yet?
    pub is_running: bool,
    /// Has it said that it is ready?
    pub is_ready: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stage {
    Running,
    Draining { failed: bool },
}

#[derive(Debug, Default)]
struct Tasks {
    count: u64,
    running: BTreeMap<u64, Task>,
}

#[derive(Debug)]
struct Task {
    name: &'static str,
    /// None for the moment in which it is being started.
    handle: Option<AbortHandle>,
}

impl Context {
    /// A context that only [`Context::begin_drain`] drains.
    #[must_use]
    pub fn new(layout: Layout) -> Self {
        let inner = Inner {
            layout,
            clock: Clock::start(),
            stage: watch::Sender::new(Stage::Running),
            tasks: watch::Sender::default(),
            announced: watch::Sender::default(),
            services: watch::Sender::default(),
        };
        Self { inner: Arc::new(inner) }
    }

    /// The context of a process: SIGTERM and SIGINT drain it.
    ///
    /// # Errors
    /// The kernel refuses a signal handler. To be called inside the runtime.
    pub fn root(layout: Layout) -> anyhow::Result<Self> {
        let mut terminate = signal(SignalKind::terminate()).context("cannot handle SIGTERM")?;
        let mut interrupt = signal(SignalKind::interrupt()).context("cannot handle SIGINT")?;
        let context = Self::new(layout);
        let draining = context.clone();
        tokio::spawn(async move {
            tokio::select! {
                _ = terminate.recv() => info!("asked to end"),
                _ = interrupt.recv() => info!("interrupted"),
            }
            draining.begin_drain();
        });
        Ok(context)
    }

    /// Every path and port.
    #[must_use]
    pub fn layout(&self) -> &Layout {
        &self.inner.layout
    }

    /// The clock of this process.
    #[must_use]
    pub fn clock(&self) -> &Clock {
        &self.inner.clock
    }

    /// Starts a task that the drain waits for. A panic in it ends it alone and is written down.
    pub fn spawn(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        self.track(name, async move {
            if AssertUnwindSafe(task).catch_unwind().await.is_err() {
                error!(task = name; "a task has panicked");
            }
        });
    }

    /// Starts a service: as [`Context::spawn`], but if it fails or panics, all are drained and the
    /// process [has failed](Context::failed).
    pub fn serve(
        &self,
        name: &'static str,
        service: impl Future<Output = anyhow::Result<()>> + Send + 'static,
    ) {
        let context = self.clone();
        self.note(name, |service| service.is_running = true);
        self.track(name, async move {
            let ended = AssertUnwindSafe(service).catch_unwind().await;
            context.note(name, |service| service.is_running = false);
            match ended {
                Ok(Ok(())) => return,
                Ok(Err(error)) => error!(service = name; "{error:#}"),
                Err(_) => error!(service = name; "the service has panicked"),
            }
            context.inner.stage.send_replace(Stage::Draining { failed: true });
        });
    }

    fn note(&self, name: &'static str, change: impl FnOnce(&mut Service)) {
        self.inner.services.send_modify(|services| change(services.entry(name).or_default()));
    }

    /// The services of this process, and how each is.
    #[must_use]
    pub fn services(&self) -> BTreeMap<&'static str, Service> {
        self.inner.services.borrow().clone()
    }

    /// Says that a service does its work: for those without an address to [announce].
    ///
    /// [announce]: Context::announce
    pub fn ready(&self, name: &'static str) {
        info!(service = name; "ready");
        self.note(name, |service| service.is_ready = true);
    }

    /// Waits until `name` is ready; false if the drain begins before.
    pub async fn until_ready(&self, name: &str) -> bool {
        let mut services = self.inner.services.subscribe();
        tokio::select! {
            biased;
            found = services.wait_for(|all| all.get(name).is_some_and(|one| one.is_ready)) => {
                found.is_ok()
            }
            () = self.draining() => false,
        }
    }

    fn track(&self, name: &'static str, task: impl Future<Output = ()> + Send + 'static) {
        let mut number = 0;
        self.inner.tasks.send_modify(|tasks| {
            number = tasks.count;
            tasks.count += 1;
            tasks.running.insert(number, Task { name, handle: None });
        });
        let tracked = Tracked { inner: Arc::clone(&self.inner), number };
        let spawned = tokio::spawn(async move {
            let _tracked = tracked;
            task.await;
        });
        self.inner.tasks.send_modify(|tasks| {
            if let Some(task) = tasks.running.get_mut(&number) {
                task.handle = Some(spawned.abort_handle());
            }
        });
    }

    /// Tells everyone to end, without waiting for it.
    pub fn begin_drain(&self) {
        self.inner.stage.send_if_modified(|stage| {
            let running = *stage == Stage::Running;
            if running {
                *stage = Stage::Draining { failed: false };
            }
            running
        });
    }

    /// Has the drain begun?
    #[must_use]
    pub fn is_draining(&self) -> bool {
        *self.inner.stage.borrow() != Stage::Running
    }

    /// Was the drain begun by a service that failed?
    #[must_use]
    pub fn failed(&self) -> bool {
        *self.inner.stage.borrow() == Stage::Draining { failed: true }
    }

    /// Waits until the drain begins; at once if it has. Cancel-safe.
    pub async fn draining(&self) {
        let mut stage = self.inner.stage.subscribe();
        let begun = stage.wait_for(|stage| *stage != Stage::Running).await;
        begun.expect("the sender lives in this context");
    }

    /// Tells everyone to end and waits until all have, for at most 10 s; ends the rest by force.
    ///
    /// To be called by who is not a task of this context itself.
    pub async fn drain(&self) {
        self.begin_drain();
        let mut tasks = self.inner.tasks.subscribe();
        let ended = async { tasks.wait_for(|tasks| tasks.running.is_empty()).await.is_ok() };
        if timeout(GRACE, ended).await.is_err() {
            self.end_by_force();
        }
    }

    fn end_by_force(&self) {
        for task in self.inner.tasks.borrow().running.values() {
            warn!(task = task.name; "a task does not end by itself");
            if let Some(handle) = &task.handle {
                handle.abort();
            }
        }
    }

    /// Says where a service listens: the ports may be any free ones.
    pub fn announce(&self, name: &'static str, address: SocketAddr) {
        info!(service = name, address:%; "listening");
        self.inner.announced.send_modify(|announced| {
            announced.insert(name, address);
        });
    }

    /// Waits until `name` is announced; `None` if the drain begins before.
    pub async fn announced(&self, name: &str) -> Option<SocketAddr> {
        let mut announced = self.inner.announced.subscribe();
        tokio::select! {
            biased;
            found = announced.wait_for(|announced| announced.contains_key(name)) => {
                found.ok()?.get(name).copied()
            }
            () = self.draining() => None,
        }
    }
}

/// Takes a task off the list when it has ended, in whatever way.
struct Tracked {
    inner: Arc<Inner>,
    number: u64,
}

impl Drop for Tracked {
    fn drop(&mut self) {
        self.inner.tasks.send_modify(|tasks| {
            tasks.running.remove(&self.number);
        });
    }
}

#[cfg(test)]
mod tests;
