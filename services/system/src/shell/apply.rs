//! Applying settings: root's deeds, one after the other; then the certificate for the new names.

use std::sync::Arc;

use chassis::layout::Layout;
use log::info;
use settings::{Parts, Settings};
use tokio::sync::mpsc;

use super::answer::Desk;
use super::connection::Event;
use super::look;
use crate::keeper::Input;
use crate::render::{self, Machine};
use crate::shell_deed::perform;

/// Begins it; what comes of it is told to the keeper.
pub(super) fn apply(
    desk: &Arc<Desk>,
    parts: Parts,
    settings: Settings,
    events: mpsc::Sender<Event>,
) {
    let task = Arc::clone(desk);
    desk.context.spawn("apply settings", async move {
        let result = do_all(&task, parts, &settings).await;
        if result.is_ok() {
            task.settings.send_replace(settings.to_json());
        }
        if parts.host || parts.network {
            task.keys.follow_names(&task.context);
            task.look_soon();
        }
        // At the end of the service nobody waits for it.
        let _ = events.send(Event::Input(Input::Applied(result))).await;
    });
}

async fn do_all(desk: &Desk, parts: Parts, settings: &Settings) -> Result<(), String> {
    let layout = desk.context.layout();
    if layout.deed_socket.is_none() {
        return Ok(());
    }
    for request in render::requests(settings, parts, &machine(layout)) {
        info!(deed = request.name(); "applying settings");
        perform(layout, request, |_| {}).await.map_err(|error| error.to_string())?;
    }
    Ok(())
}

fn machine(layout: &Layout) -> Machine {
    Machine {
        wired: look::first_wired(),
        pages: [layout.http_port, layout.https_port],
        objects: layout.objects_port,
    }
}
