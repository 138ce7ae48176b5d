//! One connection's two tasks: the reader gives objects to the engine, the writer takes batches of
//! them to the socket.

use std::sync::Arc;
use std::time::Duration;

use chassis::context::Context;
use link::server::Accepted;
use link::{Incoming, LinkError, Outgoing, hang_up};
use message::{ErrorCode, MAX_BODY, Object, Refusal};
use tokio::sync::{Semaphore, mpsc, oneshot, watch};
use tokio::time::{sleep, timeout};

use crate::engine::{ConnId, Input};

/// Batches on their way to one socket. The engine's window is 64 KiB and an object has at least
/// 64 bytes, so that this line is never full.
const LINE: usize = 2_048;
/// The engine is told of written bytes when there are so many: not of each small object.
const REPORT: usize = 16 << 10;
/// After the engine has closed a connection, its peer gets so long to read the rest.
const PATIENCE: Duration = Duration::from_secs(5);
/// The reader gives its half up at once, unless the engine is very busy.
const HANDOVER: Duration = Duration::from_secs(1);

/// The shell's end of a connection; dropping it ends both tasks.
pub(super) struct Link {
    batch: Vec<Object>,
    line: mpsc::Sender<Vec<Object>>,
    admitted: watch::Sender<bool>,
}

impl Link {
    /// Is nothing queued since the last flush?
    pub(super) fn is_idle(&self) -> bool {
        self.batch.is_empty()
    }

    /// Queues an object for the next flush.
    pub(super) fn queue(&mut self, object: Object) {
        self.batch.push(object);
    }

    /// Gives what is queued to the writer; false if it is gone.
    pub(super) fn flush(&mut self) -> bool {
        self.batch.is_empty() || self.line.try_send(std::mem::take(&mut self.batch)).is_ok()
    }

    /// Gives what is queued to the writer, and lets it end after that.
    pub(super) fn finish(mut self) {
        self.flush();
    }

    /// The peer has logged in: objects of full length are taken.
    pub(super) fn admit(&self) {
        self.admitted.send_replace(true);
    }
}

/// What an object takes of the room for bytes on their way to the engine, in KiB.
pub(super) fn permits(object: &Object) -> usize {
    object.wire_len().div_ceil(1024)
}

/// Starts both tasks of a connection.
pub(super) fn start(
    context: &Context,
    conn: ConnId,
    accepted: Accepted,
    inputs: &mpsc::Sender<Input>,
    room: &Arc<Semaphore>,
) -> Link {
    let (line, batches) = mpsc::channel(LINE);
    let (admitted, life) = watch::channel(false);
    let (give, ended) = oneshot::channel();
    let reader = Reader {
        conn,
        incoming: accepted.incoming,
        inputs: inputs.clone(),
        room: Arc::clone(room),
        life: life.clone(),
    };
    context.spawn("ivm reader", async move {
        // A writer that is gone needs it no more.
        let _ = give.send(reader.run().await);
    });
    let writer = Writer { conn, outgoing: accepted.outgoing, batches, inputs: inputs.clone() };
    context.spawn("ivm writer", writer.run(life, ended));
    Link { batch: Vec::new(), line, admitted }
}

struct Reader {
    conn: ConnId,
    incoming: Incoming,
    inputs: mpsc::Sender<Input>,
    room: Arc<Semaphore>,
    life: watch::Receiver<bool>,
}

impl Reader {
    /// Reads until either side ends the connection, and gives the half back for the farewell.
    async fn run(mut self) -> Incoming {
        let conn = self.conn;
        loop {
            let next = tokio::select! {
                biased;
                alive = self.life.changed() => {
                    if alive.is_err() {
                        return self.incoming;
                    }
                    self.incoming.set_limit(MAX_BODY);
                    continue;
                }
                next = self.incoming.next() => next,
            };
            let input = match next {
                Ok(Some(object)) => {
                    let room = u32::try_from(permits(&object)).unwrap_or(u32::MAX);
                    // Given back when the engine takes the object.
                    let Ok(permit) = self.room.acquire_many(room).await else {
                        return self.incoming;
                    };
                    permit.forget();
                    Input::Object { conn, object }
                }
                Ok(None) => Input::Closed { conn },
                Err(error) => ending(conn, &error),
            };
            let over = !matches!(input, Input::Object { .. });
            if self.inputs.send(input).await.is_err() || over {
                return self.incoming;
            }
        }
    }
}

/// How the engine learns that a connection cannot go on.
fn ending(conn: ConnId, error: &LinkError) -> Input {
    let code = match error {
        LinkError::Malformed(message::Malformed::Version { .. }) => ErrorCode::Version,
        LinkError::Malformed(_) => ErrorCode::Malformed,
        LinkError::TooLong { .. } => ErrorCode::TooLarge,
        LinkError::Truncated
        | LinkError::Io(_)
        | LinkError::Frames(_)
        | LinkError::TimedOut
        | LinkError::Tls(_)
        | LinkError::WrongServer { .. } => return Input::Closed { conn },
    };
    Input::Broken { conn, refusal: Refusal::new(code, error.to_string()) }
}

struct Writer {
    conn: ConnId,
    outgoing: Outgoing,
    batches: mpsc::Receiver<Vec<Object>>,
    inputs: mpsc::Sender<Input>,
}

impl Writer {
    async fn run(self, life: watch::Receiver<bool>, ended: oneshot::Receiver<Incoming>) {
        tokio::select! {
            () = self.write_and_part(ended) => {}
            () = patience(life) => {}
        }
    }

    async fn write_and_part(mut self, ended: oneshot::Receiver<Incoming>) {
        if self.write().await.is_err() {
            // The engine may be gone, and then does not need to know.
            let _ = self.inputs.send(Input::Closed { conn: self.conn }).await;
        } else if let Ok(Ok(incoming)) = timeout(HANDOVER, ended).await {
            hang_up(incoming, self.outgoing).await;
        }
    }

    /// Writes batch after batch until there will be no more.
    async fn write(&mut self) -> Result<(), LinkError> {
        let mut unreported = 0;
        while let Some(batch) = self.batches.recv().await {
            unreported += self.put(batch).await?;
            while let Ok(batch) = self.batches.try_recv() {
                unreported += self.put(batch).await?;
            }
            self.outgoing.flush().await?;
            if unreported >= REPORT {
                let written = Input::Written { conn: self.conn, bytes: unreported };
                unreported = 0;
                if self.inputs.send(written).await.is_err() {
                    break;
                }
            }
        }
        self.outgoing.flush().await
    }

    async fn put(&mut self, batch: Vec<Object>) -> Result<usize, LinkError> {
        let mut bytes = 0;
        for object in &batch {
            self.outgoing.send(object).await?;
            bytes += object.wire_len();
        }
        Ok(bytes)
    }
}

/// Ends some time after the engine has closed the connection.
async fn patience(mut life: watch::Receiver<bool>) {
    while life.changed().await.is_ok() {}
    sleep(PATIENCE).await;
}
