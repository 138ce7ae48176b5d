//! Where root's deeds take place: the machine's own directories, or those that a test has made.

use std::path::PathBuf;

use chassis::layout::Layout;
use nix::unistd::{Gid, Uid, User, geteuid};

/// The services that keep something below the state directory, each with its user in the image.
pub const SERVICES: [(&str, &str); 6] = [
    ("system", "ivm-system"),
    ("ivm", "ivm"),
    ("admin", "ivm-admin"),
    ("lcd", "ivm-lcd"),
    ("dhcp", "ivm-dhcp"),
    ("gateway", "ivm-gateway"),
];

/// Everything that deeds have to know of the place where they are done.
#[derive(Clone, Debug)]
pub struct Grounds {
    /// Every path of the appliance.
    pub layout: Layout,
    /// The machine's root directory.
    pub machine: PathBuf,
    /// The update tool's settings.
    pub rauc_config: PathBuf,
    /// The version that runs.
    pub version: String,
}

impl Grounds {
    /// Those of an appliance with this layout, on this machine.
    #[must_use]
    pub fn of(layout: Layout) -> Self {
        let machine = PathBuf::from("/");
        let version = std::fs::read_to_string("/usr/share/ivm/version").ok();
        let version = version.filter(|_| layout.deed_socket.is_some());
        let version = version.map(|text| text.trim().to_owned()).filter(|text| !text.is_empty());
        Self {
            layout,
            rauc_config: machine.join("etc/rauc/system.conf"),
            machine,
            version: version.unwrap_or_else(|| env!("CARGO_PKG_VERSION").to_owned()),
        }
    }

    /// A path of the machine, given without the first `/`.
    #[must_use]
    pub fn at(&self, path: &str) -> PathBuf {
        self.machine.join(path)
    }

    /// Is it root's machine, with a user for each service?
    #[must_use]
    pub fn is_managed(&self) -> bool {
        self.layout.deed_socket.is_some()
    }

    /// Whose the files of a service are; `None` to leave them as they are.
    #[must_use]
    pub fn owner(&self, service: &str) -> Option<(Uid, Gid)> {
        if !self.is_managed() || !geteuid().is_root() {
            return None;
        }
        let (_, user) = SERVICES.iter().find(|(name, _)| *name == service)?;
        let user = User::from_name(user).ok().flatten()?;
        Some((user.uid, user.gid))
    }
}
