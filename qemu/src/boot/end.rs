//! The other ends: signals from outside, and ports of the guest.

use std::io::{Read, Write};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::mpsc::{Receiver, channel};
use std::thread;
use std::time::Duration;

use anyhow::Context;
use link::client::{Pin, connect};
use link::{Fingerprint, Target};
use tokio::runtime::{Builder, Runtime};
use tokio::signal::unix::{SignalKind, signal};

/// How long one look at a port may take.
const LOOK: Duration = Duration::from_millis(700);

/// Tells of every Ctrl-C and every request to end.
pub(super) fn signals() -> anyhow::Result<Receiver<()>> {
    let (sender, receiver) = channel();
    let runtime = runtime()?;
    let guard = runtime.enter();
    let mut interrupted = signal(SignalKind::interrupt())?;
    let mut terminated = signal(SignalKind::terminate())?;
    drop(guard);
    thread::Builder::new().name("signals".into()).spawn(move || {
        runtime.block_on(async {
            loop {
                tokio::select! {
                    _ = interrupted.recv() => {}
                    _ = terminated.recv() => {}
                }
                if sender.send(()).is_err() {
                    break;
                }
            }
        });
    })?;
    Ok(receiver)
}

/// Does anybody answer at a port? QEMU takes every connection; only the guest says something back.
/// A server of TLS answers this with an alert, and one of HTTP with a page.
pub(super) fn answers(port: u16) -> bool {
    let ask = || -> std::io::Result<usize> {
        let mut stream = TcpStream::connect((Ipv4Addr::LOCALHOST, port))?;
        stream.set_read_timeout(Some(LOOK))?;
        stream.write_all(b"GET / HTTP/1.0\r\n\r\n")?;
        stream.read(&mut [0])
    };
    ask().is_ok_and(|length| length > 0)
}

/// The fingerprint of the appliance's authority, as its port for terminals shows it.
pub(super) fn fingerprint(port: u16) -> anyhow::Result<Option<Fingerprint>> {
    let target = Target::Tls { host: Ipv4Addr::LOCALHOST.to_string(), port };
    let connected = runtime()?.block_on(connect(&target, &Pin::FirstUse));
    Ok(connected.ok().and_then(|connected| connected.fingerprint))
}

fn runtime() -> anyhow::Result<Runtime> {
    Builder::new_current_thread().enable_all().build().context("no event loop")
}
