//! `ivm send`: speaks or takes a file, and waits until the message is where it is wanted.

mod speak;

use std::collections::BTreeSet;
use std::time::Duration;

use client_engine::{
    Change, Command, DraftState, Engine, MessageState, Notice, PersonView, Source, Talk,
};
use message::people::Status;
use message::{Guid, MessageId};
use serde_json::json;

use super::people::{everybody, say};
use super::{hush, print};
use crate::cli::{Send, Wait};
use crate::exit::{Exit, Trouble};
use crate::find::{self, ShortIds};
use crate::shell::place::{Place, Role};
use crate::shell::session::News;
use crate::{json, words};

/// So long a person who wants to speak waits for the server before speaking without it.
const BEFORE_SPEAKING: Duration = Duration::from_secs(3);

/// For whom, and what it answers.
struct Address {
    recipients: Vec<Guid>,
    unknown: Vec<String>,
    reply_to: Option<MessageId>,
}

/// `ivm send`.
pub(super) async fn run(send: Send, place: &Place) -> anyhow::Result<Exit> {
    let answered = match &send.reply_to {
        Some(text) => Some(answered(text, place).await?),
        None => None,
    };
    // What is said into a telephone comes to the device, which has to take it.
    let mut role =
        if send.telephone { place.receiver_or_onlooker().await? } else { place.sender()? };
    if send.telephone && !role.receives {
        let text = "another ivm takes what comes for this device: end it, or speak there";
        return Err(Trouble::new(Exit::Failed, text).into());
    }
    hush(&mut role);
    role.session.known().await?;
    let online = role.session.online(place.patience().min(BEFORE_SPEAKING)).await;
    if let Err(trouble) = &online
        && matches!(trouble.exit, Exit::Refused | Exit::NotLoggedIn)
    {
        return Err(trouble.clone().into());
    }
    let address = address(&send, answered, &mut role, online.is_ok()).await?;
    let result = deliver(&send, &address, &mut role, place).await;
    role.close().await?;
    let exit = result?;
    if exit == Exit::Done && !address.unknown.is_empty() { Ok(Exit::Partial) } else { Ok(exit) }
}

/// `ivm flush`: sends what an earlier command could not.
pub(super) async fn flush(place: &Place) -> anyhow::Result<Exit> {
    let mut role = place.receiver_or_onlooker().await?;
    if !role.receives {
        // The receiver sends its own; here is what senders left behind.
        role.close().await?;
        role = place.sender()?;
    }
    hush(&mut role);
    role.session.known().await?;
    let waiting = count(&role);
    let result = role.flush(place.patience()).await;
    let (sent, left) = (waiting.saturating_sub(count(&role)), count(&role));
    role.close().await?;
    result?;
    print(place, &json!({"sent": sent, "left": left}), &[format!("{sent} sent")]);
    Ok(Exit::Done)
}

fn count(role: &Role) -> usize {
    let messages = role.session.engine().messages();
    messages.iter().filter(|message| message.state == MessageState::Sending).count()
}

/// The message that is answered, and who spoke it.
async fn answered(text: &str, place: &Place) -> anyhow::Result<(MessageId, Guid)> {
    let mut role = place.onlooker()?;
    role.session.known().await?;
    let messages = role.session.engine().messages();
    let id = find::message(text, &messages)?;
    let sender = messages.iter().find(|message| message.id == id).map(|message| message.sender);
    role.close().await?;
    Ok((id, sender.unwrap_or_default()))
}

async fn address(
    send: &Send,
    answered: Option<(MessageId, Guid)>,
    role: &mut Role,
    online: bool,
) -> Result<Address, Trouble> {
    let (mut recipients, mut unknown) = find::people(&send.names, &role.session.engine().people());
    if !unknown.is_empty() && online {
        // The roster comes right behind the log-in: somebody new may be on it.
        role.session.quiet(BEFORE_SPEAKING).await?;
        (recipients, unknown) = find::people(&send.names, &role.session.engine().people());
    }
    if send.names.is_empty() {
        recipients.extend(answered.map(|(_, sender)| sender));
    }
    for name in &unknown {
        eprintln!("ivm: there is nobody called {}", words::clean(name));
    }
    if recipients.is_empty() {
        return Err(Trouble::not_found("nobody to send to"));
    }
    Ok(Address { recipients, unknown, reply_to: answered.map(|(id, _)| id) })
}

async fn deliver(
    send: &Send,
    address: &Address,
    role: &mut Role,
    place: &Place,
) -> anyhow::Result<Exit> {
    for path in &send.attach {
        let command = role.session.files.attach(path).map_err(|error| {
            let missing = error.kind() == std::io::ErrorKind::NotFound;
            let exit = if missing { Exit::NotFound } else { Exit::Failed };
            Trouble::new(exit, format!("cannot attach {}: {error}", path.display()))
        })?;
        role.session.command(command);
    }
    let source = if send.telephone {
        Source::Telephone { station: telephone(&role.session.engine().people())? }
    } else {
        let rate = speak::source(send, role)?;
        if send.file.is_some() { Source::File { rate } } else { Source::Microphone { rate } }
    };
    role.session.command(Command::Talk(Talk {
        recipients: address.recipients.clone(),
        wish: send.wish(),
        priority: send.priority.priority(),
        reply_to: address.reply_to,
        source,
    }));
    let messages = speak::speak(send, role).await?;
    let waited = arrive(send.wait, &messages, role, place).await;
    tell(&messages, address, role, place);
    match waited {
        Ok(exit) => Ok(exit),
        Err(trouble) if trouble.exit == Exit::NoConnection => {
            eprintln!("ivm: the message is kept and goes out with the next connection");
            Ok(say(&trouble))
        }
        Err(trouble) => Err(trouble.into()),
    }
}

/// The person's own telephone: one that is there, if there are several.
fn telephone(people: &[PersonView]) -> Result<Guid, Trouble> {
    let own = people.iter().filter(|person| person.is_own_telephone);
    let best = own.min_by_key(|phone| phone.status == Status::Offline);
    let none = "no telephone is yours: an administrator can assign one to you";
    best.map(|phone| phone.guid).ok_or_else(|| Trouble::not_found(none))
}

/// Waits until the messages are as far as is wanted.
async fn arrive(
    wait: Wait,
    messages: &BTreeSet<MessageId>,
    role: &mut Role,
    place: &Place,
) -> Result<Exit, Trouble> {
    if !all(messages, Wait::Stored, role.session.engine()) {
        role.session.online(place.patience()).await?;
    }
    let (mut down, mut partly) = (None, false);
    for goal in [Wait::Stored, Wait::Delivered, Wait::Played] {
        if goal > wait || all(messages, goal, role.session.engine()) {
            continue;
        }
        let patience =
            if goal == Wait::Stored { Some(place.patience()) } else { place.long_patience() };
        let result = role.session.until(patience, |engine, news| {
            match news {
                News::Notice(Notice::SendFailed { message, reason })
                    if messages.contains(message) =>
                {
                    let view = engine.message(*message);
                    if view.is_none_or(|view| view.state == MessageState::Failed) {
                        let text = format!("refused: {reason}");
                        return Some(Err(Trouble::new(Exit::Refused, text)));
                    }
                    // For some of them only; the others get it.
                    eprintln!("ivm: {reason}");
                    partly = true;
                }
                News::LineDown(trouble) => down = Some(trouble.clone()),
                _ => {}
            }
            all(messages, goal, engine).then_some(Ok(()))
        });
        result.await.map_err(|late| match &down {
            _ if late.exit != Exit::TooLate => late,
            Some(down) if goal == Wait::Stored => down.clone(),
            None if goal == Wait::Stored => not_taken(),
            Some(_) | None => late,
        })?;
    }
    Ok(if partly { Exit::Partial } else { Exit::Done })
}

fn not_taken() -> Trouble {
    let text = "the server does not take it now (its disk may be full); it is kept and goes out \
                later";
    Trouble::new(Exit::TooLate, text)
}

fn all(messages: &BTreeSet<MessageId>, goal: Wait, engine: &Engine) -> bool {
    messages.iter().all(|id| {
        engine.message(*id).is_some_and(|message| {
            let times = |time: fn(&client_engine::Delivery) -> bool| {
                let done = message.deliveries.iter().filter(|delivery| time(delivery)).count();
                done >= message.recipients.len()
            };
            match goal {
                Wait::Stored => message.state == MessageState::Sent,
                Wait::Delivered => times(|delivery| delivery.delivered.is_some()),
                Wait::Played => times(|delivery| delivery.played.is_some()),
            }
        })
    })
}

fn tell(messages: &BTreeSet<MessageId>, address: &Address, role: &Role, place: &Place) {
    let engine = role.session.engine();
    let people = everybody(role);
    let short = ShortIds::of(&engine.messages());
    for id in messages {
        let Some(view) = engine.message(*id) else { continue };
        let mut value = json::message(&view, &people);
        value["unknown"] = json!(address.unknown);
        let line = format!(
            "{}  {}  {}  to {}",
            short.get(*id),
            words::state(view.state),
            words::length(view.duration_ms),
            words::partner(&view, &people),
        );
        print(place, &value, &[line]);
    }
}

/// Is the draft finished, and ready to be sent?
fn is_ready(engine: &Engine, news: &News) -> bool {
    matches!(news, News::Changed(Change::Draft))
        && engine.draft().is_some_and(|draft| draft.state == DraftState::Ready)
}
