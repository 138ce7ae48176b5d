//! Real ports on this machine's own network, and many clients at once.

use std::net::{Ipv4Addr, SocketAddrV4};
use std::time::Duration;

use bytes::Bytes;
use chassis::context::Context;
use chassis::drive::drive;
use chassis::layout::{Layout, Ports};
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tokio::task::JoinSet;
use tokio::time::{Instant, timeout};

use super::gateway::Asked;
use super::socket::Socket;
use super::{Desk, QUESTIONS, REPORTS, WAITING};
use crate::engine::{Engine, Found, Input, Report};
use crate::packet::{Choice, Mode, Packet, Request};

const PATIENCE: Duration = Duration::from_secs(60);

/// A server whose every file is this one.
struct Server {
    context: Context,
    address: SocketAddrV4,
    reported: mpsc::Receiver<Report>,
}

impl Server {
    fn start(folder: &std::path::Path, file: Bytes) -> Self {
        let context = Context::new(Layout::under(folder, Ports::FREE));
        let anywhere = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);
        let socket = Socket::listen(anywhere).expect("a port");
        let port = socket.local_address().expect("an address").port();
        let (told, heard) = mpsc::channel(WAITING);
        let (questions, mut asked) = mpsc::channel::<Asked>(QUESTIONS);
        let (reports, reported) = mpsc::channel(REPORTS);
        let answers = told.clone();
        let desk = Desk::new(&context, socket, told, heard, questions, reports);
        context.spawn("files", async move {
            while let Some(Asked { question, .. }) = asked.recv().await {
                let found = Input::Found(question.id, Found::File(file.clone()));
                answers.send(found).await.expect("the server is there");
            }
        });
        let driven = context.clone();
        context.spawn("server", async move {
            drop(drive(Engine::default(), desk, &driven).await);
        });
        Self { context, address: SocketAddrV4::new(Ipv4Addr::LOCALHOST, port), reported }
    }
}

/// Fetches a file from this address of ours.
async fn fetch(server: SocketAddrV4, from: Ipv4Addr, block: usize, window: usize) -> Vec<u8> {
    let socket = UdpSocket::bind(SocketAddrV4::new(from, 0)).await.expect("a port");
    let (block_text, window_text) = (block.to_string(), window.to_string());
    let choices = vec![
        Choice { name: b"blksize", value: block_text.as_bytes() },
        Choice { name: b"windowsize", value: window_text.as_bytes() },
    ];
    let request = Packet::Read(Request { name: b"fw.bin", mode: Mode::Octet, choices }).write();
    socket.send_to(&request, server).await.expect("sent");
    let (mut file, mut last, mut in_window) = (Vec::new(), 0_u16, 0);
    let mut buffer = [0; 2_048];
    loop {
        let (len, peer) = socket.recv_from(&mut buffer).await.expect("received");
        match Packet::parse(&buffer[..len]).expect("a packet") {
            Packet::Agreed(_) => in_window = window,
            Packet::Data { block: number, bytes } if number == last.wrapping_add(1) => {
                last = number;
                in_window += 1;
                file.extend_from_slice(bytes);
                if bytes.len() < block {
                    socket.send_to(&Packet::Ack(last).write(), peer).await.expect("sent");
                    return file;
                }
            }
            other => assert!(matches!(other, Packet::Data { .. }), "{other:?}"),
        }
        if in_window >= window {
            in_window = 0;
            socket.send_to(&Packet::Ack(last).write(), peer).await.expect("sent");
        }
    }
}

fn file(len: usize) -> Bytes {
    (0..len).map(|at| at.to_le_bytes()[0] ^ at.to_le_bytes()[1]).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn five_hundred_clients_get_their_file_at_once() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let file = file(20_000);
    let mut server = Server::start(folder.path(), file.clone());
    let (start, address) = (Instant::now(), server.address);
    let mut clients = JoinSet::new();
    for n in 0..250_u8 {
        for network in 1..=2 {
            let from = Ipv4Addr::new(127, 0, network, n);
            clients.spawn(fetch(address, from, 1_428, 1));
        }
    }
    let fetched = timeout(PATIENCE, clients.join_all()).await.expect("in time");
    assert!(fetched.iter().all(|fetched| *fetched == file));
    for _ in 0..500 {
        let report = server.reported.recv().await.expect("a report");
        assert_eq!(report.fault, "");
    }
    eprintln!("500 clients with 20 kB each: {:?}", start.elapsed());
    server.context.drain().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_large_file_flows() {
    let folder = tempfile::tempdir().expect("a temp dir");
    let file = file(16 << 20);
    let server = Server::start(folder.path(), file.clone());
    let start = Instant::now();
    let fetch = fetch(server.address, Ipv4Addr::LOCALHOST, 1_428, 16);
    let fetched = timeout(PATIENCE, fetch).await.expect("in time");
    assert!(fetched == file);
    eprintln!("16 MiB in blocks of 1,428 bytes, 16 at once: {:?}", start.elapsed());
    server.context.drain().await;
}

#[tokio::test]
async fn an_answer_comes_from_the_address_that_was_asked_and_nobody_s_from_nowhere() {
    let anywhere = SocketAddrV4::new(Ipv4Addr::UNSPECIFIED, 0);
    let socket = Socket::listen(anywhere).expect("a port");
    let port = socket.local_address().expect("an address").port();
    let client = UdpSocket::bind(SocketAddrV4::new(Ipv4Addr::LOCALHOST, 0)).await.expect("a port");
    client.set_broadcast(true).expect("allowed");
    let mut buffer = [0; 100];
    for (asked, is_ours) in [
        (Ipv4Addr::LOCALHOST, true),
        (Ipv4Addr::new(127, 0, 0, 9), true),
        (Ipv4Addr::new(127, 255, 255, 255), false),
    ] {
        let to = SocketAddrV4::new(asked, port);
        client.send_to(b"hello", to).await.expect("sent");
        let arrival = timeout(PATIENCE, socket.next_request(&mut buffer)).await.expect("in time");
        let arrival = arrival.expect("received");
        assert_eq!(arrival.ours, is_ours.then_some(asked));
        let Some(ours) = arrival.ours else { continue };
        socket.send([b"hel", b"lo"], arrival.from, Some(ours)).expect("sent");
        let (len, from) = client.recv_from(&mut buffer).await.expect("received");
        assert_eq!((&buffer[..len], from), (&b"hello"[..], to.into()));
        let own = Socket::open(ours).expect("a port of its own");
        own.send([b"hel", b"lo"], arrival.from, None).expect("sent");
        let (_, from) = client.recv_from(&mut buffer).await.expect("received");
        assert_eq!(from, own.local_address().expect("an address").into());
        assert_eq!(from.ip(), asked);
    }
}
