//! From the first word to the message on its way.

use std::collections::BTreeSet;
use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal, Read, Write};
use std::path::Path;
use std::thread;

use anyhow::Context;
use client_engine::{Change, Command, DraftState, Notice};
use message::MessageId;
use tokio::sync::oneshot;

use super::is_ready;
use crate::cli::Send;
use crate::exit::{Exit, Trouble};
use crate::shell::place::Role;
use crate::shell::session::News;
use crate::wav::Wav;
use crate::{ui, words};

/// The rate at which the microphone is opened: the signal chain works best with it.
const MICROPHONE_RATE: u32 = 48_000;

/// Prepares the file that is sent, or nothing for the microphone; tells the rate.
pub(super) fn source(send: &Send, role: &mut Role) -> anyhow::Result<u32> {
    let Some(path) = &send.file else { return Ok(MICROPHONE_RATE) };
    let reader: Box<dyn Read + std::marker::Send> = if path == Path::new("-") {
        Box::new(std::io::stdin())
    } else {
        let file = File::open(path).map_err(|error| {
            let missing = error.kind() == std::io::ErrorKind::NotFound;
            let exit = if missing { Exit::NotFound } else { Exit::Failed };
            Trouble::new(exit, format!("cannot open {}: {error}", path.display()))
        })?;
        Box::new(BufReader::new(file))
    };
    let wav = Wav::open(reader).with_context(|| format!("cannot send {}", path.display()))?;
    let rate = wav.rate();
    role.session.sound.speak_from(Box::new(wav));
    Ok(rate)
}

/// Listens to the person, or the file, to the end and sends the draft; gives the ids of the
/// messages that came of it: one, or more if it is very long.
pub(super) async fn speak(send: &Send, role: &mut Role) -> Result<BTreeSet<MessageId>, Trouble> {
    let microphone = send.file.is_none();
    let mut stop = microphone.then(enter_pressed);
    let mut said = BTreeSet::new();
    let mut sent = false;
    loop {
        let news = tokio::select! {
            news = role.session.next() => news,
            () = pressed(&mut stop) => {
                role.session.command(Command::StopTalking);
                continue;
            }
            interrupted = tokio::signal::ctrl_c() => {
                drop(interrupted);
                role.session.command(Command::Discard);
                return Err(Trouble::new(Exit::Failed, "thrown away"));
            }
        };
        let engine = role.session.engine();
        said.extend(engine.draft().map(|draft| draft.id));
        match &news {
            News::Changed(Change::Level) if microphone => meter(role),
            News::NoSound(reason) => {
                if engine.draft().is_some() {
                    role.session.command(Command::Discard);
                }
                return Err(Trouble::new(Exit::NoSound, reason.clone()));
            }
            News::Notice(Notice::Refused(reason)) => {
                return Err(Trouble::new(Exit::Failed, reason.clone()));
            }
            News::Notice(Notice::StorageFailed(reason)) => {
                return Err(Trouble::new(Exit::Failed, format!("the storage failed: {reason}")));
            }
            News::Notice(Notice::Continued { finished, next }) => said.extend([*finished, *next]),
            News::Broken(trouble) => return Err(trouble.clone()),
            _ => {}
        }
        let engine = role.session.engine();
        if !sent && is_ready(engine, &news) {
            sent = true;
            role.session.command(Command::Send);
        } else if !said.is_empty() && engine.draft().is_none() && on_its_way(role, &said) {
            return Ok(said);
        }
    }
}

/// Is every message in the list of messages?
fn on_its_way(role: &Role, said: &BTreeSet<MessageId>) -> bool {
    said.iter().all(|id| role.session.engine().message(*id).is_some())
}

fn meter(role: &Role) {
    let mut err = std::io::stderr();
    let Some(draft) = role.session.engine().draft().filter(|_| err.is_terminal()) else { return };
    let state = match draft.state {
        DraftState::Ringing => "your telephone rings",
        DraftState::Live => "live",
        DraftState::Recording | DraftState::Finishing | DraftState::Ready => "recording",
    };
    let (length, level) = (words::length(draft.duration_ms), ui::meter(draft.level_dbfs, 20));
    // Only for the eye: a terminal that is gone needs no meter.
    drop(write!(err, "\r{state} {length} {level}  Enter stops \x1b[K"));
}

/// Enter, or Ctrl-D at a terminal. The end of a standard input that is no terminal means nothing.
fn enter_pressed() -> oneshot::Receiver<()> {
    let (press, pressed) = oneshot::channel();
    let waiting = move || {
        let mut line = String::new();
        let stdin = std::io::stdin();
        let count = stdin.lock().read_line(&mut line).unwrap_or(0);
        if count > 0 || stdin.is_terminal() {
            // Whoever has stopped by silence does not wait any more.
            let _pressed = press.send(());
        }
    };
    drop(thread::Builder::new().name("keyboard".to_owned()).spawn(waiting));
    pressed
}

async fn pressed(stop: &mut Option<oneshot::Receiver<()>>) {
    match stop {
        Some(receiver) => {
            let pressed = receiver.await;
            *stop = None;
            if pressed.is_err() {
                std::future::pending().await
            }
        }
        None => std::future::pending().await,
    }
}
