//! With what the appliance serves: the keys and certificates that the settings keeper hands out.
//!
//! The keeper writes three files into one directory: the server's key with its certificate and the
//! authority's, the authority's certificate alone, and, if one was uploaded, key and chain for the
//! pages. Nobody who serves ever sees the authority's key. A file that is replaced is served from
//! the next handshake on; one that is damaged is not, and what was served before goes on.

mod follow;

use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use anyhow::Context as _;
use link::Fingerprint;
use rustls::ServerConfig;
use rustls::SupportedProtocolVersion;
use rustls::crypto::ring::default_provider;
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject;
use rustls::version::{TLS12, TLS13};
use tokio::time::{sleep, timeout};

use follow::Followed;

/// Key and certificate of the server, then the certificate of its authority.
pub const SERVER: &str = "server.pem";
/// The certificate of the authority.
pub const AUTHORITY: &str = "authority.pem";
/// Key and chain for the pages, where they are not the appliance's own.
pub const WEB: &str = "web.pem";

/// The keeper writes the files as the first thing it does; a slow machine that starts everything
/// at once gets this long.
const PATIENCE: Duration = Duration::from_secs(60);
/// Between two looks for the files.
const LOOK: Duration = Duration::from_millis(50);

/// What the appliance serves with. Clones are the same.
#[derive(Clone, Debug)]
pub struct Identity {
    fingerprint: Fingerprint,
    authority_pem: Arc<str>,
    server: Arc<Followed>,
    web: Arc<Followed>,
}

impl Identity {
    /// Opens the files in `directory`; waits for them while the settings keeper starts.
    ///
    /// # Errors
    /// After a minute they are still missing, or cannot be read.
    pub async fn open(directory: &Path) -> anyhow::Result<Self> {
        let mut trouble = None;
        let found = timeout(PATIENCE, async {
            loop {
                match Self::try_open(directory) {
                    Ok(identity) => return identity,
                    Err(error) => trouble = Some(error),
                }
                sleep(LOOK).await;
            }
        });
        if let Ok(identity) = found.await {
            return Ok(identity);
        }
        let trouble = trouble.context("nobody has looked").unwrap_or_else(|error| error);
        let place = directory.display();
        Err(trouble).with_context(|| {
            format!("the settings keeper has put no certificates into {place}; does it run?")
        })
    }

    /// Opens the files in `directory`, which have to be there.
    ///
    /// # Errors
    /// They are missing, or cannot be read.
    pub fn try_open(directory: &Path) -> anyhow::Result<Self> {
        let path = directory.join(AUTHORITY);
        let authority_pem: Arc<str> = fs::read_to_string(&path)
            .with_context(|| format!("cannot read {}", path.display()))?
            .into();
        let authority = CertificateDer::from_pem_slice(authority_pem.as_bytes())
            .with_context(|| format!("{} holds no certificate", path.display()))?;
        let fingerprint = Fingerprint::of(&authority);
        let server = directory.join(SERVER);
        let own = |files: Vec<PathBuf>| Followed::open(files).map(Arc::new);
        let web = own(vec![directory.join(WEB), server.clone()])?;
        Ok(Self { fingerprint, authority_pem, server: own(vec![server])?, web })
    }

    /// What clients pin and people compare: the authority's.
    #[must_use]
    pub fn fingerprint(&self) -> Fingerprint {
        self.fingerprint
    }

    /// The authority's certificate, for people who want their browser to trust it.
    #[must_use]
    pub fn authority_pem(&self) -> &str {
        &self.authority_pem
    }

    /// How to serve message objects: by the appliance's own certificate, TLS 1.3 only, no tickets,
    /// with these application protocols.
    #[must_use]
    pub fn server_config(&self, alpn: &[&str]) -> Arc<ServerConfig> {
        config(Arc::clone(&self.server), &[&TLS13], alpn)
    }

    /// How to serve telephones' lines: as [`Identity::server_config`], for telephones have learnt to
    /// trust our authority and know of no uploaded certificate; and by TLS 1.2, too.
    #[must_use]
    pub fn line_config(&self) -> Arc<ServerConfig> {
        config(Arc::clone(&self.server), &[&TLS13, &TLS12], &[])
    }

    /// How to serve the pages: as [`Identity::server_config`], but by the uploaded certificate
    /// while there is one; and by TLS 1.2, too, for many a desk telephone that fetches its files
    /// knows no other. The library has none of its weak ciphers.
    #[must_use]
    pub fn web_config(&self, alpn: &[&str]) -> Arc<ServerConfig> {
        config(Arc::clone(&self.web), &[&TLS13, &TLS12], alpn)
    }
}

fn config(
    followed: Arc<Followed>,
    versions: &[&'static SupportedProtocolVersion],
    alpn: &[&str],
) -> Arc<ServerConfig> {
    let mut config = ServerConfig::builder_with_provider(Arc::new(default_provider()))
        .with_protocol_versions(versions)
        .expect("ring speaks TLS 1.3 and 1.2")
        .with_no_client_auth()
        .with_cert_resolver(followed);
    config.alpn_protocols = alpn.iter().map(|name| name.as_bytes().to_vec()).collect();
    config.send_tls13_tickets = 0;
    Arc::new(config)
}

#[cfg(test)]
mod tests;
