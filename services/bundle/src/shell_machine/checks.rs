//! The steps of the health check: each in its time, the first trouble ends it.

use std::future::Future;
use std::time::Duration;

use chassis::clock::Clock;
use chassis::layout::Layout;
use tokio::net::TcpStream;
use tokio::process::Command;
use tokio::time::{sleep, timeout};

use super::self_message;
use crate::health::{Findings, Step};
use crate::ready::Ready;
use crate::shell_appliance::READY;

/// For all of it: enough for an emulated machine that has just started.
const LONGEST: Duration = Duration::from_secs(85);
/// Before the next attempt of a start.
const LATER: Duration = Duration::from_secs(10);
/// Between two looks at a service that still starts.
const AGAIN: Duration = Duration::from_millis(250);
/// Units that have to be active in the image.
const UNITS: [&str; 4] =
    ["ivm-system.service", "ivm-ivm.service", "ivm-admin.service", "ivm-firewall.service"];

/// Where things are; the ports of an `appliance run` may be any.
struct Place {
    objects: (String, u16),
    https: (String, u16),
}

impl Place {
    fn of(layout: &Layout) -> Result<Self, String> {
        if layout.deed_socket.is_some() {
            let here = || "127.0.0.1".to_owned();
            return Ok(Self {
                objects: (here(), layout.objects_port),
                https: (here(), layout.https_port),
            });
        }
        let path = layout.runtime.join(READY);
        let text = std::fs::read_to_string(&path)
            .map_err(|_| format!("no appliance runs in {}", layout.state.display()))?;
        let ready = Ready::from_json(&text).ok_or("the address file is damaged")?;
        let split = |text: &str| {
            let text = text.trim_start_matches("https://");
            let (host, port) = text.rsplit_once(':')?;
            Some((host.trim_matches(['[', ']']).to_owned(), port.parse().ok()?))
        };
        let wrong = "the address file is damaged";
        Ok(Self {
            objects: split(&ready.objects).ok_or(wrong)?,
            https: split(&ready.https).ok_or(wrong)?,
        })
    }
}

/// Makes the check once more, a little later.
pub(super) async fn check_later(layout: &Layout) -> Findings {
    sleep(LATER).await;
    check(layout).await
}

/// Makes the check.
pub(super) async fn check(layout: &Layout) -> Findings {
    let mut findings = Findings::default();
    let clock = Clock::start();
    let place = match Place::of(layout) {
        Ok(place) => place,
        Err(words) => {
            let _ = findings.add(Step { step: "place", milliseconds: 0, trouble: Some(words) });
            return findings;
        }
    };
    let is_image = layout.deed_socket.is_some();
    let (host, port) = place.objects;
    let steps = async {
        let is_well = !is_image || note(&mut findings, &clock, "services", units()).await;
        let is_well = is_well && note(&mut findings, &clock, "pages", pages(&place.https)).await;
        if is_well {
            let message = self_message::exchange(&layout.ivm_socket, &host, port);
            note(&mut findings, &clock, "self-message", message).await;
        }
    };
    if timeout(LONGEST, steps).await.is_err() {
        let milliseconds = clock.now().millis();
        let trouble = Some("it takes too long".to_owned());
        let _ = findings.add(Step { step: "time", milliseconds, trouble });
        self_message::clean_up(&layout.ivm_socket).await;
    }
    findings
}

async fn note(
    findings: &mut Findings,
    clock: &Clock,
    step: &'static str,
    work: impl Future<Output = Result<(), String>>,
) -> bool {
    let begin = clock.now().millis();
    let trouble = work.await.err();
    let milliseconds = clock.now().millis() - begin;
    findings.add(Step { step, milliseconds, trouble })
}

/// Waits until every unit is active; one that has failed is not waited for.
async fn units() -> Result<(), String> {
    loop {
        let asked = Command::new("systemctl").arg("is-active").args(UNITS).output().await;
        let asked = asked.map_err(|error| format!("systemd cannot be asked: {error}"))?;
        if asked.status.success() {
            return Ok(());
        }
        let states = String::from_utf8_lossy(&asked.stdout).into_owned();
        let failed = UNITS.iter().zip(states.lines()).find(|(_, state)| *state == "failed");
        if let Some((unit, _)) = failed {
            return Err(format!("{unit} has failed"));
        }
        sleep(AGAIN).await;
    }
}

/// Are the pages served? The certificate is the message server's, which is looked at next.
async fn pages((host, port): &(String, u16)) -> Result<(), String> {
    match timeout(Duration::from_secs(10), TcpStream::connect((host.as_str(), *port))).await {
        Ok(Ok(_)) => Ok(()),
        Ok(Err(error)) => Err(format!("nobody answers at port {port}: {error}")),
        Err(_) => Err(format!("nobody answers at port {port}")),
    }
}
