//! What an appliance is to a client: an authority, a certificate and a listener on any free port.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Arc;

use bytes::Bytes;
use link::client::{Connected, Pin, connect};
use link::server::{Accepted, TlsListener};
use link::{Fingerprint, LinkError, Target};
use message::{Action, Kind, Object, ObjectId};
use rcgen::{
    BasicConstraints, Certificate, CertificateParams, ExtendedKeyUsagePurpose, IsCa, Issuer,
    KeyPair, date_time_ymd,
};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::version::TLS13;
use rustls::{ServerConfig, SupportedProtocolVersion};

/// What a server certificate may be like.
#[derive(Clone)]
pub(crate) struct Leaf {
    /// From the start of one year to the start of another.
    pub(crate) years: (i32, i32),
    pub(crate) usage: ExtendedKeyUsagePurpose,
}

impl Default for Leaf {
    fn default() -> Self {
        Self { years: (2020, 2100), usage: ExtendedKeyUsagePurpose::ServerAuth }
    }
}

pub(crate) struct Authority {
    certificate: Certificate,
    issuer: Issuer<'static, KeyPair>,
}

impl Authority {
    pub(crate) fn new() -> Self {
        let key = KeyPair::generate().expect("a key can be made");
        let mut params = CertificateParams::default();
        params.is_ca = IsCa::Ca(BasicConstraints::Unconstrained);
        let certificate = params.self_signed(&key).expect("it can sign itself");
        Self { certificate, issuer: Issuer::new(params, key) }
    }

    pub(crate) fn der(&self) -> CertificateDer<'static> {
        self.certificate.der().clone()
    }

    pub(crate) fn fingerprint(&self) -> Fingerprint {
        Fingerprint::of(&self.der())
    }

    pub(crate) fn issue(&self, leaf: Leaf) -> (CertificateDer<'static>, PrivateKeyDer<'static>) {
        let key = KeyPair::generate().expect("a key can be made");
        let names = vec!["somewhere.else".to_owned()];
        let mut params = CertificateParams::new(names).expect("a good name");
        params.not_before = date_time_ymd(leaf.years.0, 1, 1);
        params.not_after = date_time_ymd(leaf.years.1, 1, 1);
        params.extended_key_usages = vec![leaf.usage];
        let certificate = params.signed_by(&key, &self.issuer).expect("it can be signed");
        (certificate.der().clone(), key.into())
    }

    pub(crate) async fn listener(&self, leaf: Leaf) -> (TlsListener, Target) {
        let (certificate, key) = self.issue(leaf);
        listen(config(vec![certificate, self.der()], key, &TLS13)).await
    }
}

pub(crate) fn config(
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
    version: &'static SupportedProtocolVersion,
) -> Arc<ServerConfig> {
    let config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(&[version])
        .expect("ring speaks it")
        .with_no_client_auth()
        .with_single_cert(chain, key);
    Arc::new(config.expect("the key is the certificate's"))
}

pub(crate) async fn listen(config: Arc<ServerConfig>) -> (TlsListener, Target) {
    let anywhere = SocketAddr::from((Ipv4Addr::LOCALHOST, 0));
    let listener = TlsListener::bind(anywhere, config).await.expect("there is a free port");
    let port = listener.local_addr().expect("it listens").port();
    (listener, Target::Tls { host: "127.0.0.1".to_owned(), port })
}

/// A link between a client and an appliance, both ends.
pub(crate) async fn linked(authority: &Authority) -> (Connected, Accepted) {
    let (mut listener, target) = authority.listener(Leaf::default()).await;
    let pin = Pin::Known(authority.fingerprint());
    let (connected, accepted) = tokio::join!(connect(&target, &pin), listener.accept());
    (connected.expect("the right server"), accepted)
}

/// What a client gets that connects to `listener`.
pub(crate) async fn attempt(
    mut listener: TlsListener,
    target: &Target,
    pin: Pin,
) -> Result<Connected, LinkError> {
    tokio::select! {
        connected = connect(target, &pin) => connected,
        () = async { loop { drop(listener.accept().await) } } => unreachable!("it accepts for ever"),
    }
}

pub(crate) fn object(number: u8, length: usize) -> Object {
    let mut object = Object::bare(Action::Client, ObjectId::from_bytes([number; 16]));
    object.header.kind = Kind::Portion;
    object.header.length = u32::try_from(length).expect("a test's length is small");
    object.body = Bytes::from(vec![number; length]);
    object
}
