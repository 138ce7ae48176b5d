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
    /// Those of the image: what a browser tries by itself.
    pub const INSTALLED: Self = Self { objects: 4431, https: 443, http: 80 };

    /// Any free ports.
    pub const FREE: Self = Self { objects: 0, https: 0, http: 0 };
}

/// The ports that desk telephones expect. Their numbers are the standards', for no telephone asks
/// elsewhere; only tests choose others.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PhonePorts {
    /// The DHCP server's (RFC 2131); its clients' is the one above it.
    pub dhcp: u16,
    /// TFTP (RFC 1350).
    pub tftp: u16,
    /// SIP over UDP and TCP (RFC 3261).
    pub sip: u16,
    /// SIP over TLS.
    pub sips: u16,
    /// The first and the last port of speech (RTP and RTCP), in pairs.
    pub speech: (u16, u16),
}

impl PhonePorts {
    /// Those of the standards.
    pub const USUAL: Self =
        Self { dhcp: 67, tftp: 69, sip: 5060, sips: 5061, speech: (16_384, 18_431) };

    /// Any free ports; DHCP has none then.
    pub const FREE: Self = Self { dhcp: 0, tftp: 0, sip: 0, sips: 0, speech: (0, 0) };
}

/// Every path and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// What must outlive a restart; each service has a directory of its own in it.
    pub state: PathBuf,
    /// What must not.
    pub runtime: PathBuf,
    /// The socket of the local IVM server.
    pub ivm_socket: PathBuf,
    /// Its directory.
    pub ivm_state: PathBuf,
    /// Its people, messages and receipts.
    pub ivm_database: PathBuf,
    /// The directory of its sealed portions.
    pub ivm_blobs: PathBuf,
    /// The socket of the settings keeper.
    pub system_socket: PathBuf,
    /// Its directory: settings, uploaded certificate, what waits for the next start.
    pub system_state: PathBuf,
    /// The directory of the appliance's certificate authority: the settings keeper's alone.
    pub authority: PathBuf,
    /// The directory with the keys and certificates to serve with, for the services that serve.
    pub tls: PathBuf,
    /// Where uploads and downloads are handed over.
    pub exchange: PathBuf,
    /// The directory of the administration.
    pub admin_state: PathBuf,
    /// The administration's sessions, administrators and records.
    pub admin_database: PathBuf,
    /// The socket of the administration's API, for programs on this machine.
    pub admin_socket: PathBuf,
    /// The file that says where the pages are and, before the first run, the one-time code.
    pub whereabouts: PathBuf,
    /// The directory of the front panel.
    pub lcd_state: PathBuf,
    /// The socket of the DHCP server.
    pub dhcp_socket: PathBuf,
    /// The directory of its leases.
    pub dhcp_state: PathBuf,
    /// Its leases.
    pub dhcp_database: PathBuf,
    /// The socket of the gateway: telephones, their files and lines.
    pub gateway_socket: PathBuf,
    /// The directory of its telephones and their secrets.
    pub gateway_state: PathBuf,
    /// Its telephones.
    pub gateway_database: PathBuf,
    /// What their clients keep: messages, keys.
    pub gateway_clients: PathBuf,
    /// The socket behind which root does the few deeds that only root can do; none where the
    /// appliance does not manage the machine.
    pub deed_socket: Option<PathBuf>,
    /// The address on which the ports below listen.
    pub bind: IpAddr,
    /// Message objects over TLS.
    pub objects_port: u16,
    /// The browser's softphone and the administration.
    pub https_port: u16,
    /// Sends browsers to HTTPS.
    pub http_port: u16,
    /// The ports for desk telephones; none where they are not served.
    pub phones: Option<PhonePorts>,
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
        let everywhere = IpAddr::V6(Ipv6Addr::UNSPECIFIED);
        Self {
            deed_socket: Some(runtime.join("deed.sock")),
            phones: Some(PhonePorts::USUAL),
            ..Self::of(state, runtime, everywhere, Ports::INSTALLED)
        }
    }

    fn of(state: &Path, runtime: &Path, bind: IpAddr, ports: Ports) -> Self {
        let (ivm_state, system_state) = (state.join("ivm"), state.join("system"));
        let (admin_state, dhcp_state) = (state.join("admin"), state.join("dhcp"));
        let gateway_state = state.join("gateway");
        Self {
            state: state.to_owned(),
            runtime: runtime.to_owned(),
            ivm_socket: runtime.join("ivm/ivm.sock"),
            ivm_database: ivm_state.join("ivm.sqlite"),
            ivm_blobs: ivm_state.join("blobs"),
            ivm_state,
            system_socket: runtime.join("system/system.sock"),
            authority: system_state.join("authority"),
            system_state,
            tls: runtime.join("tls"),
            exchange: state.join("exchange"),
            admin_database: admin_state.join("admin.sqlite"),
            admin_state,
            admin_socket: runtime.join("admin/admin.sock"),
            whereabouts: runtime.join("admin/web.json"),
            lcd_state: state.join("lcd"),
            dhcp_socket: runtime.join("dhcp/dhcp.sock"),
            dhcp_database: dhcp_state.join("dhcp.sqlite"),
            dhcp_state,
            gateway_socket: runtime.join("gateway/gateway.sock"),
            gateway_database: gateway_state.join("gateway.sqlite"),
            gateway_clients: gateway_state.join("clients.sqlite"),
            gateway_state,
            deed_socket: None,
            bind,
            objects_port: ports.objects,
            https_port: ports.https,
            http_port: ports.http,
            phones: None,
        }
    }

    /// The same, with telephones at these ports.
    #[must_use]
    pub fn with_phones(mut self, ports: PhonePorts) -> Self {
        self.phones = Some(ports);
        self
    }

    /// The same, listening on another address.
    #[must_use]
    pub fn bound_to(mut self, bind: IpAddr) -> Self {
        self.bind = bind;
        self
    }

    /// Makes the directories that are missing, for our user only: for all services in one process.
    /// In the image they are there, each for its own user.
    ///
    /// # Errors
    /// The file system's.
    pub fn make_directories(&self) -> io::Result<()> {
        let sockets = [
            &self.ivm_socket,
            &self.system_socket,
            &self.admin_socket,
            &self.dhcp_socket,
            &self.gateway_socket,
        ];
        let sockets = sockets.into_iter().filter_map(|socket| socket.parent());
        let states = [
            &self.ivm_state,
            &self.system_state,
            &self.admin_state,
            &self.lcd_state,
            &self.dhcp_state,
            &self.gateway_state,
        ];
        let shared = [&self.tls, &self.exchange];
        for directory in states.into_iter().chain(shared).map(PathBuf::as_path).chain(sockets) {
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
    use std::path::Path;

    use super::{Layout, Ports};

    #[test]
    fn all_that_lasts_is_under_the_state_directory() {
        let directory = tempfile::tempdir().expect("a temp dir");
        let layout = Layout::under(&directory.path().join("a/b"), Ports::FREE);
        layout.make_directories().expect("directories can be made");
        layout.make_directories().expect("and are left alone when they are there");
        for path in [&layout.ivm_database, &layout.admin_database, &layout.authority] {
            assert!(path.starts_with(&layout.state));
        }
        assert!(layout.system_socket.parent().is_some_and(Path::is_dir));
        assert!(layout.ivm_socket.starts_with(&layout.runtime));
        assert!(layout.objects_address().ip().is_loopback());
    }
}
