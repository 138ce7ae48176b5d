//! Root's side: one request, its deed, and the reports.

use std::fs::{self, File, TryLockError};
use std::io::{BufRead as _, BufReader, Read, Write};

use anyhow::{Context as _, bail};
use log::{info, warn};

use super::grounds::Grounds;
use super::{clock, diagnose, network, pack, power, unpack, update};
use crate::deed::{LONGEST_LINE, Outcome, Report, Request};
use crate::shell_early;

/// Serves one connection: root's has it as its standard input and output.
///
/// # Errors
/// Nothing was asked, or the answer cannot be given.
pub fn serve(grounds: &Grounds, from: impl Read, mut to: impl Write) -> anyhow::Result<()> {
    let mut line = String::new();
    let input = from.take(LONGEST_LINE as u64);
    BufReader::new(input).read_line(&mut line).context("nothing was asked")?;
    let answer = match Request::from_line(&line) {
        Ok(request) => answered(grounds, request, &mut to),
        Err(words) => Report::Failed { words },
    };
    to.write_all(answer.to_line().as_bytes()).and_then(|()| to.flush()).context("nobody hears")
}

fn answered(grounds: &Grounds, request: Request, out: &mut impl Write) -> Report {
    let name = request.name();
    info!(deed = name; "a deed begins");
    let mut tell = |report: Report| {
        // Who has gone away does not stop the deed.
        let _ = out.write_all(report.to_line().as_bytes()).and_then(|()| out.flush());
    };
    match act(grounds, request, &mut tell) {
        Ok(outcome) => {
            info!(deed = name; "a deed is done");
            Report::Done(outcome)
        }
        Err(error) => {
            warn!(deed = name, error:% = format!("{error:#}"); "a deed failed");
            Report::Failed { words: format!("{error:#}") }
        }
    }
}

/// Does one deed.
///
/// # Errors
/// Why it was not done; nothing was changed then.
pub fn act(
    grounds: &Grounds,
    request: Request,
    tell: &mut dyn FnMut(Report),
) -> anyhow::Result<Outcome> {
    if let Some(fault) = request.fault() {
        bail!("{fault}");
    }
    let _turn = if takes_long(&request) { Some(turn(grounds)?) } else { None };
    match request {
        Request::Network { files } => network::arrange(grounds, &files),
        Request::HostName { name } => network::name(&name),
        Request::Firewall { rules } => network::firewall(grounds, &rules),
        Request::Zone { name } => clock::zone(grounds, &name),
        Request::TimeSync { on, servers } => clock::servers(grounds, on, &servers),
        Request::SetClock { unix_ms } => clock::set(unix_ms),
        Request::Update { file } => update::install(grounds, &file, tell),
        Request::StartOtherSlot => update::start_other(grounds),
        Request::SlotStatus => update::status(grounds),
        Request::Restart => power::restart(),
        Request::Shutdown => power::off(),
        Request::Backup { passphrase, with_messages } => {
            pack::pack(grounds, &passphrase, with_messages, tell)
        }
        Request::Restore { file, passphrase } => unpack::unpack(grounds, &file, &passphrase, tell),
        Request::FactoryReset { keep_messages } => reset(grounds, keep_messages),
        Request::Diagnostics { files } => diagnose::collect(grounds, &files, tell),
    }
}

fn takes_long(request: &Request) -> bool {
    request.is_about_files() || matches!(request, Request::Update { .. } | Request::StartOtherSlot)
}

/// One such deed at a time: the kernel opens the lock when we end, however.
fn turn(grounds: &Grounds) -> anyhow::Result<File> {
    fs::create_dir_all(&grounds.layout.runtime)?;
    let lock = File::create(grounds.layout.runtime.join("deed.lock"))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => bail!("something else is under way on this appliance"),
        Err(TryLockError::Error(error)) => Err(error).context("the lock of deeds"),
    }
}

fn reset(grounds: &Grounds, keep_messages: bool) -> anyhow::Result<Outcome> {
    shell_early::ask_for_reset(&grounds.layout, keep_messages)?;
    if grounds.is_managed() {
        return power::restart();
    }
    Ok(Outcome::of("The appliance is reset when it is started the next time."))
}
