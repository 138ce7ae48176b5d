//! The service at work: opens what it needs, listens, and answers until it is told to end.

mod alarm;
mod answer;
mod api;
mod bridge;
mod deeds;
mod files;
mod keeper;
mod listen;
mod page_routes;
mod patient;
mod phones;
mod routes;
mod whereabouts;

use std::fs;
use std::io::ErrorKind;
use std::net::{IpAddr, SocketAddr};
use std::sync::Arc;

use anyhow::Context as _;
use chassis::clock::Clock;
use chassis::context::Context;
use chassis::hub::{Address, Hub};
use chassis::identity::Identity;
use chassis::layout::Layout;
use chassis::places::{Bounds, Places};
use chassis::{chance, durable, host};
use message::station::Via;
use rand_core::Rng;
use tokio::net::TcpListener;
use tokio::task::spawn_blocking;
use tokio_rustls::TlsAcceptor;

use crate::assets::{Assets, Shelf};
use crate::code::Code;
use crate::desk::{Asked, Desk};
use crate::store::Store;

use keeper::Keeper;
use listen::Front;

pub use whereabouts::Whereabouts;

/// Connections together: each costs a file and some 40 KiB. From one address: an office behind one
/// router, but not all places.
const PLACES: Bounds = Bounds { together: 4_096, from_one: 2_048 };

/// What every request is answered from.
pub(crate) struct App {
    context: Context,
    keeper: Keeper,
    office: Hub,
    machine: api::Machine,
    shelf: Shelf,
    whereabouts: Whereabouts,
    certificate_pem: String,
}

impl App {
    fn clock(&self) -> &Clock {
        self.context.clock()
    }

    /// When and from where a request comes, with fresh randomness.
    fn asked(&self, from: IpAddr) -> Asked {
        let mut rng = chance::rng();
        let (mut token, mut salt) = ([0; 32], [0; 16]);
        rng.fill_bytes(&mut token);
        rng.fill_bytes(&mut salt);
        let (now, wall) = (self.clock().now(), self.clock().unix_millis());
        Asked { from, now, wall, token, salt }
    }

    /// The first run is over: its code is void, and no file has it any more.
    fn forget_code(&self) {
        let whereabouts = Whereabouts { code: None, ..self.whereabouts.clone() };
        if let Err(error) = write(&self.context, &whereabouts) {
            log::warn!("the void code could not be removed: {error:#}");
        }
    }
}

/// Serves the pages until the context drains.
///
/// # Errors
/// The authority or the database cannot be opened, or a port is taken.
pub async fn run(context: Context, assets: Assets) -> anyhow::Result<()> {
    let layout = context.layout().clone();
    let identity = Identity::open(&layout.tls).await?;
    let code = draw_code();
    let store =
        Store::open_or_salvage(&layout.admin_database).context("cannot open the database")?;
    let desk = Desk::open(store, code.hashed()).context("cannot read the database")?;
    let is_fresh = desk.is_fresh();
    let shelf = spawn_blocking(move || Shelf::fill(assets))
        .await
        .context("cannot read the browser client")?;

    let https = listen(layout.https_address()).await?;
    let http = listen(layout.http_address()).await?;
    let (https_at, http_at) = (https.local_addr()?, http.local_addr()?);
    let whereabouts = Whereabouts {
        https: format!("https://{}", reachable(https_at)),
        fingerprint: identity.fingerprint().to_string(),
        code: is_fresh.then(|| code.shown()),
    };
    write(&context, &whereabouts)?;

    let app = Arc::new(App {
        keeper: Keeper::start(desk).context("cannot start the desk")?,
        office: Hub::start(&context, office(&layout)),
        machine: api::Machine::start(&context),
        shelf,
        whereabouts,
        certificate_pem: identity.authority_pem().to_owned(),
        context: context.clone(),
    });
    api::begin(&app);
    alarm::raise(&context);
    let programs = api::router(&app);
    api::serve_socket(&context, programs.clone())?;
    let places = Places::new(PLACES);
    let tls = TlsAcceptor::from(identity.web_config(&["http/1.1"]));
    let files = |via| phones::router(&context, &app.machine.gateway, via);
    let router = routes::router(Arc::clone(&app), programs.merge(files(Via::Https)));
    let secure = Front::new(context.clone(), https, router, places.clone()).with_tls(tls);
    let other = routes::to_https(Arc::clone(&app), https_at.port()).merge(files(Via::Http));
    let plain = Front::new(context.clone(), http, other, places);
    context.announce("http", http_at);
    context.announce("https", https_at);
    tokio::join!(secure.serve(), plain.serve());
    forget(&context);
    Ok(())
}

/// The message server, as we come to it.
fn office(layout: &Layout) -> Address {
    Address { name: "message server", socket: layout.ivm_socket.clone(), caller: "admin" }
}

async fn listen(address: SocketAddr) -> anyhow::Result<TcpListener> {
    link::server::listen(address).await.with_context(|| format!("listening at {address}"))
}

fn draw_code() -> Code {
    let mut random = [0; 8];
    chance::rng().fill_bytes(&mut random);
    Code::from_random(random)
}

fn write(context: &Context, whereabouts: &Whereabouts) -> anyhow::Result<()> {
    let path = Whereabouts::path(context.layout());
    durable::write(&path, whereabouts.to_json().as_bytes(), 0o640)
        .with_context(|| format!("cannot write {}", path.display()))
}

/// Where nobody listens any more, nobody shall look.
fn forget(context: &Context) {
    let path = Whereabouts::path(context.layout());
    match fs::remove_file(&path) {
        Err(error) if error.kind() != ErrorKind::NotFound => {
            log::warn!(error:%; "the address file stays");
        }
        Ok(()) | Err(_) => {}
    }
}

/// An address that others can reach: in place of "every address", the first of this machine's.
fn reachable(address: SocketAddr) -> SocketAddr {
    if !address.ip().is_unspecified() {
        return address;
    }
    let all = host::names().into_iter().filter_map(|name| name.parse::<IpAddr>().ok());
    let outward = all.filter(|ip| !ip.is_loopback()).min_by_key(IpAddr::is_ipv6);
    SocketAddr::new(outward.unwrap_or(IpAddr::from([127, 0, 0, 1])), address.port())
}
