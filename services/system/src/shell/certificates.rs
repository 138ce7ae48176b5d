//! The keys and certificates: the authority, what it issues, and an uploaded certificate.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::Context as _;
use chassis::authority::Authority;
use chassis::context::Context;
use chassis::{durable, host, identity};
use log::{info, warn};
use message::system::Certificates;
use message::{ErrorCode, Refusal};
use tokio::sync::watch;

use crate::certificate::{self, Uploaded};

/// An uploaded key with its chain, in our directory.
const UPLOADED: &str = "web.pem";
const OWN_MODE: u32 = 0o600;
/// Seconds before the end in which the appliance's own is issued anew: a little later than the
/// authority would do it, so that asking it once is enough.
const NEAR_END: u64 = 100 * 86_400;
/// For the group of the services that serve.
const SHARED_MODE: u32 = 0o640;

/// All keys.
pub(super) struct Keys {
    state: watch::Sender<State>,
    authority_directory: PathBuf,
    tls: PathBuf,
    /// Where the uploaded one is kept.
    kept: PathBuf,
}

struct State {
    authority: Authority,
    uploaded: Option<Uploaded>,
}

impl Keys {
    /// Opens or makes the authority, and hands out what to serve with.
    pub(super) fn open(context: &Context) -> anyhow::Result<Self> {
        let layout = context.layout();
        let authority = Authority::open_or_make(&layout.authority, &host::names())?;
        authority.publish(&layout.tls)?;
        let keys = Self {
            state: watch::Sender::new(State { authority, uploaded: None }),
            authority_directory: layout.authority.clone(),
            tls: layout.tls.clone(),
            kept: layout.system_state.join(UPLOADED),
        };
        keys.take_up_uploaded()?;
        Ok(keys)
    }

    /// What was uploaded before this start. Should it not be usable any more, the appliance's own
    /// serves: the pages must stay reachable.
    fn take_up_uploaded(&self) -> anyhow::Result<()> {
        let text = match fs::read_to_string(&self.kept) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => {
                return Ok(remove(&self.web())?);
            }
            text => text.with_context(|| format!("cannot read {}", self.kept.display()))?,
        };
        match certificate::check(&text, None) {
            Ok(uploaded) => {
                self.hand_out(&text)?;
                self.state.send_modify(|state| state.uploaded = Some(uploaded));
                Ok(())
            }
            Err(error) => {
                warn!(error:%; "the uploaded certificate cannot be used");
                Ok(remove(&self.web())?)
            }
        }
    }

    fn web(&self) -> PathBuf {
        self.tls.join(identity::WEB)
    }

    fn hand_out(&self, pem: &str) -> io::Result<()> {
        let path = self.web();
        if fs::read_to_string(&path).is_ok_and(|there| there == pem) {
            return Ok(());
        }
        durable::write(&path, pem.as_bytes(), SHARED_MODE)
    }

    /// Issues a new certificate if this machine has a name or address that the old one lacks, or
    /// if the old one is near its end.
    pub(super) fn follow_names(&self, context: &Context) {
        let names = host::names();
        let (is_known, expires) = {
            let state = self.state.borrow();
            let known = state.authority.names();
            (names.iter().all(|name| known.contains(name)), state.authority.expires())
        };
        let now = context.clock().unix_millis() / 1000;
        if is_known && now.saturating_add(NEAR_END) < expires {
            return;
        }
        let renewed = Authority::open_or_make(&self.authority_directory, &names)
            .and_then(|authority| authority.publish(&self.tls).map(|()| authority));
        match renewed {
            Ok(authority) => {
                self.state.send_modify(|state| state.authority = authority);
            }
            Err(error) => warn!(error:% = format!("{error:#}"); "no certificate was issued"),
        }
    }

    /// Serves the pages with this key and chain; with the appliance's own if it is empty.
    pub(super) fn set_uploaded(&self, pem: &str, now: u64) -> Result<(), Refusal> {
        let disk = |error: io::Error| {
            Refusal::new(ErrorCode::DiskFull, format!("The certificate cannot be kept: {error}."))
        };
        if pem.trim().is_empty() {
            remove(&self.web()).and_then(|()| remove(&self.kept)).map_err(disk)?;
            self.state.send_modify(|state| state.uploaded = None);
            info!("the pages are served with the appliance's own certificate");
            return Ok(());
        }
        let uploaded = certificate::check(pem, Some(now))
            .map_err(|error| Refusal::new(ErrorCode::Invalid, error.to_string()))?;
        durable::write(&self.kept, pem.as_bytes(), OWN_MODE).map_err(disk)?;
        self.hand_out(pem).map_err(disk)?;
        self.state.send_modify(|state| state.uploaded = Some(uploaded));
        info!("the pages are served with an uploaded certificate");
        Ok(())
    }

    /// What is in use.
    pub(super) fn certificates(&self) -> Certificates {
        let state = self.state.borrow();
        let State { authority, uploaded } = &*state;
        let (names, expires) = match uploaded {
            Some(uploaded) => (uploaded.names.clone(), uploaded.until),
            None => (authority.names().to_vec(), authority.expires()),
        };
        Certificates {
            authority: authority.certificate_pem().to_owned(),
            fingerprint: authority.fingerprint().bytes().to_vec(),
            is_uploaded: uploaded.is_some(),
            names,
            expires: expires.saturating_mul(1000),
        }
    }

    /// When the uploaded certificate ends, unix seconds.
    pub(super) fn uploaded_until(&self) -> Option<u64> {
        self.state.borrow().uploaded.as_ref().map(|uploaded| uploaded.until)
    }
}

fn remove(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}
