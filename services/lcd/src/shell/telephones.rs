//! Which telephones there are and how they are, as the gateway tells it.

use chassis::context::Context;
use chassis::hub::{Address, Hub};
use message::station::{AskPhones, AskTimeline, Timeline};
use tokio::sync::mpsc;

use super::watch;
use crate::panel::Input;

/// Where the gateway is asked.
pub(super) fn address(context: &Context) -> Address {
    let socket = context.layout().gateway_socket.clone();
    Address { name: "gateway", socket, caller: "lcd" }
}

/// Listens until the context drains or nobody listens to us.
pub(super) fn watch(context: &Context, told: mpsc::Sender<Input>) {
    if context.layout().phones.is_some() {
        watch::watch(context, address(context), &AskPhones { watch: true }, told, Input::Phones);
    }
}

/// Asks what a telephone did lately; without an answer, what was known stays on the glass.
pub(super) fn ask_timeline(context: &Context, hub: &Hub, told: &mpsc::Sender<Input>, mac: [u8; 6]) {
    let (hub, told) = (hub.clone(), told.clone());
    context.spawn("panel's question", async move {
        let answer = hub.ask(&AskTimeline { mac }).await;
        if let Ok(Timeline { hops }) = answer.and_then(|object| Ok(object.read::<Timeline>()?)) {
            // The panel may have ended meanwhile.
            let _ = told.send(Input::Timeline(mac, hops)).await;
        }
    });
}
