//! A certificate that somebody uploads: is it one that browsers could take from this appliance?

use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;
use x509_parser::extensions::GeneralName;
use x509_parser::prelude::{FromDer, X509Certificate};

/// Certificates in a chain.
const LONGEST_CHAIN: usize = 8;

/// What an uploaded certificate says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Uploaded {
    /// Host names and addresses.
    pub(crate) names: Vec<String>,
    /// It ends, unix seconds.
    pub(crate) until: u64,
}

/// Why it cannot be used.
#[derive(Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Unusable {
    #[error("There is no private key in it: put key and certificates into one text, as PEM.")]
    NoKey,
    #[error("The private key is locked with a password: unlock it before uploading it.")]
    Locked,
    #[error("There is no certificate in it: put key and certificates into one text, as PEM.")]
    NoCertificate,
    #[error("A certificate in it is damaged.")]
    Damaged,
    #[error("There are more than eight certificates in it.")]
    TooLong,
    #[error("The first certificate is an authority's: the server's own has to be the first.")]
    Authority,
    #[error("The private key does not belong to the first certificate.")]
    OtherKey,
    #[error("The private key is of a kind that cannot be used: RSA, EC or Ed25519 is needed.")]
    KindOfKey,
    #[error("The certificates are out of order: each is signed by the next one.")]
    Order,
    #[error("The certificate names no host, so that no browser takes it.")]
    NoName,
    #[error("The certificate has ended.")]
    Ended,
    #[error("The certificate is not valid yet: is the appliance's clock right?")]
    TooEarly,
}

/// Looks at a text with key and chain; at the time too, where one is given.
pub(crate) fn check(pem: &str, unix_seconds: Option<u64>) -> Result<Uploaded, Unusable> {
    if pem.contains("BEGIN ENCRYPTED PRIVATE KEY") || pem.contains("Proc-Type: 4,ENCRYPTED") {
        return Err(Unusable::Locked);
    }
    let key = PrivateKeyDer::from_pem_slice(pem.as_bytes()).map_err(|_| Unusable::NoKey)?;
    let chain: Result<Vec<CertificateDer<'static>>, _> =
        CertificateDer::pem_slice_iter(pem.as_bytes()).collect();
    let chain = chain.map_err(|_| Unusable::Damaged)?;
    if chain.len() > LONGEST_CHAIN {
        return Err(Unusable::TooLong);
    }
    let parsed: Result<Vec<X509Certificate<'_>>, _> =
        chain.iter().map(|one| X509Certificate::from_der(one).map(|(_, parsed)| parsed)).collect();
    let parsed = parsed.map_err(|_| Unusable::Damaged)?;
    let Some(first) = parsed.first() else { return Err(Unusable::NoCertificate) };
    if first.is_ca() {
        return Err(Unusable::Authority);
    }
    let is_in_order = parsed.windows(2).all(|pair| pair[0].issuer() == pair[1].subject());
    if !is_in_order {
        return Err(Unusable::Order);
    }
    match CertifiedKey::from_der(chain.clone(), key, &default_provider()) {
        Ok(_) => {}
        Err(rustls::Error::InconsistentKeys(_)) => return Err(Unusable::OtherKey),
        Err(_) => return Err(Unusable::KindOfKey),
    }
    let names = names(first);
    if names.is_empty() {
        return Err(Unusable::NoName);
    }
    let validity = first.validity();
    let seconds = |time: i64| u64::try_from(time).unwrap_or(0);
    let from = seconds(validity.not_before.timestamp());
    let until = seconds(validity.not_after.timestamp());
    match unix_seconds {
        Some(now) if now > until => Err(Unusable::Ended),
        Some(now) if now < from => Err(Unusable::TooEarly),
        Some(_) | None => Ok(Uploaded { names, until }),
    }
}

fn names(certificate: &X509Certificate<'_>) -> Vec<String> {
    let Ok(Some(extension)) = certificate.subject_alternative_name() else { return Vec::new() };
    let names = extension.value.general_names.iter();
    names.filter_map(name).take(100).collect()
}

fn name(name: &GeneralName<'_>) -> Option<String> {
    match name {
        GeneralName::DNSName(name) => Some((*name).to_owned()),
        GeneralName::IPAddress(bytes) => match **bytes {
            [a, b, c, d] => Some(std::net::Ipv4Addr::new(a, b, c, d).to_string()),
            _ => {
                let bytes: [u8; 16] = (*bytes).try_into().ok()?;
                Some(std::net::Ipv6Addr::from(bytes).to_string())
            }
        },
        _ => None,
    }
}

#[cfg(test)]
mod tests;
