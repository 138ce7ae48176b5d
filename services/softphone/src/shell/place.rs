//! Where a command runs: the home, the way of printing, the patience; and the three kinds of
//! session that it may open there.
//!
//! * the *receiver* holds the home's lock, takes messages and writes the database;
//! * an *onlooker* sees the database while another process receives, and keeps nothing;
//! * a *sender* has a database of its own beside it, with a copy of account and people, and never
//!   takes messages: it may run beside the receiver. What it sent is copied back.

use std::fs::File;
use std::path::PathBuf;
use std::time::Duration;

use anyhow::Context;
use chassis::clock::Clock;
use jiff::tz::TimeZone;
use link::client::Pin;
use link::{Fingerprint, Target};

use super::control::Control;
use super::home::{Home, Receiver};
use super::session::{Opening, Session};
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
/// Records that a sender needs a copy of.
const IDENTITY: [&[u8]; 2] = [b"record/account", b"record/person/"];
/// Records that a sender leaves behind.
const SENT: [&[u8]; 3] = [b"record/message/", b"record/send/", b"portion/"];
/// Keys of people that the sender saw first.
const PINS: [&[u8]; 1] = [b"record/person/"];

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

/// The database of a sender.
struct Side {
    path: PathBuf,
    main: PathBuf,
    _lock: File,
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
        let folder = self.home.path();
        let main = folder.join("ivm.db");
        let (side, database) = Side::open(folder, &main)?;
        let server = self.server(&self.home.database()?)?;
        let mut role = self.open(database, server, false, None, None)?;
        role.side = Some(side);
        Ok(role)
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
    /// Ends the session; what a sender leaves behind goes to the home's database.
    ///
    /// # Errors
    /// It cannot be copied there; then the next sender tries again.
    pub async fn close(self) -> anyhow::Result<()> {
        let Self { session, receives: _, side, _lock } = self;
        session.close().await;
        side.map_or(Ok(()), Side::merge)
    }
}

impl Side {
    /// Takes over the database that a sender left behind when it died, or makes a new one.
    fn open(folder: &std::path::Path, main: &std::path::Path) -> anyhow::Result<(Self, Database)> {
        // Bounded by the processes that can send at once with one home.
        for number in 0..256u32 {
            let lock_path = folder.join(format!("sender-{number}.lock"));
            let lock = File::options()
                .write(true)
                .create(true)
                .truncate(false)
                .open(&lock_path)
                .with_context(|| format!("cannot open {}", lock_path.display()))?;
            if lock.try_lock().is_err() {
                continue;
            }
            let path = folder.join(format!("sender-{number}.db"));
            let side = Self { path, main: main.to_owned(), _lock: lock };
            if side.path.exists() {
                // The draft that it was speaking is lost with it; what it had finished is not.
                let mut left = Database::open(&side.path)?;
                left.write(&[client_engine::Write::DeletePrefix(b"record/draft".to_vec())])?;
            }
            Database::open(&side.main)?.copy_to(&side.path, &IDENTITY, false)?;
            let database = Database::open(&side.path)?;
            return Ok((side, database));
        }
        Err(Trouble::new(Exit::Failed, "too many processes send with this home").into())
    }

    fn merge(self) -> anyhow::Result<()> {
        let database = Database::open(&self.path)?;
        database.copy_to(&self.main, &SENT, false)?;
        database.copy_to(&self.main, &PINS, true)?;
        drop(database);
        for end in ["", "-wal", "-shm"] {
            let mut path = self.path.clone().into_os_string();
            path.push(end);
            match std::fs::remove_file(&path) {
                Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
                    return Err(error).context("cannot remove the sender's database");
                }
                Ok(()) | Err(_) => {}
            }
        }
        Ok(())
    }
}
