//! Bytes of every kind, in pieces of every size, and what becomes of them.

use std::future::Future;

use bytes::Bytes;
use futures_util::FutureExt;
use message::{Action, Header, Kind, MAX_BODY, Malformed, Object, ObjectId};
use proptest::collection::vec;
use proptest::prelude::any;
use proptest::{prop_assert_eq, proptest};
use tokio::io::{AsyncWriteExt, DuplexStream, duplex};

use super::{COPY_BELOW, Incoming, READ};
use crate::LinkError;

fn object(number: u8, length: usize) -> Object {
    let mut object = Object::bare(Action::Client, ObjectId::from_bytes([number; 16]));
    object.header.kind = Kind::Portion;
    object.header.length = u32::try_from(length).expect("a test's length is small");
    object.body = Bytes::from(vec![number; length]);
    object
}

fn wire(objects: &[Object]) -> Vec<u8> {
    objects.iter().flat_map(Object::to_bytes).collect()
}

fn line() -> (DuplexStream, Incoming) {
    let (peer, ours) = duplex(4 << 20);
    (peer, Incoming::memory(tokio::io::split(ours).0))
}

async fn all(incoming: &mut Incoming) -> (Vec<Object>, Option<LinkError>) {
    let mut objects = Vec::new();
    loop {
        match incoming.next().await {
            Ok(Some(object)) => objects.push(object),
            Ok(None) => return (objects, None),
            Err(error) => return (objects, Some(error)),
        }
    }
}

fn run<T>(test: impl Future<Output = T>) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread().build();
    runtime.expect("a runtime can be made").block_on(test)
}

/// Writes `bytes`, hangs up, and tells what was read.
async fn read(bytes: &[u8], limit: usize) -> (Vec<Object>, Option<LinkError>) {
    let (mut peer, mut incoming) = line();
    incoming.set_limit(limit);
    peer.write_all(bytes).await.expect("there is room");
    drop(peer);
    all(&mut incoming).await
}

proptest! {
    #[test]
    fn objects_are_read_whole_in_whatever_pieces_they_come(
        lengths in vec(0..3 * READ, 1..8),
        pieces in vec(1..2 * READ, 1..16),
    ) {
        let objects: Vec<Object> = (0..).zip(&lengths).map(|(n, length)| object(n, *length)).collect();
        let bytes = wire(&objects);
        let read = run(async {
            let (mut peer, mut incoming) = line();
            let mut rest = bytes.as_slice();
            let mut read = Vec::new();
            for piece in pieces.iter().cycle() {
                let (now, later) = rest.split_at((*piece).min(rest.len()));
                peer.write_all(now).await.expect("there is room");
                // Cancelled in the middle of an object again and again.
                while let Some(next) = incoming.next().now_or_never() {
                    read.extend(next.expect("good objects"));
                }
                if later.is_empty() {
                    break;
                }
                rest = later;
            }
            drop(peer);
            let (last, error) = all(&mut incoming).await;
            read.extend(last);
            assert!(error.is_none(), "{error:?}");
            read
        });
        prop_assert_eq!(read, objects);
    }

    #[test]
    fn whatever_bytes_come_reading_them_ends(bytes in vec(any::<u8>(), 0..500)) {
        let (objects, error) = run(read(&bytes, MAX_BODY));
        prop_assert_eq!(objects, Vec::new());
        prop_assert_eq!(error.is_none(), bytes.is_empty());
    }

    #[test]
    fn a_flipped_bit_in_a_header_is_found(bit in 0..512_usize) {
        let mut bytes = object(1, 30).to_bytes();
        bytes[bit / 8] ^= 1 << (bit % 8);
        let (objects, error) = run(read(&bytes, MAX_BODY));
        prop_assert_eq!(objects, Vec::new());
        prop_assert_eq!(matches!(error, Some(LinkError::Malformed(_))), true);
    }
}

#[tokio::test]
async fn a_stream_that_ends_within_an_object_is_cut() {
    let bytes = object(1, 100).to_bytes();
    for length in [1, 63, 64, 163] {
        let (objects, error) = read(&bytes[..length], MAX_BODY).await;
        assert!(objects.is_empty() && matches!(error, Some(LinkError::Truncated)), "{length}");
    }
}

#[tokio::test]
async fn an_object_over_the_limit_is_refused_by_its_header() {
    let (mut peer, mut incoming) = line();
    incoming.set_limit(100);
    let (good, large) = (object(1, 100), object(2, 101));
    peer.write_all(&good.to_bytes()).await.expect("there is room");
    peer.write_all(&large.header.to_bytes()).await.expect("there is room");
    assert_eq!(incoming.next().await.expect("allowed"), Some(good));
    let error = incoming.next().await.expect_err("too long");
    assert!(matches!(error, LinkError::TooLong { found: 101, limit: 100 }));
    assert!(incoming.buffer.capacity() <= READ, "nothing was allocated for it");
}

#[tokio::test]
async fn no_limit_is_over_that_of_the_protocol() {
    let mut header = object(1, 0).header;
    header.length = u32::MAX;
    let (_, error) = read(&header.to_bytes(), usize::MAX).await;
    assert!(matches!(error, Some(LinkError::Malformed(Malformed::TooLong { .. }))));
}

#[tokio::test]
async fn the_room_of_a_long_body_goes_with_it() {
    let (mut peer, mut incoming) = line();
    for number in 0..3 {
        peer.write_all(&object(number, MAX_BODY).to_bytes()).await.expect("there is room");
        assert_eq!(incoming.next().await.expect("good"), Some(object(number, MAX_BODY)));
        assert!(incoming.next().now_or_never().is_none());
        assert!(incoming.buffer.capacity() <= READ);
    }
}

#[tokio::test]
async fn a_short_body_that_is_kept_does_not_keep_the_whole_buffer() {
    let (mut peer, mut incoming) = line();
    let objects = [object(1, 0), object(2, COPY_BELOW - 1), object(3, 0)];
    peer.write_all(&wire(&objects)).await.expect("there is room");
    for object in &objects {
        let read = incoming.next().await.expect("good").expect("there");
        assert_eq!(&read, object);
        assert!(read.body.is_empty() || read.body.is_unique());
    }
    assert_eq!(Header::parse(&objects[0].to_bytes()), Ok(objects[0].header));
}
