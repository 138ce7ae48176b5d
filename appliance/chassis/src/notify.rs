//! Telling systemd how we are (sd_notify(3)): started, ending, still alive.

use std::env;
use std::io;
use std::os::linux::net::SocketAddrExt;
use std::os::unix::net::{SocketAddr, UnixDatagram};
use std::time::Duration;

use log::warn;
use tokio::time::sleep;

use crate::context::Context;

/// The line to systemd; says nothing where there is no systemd.
#[derive(Debug)]
pub struct Notifier {
    socket: Option<UnixDatagram>,
    watchdog: Option<Duration>,
}

impl Notifier {
    /// As systemd asks for it in the environment.
    #[must_use]
    pub fn from_environment() -> Self {
        let name = env::var("NOTIFY_SOCKET").ok();
        let ours =
            env::var("WATCHDOG_PID").map_or(true, |pid| pid == std::process::id().to_string());
        let micros = env::var("WATCHDOG_USEC").ok().filter(|_| ours);
        Self::to(name.as_deref(), micros.as_deref())
    }

    fn to(name: Option<&str>, micros: Option<&str>) -> Self {
        let socket = name.and_then(|name| {
            connect(name).inspect_err(|error| warn!(error:%; "systemd does not listen")).ok()
        });
        let watchdog = micros.and_then(|micros| micros.parse().ok()).map(Duration::from_micros);
        Self { socket, watchdog }
    }

    /// We serve.
    pub fn ready(&self) {
        self.say("READY=1");
    }

    /// We end, in good order.
    pub fn stopping(&self) {
        self.say("STOPPING=1");
    }

    /// Tells systemd twice in each of its watchdog's intervals that the runtime still turns.
    pub fn keep_watchdog(self, context: &Context) {
        let Some(interval) = self.watchdog.filter(|_| self.socket.is_some()) else {
            return;
        };
        let turning = context.clone();
        context.spawn("watchdog", async move {
            while !turning.is_draining() {
                self.say("WATCHDOG=1");
                tokio::select! {
                    () = sleep(interval / 2) => {}
                    () = turning.draining() => {}
                }
            }
        });
    }

    fn say(&self, state: &str) {
        if let Some(socket) = &self.socket
            && let Err(error) = socket.send(state.as_bytes())
        {
            warn!(error:%; "systemd was not told: {state}");
        }
    }
}

/// A path, or `@` and a name that is in no file system.
fn connect(name: &str) -> io::Result<UnixDatagram> {
    let socket = UnixDatagram::unbound()?;
    match name.strip_prefix('@') {
        Some(name) => socket.connect_addr(&SocketAddr::from_abstract_name(name)?)?,
        None => socket.connect(name)?,
    }
    socket.set_nonblocking(true)?;
    Ok(socket)
}

#[cfg(test)]
mod tests {
    use std::os::unix::net::UnixDatagram;
    use std::path::Path;

    use super::Notifier;
    use crate::context::Context;
    use crate::layout::{Layout, Ports};

    #[tokio::test(start_paused = true)]
    async fn systemd_hears_that_we_serve_live_and_end() {
        let directory = tempfile::tempdir().expect("a temp dir");
        let path = directory.path().join("notify");
        let systemd = UnixDatagram::bind(&path).expect("a socket");
        let heard = || {
            let mut words = [0; 64];
            let length = systemd.recv(&mut words).expect("something is said");
            String::from_utf8_lossy(&words[..length]).into_owned()
        };
        let context = Context::new(Layout::under(Path::new("/nowhere"), Ports::FREE));
        let line = || Notifier::to(path.to_str(), Some("2000000"));
        line().ready();
        assert_eq!(heard(), "READY=1");
        line().keep_watchdog(&context);
        tokio::task::yield_now().await;
        assert_eq!(heard(), "WATCHDOG=1");
        line().stopping();
        assert_eq!(heard(), "STOPPING=1");
        context.drain().await;
    }

    #[test]
    fn without_systemd_nothing_is_said() {
        let silent = Notifier::to(None, None);
        silent.ready();
        silent.stopping();
    }
}
