//! The local IVM server (Fig. 4): users, presence, store and forward, live mode.
//!
//! [`Engine`] is the pure machine that decides; [`store`] keeps people and messages; [`run`] puts
//! sockets, threads and time around them.

mod engine;
mod limits;
pub mod record;
mod shell;
pub mod store;

use std::collections::BTreeMap;

use anyhow::{Context as _, ensure};
use chassis::chance;
use chassis::context::Context;
use chassis::identity::Identity;
use link::server::{TlsListener, UnixListener};
use message::Guid;
use message::people::Parameters;

pub use engine::{Caller, ConnId, Duty, Engine, Input, Output, Setup};
pub use limits::Limits;

use store::{Birth, Store};

/// What the server is given beside its context.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The office's choices.
    pub parameters: Parameters,
    /// Bounds.
    pub limits: Limits,
    /// Users of the system whose processes are local services, and what those may do.
    pub duties: BTreeMap<u32, Duty>,
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
    let Options { parameters, limits, duties } = options;
    let setup = Setup {
        limits,
        parameters,
        version: env!("CARGO_PKG_VERSION").to_owned(),
        fingerprint: identity.fingerprint().bytes().to_vec(),
        unix_start: clock.unix_millis().saturating_sub(clock.now().millis()),
        seed: chance::seed(),
    };
    let engine = Engine::new(setup, snapshot);
    let threads = shell::Threads::start(store)?;
    let (address, config) = (layout.objects_address(), identity.server_config(&[]));
    let tls = TlsListener::bind(address, config).await;
    let tls = tls.with_context(|| format!("listening at {address}"))?;
    let socket = &layout.ivm_socket;
    let users: Vec<u32> = duties.keys().copied().collect();
    let unix = UnixListener::bind(socket, &users);
    let unix = unix.with_context(|| format!("listening at {}", socket.display()))?;
    context.announce("objects", tls.local_addr().context("asking where we listen")?);
    let (disk, settings) = (layout.ivm_state.clone(), shell::watch(&context));
    let office = shell::OfficeSide { disk, settings, duties };
    let shell = shell::IvmShell::new(&context, tls, unix, threads, office);
    let shell = chassis::drive::drive(engine, shell, &context).await;
    ensure!(shell.join().await, "the store has failed");
    Ok(())
}

#[cfg(test)]
mod tests;
