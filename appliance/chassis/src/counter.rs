//! The socket behind which a service answers other local services: who comes, what is asked, and
//! the way back to the asker. The service alone decides what is answered.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use link::hang_up;
use link::server::{Accepted, UnixListener};
use log::debug;
use message::{Action, Body, ErrorCode, Header, Kind, Object, ObjectId, ObjectIds, Refusal};
use nix::unistd::geteuid;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use crate::chance;
use crate::context::Context;

/// Questions on their way to the service; a connection that finds it full waits.
const QUESTIONS: usize = 256;
/// Answers on their way to one asker; whoever lets so many wait is let go.
const LINE: usize = 64;
/// Connections at once: there are a handful of services.
const TOGETHER: usize = 32;
/// The longest question.
const LONGEST: usize = 256 << 10;
/// An asker that does not read for so long is let go.
const PATIENCE: Duration = Duration::from_secs(10);

/// What happens at the counter.
#[derive(Debug)]
pub enum Event {
    /// Somebody asks.
    Asked(Asker, Object),
    /// An asker is gone: its connection's number.
    Gone(u64),
}

/// Who asks, and the way back.
#[derive(Clone, Debug)]
pub struct Asker {
    /// The number of its connection.
    pub conn: u64,
    /// Its user, as the kernel says.
    pub user: u32,
    line: mpsc::WeakSender<Object>,
}

impl Asker {
    /// Answers; an asker that does not take its answers misses them, and is let go.
    pub fn answer<'b, B: Body<'b>>(&self, asked: &Header, body: &B) {
        self.say(Object::answer(asked, body));
    }

    /// Says only yes.
    pub fn accept(&self, asked: &Header) {
        self.say(Object::accepted(asked));
    }

    /// Says no.
    pub fn refuse(&self, asked: &Header, refusal: &Refusal) {
        self.say(Object::refused(asked, refusal));
    }

    /// Says something that is no answer, for who watches; false if nobody takes it.
    #[must_use]
    pub fn post<'b, B: Body<'b>>(&self, id: ObjectId, body: &B) -> bool {
        self.say(Object::of(id, body))
    }

    fn say(&self, object: Object) -> bool {
        self.line.upgrade().is_some_and(|line| line.try_send(object).is_ok())
    }
}

/// Ids for what a service says by itself.
#[must_use]
pub fn fresh_ids(context: &Context) -> ObjectIds {
    ObjectIds::new(ObjectId::new(context.clock().unix_millis(), &mut chance::rng()))
}

/// Reads a question.
///
/// # Errors
/// The refusal to answer with.
pub fn read<'b, B: Body<'b>>(object: &'b Object) -> Result<B, Refusal> {
    object.read().map_err(|error| Refusal::new(ErrorCode::Malformed, error.to_string()))
}

/// Opens the counter, for `users`, for root and for our own user; everybody else is sent away.
///
/// # Errors
/// The socket cannot be made. To be called inside the runtime.
pub fn open(
    context: &Context,
    name: &'static str,
    socket: &Path,
    users: &[u32],
) -> anyhow::Result<mpsc::Receiver<Event>> {
    let mut listener = UnixListener::bind(socket, &[])
        .with_context(|| format!("listening at {}", socket.display()))?;
    let mut welcome: BTreeSet<u32> = users.iter().copied().collect();
    welcome.extend([0, geteuid().as_raw()]);
    let (events, asked) = mpsc::channel(QUESTIONS);
    let context = context.clone();
    context.clone().spawn(name, async move {
        let places = Arc::new(Semaphore::new(TOGETHER));
        for conn in 1.. {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = context.draining() => return,
            };
            let user = accepted.peer.user.filter(|user| welcome.contains(user));
            let place = Arc::clone(&places).try_acquire_owned();
            let (Some(user), Ok(place)) = (user, place) else {
                debug!(counter = name; "somebody was sent away");
                continue;
            };
            let (context, events) = (context.clone(), events.clone());
            context.clone().spawn(name, async move {
                let _place = place;
                serve(&context, conn, user, accepted, &events).await;
                // At the end of the service nobody hears it.
                let _ = events.send(Event::Gone(conn)).await;
            });
        }
    });
    Ok(asked)
}

async fn serve(
    context: &Context,
    conn: u64,
    user: u32,
    accepted: Accepted,
    events: &mpsc::Sender<Event>,
) {
    let Accepted { mut incoming, mut outgoing, .. } = accepted;
    incoming.set_limit(LONGEST);
    let (line, mut answers) = mpsc::channel(LINE);
    let asker = Asker { conn, user, line: line.downgrade() };
    loop {
        let answer = tokio::select! {
            () = context.draining() => break,
            next = incoming.next() => match next {
                Ok(Some(object)) => match take(&asker, object, events).await {
                    Ok(Some(answer)) => answer,
                    Ok(None) => continue,
                    Err(Closed) => break,
                },
                Ok(None) => break,
                Err(error) => {
                    debug!(error:%; "a connection broke");
                    break;
                }
            },
            Some(answer) = answers.recv() => answer,
        };
        let sent = async {
            outgoing.send(&answer).await?;
            outgoing.flush().await
        };
        if !matches!(timeout(PATIENCE, sent).await, Ok(Ok(()))) {
            break;
        }
    }
    drop(line);
    hang_up(incoming, outgoing).await;
}

/// The service has ended.
struct Closed;

/// What can be answered without the service is; the rest goes there.
async fn take(
    asker: &Asker,
    object: Object,
    events: &mpsc::Sender<Event>,
) -> Result<Option<Object>, Closed> {
    let header = object.header;
    if header.flags.answer {
        return Ok(None);
    }
    if header.action == Action::Ping || header.kind == Kind::ServiceHello {
        return Ok(Some(Object::accepted(&header)));
    }
    let asked = Event::Asked(asker.clone(), object);
    events.send(asked).await.map(|()| None).map_err(|_| Closed)
}

#[cfg(test)]
mod tests;
