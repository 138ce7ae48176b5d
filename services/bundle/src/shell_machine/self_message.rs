//! The self-message: two people who exist for a few seconds, and a tone from one to the other
//! through the real server, sealed and opened as everybody's messages are.

use std::path::Path;

use chassis::chance;
use client_engine::{
    Change, Command, DraftState, Engine, Input, Link, Notice, Output, Password, SinkId, Source,
    Talk, Wish,
};
use link::Target;
use message::admin::{AddPerson, Invited, ListPeople, People, RemovePerson};
use message::{MessageId, Priority};

use super::device::Device;
use crate::shell_hub::{Line, Unanswered};
use crate::tone;

/// What the names of such people begin with: one that a power cut left is known by it.
const NAME: &str = "self-test-";

/// Sends the message and waits for it.
pub(super) async fn exchange(socket: &Path, host: &str, port: u16) -> Result<(), String> {
    let mut desk = Desk::open(socket).await?;
    desk.remove_left().await?;
    let result = exchange_at(&mut desk, host, port).await;
    let removed = desk.remove_left().await;
    result.and(removed)
}

/// Removes such people, whatever happened; who is not there need not be removed.
pub(super) async fn clean_up(socket: &Path) {
    let removed = async { Desk::open(socket).await?.remove_left().await };
    if let Err(error) = removed.await {
        log::warn!(error:%; "people of the self-message may be left");
    }
}

async fn exchange_at(desk: &mut Desk, host: &str, port: u16) -> Result<(), String> {
    let [high, low, ..] = chance::seed();
    let names = ["a", "b"].map(|end| format!("{NAME}{high:02x}{low:02x}-{end}"));
    let mut codes = Vec::new();
    for name in &names {
        codes.push(desk.add(name).await?);
    }
    let target = Target::Tls { host: host.to_owned(), port };
    let enter = |name: &str, code: &str| {
        let (target, name, code) = (target.clone(), name.to_owned(), code.to_owned());
        tokio::spawn(async move { entered(target, name, code).await })
    };
    // Each derives keys from a password, which is slow on purpose: both at once.
    let (one, two) = (enter(&names[0], &codes[0]), enter(&names[1], &codes[1]));
    let joined = |error: tokio::task::JoinError| error.to_string();
    let mut sender = one.await.map_err(joined)??;
    let mut hearer = two.await.map_err(joined)??;
    let hearing = tokio::spawn(async move { heard(&mut hearer).await });
    let sent = speak(&mut sender, &names[1]).await;
    if sent.is_err() {
        hearing.abort();
        return sent;
    }
    // The sender has to live on while its message is fetched: receipts come to it.
    hearing.await.map_err(joined)?
}

async fn entered(target: Target, name: String, code: String) -> Result<Device, String> {
    let mut device = Device::new(target);
    let password = Password::random(&chance::seed());
    let enrol = Command::Enrol { code, password: password.clone(), recovery: None };
    device.command(enrol);
    device
        .until("enrolling", |_, output| told(output, |n| matches!(n, Notice::Enrolled { .. })))
        .await?;
    let device_name = "self-test".to_owned();
    device.command(Command::LogIn { name, password, device_name });
    device
        .until("logging in", |engine, _| (engine.link() == Link::Online).then_some(Ok(())))
        .await?;
    Ok(device)
}

/// Has the notice been told? Trouble of the engine ends the waiting.
fn told(output: &Output, wanted: impl Fn(&Notice) -> bool) -> Option<Result<(), String>> {
    match output {
        Output::Notice(notice) if wanted(notice) => Some(Ok(())),
        Output::Notice(
            Notice::LogInFailed(words) | Notice::Refused(words) | Notice::StorageFailed(words),
        ) => Some(Err(words.clone())),
        Output::Notice(Notice::SendFailed { reason, .. } | Notice::Unreadable { reason, .. }) => {
            Some(Err(reason.clone()))
        }
        _ => None,
    }
}

async fn speak(device: &mut Device, name: &str) -> Result<(), String> {
    let found = |engine: &Engine| engine.people().into_iter().find(|person| person.name == name);
    device.until("finding the other one", |engine, _| found(engine).map(|_| Ok(()))).await?;
    let recipients = found(device.engine()).map(|person| person.guid).into_iter().collect();
    let source = Source::File { rate: tone::RATE };
    device.command(Command::Talk(Talk {
        recipients,
        wish: Wish::Record,
        priority: Priority::Normal,
        reply_to: None,
        source,
    }));
    device.input(Input::Samples(tone::tone()));
    device.input(Input::SamplesEnd);
    let is_ready = |engine: &Engine, output: &Output| {
        let changed = matches!(output, Output::Changed(Change::Draft));
        let ready = engine.draft().is_some_and(|draft| draft.state == DraftState::Ready);
        (changed && ready).then_some(Ok(())).or_else(|| told(output, |_| false))
    };
    device.until("recording", is_ready).await?;
    device.command(Command::Send);
    device.until("storing", |_, output| told(output, |n| matches!(n, Notice::Sent(_)))).await?;
    device
        .until("delivering", |_, output| told(output, |n| matches!(n, Notice::Delivered { .. })))
        .await
}

async fn heard(device: &mut Device) -> Result<(), String> {
    let arrived = |engine: &Engine| -> Option<MessageId> {
        engine.messages().first().filter(|view| view.duration_ms > 0).map(|view| view.id)
    };
    let is_here =
        |_: &Engine, output: &Output| told(output, |n| matches!(n, Notice::Arrived { .. }));
    device.until("receiving", is_here).await?;
    let message = arrived(device.engine()).ok_or("the message that came is empty")?;
    device.command(Command::Export { message, sink: SinkId(1), ogg: false });
    let is_open = |_: &Engine, output: &Output| match output {
        Output::CloseSink { result, .. } => Some(result.clone()),
        other => told(other, |_| false),
    };
    device.until("opening", is_open).await?;
    tone::hear(device.written()).map_err(str::to_owned)
}

/// The message server, for root: people are added and removed here.
struct Desk(Line);

impl Desk {
    async fn open(socket: &Path) -> Result<Self, String> {
        Line::open("message server", socket, "health").await.map(Self).map_err(in_words)
    }

    async fn add(&mut self, name: &str) -> Result<String, String> {
        let display = "Self-test".to_owned();
        let body = AddPerson { name: name.to_owned(), display };
        let answer = self.0.ask(&body).await.map_err(in_words)?;
        Ok(answer.read::<Invited>().map_err(|error| error.to_string())?.code)
    }

    async fn remove_left(&mut self) -> Result<(), String> {
        let answer = self.0.ask(&ListPeople { after: NAME.to_owned() }).await.map_err(in_words)?;
        let people = answer.read::<People>().map_err(|error| error.to_string())?.people;
        for person in people.iter().filter(|person| person.name.starts_with(NAME)) {
            self.0.ask(&RemovePerson { name: person.name.clone() }).await.map_err(in_words)?;
        }
        Ok(())
    }
}

fn in_words(error: Unanswered) -> String {
    error.to_string()
}
