//! WebSockets: who gets one, what goes through, how it ends.

use futures_util::{SinkExt, StreamExt};
use message::admin::ListPeople;
use message::login::{Challenge, Hello, ServiceHello};
use message::{Body, ErrorCode, HEADER_LEN, Kind, MAX_BODY, Object, ObjectId, Refusal};
use tokio::net::TcpStream;
use tokio_rustls::client::TlsStream;
use tokio_tungstenite::tungstenite::client::ClientRequestBuilder;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::house::House;

type Page = WebSocketStream<TlsStream<TcpStream>>;

async fn knock(house: &House, origin: Option<&str>) -> Result<Page, Error> {
    let address = format!("wss://{}/ws", house.https).parse().expect("an address");
    let mut request = ClientRequestBuilder::new(address);
    if let Some(origin) = origin {
        request = request.with_header("Origin", origin);
    }
    client_async(request, house.connect().await).await.map(|(page, _)| page)
}

async fn open(house: &House) -> Page {
    knock(house, Some(&house.origin())).await.expect("a page of our own gets a web socket")
}

fn object<'b, B: Body<'b>>(body: &B) -> Message {
    let id = ObjectId::from_bytes([7; 16]);
    Message::binary(Object::of(id, body).to_bytes())
}

async fn answer(page: &mut Page) -> Object {
    loop {
        match page.next().await.expect("an answer").expect("a frame") {
            Message::Binary(bytes) => return Object::parse(&bytes).expect("an object"),
            Message::Ping(_) | Message::Pong(_) => {}
            other => assert!(other.is_binary(), "{other:?}"),
        }
    }
}

/// The code with which the server closes.
async fn close_code(page: &mut Page) -> u16 {
    loop {
        match page.next().await.expect("a close frame").expect("a frame") {
            Message::Close(Some(frame)) => return frame.code.into(),
            Message::Close(None) => return 1005,
            Message::Binary(_) | Message::Ping(_) | Message::Pong(_) => {}
            other => assert!(other.is_close(), "{other:?}"),
        }
    }
}

fn hello() -> Hello {
    Hello {
        account: "anna".to_owned(),
        nonce: [3; 32],
        device: None,
        device_name: "browser".to_owned(),
        software: "test".to_owned(),
    }
}

#[tokio::test]
async fn only_our_own_pages_get_a_web_socket() {
    let house = House::open().await;
    let plain = house.origin().replace("https", "http");
    for origin in [None, Some("https://evil.example"), Some("null"), Some(plain.as_str())] {
        match knock(&house, origin).await {
            Err(Error::Http(response)) => assert_eq!(response.status(), 403, "{origin:?}"),
            other => assert!(other.is_err(), "{origin:?}"),
        }
    }
    house.close().await;
}

// rows 73, 84, 86
#[tokio::test]
async fn objects_go_both_ways() {
    let house = House::open().await;
    let mut page = open(&house).await;
    page.send(object(&hello())).await.expect("sent");
    let answer = answer(&mut page).await;
    assert_eq!(answer.header.kind, Kind::Challenge);
    assert!(answer.read::<Challenge>().is_ok());
    page.close(None).await.expect("closed");
    while let Some(Ok(_)) = page.next().await {}
    house.close().await;
}

// rows 102, 104
#[tokio::test]
async fn a_page_has_no_rights_of_a_service() {
    let house = House::open().await;
    let mut page = open(&house).await;
    page.send(object(&ServiceHello { service: "admin".to_owned() })).await.expect("sent");
    let refused = answer(&mut page).await.read::<Refusal>().expect("a refusal");
    assert_eq!(refused.code, ErrorCode::NotPermitted);
    page.send(object(&ListPeople { after: String::new() })).await.expect("sent");
    assert!(answer(&mut page).await.header.flags.refused);
    house.close().await;
}

// row 85
#[tokio::test]
async fn what_is_no_object_ends_the_web_socket_with_a_reason() {
    let house = House::open().await;
    let whole = Object::of(ObjectId::BLANK, &hello()).to_bytes();
    let mut longer = whole.clone();
    longer.push(0);
    for bytes in [vec![0; 80], Vec::new(), whole[..70].to_vec(), longer] {
        let mut page = open(&house).await;
        page.send(Message::binary(bytes)).await.expect("sent");
        let dropped = answer(&mut page).await.read::<Refusal>().expect("a reason");
        assert_eq!(dropped.code, ErrorCode::Malformed);
        assert_eq!(close_code(&mut page).await, 1002);
    }
    house.close().await;
}

#[tokio::test]
async fn text_and_frames_beyond_an_object_are_refused() {
    let house = House::open().await;
    let mut page = open(&house).await;
    page.send(Message::text("hello")).await.expect("sent");
    assert_eq!(close_code(&mut page).await, 1003);
    let mut page = open(&house).await;
    // The server may close before it has read all of it.
    let _ = page.send(Message::binary(vec![0; MAX_BODY + HEADER_LEN + 1])).await;
    assert!(matches!(page.next().await, Some(Ok(Message::Close(_)) | Err(_)) | None));
    // Others are not disturbed.
    let mut page = open(&house).await;
    page.send(object(&hello())).await.expect("sent");
    assert_eq!(answer(&mut page).await.header.kind, Kind::Challenge);
    house.close().await;
}

// row 94
#[tokio::test]
async fn pages_are_told_when_the_appliance_goes_down() {
    let house = House::open().await;
    let mut page = open(&house).await;
    page.send(object(&hello())).await.expect("sent");
    answer(&mut page).await;
    house.context.begin_drain();
    assert_eq!(close_code(&mut page).await, 1001);
    house.close().await;
}

#[tokio::test]
async fn without_the_message_server_there_is_no_web_socket() {
    let house = House::with(admin::Assets::NONE, false).await;
    match knock(&house, Some(&house.origin())).await {
        Err(Error::Http(response)) => assert_eq!(response.status(), 503),
        other => assert!(other.is_err()),
    }
    house.close().await;
}
