//! What a machine is made of.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::FromStr;

use anyhow::{Context, bail};

use crate::accelerator::Accelerator;
use crate::picture::Glass;

/// The folder that a build of the image leaves.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Image {
    folder: PathBuf,
}

impl Image {
    /// The image in a folder.
    ///
    /// # Errors
    /// There is none.
    pub fn at(folder: &Path) -> anyhow::Result<Self> {
        let image = Self { folder: folder.to_owned() };
        if !image.vmlinux().exists() && !image.disk().exists() {
            bail!("{} holds no image; `make image` builds one", folder.display());
        }
        Ok(image)
    }

    /// Where a build puts it: `image` in the folder of the compiler's results.
    ///
    /// # Errors
    /// There is none.
    pub fn find() -> anyhow::Result<Self> {
        let target = std::env::var_os("CARGO_TARGET_DIR").unwrap_or_else(|| "target".into());
        Self::at(&Path::new(&target).join("image"))
    }

    /// The disk of an office's PC.
    #[must_use]
    pub fn disk(&self) -> PathBuf {
        self.folder.join("ivm-appliance.img")
    }

    /// The kernel for a direct start.
    #[must_use]
    pub fn vmlinux(&self) -> PathBuf {
        self.folder.join("vmlinux")
    }

    /// Its first root.
    #[must_use]
    pub fn initrd(&self) -> PathBuf {
        self.folder.join("initrd")
    }

    /// The kernel's arguments for a direct start.
    ///
    /// # Errors
    /// The file `cmdline` cannot be read.
    pub fn arguments(&self) -> anyhow::Result<String> {
        let file = self.folder.join("cmdline");
        let text = std::fs::read_to_string(&file)
            .with_context(|| format!("cannot read {}", file.display()))?;
        Ok(text.trim().to_owned())
    }
}

/// How a machine starts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mode {
    /// QEMU loads the kernel: fast.
    Direct,
    /// Firmware and boot loader from the disk, as on a PC.
    Uefi,
}

impl FromStr for Mode {
    type Err = String;

    fn from_str(name: &str) -> Result<Self, String> {
        match name {
            "direct" => Ok(Self::Direct),
            "uefi" => Ok(Self::Uefi),
            _ => Err(format!("`{name}` is neither `direct` nor `uefi`")),
        }
    }
}

/// A port on 127.0.0.1 that leads to a port of the guest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Forward {
    /// The port here; 0 is any free one.
    pub host: u16,
    /// The port there.
    pub guest: u16,
}

impl fmt::Display for Forward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "127.0.0.1:{} -> {}", self.host, self.guest)
    }
}

/// Everything that can be chosen.
#[derive(Clone, Debug)]
pub struct Options {
    /// What is booted.
    pub image: Image,
    /// How.
    pub mode: Mode,
    /// An overlay that takes what is written; a machine without has no disk at all.
    pub disk: Option<PathBuf>,
    /// The variables of the firmware, in a copy of its own (see [`Mode::Uefi`]).
    pub variables: Option<PathBuf>,
    /// MiB.
    pub memory: u32,
    /// Processors.
    pub processors: u8,
    /// Who emulates them.
    pub accelerator: Accelerator,
    /// Ports.
    pub forwards: Vec<Forward>,
    /// Is the panel plugged in from the start?
    pub panel: bool,
    /// Its glass.
    pub glass: Glass,
    /// Sockets of switches; a network card for each.
    pub switches: Vec<PathBuf>,
    /// The last byte of its network cards' addresses: different for machines at one switch.
    pub number: u8,
    /// More arguments for the kernel in [`Mode::Direct`].
    pub more_arguments: String,
    /// The state of a machine that this one goes on from.
    pub incoming: Option<PathBuf>,
    /// What its clock says when it is switched on, such as `1999-12-31T23:59:00`; that of this
    /// machine if nothing is said.
    pub clock: Option<String>,
    /// Does it survive the Ctrl-C of the terminal?
    pub apart: bool,
}

impl Options {
    /// The usual machine without a disk: 512 MiB, two processors, the panel, no ports.
    #[must_use]
    pub fn new(image: Image) -> Self {
        Self {
            image,
            mode: Mode::Direct,
            disk: None,
            variables: None,
            memory: 512,
            processors: 2,
            accelerator: Accelerator::Tcg,
            forwards: Vec::new(),
            panel: true,
            glass: Glass::G20X4,
            switches: Vec::new(),
            number: 1,
            more_arguments: String::new(),
            incoming: None,
            clock: None,
            apart: false,
        }
    }

    /// With a port of the guest on any free port here.
    #[must_use]
    pub fn forward(mut self, guest: u16) -> Self {
        self.forwards.push(Forward { host: 0, guest });
        self
    }

    /// With a fresh overlay over the image's disk, at this place.
    ///
    /// # Errors
    /// The overlay cannot be made.
    pub fn fresh_disk(mut self, overlay: &Path) -> anyhow::Result<Self> {
        crate::disk::overlay(&self.image.disk(), "raw", overlay)?;
        self.disk = Some(overlay.to_owned());
        Ok(self)
    }

    /// With the firmware, and variables of its own at this place.
    ///
    /// # Errors
    /// The firmware is not installed.
    pub fn uefi(mut self, variables: &Path) -> anyhow::Result<Self> {
        self.mode = Mode::Uefi;
        if !variables.exists() {
            std::fs::copy(super::command::VARIABLES, variables)
                .context("the firmware cannot be copied; the package is ovmf")?;
        }
        self.variables = Some(variables.to_owned());
        Ok(self)
    }
}
