//! Connections: who comes, what it may ask, and its answers on their way out.

use std::sync::Arc;
use std::time::Duration;

use chassis::context::Context;
use link::hang_up;
use link::server::{Accepted, UnixListener};
use log::debug;
use message::system::{AskHealth, AskSettings, Confirm, Propose, RaiseAlarm, Revert};
use message::{Action, Body, ErrorCode, Kind, Object, Refusal};
use nix::unistd::geteuid;
use tokio::sync::{Semaphore, mpsc};
use tokio::time::timeout;

use super::Options;
use super::answer::Desk;
use crate::keeper::{Asked, Call, Input};
use crate::rights::Role;

/// Answers on their way to one peer; whoever lets so many wait is let go.
const LINE: usize = 64;
/// Connections at once: there are a handful of services, and scripts of root.
const TOGETHER: usize = 64;
/// The longest question: settings, or a certificate with its chain.
const LONGEST: usize = 256 << 10;
/// A peer that does not read for so long is let go.
const PATIENCE: Duration = Duration::from_secs(10);

/// What happens.
pub(super) enum Event {
    /// Somebody has connected: its answers go there.
    Arrived(u64, mpsc::Sender<Object>),
    /// Something for the keeper.
    Input(Input),
}

/// Whose user is which service.
#[derive(Clone, Copy, Debug)]
pub(super) struct Users {
    options: Options,
    ourselves: u32,
}

impl Users {
    pub(super) fn of(options: Options) -> Self {
        Self { options, ourselves: geteuid().as_raw() }
    }

    fn role(self, user: Option<u32>) -> Role {
        let Options { office, dhcp, gateway, pages, panel } = self.options;
        match user {
            None => Role::Stranger,
            Some(user) if user == 0 || user == self.ourselves => Role::Own,
            user if user == pages => Role::Pages,
            user if user == panel => Role::Panel,
            user if [office, dhcp, gateway].contains(&user) => Role::Worker,
            Some(_) => Role::Stranger,
        }
    }
}

/// Accepts until the context drains.
pub(super) fn accept(
    context: &Context,
    mut listener: UnixListener,
    users: Users,
    desk: &Arc<Desk>,
    events: mpsc::Sender<Event>,
) {
    let (draining, desk) = (context.clone(), Arc::clone(desk));
    context.spawn("system socket", async move {
        let places = Arc::new(Semaphore::new(TOGETHER));
        for conn in 1.. {
            let accepted = tokio::select! {
                accepted = listener.accept() => accepted,
                () = draining.draining() => return,
            };
            let Ok(place) = Arc::clone(&places).try_acquire_owned() else {
                debug!("no place for another connection");
                continue;
            };
            let role = users.role(accepted.peer.user);
            let (desk, events) = (Arc::clone(&desk), events.clone());
            draining.spawn("system connection", async move {
                let _place = place;
                serve(conn, role, accepted, &desk, &events).await;
            });
        }
    });
}

async fn serve(
    conn: u64,
    role: Role,
    accepted: Accepted,
    desk: &Arc<Desk>,
    events: &mpsc::Sender<Event>,
) {
    let Accepted { mut incoming, mut outgoing, .. } = accepted;
    if role != Role::Stranger {
        incoming.set_limit(LONGEST);
    }
    let (line, mut answers) = mpsc::channel(LINE);
    // The keeper's end alone holds the line: when it lets go, the connection ends.
    let peer = Peer { conn, role, desk: Arc::clone(desk), line: line.downgrade() };
    if events.send(Event::Arrived(conn, line)).await.is_err() {
        return;
    }
    loop {
        let answer = tokio::select! {
            () = desk.context.draining() => break,
            next = incoming.next() => match next {
                Ok(Some(object)) => {
                    if peer.take(object, events).await {
                        continue;
                    }
                    break;
                }
                Ok(None) => break,
                Err(error) => {
                    debug!(error:%; "a connection broke");
                    break;
                }
            },
            answer = answers.recv() => answer,
        };
        let Some(answer) = answer else { break };
        let sent = async {
            outgoing.send(&answer).await?;
            outgoing.flush().await
        };
        if !matches!(timeout(PATIENCE, sent).await, Ok(Ok(()))) {
            break;
        }
    }
    if desk.raised.end(conn) {
        desk.look_soon();
    }
    // At the end of the service nobody hears it.
    let _ = events.send(Event::Input(Input::Gone(conn))).await;
    hang_up(incoming, outgoing).await;
}

/// Who is at the other end.
struct Peer {
    conn: u64,
    role: Role,
    desk: Arc<Desk>,
    line: mpsc::WeakSender<Object>,
}

impl Peer {
    /// Takes what was said; false to end the connection.
    async fn take(&self, object: Object, events: &mpsc::Sender<Event>) -> bool {
        let header = object.header;
        if header.flags.answer {
            return true;
        }
        if header.action == Action::Ping {
            return self.say(Object::accepted(&header));
        }
        if !self.role.may(header.kind) {
            let words = "This user may not ask the settings keeper for that.";
            return self.refuse(&object, &Refusal::new(ErrorCode::NotPermitted, words));
        }
        let call = match header.kind {
            Kind::ServiceHello => return self.say(Object::accepted(&header)),
            Kind::RaiseAlarm => {
                let raised = read::<RaiseAlarm>(&object)
                    .and_then(|raise| self.desk.raised.raise(self.conn, raise));
                self.desk.look_soon();
                return match raised {
                    Ok(()) => self.say(Object::accepted(&header)),
                    Err(refusal) => self.refuse(&object, &refusal),
                };
            }
            Kind::AskSettings => read::<AskSettings>(&object).map(Call::Ask),
            Kind::Propose => read::<Propose>(&object).map(Call::Propose),
            Kind::Confirm => read::<Confirm>(&object).map(Call::Confirm),
            Kind::Revert => read::<Revert>(&object).map(Call::Revert),
            _ => {
                self.begin(object);
                return true;
            }
        };
        match call {
            Ok(call) => {
                let asked = Asked { conn: self.conn, header, role: self.role };
                events.send(Event::Input(Input::Call(asked, call))).await.is_ok()
            }
            Err(refusal) => self.refuse(&object, &refusal),
        }
    }

    /// Answers beside the connection: some of it takes a while.
    fn begin(&self, object: Object) {
        let (desk, line) = (Arc::clone(&self.desk), self.line.clone());
        self.desk.context.spawn("system answer", async move {
            let is_watching =
                object.read::<AskHealth>().is_ok_and(|ask| ask.watch) && is_health(&object);
            let answer = desk.answer(&object).await;
            let told = match line.upgrade() {
                Some(line) => line.send(answer).await.is_ok(),
                None => false,
            };
            if told && is_watching {
                desk.tell_health(&line).await;
            }
        });
    }

    fn refuse(&self, object: &Object, refusal: &Refusal) -> bool {
        self.say(Object::refused(&object.header, refusal))
    }

    fn say(&self, object: Object) -> bool {
        self.line.upgrade().is_some_and(|line| line.try_send(object).is_ok())
    }
}

fn is_health(object: &Object) -> bool {
    object.header.kind == Kind::AskHealth
}

fn read<'b, B: Body<'b>>(object: &'b Object) -> Result<B, Refusal> {
    object.read().map_err(|error| Refusal::new(ErrorCode::Malformed, error.to_string()))
}
