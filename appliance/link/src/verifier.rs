//! Who the server is: the certificate authority of one appliance, known by its fingerprint.
//!
//! An appliance shows the chain `[server certificate, its own authority]`. The pin is on the
//! authority, so that the server certificate can be renewed. What is checked: the authority's
//! fingerprint (unless it is the first use), that it signed the server certificate for servers'
//! use, and that the server has that certificate's key. What is not:
//!
//! * names: the authority signs for one appliance only, which may be reached by any address;
//! * time: an appliance without a battery may make a certificate in what it takes for last year,
//!   and a client may wake up in 1970. An office without the Internet has no time that both can
//!   trust, and must talk all the same. The authority's key lies beside the server's: whoever has
//!   stolen an old one has the other too, so that a strict look at the clock would protect nobody.
//!   A certificate out of its time is written to the journal.

use std::sync::Arc;

use log::warn;
use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{CryptoProvider, WebPkiSupportedAlgorithms, verify_tls13_signature};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{
    CertificateError, DigitallySignedStruct, Error, OtherError, RootCertStore, SignatureScheme,
};

use crate::Fingerprint;
use crate::client::Pin;
use crate::error::WrongFingerprint;

#[derive(Debug)]
pub(crate) struct PinVerifier {
    pin: Pin,
    algorithms: WebPkiSupportedAlgorithms,
}

impl PinVerifier {
    pub(crate) fn new(pin: Pin, provider: &CryptoProvider) -> Self {
        Self { pin, algorithms: provider.signature_verification_algorithms }
    }

    fn check_pin(&self, authority: &CertificateDer<'_>) -> Result<(), Error> {
        let found = Fingerprint::of(authority);
        match self.pin {
            Pin::Known(expected) if expected != found => {
                let wrong = OtherError(Arc::new(WrongFingerprint { expected, found }));
                Err(CertificateError::Other(wrong).into())
            }
            Pin::Known(_) | Pin::FirstUse => Ok(()),
        }
    }

    fn check_chain(
        &self,
        server: &CertificateDer<'_>,
        between: &[CertificateDer<'_>],
        authority: &CertificateDer<'_>,
        now: UnixTime,
    ) -> Result<(), Error> {
        let server = ParsedCertificate::try_from(server)?;
        let mut roots = RootCertStore::empty();
        roots.add(authority.clone().into_owned())?;
        let verify = |at| {
            let algorithms = self.algorithms.all;
            verify_server_cert_signed_by_trust_anchor(&server, &roots, between, at, algorithms)
        };
        match verify(now) {
            Err(Error::InvalidCertificate(CertificateError::ExpiredContext {
                not_after, ..
            })) => {
                warn!("the server's certificate has expired, or a clock is wrong");
                verify(not_after)
            }
            Err(Error::InvalidCertificate(CertificateError::NotValidYetContext {
                not_before,
                ..
            })) => {
                warn!("the server's certificate is from the future, or a clock is wrong");
                verify(not_before)
            }
            other => other,
        }
    }
}

impl ServerCertVerifier for PinVerifier {
    fn verify_server_cert(
        &self,
        server: &CertificateDer<'_>,
        rest: &[CertificateDer<'_>],
        _name: &ServerName<'_>,
        _ocsp: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, Error> {
        let (authority, between) = rest.split_last().ok_or(CertificateError::UnknownIssuer)?;
        self.check_pin(authority)?;
        self.check_chain(server, between, authority, now)?;
        Ok(ServerCertVerified::assertion())
    }

    fn verify_tls12_signature(
        &self,
        _message: &[u8],
        _server: &CertificateDer<'_>,
        _signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        Err(Error::General("only TLS 1.3 is spoken".to_owned()))
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        server: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, Error> {
        verify_tls13_signature(message, server, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}
