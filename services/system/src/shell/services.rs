//! How the services are: as systemd says, or as this process knows where all are in it.

use chassis::context::Context;
use message::system::ServiceState;

use crate::health;
use crate::shell_deed::{SERVICES, hear};

/// systemd answers in milliseconds.
const SECONDS: u32 = 5;
const PROPERTIES: &str = "--property=Id,LoadState,ActiveState,SubState,Result,MemoryCurrent,\
                          NRestarts,ExecMainStatus";

/// The unit that checks a start; it is no service.
const CONFIRM: &str = "confirm";
/// A service that keeps nothing.
const TFTP: &str = "tftp";

/// The units of the image, and whether the check of the last start has failed; any user may ask for
/// them.
pub(super) fn of_systemd() -> (Vec<ServiceState>, bool) {
    let names = SERVICES.iter().map(|(name, _)| *name).chain([TFTP, CONFIRM]);
    let units: Vec<String> = names.map(|name| format!("ivm-{name}.service")).collect();
    let mut words = vec!["systemctl", "show", PROPERTIES];
    words.extend(units.iter().map(String::as_str));
    let all = match hear(SECONDS, &words) {
        Ok(said) => health::services(&said.out),
        Err(error) => {
            log::debug!(error:% = format!("{error:#}"); "the services are not known");
            Vec::new()
        }
    };
    let (check, services): (Vec<_>, Vec<_>) = all.into_iter().partition(|s| s.name == CONFIRM);
    (services, check.iter().any(|check| check.words.starts_with("failed")))
}

/// The services of this process.
pub(super) fn here(context: &Context) -> Vec<ServiceState> {
    let services = context.services().into_iter();
    let state = services.map(|(name, service)| ServiceState {
        name: name.to_owned(),
        is_running: service.is_running,
        words: if service.is_running { "active" } else { "ended" }.to_owned(),
        memory: 0,
        starts: 1,
    });
    state.collect()
}
