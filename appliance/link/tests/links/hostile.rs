//! Peers that are slow, broken or bad, and the others who must not notice.

use std::io::Write;
use std::net::TcpStream as BlockingTcp;
use std::os::unix::net::UnixStream as BlockingUnix;

use futures_util::FutureExt;
use link::client::{Pin, connect};
use link::server::UnixListener;
use link::{LinkError, Target, hang_up};
use tokio::net::TcpListener;

use crate::appliance::{Authority, Leaf, linked, object};

fn call(target: &Target) -> BlockingTcp {
    let Target::Tls { host, port } = target else {
        unreachable!("the test's appliance is on the network");
    };
    BlockingTcp::connect((host.as_str(), *port)).expect("somebody listens")
}

#[tokio::test]
async fn silent_peers_and_babblers_keep_nobody_from_connecting() {
    let authority = Authority::new();
    let (mut listener, target) = authority.listener(Leaf::default()).await;
    let silent: Vec<BlockingTcp> = (0..100).map(|_| call(&target)).collect();
    for _ in 0..20 {
        call(&target).write_all(b"GET / HTTP/1.1\r\n\r\n").expect("it is taken");
    }
    let pin = Pin::Known(authority.fingerprint());
    let (connected, accepted) = tokio::join!(connect(&target, &pin), listener.accept());
    assert_eq!(connected.expect("the right server").exporter, accepted.peer.exporter);
    drop(silent);
}

#[tokio::test]
async fn an_object_that_comes_byte_by_byte_is_taken_when_it_is_whole() {
    let directory = tempfile::tempdir().expect("a temp dir");
    let path = directory.path().join("ivm.sock");
    let mut listener = UnixListener::bind(&path, &[]).expect("a socket can be made");
    let mut peer = BlockingUnix::connect(&path).expect("somebody listens");
    let mut incoming = listener.accept().await.incoming;
    let whole = object(1, 20);
    for byte in whole.to_bytes() {
        let early = incoming.next().now_or_never();
        assert!(early.is_none(), "not whole yet, and nothing is lost by not waiting");
        peer.write_all(&[byte]).expect("it is taken");
    }
    assert_eq!(incoming.next().await.expect("good"), Some(whole));
}

#[tokio::test]
async fn garbage_ends_the_link_and_says_why() {
    let directory = tempfile::tempdir().expect("a temp dir");
    let path = directory.path().join("ivm.sock");
    let mut listener = UnixListener::bind(&path, &[]).expect("a socket can be made");
    let mut peer = BlockingUnix::connect(&path).expect("somebody listens");
    let mut incoming = listener.accept().await.incoming;
    peer.write_all(&[b'?'; 200]).expect("it is taken");
    let error = incoming.next().await.expect_err("no object");
    assert_eq!(error.to_string(), "not a message object: it starts with 0x3f3f");
}

// row 92
#[tokio::test]
async fn who_is_dropped_while_it_still_talks_reads_why() {
    let (mut client, mut server) = linked(&Authority::new()).await;
    for number in 0..100 {
        client.outgoing.send(&object(number, 9000)).await.expect("there is room");
    }
    let talking = async {
        let mut outgoing = client.outgoing;
        // It may fail in the middle, when the server has had enough.
        let _ = outgoing.flush().await;
    };
    let dropping = async {
        let why = object(7, 50);
        server.outgoing.send(&why).await.expect("there is room");
        hang_up(server.incoming, server.outgoing).await;
        why
    };
    let reading = async {
        let why = client.incoming.next().await.expect("nothing was taken back");
        drop(client.incoming);
        why
    };
    let ((), why, read) = tokio::join!(talking, dropping, reading);
    assert_eq!(read, Some(why));
}

#[tokio::test(start_paused = true)]
async fn a_server_that_says_nothing_is_given_up() {
    let silent = TcpListener::bind("127.0.0.1:0").await.expect("there is a free port");
    let port = silent.local_addr().expect("it listens").port();
    let target = Target::Tls { host: "127.0.0.1".to_owned(), port };
    let error = connect(&target, &Pin::FirstUse).await.expect_err("nobody answers");
    assert!(matches!(error, LinkError::TimedOut));
}

#[tokio::test]
async fn a_server_that_is_not_there_is_an_error_at_once() {
    let directory = tempfile::tempdir().expect("a temp dir");
    let target = Target::Unix(directory.path().join("nobody"));
    let error = connect(&target, &Pin::FirstUse).await.expect_err("nobody listens");
    assert!(matches!(error, LinkError::Io(_)));
}
