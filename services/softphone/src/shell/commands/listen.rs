//! `ivm listen`: stays connected and prints one JSON line for each event.

use std::collections::VecDeque;
use std::io::Write;

use anyhow::Context;
use client_engine::{Change, Command, Engine, Link, Notice};
use message::MessageId;
use message::people::Status;
use serde_json::{Value, json};
use tokio::signal::unix::{SignalKind, signal};

use crate::cli::Listen;
use crate::exit::Exit;
use crate::shell::place::Place;
use crate::shell::session::{News, Session};
use crate::{json, words};

/// What is remembered between events.
#[derive(Default)]
struct Watch {
    link: Option<Link>,
    autoplay: bool,
    waiting: VecDeque<MessageId>,
}

/// `ivm listen`.
pub(super) async fn run(listen: &Listen, place: &Place) -> anyhow::Result<Exit> {
    let mut role = place.receiver(true).await?;
    role.session.command(Command::Autoplay(listen.autoplay));
    role.session.known().await?;
    let me = role.session.engine().me().map(|me| me.name);
    let mut watch = Watch { autoplay: listen.autoplay, ..Watch::default() };
    say(&json!({"event": "listening", "name": me}))?;
    let mut interrupted = signal(SignalKind::interrupt()).context("cannot wait for Ctrl-C")?;
    let mut ended = signal(SignalKind::terminate()).context("cannot wait for the end")?;
    let exit = loop {
        let news = tokio::select! {
            news = role.session.next() => news,
            _ = interrupted.recv() => break Exit::Done,
            _ = ended.recv() => break Exit::Done,
        };
        match watch.take(news, &mut role.session, place)? {
            Some(exit) => break exit,
            None => watch.play_next(&mut role.session),
        }
    };
    role.close().await?;
    Ok(exit)
}

impl Watch {
    fn take(
        &mut self,
        news: News,
        session: &mut Session,
        place: &Place,
    ) -> anyhow::Result<Option<Exit>> {
        match news {
            News::Notice(notice) => {
                if let Notice::Arrived { message, .. } = notice {
                    self.waiting.push_back(message);
                }
                let engine = session.engine();
                let everybody: Vec<_> = engine.people().into_iter().chain(engine.me()).collect();
                if let Some(event) = json::notice(&notice, &engine.messages(), &everybody) {
                    say(&event)?;
                }
                if notice == Notice::LoggedOut {
                    return Ok(Some(Exit::NotLoggedIn));
                }
            }
            News::Changed(Change::Session) => self.tell_link(session.engine(), place)?,
            News::Changed(_) => {}
            News::NoSound(reason) => {
                self.autoplay = false;
                say(&json!({"event": "no sound", "reason": reason}))?;
            }
            News::LineDown(trouble) => {
                say(&json!({"event": "line down", "reason": trouble.text}))?;
                if trouble.exit == Exit::Refused {
                    return Ok(Some(Exit::Refused));
                }
            }
            News::Asked(asked) => session.oblige(asked),
            News::Written(..) => {}
            News::Broken(trouble) => return Err(trouble.into()),
        }
        Ok(None)
    }

    fn tell_link(&mut self, engine: &Engine, place: &Place) -> anyhow::Result<()> {
        let link = engine.link();
        if self.link.as_ref() == Some(&link) {
            return Ok(());
        }
        if link == Link::Online {
            place.flush_beside();
        }
        let event = json!({"event": words::link(&link)});
        self.link = Some(link);
        say(&event)
    }

    /// One after the other; not while the person does not want to be disturbed.
    fn play_next(&mut self, session: &mut Session) {
        let engine = session.engine();
        let there = engine.me().is_some_and(|me| me.status != Status::Dnd);
        if !self.autoplay || !there {
            return self.waiting.clear();
        }
        if engine.playing().is_some() || session.sound.playing() {
            return;
        }
        if let Some(message) = self.waiting.pop_front() {
            let heard = engine
                .message(message)
                .is_none_or(|view| view.state != client_engine::MessageState::Unplayed);
            if !heard {
                session.command(Command::Play { message, from_ms: 0 });
            }
        }
    }
}

/// One line; whoever reads it must not wait for more.
fn say(event: &Value) -> anyhow::Result<()> {
    let mut out = std::io::stdout().lock();
    writeln!(out, "{event}").and_then(|()| out.flush()).context("cannot print")
}
