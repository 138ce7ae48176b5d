//! `appliancectl` at work: one connection with the IVM server, one request, one answer.

use std::io::{BufRead, ErrorKind, IsTerminal, Write};
use std::path::{Path, PathBuf};
use std::time::Duration;

use admin::Whereabouts;
use chassis::chance;
use chassis::clock::Clock;
use chassis::layout::{Layout, Ports};
use link::client::{Connected, Pin, connect};
use link::{LinkError, Target};
use message::admin::{
    Account, AddPerson, AskStatus, Invite, Invited, ListPeople, People, RemovePerson, ServerStatus,
};
use message::login::ServiceHello;
use message::{Body, Object, ObjectId, ObjectIds, Refusal};
use serde_json::{Value, json};
use tokio::time::timeout;

use crate::ctl::words::{self, Invitation};
use crate::ctl::{Arguments, UserVerb, Verb};
use crate::exit::{Exit, Trouble};
use crate::ready::Ready;
use crate::shell_appliance::READY;

/// The server answers in milliseconds; a busy disk may take longer.
const PATIENCE: Duration = Duration::from_secs(15);
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
    socket: PathBuf,
    https: Option<String>,
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
        let socket = arguments.socket.clone().unwrap_or_else(|| layout.ivm_socket.clone());
        let read = |path: PathBuf| std::fs::read_to_string(path).ok();
        let whereabouts =
            read(Whereabouts::path(&layout)).and_then(|text| Whereabouts::from_json(&text));
        let ready = read(layout.runtime.join(READY)).and_then(|text| Ready::from_json(&text));
        let https = whereabouts.as_ref().map(|found| found.https.clone());
        Ok(Self { socket, https, objects: ready.map(|ready| ready.objects), whereabouts })
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
        Verb::User(verb) => user(verb, is_json, place).await,
        Verb::Status => {
            let status = ask_status(place).await?;
            Ok(either(is_json, || words::status_json(&status), || words::status(&status)))
        }
        Verb::Messages => {
            let status = ask_status(place).await?;
            Ok(either(is_json, || words::messages_json(&status), || words::messages(&status)))
        }
        Verb::Setup => setup(is_json, place),
    }
}

async fn user(verb: &UserVerb, is_json: bool, place: &Place) -> Result<String, Trouble> {
    match verb {
        UserVerb::Add(add) => {
            let name = add.name.clone();
            let display = add.display.clone().unwrap_or_else(|| name.clone());
            let url = add.link.url.as_deref();
            invite(&AddPerson { name, display }, url, is_json, place).await
        }
        UserVerb::Invite(one) => {
            let invite_again = Invite { name: one.name.clone(), reset: false };
            invite(&invite_again, one.link.url.as_deref(), is_json, place).await
        }
        UserVerb::Reset(one) => {
            let reset = Invite { name: one.name.clone(), reset: true };
            invite(&reset, one.link.url.as_deref(), is_json, place).await
        }
        UserVerb::Remove(remove) => {
            confirm(&remove.name, remove.yes)?;
            let name = remove.name.clone();
            Line::open(place).await?.ask(&RemovePerson { name: name.clone() }).await?;
            Ok(either(is_json, || json!({ "removed": name }), || format!("{name} is removed.\n")))
        }
        UserVerb::List => {
            let people = everyone(place).await?;
            Ok(either(is_json, || words::people_json(&people), || words::people(&people)))
        }
    }
}

async fn invite<'b, B: Body<'b>>(
    body: &B,
    url: Option<&str>,
    is_json: bool,
    place: &Place,
) -> Result<String, Trouble> {
    let answer = Line::open(place).await?.ask(body).await?;
    let invited: Invited = answer.read().map_err(unreadable)?;
    let https = url.or(place.https.as_deref());
    let invitation = Invitation::of(&invited, https, place.objects.as_deref());
    Ok(either(is_json, || invitation.to_json(), || invitation.to_words()))
}

async fn everyone(place: &Place) -> Result<Vec<Account>, Trouble> {
    let mut line = Line::open(place).await?;
    let mut people: Vec<Account> = Vec::new();
    loop {
        let after = people.last().map(|last| last.name.clone()).unwrap_or_default();
        let more: People = line.ask(&ListPeople { after }).await?.read().map_err(unreadable)?;
        if more.people.is_empty() {
            return Ok(people);
        }
        people.extend(more.people);
    }
}

async fn ask_status(place: &Place) -> Result<ServerStatus, Trouble> {
    Line::open(place).await?.ask(&AskStatus {}).await?.read().map_err(unreadable)
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

fn confirm(name: &str, yes: bool) -> Result<(), Trouble> {
    if yes {
        return Ok(());
    }
    if !std::io::stdin().is_terminal() {
        return Err(Trouble::new(Exit::Usage, "say --yes to remove somebody without being asked"));
    }
    eprint!("Remove {name} and every message that waits for it? Type the name again: ");
    let mut typed = String::new();
    let read = std::io::stdin().lock().read_line(&mut typed);
    match read {
        Ok(_) if typed.trim() == name => Ok(()),
        Ok(_) => Err(Trouble::new(Exit::Failed, "nothing was removed")),
        Err(error) => Err(Trouble::new(Exit::Failed, error.to_string())),
    }
}

fn either(is_json: bool, value: impl FnOnce() -> Value, words: impl FnOnce() -> String) -> String {
    if is_json { format!("{}\n", value()) } else { words() }
}

/// A connection with the IVM server as a local service.
struct Line {
    connected: Connected,
    ids: ObjectIds,
    clock: Clock,
}

impl Line {
    async fn open(place: &Place) -> Result<Self, Trouble> {
        let target = Target::Unix(place.socket.clone());
        let connected = connect(&target, &Pin::FirstUse).await.map_err(|error| {
            let socket = place.socket.display();
            let text = format!("no appliance answers at {socket}: {error}\n(is it running? say --state DIR or --socket PATH)");
            Trouble::new(Exit::NoConnection, text)
        })?;
        let clock = Clock::start();
        let ids = ObjectIds::new(ObjectId::new(clock.unix_millis(), &mut chance::rng()));
        let mut line = Self { connected, ids, clock };
        line.ask(&ServiceHello { service: "appliancectl".to_owned() }).await?;
        Ok(line)
    }

    /// Sends a request and waits for its answer; a refusal is trouble.
    async fn ask<'b, B: Body<'b>>(&mut self, body: &B) -> Result<Object, Trouble> {
        let object = Object::of(self.ids.fresh(self.clock.now()), body);
        match timeout(PATIENCE, self.exchange(&object)).await {
            Ok(Ok(Some(answer))) if answer.header.flags.refused => {
                let refusal: Refusal = answer.read().map_err(unreadable)?;
                Err(Trouble::refused(&refusal))
            }
            Ok(Ok(Some(answer))) => Ok(answer),
            Ok(Ok(None)) => Err(gone("the appliance closed the connection".to_owned())),
            Ok(Err(error)) => Err(gone(error.to_string())),
            Err(_) => Err(gone("the appliance does not answer".to_owned())),
        }
    }

    async fn exchange(&mut self, object: &Object) -> Result<Option<Object>, LinkError> {
        self.connected.outgoing.send(object).await?;
        self.connected.outgoing.flush().await?;
        while let Some(answer) = self.connected.incoming.next().await? {
            if answer.header.flags.answer && answer.header.id == object.header.id {
                return Ok(Some(answer));
            }
        }
        Ok(None)
    }
}

fn gone(text: String) -> Trouble {
    Trouble::new(Exit::NoConnection, text)
}

fn unreadable(error: message::Malformed) -> Trouble {
    Trouble::new(Exit::Failed, format!("the appliance speaks another version: {error}"))
}
