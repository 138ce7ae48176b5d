//! The line to the server: connects, reads and writes in tasks of its own.

use std::collections::VecDeque;

use client_engine::Binding;
use link::client::{Connected, Pin, connect};
use link::{Incoming, LinkError, Outgoing, Target};
use message::Object;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

/// Objects on their way between the engine and a socket, either way: the socket's own buffers
/// are behind them.
const WAITING: usize = 64;

/// What happens on the line.
#[derive(Debug)]
pub enum Event {
    /// It is up; log-in may begin.
    Up(Binding),
    /// An object came.
    Object(Object),
    /// It is down, or could not be made.
    Down(Ended),
}

/// Why the line is down.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ended {
    /// Why, for people.
    pub reason: String,
    /// Is the server another one than the pinned one?
    pub wrong_server: bool,
}

impl Ended {
    fn new(reason: impl Into<String>) -> Self {
        Self { reason: reason.into(), wrong_server: false }
    }

    fn of(error: &LinkError) -> Self {
        let wrong_server = matches!(error, LinkError::WrongServer { .. });
        Self { reason: error.to_string(), wrong_server }
    }
}

#[derive(Debug)]
enum Order {
    Connect,
    Transmit(Object),
    Disconnect,
}

/// The line to one server.
#[derive(Debug)]
pub struct Line {
    orders: mpsc::Sender<Order>,
    events: mpsc::Receiver<(u64, Event)>,
    waiting: VecDeque<Order>,
    /// The number of the connection that counts; what an older one still says does not.
    connection: u64,
    open: bool,
    task: JoinHandle<()>,
}

impl Line {
    /// A line to this server; not connected yet.
    #[must_use]
    pub fn new(target: Target, pin: Pin) -> Self {
        let (orders, ordered) = mpsc::channel(WAITING);
        let (event, events) = mpsc::channel(WAITING);
        let task = tokio::spawn(serve(target, pin, ordered, event));
        Self { orders, events, waiting: VecDeque::new(), connection: 0, open: false, task }
    }

    /// Connects; answered by up or down.
    pub fn connect(&mut self) {
        self.connection += 1;
        self.open = true;
        self.waiting.push_back(Order::Connect);
    }

    /// Sends an object, if the line is up.
    pub fn transmit(&mut self, object: Object) {
        if self.open {
            self.waiting.push_back(Order::Transmit(object));
        }
    }

    /// Closes the line after all that was to be sent; answered by down.
    pub fn disconnect(&mut self) {
        if self.open {
            self.waiting.push_back(Order::Disconnect);
        }
    }

    /// Is it up, or on its way up or down?
    #[must_use]
    pub fn is_open(&self) -> bool {
        self.open
    }

    /// What happens next. Cancel-safe; waits for ever on a line that nobody uses.
    pub async fn next(&mut self) -> Event {
        loop {
            let event = tokio::select! {
                event = self.events.recv() => event,
                permit = self.orders.reserve(), if !self.waiting.is_empty() => {
                    if let (Ok(permit), Some(order)) = (permit, self.waiting.pop_front()) {
                        permit.send(order);
                    }
                    continue;
                }
            };
            let Some((connection, event)) = event else { return self.stopped().await };
            if connection != self.connection || !self.open {
                continue;
            }
            if matches!(event, Event::Down(_)) {
                self.open = false;
                self.waiting.clear();
            }
            return event;
        }
    }

    /// The task is gone: it cannot end before the line does, so it has failed.
    async fn stopped(&mut self) -> Event {
        if self.open {
            self.open = false;
            return Event::Down(Ended::new("the connection's task has stopped"));
        }
        std::future::pending().await
    }
}

impl Drop for Line {
    fn drop(&mut self) {
        self.task.abort();
    }
}

struct Up {
    outgoing: Outgoing,
    reader: JoinHandle<()>,
}

impl Drop for Up {
    fn drop(&mut self) {
        self.reader.abort();
    }
}

async fn serve(
    target: Target,
    pin: Pin,
    mut orders: mpsc::Receiver<Order>,
    events: mpsc::Sender<(u64, Event)>,
) {
    let mut up: Option<Up> = None;
    let mut connection = 0;
    while let Some(order) = orders.recv().await {
        let ended = match order {
            Order::Connect => {
                connection += 1;
                // What is left of the line before.
                up = None;
                match connect(&target, &pin).await {
                    Ok(connected) => {
                        up = Some(begin(connected, connection, &events).await);
                        None
                    }
                    Err(error) => Some(Ended::of(&error)),
                }
            }
            Order::Transmit(object) => match &mut up {
                Some(up) => write(up, &object, orders.is_empty()).await.err(),
                None => None,
            },
            Order::Disconnect => match up.take() {
                Some(mut up) => Some(finish(&mut up).await),
                None => None,
            },
        };
        if let Some(ended) = ended {
            up = None;
            if events.send((connection, Event::Down(ended))).await.is_err() {
                return;
            }
        }
    }
}

async fn begin(connected: Connected, connection: u64, events: &mpsc::Sender<(u64, Event)>) -> Up {
    let Connected { incoming, outgoing, exporter, fingerprint: _ } = connected;
    let binding = exporter.map_or(Binding::None, Binding::Exporter);
    // Whoever has gone away needs no answer.
    drop(events.send((connection, Event::Up(binding))).await);
    let reader = tokio::spawn(read(incoming, connection, events.clone()));
    Up { outgoing, reader }
}

async fn read(mut incoming: Incoming, connection: u64, events: mpsc::Sender<(u64, Event)>) {
    loop {
        let event = match incoming.next().await {
            Ok(Some(object)) => Event::Object(object),
            Ok(None) => Event::Down(Ended::new("the server closed the connection")),
            Err(error) => Event::Down(Ended::of(&error)),
        };
        let over = matches!(event, Event::Down(_));
        if events.send((connection, event)).await.is_err() || over {
            return;
        }
    }
}

async fn write(up: &mut Up, object: &Object, last: bool) -> Result<(), Ended> {
    let written = async {
        up.outgoing.send(object).await?;
        if last { up.outgoing.flush().await } else { Ok(()) }
    };
    written.await.map_err(|error: LinkError| Ended::of(&error))
}

async fn finish(up: &mut Up) -> Ended {
    match up.outgoing.close().await {
        Ok(()) => Ended::new("closed"),
        Err(error) => Ended::of(&error),
    }
}
