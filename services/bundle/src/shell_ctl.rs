//! `appliancectl` at work: a connection with the administration, requests of its API, answers.

mod dhcp;
mod keeper;
mod line;
mod machine;
mod people;
mod phone;

use std::io::{ErrorKind, Write};
use std::path::{Path, PathBuf};

use admin::Whereabouts;
use chassis::layout::{Layout, Ports};
use hyper::Method;
use serde_json::{Value, json};

use crate::ctl::answers::{Messages, Status};
use crate::ctl::{Arguments, Verb, words};
use crate::exit::{Exit, Trouble};
use crate::ready::Ready;
use crate::shell_appliance::READY;

use line::Line;

/// Where an `appliance run` without options keeps its data.
const STATE: &str = "state";

/// Does what was asked for and prints it.
///
/// # Errors
/// One sentence for the person, and the exit of the program.
pub fn run(arguments: &Arguments) -> Result<(), Trouble> {
    let place = Place::of(arguments)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
    let runtime = runtime.map_err(|error| Trouble::new(Exit::Failed, error.to_string()))?;
    let text = runtime.block_on(act(arguments, &place))?;
    match std::io::stdout().lock().write_all(text.as_bytes()) {
        Err(error) if error.kind() != ErrorKind::BrokenPipe => {
            Err(Trouble::new(Exit::Failed, format!("cannot print: {error}")))
        }
        Ok(()) | Err(_) => Ok(()),
    }
}

/// Where the appliance is on this machine.
struct Place {
    layout: Layout,
    socket: PathBuf,
    objects: Option<String>,
    whereabouts: Option<Whereabouts>,
}

impl Place {
    fn of(arguments: &Arguments) -> Result<Self, Trouble> {
        let layout = match (&arguments.state, Layout::installed()) {
            (Some(state), _) => under(state)?,
            (None, installed) if installed.ivm_socket.exists() => installed,
            (None, _) => under(Path::new(STATE))?,
        };
        let socket = arguments.socket.clone().unwrap_or_else(|| layout.admin_socket.clone());
        let read = |path: PathBuf| std::fs::read_to_string(path).ok();
        let whereabouts =
            read(Whereabouts::path(&layout)).and_then(|text| Whereabouts::from_json(&text));
        let ready = read(layout.runtime.join(READY)).and_then(|text| Ready::from_json(&text));
        Ok(Self { layout, socket, objects: ready.map(|ready| ready.objects), whereabouts })
    }

    /// A connection with the administration.
    async fn line(&self) -> Result<Line, Trouble> {
        Line::open(&self.socket).await
    }

    /// One request to the administration.
    async fn ask(
        &self,
        method: Method,
        path: &str,
        body: Option<&Value>,
    ) -> Result<Value, Trouble> {
        self.line().await?.ask(method, path, body).await
    }
}

fn under(state: &Path) -> Result<Layout, Trouble> {
    let state = std::path::absolute(state);
    let state = state.map_err(|error| Trouble::new(Exit::Usage, error.to_string()))?;
    Ok(Layout::under(&state, Ports::default()))
}

async fn act(arguments: &Arguments, place: &Place) -> Result<String, Trouble> {
    let is_json = arguments.json;
    match &arguments.verb {
        Verb::User(verb) => people::user(verb, is_json, place).await,
        Verb::Token(verb) => people::token(verb, is_json, place).await,
        Verb::Admin(verb) => people::admin(verb, is_json, place).await,
        Verb::Audit(audit) => people::audit(audit.most, is_json, place).await,
        Verb::Status => {
            let value = place.ask(Method::GET, "/status", None).await?;
            let status: Status = people::read(&value)?;
            Ok(either(is_json, || value, || words::status(&status)))
        }
        Verb::Messages => {
            let value = place.ask(Method::GET, "/messages", None).await?;
            let messages: Messages = people::read(&value)?;
            Ok(either(is_json, || value, || words::messages(&messages)))
        }
        Verb::Dhcp(verb) => dhcp::act(verb, is_json, place).await,
        Verb::Phone(verb) => phone::act(verb, is_json, place).await,
        Verb::Machine(verb) => machine::act(verb, is_json, &place.layout).await,
        Verb::Keeper(verb) => keeper::act(verb, is_json, &place.layout).await,
        Verb::Setup => setup(is_json, place),
    }
}

fn setup(is_json: bool, place: &Place) -> Result<String, Trouble> {
    let whereabouts = place.whereabouts.as_ref().ok_or_else(|| {
        Trouble::new(Exit::NoConnection, "the administration does not run, or is another user's")
    })?;
    let Whereabouts { https, fingerprint, code } = whereabouts;
    let words = || match whereabouts.first_run_link() {
        Some(link) => format!("first run    {link}\nfingerprint  {fingerprint}\n"),
        None => format!("pages        {https}/admin\nfingerprint  {fingerprint}\n"),
    };
    let value = || json!({ "https": https, "fingerprint": fingerprint, "code": code });
    Ok(either(is_json, value, words))
}

fn either(is_json: bool, value: impl FnOnce() -> Value, words: impl FnOnce() -> String) -> String {
    if is_json { format!("{}\n", value()) } else { words() }
}
