//! The appliance's own certificate authority, and the certificate with which it serves.
//!
//! One authority for each appliance, made at the first start and kept for 20 years: clients pin
//! its fingerprint. Its server certificate is renewed at a start, when the names have changed or
//! less than a third of its life is left. Each is one file, its key and its certificate together,
//! so that a power cut cannot part them. A damaged authority is an error, never replaced in
//! silence: a new one would look to every client like an attack. Only the settings keeper opens it;
//! who serves has an [`identity::Identity`].

mod issue;
mod stored;

use std::fs::{self, DirBuilder, File};
use std::os::unix::fs::DirBuilderExt;
use std::path::Path;

use anyhow::Context as _;
use link::Fingerprint;
use log::info;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;

use crate::clock::Clock;
use crate::{durable, identity};
use stored::{Server, Stored};

/// Holds key and certificate of the authority.
const AUTHORITY: &str = "authority.pem";
/// Holds key and certificate of the server.
const SERVER: &str = "server.pem";
/// For us and for the group of the services that serve.
const SHARED_MODE: u32 = 0o640;
/// Keeps two processes from making two authorities.
const LOCK: &str = "lock";

/// The authority with a server certificate that is good for some months.
#[derive(Clone)]
pub struct Authority {
    fingerprint: Fingerprint,
    certificate_pem: String,
    server: Server,
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
        Ok(Self { fingerprint, certificate_pem: authority.certificate, server })
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

    /// Host names and addresses for which the server certificate is, in order.
    #[must_use]
    pub fn names(&self) -> &[String] {
        &self.server.names
    }

    /// Until when the server certificate is good, unix seconds.
    #[must_use]
    pub fn expires(&self) -> u64 {
        self.server.until
    }

    /// Puts into `directory` what the services serve with: [`identity::SERVER`] for them alone, and
    /// [`identity::AUTHORITY`]. Files that say the same already are left alone.
    ///
    /// # Errors
    /// The file system's.
    pub fn publish(&self, directory: &Path) -> anyhow::Result<()> {
        let files = [
            (identity::AUTHORITY, self.certificate_pem.clone()),
            (identity::SERVER, self.server.served()),
        ];
        for (name, text) in files {
            let path = directory.join(name);
            if fs::read_to_string(&path).is_ok_and(|there| there == text) {
                continue;
            }
            durable::write(&path, text.as_bytes(), SHARED_MODE)
                .with_context(|| format!("cannot write {}", path.display()))?;
        }
        Ok(())
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
        && server.check().is_ok()
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
