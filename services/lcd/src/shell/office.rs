//! How the message server is, asked every few seconds.

use std::time::Duration;

use chassis::context::Context;
use chassis::hub::{Address, Away, Hub};
use log::debug;
use message::admin::{AskStatus, ListPeople, People, ServerStatus};
use tokio::sync::mpsc;
use tokio::time::sleep;

use crate::panel::Input;
use crate::world::Office;

/// Presence may be a few seconds old on the panel.
const AGAIN: Duration = Duration::from_secs(5);

/// Asks until the context drains or nobody listens.
pub(super) fn watch(context: &Context, told: mpsc::Sender<Input>) {
    let socket = context.layout().ivm_socket.clone();
    let hub = Hub::start(context, Address { name: "message server", socket, caller: "lcd" });
    let draining = context.clone();
    context.spawn("panel's poll", async move {
        loop {
            let office = match ask(&hub).await {
                Ok(office) => Some(Box::new(office)),
                Err(error) => {
                    debug!(error:%; "the message server does not say how it is");
                    None
                }
            };
            if told.send(Input::Office(office)).await.is_err() {
                return;
            }
            tokio::select! {
                () = draining.draining() => return,
                () = sleep(AGAIN) => {}
            }
        }
    });
}

/// The counts, and the first thousand people: more than anybody reads on four rows.
async fn ask(hub: &Hub) -> Result<Office, Away> {
    let status = hub.ask(&AskStatus {}).await?.read::<ServerStatus>()?;
    let people = hub.ask(&ListPeople { after: String::new() }).await?.read::<People>()?;
    Ok(Office { status, people: people.people })
}
