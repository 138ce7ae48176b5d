//! What a thousand people who only listen cost in memory.

use anyhow::Result;
use message::people::Topic;

use crate::server::Server;
use crate::{client, process};

/// Idle TLS clients.
pub(crate) const CLIENTS: usize = 1000;

/// Resident memory of the server in KiB: before the clients came, and with all of them.
pub(crate) async fn run(server: &Server) -> Result<(u64, u64)> {
    let people = server.people(CLIENTS).await?;
    let before = process::resident_kib(server.pid())?;
    let mut clients = Vec::new();
    for person in &people {
        let mut client = client::log_in(server, person).await?;
        client::subscribe(&mut client, &[Topic::Messages]).await?;
        clients.push(client);
    }
    let after = process::resident_kib(server.pid())?;
    drop(clients);
    Ok((before, after))
}
