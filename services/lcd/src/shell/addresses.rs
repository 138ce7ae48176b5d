//! What the DHCP server does, as it tells it; where telephones are not served there is none.

use chassis::context::Context;
use chassis::hub::{self, Address, News};
use log::warn;
use message::lease::{AskLeases, Leases};
use message::{Object, ObjectId};
use tokio::sync::mpsc;

use crate::panel::Input;

/// Where the DHCP server is asked.
pub(super) fn address(context: &Context) -> Address {
    let socket = context.layout().dhcp_socket.clone();
    Address { name: "DHCP server", socket, caller: "lcd" }
}

/// Listens until the context drains or nobody listens to us.
pub(super) fn watch(context: &Context, told: mpsc::Sender<Input>) {
    if context.layout().phones.is_none() {
        return;
    }
    let question = Object::of(ObjectId::BLANK, &AskLeases { watch: true });
    let mut news = hub::watch(context, address(context), vec![question]);
    context.spawn("panel's addresses", async move {
        while let Some(news) = news.recv().await {
            let leases = match news {
                News::Gone => None,
                News::Object(object) => match object.read::<Leases>() {
                    Ok(leases) => Some(Box::new(leases)),
                    Err(error) => {
                        warn!(error:%; "the DHCP server says what cannot be read");
                        continue;
                    }
                },
            };
            if told.send(Input::Leases(leases)).await.is_err() {
                return;
            }
        }
    });
}
