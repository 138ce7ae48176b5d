//! Objects go across whole and in order, whatever carries them.

use std::fs;
use std::net::Ipv4Addr;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixListener as Abandoned;

use link::client::{Pin, connect};
use link::server::UnixListener;
use link::{Incoming, LIMIT_BEFORE_LOGIN, LinkError, Outgoing, Target, in_memory};
use message::{MAX_BODY, Object, Rights};

use crate::appliance::{Authority, linked, object};

fn objects() -> Vec<Object> {
    let lengths = [0, 1, 100, 8 << 10, 9000, 0, 40_000, MAX_BODY, 7, 300_000, 64 << 10];
    (0..).zip(lengths).map(|(number, length)| object(number, length)).collect()
}

async fn say(outgoing: &mut Outgoing) {
    for object in objects() {
        outgoing.send(&object).await.expect("the peer reads");
    }
    outgoing.close().await.expect("the peer reads");
}

async fn hear(incoming: &mut Incoming) {
    incoming.set_limit(MAX_BODY);
    for object in objects() {
        assert_eq!(incoming.next().await.expect("whole objects"), Some(object));
    }
    assert_eq!(incoming.next().await.expect("a good end"), None);
}

async fn cross(here: &mut (Incoming, Outgoing), there: &mut (Incoming, Outgoing)) {
    tokio::join!(say(&mut here.1), hear(&mut there.0), say(&mut there.1), hear(&mut here.0));
}

// row 84
#[tokio::test]
async fn objects_cross_tls_both_ways_at_once() {
    let (client, server) = linked(&Authority::new()).await;
    assert_eq!(server.peer.rights, Rights::Client);
    let address = server.peer.address.expect("it came from the network");
    assert_eq!(address.ip(), Ipv4Addr::LOCALHOST);
    cross(&mut (client.incoming, client.outgoing), &mut (server.incoming, server.outgoing)).await;
}

#[tokio::test]
async fn objects_cross_memory_both_ways_at_once() {
    let (mut here, mut there) = in_memory(1000);
    cross(&mut here, &mut there).await;
}

// rows 84, 102
#[tokio::test]
async fn objects_cross_a_unix_socket_and_the_kernel_vouches_for_the_peer() {
    let directory = tempfile::tempdir().expect("a temp dir");
    let path = directory.path().join("ivm.sock");
    let mut listener = UnixListener::bind(&path, &[]).expect("a socket can be made");
    let mode = fs::metadata(&path).expect("it is there").permissions().mode();
    assert_eq!(mode & 0o777, 0o666);
    let target = Target::Unix(path);
    let (client, server) = tokio::join!(connect(&target, &Pin::FirstUse), listener.accept());
    let client = client.expect("somebody listens");
    assert_eq!((client.exporter, client.fingerprint), (None, None));
    assert_eq!(server.peer.rights, Rights::Service);
    assert_eq!((server.peer.address, server.peer.exporter), (None, None));
    cross(&mut (client.incoming, client.outgoing), &mut (server.incoming, server.outgoing)).await;
}

#[tokio::test]
async fn a_dead_processs_socket_is_replaced_and_a_living_ones_is_not() {
    let directory = tempfile::tempdir().expect("a temp dir");
    let path = directory.path().join("ivm.sock");
    drop(Abandoned::bind(&path).expect("a socket can be made"));
    let mut listener = UnixListener::bind(&path, &[]).expect("nobody listens there");
    let target = Target::Unix(path.clone());
    let (client, _) = tokio::join!(connect(&target, &Pin::FirstUse), listener.accept());
    client.expect("the new one listens");
    let error = UnixListener::bind(&path, &[]).expect_err("somebody listens there");
    assert_eq!(error.kind(), std::io::ErrorKind::AddrInUse);
}

#[tokio::test]
async fn both_ends_of_a_session_export_the_same_and_no_other_session_does() {
    let authority = Authority::new();
    let (client, server) = linked(&authority).await;
    assert!(client.exporter.is_some());
    assert_eq!(client.exporter, server.peer.exporter);
    let (other, _) = linked(&authority).await;
    assert_ne!(client.exporter, other.exporter);
    assert_eq!(client.fingerprint, Some(authority.fingerprint()));
}

#[tokio::test]
async fn a_server_takes_little_before_the_log_in() {
    let (mut client, mut server) = linked(&Authority::new()).await;
    let (fits, large) = (object(1, LIMIT_BEFORE_LOGIN), object(2, LIMIT_BEFORE_LOGIN + 1));
    client.outgoing.send(&fits).await.expect("the peer reads");
    client.outgoing.send(&large).await.expect("the peer reads");
    client.outgoing.flush().await.expect("the peer reads");
    assert_eq!(server.incoming.next().await.expect("it fits"), Some(fits));
    let error = server.incoming.next().await.expect_err("it does not");
    assert!(matches!(error, LinkError::TooLong { .. }));
}

#[tokio::test]
async fn what_was_read_with_another_object_is_there_without_waiting() {
    let ((_, mut outgoing), (mut incoming, _)) = in_memory(1000);
    assert!(incoming.buffered().expect("nothing wrong").is_none());
    for number in 0..3 {
        outgoing.send(&object(number, 10)).await.expect("the peer reads");
    }
    outgoing.flush().await.expect("there is room");
    assert_eq!(incoming.next().await.expect("whole"), Some(object(0, 10)));
    assert_eq!(incoming.buffered().expect("whole"), Some(object(1, 10)));
    assert_eq!(incoming.buffered().expect("whole"), Some(object(2, 10)));
    assert_eq!(incoming.buffered().expect("nothing wrong"), None);
}

#[tokio::test]
async fn a_peer_that_vanishes_between_objects_is_a_good_end() {
    let (client, mut server) = linked(&Authority::new()).await;
    drop(client);
    assert_eq!(server.incoming.next().await.expect("nothing is cut"), None);
}

#[tokio::test]
async fn to_a_peer_that_is_gone_nothing_can_be_sent() {
    let ((_, mut outgoing), there) = in_memory(1000);
    drop(there);
    outgoing.send(&object(1, 10)).await.expect("it only waits");
    assert!(matches!(outgoing.flush().await, Err(LinkError::Io(_))));
}
