//! The API on a Unix socket, for programs at the machine: the kernel says whose they are, and
//! root's and our own user's may do everything, everybody else's nothing.

use std::convert::Infallible;
use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context as _;
use axum::Router;
use axum::response::IntoResponse;
use chassis::context::Context;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use log::{debug, warn};
use nix::unistd::{Uid, User, geteuid};
use tokio::net::{UnixListener, UnixStream};
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};
use tower_service::Service;

use super::guard::Local;
use crate::api::problem::{Problem, Word};
use crate::shell::patient::Patient;

/// Every local user may connect: what each may do is judged by the kernel's word, not by the file.
const MODE: u32 = 0o666;
/// Connections at once.
const PLACES: usize = 64;
/// For the head of a request, and between two requests.
const HEAD: Duration = Duration::from_secs(20);
/// After the kernel had no file or memory left for a connection.
const BREATH: Duration = Duration::from_millis(100);
/// For what is under way when the service ends.
const GRACE: Duration = Duration::from_secs(5);

/// Listens at this path; a socket that a dead process left behind is replaced.
fn bind(path: &Path) -> io::Result<UnixListener> {
    let mut fresh = path.as_os_str().to_owned();
    fresh.push(".new");
    let fresh = PathBuf::from(fresh);
    match fs::remove_file(&fresh) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(error),
        Ok(()) | Err(_) => {}
    }
    let listener = UnixListener::bind(&fresh)?;
    fs::set_permissions(&fresh, Permissions::from_mode(MODE))?;
    fs::rename(&fresh, path)?;
    Ok(listener)
}

/// Listens, and serves until the context drains.
///
/// # Errors
/// The socket cannot be made.
pub(crate) fn serve(context: &Context, router: Router) -> anyhow::Result<()> {
    let path = context.layout().admin_socket.clone();
    let listener = bind(&path).with_context(|| format!("listening at {}", path.display()))?;
    let draining = context.clone();
    context.spawn("admin socket", async move { accept(draining, listener, router).await });
    Ok(())
}

async fn accept(context: Context, listener: UnixListener, router: Router) {
    let mut connections = JoinSet::new();
    loop {
        let accepted = tokio::select! {
            () = context.draining() => break,
            Some(_) = connections.join_next() => continue,
            accepted = listener.accept(), if connections.len() < PLACES => accepted,
        };
        match accepted {
            Ok((stream, _)) => {
                connections.spawn(carry(context.clone(), stream, router.clone()));
            }
            Err(error) => {
                warn!(error:%; "no connection can be accepted");
                sleep(BREATH).await;
            }
        }
    }
    let ended = async { while connections.join_next().await.is_some() {} };
    if timeout(GRACE, ended).await.is_err() {
        debug!("some programs did not let go");
    }
}

/// Whose program it is, if it may do anything.
fn local(stream: &UnixStream) -> Option<Local> {
    let user = Uid::from_raw(stream.peer_cred().ok()?.uid());
    if !user.is_root() && user != geteuid() {
        return None;
    }
    let name = User::from_uid(user).ok().flatten().map(|user| user.name);
    Some(Local { name: name.unwrap_or_else(|| format!("user {user}")) })
}

async fn carry(context: Context, stream: UnixStream, router: Router) {
    let local = local(&stream);
    let service = service_fn(move |mut request: Request<Incoming>| {
        let (local, mut router) = (local.clone(), router.clone());
        async move {
            let Some(local) = local else {
                let words = "Only root and the appliance's own user may use this socket.";
                return Ok(Problem::new(Word::Forbidden, words).into_response());
            };
            request.extensions_mut().insert(local);
            Service::call(&mut router, request).await as Result<_, Infallible>
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(HEAD);
    let connection = http.serve_connection(TokioIo::new(Patient::new(stream)), service);
    let mut connection = std::pin::pin!(connection);
    let ended = tokio::select! {
        ended = connection.as_mut() => Ok(ended),
        () = context.draining() => {
            connection.as_mut().graceful_shutdown();
            timeout(GRACE, connection).await
        }
    };
    if let Ok(Err(error)) = ended {
        debug!(error:%; "a program's connection broke");
    }
}
