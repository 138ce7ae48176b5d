//! Where a command runs: the home, the way of printing, the patience; and the three kinds of
//! session that it may open there.
//!
//! * the *receiver* holds the home's lock, takes messages and writes the database;
//! * an *onlooker* sees the database while another process receives, and keeps nothing;
//! * a *sender* has a database of its own beside it, with a copy of account and people, and never
//!   takes messages: it may run beside the receiver (see [`super::side`]).

use std::time::Duration;

use anyhow::Context;
use chassis::clock::Clock;
use client_engine::{Command, Engine, MessageState, MessageView};
use jiff::tz::TimeZone;
use link::client::Pin;
use link::{Fingerprint, Target};

use super::control::Control;
use super::home::{Home, Receiver};
use super::session::{Opening, Session};
use super::side::Side;
use crate::cli::Cli;
use crate::exit::{Exit, Trouble};
use crate::store::Database;

/// How long a command waits for a connection if nobody says otherwise.
const PATIENCE: Duration = Duration::from_secs(15);
/// How long a command waits for a receiver that is about to end.
const LOCK_PATIENCE: Duration = Duration::from_secs(3);
/// How often it looks.
const LOCK_EVERY: Duration = Duration::from_millis(50);

/// The setting that says where the server is.
const SERVER: &str = "server";
/// The setting that says what its certificate is known by.
const FINGERPRINT: &str = "fingerprint";
/// Where a command runs.
pub struct Place {
    /// The folder of this device.
    pub home: Home,
    /// Print JSON?
    pub json: bool,
    /// The time zone of the person.
    pub zone: TimeZone,
    audio: String,
    patience: Option<Duration>,
    clock: Clock,
}

/// A session in its role.
pub struct Role {
    /// The session.
    pub session: Session,
    /// Does it receive?
    pub receives: bool,
    side: Option<Side>,
    _lock: Option<Receiver>,
}

impl Place {
    /// The place that the command line names.
    ///
    /// # Errors
    /// The home cannot be made.
    pub fn new(cli: &Cli) -> anyhow::Result<Self> {
        Ok(Self {
            home: Home::open(cli.home.clone())?,
            json: cli.json,
            zone: TimeZone::system(),
            audio: cli.audio.clone(),
            patience: cli.timeout.map(Duration::from_secs),
            clock: Clock::start(),
        })
    }

    /// How long to wait for the server.
    #[must_use]
    pub fn patience(&self) -> Duration {
        self.patience.unwrap_or(PATIENCE)
    }

    /// How long to wait for people; for ever if nobody says otherwise.
    #[must_use]
    pub fn long_patience(&self) -> Option<Duration> {
        self.patience
    }

    /// The wall clock, unix milliseconds.
    #[must_use]
    pub fn today(&self) -> u64 {
        self.clock.unix_millis()
    }

    /// The server of this home, as it was remembered.
    ///
    /// # Errors
    /// What was remembered cannot be read.
    pub fn server(&self, database: &Database) -> anyhow::Result<Option<(Target, Pin)>> {
        let Some(server) = database.setting(SERVER)? else { return Ok(None) };
        let target = server.parse().context("the remembered server cannot be read")?;
        let pin = match database.setting(FINGERPRINT)? {
            Some(text) => {
                let known = text.parse::<Fingerprint>();
                Pin::Known(known.context("the remembered fingerprint cannot be read")?)
            }
            None => Pin::FirstUse,
        };
        Ok(Some((target, pin)))
    }

    /// Remembers the server of this home.
    ///
    /// # Errors
    /// The disk is full, or broken.
    pub fn remember(&self, target: &Target, pin: &Pin) -> anyhow::Result<()> {
        let mut settings = vec![(SERVER, target.to_string())];
        if let Pin::Known(fingerprint) = pin {
            settings.push((FINGERPRINT, fingerprint.to_string()));
        }
        let settings: Vec<(&str, &str)> =
            settings.iter().map(|(name, value)| (*name, value.as_str())).collect();
        self.home.database()?.set(&settings).context("cannot remember the server")
    }

    /// A session that receives.
    ///
    /// # Errors
    /// [`Exit::Busy`] if another process does; the database cannot be opened.
    pub async fn receiver(&self, listen: bool) -> anyhow::Result<Role> {
        let lock = self.lock().await?;
        Side::adopt(&self.home)?;
        let database = self.home.database()?;
        let server = self.server(&database)?;
        let control = listen.then(|| Control::listen(self.home.path())).transpose();
        let control = control.context("cannot listen for other processes of this home")?;
        let (lock, receive) = (Some(lock), true);
        self.open(database, server, receive, control, lock)
    }

    /// The same with a server that is not remembered yet.
    ///
    /// # Errors
    /// As [`Place::receiver`].
    pub async fn receiver_at(&self, target: Target, pin: Pin) -> anyhow::Result<Role> {
        let lock = self.lock().await?;
        let database = self.home.database()?;
        self.open(database, Some((target, pin)), true, None, Some(lock))
    }

    /// A session that receives if no other process does, and only looks otherwise.
    ///
    /// # Errors
    /// The database cannot be opened.
    pub async fn receiver_or_onlooker(&self) -> anyhow::Result<Role> {
        match self.home.receive() {
            Ok(lock) => {
                Side::adopt(&self.home)?;
                let database = self.home.database()?;
                let server = self.server(&database)?;
                self.open(database, server, true, None, Some(lock))
            }
            Err(error) if is_busy(&error) => self.onlooker(),
            Err(error) => Err(error),
        }
    }

    /// A session that only looks.
    ///
    /// # Errors
    /// The database cannot be opened.
    pub fn onlooker(&self) -> anyhow::Result<Role> {
        let database = self.home.database()?.only_looking();
        self.open(database, None, false, None, None)
    }

    /// A session that sends beside the receiver.
    ///
    /// # Errors
    /// A database cannot be opened.
    pub fn sender(&self) -> anyhow::Result<Role> {
        let side = Side::open(&self.home)?;
        let database = side.database()?;
        let server = self.server(&self.home.database()?)?;
        let mut role = self.open(database, server, false, None, None)?;
        role.side = Some(side);
        Ok(role)
    }

    /// Sends in the background what senders left behind, beside the receiver.
    pub fn flush_beside(&self) {
        if !Side::is_left(&self.home) {
            return;
        }
        let patience = self.patience();
        let Ok(mut role) = self.sender() else { return };
        role.session.command(Command::Autoplay(false));
        tokio::spawn(async move {
            // What fails now is tried again with the next connection.
            if role.session.known().await.is_ok() && role.flush(patience).await.is_ok() {
                drop(role.close().await);
            }
        });
    }

    fn open(
        &self,
        database: Database,
        server: Option<(Target, Pin)>,
        receive: bool,
        control: Option<Control>,
        lock: Option<Receiver>,
    ) -> anyhow::Result<Role> {
        let audio = self.audio.clone();
        let opening = Opening { database, server, receive, audio, control };
        let session = Session::open(opening, self.clock.clone())?;
        Ok(Role { session, receives: lock.is_some(), side: None, _lock: lock })
    }

    async fn lock(&self) -> anyhow::Result<Receiver> {
        let trying = async {
            loop {
                match self.home.receive() {
                    Err(error) if is_busy(&error) => tokio::time::sleep(LOCK_EVERY).await,
                    other => return other,
                }
            }
        };
        match tokio::time::timeout(LOCK_PATIENCE, trying).await {
            Ok(lock) => lock,
            Err(_) => self.home.receive(),
        }
    }
}

fn is_busy(error: &anyhow::Error) -> bool {
    error.downcast_ref::<Trouble>().is_some_and(|trouble| trouble.exit == Exit::Busy)
}

impl Role {
    /// Is a message still on its way to the server?
    #[must_use]
    pub fn is_sending(&self) -> bool {
        let sending = |message: &MessageView| message.state == MessageState::Sending;
        self.session.engine().messages().iter().any(sending)
    }

    /// Waits until nothing is on its way to the server any more.
    ///
    /// # Errors
    /// There is no connection, or the patience ends.
    pub async fn flush(&mut self, patience: Duration) -> Result<(), Trouble> {
        if !self.is_sending() {
            return Ok(());
        }
        self.session.online(patience).await?;
        let sending = |message: &MessageView| message.state == MessageState::Sending;
        let none = |engine: &Engine| !engine.messages().iter().any(sending);
        self.session.until(Some(patience), |engine, _| none(engine).then_some(Ok(()))).await
    }

    /// Ends the session. What a sender has sent goes to the home's database; what it has not waits
    /// for the next sender or receiver.
    ///
    /// # Errors
    /// It cannot be copied there; then the next one tries again.
    pub async fn close(self) -> anyhow::Result<()> {
        let waits = self.is_sending();
        let Self { session, receives: _, side, _lock } = self;
        session.close().await;
        match side {
            // It waits for the disk, and for the receiver, which may be a task beside this one.
            Some(side) if !waits => tokio::task::spawn_blocking(|| side.merge()).await?,
            Some(_) | None => Ok(()),
        }
    }
}
