//! Starting again and switching off: systemd does it, after our answer is out.

use super::program;
use crate::deed::Outcome;

/// systemd only takes the order down; it is carried out behind us.
const SECONDS: u32 = 20;

pub(super) fn restart() -> anyhow::Result<Outcome> {
    program::run(SECONDS, &["systemctl", "--no-block", "reboot"])?;
    Ok(Outcome::of("The appliance starts again."))
}

pub(super) fn off() -> anyhow::Result<Outcome> {
    program::run(SECONDS, &["systemctl", "--no-block", "poweroff"])?;
    Ok(Outcome::of("The appliance is switched off."))
}
