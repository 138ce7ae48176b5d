//! Where everything is: every path and every port of the appliance, and nothing else knows them.

use std::fs::DirBuilder;
use std::io;
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};
use std::os::unix::fs::DirBuilderExt;
use std::path::{Path, PathBuf};

/// The ports that face the network. 0 is any free port; the service announces which it got.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// Message objects over TLS.
    pub objects: u16,
    /// The browser's softphone and the administration.
    pub https: u16,
    /// Sends browsers to HTTPS.
    pub http: u16,
}

impl Default for Ports {
    fn default() -> Self {
        Self { objects: 4431, https: 8443, http: 8080 }
    }
}

impl Ports {
    /// Any free ports.
    pub const FREE: Self = Self { objects: 0, https: 0, http: 0 };
}

/// Every path and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// What must outlive a restart.
    pub state: PathBuf,
    /// What must not.
    pub runtime: PathBuf,
    /// The socket of the local IVM server.
    pub ivm_socket: PathBuf,
    /// Its people, messages and receipts.
    pub ivm_database: PathBuf,
    /// The directory of its sealed portions.
    pub ivm_blobs: PathBuf,
    /// The directory of the appliance's certificate authority.
    pub authority: PathBuf,
    /// The administration's sessions and administrators.
    pub admin_database: PathBuf,
    /// The address on which the ports below listen.
    pub bind: IpAddr,
    /// Message objects over TLS.
    pub objects_port: u16,
    /// The browser's softphone and the administration.
    pub https_port: u16,
    /// Sends browsers to HTTPS.
    pub http_port: u16,
}

impl Layout {
    /// Everything under one directory, for this machine only: `appliance run` and tests.
    #[must_use]
    pub fn under(state: &Path, ports: Ports) -> Self {
        Self::of(state, &state.join("run"), IpAddr::V4(Ipv4Addr::LOCALHOST), ports)
    }

    /// The appliance's image; listens on every address.
    #[must_use]
    pub fn installed() -> Self {
        let (state, runtime) = (Path::new("/var/lib/ivm"), Path::new("/run/ivm"));
        Self::of(state, runtime, IpAddr::V6(Ipv6Addr::UNSPECIFIED), Ports::default())
    }

    fn of(state: &Path, runtime: &Path, bind: IpAddr, ports: Ports) -> Self {
        Self {
            state: state.to_owned(),
            runtime: runtime.to_owned(),
            ivm_socket: runtime.join("ivm.sock"),
            ivm_database: state.join("ivm.sqlite"),
            ivm_blobs: state.join("blobs"),
            authority: state.join("authority"),
            admin_database: state.join("admin.sqlite"),
            bind,
            objects_port: ports.objects,
            https_port: ports.https,
            http_port: ports.http,
        }
    }

    /// The same, listening on another address.
    #[must_use]
    pub fn bound_to(mut self, bind: IpAddr) -> Self {
        self.bind = bind;
        self
    }

    /// Makes the directories that are missing, for our user only. In the image they are there.
    ///
    /// # Errors
    /// The file system's.
    pub fn make_directories(&self) -> io::Result<()> {
        for directory in [&self.state, &self.runtime, &self.ivm_blobs, &self.authority] {
            DirBuilder::new().recursive(true).mode(0o700).create(directory)?;
        }
        Ok(())
    }

    /// Where message objects over TLS are taken.
    #[must_use]
    pub fn objects_address(&self) -> SocketAddr {
        SocketAddr::new(self.bind, self.objects_port)
    }

    /// Where browsers are served.
    #[must_use]
    pub fn https_address(&self) -> SocketAddr {
        SocketAddr::new(self.bind, self.https_port)
    }

    /// Where browsers are sent on to HTTPS.
    #[must_use]
    pub fn http_address(&self) -> SocketAddr {
        SocketAddr::new(self.bind, self.http_port)
    }
}

#[cfg(test)]
mod tests {
    use super::{Layout, Ports};

    #[test]
    fn all_that_lasts_is_under_the_state_directory() {
        let directory = tempfile::tempdir().expect("a temp dir");
        let layout = Layout::under(&directory.path().join("a/b"), Ports::FREE);
        layout.make_directories().expect("directories can be made");
        layout.make_directories().expect("and are left alone when they are there");
        for path in [&layout.ivm_database, &layout.ivm_blobs, &layout.authority] {
            assert!(path.starts_with(&layout.state));
        }
        assert!(layout.ivm_socket.starts_with(&layout.runtime));
        assert!(layout.objects_address().ip().is_loopback());
    }
}
