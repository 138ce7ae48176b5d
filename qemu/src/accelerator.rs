//! How the processor is emulated: by KVM only where it proves to be the faster way. That /dev/kvm
//! can be opened proves little: inside another virtual machine it may hang, or creep. So a sector
//! that counts is booted on both.

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::Duration;

use anyhow::Context;

use crate::wait::Deadline;

/// The name of the emulator.
pub const QEMU: &str = "qemu-system-x86_64";

/// How long the sector may take; a processor that really works takes a fraction of it.
const PATIENCE: Duration = Duration::from_secs(10);

/// What the sector does: `mov ecx, 0x08000000; dec ecx; jnz` back; `mov dx, 0xf4; mov al, 0x10;
/// out dx, al; hlt; jmp` to the halt.
const SECTOR: [u8; 19] = [
    0x66, 0xb9, 0x00, 0x00, 0x00, 0x08, 0x66, 0x49, 0x75, 0xfc, 0xba, 0xf4, 0x00, 0xb0, 0x10, 0xee,
    0xf4, 0xeb, 0xfd,
];
/// Firmware boots from no disk that is smaller.
const DISK: usize = 1 << 20;
/// How QEMU ends then: twice the byte, and one.
const SIGN: i32 = 0x10 << 1 | 1;

/// Who runs the guest's instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accelerator {
    /// The processor itself.
    Kvm,
    /// QEMU's translator.
    Tcg,
}

impl Accelerator {
    /// KVM where it works and is faster, the translator elsewhere.
    #[must_use]
    pub fn find() -> Self {
        let open = fs::OpenOptions::new().read(true).write(true).open("/dev/kvm");
        let faster = || {
            let translated = measure("tcg", PATIENCE).ok()??;
            measure("kvm", translated).ok()?
        };
        if open.is_ok() && faster().is_some() { Self::Kvm } else { Self::Tcg }
    }

    /// As an argument of QEMU.
    #[must_use]
    pub const fn argument(self) -> &'static str {
        match self {
            Self::Kvm => "kvm",
            Self::Tcg => "tcg,thread=multi,tb-size=512",
        }
    }
}

/// How long a sector that counts and ends QEMU with a sign takes; nothing if it does not end so in
/// time.
///
/// # Errors
/// QEMU cannot be started.
pub fn measure(accelerator: &str, patience: Duration) -> anyhow::Result<Option<Duration>> {
    let folder = tempfile::tempdir().context("no temporary folder")?;
    let disk = folder.path().join("sector");
    let mut sector = vec![0; DISK];
    sector[..SECTOR.len()].copy_from_slice(&SECTOR);
    sector[510..512].copy_from_slice(&[0x55, 0xaa]);
    fs::write(&disk, sector)?;
    let deadline = Deadline::after(patience);
    let mut child = Command::new(QEMU)
        .args(["-accel", accelerator, "-M", "q35", "-m", "64", "-nodefaults", "-display", "none"])
        .args(["-device", "isa-debug-exit,iobase=0xf4,iosize=4", "-drive"])
        .arg(drive(&disk))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .context("qemu-system-x86_64 cannot be started; the package is qemu-system-x86")?;
    let ended = deadline.look(|| child.try_wait().ok().flatten());
    if ended.is_none() {
        child.kill()?;
        child.wait()?;
    }
    let signed = ended.is_some_and(|status| status.code() == Some(SIGN));
    Ok(signed.then(|| patience.saturating_sub(deadline.left())))
}

fn drive(disk: &Path) -> String {
    format!("if=ide,format=raw,file={}", crate::machine::escaped(disk))
}
