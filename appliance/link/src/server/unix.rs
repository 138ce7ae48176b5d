//! Clients on this machine: a Unix socket, and the kernel's word on who is at its other end.

use std::fs::{self, Permissions};
use std::io;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::net::UnixStream as BlockingStream;
use std::path::{Path, PathBuf};

use log::warn;
use message::Rights;
use nix::unistd::geteuid;
use tokio::net::{UnixListener as Listener, UnixStream};
use tokio::time::sleep;

use super::tls::BREATH;
use super::{Accepted, Peer};
use crate::{Incoming, Outgoing};

/// Every local user may connect: what each may do is judged by the kernel's word, not by the file.
const MODE: u32 = 0o666;
const ROOT: u32 = 0;

/// Accepts clients and services of this machine.
#[derive(Debug)]
pub struct UnixListener {
    listener: Listener,
    services: Vec<u32>,
}

impl UnixListener {
    /// Listens at `path`, mode 0666. Processes of our own user, of root and of the users
    /// `services` get the rights of a service.
    ///
    /// A socket that a dead process left behind is replaced. The new one appears with its rights
    /// already set.
    ///
    /// # Errors
    /// Somebody listens there already, or the directory is missing or not ours.
    pub fn bind(path: &Path, services: &[u32]) -> io::Result<Self> {
        if BlockingStream::connect(path).is_ok() {
            return Err(io::ErrorKind::AddrInUse.into());
        }
        let fresh = beside(path);
        remove_if_there(&fresh)?;
        let listener = Listener::bind(&fresh)?;
        fs::set_permissions(&fresh, Permissions::from_mode(MODE))?;
        fs::rename(&fresh, path)?;
        Ok(Self { listener, services: services.to_vec() })
    }

    /// The next client. Cancel-safe.
    pub async fn accept(&mut self) -> Accepted {
        loop {
            match self.listener.accept().await {
                Ok((stream, _)) => return self.welcome(stream),
                Err(error) => {
                    warn!(error:%; "no connection can be accepted");
                    sleep(BREATH).await;
                }
            }
        }
    }

    fn welcome(&self, stream: UnixStream) -> Accepted {
        let user = stream.peer_cred().ok().map(|credentials| credentials.uid());
        let rights =
            user.map_or(Rights::Client, |user| rights_of(user, geteuid().as_raw(), &self.services));
        let (reader, writer) = stream.into_split();
        let peer = Peer { address: None, exporter: None, user, rights };
        Accepted::new(Incoming::unix(reader), Outgoing::unix(writer), peer)
    }
}

fn rights_of(user: u32, ourselves: u32, services: &[u32]) -> Rights {
    if user == ROOT || user == ourselves || services.contains(&user) {
        Rights::Service
    } else {
        Rights::Client
    }
}

fn beside(path: &Path) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".new");
    PathBuf::from(name)
}

fn remove_if_there(path: &Path) -> io::Result<()> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        Ok(()) | Err(_) => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use message::Rights;

    use super::rights_of;

    // rows 102, 104
    #[test]
    fn only_root_ourselves_and_the_listed_users_are_services() {
        assert_eq!(rights_of(0, 990, &[]), Rights::Service);
        assert_eq!(rights_of(990, 990, &[]), Rights::Service);
        assert_eq!(rights_of(991, 990, &[991, 992]), Rights::Service);
        assert_eq!(rights_of(1000, 990, &[991, 992]), Rights::Client);
    }
}
