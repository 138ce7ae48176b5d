//! Waiting for something to become true of a session, with patience that ends.

use std::time::Duration;

use client_engine::{Engine, Link, MessageState, Notice};

use super::session::{News, Session};
use crate::exit::{Exit, Trouble};

/// So long nothing new: then what the server had to say is said.
const QUIET: Duration = Duration::from_millis(400);

/// What a look at the session found: nothing yet, or an end.
pub type Seen<T> = Option<Result<T, Trouble>>;

impl Session {
    /// Asks `seen` after each piece of news until it has found something.
    ///
    /// # Errors
    /// What `seen` found wrong; [`Exit::TooLate`] when the patience ends.
    pub async fn until<T>(
        &mut self,
        patience: Option<Duration>,
        mut seen: impl FnMut(&Engine, &News) -> Seen<T>,
    ) -> Result<T, Trouble> {
        let watching = async {
            loop {
                let news = self.next().await;
                if let News::Broken(trouble) = news {
                    return Err(trouble);
                }
                if let Some(found) = seen(self.engine(), &news) {
                    return found;
                }
            }
        };
        match patience {
            None => watching.await,
            Some(patience) => {
                let late = || Trouble::new(Exit::TooLate, "it did not happen in time");
                tokio::time::timeout(patience, watching).await.unwrap_or_else(|_| Err(late()))
            }
        }
    }

    /// Waits until the database is read; tells whether somebody is logged in.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn ready(&mut self) -> Result<bool, Trouble> {
        self.until(None, |_, news| match news {
            News::Notice(Notice::Ready { known }) => Some(Ok(*known)),
            _ => None,
        })
        .await
    }

    /// Waits until the database is read; somebody must be logged in.
    ///
    /// # Errors
    /// [`Exit::NotLoggedIn`]; the database cannot be read.
    pub async fn known(&mut self) -> Result<(), Trouble> {
        if self.ready().await? { Ok(()) } else { Err(Trouble::not_logged_in()) }
    }

    /// Waits for the server.
    ///
    /// # Errors
    /// [`Exit::NoConnection`], [`Exit::Refused`] for another server than the known one,
    /// [`Exit::NotLoggedIn`] if the server does not know the device any more.
    pub async fn online(&mut self, patience: Duration) -> Result<(), Trouble> {
        if self.engine().link() == Link::Online {
            return Ok(());
        }
        let mut last = Trouble::new(Exit::NoConnection, "no connection to the server");
        let result = self
            .until(Some(patience), |engine, news| match (engine.link(), news) {
                (Link::Online, _) => Some(Ok(())),
                (_, News::LineDown(trouble)) if trouble.exit == Exit::Refused => {
                    Some(Err(trouble.clone()))
                }
                (_, News::LineDown(trouble)) => {
                    let text = format!("no connection to the server: {}", trouble.text);
                    last = Trouble::new(Exit::NoConnection, text);
                    None
                }
                (_, News::Notice(Notice::LoggedOut)) => Some(Err(Trouble::new(
                    Exit::NotLoggedIn,
                    "the server does not know this device any more: log in again",
                ))),
                _ => None,
            })
            .await;
        result.map_err(|trouble| if trouble.exit == Exit::TooLate { last } else { trouble })
    }

    /// Waits until nothing new comes any more and nothing is half here.
    ///
    /// # Errors
    /// The database cannot be read.
    pub async fn quiet(&mut self, patience: Duration) -> Result<(), Trouble> {
        let calming = async {
            loop {
                match tokio::time::timeout(QUIET, self.next()).await {
                    Ok(News::Broken(trouble)) => return Err(trouble),
                    Ok(_) => {}
                    Err(_) if self.is_stored() && !self.is_arriving() => return Ok(()),
                    Err(_) => {}
                }
            }
        };
        // A message that somebody is still speaking comes the next time.
        tokio::time::timeout(patience, calming).await.unwrap_or(Ok(()))
    }

    fn is_arriving(&self) -> bool {
        let arriving = |state| state == MessageState::Arriving;
        self.engine().messages().iter().any(|message| arriving(message.state))
    }
}
