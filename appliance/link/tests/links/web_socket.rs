//! Objects as the frames of a WebSocket, as a bridge has them.

use std::future::ready;

use bytes::Bytes;
use futures_util::{SinkExt, StreamExt};
use link::{FrameError, Incoming, LinkError, Outgoing};
use message::{MAX_BODY, Malformed};
use tokio::io::{AsyncRead, AsyncWrite, duplex};
use tokio_tungstenite::WebSocketStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::Role;

use crate::appliance::object;

fn halves<S>(socket: WebSocketStream<S>) -> (Incoming, Outgoing)
where
    S: AsyncRead + AsyncWrite + Unpin + Send + 'static,
{
    let (sink, stream) = socket.split();
    let frames = stream.filter_map(|frame| {
        ready(match frame {
            Ok(Message::Binary(bytes)) => Some(Ok(bytes)),
            Ok(Message::Text(_)) => Some(Err(FrameError::from("text where objects belong"))),
            Ok(Message::Ping(_) | Message::Pong(_) | Message::Close(_) | Message::Frame(_)) => None,
            Err(error) => Some(Err(error.into())),
        })
    });
    let sink = sink.with(|bytes: Bytes| ready(Ok::<_, FrameError>(Message::Binary(bytes))));
    (Incoming::frames(frames), Outgoing::frames(sink))
}

async fn sockets()
-> (WebSocketStream<tokio::io::DuplexStream>, WebSocketStream<tokio::io::DuplexStream>) {
    let (here, there) = duplex(4 << 20);
    let client = WebSocketStream::from_raw_socket(here, Role::Client, None).await;
    let server = WebSocketStream::from_raw_socket(there, Role::Server, None).await;
    (client, server)
}

#[tokio::test]
async fn one_binary_frame_is_one_object() {
    let (client, server) = sockets().await;
    let (_page, mut outgoing) = halves(client);
    let (mut incoming, _bridge) = halves(server);
    let lengths = [0, 1, 70_000, MAX_BODY];
    for length in lengths {
        outgoing.send(&object(1, length)).await.expect("there is room");
    }
    outgoing.close().await.expect("there is room");
    for length in lengths {
        assert_eq!(incoming.next().await.expect("whole"), Some(object(1, length)));
    }
    assert_eq!(incoming.next().await.expect("a good end"), None);
}

#[tokio::test]
async fn a_frame_that_is_not_one_object_ends_the_link() {
    let mut two = object(1, 5).to_bytes();
    two.extend(object(2, 5).to_bytes());
    let half = object(1, 5).to_bytes()[..60].to_vec();
    for frame in [two, half] {
        let (mut client, server) = sockets().await;
        let (mut incoming, _outgoing) = halves(server);
        client.send(Message::Binary(frame.into())).await.expect("there is room");
        let error = incoming.next().await.expect_err("not one object");
        assert!(matches!(error, LinkError::Malformed(Malformed::Truncated { .. })), "{error:?}");
    }
}

#[tokio::test]
async fn a_frame_over_the_limit_and_a_text_end_the_link() {
    let (mut client, server) = sockets().await;
    let (mut incoming, _outgoing) = halves(server);
    incoming.set_limit(10);
    client.send(Message::Binary(object(1, 11).to_bytes().into())).await.expect("there is room");
    client.send(Message::text("hello")).await.expect("there is room");
    let error = incoming.next().await.expect_err("too long");
    assert!(matches!(error, LinkError::TooLong { found: 11, limit: 10 }));
    assert!(matches!(incoming.next().await, Err(LinkError::Frames(_))));
}
