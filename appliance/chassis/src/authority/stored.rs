//! The two files of an authority: PEM, the key first. Text before the first block is a remark to
//! every other reader; the server's file says there what its certificate is good for.

use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context as _, bail};
use rustls::crypto::ring::default_provider;
use rustls::pki_types::pem::PemObject;
use rustls::pki_types::{CertificateDer, PrivateKeyDer};
use rustls::sign::CertifiedKey;

use crate::durable;

const CERTIFICATE: &str = "-----BEGIN CERTIFICATE-----";
/// For us alone.
const MODE: u32 = 0o600;

/// A key and its certificate, both PEM.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) key: String,
    pub(super) certificate: String,
}

/// The server's, with what its certificate says.
#[derive(Clone)]
pub(super) struct Server {
    pub(super) stored: Stored,
    /// In order, none twice.
    pub(super) names: Vec<String>,
    /// Unix seconds.
    pub(super) from: u64,
    /// Unix seconds.
    pub(super) until: u64,
    /// The certificate of its authority.
    pub(super) issuer: String,
}

impl Stored {
    /// `None` if there is no such file.
    pub(super) fn read(path: &Path) -> anyhow::Result<Option<Self>> {
        let Some(text) = read(path)? else {
            return Ok(None);
        };
        let stored = Self::parse(&text);
        stored.map(Some).with_context(|| format!("{} is damaged", path.display()))
    }

    fn parse(text: &str) -> anyhow::Result<Self> {
        let Some(start) = text.find(CERTIFICATE) else {
            bail!("it holds no certificate");
        };
        let (key, certificate) = text.split_at(start);
        PrivateKeyDer::from_pem_slice(key.as_bytes())?;
        CertificateDer::from_pem_slice(certificate.as_bytes())?;
        Ok(Self { key: key.to_owned(), certificate: certificate.to_owned() })
    }

    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        write(path, &format!("{}{}", self.key, self.certificate))
    }
}

impl Server {
    pub(super) fn read(path: &Path) -> anyhow::Result<Option<Self>> {
        let Some(text) = read(path)? else {
            return Ok(None);
        };
        let (names, rest) = line(&text, "names ")?;
        let (from, rest) = line(rest, "from ")?;
        let (until, rest) = line(rest, "until ")?;
        let mut stored = Stored::parse(rest)?;
        let second = stored.certificate.rfind(CERTIFICATE).context("it holds no certificate")?;
        let issuer = stored.certificate.split_off(second);
        let names = names.split(' ').map(str::to_owned).collect();
        Ok(Some(Self { stored, names, from: from.parse()?, until: until.parse()?, issuer }))
    }

    pub(super) fn write(&self, path: &Path) -> anyhow::Result<()> {
        let Self { stored, names, from, until, issuer } = self;
        let names = names.join(" ");
        let Stored { key, certificate } = stored;
        write(
            path,
            &format!("names {names}\nfrom {from}\nuntil {until}\n{key}{certificate}{issuer}"),
        )
    }

    /// What who serves needs: the key, the certificate and its authority's.
    pub(super) fn served(&self) -> String {
        let Stored { key, certificate } = &self.stored;
        format!("{key}{certificate}{}", self.issuer)
    }

    /// Do key and certificate belong together?
    pub(super) fn check(&self) -> anyhow::Result<()> {
        let server = CertificateDer::from_pem_slice(self.stored.certificate.as_bytes())?;
        let key = PrivateKeyDer::from_pem_slice(self.stored.key.as_bytes())?;
        CertifiedKey::from_der(vec![server], key, &default_provider())?;
        Ok(())
    }
}

fn line<'a>(text: &'a str, name: &str) -> anyhow::Result<(&'a str, &'a str)> {
    let (line, rest) = text.split_once('\n').context("a line is missing")?;
    Ok((line.strip_prefix(name).context("a line is not in its place")?, rest))
}

fn read(path: &Path) -> anyhow::Result<Option<String>> {
    match fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(error).with_context(|| format!("cannot read {}", path.display())),
    }
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    durable::write(path, text.as_bytes(), MODE)
        .with_context(|| format!("cannot write {}", path.display()))
}
