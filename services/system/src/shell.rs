//! The service at work: opens what it needs, listens, and answers until it is told to end.
//!
//! ```text
//! socket -> a task for each connection -> settings: the keeper, one thing after the other
//!                                      `-> all else: a task for each question, at most a few
//! ```

mod answer;
mod apply;
mod certificates;
mod connection;
mod files;
mod log_book;
mod look;
mod raised;
mod services;

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;

use anyhow::Context as _;
use chassis::context::Context;
use chassis::drive::Shell;
use link::server::UnixListener;
use message::{Object, ObjectIds};
use tokio::sync::mpsc;

use crate::keeper::{Input, Keeper, Output};
use answer::Desk;
use connection::{Event, Users};
use files::Files;

/// What is on its way to the keeper; a connection that finds it full waits.
const EVENTS: usize = 64;

/// What the keeper is given beside its context.
#[derive(Clone, Copy, Debug, Default)]
pub struct Options {
    /// The user of the message server.
    pub office: Option<u32>,
    /// The user of the DHCP server.
    pub dhcp: Option<u32>,
    /// The user of the gateway.
    pub gateway: Option<u32>,
    /// The user of the administration.
    pub pages: Option<u32>,
    /// The user of the front panel.
    pub panel: Option<u32>,
}

/// Keeps the settings until the context drains. It is ready when everybody can serve.
///
/// # Errors
/// The authority is damaged, or a file or the socket cannot be used.
pub async fn run(context: Context, options: Options) -> anyhow::Result<()> {
    let layout = context.layout().clone();
    let desk = Arc::new(Desk::open(&context)?);
    let (files, found) = Files::open(&layout.system_state).context("cannot read the settings")?;
    let keeper = Keeper::new(found.record, found.restored, layout.deed_socket.is_some());
    let socket = &layout.system_socket;
    let listener = UnixListener::bind(socket, &[])
        .with_context(|| format!("listening at {}", socket.display()))?;
    let (sender, events) = mpsc::channel(EVENTS);
    connection::accept(&context, listener, Users::of(options), &desk, sender.clone());
    look::keep_looking(&desk);
    context.ready("system");
    let links = BTreeMap::new();
    let ids = answer::fresh_ids(&context);
    let shell = SystemShell { desk, files, events, sender, links, ids, done: VecDeque::new() };
    chassis::drive::drive(keeper, shell, &context).await;
    Ok(())
}

/// The keeper's outer side.
struct SystemShell {
    desk: Arc<Desk>,
    files: Files,
    events: mpsc::Receiver<Event>,
    sender: mpsc::Sender<Event>,
    links: BTreeMap<u64, mpsc::Sender<Object>>,
    ids: ObjectIds,
    done: VecDeque<Input>,
}

impl SystemShell {
    /// Who does not take its answers is let go: it connects anew and asks for all.
    fn send(&mut self, conn: u64, object: Object) {
        if self.links.get(&conn).is_some_and(|link| link.try_send(object).is_err()) {
            self.links.remove(&conn);
        }
    }
}

impl Shell for SystemShell {
    type Machine = Keeper;

    async fn next(&mut self) -> Option<Input> {
        if let Some(done) = self.done.pop_front() {
            return Some(done);
        }
        loop {
            match self.events.recv().await? {
                Event::Arrived(conn, link) => {
                    self.links.insert(conn, link);
                }
                Event::Input(input) => {
                    if let Input::Gone(conn) = &input {
                        self.links.remove(conn);
                    }
                    return Some(input);
                }
            }
        }
    }

    async fn perform(&mut self, output: Output) {
        match output {
            Output::Answer(asked, Ok(snapshot)) => {
                self.send(asked.conn, Object::answer(&asked.header, &snapshot));
            }
            Output::Answer(asked, Err(refusal)) => {
                self.send(asked.conn, Object::refused(&asked.header, &refusal));
            }
            Output::Post(conn, snapshot) => {
                let id = self.ids.fresh(self.desk.context.clock().now());
                self.send(conn, Object::of(id, &snapshot));
            }
            Output::Store { record, keeps_old } => {
                let stored = self.files.store(&record, keeps_old);
                self.done.push_back(Input::Stored(stored.map_err(|error| error.to_string())));
            }
            Output::Apply(parts, settings) => {
                apply::apply(&self.desk, parts, *settings, self.sender.clone());
            }
            Output::Alarms(alarms) => self.desk.set_keepers_alarms(alarms),
        }
    }
}
