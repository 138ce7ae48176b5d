//! `appliance` at work: starts services, says where they are, and stops them in good order.

use std::fs::File;
use std::io::Write;
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, absolute};

use admin::Whereabouts;
use anyhow::{Context as _, bail, ensure};
use chassis::context::Context;
use chassis::layout::{Layout, PhonePorts, Ports};
use chassis::notify::Notifier;
use chassis::{durable, journal};
use nix::sys::resource::{Resource, getrlimit, setrlimit};
use nix::unistd::User;
use system::shell_early;

use crate::appliance::{Arguments, Run, Service};
use crate::ready::Ready;
use crate::shell_assets::{BROWSER, WORDS};
use crate::shell_machine;
use ivm::Duty;

/// Bytes that the path of a Unix socket may have (unix(7)).
const SOCKET_PATH: usize = 107;

/// The users of services that speak with the IVM server, and what they may do there.
const DUTIES: [(&str, Duty); 4] = [
    ("ivm-admin", Duty::All),
    ("ivm-lcd", Duty::Look),
    ("ivm-system", Duty::Look),
    ("ivm-gateway", Duty::Stations),
];

/// Runs what was asked for until it is told to end.
///
/// # Errors
/// A service failed, another one uses the state directory, a port is taken.
pub fn run(arguments: Arguments) -> anyhow::Result<()> {
    journal::start(arguments.log);
    raise_file_limit();
    match arguments.service {
        Service::Run(run) => run_all(&run),
        Service::System => run_one(READY_SYSTEM, |context| {
            context.serve("system", system::run(context.clone(), system_options()));
        }),
        Service::Ivm => run_one("objects", |context| {
            let duties = DUTIES.iter().filter_map(|(name, duty)| Some((user(name)?, *duty)));
            let options = ivm::Options { duties: duties.collect(), ..Default::default() };
            context.serve("ivm", ivm::run(context.clone(), options));
        }),
        Service::Admin => run_one("https", |context| {
            context.serve("admin", admin::run(context.clone(), BROWSER));
        }),
        Service::Lcd(panel) => run_one(READY_LCD, |context| {
            let options = lcd::Options { bus: panel.bus, size: panel.size };
            context.serve("lcd", lcd::run(context.clone(), options));
        }),
        Service::Dhcp => run_one(READY_DHCP, |context| {
            let options = dhcp::Options { pages: user("ivm-admin"), panel: user("ivm-lcd") };
            context.serve("dhcp", dhcp::run(context.clone(), options));
        }),
        Service::Tftp => run_one("tftp", |context| {
            context.serve("tftp", tftp::run(context.clone()));
        }),
        Service::Gateway => run_one(READY_GATEWAY, |context| {
            context.serve("gateway", gateway::run(context.clone(), gateway_options()));
        }),
        Service::Deed => shell_machine::deed(),
        Service::Early => shell_machine::early(),
        Service::Confirm => shell_machine::confirm(),
        Service::Health(health) => shell_machine::health(&health),
    }
}

/// The name under which the settings keeper is ready; it has no address to announce.
const READY_SYSTEM: &str = "system";
/// The same of the front panel.
const READY_LCD: &str = "lcd";
/// The same of the DHCP server, whose ports are fixed.
const READY_DHCP: &str = "dhcp";
/// The same of the telephones' manager.
const READY_GATEWAY: &str = "gateway";

/// Runs one service of the appliance's image, which is ready when `front` is announced or ready.
fn run_one(front: &str, serve: impl FnOnce(&Context)) -> anyhow::Result<()> {
    runtime()?.block_on(async {
        let context = Context::root(Layout::installed())?;
        serve(&context);
        let notifier = Notifier::from_environment();
        let is_ready = tokio::select! {
            address = context.announced(front) => address.is_some(),
            is_ready = context.until_ready(front) => is_ready,
        };
        if is_ready {
            notifier.ready();
            notifier.keep_watchdog(&context);
        }
        end(&context).await
    })
}

/// The user under which the image runs another service, if it exists here.
fn user(name: &str) -> Option<u32> {
    User::from_name(name).ok().flatten().map(|user| user.uid.as_raw())
}

/// Who may ask the settings keeper for what: a matter of users.
fn system_options() -> system::Options {
    system::Options {
        office: user("ivm"),
        dhcp: user("ivm-dhcp"),
        gateway: user("ivm-gateway"),
        pages: user("ivm-admin"),
        panel: user("ivm-lcd"),
    }
}

/// Who may ask the telephones' manager for what.
fn gateway_options() -> gateway::Options {
    gateway::Options {
        dhcp: user("ivm-dhcp"),
        tftp: user("ivm-tftp"),
        admin: user("ivm-admin"),
        lcd: user("ivm-lcd"),
        recordings: WORDS,
        ..Default::default()
    }
}

fn run_all(run: &Run) -> anyhow::Result<()> {
    let layout = layout(run)?;
    layout.make_directories().context("cannot make the state directory")?;
    let _lock = lock(&layout.state)?;
    shell_machine::finish_last_run(&layout)?;
    runtime()?.block_on(async {
        let context = Context::root(layout)?;
        context.serve("system", system::run(context.clone(), system::Options::default()));
        if !context.until_ready(READY_SYSTEM).await {
            return end(&context).await;
        }
        context.serve("ivm", ivm::run(context.clone(), ivm::Options::default()));
        context.serve("admin", admin::run(context.clone(), BROWSER));
        if run.phones {
            let options = gateway::Options { recordings: WORDS, ..Default::default() };
            context.serve("gateway", gateway::run(context.clone(), options));
            context.serve("dhcp", dhcp::run(context.clone(), dhcp::Options::default()));
            context.serve("tftp", tftp::run(context.clone()));
        }
        if let Some(bus) = run.panel.clone() {
            let options = lcd::Options { bus: Some(bus), ..Default::default() };
            context.serve("lcd", lcd::run(context.clone(), options));
        }
        if let (Some(objects), Some(_)) =
            (context.announced("objects").await, context.announced("https").await)
        {
            say_ready(&context, run, objects.port())?;
            shell_early::confirm(context.layout())?;
        }
        let ready = context.layout().runtime.join(READY);
        let ended = end(&context).await;
        if let Err(error) = std::fs::remove_file(&ready) {
            log::debug!(error:%; "there was no address file");
        }
        ended
    })
}

fn layout(run: &Run) -> anyhow::Result<Layout> {
    let state = absolute(&run.state).context("the state directory")?;
    let [objects, https, http] = run.ports();
    let layout = Layout::under(&state, Ports { objects, https, http }).bound_to(run.bind);
    ensure!(
        !run.phones || (https != 0 && http != 0),
        "telephones have to be told the ports of HTTP and HTTPS: choose them"
    );
    let layout = if run.phones { layout.with_phones(PhonePorts::USUAL) } else { layout };
    let length = layout.system_socket.as_os_str().as_bytes().len();
    ensure!(
        length <= SOCKET_PATH,
        "the path of the state directory is too long for a socket in it: {}",
        state.display()
    );
    Ok(layout)
}

/// Keeps a second appliance away from the same data; the kernel opens it when we end, however.
fn lock(state: &Path) -> anyhow::Result<File> {
    let path = state.join("lock");
    let file = File::create(&path).with_context(|| format!("cannot make {}", path.display()))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(std::fs::TryLockError::WouldBlock) => {
            bail!("another appliance uses {}", state.display())
        }
        Err(std::fs::TryLockError::Error(error)) => {
            Err(error).with_context(|| format!("cannot lock {}", path.display()))
        }
    }
}

fn say_ready(context: &Context, run: &Run, objects_port: u16) -> anyhow::Result<()> {
    let path = Whereabouts::path(context.layout());
    let text = std::fs::read_to_string(&path)
        .with_context(|| format!("cannot read {}", path.display()))?;
    let whereabouts = Whereabouts::from_json(&text).context("the address file is damaged")?;
    let ready = Ready::at(whereabouts, objects_port);
    let state = run.state.display().to_string();
    let words = if run.json { ready.to_json() + "\n" } else { ready.to_words(&state) };
    let file = context.layout().runtime.join(READY);
    durable::write(&file, ready.without_code().to_json().as_bytes(), 0o600)
        .with_context(|| format!("cannot write {}", file.display()))?;
    let mut out = std::io::stdout().lock();
    out.write_all(words.as_bytes()).and_then(|()| out.flush()).context("cannot print")
}

/// The file in the run directory that says where everything is.
pub(crate) const READY: &str = "ready.json";

async fn end(context: &Context) -> anyhow::Result<()> {
    context.draining().await;
    Notifier::from_environment().stopping();
    context.drain().await;
    ensure!(!context.failed(), "a service failed; the lines above say why");
    Ok(())
}

pub(crate) fn runtime() -> anyhow::Result<tokio::runtime::Runtime> {
    let mut builder = tokio::runtime::Builder::new_multi_thread();
    builder.enable_all().build().context("cannot start the runtime")
}

/// Each connection is a file, and the soft limit of a login shell is low.
fn raise_file_limit() {
    let raised = getrlimit(Resource::RLIMIT_NOFILE)
        .and_then(|(_, hard)| setrlimit(Resource::RLIMIT_NOFILE, hard, hard));
    if let Err(error) = raised {
        log::warn!(error:%; "the limit of open files stays low");
    }
}
