//! A certificate that follows its file.

use std::fs::{self, Metadata};
use std::io;
use std::os::unix::fs::MetadataExt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use anyhow::{Context as _, ensure};
use log::{info, warn};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::server::{ClientHello, ResolvesServerCert};
use rustls::sign::CertifiedKey;
use tokio::sync::watch;

/// What tells a file from the one that was there before: it is replaced, never written anew, so
/// that a change has another inode.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Stamp {
    inode: u64,
    size: u64,
    seconds: i64,
    nanos: i64,
}

impl Stamp {
    fn of(file: &Metadata) -> Self {
        Self {
            inode: file.ino(),
            size: file.size(),
            seconds: file.mtime(),
            nanos: file.mtime_nsec(),
        }
    }
}

#[derive(Clone, Debug)]
struct Serving {
    /// Of every file, in their order; `None` for one that is not there.
    stamps: Vec<Option<Stamp>>,
    key: Arc<CertifiedKey>,
}

/// Serves with the first of some files that is there, as it is now. Looking costs a few
/// microseconds for each handshake: the files are in memory.
#[derive(Debug)]
pub(super) struct Followed {
    files: Vec<PathBuf>,
    serving: watch::Sender<Serving>,
}

impl Followed {
    /// Reads the first of these files that is there.
    pub(super) fn open(files: Vec<PathBuf>) -> anyhow::Result<Self> {
        let stamps = stamps(&files);
        let key = first(&files, &stamps)?;
        Ok(Self { files, serving: watch::Sender::new(Serving { stamps, key }) })
    }

    /// The key and chain to serve with now.
    pub(super) fn current(&self) -> Arc<CertifiedKey> {
        let stamps = stamps(&self.files);
        if self.serving.borrow().stamps != stamps {
            self.serving.send_modify(|serving| match first(&self.files, &stamps) {
                Ok(key) => {
                    info!("serving with another certificate");
                    *serving = Serving { stamps, key };
                }
                Err(error) => {
                    warn!(error:% = format!("{error:#}"); "the certificate stays as it was");
                    serving.stamps = stamps;
                }
            });
        }
        Arc::clone(&self.serving.borrow().key)
    }
}

impl ResolvesServerCert for Followed {
    fn resolve(&self, _: ClientHello<'_>) -> Option<Arc<CertifiedKey>> {
        Some(self.current())
    }
}

fn stamps(files: &[PathBuf]) -> Vec<Option<Stamp>> {
    files.iter().map(|path| fs::metadata(path).ok().map(|file| Stamp::of(&file))).collect()
}

fn first(files: &[PathBuf], stamps: &[Option<Stamp>]) -> anyhow::Result<Arc<CertifiedKey>> {
    let there = files.iter().zip(stamps).find(|(_, stamp)| stamp.is_some());
    let path = there.map(|(path, _)| path).or(files.last()).context("there is no file to read")?;
    read(path).with_context(|| format!("cannot use {}", path.display()))
}

fn read(path: &Path) -> anyhow::Result<Arc<CertifiedKey>> {
    let text = fs::read(path)?;
    let key = PrivateKeyDer::from_pem_slice(&text).context("it holds no key")?;
    let chain: Result<Vec<_>, _> = CertificateDer::pem_slice_iter(&text).collect();
    let chain = chain.map_err(io::Error::other)?;
    ensure!(!chain.is_empty(), "it holds no certificate");
    Ok(Arc::new(CertifiedKey::from_der(chain, key, &default_provider())?))
}
