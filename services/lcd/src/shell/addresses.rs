//! What the DHCP server does, as it tells it; where telephones are not served there is none.

use chassis::context::Context;
use chassis::hub::Address;
use message::lease::AskLeases;
use tokio::sync::mpsc;

use super::watch;
use crate::panel::Input;

/// Where the DHCP server is asked.
pub(super) fn address(context: &Context) -> Address {
    let socket = context.layout().dhcp_socket.clone();
    Address { name: "DHCP server", socket, caller: "lcd" }
}

/// Listens until the context drains or nobody listens to us.
pub(super) fn watch(context: &Context, told: mpsc::Sender<Input>) {
    if context.layout().phones.is_some() {
        watch::watch(context, address(context), &AskLeases { watch: true }, told, Input::Leases);
    }
}
