//! The full screen: the terminal itself, its keys, and the session behind it.

mod keys;
mod terminal;

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::Context;
use client_engine::{Change, Command, Engine, Link, Notice};
use message::people::Status;
use message::{Guid, MessageId};
use tokio::signal::unix::{SignalKind, signal};
use tokio::time::{MissedTickBehavior, interval};

use super::place::{Place, Role};
use super::session::{News, Session};
use crate::exit::Exit;
use crate::ui::screen::{Act, Screen};
use crate::ui::{Theme, Views, draw};
use crate::{media, words};
use keys::Keys;
use terminal::Terminal;

/// The screen is drawn at most so often.
const FRAME: Duration = Duration::from_millis(40);
/// The clock in the corner is looked at so often.
const CLOCK: Duration = Duration::from_secs(1);
/// A hint stays for so many looks.
const HINT: u32 = 6;

/// The screen with what it remembers beside the pure part.
struct Show {
    screen: Screen,
    theme: Theme,
    /// The safety number on the screen, and whose it is.
    number: Option<(Guid, Option<String>)>,
    online: bool,
    /// The last hint, and how many looks it has been there.
    hint: (String, u32),
}

/// Runs the full screen until the person leaves.
///
/// # Errors
/// Nobody is logged in, another process receives, the terminal or the database fail.
pub(super) async fn run(place: &Place, mouse: bool) -> anyhow::Result<Exit> {
    let mut role = place.receiver(true).await?;
    role.session.known().await?;
    let colour = std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty());
    let (screen, theme) = (Screen::default(), Theme::new(colour));
    let mut show = Show { screen, theme, number: None, online: false, hint: Default::default() };
    let mut terminal = Terminal::enter(mouse).context("cannot take the terminal")?;
    let result = show.run(&mut terminal, &mut role, place).await;
    drop(terminal);
    role.close().await?;
    result
}

impl Show {
    async fn run(
        &mut self,
        terminal: &mut Terminal,
        role: &mut Role,
        place: &Place,
    ) -> anyhow::Result<Exit> {
        let mut keys = Keys::start().context("cannot read the keyboard")?;
        let mut ended = signal(SignalKind::terminate()).context("cannot wait for the end")?;
        let mut hung_up = signal(SignalKind::hangup()).context("cannot wait for the end")?;
        let (mut frames, mut clock) = (interval(FRAME), interval(CLOCK));
        frames.set_missed_tick_behavior(MissedTickBehavior::Skip);
        clock.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut dirty = true;
        loop {
            tokio::select! {
                news = role.session.next() => {
                    self.look_after_link(&role.session, place);
                    if let Some(exit) = self.news(news, &mut role.session)? {
                        return Ok(exit);
                    }
                    dirty = true;
                }
                key = keys.next() => {
                    // Another size is no key, but a reason to draw.
                    dirty = true;
                    let Some(key) = key else { continue };
                    let views = self.views(&role.session, place);
                    if let Some(act) = self.screen.key(key, &views)
                        && self.act(act, &mut role.session)
                    {
                        return Ok(Exit::Done);
                    }
                }
                _ = clock.tick() => {
                    self.age_hint();
                    dirty = true;
                }
                _ = ended.recv() => return Ok(Exit::Done),
                _ = hung_up.recv() => return Ok(Exit::Done),
                _ = frames.tick(), if dirty => {
                    self.draw(terminal, &role.session, place).context("cannot draw")?;
                    dirty = false;
                }
            }
        }
    }

    /// A hint that was seen makes room for the keys again.
    fn age_hint(&mut self) {
        if self.hint.0 != self.screen.hint {
            self.hint = (self.screen.hint.clone(), 0);
        }
        self.hint.1 += 1;
        if self.hint.1 >= HINT {
            self.screen.hint.clear();
        }
    }

    fn look_after_link(&mut self, session: &Session, place: &Place) {
        let online = session.engine().link() == Link::Online;
        if online && !self.online {
            place.flush_beside();
        }
        self.online = online;
    }

    fn views(&self, session: &Session, place: &Place) -> Views {
        Views::of(session.engine(), self.screen.filter, place.today(), &place.zone)
    }

    fn draw(
        &mut self,
        terminal: &mut Terminal,
        session: &Session,
        place: &Place,
    ) -> std::io::Result<()> {
        let views = self.views(session, place);
        let compared = self.screen.compares();
        if self.number.as_ref().map(|(person, _)| *person) != compared {
            self.number = compared.map(|person| (person, session.engine().safety_number(person)));
        }
        let number = self.number.as_ref().and_then(|(_, number)| number.as_deref());
        let (screen, theme) = (&mut self.screen, self.theme);
        terminal.draw(|frame| draw::draw(frame, screen, &views, number, theme))
    }

    /// Does what a key asks for; tells whether that is to leave.
    fn act(&mut self, act: Act, session: &mut Session) -> bool {
        match act {
            Act::Command(command) => session.command(command),
            Act::Attach(path) => {
                let path = expand(&path);
                match session.files.attach(&path) {
                    Ok(command) => session.command(command),
                    Err(error) => {
                        self.screen.hint = format!("cannot attach {}: {error}", path.display());
                    }
                }
            }
            Act::Save(message, folder) => {
                if let Err(error) = save(session, message, &expand(&folder)) {
                    self.screen.hint = format!("cannot save in {folder}: {error}");
                }
            }
            Act::Quit => return true,
        }
        false
    }

    fn news(&mut self, news: News, session: &mut Session) -> anyhow::Result<Option<Exit>> {
        match news {
            News::Notice(Notice::LoggedOut) => return Ok(Some(Exit::NotLoggedIn)),
            News::Notice(notice) => self.notice(&notice, session),
            News::Changed(
                Change::Session
                | Change::People
                | Change::Messages
                | Change::Draft
                | Change::Level
                | Change::Playing,
            ) => {}
            News::NoSound(reason) => self.screen.hint = reason,
            News::Written(_, Ok(())) => "saved".clone_into(&mut self.screen.hint),
            News::Written(_, Err(reason)) => self.screen.hint = format!("not saved: {reason}"),
            News::LineDown(trouble) => {
                if trouble.exit == Exit::Refused {
                    return Err(trouble.into());
                }
            }
            News::Asked(asked) => session.oblige(asked),
            News::Broken(trouble) => return Err(trouble.into()),
        }
        Ok(None)
    }

    fn notice(&mut self, notice: &Notice, session: &Session) {
        let engine = session.engine();
        if matches!(notice, Notice::Arrived { .. } | Notice::Arriving { live: true, .. }) {
            let undisturbed = engine.me().is_some_and(|me| me.status == Status::Dnd);
            if !undisturbed && !session.sound.playing() {
                session.sound.chime();
            }
        }
        if let Some(hint) = hint(notice, engine) {
            self.screen.hint = hint;
        }
    }
}

/// A notice in one line for the person.
fn hint(notice: &Notice, engine: &Engine) -> Option<String> {
    let name = |guid: &Guid| {
        let people = engine.people();
        let person = people.iter().find(|person| person.guid == *guid);
        person.map_or_else(|| "somebody".to_owned(), |person| words::clean(&person.display))
    };
    match notice {
        Notice::Arriving { sender, live: true, .. } => Some(format!("{} speaks", name(sender))),
        Notice::Arriving { live: false, .. } => None,
        Notice::Arrived { sender, .. } => Some(format!("a message of {}", name(sender))),
        Notice::Sent(_) => Some("sent".to_owned()),
        Notice::SendFailed { reason, .. } => Some(format!("not sent: {reason}")),
        Notice::KeyChanged(person) => Some(format!(
            "the key of {} is another one: compare the safety number (v)",
            name(person)
        )),
        Notice::StoppedBySilence => Some("stopped after silence".to_owned()),
        Notice::Continued { .. } => Some("a second message goes on".to_owned()),
        Notice::Unreadable { reason, .. } => Some(format!("a message cannot be read: {reason}")),
        Notice::DraftRestored => Some("your draft is still here".to_owned()),
        Notice::Commanded { .. } => None,
        Notice::ServerGoingDown => Some("the server goes down and comes back".to_owned()),
        Notice::Refused(reason) | Notice::LogInFailed(reason) => Some(reason.clone()),
        Notice::StorageFailed(reason) => Some(format!("the storage failed: {reason}")),
        Notice::Ready { .. }
        | Notice::LoggedIn
        | Notice::LoggedOut
        | Notice::Invited { .. }
        | Notice::Enrolled { .. }
        | Notice::PasswordChanged { .. }
        | Notice::Delivered { .. }
        | Notice::Played { .. } => None,
    }
}

/// Writes the attachments of a message; each tells of itself when it is there.
fn save(session: &mut Session, message: MessageId, folder: &Path) -> std::io::Result<()> {
    let files = session.engine().message(message).map(|view| view.attachments).unwrap_or_default();
    std::fs::create_dir_all(folder)?;
    for (attachment, file) in files.iter().enumerate() {
        let place = media::free_place(folder, &media::safe_name(&file.name), |path| path.exists());
        let sink = session.files.sink(&place)?;
        session.command(Command::Save { message, attachment, sink });
    }
    Ok(())
}

/// A path as people type it: `~` is their home.
fn expand(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), std::env::var_os("HOME")) {
        (Some(rest), Some(home)) => PathBuf::from(home).join(rest),
        (Some(_), None) | (None, _) => PathBuf::from(path),
    }
}
