//! A WebSocket carried to the IVM server: one connection of our own for each, objects both ways.
//!
//! Each direction waits for its reader, so that a slow page slows nobody but itself.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket, close_code};
use chassis::chance;
use chassis::context::Context;
use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use link::client::{Connected, Pin, connect};
use link::{Incoming, LinkError, Outgoing, Target};
use log::debug;
use message::login::Bridge;
use message::{ErrorCode, HEADER_LEN, MAX_BODY, Malformed, Object, ObjectId, Refusal};
use tokio::time::{interval, timeout};
use tokio_tungstenite::tungstenite;

/// The longest frame: one object.
pub(crate) const LONGEST: usize = MAX_BODY + HEADER_LEN;
/// A ping after so long; a browser answers it by itself.
const PING: Duration = Duration::from_secs(30);
/// A page that says nothing, not even a pong, for so long is gone.
const SILENCE: Duration = Duration::from_secs(75);
/// For the last words of a page.
const FAREWELL: Duration = Duration::from_secs(3);

type Frames = SplitStream<WebSocket>;
type Sink = SplitSink<WebSocket, Message>;

/// Why a bridge ended.
#[derive(Debug, thiserror::Error)]
enum End {
    #[error("the page closed it")]
    Page,
    #[error("the page's connection broke: {0}")]
    Broken(#[source] axum::Error),
    #[error("the page said nothing for too long")]
    Silent,
    #[error("the page sent text")]
    Text,
    #[error("the page sent what is no object: {0}")]
    Malformed(#[source] Malformed),
    #[error("the server closed the connection")]
    Server,
    #[error("the connection with the server broke: {0}")]
    Away(#[source] LinkError),
}

/// The connection with the server for one page, made before the page's own is accepted.
pub(crate) async fn reach(
    context: &Context,
    origin: String,
    remote: String,
) -> Result<(Connected, ObjectId), LinkError> {
    let target = Target::Unix(context.layout().ivm_socket.clone());
    let mut connected = connect(&target, &Pin::FirstUse).await?;
    let id = ObjectId::new(context.clock().unix_millis(), &mut chance::rng());
    connected.outgoing.send(&Object::of(id, &Bridge { origin, remote })).await?;
    connected.outgoing.flush().await?;
    Ok((connected, id))
}

/// Carries objects until one end closes.
pub(crate) async fn carry(socket: WebSocket, connected: Connected, greeting: ObjectId) {
    let (mut sink, mut frames) = socket.split();
    let Connected { mut incoming, mut outgoing, .. } = connected;
    let end = tokio::select! {
        end = up(&mut frames, &mut outgoing) => end,
        end = down(&mut incoming, &mut sink, greeting) => end,
    };
    debug!(end:%; "a bridge ended");
    if let Err(error) = outgoing.close().await {
        debug!(error:%; "the server was gone first");
    }
    farewell(&end, &mut sink, &mut frames).await;
}

/// From the page to the server.
async fn up(frames: &mut Frames, outgoing: &mut Outgoing) -> End {
    loop {
        let Ok(frame) = timeout(SILENCE, frames.next()).await else {
            return End::Silent;
        };
        let bytes = match frame {
            Some(Ok(Message::Binary(bytes))) => bytes,
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => continue,
            Some(Ok(Message::Text(_))) => return End::Text,
            Some(Ok(Message::Close(_))) | None => return End::Page,
            Some(Err(error)) => return End::Broken(error),
        };
        let object = match Object::parse(&bytes) {
            Ok(object) => object,
            Err(error) => return End::Malformed(error),
        };
        if let Err(error) = pass_up(&object, outgoing).await {
            return End::Away(error);
        }
    }
}

async fn pass_up(object: &Object, outgoing: &mut Outgoing) -> Result<(), LinkError> {
    outgoing.send(object).await?;
    outgoing.flush().await
}

/// From the server to the page. The answer to our own greeting stays here.
async fn down(incoming: &mut Incoming, sink: &mut Sink, greeting: ObjectId) -> End {
    let mut ping = interval(PING);
    ping.reset();
    loop {
        let next = tokio::select! {
            next = incoming.next() => next,
            _ = ping.tick() => {
                match sink.send(Message::Ping(Bytes::new())).await {
                    Ok(()) => continue,
                    Err(error) => return End::Broken(error),
                }
            }
        };
        let passed = match next {
            Ok(Some(object)) => pass_down(object, incoming, sink, greeting).await,
            Ok(None) => Err(End::Server),
            Err(error) => Err(End::Away(error)),
        };
        if let Err(end) = passed {
            return end;
        }
    }
}

/// Passes an object and whatever was read together with it.
async fn pass_down(
    first: Object,
    incoming: &mut Incoming,
    sink: &mut Sink,
    greeting: ObjectId,
) -> Result<(), End> {
    let mut next = Some(first);
    while let Some(object) = next {
        if object.header.id != greeting {
            let frame = Message::Binary(object.to_bytes().into());
            sink.feed(frame).await.map_err(End::Broken)?;
        }
        next = incoming.buffered().map_err(End::Away)?;
    }
    sink.flush().await.map_err(End::Broken)
}

impl End {
    /// The code and the words with which the WebSocket closes; none where it is closed or broken.
    fn close(&self) -> Option<(u16, &'static str)> {
        match self {
            Self::Page => None,
            Self::Broken(error) => broken(error),
            Self::Silent => Some((close_code::POLICY, "silent for too long")),
            Self::Text => Some((close_code::UNSUPPORTED, "binary frames only")),
            Self::Malformed(_) => Some((close_code::PROTOCOL, "not a message object")),
            Self::Server => Some((close_code::AWAY, "the server closed the connection")),
            Self::Away(_) => Some((close_code::ERROR, "the server is away")),
        }
    }
}

fn broken(error: &axum::Error) -> Option<(u16, &'static str)> {
    let cause = std::error::Error::source(error)?;
    match cause.downcast_ref::<tungstenite::Error>()? {
        tungstenite::Error::Capacity(_) => Some((close_code::SIZE, "a frame is too long")),
        tungstenite::Error::Protocol(_) => Some((close_code::PROTOCOL, "not a web socket")),
        _ => None,
    }
}

/// Says why, closes, and gives the page a moment to close too.
async fn farewell(end: &End, sink: &mut Sink, frames: &mut Frames) {
    let parting = async {
        if let End::Malformed(why) = end {
            let refusal = Refusal::new(ErrorCode::Malformed, why.to_string());
            let drop = Object::dropped(ObjectId::BLANK, &refusal);
            sink.send(Message::Binary(drop.to_bytes().into())).await?;
        }
        if let Some((code, reason)) = end.close() {
            let frame = CloseFrame { code, reason: Utf8Bytes::from_static(reason) };
            sink.send(Message::Close(Some(frame))).await?;
        } else {
            sink.close().await?;
        }
        while let Some(Ok(_)) = frames.next().await {}
        Ok::<(), axum::Error>(())
    };
    if let Ok(Err(error)) = timeout(FAREWELL, parting).await {
        debug!(error:%; "a page was gone first");
    }
}
