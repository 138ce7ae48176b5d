//! Disks that are written without touching what they start from: overlays in QEMU's own format.

use std::fs;
use std::os::unix::fs::MetadataExt;
use std::path::Path;
use std::process::Command;

use anyhow::{Context, bail};

/// The smallest disk that a guest gets: its data grows into what the image leaves free.
const SMALLEST: u64 = 4 << 30;

/// Makes an overlay over a disk; `raw` or `qcow2` is what the disk below is.
///
/// # Errors
/// qemu-img is missing or fails.
pub fn overlay(below: &Path, format: &str, overlay: &Path) -> anyhow::Result<()> {
    let below = below.canonicalize().with_context(|| format!("no disk {}", below.display()))?;
    let mut command = Command::new("qemu-img");
    command.args(["create", "-q", "-f", "qcow2", "-F", format, "-b"]).arg(&below).arg(overlay);
    if format == "raw" {
        command.arg(fs::metadata(&below)?.len().max(SMALLEST).to_string());
    }
    let output =
        command.output().context("qemu-img cannot be started; the package is qemu-utils")?;
    if !output.status.success() {
        bail!("qemu-img: {}", String::from_utf8_lossy(&output.stderr).trim());
    }
    Ok(())
}

/// What tells one build of an image from the next: an overlay is worthless over another.
///
/// # Errors
/// There is no such file.
pub fn identity(file: &Path) -> anyhow::Result<String> {
    let data = fs::metadata(file).with_context(|| format!("no file {}", file.display()))?;
    Ok(format!("{}-{}-{}.{}", data.len(), data.ino(), data.mtime(), data.mtime_nsec()))
}
