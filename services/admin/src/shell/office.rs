//! The connection with the IVM server, as a privileged local service. It is made when something
//! is asked, and made again when it broke.

use std::collections::BTreeMap;
use std::time::Duration;

use chassis::chance;
use chassis::context::Context;
use link::client::{Connected, Pin, connect};
use link::{LinkError, Target};
use log::{debug, info};
use message::login::ServiceHello;
use message::{Action, Body, Malformed, Object, ObjectId, ObjectIds, Refusal};
use tokio::sync::{mpsc, oneshot};
use tokio::time::timeout;

/// Requests that may wait; the pages of one administrator make a few.
const REQUESTS: usize = 64;
/// The server answers in milliseconds; a busy disk may take longer.
const PATIENCE: Duration = Duration::from_secs(10);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Away {
    /// The server is not there, or does not answer.
    #[error("The message server is not answering.")]
    Silent,
    /// The server says no.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The server's answer cannot be read.
    #[error("The message server speaks another version: {0}")]
    Malformed(#[from] Malformed),
}

struct Request {
    object: Object,
    answer: oneshot::Sender<Object>,
}

/// The way to the IVM server.
#[derive(Clone)]
pub(crate) struct Office {
    requests: mpsc::Sender<Request>,
}

impl Office {
    /// Starts the task that owns the connection.
    pub(crate) fn start(context: &Context) -> Self {
        let (requests, asked) = mpsc::channel(REQUESTS);
        let desk = Line { context: context.clone(), asked };
        context.spawn("admin office", desk.run());
        Self { requests }
    }

    /// Asks the server; its answer is an object that is not a refusal.
    pub(crate) async fn ask<'b, B: Body<'b>>(&self, body: &B) -> Result<Object, Away> {
        let (answer, answered) = oneshot::channel();
        let object = Object::of(ObjectId::BLANK, body);
        self.requests.try_send(Request { object, answer }).map_err(|_| Away::Silent)?;
        let object = timeout(PATIENCE, answered).await.map_err(|_| Away::Silent)?;
        let object = object.map_err(|_| Away::Silent)?;
        if object.header.flags.refused {
            return Err(Away::Refused(object.read::<Refusal>()?));
        }
        Ok(object)
    }
}

/// The task's own: dropping a request tells who waits that there is no answer.
struct Line {
    context: Context,
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
                Ok(()) => debug!("the message server closed the connection"),
                Err(error) => info!(error:%; "no connection with the message server"),
            }
        }
    }

    /// Connects, and carries requests until the connection ends or the service drains.
    async fn talk(&mut self, first: Request) -> Result<(), LinkError> {
        let target = Target::Unix(self.context.layout().ivm_socket.clone());
        let mut connected = connect(&target, &Pin::FirstUse).await?;
        let now = self.context.clock().now();
        let base = ObjectId::new(self.context.clock().unix_millis(), &mut chance::rng());
        let mut ids = ObjectIds::new(base);
        let hello = ServiceHello { service: "admin".to_owned() };
        connected.outgoing.send(&Object::of(ids.fresh(now), &hello)).await?;
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
