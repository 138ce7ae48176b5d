//! Those who fetch files by TFTP: 500 at once, and one after the other. A part of this program
//! that runs beside the server, so that its own processor time is not the server's.

use std::net::{Ipv4Addr, SocketAddr, SocketAddrV4};
use std::time::Duration;

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};
use tokio::net::UdpSocket;
use tokio::time::timeout;

use crate::crowd::at_once;
use crate::tftp_fetch::{Fetch, Next};
use crate::timing::Stopwatch;

/// The small file, as everybody fetches it.
pub(crate) const SMALL: (&str, usize) = ("small.cfg", 20_000);
/// The large file: about as much as a service of ours may say at once.
pub(crate) const LARGE: (&str, usize) = ("large.bin", 1_000_000);
/// The large file is fetched so often, one time after the other.
pub(crate) const TIMES: usize = 16;
/// Who fetches the small file at the same time, each from its own address.
pub(crate) const TOGETHER: usize = 500;
/// Where the server listens.
const SERVER: SocketAddrV4 = SocketAddrV4::new(Ipv4Addr::LOCALHOST, 69);
/// A block that fits into a frame.
const BLOCK: usize = 1_428;
const WINDOW: usize = 16;
/// Who hears nothing for so long says again what it has said.
const AGAIN: Duration = Duration::from_secs(1);
/// And gives up after so many times.
const TRIES: usize = 8;

/// What a file holds.
pub(crate) fn file(len: usize) -> Vec<u8> {
    (0..len).map(|at| at.to_le_bytes()[0] ^ at.to_le_bytes()[1]).collect()
}

/// Fetches one small file: is the server there?
pub(crate) async fn one() -> Result<Value> {
    let (_, again, _) = fetch(client(0), SMALL, 1).await?;
    Ok(json!({ "again": again }))
}

/// Five hundred clients at once.
pub(crate) async fn many() -> Result<Value> {
    let small = |number| async move {
        let (_, again, _) = fetch(client(number), SMALL, 1).await?;
        Ok(again)
    };
    at_once((0..TOGETHER).map(small)).await
}

/// One client, one large file after the other.
pub(crate) async fn large() -> Result<Value> {
    let stopwatch = Stopwatch::start();
    let (mut again, mut window) = (0, 0);
    for _ in 0..TIMES {
        let (_, more, agreed) = fetch(client(0), LARGE, WINDOW).await?;
        again += more;
        window = agreed;
    }
    let seconds = stopwatch.elapsed().as_secs_f64();
    Ok(json!({ "seconds": seconds, "again": again, "window": window }))
}

/// Each client has an address of its own in this machine's network for itself.
fn client(number: usize) -> Ipv4Addr {
    let [low, high, ..] = (number + 256).to_le_bytes();
    Ipv4Addr::new(127, 1, high, low)
}

/// Fetches a file: its bytes, how often something had to be said again, and the window.
async fn fetch(
    from: Ipv4Addr,
    (name, len): (&str, usize),
    window: usize,
) -> Result<(Vec<u8>, usize, usize)> {
    let socket = UdpSocket::bind(SocketAddrV4::new(from, 0)).await.context("a port")?;
    let mut fetch = Fetch::new(name, BLOCK, window);
    let mut peer: Option<SocketAddr> = None;
    let (mut again, mut silent) = (0, 0);
    let mut buffer = [0; 2_048];
    socket.send_to(&fetch.again(), SERVER).await?;
    loop {
        let Ok(received) = timeout(AGAIN, socket.recv_from(&mut buffer)).await else {
            (again, silent) = (again + 1, silent + 1);
            ensure!(silent < TRIES, "the server does not answer");
            let to = peer.filter(|_| fetch.has_begun()).unwrap_or(SocketAddr::V4(SERVER));
            socket.send_to(&fetch.again(), to).await?;
            continue;
        };
        let (length, from) = received?;
        // A second answer to a request that was said again is nobody's (RFC 1350, section 4).
        if peer.is_some_and(|peer| peer != from) && fetch.has_begun() {
            continue;
        }
        (peer, silent) = (Some(from), 0);
        match fetch.hear(&buffer[..length])? {
            Next::Wait => {}
            Next::Send(bytes) => drop(socket.send_to(&bytes, from).await?),
            Next::Done(bytes) => {
                socket.send_to(&bytes, from).await?;
                break;
            }
        }
    }
    let window = fetch.window();
    let file = fetch.into_file();
    if file.len() != len || file != self::file(len) {
        bail!("what came is not the file: {} bytes", file.len());
    }
    Ok((file, again, window))
}
