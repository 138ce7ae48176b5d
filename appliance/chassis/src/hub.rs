//! The connection of a service with a hub (the IVM server, the settings keeper), as a privileged
//! local service: to ask, made when something is asked and made again when it broke; to watch,
//! held as long as the service runs.

mod watch;

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::time::Duration;

use link::client::{Connected, Pin, connect};
use link::{LinkError, Target};
use log::{debug, info};
use message::login::ServiceHello;
use message::{Action, Body, Malformed, Object, ObjectId, ObjectIds, Refusal};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

pub use watch::{News, watch};

use crate::chance;
use crate::context::Context;

/// Requests that may wait; a service makes a few at a time.
const REQUESTS: usize = 64;
/// The server answers in milliseconds; a busy disk, or a deed of root on a slow machine, takes longer.
const PATIENCE: Duration = Duration::from_secs(20);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum Away {
    /// The hub is not there, or does not answer.
    #[error("the {0} is not answering")]
    Silent(&'static str),
    /// The hub says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The hub's answer cannot be read.
    #[error("another version answers: {0}")]
    Malformed(#[from] Malformed),
}

#[derive(Debug)]
struct Request {
    object: Object,
    answer: oneshot::Sender<Object>,
}

/// Which hub, where, and who comes.
#[derive(Clone, Debug)]
pub struct Address {
    /// What people call the hub: `message server`, `settings keeper`.
    pub name: &'static str,
    /// Its socket.
    pub socket: PathBuf,
    /// The service that comes, as it says in its hello.
    pub caller: &'static str,
}

/// The way to a hub. Clones share one connection.
#[derive(Clone, Debug)]
pub struct Hub {
    name: &'static str,
    requests: mpsc::Sender<Request>,
}

impl Hub {
    /// Starts the task that owns the connection.
    #[must_use]
    pub fn start(context: &Context, address: Address) -> Self {
        let (requests, asked) = mpsc::channel(REQUESTS);
        let name = address.name;
        let line = Line { context: context.clone(), address, asked };
        context.spawn("hub", line.run());
        Self { name, requests }
    }

    /// Asks the hub; its answer is an object that is not a refusal.
    ///
    /// # Errors
    /// It is away, refuses, or speaks another version.
    pub async fn ask<'b, B: Body<'b>>(&self, body: &B) -> Result<Object, Away> {
        let (answer, answered) = oneshot::channel();
        let object = Object::of(ObjectId::BLANK, body);
        self.requests.try_send(Request { object, answer }).map_err(|_| Away::Silent(self.name))?;
        let object = timeout(PATIENCE, answered).await.map_err(|_| Away::Silent(self.name))?;
        let object = object.map_err(|_| Away::Silent(self.name))?;
        if object.header.flags.refused {
            return Err(Away::Refused(object.read::<Refusal>()?));
        }
        Ok(object)
    }
}

/// The task's own: dropping a request tells who waits that there is no answer.
struct Line {
    context: Context,
    address: Address,
    asked: mpsc::Receiver<Request>,
}

impl Line {
    async fn run(mut self) {
        loop {
            let first = tokio::select! {
                () = self.context.draining() => return,
                request = self.asked.recv() => request,
            };
            let Some(first) = first else { return };
            match self.talk(first).await {
                Ok(()) => debug!(hub = self.address.name; "the connection was closed"),
                Err(error) => info!(hub = self.address.name, error:%; "no connection"),
            }
        }
    }

    /// Connects, and carries requests until the connection ends or the service drains.
    async fn talk(&mut self, first: Request) -> Result<(), LinkError> {
        let (mut connected, mut ids) = greet(&self.context, &self.address).await?;
        let mut waiting = BTreeMap::new();
        send(&mut connected, &mut ids, &mut waiting, first, &self.context).await?;
        loop {
            tokio::select! {
                () = self.context.draining() => return connected.outgoing.close().await,
                request = self.asked.recv() => {
                    let Some(request) = request else { return connected.outgoing.close().await };
                    send(&mut connected, &mut ids, &mut waiting, request, &self.context).await?;
                }
                object = connected.incoming.next() => match object? {
                    Some(object) => heard(&mut connected, &mut waiting, object).await?,
                    None => return Ok(()),
                },
            }
        }
    }
}

/// Connects and says who comes.
async fn greet(context: &Context, address: &Address) -> Result<(Connected, ObjectIds), LinkError> {
    let target = Target::Unix(address.socket.clone());
    let mut connected = connect(&target, &Pin::FirstUse).await?;
    let base = ObjectId::new(context.clock().unix_millis(), &mut chance::rng());
    let mut ids = ObjectIds::new(base);
    let hello = ServiceHello { service: address.caller.to_owned() };
    let hello = Object::of(ids.fresh(context.clock().now()), &hello);
    connected.outgoing.send(&hello).await?;
    Ok((connected, ids))
}

type Waiting = BTreeMap<ObjectId, oneshot::Sender<Object>>;

async fn send(
    connected: &mut Connected,
    ids: &mut ObjectIds,
    waiting: &mut Waiting,
    request: Request,
    context: &Context,
) -> Result<(), LinkError> {
    waiting.retain(|_, answer| !answer.is_closed());
    let Request { mut object, answer } = request;
    object.header.id = ids.fresh(context.clock().now());
    waiting.insert(object.header.id, answer);
    connected.outgoing.send(&object).await?;
    connected.outgoing.flush().await
}

async fn heard(
    connected: &mut Connected,
    waiting: &mut Waiting,
    object: Object,
) -> Result<(), LinkError> {
    let header = object.header;
    if header.flags.answer {
        if let Some(answer) = waiting.remove(&header.id) {
            // Who asked may have lost patience.
            let _ = answer.send(object);
        }
        return Ok(());
    }
    if header.action == Action::Ping {
        connected.outgoing.send(&Object::accepted(&header)).await?;
        return connected.outgoing.flush().await;
    }
    Ok(())
}
