//! A telephone's client's connection with the message server of this machine.

use std::collections::VecDeque;
use std::path::PathBuf;

use client_engine::Binding;
use link::Target;
use link::client::{Connected, Pin, connect};
use message::Object;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Objects on their way, either way: the socket's own buffers are behind them.
const WAITING: usize = 64;

/// What happens on it.
#[derive(Debug)]
pub(super) enum Event {
    /// It is there.
    Up(Binding),
    /// An object came.
    Object(Object),
    /// It is gone, or could not be made.
    Down(String),
}

/// The connection, if there is one.
#[derive(Debug)]
pub(super) struct Wire {
    socket: PathBuf,
    open: Option<Open>,
    /// What the connection has no room for yet; the engine has its own bounds.
    waiting: VecDeque<Object>,
}

#[derive(Debug)]
struct Open {
    orders: mpsc::Sender<Object>,
    events: mpsc::Receiver<Event>,
    task: JoinHandle<()>,
}

impl Drop for Open {
    fn drop(&mut self) {
        self.task.abort();
    }
}

impl Wire {
    pub(super) fn new(socket: PathBuf) -> Self {
        Self { socket, open: None, waiting: VecDeque::new() }
    }

    /// Connects; answered by up or down.
    pub(super) fn connect(&mut self) {
        let (orders, ordered) = mpsc::channel(WAITING);
        let (event, events) = mpsc::channel(WAITING);
        let target = Target::Unix(self.socket.clone());
        self.waiting.clear();
        let task = tokio::spawn(async move {
            let ended = carry(&target, ordered, &event).await;
            // Who has gone away needs no answer.
            drop(event.send(Event::Down(ended)).await);
        });
        self.open = Some(Open { orders, events, task });
    }

    /// Sends an object, if there is a connection.
    pub(super) fn transmit(&mut self, object: Object) {
        if self.open.is_some() {
            self.waiting.push_back(object);
        }
    }

    /// Is there one, or is it being made?
    pub(super) fn is_open(&self) -> bool {
        self.open.is_some()
    }

    /// Closes it, without a word.
    pub(super) fn close(&mut self) {
        self.open = None;
    }

    /// What happens next; waits for ever where there is no connection. Cancel-safe.
    pub(super) async fn next(&mut self) -> Event {
        let event = match &mut self.open {
            Some(open) => open.next(&mut self.waiting).await,
            None => std::future::pending().await,
        };
        if matches!(event, Event::Down(_)) {
            self.open = None;
        }
        event
    }
}

impl Open {
    /// Hands over what waits, until something happens.
    async fn next(&mut self, waiting: &mut VecDeque<Object>) -> Event {
        loop {
            tokio::select! {
                event = self.events.recv() => {
                    return event.unwrap_or_else(|| Event::Down("it has ended".to_owned()));
                }
                permit = self.orders.reserve(), if !waiting.is_empty() => {
                    match (permit, waiting.pop_front()) {
                        (Ok(permit), Some(object)) => permit.send(object),
                        // It has ended, and says so.
                        (Err(_), _) | (_, None) => waiting.clear(),
                    }
                }
            }
        }
    }
}

/// Carries objects until it breaks; tells why it did.
async fn carry(
    target: &Target,
    mut ordered: mpsc::Receiver<Object>,
    event: &mpsc::Sender<Event>,
) -> String {
    let Connected { mut incoming, mut outgoing, exporter, .. } =
        match connect(target, &Pin::FirstUse).await {
            Ok(connected) => connected,
            Err(error) => return error.to_string(),
        };
    let binding = exporter.map_or(Binding::None, Binding::Exporter);
    if event.send(Event::Up(binding)).await.is_err() {
        return String::new();
    }
    loop {
        let sent = tokio::select! {
            order = ordered.recv() => match order {
                Some(object) => outgoing.send(&object).await,
                None => return String::new(),
            },
            object = incoming.next() => match object {
                Ok(Some(object)) => {
                    if event.send(Event::Object(object)).await.is_err() {
                        return String::new();
                    }
                    Ok(())
                }
                Ok(None) => return "the server has closed it".to_owned(),
                Err(error) => return error.to_string(),
            },
        };
        let flushed = match sent {
            Ok(()) if ordered.is_empty() => outgoing.flush().await,
            other => other,
        };
        if let Err(error) = flushed {
            return error.to_string();
        }
    }
}
