//! Watching a hub: a connection that is held, and made again by itself.

use std::time::Duration;

use link::LinkError;
use log::{debug, info};
use message::{Action, Object};
use tokio::sync::mpsc;
use tokio::time::sleep;

use super::{Address, greet};
use crate::context::Context;

/// News that may wait; who does not take them holds up the hub's posts to us, nothing else.
const WAITING: usize = 64;
/// Until the next attempt to connect.
const AGAIN: Duration = Duration::from_secs(1);

/// What is heard from a hub.
#[derive(Clone, Debug)]
pub enum News {
    /// An answer to one of the questions, or a later post of the same kind.
    Object(Object),
    /// The connection is gone; it is being made again.
    Gone,
}

/// Puts the same questions at each connecting (their ids are set anew), and reports answers and
/// posts until the context drains.
#[must_use]
pub fn watch(context: &Context, address: Address, questions: Vec<Object>) -> mpsc::Receiver<News> {
    let (told, news) = mpsc::channel(WAITING);
    let watcher = Watcher { context: context.clone(), address, questions, told };
    context.spawn("hub watch", watcher.run());
    news
}

struct Watcher {
    context: Context,
    address: Address,
    questions: Vec<Object>,
    told: mpsc::Sender<News>,
}

impl Watcher {
    async fn run(self) {
        loop {
            let ended = tokio::select! {
                () = self.context.draining() => return,
                ended = self.hold() => ended,
            };
            match ended {
                Ok(()) => debug!(hub = self.address.name; "the connection was closed"),
                Err(error) => info!(hub = self.address.name, error:%; "no connection"),
            }
            if self.told.send(News::Gone).await.is_err() {
                return;
            }
            tokio::select! {
                () = self.context.draining() => return,
                () = sleep(AGAIN) => {}
            }
        }
    }

    async fn hold(&self) -> Result<(), LinkError> {
        let (mut connected, mut ids) = greet(&self.context, &self.address).await?;
        for question in &self.questions {
            let mut object = question.clone();
            object.header.id = ids.fresh(self.context.clock().now());
            connected.outgoing.send(&object).await?;
        }
        connected.outgoing.flush().await?;
        while let Some(object) = connected.incoming.next().await? {
            match object.header.action {
                Action::Ping if !object.header.flags.answer => {
                    connected.outgoing.send(&Object::accepted(&object.header)).await?;
                    connected.outgoing.flush().await?;
                }
                Action::Post => {
                    if self.told.send(News::Object(object)).await.is_err() {
                        return Ok(());
                    }
                }
                Action::Connect
                | Action::Disconnect
                | Action::Subscribe
                | Action::Unsubscribe
                | Action::Ping
                | Action::Drop
                | Action::Client
                | Action::GoingDown => {}
            }
        }
        Ok(())
    }
}
