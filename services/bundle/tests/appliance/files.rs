//! Files, headers, the way from HTTP to HTTPS.

use std::borrow::Cow;

use admin::{Assets, File};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::house::{Answer, House};

const FILES: [(&str, &[u8]); 4] = [
    ("index.html", b"<!doctype html><title>IVM</title>"),
    ("join.html", b"<!doctype html><title>Join</title>"),
    ("app-0f3a9c21.js", &[b' '; 4_000]),
    ("pkg/client.wasm", b"\0asm"),
];

const ASSETS: Assets = Assets {
    list: || FILES.iter().map(|(path, _)| (*path).to_owned()).collect(),
    get: |path| {
        let (_, data) = FILES.iter().find(|(own, _)| *own == path)?;
        let mark = u8::try_from(data.len() % 251).expect("below 251");
        Some(File { data: Cow::Borrowed(data), sha256: [mark; 32] })
    },
};

// row 113
#[tokio::test]
async fn the_browser_client_is_served_with_its_types() {
    let house = House::with(ASSETS, false).await;
    let mut visitor = house.visitor();
    for (path, media, keep) in [
        ("/", "text/html; charset=utf-8", "no-cache"),
        ("/join", "text/html; charset=utf-8", "no-cache"),
        ("/pkg/client.wasm", "application/wasm", "no-cache"),
        (
            "/app-0f3a9c21.js",
            "text/javascript; charset=utf-8",
            "public, max-age=31536000, immutable",
        ),
    ] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), Some(media), "{path}");
        assert_eq!(answer.header("cache-control"), Some(keep), "{path}");
    }
    assert_eq!(visitor.get("/join").await.body, FILES[1].1);
    house.close().await;
}

#[tokio::test]
async fn a_file_that_the_browser_has_is_not_sent_again() {
    let house = House::with(ASSETS, false).await;
    let mut visitor = house.visitor();
    let first = visitor.get("/pkg/client.wasm").await;
    let tag = first.header("etag").expect("a tag").to_owned();
    let again = format!("If-None-Match: {tag}\r\n");
    let second = visitor.get_with("/pkg/client.wasm", &again).await;
    assert_eq!((second.status, second.body.len()), (304, 0));
    assert_eq!(second.header("etag"), Some(tag.as_str()));
    let packed = visitor.get_with("/app-0f3a9c21.js", "Accept-Encoding: gzip, br\r\n").await;
    assert_eq!(packed.header("content-encoding"), Some("gzip"));
    assert!(packed.body.len() < 100);
    assert_eq!(visitor.get("/app-0f3a9c21.js").await.body.len(), 4_000);
    house.close().await;
}

#[tokio::test]
async fn every_answer_has_the_security_headers() {
    let house = House::with(ASSETS, false).await;
    let mut visitor = house.visitor();
    let policy = "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; style-src 'self'; \
                  img-src 'self' data: blob:; media-src 'self' blob:; connect-src 'self'; \
                  worker-src 'self'; manifest-src 'self'; font-src 'self'; base-uri 'none'; \
                  form-action 'self'; frame-ancestors 'none'";
    for path in ["/", "/admin", "/admin/setup", "/admin/files/admin.css", "/nothing", "/ws"] {
        let answer = visitor.get(path).await;
        assert_eq!(answer.header("content-security-policy"), Some(policy), "{path}");
        assert_eq!(answer.header("x-content-type-options"), Some("nosniff"), "{path}");
        assert_eq!(answer.header("referrer-policy"), Some("same-origin"), "{path}");
        assert_eq!(answer.header("cross-origin-opener-policy"), Some("same-origin"), "{path}");
        assert_eq!(answer.header("cross-origin-embedder-policy"), Some("require-corp"), "{path}");
        let permissions = answer.header("permissions-policy").unwrap_or_default();
        assert!(permissions.starts_with("microphone=(self)"), "{path}");
        assert_eq!(answer.header("strict-transport-security"), None, "{path}");
    }
    house.close().await;
}

#[tokio::test]
async fn what_is_not_there_is_not_found_and_what_was_not_built_says_so() {
    let house = House::with(Assets::NONE, false).await;
    let mut visitor = house.visitor();
    assert_eq!(visitor.get("/../authority/authority.pem").await.status, 404);
    assert_eq!(visitor.get("/%2e%2e/authority.pem").await.status, 404);
    assert_eq!(visitor.get("/admin/files/..%2fCargo.toml").await.status, 404);
    let start = visitor.get("/").await;
    assert_eq!(start.status, 503);
    assert!(start.text().contains("make web"));
    house.close().await;
}

#[tokio::test]
async fn plain_http_leads_to_https() {
    let house = House::with(ASSETS, false).await;
    let mut stream = TcpStream::connect(house.http).await.expect("somebody listens");
    let request =
        format!("GET /join?x=1 HTTP/1.1\r\nHost: {}\r\nConnection: close\r\n\r\n", house.http);
    stream.write_all(request.as_bytes()).await.expect("written");
    let mut bytes = Vec::new();
    stream.read_to_end(&mut bytes).await.expect("read");
    let answer = Answer::parse(&bytes);
    assert_eq!(answer.status, 308);
    assert_eq!(answer.header("location"), Some(format!("{}/join?x=1", house.origin()).as_str()));
    house.close().await;
}

#[tokio::test]
async fn the_authority_can_be_downloaded() {
    let house = House::with(ASSETS, false).await;
    let answer = house.visitor().get("/appliance-ca.crt").await;
    assert_eq!(answer.header("content-type"), Some("application/x-x509-ca-cert"));
    assert!(answer.text().starts_with("-----BEGIN CERTIFICATE-----"));
    house.close().await;
}

#[tokio::test]
async fn requests_that_are_too_large_or_broken_are_refused() {
    let house = House::with(ASSETS, false).await;
    let mut visitor = house.visitor();
    let long = "x".repeat(20_000);
    let answer = visitor.post("/admin/login", &[("password", &long)]).await;
    assert_eq!(answer.status, 413);
    let long_head = format!("GET / HTTP/1.1\r\nHost: a\r\nX: {}\r\n\r\n", "y".repeat(60_000));
    assert_eq!(house.say(&long_head).await.status, 431);
    assert_eq!(house.say("BREW / COFFEE/1.0\r\n\r\n").await.status, 400);
    assert_eq!(visitor.post("/", &[]).await.status, 405);
    house.close().await;
}
