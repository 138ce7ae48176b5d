//! Making certificates: what they say and how long they are good.

use anyhow::Context as _;
use rcgen::{
    BasicConstraints, CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, IsCa,
    Issuer, KeyPair, KeyUsagePurpose, PKCS_ECDSA_P256_SHA256,
};
use time::OffsetDateTime;

use super::stored::{Server, Stored};

const DAY: u64 = 86_400;
/// 20 years.
const AUTHORITY_LIFE: u64 = 7305 * DAY;
/// The longest that browsers take.
const SERVER_LIFE: u64 = 397 * DAY;
/// Clocks of clients may be behind.
const BEHIND: u64 = DAY;
/// The start of 2025: there was no appliance before.
const FIRST_APPLIANCE: u64 = 1_735_689_600;

/// The time by which to issue. A machine without a battery wakes up in 1970; what it issued then
/// no browser would take.
pub(super) fn plausible(unix_seconds: u64) -> u64 {
    unix_seconds.max(FIRST_APPLIANCE)
}

/// Names in order, none twice, in small letters.
pub(super) fn in_order(names: &[&str]) -> Vec<String> {
    let mut names: Vec<String> = names.iter().map(|name| name.to_lowercase()).collect();
    names.sort();
    names.dedup();
    names
}

/// Is it valid, and for long enough that it can wait for another start?
pub(super) fn is_fresh(server: &Server, now: u64) -> bool {
    server.from <= now && now + SERVER_LIFE / 3 <= server.until
}

/// Was it issued by this authority?
pub(super) fn is_from(server: &Server, issuer: &Stored) -> bool {
    server.issuer == issuer.certificate
}

/// A new authority.
pub(super) fn authority(now: u64) -> anyhow::Result<Stored> {
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut params = params("IVM appliance authority", now, AUTHORITY_LIFE)?;
    params.is_ca = IsCa::Ca(BasicConstraints::Constrained(0));
    params.key_usages = vec![KeyUsagePurpose::KeyCertSign, KeyUsagePurpose::CrlSign];
    let certificate = params.self_signed(&key)?.pem();
    Ok(Stored { key: key.serialize_pem(), certificate })
}

/// A certificate for the server with these names.
pub(super) fn server(issuer: &Stored, names: Vec<String>, now: u64) -> anyhow::Result<Server> {
    let authority_key = KeyPair::from_pem(&issuer.key).context("the authority's key")?;
    let by = Issuer::from_ca_cert_pem(&issuer.certificate, authority_key)?;
    let key = KeyPair::generate_for(&PKCS_ECDSA_P256_SHA256)?;
    let mut params = params("IVM appliance", now, SERVER_LIFE)?;
    params.subject_alt_names = CertificateParams::new(names.clone())?.subject_alt_names;
    params.is_ca = IsCa::ExplicitNoCa;
    params.key_usages = vec![KeyUsagePurpose::DigitalSignature];
    params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
    params.use_authority_key_identifier_extension = true;
    let certificate = params.signed_by(&key, &by)?.pem();
    let stored = Stored { key: key.serialize_pem(), certificate };
    let (from, until) = (now - BEHIND, now - BEHIND + SERVER_LIFE);
    Ok(Server { stored, names, from, until, issuer: issuer.certificate.clone() })
}

fn params(name: &str, now: u64, life: u64) -> anyhow::Result<CertificateParams> {
    let mut params = CertificateParams::default();
    params.distinguished_name = DistinguishedName::new();
    params.distinguished_name.push(DnType::CommonName, name);
    params.not_before = date(now - BEHIND)?;
    params.not_after = date(now - BEHIND + life)?;
    Ok(params)
}

fn date(unix_seconds: u64) -> anyhow::Result<OffsetDateTime> {
    let seconds = i64::try_from(unix_seconds)?;
    OffsetDateTime::from_unix_timestamp(seconds).context("the clock is out of all bounds")
}
