//! The appliance's own certificate authority, and the certificate with which it serves.
//!
//! One authority for each appliance, made at the first start and kept for 20 years: clients pin
//! its fingerprint. Its server certificate is renewed at a start, when the names have changed or
//! less than a third of its life is left. Each is one file, its key and its certificate together,
//! so that a power cut cannot part them. A damaged authority is an error, never replaced in
//! silence: a new one would look to every client like an attack.

mod issue;
mod stored;

use std::fs::{DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use link::Fingerprint;
use log::info;
use rustls::ServerConfig;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::version::TLS13;

use crate::clock::Clock;
use stored::{Server, Stored};

/// Holds key and certificate of the authority.
const AUTHORITY: &str = "authority.pem";
/// Holds key and certificate of the server.
const SERVER: &str = "server.pem";
/// Keeps two processes from making two authorities.
const LOCK: &str = "lock";

/// The authority with a server certificate that is good for some months.
#[derive(Clone, Debug)]
pub struct Authority {
    fingerprint: Fingerprint,
    certificate_pem: String,
    server: Arc<CertifiedKey>,
}

impl Authority {
    /// Opens the authority in `directory`, or makes it; the server certificate is for `names`,
    /// which are host names and addresses.
    ///
    /// # Errors
    /// The files are damaged, unreadable or cannot be written, or a name is no name.
    pub fn open_or_make(directory: &Path, names: &[impl AsRef<str>]) -> anyhow::Result<Self> {
        let now = Clock::start().unix_millis() / 1000;
        let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
        Self::open_at(directory, &names, now)
            .with_context(|| format!("the certificate authority in {}", directory.display()))
    }

    fn open_at(directory: &Path, names: &[&str], unix_seconds: u64) -> anyhow::Result<Self> {
        DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        let lock = File::create(directory.join(LOCK))?;
        lock.lock()?;
        let now = issue::plausible(unix_seconds);
        let authority = authority(&directory.join(AUTHORITY), now)?;
        let server = server(&directory.join(SERVER), &authority, names, now)?;
        let issuer = CertificateDer::from_pem_slice(authority.certificate.as_bytes())?;
        let fingerprint = Fingerprint::of(&issuer);
        let key = server.certified(issuer)?;
        Ok(Self { fingerprint, certificate_pem: authority.certificate, server: Arc::new(key) })
    }

    /// What clients pin and people compare.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The authority's certificate, for people who want their browser to trust it.
    #[must_use]
    pub fn certificate_pem(&self) -> &str {
        &self.certificate_pem
    }

    /// How to serve: TLS 1.3 only, no tickets, with these application protocols (such as
    /// `http/1.1`; none for message objects).
    #[must_use]
    pub fn server_config(&self, alpn: &[&str]) -> Arc<ServerConfig> {
        let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
            .with_protocol_versions(&[&TLS13])
            .expect("ring speaks TLS 1.3")
            .with_no_client_auth()
            .with_cert_resolver(Arc::new(SingleCertAndKey::from(Arc::clone(&self.server))));
        config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
        config.send_tls13_tickets = 0;
        Arc::new(config)
    }
}

fn authority(path: &Path, now: u64) -> anyhow::Result<Stored> {
    if let Some(stored) = Stored::read(path)? {
        return Ok(stored);
    }
    let stored = issue::authority(now)?;
    stored.write(path)?;
    info!("a new certificate authority was made");
    Ok(stored)
}

fn server(path: &Path, issuer: &Stored, names: &[&str], now: u64) -> anyhow::Result<Server> {
    let names = issue::in_order(names);
    // One that cannot be read is simply made again: nobody has pinned it.
    if let Ok(Some(server)) = Server::read(path)
        && server.names == names
        && issue::is_fresh(&server, now)
        && issue::is_from(&server, issuer)
    {
        return Ok(server);
    }
    let server = issue::server(issuer, names, now)?;
    server.write(path)?;
    info!(names = server.names.join(" ").as_str(); "a server certificate was issued");
    Ok(server)
}

#[cfg(test)]
mod tests;
