//! A short connection with a hub, for programs that ask a few questions and end.

use std::path::Path;
use std::time::Duration;

use chassis::chance;
use chassis::clock::Clock;
use link::client::{Connected, Pin, connect};
use link::{LinkError, Target};
use message::login::ServiceHello;
use message::{Body, Object, ObjectId, ObjectIds, Refusal};
use tokio::time::timeout;

/// A hub answers in milliseconds; a busy disk may take longer.
const PATIENCE: Duration = Duration::from_secs(30);

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Unanswered {
    /// The hub is not there, or went away.
    #[error("the {hub} does not answer: {reason}")]
    Away {
        /// Which.
        hub: &'static str,
        /// Why.
        reason: String,
    },
    /// It says no.
    #[error("{0}")]
    Refused(Refusal),
    /// It speaks another language.
    #[error("another version answers: {0}")]
    Malformed(#[from] message::Malformed),
}

/// The connection.
pub(crate) struct Line {
    hub: &'static str,
    connected: Connected,
    ids: ObjectIds,
    clock: Clock,
}

impl Line {
    /// Connects with the hub behind the socket, as a local service.
    pub(crate) async fn open(
        hub: &'static str,
        socket: &Path,
        caller: &str,
    ) -> Result<Self, Unanswered> {
        let target = Target::Unix(socket.to_owned());
        let connected = connect(&target, &Pin::FirstUse).await.map_err(|error| {
            let reason = format!("{error} ({})", socket.display());
            Unanswered::Away { hub, reason }
        })?;
        let clock = Clock::start();
        let ids = ObjectIds::new(ObjectId::new(clock.unix_millis(), &mut chance::rng()));
        let mut line = Self { hub, connected, ids, clock };
        line.ask(&ServiceHello { service: caller.to_owned() }).await?;
        Ok(line)
    }

    /// Asks, and waits for the answer.
    pub(crate) async fn ask<'b, B: Body<'b>>(&mut self, body: &B) -> Result<Object, Unanswered> {
        let object = Object::of(self.ids.fresh(self.clock.now()), body);
        let answer = match timeout(PATIENCE, self.exchange(&object)).await {
            Ok(Ok(Some(answer))) => answer,
            Ok(Ok(None)) => return Err(self.away("it closed the connection")),
            Ok(Err(error)) => return Err(self.away(&error.to_string())),
            Err(_) => return Err(self.away("it takes too long")),
        };
        if answer.header.flags.refused {
            return Err(Unanswered::Refused(answer.read()?));
        }
        Ok(answer)
    }

    fn away(&self, reason: &str) -> Unanswered {
        Unanswered::Away { hub: self.hub, reason: reason.to_owned() }
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
