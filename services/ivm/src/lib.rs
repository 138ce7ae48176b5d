//! The local IVM server (Fig. 4): users, presence, store and forward, live mode.
//!
//! [`Engine`] is the pure machine that decides; [`store`] keeps people and messages; [`run`] puts
//! sockets, threads and time around them.

mod engine;
mod limits;
pub mod record;
mod shell;
pub mod store;

use anyhow::{Context as _, ensure};
use chassis::chance;
use chassis::context::Context;
use chassis::identity::Identity;
use link::server::{TlsListener, UnixListener};
use message::Guid;
use message::people::Parameters;

pub use engine::{Caller, ConnId, Engine, Input, Output, Setup};
pub use limits::Limits;

use store::{Birth, Store};

/// What the server is given beside its context.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The office's choices.
    pub parameters: Parameters,
    /// Bounds.
    pub limits: Limits,
    /// Users of the system whose processes are local services.
    pub services: Vec<u32>,
    /// Users of the system whose processes may ask how the server is and who there is, and nothing else.
    pub looking: Vec<u32>,
}

/// Runs the server until the context drains. Announces its TLS address as `objects`.
///
/// # Errors
/// The store, the certificate or a socket cannot be used.
pub async fn run(context: Context, options: Options) -> anyhow::Result<()> {
    let layout = context.layout().clone();
    let identity = Identity::open(&layout.tls).await?;
    let clock = context.clock();
    let birth = Birth {
        server: Guid::new(clock.unix_millis(), &mut chance::rng()),
        secret: chance::seed(),
    };
    let (store, snapshot) = Store::open(&layout.ivm_database, &layout.ivm_blobs, birth)?;
    let setup = Setup {
        limits: options.limits,
        parameters: options.parameters,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        fingerprint: identity.fingerprint().bytes().to_vec(),
        unix_start: clock.unix_millis().saturating_sub(clock.now().millis()),
        seed: chance::seed(),
    };
    let engine = Engine::new(setup, snapshot);
    let threads = shell::Threads::start(store)?;
    let address = layout.objects_address();
    let tls = TlsListener::bind(address, identity.server_config(&[]))
        .await
        .with_context(|| format!("listening at {address}"))?;
    let socket = &layout.ivm_socket;
    let users = [options.services.as_slice(), &options.looking].concat();
    let unix = UnixListener::bind(socket, &users)
        .with_context(|| format!("listening at {}", socket.display()))?;
    context.announce("objects", tls.local_addr().context("asking where we listen")?);
    let office = shell::OfficeSide {
        disk: layout.ivm_state.clone(),
        settings: shell::watch(&context),
        looking: options.looking,
    };
    let shell = shell::IvmShell::new(&context, tls, unix, threads, office);
    let shell = chassis::drive::drive(engine, shell, &context).await;
    ensure!(shell.join().await, "the store has failed");
    Ok(())
}

#[cfg(test)]
mod tests;
