//! An appliance on free ports in a temporary directory, and visitors who speak HTTP by hand, so
//! that they can also speak it badly.

use std::net::SocketAddr;
use std::sync::Arc;

use admin::{Assets, Whereabouts};
use chassis::context::Context;
use chassis::identity::Identity;
use chassis::layout::{Layout, Ports};
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, ServerName};
use rustls::{ClientConfig, RootCertStore};
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// A password that is good enough.
pub(crate) const PASSWORD: &str = "correct horse battery";

/// The appliance.
pub(crate) struct House {
    pub(crate) context: Context,
    pub(crate) https: SocketAddr,
    pub(crate) http: SocketAddr,
    tls: TlsConnector,
    _directory: TempDir,
}

impl House {
    /// With every service of today.
    pub(crate) async fn open() -> Self {
        Self::with(Assets::NONE, true).await
    }

    /// With these files, and the IVM server or none.
    pub(crate) async fn with(assets: Assets, has_server: bool) -> Self {
        let directory = tempfile::tempdir().expect("a temp dir");
        let layout = Layout::under(directory.path(), Ports::FREE);
        layout.make_directories().expect("directories");
        let context = Context::new(layout);
        context.serve("system", system::run(context.clone(), system::Options::default()));
        assert!(context.until_ready("system").await, "the settings keeper keeps");
        if has_server {
            context.serve("ivm", ivm::run(context.clone(), ivm::Options::default()));
            context.announced("objects").await.expect("the server serves");
        }
        context.serve("admin", admin::run(context.clone(), assets));
        let https = context.announced("https").await.expect("the pages are served");
        let http = context.announced("http").await.expect("the pages are served");
        let tls = trusting(&context);
        Self { context, https, http, tls, _directory: directory }
    }

    /// What the service tells programs on this machine.
    pub(crate) fn whereabouts(&self) -> Whereabouts {
        let path = Whereabouts::path(self.context.layout());
        let text = std::fs::read_to_string(path).expect("the file is there");
        Whereabouts::from_json(&text).expect("it can be read")
    }

    /// The code of the first run.
    pub(crate) fn code(&self) -> String {
        self.whereabouts().code.expect("the appliance is fresh")
    }

    /// The origin of the pages.
    pub(crate) fn origin(&self) -> String {
        format!("https://{}", self.https)
    }

    /// A TLS connection of a browser that trusts the appliance's authority.
    pub(crate) async fn connect(&self) -> TlsStream<TcpStream> {
        let stream = TcpStream::connect(self.https).await.expect("somebody listens");
        let name = ServerName::from(self.https.ip());
        self.tls.connect(name, stream).await.expect("the certificate is good for the address")
    }

    /// Sends these bytes and reads all that is answered.
    pub(crate) async fn say(&self, bytes: &str) -> Answer {
        let mut stream = self.connect().await;
        stream.write_all(bytes.as_bytes()).await.expect("written");
        let mut answer = Vec::new();
        stream.read_to_end(&mut answer).await.expect("read");
        Answer::parse(&answer)
    }

    /// A browser without cookies.
    pub(crate) fn visitor(&self) -> Visitor<'_> {
        Visitor { house: self, cookie: None }
    }

    /// A browser of the administrator; does the first run.
    pub(crate) async fn administrator(&self) -> Visitor<'_> {
        let mut visitor = self.visitor();
        let code = self.code();
        let form = [("code", code.as_str()), ("password", PASSWORD), ("again", PASSWORD)];
        assert_eq!(visitor.post("/admin/setup", &form).await.status, 303);
        visitor
    }

    /// Ends everything in good order.
    pub(crate) async fn close(self) {
        self.context.drain().await;
        assert!(!self.context.failed());
    }
}

fn trusting(context: &Context) -> TlsConnector {
    let identity = Identity::try_open(&context.layout().tls).expect("it is there");
    let pem = identity.authority_pem().as_bytes();
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_slice(pem).expect("a certificate")).expect("an authority");
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_protocol_versions(&[&rustls::version::TLS13])
        .expect("TLS 1.3")
        .with_root_certificates(roots)
        .with_no_client_auth();
    TlsConnector::from(Arc::new(config))
}

/// A browser, as far as cookies and forms go.
pub(crate) struct Visitor<'a> {
    house: &'a House,
    pub(crate) cookie: Option<String>,
}

impl Visitor<'_> {
    /// Asks for a page.
    pub(crate) async fn get(&mut self, path: &str) -> Answer {
        self.ask("GET", path, "", "").await
    }

    /// Asks for a page with more headers.
    pub(crate) async fn get_with(&mut self, path: &str, headers: &str) -> Answer {
        self.ask("GET", path, headers, "").await
    }

    /// Sends a form from one of our own pages.
    pub(crate) async fn post(&mut self, path: &str, form: &[(&str, &str)]) -> Answer {
        let origin = format!("Origin: {}\r\n", self.house.origin());
        self.post_with(path, &origin, form).await
    }

    /// Sends a form with these headers.
    pub(crate) async fn post_with(
        &mut self,
        path: &str,
        headers: &str,
        form: &[(&str, &str)],
    ) -> Answer {
        let pairs: Vec<String> =
            form.iter().map(|(name, value)| format!("{name}={}", encoded(value))).collect();
        let kind = "Content-Type: application/x-www-form-urlencoded\r\n";
        self.ask("POST", path, &format!("{kind}{headers}"), &pairs.join("&")).await
    }

    /// The form token of the session, from a page.
    pub(crate) async fn form_token(&mut self) -> String {
        let page = self.get("/admin/password").await.text();
        let (_, rest) = page.split_once("name=\"form\" value=\"").expect("a form");
        rest.split('"').next().expect("its token").to_owned()
    }

    /// Asks for anything.
    pub(crate) async fn ask(
        &mut self,
        method: &str,
        path: &str,
        headers: &str,
        body: &str,
    ) -> Answer {
        let cookie = self.cookie.as_ref().map(|pair| format!("Cookie: {pair}\r\n"));
        let head = format!(
            "{method} {path} HTTP/1.1\r\nHost: {}\r\nConnection: close\r\nContent-Length: {}\r\n\
             {}{headers}\r\n{body}",
            self.house.https,
            body.len(),
            cookie.unwrap_or_default(),
        );
        let answer = self.house.say(&head).await;
        if let Some(cookie) = answer.header("set-cookie") {
            let pair = cookie.split(';').next().expect("a pair").to_owned();
            self.cookie = Some(pair).filter(|_| !cookie.contains("Max-Age=0"));
        }
        answer
    }
}

fn encoded(value: &str) -> String {
    value.bytes().map(|byte| format!("%{byte:02X}")).collect()
}

/// What came back.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

impl Answer {
    /// Reads an answer that ends with its connection.
    pub(crate) fn parse(bytes: &[u8]) -> Self {
        let end = bytes.windows(4).position(|four| four == b"\r\n\r\n").expect("a whole head");
        let head = String::from_utf8_lossy(&bytes[..end]).into_owned();
        let mut lines = head.lines();
        let status = lines.next().and_then(|line| line.split(' ').nth(1)).expect("a status line");
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").expect("a header");
            (name.to_ascii_lowercase(), value.to_owned())
        };
        Self {
            status: status.parse().expect("a number"),
            headers: lines.map(header).collect(),
            body: bytes[end + 4..].to_vec(),
        }
    }

    /// A header by its name in lower case.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    /// The body as text.
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }
}
