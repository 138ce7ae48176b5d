//! Room in the kernel for what comes at once: a whole office that is switched on speaks faster than
//! a busy machine reads.

use std::io;
use std::os::fd::AsFd;

use nix::sys::socket::{setsockopt, sockopt};

/// Bytes for a port that a whole office speaks to; a datagram counts as a few hundred bytes more
/// than it has. The image allows as much (`net.core.rmem_max`).
const BYTES: usize = 4 << 20;

/// Gives a port of datagrams room for a whole office.
///
/// # Errors
/// The kernel's.
pub fn for_an_office(port: &impl AsFd) -> io::Result<()> {
    // More than the system's limit takes a privilege; without it there is as much as there is.
    if setsockopt(port, sockopt::RcvBufForce, &BYTES).is_err() {
        setsockopt(port, sockopt::RcvBuf, &BYTES)?;
    }
    Ok(())
}
